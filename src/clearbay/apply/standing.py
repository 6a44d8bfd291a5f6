"""How a place stands under a rule set in one span of time: the portrait as a value.

Everything is made of the kept assessments (``Assessments``): classes and items of every station, so that a portrait
never disagrees with the verdicts it is made of, and costs no second look at the observations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.apply import groups, rated, spans
from clearbay.apply.applicability import water_type
from clearbay.apply.assessments import Assessments, Ints, Matrix
from clearbay.apply.catalogue import Catalogue
from clearbay.apply.groups import Group
from clearbay.apply.rated import Rating
from clearbay.apply.spans import Span
from clearbay.mine import trend
from clearbay.model.errors import BadInput
from clearbay.model.standard import Item, Standard

TREND_SPANS = 10
"""How many comparable spans a trend looks back over: the longest series that the table of critical values knows."""

HISTORY = {"day": 1095, "month": 36, "season": 12, "year": 3, "12months": 3, "3years": 1}
"""Over how many spans before this one the usual frequency of sampling is taken: three years of them."""

SHOWN = {"day": 31, "month": 36, "season": 24, "year": 40, "12months": 20, "3years": 12}
"""How many spans the shares of the classes are shown over: successive ones, but a year apart (or three years) where
the spans themselves overlap."""

LEAST_HISTORY = {"day": 365, "month": 12, "season": 4, "year": 1, "12months": 1, "3years": 1}
"""The least of them with which a frequency is called usual."""


@dataclass(frozen=True, slots=True)
class Attained:
    """Stations whose class is the target or better, over those judged; ``share`` in per cent."""

    target: str
    stations: int
    judged: int
    share: float


@dataclass(frozen=True, slots=True)
class Rank:
    """Place among the siblings judged in the same span: 1 is best, equals share a rank.

    A section is placed by its class; a group by the share that attains the target, then the share of the worst
    class, then the mean of the classes.
    """

    rank: int
    of: int
    equal: int


@dataclass(frozen=True, slots=True)
class Change:
    """Against an earlier span, over the stations judged in both (``common``).

    ``good`` and ``bad`` are the changes of the shares of target-or-better and of the worst class, in points of per
    cent (of groups; a section has its ``grade`` then and the ``steps`` since); ``better``, ``worse`` and ``same`` count
    stations. ``items_differ`` names properties that were judged at one of the two times only: a class without them is
    not quite the same class.
    """

    period: str
    common: int
    better: int
    worse: int
    same: int
    grade: str | None
    steps: int | None
    good: float | None
    bad: float | None
    worded: trend.Change | None
    items_differ: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """A series over comparable spans and its trend. ``of``: ``attained_share`` (per cent), ``mean_grade`` (0 is the
    best class), or a property, whose values stand in its own unit."""

    of: str
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    trend: trend.Trend


@dataclass(frozen=True, slots=True)
class Pollutant:
    """A property that misses the target somewhere in the place.

    ``share`` is its stations over those where it was judged, in per cent; ``multiple`` how far the worst is above the
    target's limit ((value - limit) / limit), None where the rule defines none; ``main`` marks those that the method
    names.
    """

    property: str
    stations: int
    judged: int
    share: float
    worst: str
    value: float | None
    grade: str
    multiple: float | None
    main: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A station of a place with its verdict: what decides it, and its class before and a year earlier."""

    station: str
    grade: str
    determinants: tuple[str, ...]
    multiples: Mapping[str, float]
    samples: int
    previous: str | None
    year_earlier: str | None


@dataclass(frozen=True, slots=True)
class Completeness:
    """Samples taken over those expected by the place's own usual frequency.

    ``expected`` is the mean number of samples in the ``spans`` spans before this one (up to three years of them, from
    each station's first sample on), summed over stations; None where the history is too short to call anything usual.
    """

    samples: int
    expected: float | None
    share: float | None
    spans: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in one span of time under one rule set; see the parts."""

    group: Group
    standard: Standard
    span: Span
    period: str
    first: date
    last: date
    depth: str
    target: str | None
    stations: int
    judged: int
    grade: str | None
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    mean_grade: float | None
    rating: Rating | None
    attained: Attained | None
    rank: Rank | None
    year_earlier: Change | None
    previous: Change | None
    courses: tuple[Course, ...]
    pollutants: tuple[Pollutant, ...]
    places: tuple[Placed, ...]
    worst: tuple[Placed, ...]
    completeness: Completeness
    history: tuple[tuple[str, tuple[int, ...]], ...] = ()


class Standings:
    """Portraits under one rule set, at one depth, over spans of one length."""

    def __init__(
        self,
        assessments: Assessments,
        now: Catalogue,
        standard: Standard,
        span: Span,
        depth: str = "mean",
        target: str | None = None,
    ) -> None:
        self._assessments, self._now = assessments, now
        self.standard, self.span, self.depth = standard, span, depth
        self.target = target or rated.default_target(standard)
        self._good = check_target(standard, self.target)
        # A listing asks the same of every sibling: what was found once is remembered.
        self._grades_at: dict[str, dict[str, int]] = {}
        self._keys_at: dict[tuple[str, str], dict[str, dict[str, tuple[float, ...]]]] = {}
        self._rows_of: dict[str, dict[str, int]] = {}
        self._before: dict[str, list[int | None]] = {}
        self._matrices: dict[str, Matrix] = {}

    def latest(self, group: Group) -> str | None:
        """The label of the last span in which the place has a verdict (of the calendar's own, for 12 months)."""
        matrix = self._assessments.matrix(self.standard, spans.label_form(self.span), self.depth)
        rows = self._rows_in(matrix, group)
        judged = np.flatnonzero((matrix.grade[rows] >= 0).any(axis=0)) if rows else np.array([], dtype=np.int64)
        return matrix.periods[judged[-1]] if len(judged) else None

    def of(self, group: Group, period: str) -> Standing:
        """The whole portrait of one place in one span."""
        brief = self.brief(group, period)
        before, earlier = spans.previous(self.span, period), spans.year_earlier(period)
        grades = {label: self._grades(group, label) for label in (before, earlier)}
        items = self._items(group, period)
        area = None if group.kind == "section" else rated.rate(self.standard, brief.counts, items)
        places = self._places(group, period, items, grades[before], grades[earlier])
        return replace(
            brief,
            rating=area,
            year_earlier=self._with_items(group, brief.year_earlier, items),
            previous=self._with_items(group, brief.previous, items),
            courses=self._courses(group, period),
            pollutants=self._pollutants(group, area, items),
            places=places,
            worst=tuple(one for one in places if self._bad(one.grade))[:5],
            history=self._shown(group, period),
        )

    def brief(self, group: Group, period: str) -> Standing:
        """The portrait without what needs a look at the items: pollutants, trend, places, rating."""
        spans.check_label(self.span, period)
        grades = self._grades(group, period)
        values = list(grades.values())
        counts = tuple(values.count(index) for index in range(len(self.standard.grades)))
        judged = len(values)
        first, last = spans.dates(self.span, period)
        return Standing(
            group=group,
            standard=self.standard,
            span=self.span,
            period=period,
            first=first,
            last=last,
            depth=self.depth,
            target=self.target,
            stations=len(groups.covered(self._now, group, self.standard)),
            judged=judged,
            grade=self.standard.grades[values[0]].id if group.kind == "section" and values else None,
            counts=counts,
            shares=tuple(100.0 * one / judged if judged else 0.0 for one in counts),
            mean_grade=sum(values) / judged if judged else None,
            rating=None,
            attained=self._attained(values),
            rank=self._rank(group, period),
            year_earlier=self._change(group, grades, spans.year_earlier(period)),
            previous=self._change(group, grades, spans.previous(self.span, period)),
            courses=(),
            pollutants=(),
            places=(),
            worst=(),
            completeness=self._completeness(group, period),
        )

    def counts(self, group: Group, period: str, count: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Stations of each grade over the ``count`` successive spans that end with ``period``."""
        return self._counted(group, spans.run_up(period, count))

    def _shown(self, group: Group, period: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The counts of each grade over the spans up to this one, from the first in which anything was judged."""
        apart = self.span in ("12months", "3years")
        labels = spans.series(self.span, period, SHOWN[self.span]) if apart else spans.run_up(period, SHOWN[self.span])
        found = self._counted(group, labels)
        first = next((place for place, (_, counts) in enumerate(found) if any(counts)), len(found))
        return found[first:]

    def _counted(self, group: Group, labels: Sequence[str]) -> tuple[tuple[str, tuple[int, ...]], ...]:
        found = []
        for label in labels:
            values = list(self._grades(group, label).values())
            found.append((label, tuple(values.count(index) for index in range(len(self.standard.grades)))))
        return tuple(found)

    # What the assessments hold

    def _matrix(self, label: str) -> Matrix:
        name = spans.granularity(self.span, label)
        if name not in self._matrices:
            self._matrices[name] = self._assessments.matrix(self.standard, name, self.depth)
        return self._matrices[name]

    def _column(self, label: str) -> tuple[Matrix, int | None]:
        matrix = self._matrix(label)
        place = np.searchsorted(np.array(matrix.periods, dtype=object), label) if matrix.periods else 0
        here = place < len(matrix.periods) and matrix.periods[place] == label
        return matrix, int(place) if here else None

    def _grades(self, group: Group, label: str) -> dict[str, int]:
        """The grade of each of the place's judged stations."""
        if label not in self._grades_at:
            matrix, column = self._column(label)
            values = [-1] * len(matrix.stations) if column is None else matrix.grade[:, column].tolist()
            pairs = zip(matrix.stations, values, strict=True)
            self._grades_at[label] = {one: value for one, value in pairs if value >= 0}
        known = self._grades_at[label]
        return {one: known[one] for one in group.stations if one in known}

    def _rows_in(self, matrix: Matrix, group: Group) -> list[int]:
        """The rows of the place's stations."""
        if matrix.granularity not in self._rows_of:
            self._rows_of[matrix.granularity] = {one: place for place, one in enumerate(matrix.stations)}
        known = self._rows_of[matrix.granularity]
        return [known[one] for one in group.stations if one in known]

    def _items(self, group: Group, label: str) -> list[dict[str, Any]]:
        judged = self._assessments.judged(self.standard, spans.granularity(self.span, label), self.depth)
        return _rows(judged.items, group.stations, label)

    def _places(
        self,
        group: Group,
        label: str,
        items: Sequence[Mapping[str, Any]],
        before: Mapping[str, int],
        earlier: Mapping[str, int],
    ) -> tuple[Placed, ...]:
        """The judged stations, worst first: by class, then by how many items decide it, then by the multiple."""
        table = self._assessments.judged(self.standard, spans.granularity(self.span, label), self.depth).verdicts
        multiples: dict[str, dict[str, float]] = {}
        for item in items:
            over = self._multiple(item)
            if over is not None:
                multiples.setdefault(item["station"], {})[item["property"]] = over
        name = [grade.id for grade in self.standard.grades]
        found = []
        for row in _rows(table, group.stations, label):
            station = row["station"]
            over_here = multiples.get(station, {})
            decided = sorted(row["determinants"], key=lambda code: -over_here.get(code, -1.0))
            placed = Placed(
                station,
                name[row["grade"]],
                tuple(decided),
                {code: over_here[code] for code in decided if code in over_here},
                row["samples"],
                name[before[station]] if station in before else None,
                name[earlier[station]] if station in earlier else None,
            )
            order = (-row["grade"], -len(decided), -max(placed.multiples.values(), default=0.0), station)
            found.append((order, placed))
        return tuple(placed for _, placed in sorted(found, key=lambda pair: pair[0]))

    # The parts

    def _bad(self, grade: str) -> bool:
        place = next(index for index, one in enumerate(self.standard.grades) if one.id == grade)
        return place > (self._good if self._good is not None else 0)

    def _attained(self, values: Sequence[int]) -> Attained | None:
        if self.target is None or self._good is None or not values:
            return None
        good = sum(value <= self._good for value in values)
        return Attained(self.target, good, len(values), 100.0 * good / len(values))

    def _rank(self, group: Group, label: str) -> Rank | None:
        if (group.kind, label) not in self._keys_at:
            found: dict[str, dict[str, tuple[float, ...]]] = {}
            for one in groups.groups(self._now, group.kind).values():
                key = self._key(one, label)
                if key is not None:
                    found.setdefault(one.above, {})[one.id] = key
            self._keys_at[group.kind, label] = found
        keys = self._keys_at[group.kind, label].get(group.above, {})
        own = keys.get(group.id)
        if own is None or len(keys) < 2:
            return None
        return Rank(1 + sum(key < own for key in keys.values()), len(keys), list(keys.values()).count(own) - 1)

    def _key(self, group: Group, label: str) -> tuple[float, ...] | None:
        values = list(self._grades(group, label).values())
        if not values:
            return None
        mean = sum(values) / len(values)
        if group.kind == "section":
            return (mean,)
        good = self._attained(values)
        worst = values.count(len(self.standard.grades) - 1) / len(values)
        return (-good.share if good else 0.0, worst, mean)

    def _change(self, group: Group, here: Mapping[str, int], label: str) -> Change | None:
        there = self._grades(group, label)
        common = [one for one in here if one in there]
        if not common:
            return None
        steps = [here[one] - there[one] for one in common]
        good = bad = None
        section = group.kind == "section"
        if self._good is not None and not section:
            good = _points(sum((here[one] <= self._good) - (there[one] <= self._good) for one in common), len(common))
        worst = len(self.standard.grades) - 1
        if self.standard.kind == "class" and not section:
            bad = _points(sum((here[one] == worst) - (there[one] == worst) for one in common), len(common))
        return Change(
            period=label,
            common=len(common),
            better=sum(step < 0 for step in steps),
            worse=sum(step > 0 for step in steps),
            same=sum(step == 0 for step in steps),
            grade=self.standard.grades[there[common[0]]].id if section else None,
            steps=steps[0] if section else None,
            good=good,
            bad=bad,
            worded=rated.worded(self.standard, there, here, common),
        )

    def _with_items(self, group: Group, change: Change | None, items: Sequence[Mapping[str, Any]]) -> Change | None:
        if change is None:
            return None
        here = {row["property"] for row in items}
        there = {row["property"] for row in self._items(group, change.period)}
        return replace(change, items_differ=tuple(sorted(here ^ there)))

    def _courses(self, group: Group, label: str) -> tuple[Course, ...]:
        """Trends over comparable spans; a single day has none."""
        if self.span == "day":
            return ()
        labels = spans.series(self.span, label, TREND_SPANS)
        by_span = [list(self._grades(group, one).values()) for one in labels]
        found: dict[str, list[float | None]] = {
            "mean_grade": [sum(values) / len(values) if values else None for values in by_span]
        }
        if self._good is not None and group.kind != "section":
            shares = [self._attained(values) for values in by_span]
            found["attained_share"] = [one.share if one else None for one in shares]
        if group.kind == "section" and self.standard.kind == "class":
            judged = self._assessments.judged(self.standard, spans.granularity(self.span, label), self.depth)
            place = {one: index for index, one in enumerate(labels)}
            for row in _rows(judged.items, group.stations):
                if row["period"] in place:
                    found.setdefault(row["property"], [None] * len(labels))[place[row["period"]]] = row["value"]
        return tuple(
            Course(of, labels, tuple(values), rated.trend(values))
            for of, values in found.items()
            if any(one is not None for one in values)
        )

    def _pollutants(
        self, group: Group, area: Rating | None, items: Sequence[Mapping[str, Any]]
    ) -> tuple[Pollutant, ...]:
        """What misses the target, most widespread first; of a section, by class and then by multiple."""
        if self._good is None:
            return ()
        by_property: dict[str, list[Mapping[str, Any]]] = {}
        for item in items:
            by_property.setdefault(item["property"], []).append(item)
        count, first = rated.names_main(self.standard, self.target, area)
        found = []
        for code, rows in by_property.items():
            failing = [row for row in rows if row["grade"] > self._good]
            if not failing:
                continue
            over = {row["station"]: self._multiple(row) for row in failing}
            worst = max(failing, key=lambda row: (row["grade"], over[row["station"]] or 0.0, row["station"]))
            stations = len({row["station"] for row in failing})
            judged = len({row["station"] for row in rows})
            one = Pollutant(
                code,
                stations,
                judged,
                100.0 * stations / judged,
                worst["station"],
                worst["rounded"],
                self.standard.grades[worst["grade"]].id,
                over[worst["station"]],
                False,
            )
            size = one.multiple or 0.0
            spread = (-worst["grade"], -size) if group.kind == "section" else (-one.share, -size)
            found.append(((code not in first, *spread, code), one))
        ordered = [one for _, one in sorted(found, key=lambda pair: pair[0])]
        return tuple(replace(one, main=place < count) for place, one in enumerate(ordered))

    def _multiple(self, item: Mapping[str, Any]) -> float | None:
        """(value - limit) / limit over the limit of the target class, where the rule counts multiples at all."""
        if self.standard.kind != "class" or self.target is None or item["rounded"] is None:
            return None
        rule = next((one for one in self.standard.items if one.property == item["property"]), None)
        limit = None if rule is None else _limit(rule, self.target, water_type(self._now.entries[item["station"]]))
        if limit is None or limit <= 0 or item["rounded"] <= limit * (1 + 1e-9):
            return None
        return float(item["rounded"] / limit - 1.0)

    def _completeness(self, group: Group, label: str) -> Completeness:
        matrix, column = self._column(label)
        rows = self._rows_in(matrix, group)
        got = int(matrix.samples[rows, column].sum()) if column is not None and rows else 0
        if label not in self._before:
            columns = {one: place for place, one in enumerate(matrix.periods)}
            self._before[label] = [columns.get(one) for one in self._history(label, HISTORY[self.span])]
        before = self._before[label]
        expected, longest = 0.0, 0
        for row in rows:
            counted = _since_first(matrix.samples[row], before)
            if len(counted) >= LEAST_HISTORY[self.span]:
                expected += sum(counted) / len(counted)
                longest = max(longest, len(counted))
        if not longest or not expected:
            return Completeness(got, None, None, 0)
        return Completeness(got, expected, min(1.0, got / expected), longest)

    def _history(self, label: str, count: int) -> tuple[str, ...]:
        """The spans before this one that do not overlap it, oldest first."""
        if self.span in ("12months", "3years"):
            return spans.series(self.span, label, count + 1)[:-1]
        return spans.run_up(label, count + 1)[:-1]


def check_target(standard: Standard, target: str | None, *, where: str = "target") -> int | None:
    """The place of the target among the grades; BadInput where the rule set has no such grade."""
    if target is None:
        return None
    known = [grade.id for grade in standard.grades]
    if target not in known[:-1] and not (standard.kind == "attainment" and target == known[0]):
        mend = f"use {', '.join(known[:-1])}"
        raise BadInput(f"{standard.code} has no class {target} to aim at", where=where, mend=mend)
    return known.index(target)


def _rows(table: pa.Table, stations: Sequence[str], label: str | None = None) -> list[dict[str, Any]]:
    """Rows of these stations, in one period or in all."""
    if label is not None:
        table = table.filter(pc.equal(table.column("period"), label))
    wanted = pa.array(list(stations), pa.string())
    rows: list[dict[str, Any]] = table.filter(pc.is_in(table.column("station"), wanted)).to_pylist()
    return rows


def _points(difference: int, of: int) -> float:
    return 100.0 * difference / of


def _limit(item: Item, target: str, kind: str) -> float | None:
    """The upper limit of the target class; None where it is none, or where the item counts no multiples."""
    if not item.multiple or item.op not in ("le", "lt"):
        return None
    limits = item.lake_limits if kind == "lake" and item.lake_limits is not None else item.limits
    limit = limits.get(target)
    return float(limit) if isinstance(limit, int | float) else None


def _since_first(samples: Ints, columns: Sequence[int | None]) -> list[int]:
    """Samples in each of these columns from the station's first sample on (None: a span nobody was judged in)."""
    begun = np.flatnonzero(samples)
    if not len(begun):
        return []
    first = int(begun[0])
    counted: list[int] = []
    started = False
    for column in columns:
        started = started or (column is not None and column >= first)
        if started:
            counted.append(int(samples[column]) if column is not None else 0)
    return counted
