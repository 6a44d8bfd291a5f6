"""What the answers rest on besides the data: this release's code and packs, as one short fingerprint.

Kept assessments and entity tags carry it, so that a corrected limit or a mended computation is never answered from
an older memory.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

import clearbay

_KINDS = {".py", ".yaml", ".csv", ".geojson", ".json"}


@cache
def fingerprint() -> str:
    """Sixteen hexadecimal digits over every module and pack of the installed package; read once a process."""
    root = Path(clearbay.__file__).parent
    digest = blake2b(clearbay.__version__.encode(), digest_size=8)
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if path.suffix in _KINDS and "static" not in inner.parts:
            digest.update(str(inner).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
