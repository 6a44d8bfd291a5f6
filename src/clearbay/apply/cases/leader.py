"""A leader's figures: how many cases were found, judged, handled and closed, how fast, and how many in time.

All of it comes from clocks and actions (kept narrow in ``case_pace``, in the transaction of each action), over cases
opened within a span of days, as far as the asker may see them. Cases that went on in another count nowhere. What is
generated is told apart: it counts in the total only where there is nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy import case as when

from clearbay import packs
from clearbay.apply.cases import access
from clearbay.apply.cases.casework import Casework
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput
from clearbay.model.territory import parents, stem
from clearbay.model.text import LANGUAGES, Text
from clearbay.store.cases import Reading, micros
from clearbay.store.tables_cases import case_file, case_party
from clearbay.store.tables_findings import case_pace

OFFSET = timedelta(hours=8)
"""Days and months begin at midnight in the bay."""
_HOUR = 3_600_000_000
_NONE = -(2**62)
_AT_ONCE = 5000
_TIMES = ("opened", "judged", "handled", "closed", "due")
_ORDER = ("case", "jurisdiction", "open", "refused", "generated", *_TIMES, "reopened", "met", "late")


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of some cases.

    Counts: ``found`` all, ``judged`` that left the stage of being found, ``handled`` that were worked on, ``closed``
    that have been closed at least once, ``refused`` that ended so, ``open`` that go on, ``late`` that are overdue now.
    ``hours`` are medians from found to judged, judged to handled, handled to first closed (None: no case went that
    far). ``met`` and ``missed`` count clocks that ended in time or too late, ``reopened`` cases that came back.
    """

    found: int
    judged: int
    handled: int
    closed: int
    refused: int
    open: int
    late: int
    hours: Mapping[str, float | None]
    met: int
    missed: int
    reopened: int
    generated: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The shape that interfaces carry."""
        ended = self.met + self.missed
        return {
            "found": self.found,
            "judged": self.judged,
            "handled": self.handled,
            "closed": self.closed,
            "refused": self.refused,
            "open": self.open,
            "late": self.late,
            "median_hours": dict(self.hours),
            "on_time": {"met": self.met, "late": self.missed, "share": self.met / ended if ended else None},
            "reopened": {"count": self.reopened, "share": self.reopened / self.closed if self.closed else None},
            "generated": self.generated,
        }


@dataclass(frozen=True, slots=True)
class Span:
    """Which cases: opened from one day to another (both included, in the bay), within a place, of a kind."""

    first: date | None = None
    last: date | None = None
    jurisdiction: str = ""
    playbook: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Figures in all, by agency (code of the jurisdiction that holds the cases) and by month of opening."""

    span: Span
    total: Figures
    agencies: tuple[tuple[str, Figures], ...]
    months: tuple[tuple[str, Figures], ...]

    def as_dict(self) -> dict[str, Any]:
        """The shape that interfaces carry."""
        return {
            "from": self.span.first.isoformat() if self.span.first else None,
            "to": self.span.last.isoformat() if self.span.last else None,
            "total": self.total.as_dict(),
            "agencies": [
                {"jurisdiction": code, "name": dict(name_of(code)), **one.as_dict()} for code, one in self.agencies
            ],
            "months": [{"month": month, **one.as_dict()} for month, one in self.months],
        }


def figures(casework: Casework, actor: Actor, span: Span = Span()) -> Report:
    """The figures of the cases that a person may see; ``BadInput`` for a span that ends before it begins."""
    if span.first and span.last and span.last < span.first:
        raise BadInput(f"{span.last} is before {span.first}", where="to", mend="turn them round")
    now = micros(casework.clock())
    assert now is not None
    with casework.cases.read() as reading:
        rows = _rows(reading, actor, span)
    if not rows:
        return Report(span, _figures(_columns([], []), now, False), (), ())
    places: list[str] = []
    every = _columns(rows, places)
    real = ~every["generated"].astype(bool)
    counted = real if real.any() else ~real
    agencies = [
        (places[number], _figures(part, now, generated))
        for generated in (False, True)
        for number, part in _groups(_of(every, ~real if generated else real), "jurisdiction")
    ]
    agencies.sort(key=lambda one: (-one[1].found, one[0], one[1].generated))
    total = _of(every, counted)
    moments = total["opened"].astype("datetime64[us]") + np.timedelta64(OFFSET)
    total["month"] = moments.astype("datetime64[M]").astype(np.int64)
    generated = not real.any()
    months = tuple(
        (str(np.datetime64(number, "M")), _figures(part, now, generated)) for number, part in _groups(total, "month")
    )
    return Report(span, _figures(total, now, generated), tuple(agencies), months)


Columns = dict[str, NDArray[Any]]


def _figures(part: Columns, now: int, generated: bool) -> Figures:
    opened, judged, handled, closed = (part[name] for name in ("opened", "judged", "handled", "closed"))
    is_open = part["open"] == 1
    return Figures(
        found=len(opened),
        judged=int((judged != _NONE).sum()),
        handled=int((handled != _NONE).sum()),
        closed=int((closed != _NONE).sum()),
        refused=int(part["refused"].sum()),
        open=int(is_open.sum()),
        late=int((is_open & (part["due"] != _NONE) & (part["due"] < now)).sum()),
        hours={
            "judge": _median(opened, judged),
            "handle": _median(judged, handled),
            "close": _median(handled, closed),
        },
        met=int(part["met"].sum()),
        missed=int(part["late"].sum()),
        reopened=int((part["reopened"] > 0).sum()),
        generated=generated,
    )


def _median(start: NDArray[Any], end: NDArray[Any]) -> float | None:
    both = (start != _NONE) & (end != _NONE)
    if not both.any():
        return None
    return round(float(np.median(end[both] - start[both])) / _HOUR, 4)


def _columns(rows: Sequence[Any], places: list[str]) -> Columns:
    """Rows as columns of whole numbers; jurisdictions by their place in ``places``, which is filled."""
    given = list(zip(*rows, strict=True)) if rows else [() for _ in _ORDER]
    found: Columns = {}
    for name, values in zip(_ORDER, given, strict=True):
        if name == "jurisdiction":
            known = {code: number for number, code in enumerate(sorted(set(values)))}
            places += known
            found[name] = np.fromiter(map(known.__getitem__, values), np.int64, len(values))
        else:
            found[name] = np.fromiter(values, np.int64, len(values))
    return found


def _of(part: Columns, mask: NDArray[Any]) -> Columns:
    return {name: values[mask] for name, values in part.items()}


def _groups(part: Columns, by: str) -> Iterable[tuple[int, Columns]]:
    order = np.argsort(part[by], kind="stable")
    numbers, starts = np.unique(part[by][order], return_index=True)
    for number, rows in zip(numbers.tolist(), np.split(order, starts[1:]), strict=False):
        yield number, _of(part, rows)


def _rows(reading: Reading, actor: Actor, span: Span) -> list[Any]:
    where: list[ColumnElement[bool]] = [case_pace.c.status != "merged"]
    if span.first:
        where.append(case_pace.c.opened >= _micros(span.first))
    if span.last:
        where.append(case_pace.c.opened < _micros(span.last + timedelta(days=1)))
    if span.jurisdiction:
        where.append(access.within(case_pace.c.jurisdiction, span.jurisdiction))
    if span.playbook:
        where.append(case_pace.c.playbook == span.playbook)
    is_open = case_pace.c.status == "open"
    query = select(
        case_pace.c.case,
        case_pace.c.jurisdiction,
        when((is_open, 1), else_=0),
        when((and_(case_pace.c.status == "closed", case_pace.c.stage == "refused"), 1), else_=0),
        when((case_pace.c.generated.is_(True), 1), else_=0),
        *(func.coalesce(case_pace.c[name], _NONE) for name in _TIMES),
        *(case_pace.c[name] for name in ("reopened", "met", "late")),
    ).where(*where)
    parts = [reading.connection.execute(query.where(part)).all() for part in _visible(reading, actor)]
    if len(parts) == 1:
        return list(parts[0])
    return list({row[0]: row for part in parts for row in part}.values())


def _visible(reading: Reading, actor: Actor) -> list[ColumnElement[bool]]:
    """``access.visible`` as conditions on ``case_pace``: what lies within, and the rest by number."""
    if not actor.roles:
        return [false()]
    begin = stem(actor.jurisdiction)
    alone = actor.roles <= access.OWN_ONLY
    if not begin and not alone:
        return [true()]
    own = or_(case_file.c.assignee == actor.id, case_file.c.opened_by == actor.id)
    queries = [select(case_file.c.number).where(own)]
    if not alone:
        shared = access.within(case_party.c.jurisdiction, actor.jurisdiction)
        queries.append(select(case_party.c.case).where(shared))
    numbers = sorted({int(row[0]) for query in queries for row in reading.connection.execute(query)})
    parts: list[ColumnElement[bool]] = [
        case_pace.c.case.in_(numbers[place : place + _AT_ONCE]) for place in range(0, len(numbers), _AT_ONCE)
    ]
    return parts if alone else [access.within(case_pace.c.jurisdiction, actor.jurisdiction), *parts]


def name_of(code: str) -> Text:
    """The name of an agency's place: its own, or that of the place around it with its code."""
    known = packs.jurisdictions()
    if code in known:
        return known[code].name
    around = next((one for one in parents(code) if one in known), "")
    if not around:
        return dict.fromkeys(LANGUAGES, code)
    return {language: f"{known[around].name[language]} {code}" for language in LANGUAGES}


def _micros(day: date) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - OFFSET
    found = micros(midnight)
    assert found is not None
    return found
