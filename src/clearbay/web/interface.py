"""The built user interface as files: hashed assets for ever, the page itself never without asking."""

from __future__ import annotations

import mimetypes
import re
from hashlib import blake2b
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from clearbay.web import early

STATIC = Path(__file__).parent / "static"

_MAP = re.compile(rb'<link rel="modulepreload"[^>]*/bayMap-[^>]*>')
"""The link by which the page asks for the map's own code before it is needed."""
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".webmanifest": "application/manifest+json"}

ABSENT = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>clearbay: no interface built</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1.5rem;color:#1d2a30}
code{background:#eef3f4;padding:.1em .4em;border-radius:3px}@media(prefers-color-scheme:dark){body{background:#10171b;
color:#dfe8eb}code{background:#1f2b31}a{color:#5cc3d4}}</style>
<h1>The server runs; the map is not built</h1>
<p>This copy of clearbay has no built interface inside. In a source tree, <code>make demo</code> builds it; so does
<code>pip install .</code>, without Node on the machine.</p>
<p>The API works: see <a href="/docs">its reference</a> or <a href="/api/health">its health</a>.</p></html>"""


class Interface:
    """Answers every path that is not the API's: a file where there is one, else the page itself (it reads its own
    address). A missing asset is 404, so that a stale page fails plainly instead of running HTML as a script.
    """

    def __init__(self, root: Path = STATIC) -> None:
        self._root = root.resolve()

    def answer(self, request: Request, path: str) -> Response | None:
        """The answer to ``path`` (without a leading slash); None where nothing is there."""
        index = self._root / "index.html"
        if not index.is_file():
            return HTMLResponse(ABSENT, headers={"Cache-Control": "no-cache"}) if not _looks_like_file(path) else None
        target = (self._root / path).resolve() if path and "\0" not in path else index
        if not target.is_relative_to(self._root) or not _is_file(target):
            if _looks_like_file(path):
                return None
            target = index
        data = target.read_bytes()
        if target == index:
            if request.query_params.get("view", "") in early.LIGHT:
                data = _MAP.sub(b"", data)
            data = data.replace(b"</title>", b"</title>" + early.links(request.query_params), 1)
        hashed = target.parent != self._root and bool(_HASHED.search(target.name))
        tag = f'W/"{blake2b(data, digest_size=12).hexdigest()}"'
        headers = {"Cache-Control": _FOR_EVER if hashed else "no-cache", "ETag": tag}
        if tag in [part.strip() for part in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=headers)
        kind = _TYPES.get(target.suffix) or mimetypes.guess_type(target.name)[0] or "application/octet-stream"
        return Response(data, headers=headers, media_type=kind)


def _is_file(path: Path) -> bool:
    """Whether a file is there; a name that no disk takes is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def _looks_like_file(path: str) -> bool:
    return "." in path.rsplit("/", 1)[-1]
