"""Portraits and targets as the objects that the API shows."""

from __future__ import annotations

import math
from typing import Any

from clearbay import packs
from clearbay.apply import standing
from clearbay.apply.goals import Progress
from clearbay.apply.groups import Group
from clearbay.apply.rated import Rating
from clearbay.apply.standing import Change, Course, Placed, Pollutant, Standing
from clearbay.mine import trend


def brief(one: Standing) -> dict[str, Any]:
    """A place in a list of its siblings."""
    attained, rank, complete = one.attained, one.rank, one.completeness
    return place(one.group) | {
        "period": one.period,
        "from": one.first,
        "to": one.last,
        "stations": one.stations,
        "judged": one.judged,
        "grade": one.grade,
        "counts": one.counts,
        "shares": [_number(share) for share in one.shares],
        "mean_grade": _number(one.mean_grade),
        "attained": attained
        and {
            "target": attained.target,
            "stations": attained.stations,
            "judged": attained.judged,
            "share": _number(attained.share),
        },
        "rank": rank and {"rank": rank.rank, "of": rank.of, "equal": rank.equal},
        "year_earlier": _change(one.year_earlier),
        "previous": _change(one.previous),
        "completeness": {
            "samples": complete.samples,
            "expected": _number(complete.expected),
            "share": _number(complete.share),
            "spans": complete.spans,
        },
    }


def full(one: Standing) -> dict[str, Any]:
    """A place with everything that its portrait says."""
    return brief(one) | {
        "rating": _rating(one.rating),
        "courses": [_course(course) for course in one.courses],
        "pollutants": [_pollutant(pollutant) for pollutant in one.pollutants],
        "worst": [_placed(placed) for placed in one.worst],
        "places": [_placed(placed) for placed in one.places],
        "history": {
            "periods": [label for label, _ in one.history],
            "counts": [counts for _, counts in one.history],
        },
    }


def setting(one: standing.Standings) -> dict[str, Any]:
    """Under what the portraits were made."""
    return {
        "standard": one.standard.id,
        "granularity": one.span,
        "depth": one.depth,
        "target": one.target,
        "grades": [grade.id for grade in one.standard.grades],
    }


def place(group: Group) -> dict[str, Any]:
    """Which place."""
    return {"kind": group.kind, "id": group.id, "name": group.name}


def progress(one: Progress) -> dict[str, Any]:
    """A target and where it stands."""
    target = one.target
    return {
        "id": target.id,
        "name": target.name,
        "jurisdiction": target.jurisdiction,
        "measured": target.measured,
        "property": target.property or None,
        "standard": target.standard or None,
        "grades": target.grades,
        "op": target.op,
        "limit": target.limit,
        "unit": target.unit,
        "deadline": target.deadline,
        "places_meant": target.places,
        "clause": target.clause,
        "confidence": target.confidence,
        "sources": [{"id": source.id, "ref": source.ref, "note": source.note} for source in target.sources],
        "note": target.note,
        "state": one.state,
        "value": _number(one.value),
        "year": one.year,
        "places": one.places,
        "why": one.why,
        "years": [
            {"year": year.year, "value": _number(year.value), "places": year.places, "against": year.against}
            for year in one.years
        ],
    }


def _change(one: Change | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "period": one.period,
        "common": one.common,
        "better": one.better,
        "worse": one.worse,
        "same": one.same,
        "grade": one.grade,
        "steps": one.steps,
        "good": _number(one.good),
        "bad": _number(one.bad),
        "worded": _worded(one.worded),
        "items_differ": one.items_differ,
    }


def _worded(one: trend.Change | None) -> dict[str, Any] | None:
    return None if one is None else {"extent": one.extent, "direction": one.direction, "confidence": one.confidence}


def _rating(one: Rating | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "method": one.method.id,
        "code": one.method.code,
        "grade": one.grade and one.grade.id,
        "name": one.grade and one.grade.name,
        "colour": one.grade and one.grade.colour,
        "by": one.by,
        "sections": one.sections,
        "confidence": one.confidence,
    }


def _course(one: Course) -> dict[str, Any]:
    known = packs.properties()
    return {
        "of": one.of,
        "unit": known[one.of].unit if one.of in known else "%" if one.of == "attained_share" else "1",
        "periods": one.periods,
        "values": [_number(value) for value in one.values],
        "n": one.trend.periods,
        "rho": _number(one.trend.coefficient),
        "critical": one.trend.critical,
        "direction": one.trend.direction,
        "confidence": one.trend.confidence,
    }


def _pollutant(one: Pollutant) -> dict[str, Any]:
    return {
        "property": one.property,
        "stations": one.stations,
        "judged": one.judged,
        "share": _number(one.share),
        "worst": one.worst,
        "value": _number(one.value),
        "grade": one.grade,
        "multiple": _number(one.multiple),
        "main": one.main,
    }


def _placed(one: Placed) -> dict[str, Any]:
    return {
        "station": one.station,
        "grade": one.grade,
        "determinants": one.determinants,
        "multiples": {code: _number(over) for code, over in one.multiples.items()},
        "samples": one.samples,
        "previous": one.previous,
        "year_earlier": one.year_earlier,
    }


def _number(value: float | None) -> float | None:
    """Six decimals: beyond every figure of the law, short of the noise of a division."""
    return None if value is None or math.isnan(value) else round(value, 6)
