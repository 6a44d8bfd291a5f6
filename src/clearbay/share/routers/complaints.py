"""``/api/complaints``: complaints of people without an account, followed by a code that is shown once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from clearbay.apply.cases import Casework, complaints
from clearbay.model.case import Place
from clearbay.model.errors import UnknownName
from clearbay.model.text import Language
from clearbay.share import encode
from clearbay.share.context import Services, noun
from clearbay.share.limits import Tap, address
from clearbay.share.problems import documented
from clearbay.share.schemas import LocalText
from clearbay.store.complaints import Known

router = noun("complaints")

Code = Annotated[str, Path(description="The code that was shown when the complaint was made.", max_length=60)]


class _Limits:
    """How often an address may do what needs no account."""

    def __init__(self) -> None:
        self.made = Tap(6, 600.0)
        self.failed = Tap(10, 60.0)
        self.said = Tap(20, 600.0)

    @classmethod
    def of(cls, app: FastAPI) -> _Limits:
        found: _Limits | None = getattr(app.state, "complaint_limits", None)
        if found is None:
            found = app.state.complaint_limits = cls()
        return found


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewComplaint(_Given):
    """What somebody complains of: in plain words, without markup."""

    subject: Literal["water", "air", "noise", "waste", "other"]
    text: str = Field(min_length=1, max_length=complaints.LONGEST)
    longitude: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    latitude: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    place: str = Field("", max_length=500, description="Where, in words")
    jurisdiction: str = Field("", pattern="^([1-9][0-9]{5})?$", description="One of `/api/complaints/places`")
    contact: str = Field("", max_length=200, description="Only whoever handles it sees this; may be left out")
    lang: Language = "en"
    key: str = Field(
        "",
        max_length=100,
        pattern="^(.{22,})?$",
        description="At random, 128 bits or more: the same request sent twice is one complaint",
    )


class Said(_Given):
    """More words."""

    text: str = Field(min_length=1, max_length=complaints.LONGEST)
    key: str = Field("", max_length=90)


class Asked(_Given):
    """Why it should be taken up again."""

    reason: str = Field(min_length=1, max_length=complaints.LONGEST)
    key: str = Field("", max_length=90)


class MadeShape(BaseModel):
    """A complaint that was made."""

    code: str = Field(description="Shown this once: whoever has it follows the complaint")
    id_shown: str = Field(description="Number of the complaint, for the telephone; it opens nothing")
    due: str | None = Field(description="By when it is accepted or declined")


class PublicClock(BaseModel):
    """A term that runs, and what it rests on."""

    name: LocalText | None
    due: str | None
    late: bool
    paused: bool
    term: dict[str, Any] | None
    basis: Literal["law", "default"]
    confidence: str
    note: str
    sources: list[str]
    may_move: bool = Field(description="It crosses a year without an official calendar of holidays")


class ComplaintShape(BaseModel):
    """The public part of a complaint."""

    id_shown: str
    received: str
    subject: str
    text: str
    place: dict[str, Any]
    authority: LocalText
    state: LocalText
    plain: LocalText
    stage: str
    open: bool
    due: str | None
    clocks: list[PublicClock]
    paused: bool
    reopened: int
    timeline: list[dict[str, Any]]
    answer: str
    evidence: list[dict[str, Any]]
    files_left: int
    may: dict[str, bool]
    generated: bool


class PlacesShape(BaseModel):
    """Who takes complaints."""

    items: list[dict[str, Any]]
    here: str | None = Field(description="Whose the position is, by coarse outlines: to be confirmed")
    sure: bool
    outside: bool


async def known_by(request: Request, desk: Services, code: str) -> Known:
    """The complaint of a code; 404 for any code that is none, and 429 after too many of them from one address."""
    failed, where = _Limits.of(request.app).failed, address(request)
    failed.pass_or_refuse(where, "too many wrong codes from this address", count=False)
    try:
        return await run_in_threadpool(complaints.find, Casework(desk.home), code)
    except UnknownName:
        failed.wait(where)
        raise


@router.get(
    "/complaints/places",
    operation_id="complaint_places",
    summary="Who takes complaints",
    responses={200: {"model": PlacesShape}, **documented(422)},
)
def places(
    longitude: Annotated[float | None, Query(ge=-180, le=180, description="Degrees east.")] = None,
    latitude: Annotated[float | None, Query(ge=-90, le=90, description="Degrees north.")] = None,
) -> Response:
    """The nine cities, Hong Kong and Macao, and whose a position is, as far as coarse outlines tell."""
    return encode.answer(complaints.places(longitude, latitude))


@router.post(
    "/complaints",
    operation_id="complain",
    summary="Make a complaint",
    responses={200: {"model": MadeShape}, **documented(404, 422, 429, 503)},
)
async def complain(request: Request, desk: Services, given: NewComplaint) -> Response:
    """No account is needed. The code in the answer is shown this once: with it the complaint is followed."""
    _Limits.of(request.app).made.pass_or_refuse(address(request), "many complaints came from this address")
    said = complaints.Given(
        given.subject,
        given.text,
        Place(given.longitude, given.latitude, given.place),
        given.jurisdiction,
        given.contact,
        given.lang,
    )
    work = Casework(desk.home)
    filed = await run_in_threadpool(complaints.file, work, said, key=given.key)
    told = await run_in_threadpool(complaints.told, work, filed.known)
    return _private({"code": complaints.grouped(filed.code), "id_shown": told["id_shown"], "due": told["due"]})


@router.get(
    "/complaints/{code}",
    operation_id="complaint",
    summary="Follow a complaint",
    responses={200: {"model": ComplaintShape}, **documented(404, 422, 429, 503)},
)
async def complaint(request: Request, desk: Services, code: Code) -> Response:
    """Where it stands, which terms run and what they rest on, the answer, and what was said. No names, nothing of
    others."""
    known = await known_by(request, desk, code)
    return _private(await run_in_threadpool(complaints.told, Casework(desk.home), known))


@router.post(
    "/complaints/{code}/comment",
    operation_id="comment_on_complaint",
    summary="Add words",
    responses={200: {"model": ComplaintShape}, **documented(403, 404, 422, 429, 503)},
)
async def comment(request: Request, desk: Services, code: Code, given: Said) -> Response:
    """Whoever handles it reads them. Sent twice under one `key` they are said once."""
    known = await known_by(request, desk, code)
    _Limits.of(request.app).said.pass_or_refuse(known.reporter, "much was said already")
    work = Casework(desk.home)
    await run_in_threadpool(complaints.comment, work, known, given.text, key=given.key)
    return _private(await run_in_threadpool(complaints.told, work, known))


@router.post(
    "/complaints/{code}/reopen",
    operation_id="reopen_complaint",
    summary="Ask to take it up again",
    responses={200: {"model": ComplaintShape}, **documented(403, 404, 422, 429, 503)},
)
async def reopen(request: Request, desk: Services, code: Code, given: Asked) -> Response:
    """For a complaint that was closed or refused, with a reason. It begins anew, with new terms."""
    known = await known_by(request, desk, code)
    _Limits.of(request.app).said.pass_or_refuse(known.reporter, "much was said already")
    work = Casework(desk.home)
    await run_in_threadpool(complaints.reopen, work, known, given.reason, key=given.key)
    return _private(await run_in_threadpool(complaints.told, work, known))


def _private(value: object) -> Response:
    answer = encode.answer(value)
    answer.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return answer
