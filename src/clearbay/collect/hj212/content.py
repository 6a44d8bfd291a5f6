"""The content of a packet (between ``CP=&&`` and ``&&``) as rows: time, code, kind, value, data flag.

Groups are parted by ``;``, the values of one item by ``,``: ``DataTime=20160801085857;w01018-Rtd=1.1,w01018-Flag=N``.
A name with a hyphen is a pollutant (or device) and a kind of value; one without is a field. Nothing is dropped: unknown
codes and kinds are rows like the others, a value that is no number stays text, an empty one is None.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from clearbay.model.errors import BadInput

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_FORBIDDEN_NAME = re.compile(r"[=;,&#\r\n]")
_FORBIDDEN_TEXT = re.compile(r"[;,\r\n]|&&|##|&$")
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


def print_time(time: datetime) -> str:
    """A time as DataTime prints it; milliseconds only where there are some."""
    text = time.strftime("%Y%m%d%H%M%S").zfill(14)
    return f"{text}{time.microsecond // 1000:03d}" if time.microsecond else text


def parse_value(text: str) -> Value:
    """A number where the text is one, None where it is empty, else the text itself."""
    if NUMBER.fullmatch(text.strip()):
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


def build(data: Iterable[Datum], fields: Iterable[tuple[str, str]] = ()) -> str:
    """Write rows and fields as a content; ``BadInput`` for what the separators or the frame forbid.

    With rows, DataTime is written from their times. A number is written in its shortest form: give text to keep
    the decimals (``"0.00"``).
    """
    rows, named = list(data), list(fields)
    groups = [f"{_word(name, 'field')}={_text(value, name)}" for name, value in named if not rows or name != "DataTime"]
    time: datetime | None = None
    group: list[str] = []
    before: tuple[object, ...] = ()
    for row in rows:
        if row.time != time:
            if row.time is None:
                raise BadInput("a row without time follows one with a time", where="data", mend="put it first")
            groups += _closed(group, before)
            group, before, time = [], (), row.time
            groups.append(f"DataTime={print_time(row.time)}")
        if before and before != (row.code, row.flag):
            groups += _closed(group, before)
            group = []
        before = (row.code, row.flag)
        if row.kind == "Flag" and row.value is None:
            continue
        group.append(f"{_word(row.code, 'code')}-{_kind(row.kind)}={_print_value(row.value, row.code)}")
    return ";".join([*groups, *_closed(group, before)])


def _closed(group: list[str], before: tuple[object, ...]) -> list[str]:
    if not before:
        return []
    code, flag = map(str, before)
    return [",".join([*group, *([f"{_word(code, 'code')}-Flag={_text(flag, code)}"] if flag or not group else [])])]


def _word(text: str, what: str) -> str:
    if not text or _FORBIDDEN_NAME.search(text):
        raise BadInput(f"{text!r} cannot be the name of a {what}", where="CP", mend="leave out = ; , & and line ends")
    return text


def _kind(text: str) -> str:
    if "-" in text or text == "Flag":
        raise BadInput(f"{text!r} cannot be a kind of value", where="CP", mend="give Rtd, Avg, Min, Max, Cou ...")
    return _word(text, "kind")


def _text(text: str, name: str) -> str:
    if _FORBIDDEN_TEXT.search(text):
        raise BadInput(f"{text!r} cannot be written", where=name, mend="leave out ; , && ## and line ends")
    return text


def _print_value(value: Value, code: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value, code)
    if not math.isfinite(value):
        raise BadInput(f"{value} is no number a packet can carry", where=code, mend="leave the value out")
    return repr(float(value)).removesuffix(".0")
