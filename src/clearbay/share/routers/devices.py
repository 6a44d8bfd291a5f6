"""``/api/devices``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from clearbay.apply.devices import RATES_NOTE, Alarm, Day, DeviceCare, Standing, plain_station
from clearbay.model.errors import BadInput
from clearbay.share import encode, paging, schemas
from clearbay.share.context import Services, noun
from clearbay.share.guard import Caller, looking, tasked
from clearbay.share.problems import documented
from clearbay.store.devices import Device

router = noun("devices")

Looker = Annotated[Caller, Depends(looking("devices.read"))]
Approver = Annotated[Caller, Depends(tasked("devices.approve"))]
Mn = Annotated[str, Path(description="MN of the device.", max_length=64)]


class ChannelShape(schemas.Answer):
    """One pollutant that a device must deliver."""

    code: str = Field(description="Code of HJ 525 or HJ 524", examples=["w01018"])
    property: str = Field(description="Property code", examples=["CODCr"])
    unit: str = Field(description="Unit it is reported in; empty: the standard's default")


class DayShape(schemas.Answer):
    """What a device owed and delivered in a day of its own clock."""

    date: str
    expected: int = Field(description="Values owed by the plan, so far")
    received: int
    valid: int = Field(description="Of these, QARTOD pass or not evaluated")
    late: int
    transmission_rate: float | None
    validity_rate: float | None
    delay_p50_s: float | None
    delay_p95_s: float | None


class TodayShape(schemas.Answer):
    """Today's counts so far."""

    expected: int
    received: int
    valid: int
    late: int
    rate: float | None = Field(description="Transmission rate: received over expected")
    validity_rate: float | None
    delay_p50_s: float | None
    delay_p95_s: float | None


class AlarmShape(schemas.Answer):
    """Something that a person should look at."""

    kind: Literal["never", "silent", "unreadable", "incomplete"]
    since: str
    text: dict[str, str]


class TransportShape(schemas.Answer):
    """How a device reaches the gateway."""

    door: str = Field(description="tcp or tls; empty: not heard yet")


class DeviceShape(schemas.Answer):
    """A device and how it stands."""

    mn: str
    station: str | None
    name: dict[str, str] | None = Field(description="Name of the station")
    status: Literal["approved", "pending", "refused"]
    online: bool
    generated: bool = Field(description="True for a simulated device")
    last_seen: str | None
    version: str = Field(description="Version of HJ 212 that it speaks; empty: not heard yet")
    transport: TransportShape
    channels: list[ChannelShape]
    today: TodayShape
    alarms: list[AlarmShape]


class PlanShape(schemas.Answer):
    """What is laid down for a device. Its password and key are never shown, only whether there is one."""

    minutes: int
    hours: bool
    days: bool
    version: str
    crc: list[str]
    depth: str
    utc_offset: int
    backfill: bool
    password_set: bool
    key_set: bool


class FrameShape(schemas.Answer):
    """One of the newest frames of a device."""

    time: str
    text: str
    read: bool
    why: str = Field(description="Why it was not read, or what was left out of it")


class PendingShape(schemas.Answer):
    """What a device has sent that nobody has decided upon."""

    first_seen: str
    frames: int
    sample: str


class DeviceDetail(DeviceShape):
    """A device with its plan, its days and its newest frames."""

    plan: PlanShape
    days: list[DayShape]
    last_frames: list[FrameShape]
    pending: PendingShape | None
    rates_note: dict[str, str]


class GivenChannel(BaseModel):
    """A pollutant that a device must deliver."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=20)
    unit: str = Field("", max_length=40)


class NewStation(BaseModel):
    """A station to make for a device."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    medium: Literal["sea", "river", "lake", "air", "effluent"] = "effluent"
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)


class Approval(BaseModel):
    """What is laid down for a device; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    station: str | None = Field(None, max_length=200, description="A registered station")
    new_station: NewStation | None = None
    channels: list[GivenChannel] | None = Field(None, max_length=200)
    minutes: int | None = Field(None, ge=0, le=30)
    hours: bool | None = None
    days: bool | None = None
    version: Literal["", "2005", "2017", "2025"] | None = None
    crc: list[str] | None = Field(None, max_length=5)
    depth: Literal["", "surface", "middle", "bottom"] | None = None
    utc_offset: int | None = Field(None, ge=-840, le=840)
    backfill: bool | None = None
    password: str | None = Field(None, max_length=64)
    key: str | None = Field(None, max_length=64)


@router.get(
    "/devices",
    operation_id="devices",
    summary="Devices",
    responses={200: {"model": schemas.Page[DeviceShape]}, **documented(401, 403, 422, 429, 503)},
)
def devices(
    desk: Services,
    caller: Looker,
    status: Annotated[Literal["approved", "pending", "refused"] | None, Query(description="Only these.")] = None,
    q: Annotated[str | None, Query(description="Part of an MN, or of a station's id or name.", max_length=100)] = None,
    online: Annotated[bool | None, Query(description="Only those that are heard, or only those that are not.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Devices on a page.")] = 100,
    cursor: Annotated[str | None, Query(description="`next` of the page before.", max_length=2000)] = None,
) -> Response:
    """Who may send, who waits to be let in, who is silent; with today's values against the monitoring plan."""
    care = DeviceCare(desk.home)
    found = care.every(status=status, q=q, online=online, actor=caller.actor)
    belongs_to = paging.mark(("devices", status, q, online))
    at = paging.read(cursor, belongs_to, (str,))
    rest = found if at is None else [one for one in found if one.mn > str(at.key[0])]
    shown = rest[:limit]
    following = None
    if len(rest) > limit:
        following = paging.write(paging.Cursor(len(found), (shown[-1].mn,)), belongs_to)
    return encode.page([_shape(one) for one in care.standings(shown)], len(found), following)


@router.get(
    "/devices/{mn}",
    operation_id="device",
    summary="One device",
    responses={200: {"model": DeviceDetail}, **documented(401, 403, 404, 422, 429, 503)},
)
def device(desk: Services, caller: Looker, mn: Mn) -> Response:
    """Its plan, its last thirty days, and its newest frames as they came."""
    care = DeviceCare(desk.home)
    return encode.answer(_detail(care, care.seen(mn, caller.actor)))


@router.post(
    "/devices/{mn}/approve",
    operation_id="approve_device",
    summary="Let a device send",
    responses={200: {"model": DeviceDetail}, **documented(401, 403, 404, 422, 429, 503)},
)
def approve(desk: Services, caller: Approver, mn: Mn, approval: Approval) -> Response:
    """Approve a device for a station, or change what is laid down for it. The gateway follows within seconds."""
    changes = approval.model_dump(exclude={"station", "new_station", "channels"})
    if approval.channels is not None:
        changes["channels"] = [(one.code, one.unit) for one in approval.channels]
    if approval.crc is not None:
        changes["crc"] = tuple(approval.crc)
    given = approval.new_station
    if given is not None and approval.station is not None:
        raise BadInput("a station and a new one", where="new_station", mend="give one of them")
    new = None
    if given is not None:
        new = plain_station(
            mn, given.name, medium=given.medium, longitude=given.longitude, latitude=given.latitude,
            jurisdiction=caller.actor.jurisdiction if caller.via == "session" else "",
        )  # fmt: skip
    care = DeviceCare(desk.home)
    return encode.answer(
        _detail(care, care.approve(mn, station=approval.station, new_station=new, by=caller.actor, **changes))
    )


@router.post(
    "/devices/{mn}/refuse",
    operation_id="refuse_device",
    summary="Let a device send no more",
    responses={200: {"model": DeviceDetail}, **documented(401, 403, 422, 429, 503)},
)
def refuse(desk: Services, caller: Approver, mn: Mn) -> Response:
    """Refuse a device: nothing of it is taken in or answered any more; what is here stays."""
    care = DeviceCare(desk.home)
    return encode.answer(_detail(care, care.refuse(mn, by=caller.actor)))


def _iso(micros: int) -> str:
    return encode.time(datetime.fromtimestamp(micros / 1e6, UTC).replace(tzinfo=None, microsecond=0)) or ""


def _shape(standing: Standing) -> dict[str, Any]:
    one, today = standing.device, standing.today
    return {
        "mn": one.mn,
        "station": one.station or None,
        "name": standing.name,
        "status": one.status,
        "online": standing.online,
        "generated": standing.generated,
        "last_seen": _iso(one.seen.last_seen) if one.seen else None,
        "version": one.seen.version if one.seen else "",
        "transport": {"door": one.seen.door if one.seen else ""},
        "channels": [
            {"code": channel.code, "property": channel.property, "unit": channel.unit}
            for channel in one.config.channels
        ],
        "today": {
            "expected": today.expected,
            "received": today.received,
            "valid": today.valid,
            "late": today.late,
            "rate": today.transmission_rate,
            "validity_rate": today.validity_rate,
            "delay_p50_s": today.delay_p50,
            "delay_p95_s": today.delay_p95,
        },
        "alarms": [_alarm(alarm) for alarm in standing.alarms],
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {"kind": alarm.kind, "since": _iso(alarm.since), "text": alarm.text}


def _detail(care: DeviceCare, one: Device) -> dict[str, Any]:
    (standing,) = care.standings([one])
    config, seen = one.config, one.seen
    plan = {name: getattr(config, name) for name in PlanShape.model_fields if hasattr(config, name)}
    plan |= {"password_set": bool(config.password), "key_set": bool(config.key)}
    frames = [
        {"time": _iso(heard.time), "text": heard.text, "read": heard.read, "why": heard.why}
        for heard in (seen.recent if seen else ())
    ]
    waiting = None
    if one.status == "pending" and seen is not None:
        sample = frames[-1]["text"] if frames else ""
        waiting = {"first_seen": _iso(seen.first_seen), "frames": seen.frames, "sample": sample}
    return {
        **_shape(standing),
        "plan": plan,
        "days": [_day(day) for day in care.days(one)],
        "last_frames": frames[::-1],
        "pending": waiting,
        "rates_note": RATES_NOTE,
    }


def _day(day: Day) -> dict[str, Any]:
    return {
        "date": day.date,
        "expected": day.expected,
        "received": day.received,
        "valid": day.valid,
        "late": day.late,
        "transmission_rate": day.transmission_rate,
        "validity_rate": day.validity_rate,
        "delay_p50_s": day.delay_p50,
        "delay_p95_s": day.delay_p95,
    }
