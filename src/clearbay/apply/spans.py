"""Spans of time that a place is portrayed over: a day, month, quarter, year, the twelve months up to one, three years.

A span has the label of its last part: ``2019-07`` is the month, or the twelve months that end with it; ``2019`` the
year, or the three years that end with it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, get_args

from clearbay.apply import periods
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

Span = Literal["day", "month", "season", "year", "12months", "3years"]
SPANS: tuple[Span, ...] = get_args(Span)

_LABEL: dict[Span, periods.Granularity] = {
    "day": "day",
    "month": "month",
    "season": "season",
    "year": "year",
    "12months": "month",
    "3years": "year",
}


def offered(standard: Standard) -> tuple[Span, ...]:
    """Spans over which a rule set can be put: all for classes, the year for objectives, no means for an index."""
    match standard.kind:
        case "class":
            return SPANS
        case "attainment":
            return ("year",)
        case "index":
            return ("day", "month", "year")


def check(standard: Standard, span: str | None, period: str | None, *, where: str = "granularity") -> Span:
    """The span asked for, else that of ``period``'s form, else the usual one; BadInput where it is not offered."""
    known = offered(standard)
    if span is None:
        span = periods.granularity_of(period) if period else ("year" if "year" in known else known[0])
        where = "period" if period else where
    for one in known:
        if one == span:
            return one
    raise BadInput(f"{standard.code} is not put over a span of {span}", where=where, mend=f"use {', '.join(known)}")


def check_label(span: Span, label: str, *, where: str = "period") -> str:
    """``label`` where it has the form that the span is named by."""
    wanted = _LABEL[span]
    if periods.granularity_of(label, where=where) != wanted:
        form = {"day": "2019-07-15", "month": "2019-07", "season": "2019-Q3", "year": "2019"}[wanted]
        raise BadInput(f"'{label}' does not name a span of {span}", where=where, mend=f"write it as {form}")
    return label


def label_form(span: Span) -> periods.Granularity:
    """The granularity of the span's label."""
    return _LABEL[span]


def granularity(span: Span, label: str) -> str:
    """The granularity under which the assessments hold this span and those a whole number of years (or of three
    years) away from it."""
    if span == "12months":
        return f"12months-{label[5:]}"
    if span == "3years":
        return f"3years-{int(label) % 3}"
    return span


def previous(span: Span, label: str) -> str:
    """The label of the span before: the one that ends where this begins, but a month earlier for twelve months."""
    if span == "3years":
        return _year(int(label) - 3)
    return _before(label)


def year_earlier(label: str) -> str:
    """The same span a year earlier (29 February: 28 February)."""
    if label[4:] == "-02-29":
        label = f"{label[:4]}-02-28"
    return _year(int(label[:4]) - 1) + label[4:]


def series(span: Span, label: str, count: int) -> tuple[str, ...]:
    """The last ``count`` labels of the comparable spans up to this one: a year apart, three years for three years.

    Months and quarters are compared with those of the same season; nothing is compared with a single day.
    """
    step = 3 if span == "3years" else 1
    years = range(int(label[:4]) - step * (count - 1), int(label[:4]) + 1, step)
    return tuple(_year(year) + label[4:] for year in years if year > 0)


def run_up(label: str, count: int) -> tuple[str, ...]:
    """The ``count`` successive labels of one form that end with ``label``."""
    found = [label]
    while len(found) < count:
        found.append(_before(found[-1]))
    return tuple(reversed(found))


def dates(span: Span, label: str) -> tuple[date, date]:
    """First and last day of the span in the place's own calendar."""
    start, end = periods.local_bounds(label)
    last = (end - timedelta(microseconds=1)).date()
    if span == "12months":
        start = periods.local_bounds(run_up(label, 12)[0])[0]
    if span == "3years":
        start = periods.local_bounds(_year(max(int(label) - 2, 1)))[0]
    return start.date(), last


def _before(label: str) -> str:
    start, _ = periods.local_bounds(label)
    form = periods.granularity_of(label)
    return periods.label_of(start - timedelta(days=1), form) if start.year > 1 else label


def _year(year: int) -> str:
    return f"{max(year, 1):04d}"
