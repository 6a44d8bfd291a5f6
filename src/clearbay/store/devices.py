"""The register of devices: who may send, for which station, by which plan; and what was last heard of each.

A device is known by its MN. One that nobody has decided upon is ``pending`` with what it sent; ``approved`` ones are
taken in, ``refused`` ones are not.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, insert, select

from clearbay.model.case import Actor
from clearbay.model.errors import BadInput, UnknownName
from clearbay.store import audit
from clearbay.store.home import Home
from clearbay.store.records import bump, numbers
from clearbay.store.tables import meta
from clearbay.store.tables_devices import device, device_seen, gap_request
from clearbay.store.trouble import told

Status = Literal["approved", "pending", "refused"]
STATUSES: tuple[Status, ...] = ("approved", "pending", "refused")

RECENT = 5
"""Newest frames kept of a device."""
LONGEST_FRAME = 1_200
"""Characters kept of each of them; a longer frame is cut, in this list only."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One pollutant of a device: its code, the property it stands for, and the unit it is reported in (empty: the
    standard's default)."""

    code: str
    property: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator has laid down for a device.

    ``channels`` are what it must deliver (others it sends are taken too); ``minutes`` is its interval of minute data
    (0: none), ``hours`` and ``days`` whether it must deliver such; ``version`` the only one it may speak (empty: any);
    ``crc`` checks accepted beside the standard's; ``password`` its PW (empty: not checked); ``key`` its SM4 key
    in hexadecimal; ``depth`` where in the water it measures; ``utc_offset`` its clock, in minutes east of UTC;
    ``backfill`` whether gaps are asked for.
    """

    channels: tuple[Channel, ...] = ()
    minutes: int = 0
    hours: bool = True
    days: bool = False
    version: str = ""
    crc: tuple[str, ...] = ()
    password: str = ""
    key: str = ""
    depth: str = ""
    utc_offset: int = 480
    backfill: bool = True

    def as_json(self) -> dict[str, Any]:
        """For the register; ``from_json`` reads it."""
        return asdict(self)

    @classmethod
    def from_json(cls, told_: Mapping[str, Any]) -> Config:
        """Read what ``as_json`` wrote; what a newer version has added is left out."""
        known = {name: value for name, value in told_.items() if name in cls.__slots__}
        channels = tuple(Channel(**channel) for channel in known.pop("channels", ()))
        return cls(**{**known, "crc": tuple(known.pop("crc", ())), "channels": channels})


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame of a device: when it came (microseconds UTC), its text, whether it was read, and if not, why."""

    time: int
    text: str
    read: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a gateway has heard of a device: first and last (microseconds UTC), frames, how many of them could not be
    read, the version it speaks, the door (``tcp``, ``tls``), its newest frames."""

    first_seen: int
    last_seen: int
    frames: int = 0
    refused: int = 0
    version: str = ""
    door: str = ""
    recent: tuple[Heard, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """A device: decided upon or pending, and what was heard of it (None: nothing yet)."""

    mn: str
    status: Status
    station: str = ""
    config: Config = field(default_factory=Config)
    decided: int | None = None
    seen: Seen | None = None


class Devices:
    """The register of one home. Safe to share between threads and processes."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._records = home.records

    def version(self) -> int:
        """Grows with every decision."""
        with told("read the register of devices"), self._records.read() as connection:
            return int(numbers(connection).get(_VERSION, 0))

    def every(self, *, status: Status | None = None, mns: Iterable[str] | None = None) -> tuple[Device, ...]:
        """Devices by MN."""
        query = select(device, *(column.label(f"seen_{column.name}") for column in device_seen.c)).join_from(
            device, device_seen, device.c.mn == device_seen.c.mn, isouter=True
        )
        if status is not None:
            query = query.where(device.c.status == status)
        with told("read the register of devices"), self._records.read() as connection:
            if mns is None:
                return tuple(map(_device, connection.execute(query.order_by(device.c.mn))))
            wanted = sorted(set(mns))
            found: list[Device] = []
            for at in range(0, len(wanted), 500):  # a statement takes only so many parameters
                part = query.where(device.c.mn.in_(wanted[at : at + 500])).order_by(device.c.mn)
                found += map(_device, connection.execute(part))
            return tuple(found)

    def get(self, mn: str) -> Device:
        """One device; ``UnknownName`` where nothing was ever heard or decided of it."""
        found = self.every(mns=[mn])
        if not found:
            raise missing(mn)
        return found[0]

    def decide(
        self,
        mn: str,
        status: Status,
        *,
        station: str | None = None,
        config: Config | None = None,
        by: Actor | None = None,
    ) -> Device:
        """Approve or refuse a device, or change what is laid down for it; what is None stays as it is.

        Raises ``BadInput`` for an approval without a station, or with one that is not registered. ``by``: who decides,
        for the audit chain.
        """
        return self.decide_all([(mn, status, station, config)], by=by)[0]

    def decide_all(
        self, decisions: Iterable[tuple[str, Status, str | None, Config | None]], *, by: Actor | None = None
    ) -> tuple[Device, ...]:
        """``decide`` for many devices in one transaction."""
        given = list(decisions)
        known = {one.mn: one for one in self.every(mns=[mn for mn, *_ in given])}
        stations = self._home.registered({station for _, _, station, _ in given if station})
        made: dict[str, Device] = {}
        if not given:
            return ()
        for mn, status, station, config in given:
            check_mn(mn)
            old = made.get(mn) or known.get(mn) or Device(mn, status)
            new = replace(old, status=status, decided=time.time_ns() // 1000)
            if station is not None:
                new = replace(new, station=station)
            if config is not None:
                new = replace(new, config=config)
            if status == "approved" and not new.station:
                raise BadInput(f"device {mn} has no station", where="station", mend="say whose values it sends")
            if station and station not in stations:
                raise BadInput(f"no station {station!r}", where="station", mend="register the station first")
            made[mn] = new
        with told("change the register of devices"), self._records.write() as connection:
            connection.execute(delete(device).where(device.c.mn == bindparam("mn_")), [{"mn_": mn} for mn in made])
            connection.execute(insert(device), [_row(one) for one in made.values()])
            _decided(connection)
            for one in made.values() if by is not None else ():
                audit.note(
                    self._home, connection, f"device {one.status}", by=by, about=f"device:{one.mn}",
                    data={"station": one.station, "was": known[one.mn].status if one.mn in known else ""},
                )  # fmt: skip
        return tuple(made.values())

    def forget(self, mn: str) -> None:
        """Remove a device and what was heard of it; should it send again, it is pending again."""
        with told("change the register of devices"), self._records.write() as connection:
            for table in (device, device_seen, gap_request):
                connection.execute(delete(table).where(table.c.mn == mn))
            _decided(connection)

    def note(self, seen: Mapping[str, Seen], pending: Iterable[str] = ()) -> None:
        """Write down what a gateway has heard, and the MNs of devices that nobody knows yet."""
        if not seen:
            return
        with told("note what devices sent"), self._records.write() as connection:
            waiting = sorted(set(pending))
            if waiting:
                known: set[str] = set()
                for at in range(0, len(waiting), 500):
                    part = select(device.c.mn).where(device.c.mn.in_(waiting[at : at + 500]))
                    known.update(connection.execute(part).scalars())
                fresh = [Device(mn, "pending") for mn in waiting if mn not in known]
                if fresh:
                    connection.execute(insert(device), [_row(one) for one in fresh])
                    _decided(connection)
            connection.execute(
                delete(device_seen).where(device_seen.c.mn == bindparam("mn_")), [{"mn_": mn} for mn in seen]
            )
            connection.execute(insert(device_seen), [_seen_row(mn, one) for mn, one in seen.items()])


@dataclass(frozen=True, slots=True)
class GapRequest:
    """Back-fill asked of a device: the command, first and last period asked for (its own clock, as microseconds), how
    often, when last (microseconds UTC) and what came of it."""

    mn: str
    command: str
    start: int
    end: int
    tries: int
    asked: int
    outcome: str


class GapRequests:
    """What was asked back from devices, so that a gap is not asked for again and again, nor after each restart."""

    def __init__(self, home: Home) -> None:
        self._records = home.records

    def every(self, mn: str | None = None) -> tuple[GapRequest, ...]:
        """Requests, of one device or of all, oldest gap first."""
        query = select(gap_request).order_by(gap_request.c.mn, gap_request.c.start)
        if mn is not None:
            query = query.where(gap_request.c.mn == mn)
        with told("read the back-fill requests"), self._records.read() as connection:
            return tuple(GapRequest(**row._mapping) for row in connection.execute(query))

    def put(self, requests: Iterable[GapRequest]) -> None:
        """Write requests down, each in place of what was known of the same gap."""
        rows = [{name: getattr(one, name) for name in GapRequest.__slots__} for one in requests]
        if not rows:
            return
        with told("note the back-fill requests"), self._records.write() as connection:
            for row in rows:
                key = (gap_request.c.mn == row["mn"], gap_request.c.command == row["command"])
                connection.execute(delete(gap_request).where(*key, gap_request.c.start == row["start"]))
            connection.execute(insert(gap_request), rows)


def missing(mn: str) -> UnknownName:
    """What everybody is told of a device that is not there, or not theirs to see."""
    return UnknownName(f"no device {mn!r}", where="mn", mend="`clearbay device list` shows those known")


def check_mn(mn: str) -> None:
    """Raise ``BadInput`` for what cannot be a device's MN."""
    if not mn or len(mn) > 64 or not mn.isprintable() or any(mark in mn for mark in ";=&#, "):
        raise BadInput(f"{mn[:80]!r} is no MN", where="mn", mend="give the device's MN as it stands in its packets")


_VERSION = "devices"


def _decided(connection: Connection) -> None:
    if _VERSION not in numbers(connection):
        connection.execute(insert(meta).values(key=_VERSION, value="0"))
    bump(connection, _VERSION)


def _row(one: Device) -> dict[str, Any]:
    config = one.config.as_json()
    return {"mn": one.mn, "status": one.status, "station": one.station, "config": config, "decided": one.decided}


def _seen_row(mn: str, one: Seen) -> dict[str, Any]:
    return {"mn": mn, **{name: getattr(one, name) for name in Seen.__slots__ if name != "recent"},
            "recent": [[heard.time, heard.text, heard.read, heard.why] for heard in one.recent]}  # fmt: skip


def _device(row: Any) -> Device:
    told_ = row._mapping
    seen = None
    if told_["seen_mn"] is not None:
        recent = tuple(Heard(*heard) for heard in told_["seen_recent"])
        seen = Seen(**{name: told_[f"seen_{name}"] for name in Seen.__slots__ if name != "recent"}, recent=recent)
    config = Config.from_json(told_["config"])
    return Device(told_["mn"], told_["status"], told_["station"], config, told_["decided"], seen)
