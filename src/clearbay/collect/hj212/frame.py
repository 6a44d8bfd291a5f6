"""Frames in a stream of bytes: ``##``, four digits of length, the data segment, four digits of check, CR LF.

The stream may arrive in any pieces: glued, split anywhere, with noise between frames. What comes out depends on the
bytes alone, never on how they were cut. Nothing is dropped in silence: a damaged frame and a run of noise come out too,
with the reason, so that they can be kept as evidence.

A frame whose length and check are right and that ends in ``&&`` is complete with its last digit of check; the line end
may follow or not. Any other ends at a line end, before the next ``##`` with four digits, or after MAX_FRAME bytes,
whichever comes first: so a wrong length costs one frame and never the ones behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from clearbay.collect.hj212.crc import CHECKS, STANDARD, crc16, text_of
from clearbay.model.errors import UnknownName

HEADER = b"##"
TAIL = b"\r\n"
HEAD_SIZE, CHECK_SIZE = 6, 4
SEGMENT_LIMIT = 1024
"""Longest data segment that HJ 212-2017 allows (table 2). Devices send longer ones: they are read, and noted."""
MAX_FRAME = HEAD_SIZE + 9999 + CHECK_SIZE
"""Longest frame that four digits of length can announce; so much is held back, and no more."""

_END = re.compile(rb"\n|##[0-9]{4}")
_HEADER = re.compile(rb"##[0-9]{4}")
_BEGINNING = re.compile(rb"#|##[0-9]{0,3}")
_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_BLANK = b"\r\n \t"


class Frame(NamedTuple):
    """One frame as it came, or a run of bytes that is none.

    ``raw`` is all of it but the line end. ``declared`` is the length it states, None for noise; ``segment`` the data
    segment found, ``crc`` the check as it was written, ``check`` the name of the check that fits, empty if none that is
    accepted does.
    """

    raw: bytes
    declared: int | None
    segment: bytes = b""
    crc: str = ""
    check: str = ""

    @property
    def length_ok(self) -> bool:
        """True where the length is that of the segment, in bytes or (text in UTF-8) in characters."""
        if self.declared is None:
            return False
        return self.declared == len(self.segment) or self.declared == _characters(self.segment)

    @property
    def crc_ok(self) -> bool:
        """True where an accepted check fits."""
        return bool(self.check)

    @property
    def ok(self) -> bool:
        """True where length and check are right."""
        return self.crc_ok and self.length_ok

    @property
    def fault(self) -> str:
        """Why it is no good frame, in words; empty for a good one."""
        if self.declared is None:
            bare = " (a data segment without frame)" if _is_bare(self.raw) else ""
            return f"no frame: ## and four digits of length are missing{bare}"
        faults = []
        if not self.crc:
            faults.append("no check of four hexadecimal digits at its end")
        elif not self.check:
            faults.append(f"check is {self.crc}, should be {text_of(crc16(self.segment))}{self._other_check()}")
        if not self.length_ok:
            faults.append(f"length is stated as {self.declared}, found {len(self.segment)}")
        return "; ".join(faults)

    def _other_check(self) -> str:
        wanted = int(self.crc, 16)
        fits = [name for name, check in CHECKS.items() if name != STANDARD and check(self.segment) == wanted]
        return f" (it is the {fits[0]} check, not accepted here)" if fits else ""


def _characters(segment: bytes) -> int:
    try:
        return len(segment.decode())
    except UnicodeDecodeError:
        return -1


def _is_bare(raw: bytes) -> bool:
    return b"CN=" in raw and b"CP=&&" in raw


class Framer:
    """Cuts one connection's stream into frames. Holds back at most MAX_FRAME bytes between two calls.

    ``accept`` names checks beside the standard's that the device may use (``modbus-swapped``, ``modbus``).
    """

    __slots__ = ("_accept", "_buffer", "_seen")

    def __init__(self, accept: Collection[str] = ()) -> None:
        for name in accept:
            if name not in CHECKS:
                raise UnknownName(f"no check is called {name!r}", where="check", mend=f"known: {', '.join(CHECKS)}")
        self._accept = tuple(name for name in CHECKS if name in accept and name != STANDARD)
        self._buffer = bytearray()
        self._seen = 0

    @property
    def pending(self) -> int:
        """Bytes held back because their frame is not complete yet."""
        return len(self._buffer)

    def feed(self, data: bytes | bytearray | memoryview) -> list[Frame]:
        """Take the next bytes of the stream; return what is complete with them."""
        self._buffer += data
        return self._cut(last=False)

    def finish(self) -> list[Frame]:
        """Say that the stream has ended; return what was still held back."""
        return self._cut(last=True)

    def _cut(self, last: bool) -> list[Frame]:
        buffer, found, start = self._buffer, [], 0
        while True:
            start = _skip_blank(buffer, start)
            if start == len(buffer):
                break
            if _is_header(buffer, start):
                frame, end = self._frame(buffer, start, last)
            elif not last and len(buffer) - start < HEAD_SIZE and _may_be_header(buffer, start):
                break
            else:
                frame, end = self._noise(buffer, start, last)
            if frame is None:
                break
            found.append(frame)
            start, self._seen = end, 0
        if start:
            del buffer[:start]
        return found

    def _frame(self, buffer: bytearray, start: int, last: bool) -> tuple[Frame | None, int]:
        body = start + HEAD_SIZE
        declared = int(buffer[start + 2 : body])
        close = body + declared
        end = close + CHECK_SIZE
        if (
            end <= len(buffer)
            and buffer.startswith(b"&&", close - 2)
            and buffer.find(b"\n", body, end) < 0
            and (buffer.find(HEADER, body, end) < 0 or _END.search(buffer, body, end) is None)
        ):
            segment, crc = bytes(buffer[body:close]), bytes(buffer[close:end])
            check = self._check(segment, crc)
            if check:
                return Frame(bytes(buffer[start:end]), declared, segment, crc.decode(), check), end
        stop = self._stop(buffer, start, HEAD_SIZE, last)
        if stop < 0:
            return None, start
        raw = bytes(buffer[start:stop]).rstrip(_BLANK)
        crc = raw[-CHECK_SIZE:] if len(raw) >= HEAD_SIZE + CHECK_SIZE else b""
        if not _HEX.fullmatch(crc):
            return Frame(raw, declared, raw[HEAD_SIZE:]), stop
        segment = raw[HEAD_SIZE:-CHECK_SIZE]
        return Frame(raw, declared, segment, crc.decode(), self._check(segment, crc)), stop

    def _noise(self, buffer: bytearray, start: int, last: bool) -> tuple[Frame | None, int]:
        stop = self._stop(buffer, start, 0, last)
        return (None, start) if stop < 0 else (Frame(bytes(buffer[start:stop]).rstrip(_BLANK), None), stop)

    def _stop(self, buffer: bytearray, start: int, skip: int, last: bool) -> int:
        """Where the run ends that begins at ``start``; negative where the bytes so far do not tell."""
        limit = start + MAX_FRAME
        # What was searched before is not searched again, or a stream of single bytes would take quadratic time.
        match = _END.search(buffer, max(start + skip, start + self._seen), min(limit, len(buffer)))
        if match is not None:
            return match.start()
        if len(buffer) >= limit:
            return limit - HEAD_SIZE + 1  # the next frame's header may begin in the last bytes
        if last:
            return len(buffer)
        self._seen = max(0, len(buffer) - start - HEAD_SIZE + 1)
        return -1

    def _check(self, segment: bytes, crc: bytes) -> str:
        if not _HEX.fullmatch(crc):
            return ""
        wanted = int(crc, 16)
        if crc16(segment) == wanted:
            return STANDARD
        for name in self._accept:
            if CHECKS[name](segment) == wanted:
                return name
        return ""


def _skip_blank(buffer: bytearray, start: int) -> int:
    while start < len(buffer) and buffer[start] in _BLANK:
        start += 1
    return start


def _is_header(buffer: bytearray, start: int) -> bool:
    return _HEADER.match(buffer, start) is not None


def _may_be_header(buffer: bytearray, start: int) -> bool:
    """True where the last few bytes of the buffer are the beginning of a header."""
    return _BEGINNING.fullmatch(buffer, start) is not None


def frames(data: bytes, accept: Collection[str] = ()) -> Iterator[Frame]:
    """Every frame, damaged frame and run of noise in bytes that are all there."""
    framer = Framer(accept)
    yield from framer.feed(data)
    yield from framer.finish()
