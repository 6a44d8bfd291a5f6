"""``/api/review`` and ``/api/quality/tests``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from clearbay import packs
from clearbay.apply.desk import Desk
from clearbay.apply.names import unknown
from clearbay.apply.people import decides_over, sees_station
from clearbay.apply.review import Reviewing
from clearbay.mine.quality import tests
from clearbay.model.errors import BadInput, NotAllowed
from clearbay.share import encode, paging, parameters, schemas
from clearbay.share.context import Services, noun
from clearbay.share.guard import Caller, looking, tasked
from clearbay.share.problems import documented
from clearbay.store.review import Review

router = noun("review")

Looker = Annotated[Caller, Depends(looking("review.read"))]
Setter = Annotated[Caller, Depends(tasked("review.set"))]
_DEPTHS = Literal["", "surface", "middle", "bottom"]
_AVERAGINGS = Literal["", "instant", "minute", "hour", "day"]


class ParameterShape(schemas.Answer):
    """A parameter of a test."""

    name: str
    unit: str = Field(description="`value`: the unit of the property; `s`, `min`, `m`, `deg`; 1: a number")
    meaning: str
    default: Any = Field(description="null: none")
    required: bool


class QualityTestShape(schemas.Answer):
    """A registered quality test."""

    id: str
    name: schemas.LocalText
    standard: str = Field(description="QARTOD, HJ or clearbay")
    scope: str = Field(description="What it looks at: value, series, stations or sample")
    standing: str = Field(description="causal: the flag stands; revises: what comes next may change it")
    meaning: str = Field(description="A value is flagged where it …")
    note: schemas.Note
    parameters: list[ParameterShape]
    source: str
    confidence: schemas.Confidence


class ReviewShape(schemas.Answer):
    """A flag that a person has set over a span."""

    id: int
    station: str
    property: str
    depth: str
    averaging: str
    from_: schemas.Time = Field(alias="from")
    to: schemas.Time = Field(description="Not included")
    flag: int
    reason: str
    who: str
    made: schemas.Time
    changed: int = Field(description="Values whose flag changed")
    reverted: schemas.Time | None = Field(description="null: it stands")
    reverted_by: str
    reverted_reason: str
    reverted_changed: int


class SeriesShape(schemas.Answer):
    """A series with the flags of every test, as columns of equal length."""

    station: str
    property: str
    depth: str
    averaging: str
    unit: str
    time: list[int] = Field(description="Seconds since 1970-01-01T00:00Z")
    value: list[float]
    censoring: list[str]
    flag: list[int] = Field(description="The flag stored, which assessments go by")
    revision: list[int]
    tests: dict[str, list[int]] = Field(description="What each test says now, and `aggregate`")
    reviews: list[ReviewShape] = Field(description="Reviews in the span, newest first")
    whole: bool = Field(description="false: the span has more values; ask for a shorter one")


class Setting(BaseModel):
    """A flag to set over a span of a series."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    station: str = Field(max_length=200, examples=["hk.epd.marine.DM1"])
    property: str = Field(max_length=50, examples=["DO"])
    depth: _DEPTHS = ""
    averaging: _AVERAGINGS = ""
    from_: str = Field(alias="from", max_length=40, examples=["2019-07-15T00:00:00Z"])
    to: str = Field(max_length=40, description="Not included, where it is a time of day", examples=["2019-07-16"])
    flag: Literal[1, 2, 3, 4, 9] = Field(description="1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing")
    reason: str = Field(min_length=1, max_length=2000, examples=["probe out of the water during cleaning"])
    who: str = Field(default="", max_length=200, description="Who decides; the name of the key where it is left out")


class Reverting(BaseModel):
    """Why a review is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=2000)
    who: str = Field(default="", max_length=200)


@router.get(
    "/quality/tests",
    operation_id="quality_tests",
    summary="Quality tests",
    responses={200: {"model": schemas.Listing[QualityTestShape]}, **documented(422)},
)
def quality_tests() -> Response:
    """Every registered test with its parameters, where it comes from, and how well that is sourced."""
    items = [{**asdict(test), "parameters": [asdict(one) for one in test.parameters]} for test in tests().values()]
    for item in items:
        del item["aliases"]
    return encode.page(items, len(items))


@router.get(
    "/review",
    operation_id="review_series",
    summary="A series with the flags of every test",
    responses={200: {"model": SeriesShape}, **documented(401, 403, 404, 422, 429, 503)},
)
def series(
    desk: Services,
    caller: Looker,
    station: Annotated[str, Query(description="Station id.", examples=["hk.epd.marine.DM1"], max_length=200)],
    property_: Annotated[str, Query(alias="property", description="Property code.", examples=["DO"], max_length=50)],
    depth: Annotated[_DEPTHS, Query(description="Depth of the series; empty: none.")] = "",
    averaging: Annotated[_AVERAGINGS, Query(description="What its values stand for; empty: samples.")] = "",
    from_: parameters.From = None,
    to: parameters.To = None,
) -> Response:
    """What is stored, and what each test of the home's configuration says of it now."""
    offset = desk.catalogue().entry(station).station.utc_offset
    if property_ not in packs.properties():
        raise unknown("property", property_, packs.properties(), where="property", listing="/api/meta")
    start = parameters.instant(from_, where="from", utc_offset=offset)
    end = parameters.instant(to, where="to", utc_offset=offset, last=True)
    if start is not None and end is not None and start >= end:
        raise BadInput("the first time does not lie before the last", where="from", mend="exchange from and to")
    found = Reviewing(desk.home).series(station, property_, depth=depth, averaging=averaging, start=start, end=end)
    table = found.table
    seconds = pc.cast(pc.cast(table["time"], pa.timestamp("s"), safe=False), pa.int64())
    return encode.answer(
        {
            "station": station,
            "property": property_,
            "depth": depth,
            "averaging": averaging,
            "unit": packs.properties()[property_].unit,
            "time": seconds.to_numpy(),
            "value": table["value"].to_numpy(),
            "censoring": table["censoring"].to_pylist(),
            "flag": table["flag"].to_pylist(),
            "revision": table["revision"].to_pylist(),
            "tests": {test: table[test].to_pylist() for test in found.tests if test in table.column_names},
            "reviews": [_shape(one) for one in found.reviews] if _sees(desk, caller, station) else [],
            "whole": found.whole,
        }
    )


@router.post(
    "/review",
    operation_id="review",
    summary="Set a flag over a span",
    responses={200: {"model": ReviewShape}, **documented(401, 403, 404, 422, 429, 503)},
)
def set_flag(desk: Services, caller: Setter, setting: Setting) -> Response:
    """The values stay; they get a new revision with this flag, and so does what arrives later in the span."""
    offset = desk.catalogue().entry(setting.station).station.utc_offset
    _check(desk, caller, setting.station)
    start = parameters.instant(setting.from_, where="from", utc_offset=offset)
    end = parameters.instant(setting.to, where="to", utc_offset=offset, last=True)
    assert start is not None
    assert end is not None
    done = Reviewing(desk.home).set(
        setting.station, setting.property, setting.depth, setting.averaging, start, end, setting.flag,
        reason=setting.reason, who=_name(caller, setting.who), key=caller.id, by=caller.actor,
    )  # fmt: skip
    return encode.answer(_shape(done))


@router.post(
    "/review/{id}/revert",
    operation_id="revert_review",
    summary="Take a review back",
    responses={200: {"model": ReviewShape}, **documented(401, 403, 404, 422, 429, 503)},
)
def revert(
    desk: Services,
    caller: Setter,
    id: Annotated[int, Path(description="Number of the review.", ge=1, le=2**53)],
    why: Reverting,
) -> Response:
    """Each value gets the flag that it would have without the review; the review stays listed as taken back."""
    reviews = Reviewing(desk.home).reviews
    _check(desk, caller, reviews.get(id).station)
    done = reviews.revert(id, reason=why.reason, who=_name(caller, why.who), key=caller.id, by=caller.actor)
    return encode.answer(_shape(done))


@router.get(
    "/review/history",
    operation_id="review_history",
    summary="Reviews, newest first",
    responses={200: {"model": schemas.Page[ReviewShape]}, **documented(401, 403, 422, 429, 503)},
)
def history(
    desk: Services,
    caller: Looker,
    station: Annotated[str | None, Query(description="Only of this station.", max_length=200)] = None,
    property_: Annotated[
        str | None, Query(alias="property", description="Only of this property.", max_length=50)
    ] = None,
    standing: Annotated[bool, Query(description="Only those that were not taken back.")] = False,
    limit: Annotated[int, Query(description="Rows a page.", ge=1, le=10_000)] = 100,
    cursor: parameters.Cursor = None,
) -> Response:
    """Who set which flag over which span, when and why, and who took it back."""
    known = Reviewing(desk.home).reviews.every(station, property_, standing=standing)
    seen = {one: _sees(desk, caller, one) for one in {each.station for each in known}}
    found = [one for one in known if seen[one.station]]
    belongs_to = paging.mark(("review", station, property_, standing))
    at = paging.read(cursor, belongs_to, (int,))
    rest = [one for one in found if at is None or one.id < int(at.key[0])]
    page = rest[:limit]
    more = paging.write(paging.Cursor(len(found), (page[-1].id,)), belongs_to) if len(rest) > limit else None
    return encode.page([_shape(one) for one in page], at.total if at else len(found), more)


def _name(caller: Caller, given: str) -> str:
    """Who decided: a person is who they are, whatever was written; a key or an open server may say who sat there."""
    return caller.name if caller.via == "session" else given or caller.name


def _sees(desk: Desk, caller: Caller, station: str) -> bool:
    entry = desk.catalogue().entries.get(station)
    return sees_station(caller.actor, station, entry.station.jurisdiction if entry else "")


def _check(desk: Desk, caller: Caller, station: str) -> None:
    entry = desk.catalogue().entries.get(station)
    jurisdiction = entry.station.jurisdiction if entry else ""
    if not decides_over(caller.actor, jurisdiction):
        raise NotAllowed(
            f"{station} is not in {caller.actor.jurisdiction}", where="station", mend="ask whoever is there"
        )


def _time(value: datetime | None) -> str | None:
    return None if value is None else encode.time(value.replace(microsecond=0))


def _shape(one: Review) -> dict[str, Any]:
    return {
        "id": one.id,
        "station": one.station,
        "property": one.property,
        "depth": one.depth,
        "averaging": one.averaging,
        "from": encode.time(one.start),
        "to": encode.time(one.end),
        "flag": int(one.flag),
        "reason": one.reason,
        "who": one.who,
        "made": _time(one.made),
        "changed": one.changed,
        "reverted": _time(one.reverted),
        "reverted_by": one.reverted_by,
        "reverted_reason": one.reverted_reason,
        "reverted_changed": one.reverted_changed,
    }
