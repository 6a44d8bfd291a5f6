"""``/api/portraits``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Response

from clearbay.apply import groups, rules, spans
from clearbay.apply.desk import Desk
from clearbay.apply.groups import Kind
from clearbay.apply.spans import Span
from clearbay.apply.standing import Standings
from clearbay.model.errors import BadInput
from clearbay.share import encode, parameters, portrait_shapes, portrayed
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("portraits")

_Span = Annotated[
    Span | None,
    Query(
        alias="granularity",
        description="Length of the span. `12months` and `3years` are named by the last month or year in them. Left "
        "out: that of `period`, or the year.",
        examples=["month"],
    ),
]
_Period = Annotated[
    str | None,
    Query(description="The span; left out: the last in which anything was judged.", examples=["2017"], max_length=20),
]
_Target = Annotated[
    str | None,
    Query(
        description="The class that counts as good; left out: the one by which the method for the rule set calls an "
        "area good.",
        max_length=20,
    ),
]


@router.get(
    "/portraits",
    operation_id="portraits",
    summary="How places of one kind stand",
    responses={200: {"model": portrait_shapes.PortraitListing}, **documented(404, 422, 503)},
)
def portraits(
    desk: Services,
    kind: Annotated[Kind, Query(description="`city`: any jurisdiction with stations.", examples=["zone"])],
    standard: parameters.Standard,
    span: _Span = None,
    period: _Period = None,
    depth: parameters.AssessedDepth = None,
    target: _Target = None,
) -> Response:
    """Places judged in the span, best first: class, shares, attainment, rank, change and completeness of each."""
    made, now = _made(desk, standard, span, period, depth, target), desk.catalogue()
    known = groups.groups(now, kind)
    label = period or max((one for group in known.values() if (one := made.latest(group))), default=None)
    found = [made.brief(group, label) for group in known.values() if label] if label else []
    found = [one for one in found if one.judged]
    found.sort(key=lambda one: (-(one.attained.share if one.attained else 0.0), one.mean_grade or 0.0, one.group.id))
    items = [portrayed.brief(one) for one in found]
    return encode.page(items, len(items), period=label, **portrayed.setting(made))


@router.get(
    "/portraits/{kind}/{id}",
    operation_id="portrait",
    summary="The portrait of one place",
    responses={200: {"model": portrait_shapes.PortraitShape}, **documented(404, 422, 503)},
)
def portrait(
    desk: Services,
    kind: Annotated[Kind, Path(description="Kind of place.", examples=["zone"])],
    name: Annotated[str, Path(alias="id", description="Id of the place.", examples=["hk.wcz.deep-bay"])],
    standard: parameters.Standard,
    span: _Span = None,
    period: _Period = None,
    depth: parameters.AssessedDepth = None,
    target: _Target = None,
) -> Response:
    """Class or rating, shares, attainment, rank, change, trends with their significance, main pollutants, worst places
    and completeness of sampling, all made of the kept verdicts."""
    made = _made(desk, standard, span, period, depth, target)
    group = groups.group_of(desk.catalogue(), kind, name)
    label = period or made.latest(group)
    if label is None:
        raise BadInput(
            f"{made.standard.code} judged nothing at {group.id}",
            where="standard",
            mend="/api/stations/{id} lists the rule sets that can judge a station",
        )
    answer: dict[str, Any] = portrayed.full(made.of(group, label)) | portrayed.setting(made)
    return encode.answer(answer)


def _made(
    desk: Desk, standard: str, span: Span | None, period: str | None, depth: str | None, target: str | None
) -> Standings:
    rule_set = rules.standard_of(standard)
    chosen = spans.check(rule_set, span, period)
    if period is not None:
        spans.check_label(chosen, period)
    return Standings(desk.assessments, desk.catalogue(), rule_set, chosen, rules.check_depth(rule_set, depth), target)
