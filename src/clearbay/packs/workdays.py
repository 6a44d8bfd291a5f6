"""Calendars of working days, read from ``calendars/*.yaml`` or from a file of an operator's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

from clearbay.model.calendar import Calendar, Year, YearStatus
from clearbay.model.text import LANGUAGES, Text
from clearbay.packs.geography import LEGAL_SYSTEMS
from clearbay.packs.sheet import Form, head_of, label, read, refuse, sources_of, text_of

STATUSES: tuple[str, ...] = get_args(YearStatus)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = timedelta(days=31)


def read_calendars(paths: Iterable[Path]) -> dict[str, Calendar]:
    """Read and check calendars, by id; raise one ``PackError`` for every line of every file that breaks a rule."""
    found: dict[str, Calendar] = {}
    sheets = []
    for path in paths:
        sheet, cell = read(path)
        sheets.append(sheet)
        head = Form(sheet, cell, "calendar")
        one = _calendar(head, path)
        if one.id in found:
            head.problem("duplicate-id", f"{one.id} is given in {found[one.id].file} already", "id")
        head.close()
        found[one.id] = one
    refuse([problem for sheet in sheets for problem in sheet.problems])
    return found


def _calendar(head: Form, path: Path) -> Calendar:
    sources = sources_of(head)
    holidays: dict[str, Text] = {}
    for name, cell in head.mapping("holidays").items():
        holidays[name] = text_of(head.sheet, cell, f"holiday {name}")
    rest = head.strings("rest_days")
    for day in rest:
        if day not in WEEKDAYS:
            head.problem("not-allowed", f"{day!r} is none of {', '.join(WEEKDAYS)}", "rest_days")
    offset = head.integer("utc_offset")
    if abs(offset) > 14 * 60:
        head.problem("range", f"no place is {offset} minutes from UTC", "utc_offset")
    years: dict[int, Year] = {}
    rest_days = frozenset(WEEKDAYS.index(day) for day in rest if day in WEEKDAYS)
    for form in head.forms("years", lambda cell: f"year {head_of(cell, 'year')}"):
        one = _year(form, holidays, rest_days, tuple(sources))
        if one.year in years:
            form.problem("duplicate-id", f"{one.year} is given twice", "year")
        years[one.year] = one
    return Calendar(
        id=head.string("id"),
        name=head.text(),
        legal_system=head.choice("legal_system", LEGAL_SYSTEMS),
        time_zone=head.string("time_zone"),
        utc_offset=offset,
        rest_days=rest_days,
        holidays=holidays or {"": dict.fromkeys(LANGUAGES, "")},
        years=years,
        sources=sources,
        notes=head.texts("notes"),
        file=label(path),
    )


def _year(form: Form, holidays: dict[str, Text], rest_days: frozenset[int], known: tuple[str, ...]) -> Year:
    number = form.integer("year")
    status: Any = form.choice("status", STATUSES)
    named = form.strings("sources") if "sources" in form.cells else ()
    if "sources" not in form.cells:
        form.cell("sources", optional=True)
        if status != "not_published":
            form.problem("source", "names no source")
    for name in named:
        if name not in known:
            form.problem("source", f"{name} is not among the sources at the head of the file", "sources")
    confidence = form.confidence()
    note = form.string("note", optional=True)
    if status != "published" and not note:
        form.problem("missing-key", f"a {status} year says why in a note")
    if status != "published" and confidence != "unverified":
        form.problem("confidence", f"a {status} year is unverified", "confidence")
    closed = _closed(form, number, holidays)
    workdays = _workdays(form, number, rest_days, closed)
    return Year(number, status, confidence, named, closed, workdays, note)


def _closed(form: Form, number: int, holidays: dict[str, Text]) -> dict[date, str]:
    closed: dict[date, str] = {}
    for span in form.forms("closed", lambda cell: f"{form.what}, closed from {head_of(cell, 'from')}"):
        first, last, name = span.date("from"), span.date("to"), span.string("name")
        if name and name not in holidays:
            span.problem("not-allowed", f"{name} is not among the holidays at the head of the file", "name")
        if first is None or last is None:
            continue
        if first > last or last - first > _LONGEST:
            span.problem("dates", f"{first} to {last} is no span of holidays", "to")
            continue
        if number not in (first.year, last.year):
            span.problem("dates", f"{first} is not in {number}", "from")
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if day in closed:
                span.problem("duplicate-id", f"{day} is closed already", "from")
            closed[day] = name
    return closed


def _workdays(form: Form, number: int, rest_days: frozenset[int], closed: dict[date, str]) -> frozenset[date]:
    found: set[date] = set()
    for cell in form.cells_of("workdays"):
        day = cell.value
        if not isinstance(day, date):
            form.sheet.problem(cell.line, "dates", f"{form.what}: {day!r} is not a date")
            continue
        if day.year != number:
            form.sheet.problem(cell.line, "dates", f"{form.what}: {day} is not in {number}")
        if day.weekday() not in rest_days:
            form.sheet.problem(cell.line, "not-allowed", f"{form.what}: {day} is no weekly rest day to be made up")
        if day in closed:
            form.sheet.problem(cell.line, "not-allowed", f"{form.what}: {day} is closed and a workday at once")
        found.add(day)
    return frozenset(found)
