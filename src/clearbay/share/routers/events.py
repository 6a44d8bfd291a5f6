"""``/api/events``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from clearbay import packs
from clearbay.apply import live
from clearbay.apply.cases import Casework
from clearbay.apply.cases.openers import case_of
from clearbay.apply.catalogue import parse_bbox
from clearbay.apply.event_words import SEVERITIES, kind_name
from clearbay.apply.events import Events, EventView, spoken
from clearbay.mine.detection.catalogue import detectors
from clearbay.mine.detection.problems import Member
from clearbay.share import encode, parameters, schemas
from clearbay.share.context import Services, noun
from clearbay.share.guard import Caller, anybody, tasked
from clearbay.share.problems import documented

router = noun("events")

POLL = 0.3
"""Seconds between looks at the events' version while somebody listens: one indexed read of the records."""
KEEP_ALIVE = 15.0
_CHANGES = ("new", "worse", "lowered", "ended")

Kind = Literal[
    "exceedance",
    "change",
    "drift",
    "multivariate",
    "silence",
    "constant",
    "pinned",
    "inspection_drop",
    "load_balance",
]
Id = Annotated[str, Path(description="Id of the event.", max_length=40)]
Ender = Annotated[Caller, Depends(tasked("events.end"))]


class EventShape(schemas.Answer):
    """A problem that was discovered."""

    id: str
    kind: Kind
    kind_name: dict[str, str]
    title: dict[str, str]
    status: Literal["open", "ended"]
    severity: int = Field(
        ge=1, le=4, description="1 notice, 2 warning, 3 serious, 4 emergency; the worst it had, once ended"
    )
    severity_name: dict[str, str]
    station: str
    station_name: dict[str, str] | None
    property: str | None
    depth: str
    properties: list[str]
    stations: list[str]
    longitude: float | None
    latitude: float | None
    opened: str = Field(description="When the problem began")
    found: str = Field(description="Time of the value that discovered it")
    updated: str
    ended: str | None
    peak: float | None = Field(description="Furthest value of the leading series")
    baseline: float | None = Field(description="What it should have been: the usual value, or the limit")
    unit: str | None
    change: Literal["new", "worse", "lowered", "ended"]
    reasons: list[dict[str, str]]
    sure: float = Field(ge=0, le=1)
    origin: str = Field(description="live, scan or manual")
    generated: bool


class ValuesShape(schemas.Answer):
    """The leading series around the event, in columns; times are seconds since 1970 UTC."""

    property: str
    depth: str
    averaging: str
    unit: str
    time: list[float]
    value: list[float]
    flag: list[int]


class MemberShape(schemas.Answer):
    """One detector's part in the event."""

    kind: Kind
    kind_name: dict[str, str]
    station: str
    property: str | None
    depth: str
    averaging: str
    on: bool
    since: str
    last: str
    severity: int
    sure: float
    value: float | None
    baseline: float | None
    peak: float | None
    detail: dict[str, Any]


class StepShape(schemas.Answer):
    """One change in its life."""

    time: str
    what: Literal["new", "worse", "lowered", "ended", "joined", "again"]
    text: dict[str, str]
    severity: int
    station: str
    property: str | None
    kind: str


class EventCase(schemas.Answer):
    """The case of an event."""

    id: str
    state: schemas.LocalText


class EventDetail(EventShape):
    """An event with its series, members, story and neighbours in time."""

    series: ValuesShape | None
    members: list[MemberShape]
    timeline: list[StepShape]
    related: list[str]
    case: EventCase | None = Field(description="Its case, where the caller may see it")


class ParameterShape(schemas.Answer):
    """One number of a detector."""

    name: str
    value: float
    unit: str
    meaning: str


class DetectorShape(schemas.Answer):
    """A registered detector."""

    id: str
    name: dict[str, str]
    watches: Literal["series", "station", "outlet"]
    parameters: list[ParameterShape]
    source: str


class PlayingShape(schemas.Answer):
    """A generated incident that is running."""

    rate: float | None = Field(description="Times faster than time; null where nothing is played")
    clock: schemas.Time | None = Field(description="The time that its sections have")
    generated: bool


@router.get(
    "/events",
    operation_id="events",
    summary="Events",
    responses={200: {"model": schemas.Page[EventShape]}, **documented(404, 422, 503)},
)
def events(
    desk: Services,
    status: Annotated[Literal["open", "ended", "all"], Query(description="Only these.")] = "open",
    kind: Annotated[Kind | None, Query(description="Named by this detector.")] = None,
    station: Annotated[str | None, Query(description="Id of a station.", max_length=200)] = None,
    from_: parameters.From = None,
    to: parameters.To = None,
    bbox: parameters.Bbox = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Events on a page.")] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="Events to skip.")] = 0,
) -> Response:
    """One event a problem, open ones first, newest first. `from` and `to` ask for events that were on in between."""
    found, total = Events(desk.home).find(
        status=status,
        kinds=[kind] if kind is not None else None,
        stations=[desk.catalogue().entry(station).station.id] if station is not None else None,
        start=parameters.instant(from_, where="from", utc_offset=0),
        end=parameters.instant(to, where="to", utc_offset=0, last=True),
        bbox=parse_bbox(bbox) if bbox else None,
        limit=limit,
        offset=offset,
    )
    return encode.page([shape(one) for one in found], total)


@router.get(
    "/events/stream",
    operation_id="event_stream",
    summary="Events as they change",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"},
        **documented(422, 503),
    },
)
async def stream(
    request: Request,
    desk: Services,
    since: Annotated[
        int | None, Query(ge=0, le=2**62, description="Version of the events already seen; left out: from now.")
    ] = None,
    seconds: Annotated[
        int, Query(ge=0, le=3600, description="The stream ends after so long; a browser comes back by itself.")
    ] = 300,
) -> StreamingResponse:
    """Server-sent events: `event: change` with an event as JSON, within half a second of its commit, whichever process
    committed it; its `id` is the version to go on from (`Last-Event-ID`)."""
    known = Events(desk.home)
    seen = since
    last = request.headers.get("last-event-id", "")
    if seen is None and last.isdecimal() and len(last) < 19:
        seen = int(last)
    begin = seen if seen is not None else await run_in_threadpool(lambda: known.records.version)
    return StreamingResponse(
        _changes(request, known, begin, seconds), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _changes(request: Request, known: Events, version: int, seconds: int) -> AsyncIterator[bytes]:
    yield f"retry: 500\nid: {version}\n\n".encode()
    quiet = 0.0
    until = time.monotonic() + seconds
    while True:
        found, now = await run_in_threadpool(known.changed_since, version)
        version = now
        for one in found:
            yield b"event: change\nid: %d\ndata: %s\n\n" % (
                version,
                orjson.dumps(shape(one), option=orjson.OPT_NON_STR_KEYS),
            )
        quiet = 0.0 if found else quiet + POLL
        if quiet >= KEEP_ALIVE:
            quiet = 0.0
            yield b": still here\n\n"
        closing = getattr(request.app.state, "closing", False)
        if closing or time.monotonic() >= until or await request.is_disconnected():
            return
        await asyncio.sleep(POLL)


@router.get(
    "/events/detectors",
    operation_id="event_detectors",
    summary="Detectors",
    responses={200: {"model": schemas.Page[DetectorShape]}, **documented(422, 503)},
)
def every_detector() -> Response:
    """What looks for problems: names, numbers with units, where each comes from."""
    items = [
        {
            "id": one.id,
            "name": one.name,
            "watches": one.watches,
            "parameters": [
                {"name": part.name, "value": part.value, "unit": part.unit, "meaning": part.meaning}
                for part in one.parameters
            ],
            "source": one.source,
        }
        for one in detectors().values()
    ]
    return encode.page(items, len(items))


@router.get(
    "/events/playing",
    operation_id="playing",
    summary="Whether an incident is being played",
    responses={200: {"model": PlayingShape}, **documented(422, 503)},
)
def playing(desk: Services) -> Response:
    """Where `clearbay live` (or the demonstration) plays a generated incident into this home: how fast, and how far."""
    now = live.status(desk.home)
    return encode.answer(
        {"rate": now.rate if now else None, "clock": f"{now.clock.isoformat()}Z" if now else None, "generated": True}
    )


@router.get(
    "/events/{id}",
    operation_id="event",
    summary="One event",
    responses={200: {"model": EventDetail}, **documented(404, 422, 503)},
)
def event(desk: Services, caller: Annotated[Caller, Depends(anybody())], id: Id) -> Response:
    """Why, since when, against what baseline, how sure; its series, its story, what else happened there; and its case,
    for those who may see it."""
    return _private(desk, caller, _detail(Events(desk.home), id))


@router.post(
    "/events/{id}/end",
    operation_id="end_event",
    summary="End an event",
    responses={200: {"model": EventDetail}, **documented(401, 403, 404, 422, 429, 503)},
)
def end(desk: Services, caller: Ender, id: Id) -> Response:
    """End an open event by hand. Where its problem goes on, its detectors open a new one."""
    known = Events(desk.home)
    known.end(id, by=caller.actor)
    return _private(desk, caller, _detail(known, id))


def _private(desk: Services, caller: Caller, detail: dict[str, Any]) -> Response:
    """An event as this caller may know it."""
    work = Casework(desk.home)
    case = case_of(work, caller.actor, detail["id"])
    told = None
    if case is not None:
        told = {"id": case.id, "state": dict(work.playbook_of_case(case).states[case.state].name)}
    answer = encode.answer({**detail, "case": told})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def shape(one: EventView) -> dict[str, Any]:
    """An event as it travels."""
    record, leading = one.record, one.leading
    station = one.station
    severity = record.worst if record.ended is not None else record.severity
    known = packs.properties().get(leading.property)
    return {
        "id": one.id,
        "kind": record.kind,
        "kind_name": dict(kind_name(record.kind)),
        "title": dict(one.title),
        "status": "open" if record.ended is None else "ended",
        "severity": severity,
        "severity_name": dict(SEVERITIES[severity]),
        "station": record.station,
        "station_name": dict(station.name) if station is not None else None,
        "property": leading.property or None,
        "depth": leading.depth,
        "properties": list(dict.fromkeys(member.property for member in one.problem.members if member.property)),
        "stations": list(dict.fromkeys(member.station for member in one.problem.members)),
        "longitude": station.longitude if station is not None else None,
        "latitude": station.latitude if station is not None else None,
        "opened": _iso(record.opened),
        "found": _iso(record.found),
        "updated": _iso(record.updated),
        "ended": _iso(record.ended) if record.ended is not None else None,
        "peak": leading.peak,
        "baseline": leading.baseline,
        "unit": known.unit if known is not None else None,
        "change": record.change if record.change in _CHANGES else "new",
        "reasons": [dict(reason) for reason in one.reasons],
        "sure": record.sure,
        "origin": record.origin,
        "generated": record.generated,
    }


def _detail(known: Events, id: str) -> dict[str, Any]:
    one = known.get(id)
    values = known.series(one)
    return {
        **shape(one),
        "series": None
        if values is None
        else {
            "property": values.property,
            "depth": values.depth,
            "averaging": values.averaging,
            "unit": values.unit,
            "time": [moment / 1e6 for moment in values.time],
            "value": values.value,
            "flag": values.flag,
        },
        "members": [_member(member) for member in one.problem.members],
        "timeline": [{**spoken(step), "time": _iso(step.time)} for step in one.problem.timeline],
        "related": known.related(one),
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "kind": member.kind,
        "kind_name": dict(kind_name(member.kind)),
        "station": member.station,
        "property": member.property or None,
        "depth": member.depth,
        "averaging": member.averaging,
        "on": member.on,
        "since": _iso(member.since),
        "last": _iso(member.last),
        "severity": member.severity,
        "sure": member.sure,
        "value": member.value,
        "baseline": member.baseline,
        "peak": member.peak,
        "detail": member.detail,
    }


def _iso(micros: int) -> str:
    moment = datetime(1970, 1, 1) + timedelta(microseconds=micros)
    return encode.time(moment.replace(microsecond=0)) or ""
