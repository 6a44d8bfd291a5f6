"""Evidence files: kept once, under their SHA-256, and never changed."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clearbay.model.errors import BadInput
from clearbay.store.chain import flush_directory
from clearbay.store.home import Home
from clearbay.store.trouble import told

LARGEST = 256 * 1024 * 1024
"""Bytes of the largest piece of evidence taken, unless an operator sets another: a minute of telephone video."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept: its SHA-256 and size; ``new`` is False where the same bytes were there already."""

    sha256: str
    size: int
    new: bool


class Files:
    """The evidence files of a home, in ``evidence/files/ab/<sha256>``."""

    def __init__(self, home: Home) -> None:
        self.directory = home.evidence / "files"

    def path(self, sha256: str) -> Path:
        """Where a file of that hash lies, or would."""
        if len(sha256) != 64 or sha256.strip("0123456789abcdef"):
            raise BadInput(f"{sha256[:80]!r} is no SHA-256", where="sha256", mend="give 64 hexadecimal digits")
        return self.directory / sha256[:2] / sha256

    def keep(self, parts: Iterable[bytes], *, largest: int = LARGEST) -> Kept:
        """Keep what comes in parts; it survives the loss of power when this returns.

        ``BadInput`` for nothing, or for more than ``largest`` bytes: then nothing of it stays on the disk.
        """
        writing = Arrival(self, largest)
        try:
            for part in parts:
                writing.write(part)
            return writing.finish()
        finally:
            writing.abandon()

    def digest(self, sha256: str) -> str | None:
        """The SHA-256 of the bytes that lie under a hash now; None where nothing does."""
        try:
            with self.path(sha256).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            return None


class Arrival:
    """A file on its way in: written beside, hashed as it comes, named by its hash at the end."""

    def __init__(self, files: Files, largest: int = LARGEST) -> None:
        self._files, self._largest = files, largest
        self._hash, self.size = hashlib.sha256(), 0
        self._part = files.directory / "arriving" / secrets.token_hex(16)
        self._stream: int | None = None

    def write(self, part: bytes) -> None:
        """Take the next bytes; ``BadInput`` where they are too many."""
        self.size += len(part)
        if self.size > self._largest:
            raise BadInput(
                f"the file is larger than {self._largest:,} bytes",
                where="file",
                mend="make it smaller, or ask the operator for a higher limit",
            )
        with told("keep the evidence"):
            if self._stream is None:
                self._part.parent.mkdir(parents=True, exist_ok=True)
                self._stream = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
            view = memoryview(part)
            while view:
                view = view[os.write(self._stream, view) :]
        self._hash.update(part)

    def finish(self) -> Kept:
        """Name the file by its hash."""
        if self._stream is None or not self.size:
            raise BadInput("the file is empty", where="file", mend="choose a file with something in it")
        sha256 = self._hash.hexdigest()
        final = self._files.path(sha256)
        with told("keep the evidence"):
            os.fsync(self._stream)
            os.close(self._stream)
            self._stream = None
            final.parent.mkdir(parents=True, exist_ok=True)
            new = not final.exists()
            os.replace(self._part, final)
            os.chmod(final, 0o440)
            flush_directory(final.parent)
        return Kept(sha256, self.size, new)

    def abandon(self) -> None:
        """Leave nothing of an unfinished arrival; harmless after ``finish``."""
        if self._stream is not None:
            os.close(self._stream)
            self._stream = None
        with suppress(OSError):
            self._part.unlink(missing_ok=True)


Reader = Callable[[int], bytes]


def parts_of(read: Reader, size: int = 1 << 20) -> Iterable[bytes]:
    """The parts of a stream, read on demand."""
    while part := read(size):
        yield part
