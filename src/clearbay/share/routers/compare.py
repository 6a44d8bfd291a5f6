"""``/api/crosswalk`` and ``/api/compare``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Response

from clearbay import packs
from clearbay.apply.names import unknown
from clearbay.mine.comparison import Absent, Line
from clearbay.mine.side_by_side import side_by_side
from clearbay.model.crosswalk import Correspondence, Indicator, WaterUse
from clearbay.model.errors import BadInput
from clearbay.share import encode, law_shapes
from clearbay.share.context import noun
from clearbay.share.problems import documented

router = noun("compare")


@router.get(
    "/crosswalk",
    operation_id="crosswalk",
    summary="One vocabulary for the laws",
    responses={200: {"model": law_shapes.CrosswalkShape}, **documented(422)},
)
def crosswalk() -> Response:
    """Indicators with the property that each family of rule sets means by them, what differs in method, depth and
    statistic; uses of the water with the grade that each family demands; and rules for which no source was found."""
    found = packs.crosswalk()
    return encode.answer(
        {
            "indicators": [_indicator(one) for one in found.indicators.values()],
            "uses": [_use(one) for one in found.uses.values()],
            "not_sourced": [
                {
                    "id": one.id,
                    "name": one.name,
                    "jurisdiction": one.jurisdiction,
                    "media": one.media,
                    "properties": one.properties,
                    "known": one.known,
                    "searched": one.searched,
                    "obtainable": one.obtainable,
                }
                for one in packs.not_sourced().values()
            ],
        }
    )


@router.get(
    "/compare",
    operation_id="compare",
    summary="The laws side by side",
    responses={200: {"model": law_shapes.ComparisonShape}, **documented(404, 422)},
)
def compare(
    property_: Annotated[str, Query(alias="property", description="Property code.", examples=["DO"], max_length=40)],
    on: Annotated[
        str,
        Query(description="The day: the versions in force on it are compared.", examples=["2026-03-01"], max_length=10),
    ],
    use: Annotated[
        str | None,
        Query(description="Id of a use of /api/crosswalk: only the grade demanded for it.", max_length=40),
    ] = None,
) -> Response:
    """Every limit for one property in force on a day, in one unit, those that can be held against each other first;
    and the rule sets that have none, each with the reason."""
    if property_ not in packs.properties():
        raise unknown("property", property_, packs.properties(), where="property", listing="/api/meta")
    uses = packs.crosswalk().uses
    if use is not None and use not in uses:
        raise unknown("use", use, uses, where="use", listing="/api/crosswalk")
    found = side_by_side(property_, on=_day(on), use=use or "")
    return encode.answer(
        {
            "property": found.property,
            "on": found.on,
            "use": found.use or None,
            "unit": found.unit,
            "indicator": _indicator(found.indicator),
            "lines": [_line(one) for one in found.lines],
            "absent": [_absent(one) for one in found.absent],
            "rule_sets": [
                _compared(id)
                for id in dict.fromkeys(
                    [line.rule_set for line in found.lines] + [none.rule_set for none in found.absent]
                )
                if id in packs.rule_sets()
            ],
        }
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"'{text}' is not a day", where="on", mend="write it as 2026-03-01") from None


def _indicator(one: Indicator) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "property": one.property,
        "unit": one.unit,
        "entries": [_entry(entry) for entry in one.entries],
        "difference": one.difference,
        "confidence": one.confidence,
        "sources": one.sources,
    }


def _entry(one: Correspondence) -> dict[str, Any]:
    return {
        "family": one.family,
        "property": one.property,
        "comparable": one.comparable,
        "method": one.method,
        "depth": one.depth,
        "statistic": one.statistic,
        "note": one.note,
    }


def _use(one: WaterUse) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "grades": [asdict(grade) for grade in one.grades]}


def _line(one: Line) -> dict[str, Any]:
    rule_set = packs.rule_set(one.rule_set)
    grade = next((grade for grade in rule_set.grades if grade.id == one.grade), None)
    named = {"code": rule_set.code, "grade_name": grade and grade.name, "colour": grade and grade.colour}
    return asdict(one) | named


def _absent(one: Absent) -> dict[str, Any]:
    """A rule that was not sourced, or of which no version was in force, goes by its id."""
    code = packs.rule_sets()[one.rule_set].code if one.rule_set in packs.rule_sets() else one.rule_set
    return asdict(one) | {"code": code}


def _compared(id: str) -> dict[str, Any]:
    """What a reader wants to know of a rule set beside its limits: its name, its dates and where it was read."""
    one = packs.rule_sets()[id]
    return {
        "id": one.id,
        "code": one.code,
        "name": one.name,
        "jurisdiction": one.jurisdiction,
        "media": one.media,
        "in_force_from": one.in_force_from,
        "in_force_to": one.in_force_to,
        "sources": [{"id": source.id, "ref": source.ref, "note": source.note} for source in one.sources],
    }
