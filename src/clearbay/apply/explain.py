"""A verdict unfolded to its arithmetic: samples, statistic, rounding, limit, clause, source, confidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clearbay import mine, packs
from clearbay.apply import applicability, grounds, index, judging, periods, rules, wording
from clearbay.apply.assessments import Assessments
from clearbay.apply.catalogue import Entry, lineage
from clearbay.mine.aqhi import HOURS_NEEDED, AqhiRule
from clearbay.mine.frames import UNUSABLE_FLAGS
from clearbay.mine.limits import GEOMETRIC
from clearbay.model.errors import BadInput
from clearbay.model.standard import Item, Objective, Standard
from clearbay.model.text import Text
from clearbay.store import Home

Limit = float | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that went into a statistic; time is UTC, value in the property's unit."""

    time: datetime
    depth: str
    value: float
    censoring: str


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """One item of a verdict.

    ``value`` is the statistic, ``rounded`` the number that was compared, ``limit`` what it was held against: the limit
    that it fails, or the one it meets in the best class. ``n`` counts sampling events, ``censored`` the values beyond
    a detection limit. ``beyond`` is how far it lies beyond the limit that it fails (``judging.beyond``), None where it
    fails none. ``attained`` is for objectives only, ``contribution`` (percentage points of added risk) for the
    pollutants of an index.
    """

    property: str
    op: str
    unit: str
    statistic: str
    statistic_text: Text
    value: float | None
    rounded: float | None
    n: int
    censored: int
    grade: str | None
    limit: Limit | None
    limits: Mapping[str, Limit]
    multiple: float | None
    confidence: str
    clause: str
    sources: tuple[str, ...]
    samples: tuple[Sample, ...]
    attained: bool | None = None
    objective: str | None = None
    name: Text | None = None
    note: str = ""
    contribution: float | None = None
    beyond: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict on one station in one period; ``grade`` is None where nothing could be judged."""

    station: str
    standard: Standard
    period: str
    granularity: str
    depth: str
    grade: str | None
    determinants: tuple[str, ...]
    items: tuple[ExplainedItem, ...]
    missing: tuple[str, ...]
    notes: tuple[Text, ...]


def explain(
    home: Home, assessments: Assessments, entry: Entry, standard: Standard, period: str, depth: str
) -> Explanation:
    """Unfold the verdict that the assessment holds; BadInput where the rule set does not judge the station's medium."""
    granularity = rules.check_granularity(standard, periods.granularity_of(period), where="period")
    if entry.station.medium not in standard.media:
        raise BadInput(
            f"{standard.code} judges {' and '.join(standard.media)}, {entry.station.id} is {entry.station.medium}",
            where="station",
            mend="/api/stations/{id} lists the rule sets that can judge a station",
        )
    parts = _Parts(home, assessments, entry, standard, period, granularity, depth)
    match standard.kind:
        case "class":
            return _classes(parts)
        case "attainment":
            return _attainment(parts)
        case "index":
            return _index(parts)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What every kind of explanation starts from."""

    home: Home
    assessments: Assessments
    entry: Entry
    standard: Standard
    period: str
    granularity: str
    depth: str

    def judged(self) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """The verdict and its items as the assessment holds them; None where it holds none."""
        judged = self.assessments.judged(self.standard, self.granularity, self.depth)
        verdict, items = (_of(table, self.entry.station.id, self.period) for table in (judged.verdicts, judged.items))
        rows = items.append_column("beyond", judging.beyond(items)).to_pylist()
        return (verdict.to_pylist()[0] if verdict.num_rows else None), rows

    def readings(self, codes: Collection[str]) -> pa.Table:
        """The station's observations of these properties in the period."""
        start, end = periods.bounds(self.period, self.entry.station.utc_offset)
        return grounds.readings(
            self.home.reader(), stations=[self.entry.station.id], properties=sorted(codes), start=start, end=end
        )

    def answer(
        self, grade: str | None, determinants: tuple[str, ...], items: list[ExplainedItem], *notes: Text
    ) -> Explanation:
        """The explanation; the properties wanted here without an item are what is missing."""
        present = {item.property for item in items}
        missing = tuple(code for code in applicability.wanted(self.entry, self.standard) if code not in present)
        return Explanation(
            self.entry.station.id,
            self.standard,
            self.period,
            self.granularity,
            self.depth,
            grade,
            determinants,
            tuple(items),
            missing,
            (*notes, *self.standard.notes),
        )


def _classes(parts: _Parts) -> Explanation:
    verdict, rows = parts.judged()
    if verdict is None:
        return parts.answer(None, (), [])
    of_property = {row["property"]: row for row in rows}
    spares = {item.alternative[0] for item in parts.standard.items if item.alternative}
    samples = _samples(parts.readings({*of_property, *spares}), parts.depth)
    kind = applicability.water_type(parts.entry)
    items = [
        _class_item(parts, item, of_property[item.property], samples, kind)
        for item in parts.standard.items
        if item.property in of_property
    ]
    return parts.answer(parts.standard.grades[verdict["grade"]].id, tuple(verdict["determinants"]), items)


def _of(table: pa.Table, station: str, period: str) -> pa.Table:
    own = table.filter(pc.equal(table.column("station"), station))
    return own.filter(pc.equal(own.column("period"), period))


def _class_item(
    parts: _Parts, item: Item, row: Mapping[str, Any], samples: Mapping[str, tuple[Sample, ...]], kind: str
) -> ExplainedItem:
    limits: Mapping[str, Limit] = item.limits
    if kind == "lake" and item.lake_limits is not None:
        limits = item.lake_limits
    geometric = item.property in GEOMETRIC
    mine_samples = samples.get(item.property, ())
    return ExplainedItem(
        property=item.property,
        op=item.op,
        unit=item.unit,
        statistic="geometric_mean" if geometric else "mean",
        statistic_text=wording.of_item(geometric, parts.depth, any(one.depth for one in mine_samples)),
        value=row["value"],
        rounded=row["rounded"],
        n=row["n"],
        censored=row["censored"],
        grade=parts.standard.grades[row["grade"]].id,
        limit=row["limit"],
        limits=limits,
        multiple=row["multiple"],
        confidence=_confidence(item, row["grade"], parts.standard),
        clause=item.clause,
        sources=item.sources,
        samples=mine_samples,
        note=item.note,
        beyond=row["beyond"] if row["grade"] else None,
    )


def _confidence(item: Item, grade: int, standard: Standard) -> str:
    """How well the deciding limit is sourced: that of the class it fails, or of the best class where it meets all."""
    decided = standard.grades[max(grade - 1, 0)].id
    return item.confidence_by_class.get(decided, item.confidence)


def _zone_confidence(one: Objective, zone: str) -> str:
    """How well an objective is sourced in a zone: by its own word, else that of the zone it lies in."""
    said = one.confidence_by_zone
    return next((said[place] for place in lineage(zone) if place in said), one.confidence)


def _attainment(parts: _Parts) -> Explanation:
    verdict, rows = parts.judged()
    if verdict is None:
        return parts.answer(None, (), [])
    readings = parts.readings({row["property"] for row in rows})
    of_objective = {row["rule"]: row for row in rows}
    items = [
        _objective_item(parts, one, of_objective[one.id], readings)
        for one in parts.standard.objectives
        if one.id in of_objective
    ]
    return parts.answer(parts.standard.grades[verdict["grade"]].id, tuple(verdict["determinants"]), items)


def _objective_item(parts: _Parts, one: Objective, row: Mapping[str, Any], readings: pa.Table) -> ExplainedItem:
    shares = one.statistic == "share_of_samples"
    best, worst = parts.standard.grades[0].id, parts.standard.grades[-1].id
    label = packs.properties()[one.property].unit_label if one.property in packs.properties() else one.unit
    return ExplainedItem(
        property=one.property,
        objective=one.id,
        name=one.name,
        op="ge" if shares else one.op,
        unit="1" if shares else one.unit,
        statistic=one.statistic,
        statistic_text=wording.of_objective(one, row["threshold"], label),
        value=row["value"],
        rounded=row["value"],
        n=row["n"],
        censored=row["censored"],
        grade=worst if row["grade"] else best,
        limit=row["limit"],
        limits={best: row["limit"]},
        multiple=None,
        confidence=_zone_confidence(one, parts.entry.station.zone),
        clause=one.clause,
        sources=one.sources,
        samples=_samples(readings, one.depth).get(one.property, ()),
        attained=row["grade"] == 0,
        note=one.note,
        beyond=row["beyond"] if row["grade"] else None,
    )


def _index(parts: _Parts) -> Explanation:
    """The worst hour of the period: its added risk, and each pollutant's part in it."""
    standard, entry = parts.standard, parts.entry
    start, end = periods.bounds(parts.period, entry.station.utc_offset)
    hours = index.between(parts.assessments.hours(standard), entry.station.id, start, end)
    if not hours.num_rows:
        return parts.answer(None, (), [])
    worst = min(hours.to_pylist(), key=lambda row: (-row["grade"], row["basis"], row["time"]))
    standard = index.version_at(standard, worst["time"], entry.station.utc_offset)
    parts = replace(parts, standard=standard)
    grade = standard.grades[worst["grade"]].id
    n = hours.num_rows
    if worst["basis"] == "published":
        return parts.answer(grade, (), [_published(parts, worst["time"], grade, n)])
    rule = mine.aqhi_rule(standard)
    first = worst["time"] - timedelta(hours=rule.hours)
    readings = index.behind(parts.home.reader(), standard, entry, worst["time"], worst["time"])
    samples = {
        code: tuple(one for one in found if first < one.time <= worst["time"])
        for code, found in _samples(readings, "mean").items()
        if code in rule.beta
    }
    means = {code: _mean(found) for code, found in samples.items() if len(found) >= HOURS_NEEDED}
    risk = mine.added_risk(means, standard)
    confidence = str(standard.parameters.get("parameters_confidence", standard.confidence))
    limits: dict[str, Limit] = dict(rule.bands)
    whole = ExplainedItem(
        property=index.PUBLISHED,
        op="le",
        unit="%",
        statistic="added_risk",
        statistic_text=wording.RISK,
        value=risk,
        rounded=risk,
        n=n,
        censored=0,
        grade=grade,
        limit=limits.get(standard.grades[max(worst["grade"] - 1, 0)].id),
        limits=limits,
        multiple=None,
        confidence=confidence,
        clause="",
        sources=tuple(source.id for source in standard.sources),
        samples=(Sample(worst["time"], "", risk, ""),),
    )
    larger = max((code for code in rule.larger_of if code in means), key=lambda code: _risk(rule, code, means[code]))
    items = [
        replace(
            whole,
            property=code,
            op="not_judged",
            unit="ug/m3",
            statistic="moving_mean",
            statistic_text=wording.MOVING_MEAN,
            value=mean,
            rounded=None,
            n=len(samples[code]),
            grade=None,
            limit=None,
            limits={},
            samples=samples[code],
            contribution=0.0 if code in rule.larger_of and code != larger else _risk(rule, code, mean),
        )
        for code, mean in means.items()
    ]
    return parts.answer(grade, (), [whole, *items])


def _published(parts: _Parts, moment: datetime, grade: str, n: int) -> ExplainedItem:
    readings = index.behind(parts.home.reader(), parts.standard, parts.entry, moment, moment)
    samples = tuple(one for one in _samples(readings, "mean").get(index.PUBLISHED, ()) if one.time == moment)
    return ExplainedItem(
        property=index.PUBLISHED,
        op="not_judged",
        unit="1",
        statistic="published",
        statistic_text=wording.AS_PUBLISHED,
        value=samples[0].value if samples else None,
        rounded=None,
        n=n,
        censored=sum(bool(one.censoring) for one in samples),
        grade=grade,
        limit=None,
        limits={},
        multiple=None,
        confidence="one_source_official",
        clause="",
        sources=(),
        samples=samples,
    )


def _risk(rule: AqhiRule, code: str, mean: float) -> float:
    return (exp(rule.beta[code] * mean) - 1.0) * 100.0


def _mean(samples: tuple[Sample, ...]) -> float:
    return sum(one.value * (0.5 if one.censoring == "<" else 1.0) for one in samples) / len(samples)


def _samples(readings: pa.Table, depth: str) -> dict[str, tuple[Sample, ...]]:
    """The values that went into the statistics at this depth, by property, in order of time."""
    found: dict[str, list[Sample]] = {}
    names = ("property", "time", "depth", "value", "censoring", "flag")
    for code, time, place, value, censoring, flag in zip(
        *(readings.column(name).to_pylist() for name in names), strict=True
    ):
        chosen = depth == "mean" or place in (depth, "")
        if chosen and flag not in UNUSABLE_FLAGS:
            found.setdefault(code, []).append(Sample(time, place, value, censoring))
    return {code: tuple(sorted(samples, key=lambda one: one.time)) for code, samples in found.items()}
