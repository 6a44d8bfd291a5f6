"""A packet: the fields of a good frame and what it carries."""

from __future__ import annotations

from typing import NamedTuple

from clearbay.collect.hj212 import segment as segments
from clearbay.collect.hj212 import shape
from clearbay.collect.hj212.content import Content, Datum
from clearbay.collect.hj212.crc import STANDARD, crc16, text_of
from clearbay.collect.hj212.frame import HEADER, SEGMENT_LIMIT, TAIL, Frame
from clearbay.collect.hj212.versions import ANSWER, PART, UNVERIFIED, version_of
from clearbay.model.errors import BadInput

CONTENT_LIMIT = 950
"""Longest content of CP that HJ 212-2017 allows (table 2)."""


class Packet(NamedTuple):
    """One packet, with the segment it was read from: ``encode`` gives back the bytes that came.

    ``qn`` and ``pw`` are empty where the packet has none; ``flag``, ``pnum`` and ``pno`` are None then. ``version`` is
    ``2005``, ``2017`` or ``2025``. ``crc`` is the check as it was written, ``check`` the name of the check that it is.
    ``others`` are fields the standard does not know.
    """

    version: str
    st: str
    cn: str
    mn: str
    content: Content
    qn: str = ""
    pw: str = ""
    flag: int | None = None
    pnum: int | None = None
    pno: int | None = None
    others: tuple[tuple[str, str], ...] = ()
    segment: str = ""
    crc: str = ""
    check: str = STANDARD

    @property
    def data(self) -> tuple[Datum, ...]:
        """The rows: time, code, kind, value, data flag."""
        return self.content.data

    @property
    def wants_answer(self) -> bool:
        """Bit A of Flag."""
        return bool((self.flag or 0) & ANSWER)

    @property
    def is_part(self) -> bool:
        """True for one of several parts that must be put together; ``parts.Assembler`` does."""
        return self.pnum is not None and self.pnum > 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What departs from the standard in a packet that can be read all the same, and what is unverified."""
        notes = []
        if self.version in UNVERIFIED:
            notes.append(f"read as HJ 212-{self.version} from a secondary source, unverified")
        if self.flag is None:
            notes.append("no Flag: read as HJ/T 212-2005")
        if not self.qn:
            notes.append("no QN")
        elif not (len(self.qn) == 17 and self.qn.isascii() and self.qn.isdigit()):
            notes.append(f"QN {self.qn!r} is not 17 digits")
        if (self.flag or 0) & PART and self.pnum is None:
            notes.append("bit D of Flag announces PNUM and PNO, which are missing: taken as whole")
        if self.pnum is not None and not (self.flag or 0) & PART:
            notes.append("PNUM and PNO are given though bit D of Flag is not set")
        if self.check != STANDARD:
            notes.append(f"the check is {self.check}, not the standard's")
        size = len(segments.encode_text(self.segment))
        if size > SEGMENT_LIMIT:
            notes.append(f"data segment of {size} characters, the standard allows {SEGMENT_LIMIT}")
        order = [item.partition("=")[0] for item in self.segment.split(segments.OPEN)[0].split(";")]
        known = [name for name in order if name in segments.ORDER]
        if known != sorted(known, key=segments.ORDER.index):
            notes.append("fields are not in the standard's order")
        if any("\udc80" <= mark <= "\udcff" for mark in self.segment):
            notes.append("text that is not UTF-8")
        return tuple(notes)


def decode(frame: Frame) -> Packet:
    """Read a frame; ``BadInput`` with every reason where it is damaged, and with the place where it cannot be read."""
    if not frame.ok:
        raise BadInput(frame.fault, where="frame", mend="have it sent again")
    return read(frame.segment, frame.crc, frame.check)


class Head(NamedTuple):
    """The fields of a data segment and its content, not yet read; names as in ``Packet``."""

    version: str
    st: str
    cn: str
    mn: str
    qn: str
    pw: str
    flag: int | None
    pnum: int | None
    pno: int | None
    others: tuple[tuple[str, str], ...]
    segment: str
    cp: str

    @property
    def wants_answer(self) -> bool:
        """Bit A of Flag."""
        return bool((self.flag or 0) & ANSWER)

    @property
    def is_part(self) -> bool:
        """True for one of several parts."""
        return self.pnum is not None and self.pnum > 1


def head_of(segment: bytes) -> Head:
    """Read the fields of a data segment; ``BadInput`` where they cannot be those of a packet."""
    text = segments.decode_text(segment)
    fields, cp = segments.split(text)
    take = fields.pop
    qn, st, cn, pw, mn = take("QN", ""), take("ST", ""), take("CN", ""), take("PW", ""), take("MN", "")
    if not (len(cn) == 4 and cn.isascii() and cn.isdigit()):
        raise BadInput(f"CN is {cn!r}" if cn else "CN is missing", where="CN", mend="give a command of four digits")
    if not st or not mn:
        name = "MN" if st else "ST"
        raise BadInput(f"{name} is missing", where=name, mend=f"give {name}")
    flag = _integer("Flag", take("Flag", None), 0, 255)
    pnum = _integer("PNUM", take("PNUM", None), 1, 9999)
    pno = _integer("PNO", take("PNO", None), 1, 9999)
    if (pnum is None) != (pno is None):
        raise BadInput("PNUM and PNO go together", where="PNO", mend="give both or neither")
    if pnum is not None and pno is not None and pno > pnum:
        raise BadInput(f"part {pno} of {pnum}", where="PNO", mend="number the parts from 1 to PNUM")
    others = tuple(fields.items()) if fields else ()
    return Head(version_of(flag), st, cn, mn, qn, pw, flag, pnum, pno, others, text, cp)


def read(segment: bytes, crc: str = "", check: str = STANDARD) -> Packet:
    """Read a data segment without its frame; ``crc`` is its check if it came with one."""
    return packet_of(head_of(segment), crc or text_of(crc16(segment)), check)


def packet_of(head: Head, crc: str, check: str = STANDARD) -> Packet:
    """Read the content behind a head."""
    version, cp = head.version, head.cp
    try:
        content = shape.parse(cp)
    except BadInput as error:
        if version != "2025":
            raise
        raise BadInput(
            f"the content cannot be read ({error.what}); a device of 2025 may have encrypted it",
            where="CP",
            mend="decrypt it first with the device's key",
        ) from error
    return Packet(version, head.st, head.cn, head.mn, content, *head[4:11], crc, check)


def _integer(name: str, text: str | None, least: int, most: int) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 8 and least <= (number := int(text)) <= most:
        return number
    raise BadInput(f"{name} is {text[:20]!r}", where=name, mend=f"give a whole number from {least} to {most}")


def framed(segment: bytes, crc: str = "") -> bytes:
    """A segment in its frame, with line end; ``BadInput`` where four digits cannot say its length."""
    if len(segment) > 9999:
        raise BadInput(f"data segment of {len(segment)} bytes", where="segment", mend="send it in parts (PNUM, PNO)")
    return b"%s%04d%s%s%s" % (HEADER, len(segment), segment, (crc or text_of(crc16(segment))).encode("ascii"), TAIL)


def encode(packet: Packet) -> bytes:
    """The bytes of a packet: for one that was read those that came, with CR LF at the end."""
    return framed(segments.encode_text(packet.segment), packet.crc)
