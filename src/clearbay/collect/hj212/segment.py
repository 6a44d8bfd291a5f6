"""The data segment: ``QN=...;ST=..;CN=....;PW=......;MN=...;Flag=.;PNUM=.;PNO=.;CP=&&...&&``.

The fields are read in any order, as devices send them, and written in the standard's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from clearbay.model.errors import BadInput

ORDER = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO")
"""The standard's order; CP follows (HJ 212-2017, table 2)."""

OPEN, CLOSE = "CP=&&", "&&"


_BREAKS = re.compile(r"[;\n]|##[0-9]{4}")
"""What would end a field, or the frame around it."""


def decode_text(segment: bytes) -> str:
    """The segment as text: ASCII, Chinese in UTF-8. Other bytes are kept as surrogates, so that nothing is lost."""
    return segment.decode("utf-8", "surrogateescape")


def encode_text(segment: str) -> bytes:
    """The bytes of a segment, the very ones that ``decode_text`` read."""
    try:
        return segment.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise BadInput("text that UTF-8 cannot hold", where="segment", mend="leave out lone surrogates") from error


def split(text: str) -> tuple[dict[str, str], str]:
    """Fields and content of a segment; ``BadInput`` where it has no CP or an item that is no field."""
    start = 0 if text.startswith(OPEN) else text.find(";" + OPEN) + 1
    if not start and not text.startswith(OPEN):
        raise BadInput("CP=&& is missing", where="CP", mend="end the segment with CP=&&...&&")
    body = start + len(OPEN)
    if len(text) < body + len(CLOSE) or not text.endswith(CLOSE):
        raise BadInput("CP is not closed by &&", where="CP", mend="end the segment with CP=&&...&&")
    fields: dict[str, str] = {}
    for item in text[:start].split(";"):
        name, mark, value = item.partition("=")
        if not name:
            if item:
                raise BadInput(f"{item[:40]!r} is no field", where="segment", mend="write name=value")
            continue
        if not mark:
            raise BadInput(f"{item[:40]!r} is no field", where="segment", mend="write name=value")
        if name in fields:
            raise BadInput(f"{name} is given twice", where=name, mend="give each field once")
        fields[name] = value
    return fields, text[body : -len(CLOSE)]


def join(fields: Mapping[str, str], cp: str) -> str:
    """Write fields in the standard's order (others behind them) and the content as one segment."""
    names = [*(name for name in ORDER if name in fields), *(name for name in fields if name not in ORDER)]
    for name in names:
        if not name or "=" in name or _BREAKS.search(name + fields[name]):
            raise BadInput(f"{name}={fields[name]!r} cannot be written", where=name, mend="leave out ; = and line ends")
    return "".join(f"{name}={fields[name]};" for name in names) + OPEN + cp + CLOSE
