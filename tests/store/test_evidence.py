"""Evidence files: whole or not there, once for the same bytes, never beyond the limit."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from clearbay.model.errors import BadInput
from clearbay.store import Home
from clearbay.store.evidence import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    with Home.create(tmp_path / "home") as home:
        return Files(home)


def test_a_file_is_kept_under_its_hash(files: Files) -> None:
    """The same bytes again are the same file; its name is its SHA-256 and it is read-only."""
    kept = files.keep([b"abc", b"def"])
    assert kept.sha256 == hashlib.sha256(b"abcdef").hexdigest()
    assert (kept.size, kept.new) == (6, True)
    assert not files.keep([b"abcdef"]).new
    assert files.digest(kept.sha256) == kept.sha256
    assert files.path(kept.sha256).stat().st_mode & 0o222 == 0


def test_nothing_is_left_of_what_is_refused(files: Files) -> None:
    """Too large, empty, or cut off on the way: no byte stays on the disk."""

    def cut() -> object:
        yield b"half"
        raise ConnectionError

    for parts, error in (([b"x" * 10, b"x"], BadInput), ([], BadInput), ([b""], BadInput), (cut(), ConnectionError)):
        with pytest.raises(error):
            files.keep(parts, largest=10)  # type: ignore[arg-type]
    assert not [path for path in files.directory.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "g" * 64, "A" * 64, "a" * 63])
def test_only_a_hash_names_a_file(files: Files, name: str) -> None:
    """No path leads out of the evidence."""
    with pytest.raises(BadInput):
        files.path(name)
