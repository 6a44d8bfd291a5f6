"""``clearbay device``: which devices may send, and what is laid down for each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from clearbay.apply.devices import DeviceCare, Standing, plain_station
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer
from clearbay.cli.people import whoever
from clearbay.model.errors import BadInput
from clearbay.store import Home

app = typer.Typer(
    name="device",
    help="Devices that send by themselves (HJ 212): who waits, who may, who is silent.\n\n"
    "Example: `clearbay device list --home bay-data`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

MnArgument = Annotated[str, typer.Argument(metavar="MN", help="The device's MN, as it stands in its packets.")]
StationOption = Annotated[str | None, typer.Option(help="The registered station whose values it sends.")]
ChannelOption = Annotated[
    list[str] | None,
    typer.Option(
        "--channel", metavar="CODE[=UNIT]",
        help="A pollutant it must deliver, with the unit it reports where that is not the standard's. Repeat.",
    ),
]  # fmt: skip
MinutesOption = Annotated[int | None, typer.Option(help="Interval of the minute data it must deliver; 0: none.")]
HoursOption = Annotated[bool | None, typer.Option("--hours/--no-hours", help="Whether it must deliver hour data.")]
DaysOption = Annotated[bool | None, typer.Option("--days/--no-days", help="Whether it must deliver day data.")]
VersionOption = Annotated[str | None, typer.Option(help="The only version it may speak: 2005, 2017 or 2025.")]
CrcOption = Annotated[
    list[str] | None,
    typer.Option("--accept-crc", help="A check it may use beside the standard's: modbus-swapped, modbus."),
]
PasswordOption = Annotated[str | None, typer.Option(help="Its PW, checked from now on; empty: not checked.")]
KeyOption = Annotated[str | None, typer.Option(help="Its SM4 key: 32 hexadecimal digits (2025, unverified).")]
DepthOption = Annotated[str | None, typer.Option(help="Where in the water it measures: surface, middle, bottom.")]
OffsetOption = Annotated[int | None, typer.Option(help="Its clock in minutes east of UTC; 480 is China's time.")]
BackfillOption = Annotated[bool | None, typer.Option("--back-fill/--no-back-fill", help="Whether gaps are asked for.")]


@app.command("list")
def list_command(
    home: HomeOption,
    status: Annotated[str | None, typer.Option(help="Only approved, pending or refused ones.")] = None,
    q: Annotated[str | None, typer.Option(help="Part of an MN, or of a station's id or name.")] = None,
    as_json: Json = False,
) -> None:
    """List devices: those let in, those refused, and those that wait with what they sent.

    Example: `clearbay device list --home bay-data --status pending`
    """
    if status not in (None, "approved", "pending", "refused"):
        raise BadInput(f"no status {status!r}", where="--status", mend="approved, pending or refused")
    with Home.open(home) as opened:
        care = DeviceCare(opened)
        found = [_told(one) for one in care.standings(care.every(status=status, q=q))]
    lines = [
        f"{one['mn']}  {one['status']:<8}  {one['station'] or '-'}  last heard {one['last_seen'] or 'never'}"
        f"  today {one['received']}/{one['expected']}" + "".join(f"  ! {alarm}" for alarm in one["alarms"])
        for one in found
    ]
    answer({"devices": found}, as_json=as_json, text="\n".join(lines) or "no device is known here")


@app.command("approve")
def approve(
    mn: MnArgument,
    home: HomeOption,
    station: StationOption = None,
    new_station: Annotated[str | None, typer.Option(help="Make a station of this name for it.")] = None,
    medium: Annotated[str, typer.Option(help="Of the new station: sea, river, lake, air or effluent.")] = "effluent",
    longitude: Annotated[float | None, typer.Option(help="Of the new station, WGS 84.")] = None,
    latitude: Annotated[float | None, typer.Option(help="Of the new station, WGS 84.")] = None,
    at: Annotated[str, typer.Option(help="Jurisdiction of the new station, such as 440300.")] = "",
    channel: ChannelOption = None,
    minutes: MinutesOption = None,
    hours: HoursOption = None,
    days: DaysOption = None,
    version: VersionOption = None,
    crc: CrcOption = None,
    password: PasswordOption = None,
    key: KeyOption = None,
    depth: DepthOption = None,
    utc_offset: OffsetOption = None,
    back_fill: BackfillOption = None,
    as_json: Json = False,
) -> None:
    """Let a device send, for a station that is registered or a new one. A running gateway follows within seconds.

    Example: `clearbay device approve 010000A8900016F000169DC0 --home bay-data --new-station "Works 7" --channel w01018`
    """
    if station is not None and new_station is not None:
        raise BadInput("--station and --new-station", mend="give one of them")
    changes = _changes(
        channel=channel, minutes=minutes, hours=hours, days=days, version=version, crc=crc, password=password, key=key,
        depth=depth, utc_offset=utc_offset, backfill=back_fill,
    )  # fmt: skip
    new = None
    if new_station is not None:
        new = plain_station(mn, new_station, medium=medium, longitude=longitude, latitude=latitude, jurisdiction=at)
    with Home.open(home) as opened:
        device = DeviceCare(opened).approve(mn, station=station, new_station=new, by=whoever(), **changes)
    told = {"mn": mn, "status": device.status, "station": device.station}
    answer(told, as_json=as_json, text=f"{mn} may send for {device.station}")


@app.command("set")
def set_command(
    mn: MnArgument,
    home: HomeOption,
    station: StationOption = None,
    channel: ChannelOption = None,
    minutes: MinutesOption = None,
    hours: HoursOption = None,
    days: DaysOption = None,
    version: VersionOption = None,
    crc: CrcOption = None,
    password: PasswordOption = None,
    key: KeyOption = None,
    depth: DepthOption = None,
    utc_offset: OffsetOption = None,
    back_fill: BackfillOption = None,
    as_json: Json = False,
) -> None:
    """Change what is laid down for a device; what is left out stays as it is.

    Example: `clearbay device set 010000A8900016F000169DC0 --home bay-data --minutes 10 --accept-crc modbus-swapped`
    """
    changes = _changes(
        channel=channel, minutes=minutes, hours=hours, days=days, version=version, crc=crc, password=password, key=key,
        depth=depth, utc_offset=utc_offset, backfill=back_fill,
    )  # fmt: skip
    with Home.open(home) as opened:
        device = DeviceCare(opened).configure(mn, station=station, by=whoever(), **changes)
    answer({"mn": mn, "status": device.status, "station": device.station}, as_json=as_json, text=f"{mn} is changed")


@app.command("refuse")
def refuse(mn: MnArgument, home: HomeOption, as_json: Json = False) -> None:
    """Let a device send no more: nothing of it is taken in or answered; what is here stays.

    Example: `clearbay device refuse 010000A8900016F000169DC0 --home bay-data`
    """
    with Home.open(home) as opened:
        device = DeviceCare(opened).refuse(mn, by=whoever())
    answer({"mn": mn, "status": device.status}, as_json=as_json, text=f"{mn} is refused")


def _changes(*, channel: list[str] | None, crc: list[str] | None, **others: Any) -> dict[str, Any]:
    changes = dict(others)
    if channel is not None:
        changes["channels"] = [one.partition("=")[::2] for one in channel]
    if crc is not None:
        changes["crc"] = tuple(crc)
    return changes


def _told(standing: Standing) -> dict[str, Any]:
    device, seen = standing.device, standing.device.seen
    return {
        "mn": device.mn,
        "status": device.status,
        "station": device.station,
        "online": standing.online,
        "generated": standing.generated,
        "last_seen": datetime.fromtimestamp(seen.last_seen / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seen else None,
        "version": seen.version if seen else "",
        "frames": seen.frames if seen else 0,
        "expected": standing.today.expected,
        "received": standing.today.received,
        "alarms": [alarm.text["en"] for alarm in standing.alarms],
        "sample": seen.recent[-1].text if seen and seen.recent else "",
        "why": seen.recent[-1].why if seen and seen.recent else "",
    }
