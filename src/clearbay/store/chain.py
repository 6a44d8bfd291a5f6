"""Evidence that shows when it was touched: entries on disk, each chained to the one before by SHA-256.

A link is ``sha256(previous link || length || kind || time || bytes)``; the first stands on a link made from the chain's
name. Whoever knows the head knows that every entry before it is as it was written, in that order: nothing can be
changed, left out or put in between without another head. The chain alone cannot show that its newest entries were cut
off, or made to look torn; the store records the head with every commit, and ``verify`` holds the chain against it.

A chain is a run of segment files of at most 64 MiB, ``NAME-<seq of the first entry>.chain``: a head (magic, that seq,
the link it stands on) and then, for each entry, length (4 bytes), kind (1), time (8, microseconds UTC), bytes, link
(32). Numbers are big-endian. One process writes a chain at a time; any number may read.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import time as clock
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from clearbay.model.errors import BadInput, StoreError
from clearbay.store.steps import step
from clearbay.store.trouble import told

SEGMENT = 64 * 1024 * 1024
"""Bytes after which a segment is closed and the next one begun."""
LONGEST = 16 * 1024 * 1024
"""Longest entry, in bytes: a length beyond it is damage, not an entry."""

MAGIC = b"CBCHAIN1"
"""Begins every segment."""
_HEAD = struct.Struct(">8sQ32s")
_ENTRY = struct.Struct(">IBq")
_LINK = 32
HEAD_BYTES, ENTRY_BYTES = _HEAD.size, _ENTRY.size + _LINK
"""What a segment's head takes, and each entry beside its own bytes: whoever has read all can tell that it was all."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,40}")


class Entry(NamedTuple):
    """One entry as it was read back: its place in the chain (from 0), kind, time (microseconds UTC), bytes, link."""

    seq: int
    kind: int
    time: int
    data: bytes
    link: bytes


class Position(NamedTuple):
    """A place in a chain: how many entries stand before it, and the link of the last of them."""

    entries: int
    link: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A chain whose every link holds: how many entries it has, and its head."""

    entries: int
    head: bytes


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first place where a chain does not hold: the entry's number, the file, the byte, and what is wrong."""

    seq: int
    file: str
    offset: int
    why: str


class Chain:
    """A chain open for writing. Not safe between threads: its one writer owns it.

    After an append has failed (full disk) the chain stands where it stood before, and takes the next one.
    """

    def __init__(self, directory: Path, name: str, segment: int, lock: int) -> None:
        self.directory, self.name = directory, name
        self._segment_bytes, self._lock = segment, lock
        self._file = -1
        self._size = self._synced_size = 0
        self._at = self._synced = Position(0, genesis(name))
        self._broken = ""

    @classmethod
    def open(cls, directory: Path, name: str, *, known: Position | None = None, segment_bytes: int = SEGMENT) -> Chain:
        """Open a chain for writing, or begin it.

        What a sudden death has left half written at its end is cut off. ``known`` is a position that the chain must
        have reached (what a store has recorded of it): where it has not, entries are lost or were changed, and nothing
        is cut off. Raises ``StoreError`` then, and where another process writes this chain.
        """
        check_name(name)
        with told(f"open the chain {name}"):
            directory.mkdir(parents=True, exist_ok=True)
            chain = cls(directory, name, segment_bytes, _locked(directory, name))
            try:
                chain._recover(known)
            except BaseException:
                chain.close()
                raise
        return chain

    @property
    def position(self) -> Position:
        """Where the chain stands: entries written so far, and the head."""
        return self._at

    def append(self, entries: Sequence[bytes], *, kind: int = 0, time: int | None = None) -> tuple[int, bytes]:
        """Write entries; returns the number of the first and the new head. They are safe only after ``sync``.

        ``time`` is when they came (microseconds UTC; now, if None). Raises ``StoreError`` where the disk refuses.
        """
        if self._broken:
            raise StoreError(self._broken)
        moment = clock.time_ns() // 1000 if time is None else time
        first, link = self._at
        sha256, pack = hashlib.sha256, _ENTRY.pack
        parts: list[bytes] = []
        for data in entries:
            head = pack(len(data), kind, moment)
            link = sha256(b"".join((link, head, data))).digest()
            parts += (head, data, link)
        block = b"".join(parts)
        with told(f"write the chain {self.name}"):
            if self._file < 0 or (self._size > _HEAD.size and self._size + len(block) > self._segment_bytes):
                self._begin_segment()
            try:
                _write(self._file, block)
            except BaseException:
                self._back_to(self._size)
                raise
        self._size += len(block)
        self._at = Position(first + len(entries), link)
        return first, link

    def sync(self) -> None:
        """Returns when everything appended survives the loss of power. ``StoreError`` where the disk refuses: then
        the chain stands where it stood after the last ``sync``."""
        if self._at == self._synced:
            return
        try:
            with told(f"write the chain {self.name}"):
                step("chain written")
                _flush(self._file)
        except BaseException:
            # A failed fsync may have thrown the pages away: what was appended since cannot be relied upon.
            self._back_to(self._synced_size)
            self._size, self._at = self._synced_size, self._synced
            raise
        step("chain synced")
        self._synced, self._synced_size = self._at, self._size

    def close(self) -> None:
        """Let go of the files and of the lock."""
        for handle in (self._file, self._lock):
            if handle >= 0:
                with suppress(OSError):
                    os.close(handle)
        self._file = self._lock = -1

    def __enter__(self) -> Chain:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _recover(self, known: Position | None) -> None:
        files = segments(self.directory, self.name)
        while files and files[-1].stat().st_size < _HEAD.size:  # died while it began the segment
            files.pop().unlink()
        if not files:
            if known is not None and known.entries:
                raise _lost(self.name, known, 0)
            return
        last = files[-1]
        at, good, passed = _walk(last, known)
        if known is not None and not passed:
            raise _lost(self.name, known, at.entries)
        self._file = os.open(last, os.O_RDWR)
        if good < os.fstat(self._file).st_size:
            os.ftruncate(self._file, good)
            step("chain tail cut")
        _flush(self._file)
        os.lseek(self._file, good, os.SEEK_SET)
        self._size = self._synced_size = good
        self._at = self._synced = at

    def _begin_segment(self) -> None:
        if self._file >= 0:
            self.sync()
        path = self.directory / f"{self.name}-{self._at.entries:020d}.chain"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o640)
        try:
            _write(handle, _HEAD.pack(MAGIC, self._at.entries, self._at.link))
            _flush(handle)
            flush_directory(self.directory)
        except BaseException:
            os.close(handle)
            with suppress(OSError):
                path.unlink()
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file, self._size = handle, _HEAD.size
        self._synced_size = _HEAD.size

    def _back_to(self, size: int) -> None:
        """Cut off what a failed write has left; where that fails too, nothing is ever written behind the garbage."""
        try:
            os.ftruncate(self._file, size)
            os.lseek(self._file, size, os.SEEK_SET)
        except OSError as error:
            self._broken = f"the chain {self.name} cannot be mended ({error}): start again when the disk is well"
            raise StoreError(self._broken) from error


def verify(directory: Path, name: str, *, known: Position | None = None) -> Verified | BrokenLink:
    """Check every link of a chain, and that it has reached ``known`` (what the store recorded), if given.

    A half-written entry at the very end, as a sudden death leaves it, counts as broken only where ``known`` is beyond.
    """
    check_name(name)
    at = Position(0, genesis(name))
    files = segments(directory, name)
    for place, path in enumerate(files):
        with path.open("rb") as stream:
            head = stream.read(_HEAD.size)
        if len(head) < _HEAD.size and place == len(files) - 1:
            break
        if len(head) < _HEAD.size or head[:8] != MAGIC:
            return BrokenLink(at.entries, path.name, 0, "this is no segment of a chain")
        _, first, link = _HEAD.unpack(head)
        if (first, link) != at:
            return BrokenLink(
                at.entries, path.name, 8, f"the segment does not continue the chain at entry {at.entries}"
            )
        at, good, passed = _walk(path, known)
        if known is not None and first <= known.entries <= at.entries and not passed:
            return BrokenLink(known.entries - 1, path.name, good, "this is not the entry whose link the store recorded")
        if good < path.stat().st_size and (place < len(files) - 1 or _whole_entry(path, good)):
            return BrokenLink(at.entries, path.name, good, "the entry does not fit its link")
    if known is not None and at.entries < known.entries:
        name_of_last = files[-1].name if files else ""
        return BrokenLink(at.entries, name_of_last, 0, f"{known.entries} entries were recorded, {at.entries} are there")
    return Verified(at.entries, at.link)


def entries(directory: Path, name: str, *, start: int = 0) -> Iterator[Entry]:
    """Read entries from number ``start`` on, as far as the links hold."""
    files = segments(directory, name)
    firsts = [_first(path) for path in files]
    for place, path in enumerate(files):
        if place + 1 < len(files) and firsts[place + 1] <= start:
            continue
        for entry, _ in _read(path):
            if entry.seq >= start:
                yield entry


def segments(directory: Path, name: str) -> list[Path]:
    """The segment files of a chain, oldest first."""
    pattern = re.compile(re.escape(name) + r"-\d{20}\.chain")
    return sorted(path for path in directory.glob(f"{name}-*.chain") if pattern.fullmatch(path.name))


def genesis(name: str) -> bytes:
    """The link on which a chain's first entry stands."""
    return hashlib.sha256(b"clearbay chain " + name.encode()).digest()


def link(previous: bytes, kind: int, time: int, data: bytes) -> bytes:
    """The link of an entry that stands on ``previous``; ``time`` is in microseconds UTC."""
    return hashlib.sha256(b"".join((previous, _ENTRY.pack(len(data), kind, time), data))).digest()


def check_name(name: str) -> None:
    """Raise ``BadInput`` for what cannot be the name of a chain."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} cannot name a chain", mend="use small letters, digits and _")


def flush_directory(directory: Path) -> None:
    """Returns when names made or removed in a directory survive the loss of power."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _first(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def _read(path: Path) -> Iterator[tuple[Entry, int]]:
    """Entries of a segment whose links hold, each with the byte behind it."""
    with path.open("rb") as stream:
        _, seq, link = _HEAD.unpack(stream.read(_HEAD.size))
        end = _HEAD.size
        while len(head := stream.read(_ENTRY.size)) == _ENTRY.size:
            length, kind, moment = _ENTRY.unpack(head)
            if length > LONGEST:
                return
            body = stream.read(length + _LINK)
            data, stated = body[:length], body[length:]
            link = hashlib.sha256(b"".join((link, head, data))).digest()
            if link != stated:
                return
            end += _ENTRY.size + length + _LINK
            yield Entry(seq, kind, moment, data, link), end
            seq += 1


def _walk(path: Path, known: Position | None) -> tuple[Position, int, bool]:
    """Where the good entries of a segment end: position and byte; and whether ``known`` was met on the way."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size or head[:8] != MAGIC:
        raise StoreError(f"{path} is no segment of a chain: restore it from a backup")
    _, count, link = _HEAD.unpack(head)
    good, at = _HEAD.size, Position(count, link)
    passed = known is None or at == known or known.entries < count
    for entry, end in _read(path):
        good, at = end, Position(entry.seq + 1, entry.link)
        passed = passed or at == known
    return at, good, passed


def _whole_entry(path: Path, offset: int) -> bool:
    """Whether the bytes from ``offset`` on cannot be what a sudden death leaves: part of an entry, or zeros."""
    with path.open("rb") as stream:
        stream.seek(offset)
        head = stream.read(_ENTRY.size)
        if len(head) < _ENTRY.size:
            return False
        length = int(_ENTRY.unpack(head)[0])
        return length > LONGEST or (length > 0 and len(stream.read(length + _LINK)) == length + _LINK)


def _lost(name: str, known: Position, found: int) -> StoreError:
    return StoreError(
        f"the chain {name} does not hold what the store recorded of it: {known.entries} entries were recorded, "
        f"{found} are there unbroken; restore records and evidence from the same backup"
    )


def _locked(directory: Path, name: str) -> int:
    import fcntl  # not on every system; only whoever writes a chain needs it

    handle = os.open(directory / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise StoreError(
            f"another process writes the chain {name} of this home: stop it first, or let this one use another name"
        ) from None
    return handle


def _write(handle: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(handle, view) :]


def _flush(handle: int) -> None:
    getattr(os, "fdatasync", os.fsync)(handle)
