"""Periods of assessment as labels: ``2019``, ``2019-Q3``, ``2019-07``, ``2019-07-15``, ``2019-07-15T08``.

Labels of one granularity sort in time. A period is cut in the station's own time zone, so its bounds in UTC
depend on the station's offset.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal, get_args

from clearbay.model.errors import BadInput

Granularity = Literal["year", "season", "month", "day", "hour"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)

_SHAPES: tuple[tuple[Granularity, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(?P<y>[0-9]{4})")),
    ("season", re.compile(r"(?P<y>[0-9]{4})-Q(?P<q>[1-4])")),
    ("month", re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})")),
    ("day", re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})")),
    ("hour", re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})T(?P<h>[0-9]{2})")),
)
_MEND = "write a year 2019, a calendar quarter 2019-Q3, a month 2019-07, a day 2019-07-15 or an hour 2019-07-15T08"


def granularity_of(label: str, *, where: str = "period") -> Granularity:
    """The granularity that the shape of ``label`` says; BadInput where it is no period that a calendar knows."""
    _start(label, where)
    return next(name for name, shape in _SHAPES if shape.fullmatch(label))


def local_bounds(label: str, *, where: str = "period") -> tuple[datetime, datetime]:
    """First instant of the period and first instant after it, in the clock of the place, without a zone."""
    start = _start(label, where)
    granularity = granularity_of(label, where=where)
    if granularity in ("day", "hour"):
        step = timedelta(days=1) if granularity == "day" else timedelta(hours=1)
        return start, _after(start, step)
    months = {"year": 12, "season": 3, "month": 1}[granularity]
    ahead = start.month - 1 + months
    if start.year + ahead // 12 > 9999:
        return start, datetime.max
    return start, start.replace(year=start.year + ahead // 12, month=ahead % 12 + 1)


def bounds(label: str, utc_offset: int, *, where: str = "period") -> tuple[datetime, datetime]:
    """The same bounds in UTC, for a place ``utc_offset`` minutes east of it."""
    start, end = local_bounds(label, where=where)
    shift = timedelta(minutes=-utc_offset)
    return _after(start, shift), _after(end, shift)


def label_of(local: datetime, granularity: Granularity) -> str:
    """The label of the period in which a local time lies."""
    match granularity:
        case "year":
            return f"{local.year:04d}"
        case "season":
            return f"{local.year:04d}-Q{(local.month + 2) // 3}"
        case "month":
            return f"{local.year:04d}-{local.month:02d}"
        case "day":
            return local.date().isoformat()
        case "hour":
            return f"{local.date().isoformat()}T{local.hour:02d}"


def first_label(text: str, granularity: Granularity, *, where: str) -> str:
    """The period of ``granularity`` in which a coarser or finer period label begins (``2019`` -> ``2019-01``)."""
    return label_of(local_bounds(text, where=where)[0], granularity)


def last_label(text: str, granularity: Granularity, *, where: str) -> str:
    """The period of ``granularity`` in which a coarser or finer period label ends (``2019`` -> ``2019-12``)."""
    return label_of(local_bounds(text, where=where)[1] - timedelta(microseconds=1), granularity)


def run(first: str, last: str) -> list[str]:
    """Every label from ``first`` to ``last``, both of one granularity, in order."""
    granularity = granularity_of(first)
    found = [first]
    while found[-1] < last:
        found.append(label_of(local_bounds(found[-1])[1], granularity))
    return found


def _start(label: str, where: str) -> datetime:
    for _, shape in _SHAPES:
        if found := shape.fullmatch(label):
            part = found.groupdict()
            month = (int(part["q"]) - 1) * 3 + 1 if part.get("q") else int(part.get("m") or 1)
            try:
                return datetime(int(part["y"]), month, int(part.get("d") or 1), int(part.get("h") or 0))
            except ValueError:
                break
    raise BadInput(f"'{label}' is not a period", where=where, mend=_MEND)


def _after(instant: datetime, step: timedelta) -> datetime:
    """``instant + step``, held inside what a calendar can say, so that year 0001 or 9999 is no server error."""
    try:
        return instant + step
    except OverflowError:
        return datetime.max if step > timedelta() else datetime.min
