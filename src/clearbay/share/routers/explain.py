"""``/api/explain``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from clearbay.apply import rules
from clearbay.apply.explain import ExplainedItem, explain
from clearbay.share import encode, parameters, present, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("explain")


@router.get(
    "/explain",
    operation_id="explain",
    summary="One verdict unfolded",
    responses={200: {"model": schemas.Explanation}, **documented(404, 422, 503)},
)
def explained(
    desk: Services,
    station: Annotated[str, Query(description="Id of a station.", examples=["hk.epd.marine.DM1"], max_length=200)],
    standard: parameters.Standard,
    period: Annotated[
        str, Query(description="The period of the verdict; its form says its length.", examples=["2019"], max_length=20)
    ],
    depth: parameters.AssessedDepth = None,
) -> Response:
    """Every item of the verdict: its samples, the statistic over them, the rounding, the limit, the clause of the law,
    where the limit was read and how well it is sourced; and what the rule set would judge but was not measured."""
    rule_set = rules.standard_of(standard)
    at_depth = rules.check_depth(rule_set, depth)
    found = explain(desk.home, desk.assessments, desk.catalogue().entry(station), rule_set, period, at_depth)
    return encode.answer(
        {
            "station": found.station,
            "standard": rule_set.id,
            "period": found.period,
            "granularity": found.granularity,
            "depth": found.depth,
            "grade": found.grade,
            "determinants": found.determinants,
            "items": [_item(item) for item in found.items],
            "missing": found.missing,
            "notes": found.notes,
            "sources": present.sources(rule_set),
        }
    )


def _item(item: ExplainedItem) -> dict[str, object]:
    return {
        "property": item.property,
        "objective": item.objective,
        "name": item.name,
        "op": item.op,
        "unit": item.unit,
        "statistic": item.statistic,
        "statistic_text": item.statistic_text,
        "value": item.value,
        "rounded": item.rounded,
        "n": item.n,
        "censored": item.censored,
        "grade": item.grade,
        "limit": item.limit,
        "limits": item.limits,
        "multiple": item.multiple,
        "confidence": item.confidence,
        "clause": item.clause,
        "sources": item.sources,
        "samples": [
            {"time": encode.time(one.time), "depth": one.depth, "value": one.value, "censoring": one.censoring}
            for one in item.samples
        ],
        "attained": item.attained,
        "note": item.note,
        "contribution": item.contribution,
        "beyond": item.beyond,
    }
