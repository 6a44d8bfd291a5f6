"""The content of a packet (between ``CP=&&`` and ``&&``) as rows: time, code, kind, value, data flag.

Groups are parted by ``;``, the values of one item by ``,``: ``DataTime=20160801085857;w01018-Rtd=1.1,w01018-Flag=N``.
A name with a hyphen is a pollutant (or device) and a kind of value; one without is a field. Nothing is dropped: unknown
codes and kinds are rows like the others, a value that is no number stays text, an empty one is None.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from clearbay.model.errors import BadInput

NUMBER = re.compile(r"[ \t\r\f\v]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ \t\r\f\v]*", re.ASCII)
Value = float | str | None


class Datum(NamedTuple):
    """One value: DataTime as the device prints it (its own clock, no zone), code, kind, value and data flag.

    ``kind`` is ``Rtd``, ``Avg``, ``Min``, ``Max``, ``Cou``, ``ZsRtd`` ... as printed; ``flag`` one of the letters
    N F M S D C T B or whatever stands there, empty where none is given.
    """

    time: datetime | None
    code: str
    kind: str
    value: Value
    flag: str


class Content(NamedTuple):
    """Rows, and the fields beside them in their order (DataTime, RtdInterval, QnRtn ...), as text."""

    data: tuple[Datum, ...]
    fields: tuple[tuple[str, str], ...]

    def field(self, name: str) -> str | None:
        """The first field of a name, or None."""
        return next((value for known, value in self.fields if known == name), None)


def parse_time(text: str) -> datetime:
    """DataTime: fourteen digits, or seventeen with milliseconds."""
    if text.isascii() and text.isdigit() and len(text) in (14, 17):
        try:
            time = datetime.fromisoformat(f"{text[:8]}T{text[8:14]}")
        except ValueError:
            pass
        else:
            return time if len(text) == 14 else time + timedelta(milliseconds=int(text[14:]))
    raise BadInput(
        f"{text!r} is not a time", where="DataTime", mend="write YYYYMMDDhhmmss, with milliseconds if need be"
    )


def parse_value(text: str) -> Value:
    """A number where the text is one, None where it is empty, else the text itself."""
    if NUMBER.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text or None


@lru_cache(maxsize=4096)
def _code_and_kind(name: str) -> tuple[str, str]:
    """Code and kind of an item's name; no kind for a field. Devices send the same names for years."""
    code, hyphen, kind = name.rpartition("-")
    return (code, kind) if hyphen and kind else (name, "")


def parse(text: str) -> Content:
    """Read a content; ``BadInput`` where an item has no ``=`` or DataTime is no time."""
    # float() also takes "nan", "1_000" and digits of other scripts; only plain text may use it unwatched.
    plain = text.isascii() and "_" not in text
    isfinite, code_and_kind, new = math.isfinite, _code_and_kind, tuple.__new__
    data: list[Datum] = []
    fields: list[tuple[str, str]] = []
    time: datetime | None = None
    for group in text.split(";"):
        if not group:
            continue
        rows: list[tuple[str, str, Value]] = []
        flags: dict[str, str] = {}
        for item in group.split(","):
            name, mark, printed = item.partition("=")
            if not mark:
                if not item:
                    continue
                raise BadInput(f"{item[:40]!r} has no =", where="CP", mend="write name=value")
            code, kind = code_and_kind(name)
            if not kind:
                if name == "DataTime":
                    time = parse_time(printed)
                fields.append((name, printed))
            elif kind == "Flag":
                flags[code] = printed
            elif plain:
                try:
                    value: Value = float(printed)
                    if not isfinite(value):  # type: ignore[arg-type]
                        value = printed
                except ValueError:
                    value = printed or None
                rows.append((code, kind, value))
            else:
                rows.append((code, kind, parse_value(printed)))
        get = flags.get
        data += [new(Datum, (time, code, kind, value, get(code, ""))) for code, kind, value in rows]
        for code, flag in flags.items():
            if not rows or (code != rows[-1][0] and all(code != row[0] for row in rows)):
                _flag_apart(data, time, code, flag)
    return Content(tuple(data), tuple(fields))


def _flag_apart(data: list[Datum], time: datetime | None, code: str, flag: str) -> None:
    """A flag in a group of its own belongs to the values of its code before it, else it is a row by itself."""
    places = [place for place, row in enumerate(data) if row[:2] == (time, code) and not row.flag]
    for place in places:
        data[place] = data[place]._replace(flag=flag)
    if not places:
        data.append(Datum(time, code, "Flag", None, flag))
