"""Rows and fields written as the content of a packet."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime

from clearbay.collect.hj212.content import Datum, Value
from clearbay.model.errors import BadInput

_FORBIDDEN_NAME = re.compile(r"[=;,&#\r\n]")
_FORBIDDEN_TEXT = re.compile(r"[;,\r\n]|&&|##|&$")


def print_time(time: datetime) -> str:
    """A time as DataTime prints it; milliseconds only where there are some."""
    text = time.strftime("%Y%m%d%H%M%S").zfill(14)
    return f"{text}{time.microsecond // 1000:03d}" if time.microsecond else text


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
