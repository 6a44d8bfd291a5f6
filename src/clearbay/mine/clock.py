"""Deadlines: when a term ends over holidays, make-up workdays, suspensions and transfers between places.

A day counts when the clock was running at its last moment, midnight in the place that held the matter then, so that a
pause takes off exactly the midnights in it, and a matter handed over in the afternoon counts that day in the new place.
The day on which the term begins never counts. (The last two are conventions of this program: no text of the law on
counting was read for them.)

Everything is in UTC with a zone; places have fixed offsets. Nothing here reads the time of day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from clearbay.model.calendar import Calendar
from clearbay.model.clock import Due, Leg, Pause, Term

_DAY = timedelta(days=1)
HORIZON = 3660
"""Days after which a search for a working day is given up: a calendar that closes for ten years has none."""


def due(start: datetime, term: Term, legs: Sequence[Leg], pauses: Sequence[Pause] = ()) -> Due:
    """When a term that began at ``start`` ends.

    ``legs`` are in the order of time, the first in force at ``start`` or before. Pauses may overlap. Raises
    ``ValueError`` for a time without a zone, no leg, or a term that is not positive.
    """
    _check(start, term, legs)
    runs = list(_runs(start, legs, pauses))
    if term.unit == "hours":
        return _hours(start, term, runs)
    left = term.amount
    first = _local(start, legs[0].calendar)
    for since, until, calendar in runs:
        low = max(_first_end(since, calendar), first + _DAY)
        high = _last_end(until, calendar) if until is not None else date.max
        if low > high:
            continue
        day = _nth(calendar, term.unit == "working_days", low, high, left)
        if isinstance(day, int):
            left -= day
            continue
        return _ended(start, term, day, since, runs)
    return Due(None, _uncertain(start, _horizon(start, runs), runs) if term.unit == "working_days" else ())


def spent(start: datetime, now: datetime, term: Term, legs: Sequence[Leg], pauses: Sequence[Pause] = ()) -> float:
    """How much of a term has gone by at ``now``, in its own unit (whole days, or hours)."""
    _check(start, term, legs)
    total = 0.0
    first = _local(start, legs[0].calendar)
    for since, until, calendar in _runs(start, legs, pauses):
        end = now if until is None else min(until, now)
        if end <= since:
            continue
        if term.unit == "hours":
            total += (end - since) / timedelta(hours=1)
            continue
        low = max(_first_end(since, calendar), first + _DAY)
        high = _last_end(end, calendar)
        if low <= high:
            total += _count(calendar, low, high) if term.unit == "working_days" else (high - low).days + 1
    return total


def _check(start: datetime, term: Term, legs: Sequence[Leg]) -> None:
    moments = [start, *(leg.since for leg in legs)]
    if any(moment.tzinfo is None for moment in moments):
        raise ValueError("a clock needs times with a zone")
    if not legs or legs[0].since > start or any(a.since > b.since for a, b in pairwise(legs)):
        raise ValueError("legs are given in the order of time, the first in force at the start")
    if term.amount <= 0:
        raise ValueError("a term is longer than nothing")


Run = tuple[datetime, datetime | None, Calendar]
"""A stretch (from, to] in which the clock runs under one calendar; open at the end where it still does."""


def _runs(start: datetime, legs: Sequence[Leg], pauses: Sequence[Pause]) -> Iterator[Run]:
    merged: list[tuple[datetime, datetime | None]] = []
    for pause in sorted(pauses, key=lambda one: one.since):
        if pause.until is not None and pause.until <= max(pause.since, start):
            continue
        if merged and (merged[-1][1] is None or pause.since <= merged[-1][1]):
            last = merged[-1][1]
            merged[-1] = (merged[-1][0], None if last is None or pause.until is None else max(last, pause.until))
        else:
            merged.append((pause.since, pause.until))
    for number, leg in enumerate(legs):
        since = max(leg.since, start)
        until = legs[number + 1].since if number + 1 < len(legs) else None
        for low, high in merged:
            if high is not None and high <= since:
                continue
            if until is not None and low >= until:
                break
            if low > since:
                yield since, low, leg.calendar
            if high is None:
                return
            since = max(since, high)
        if until is None or since < until:
            yield since, until, leg.calendar


def _hours(start: datetime, term: Term, runs: Sequence[Run]) -> Due:
    left = timedelta(hours=term.amount)
    for since, until, _ in runs:
        if until is None or until - since >= left:
            return Due(since + left)
        left -= until - since
    return Due(None)


def _ended(start: datetime, term: Term, day: date, since: datetime, runs: Sequence[Run]) -> Due:
    position = next(index for index, run in enumerate(runs) if run[0] == since)
    calendar = runs[position][2]
    if term.unit == "days" and term.roll and not calendar.working(day):
        # The matter may be handed over or paused before the next working day ends: then the search goes on there.
        for low, until, calendar in runs[position:]:
            begin = max(_first_end(low, calendar), day)
            end = _last_end(until, calendar) if until is not None else date.max
            found = _nth(calendar, True, begin, end, 1) if begin <= end else 0
            if isinstance(found, date):
                at = _midnight(found, calendar)
                return Due(at, _uncertain(start, at, runs))
        return Due(None)
    at = _midnight(day, calendar)
    return Due(at, _uncertain(start, at, runs) if term.unit == "working_days" or term.roll else ())


def _uncertain(start: datetime, at: datetime, runs: Sequence[Run]) -> tuple[tuple[str, int, str], ...]:
    found: dict[tuple[str, int, str], None] = {}
    for since, until, calendar in runs:
        if since >= at:
            break
        last = at if until is None else min(at, until)
        for year in range(_local(max(since, start), calendar).year, _last_end(last, calendar).year + 1):
            if (status := calendar.status(year)) != "published":
                found[calendar.id, year, status] = None
    return tuple(found)


def _horizon(start: datetime, runs: Sequence[Run]) -> datetime:
    return max([start, *(until for _, until, _ in runs if until is not None)])


def _zone(calendar: Calendar) -> timedelta:
    return timedelta(minutes=calendar.utc_offset)


def _local(moment: datetime, calendar: Calendar) -> date:
    return (moment.astimezone(UTC) + _zone(calendar)).date()


def _midnight(day: date, calendar: Calendar) -> datetime:
    """The end of a local day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + _DAY - _zone(calendar)


def _first_end(since: datetime, calendar: Calendar) -> date:
    """The first local day whose end lies after ``since``."""
    return _local(since, calendar)


def _last_end(until: datetime, calendar: Calendar) -> date:
    """The last local day whose end lies at or before ``until``."""
    return _local(until, calendar) - _DAY


def _nth(calendar: Calendar, working: bool, low: date, high: date, number: int) -> date | int:
    """The ``number``-th counting day from ``low`` on, or how many there are up to ``high`` if fewer."""
    if not working:
        length = (high - low).days + 1
        return low + _DAY * (number - 1) if number <= length else length
    seen = 0
    for year in range(low.year, min(high.year, low.year + HORIZON // 366) + 1):
        days = _working_days(calendar, year)
        left = bisect_left(days, low.toordinal())
        right = bisect_right(days, high.toordinal())
        if seen + right - left >= number:
            return date.fromordinal(days[left + number - seen - 1])
        seen += right - left
    if high.year > low.year + HORIZON // 366:
        raise ValueError(f"the calendar {calendar.id} has too few working days after {low}")
    return seen


def _count(calendar: Calendar, low: date, high: date) -> int:
    return sum(
        bisect_right(days, high.toordinal()) - bisect_left(days, low.toordinal())
        for days in (_working_days(calendar, year) for year in range(low.year, high.year + 1))
    )


_kept: dict[tuple[int, int], tuple[Calendar, tuple[int, ...]]] = {}


def _working_days(calendar: Calendar, year: int) -> tuple[int, ...]:
    """The ordinals of a year's working days; kept by the calendar's identity, which a frozen value keeps for life."""
    key = (id(calendar), year)
    if key not in _kept or _kept[key][0] is not calendar:
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        days = tuple(number for number in range(first, last + 1) if calendar.working(date.fromordinal(number)))
        if len(_kept) > 512:
            _kept.clear()
        _kept[key] = (calendar, days)
    return _kept[key][1]
