"""``/api/cases`` and ``/api/desk``."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Response

from clearbay import packs
from clearbay.apply.cases import Casework, Draft, acts, casejson, lists
from clearbay.apply.cases.acts import Act
from clearbay.model.case import Actor, Case, Limit, Place
from clearbay.model.errors import BadInput
from clearbay.share import case_shapes as shapes
from clearbay.share import case_telling, encode
from clearbay.share.context import Services, noun
from clearbay.share.guard import Caller, tasked
from clearbay.share.problems import documented

router = noun("cases")

Reader = Annotated[Caller, Depends(tasked("cases.read"))]
Opener = Annotated[Caller, Depends(tasked("cases.open"))]
Operator = Annotated[Caller, Depends(tasked("cases.act"))]
Id = Annotated[str, Path(description="Id of the case.", examples=["PA-2026-4403-00001"], max_length=60)]


@router.get(
    "/desk",
    operation_id="desk",
    summary="The duty officer's desk",
    responses={200: {"model": shapes.DeskShape}, **documented(401, 403, 422, 429, 503)},
)
def desk(
    desk: Services,
    caller: Reader,
    limit: Annotated[int, Query(ge=1, le=lists.LONGEST, description="Cases shown.")] = 50,
) -> Response:
    """How many cases are open, late, due within a day, new and worse, and the most urgent of them."""
    work = Casework(desk.home)
    found = lists.desk(work, caller.actor, limit=limit)
    told = {"counts": dict(found.counts), "items": _brief(work, found.page.cases), "next": found.page.next or None}
    return encode.answer(told)


@router.get(
    "/cases",
    operation_id="cases",
    summary="Cases",
    responses={200: {"model": shapes.CasePage}, **documented(401, 403, 422, 429, 503)},
)
def cases(
    desk: Services,
    caller: Reader,
    status: Annotated[Literal["open", "closed", "merged", "all"], Query(description="Only these.")] = "open",
    playbook: Annotated[str, Query(description="Only this kind.", max_length=100)] = "",
    stage: Annotated[
        Literal["", "found", "judged", "handled", "closed", "refused"], Query(description="Only at this stage.")
    ] = "",
    station: Annotated[str, Query(description="Only of this station.", max_length=200)] = "",
    assignee: Annotated[str, Query(description="Only given to this person.", max_length=200)] = "",
    jurisdiction: Annotated[str, Query(description="Only held within it.", pattern="^([1-9][0-9]{5,8})?$")] = "",
    q: Annotated[str, Query(description="Part of a title or of an id.", max_length=100)] = "",
    late: Annotated[bool, Query(description="Only those whose deadline has passed.")] = False,
    event: Annotated[str, Query(description="Only of this event.", max_length=200)] = "",
    only: Annotated[
        Literal["", "soon", "new", "worse"], Query(description="Only what the desk counts under this name.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=lists.LONGEST, description="Cases on a page.")] = 50,
    cursor: Annotated[str, Query(description="`next` of the page before.", max_length=60)] = "",
) -> Response:
    """The most urgent first. What the caller may not see is not in the list, in its total, nor in its pages."""
    work = Casework(desk.home)
    chosen = lists.Choice(
        status=status, playbook=playbook, stage=stage, station=station, assignee=assignee, jurisdiction=jurisdiction,
        text=q, late=late, event=event, only=only,
    )  # fmt: skip
    who = caller.actor
    found = lists.page(work, who, chosen, after=cursor, limit=limit)
    return encode.page(_brief(work, found.cases), lists.total(work, who, chosen), found.next or None)


@router.get(
    "/cases/{id}",
    operation_id="case",
    summary="One case",
    responses={200: {"model": shapes.DossierShape}, **documented(401, 403, 404, 422, 429, 503)},
)
def case(desk: Services, caller: Reader, id: Id) -> Response:
    """Its clocks, its timeline as the audit chain holds it, its evidence, and the steps that lead on."""
    return encode.answer(_whole(Casework(desk.home), caller.actor, id))


@router.post(
    "/cases",
    operation_id="open_case",
    summary="Open a case",
    responses={200: {"model": shapes.DossierShape}, **documented(401, 403, 404, 422, 429, 503)},
)
def open_case(desk: Services, caller: Opener, given: shapes.NewCase) -> Response:
    """Open a case under a playbook. With a `key`, a request sent twice opens one case."""
    work = Casework(desk.home)
    draft = Draft(
        given.playbook,
        given.title,
        text=given.text,
        jurisdiction=given.jurisdiction,
        station=given.station,
        property=given.property,
        limit=_limit(given.limit, given.property),
        place=Place(given.longitude, given.latitude, given.place),
        fields=given.fields,
        severity=given.severity,
        event=given.event,
    )
    who = caller.actor
    return encode.answer(_whole(work, who, work.open(who, draft, key=given.key).id))


@router.post(
    "/cases/{id}/act",
    operation_id="act_on_case",
    summary="Act on a case",
    responses={200: {"model": shapes.DossierShape}, **documented(401, 403, 404, 409, 422, 429, 503)},
)
def act(desk: Services, caller: Operator, id: Id, given: shapes.GivenAct) -> Response:
    """Take a step of its playbook, or do what can be done to any case: comment, assign, edit, aim, remeasure, suspend,
    resume, transfer, join, contribute, release, merge, split, reopen, grade. 409: it has changed since you looked.
    """
    work = Casework(desk.home)
    one = given.assignee
    done = Act(
        given.action,
        reason=given.reason,
        to=given.to,
        title=given.title,
        assignee=(one.id, one.name) if one else None,
        fields=given.fields,
        evidence=tuple(given.evidence),
        station=given.station,
        property=given.property,
        limit=_limit(given.limit, given.property),
        version=given.version,
        key=given.key,
    )
    who = caller.actor
    return encode.answer(_whole(work, who, acts.perform(work, who, id, done).id))


def _limit(given: shapes.GivenLimit | None, property: str) -> Limit | None:
    if given is None:
        return None
    if given.standard:
        return acts.limit_of(given.standard, given.grade, property)
    if given.value is None or property not in packs.properties():
        raise BadInput("a limit is a number for a property", where="limit", mend="give value and property, or standard")
    return Limit(given.op, given.value, packs.properties()[property].unit)


def _brief(work: Casework, found: tuple[Case, ...]) -> list[dict[str, object]]:
    now, named = work.clock(), case_telling.named(work, found)
    books = work.playbooks_of(found)
    return [casejson.case(one, book, now=now) | names for one, book, names in zip(found, books, named, strict=True)]


def _whole(work: Casework, who: Actor, id: str) -> dict[str, object]:
    return case_telling.whole(work, who, id)
