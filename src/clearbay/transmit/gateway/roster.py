"""The devices as a gateway knows them: in memory, read again when somebody has decided, written behind.

Nothing here grows without bound: unknown devices are remembered up to a number, and of each device a few frames.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clearbay.collect.hj212.columns import Origin
from clearbay.collect.hj212.segment import decode_text
from clearbay.model.errors import BadInput
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES
from clearbay.store import Home
from clearbay.store.devices import LONGEST_FRAME, RECENT, Config, Device, Devices, Heard, Seen, Status, check_mn

STRANGERS = 1_000
"""Unknown devices remembered at a time: beyond it new ones are only counted."""

SIMULATED = "SIMULATED"
"""How the MN of a simulated device begins: it is no hexadecimal number, so no real device can have it."""


@dataclass(slots=True, eq=False)
class Known:
    """A device that somebody has decided upon (``since``, naive UTC), with what each packet needs of it at hand."""

    mn: str
    status: Status
    config: Config
    origin: Origin
    since: datetime


@dataclass(slots=True, eq=False)
class _Notes:
    first: int
    last: int = 0
    frames: int = 0
    refused: int = 0
    version: str = ""
    door: str = ""
    recent: deque[tuple[int, bytes, bool, str]] = field(default_factory=lambda: deque(maxlen=RECENT))

    def seen(self) -> Seen:
        recent = tuple(Heard(when, _text(raw), read, why) for when, raw, read, why in list(self.recent))
        return Seen(self.first, self.last, self.frames, self.refused, self.version, self.door, recent)


class Roster:
    """Who is known, and what was heard of whom. ``find`` and ``heard`` belong to the gateway's one thread, ``refresh``
    and ``flush`` may run beside it."""

    def __init__(self, home: Home) -> None:
        self._home, self._devices = home, Devices(home)
        self._known: dict[str, Known] = {}
        self._notes: dict[str, _Notes] = {}
        self._strangers: OrderedDict[str, _Notes] = OrderedDict()
        self._dirty: set[str] = set()
        self._version = -1
        self.overlooked = 0
        self.refresh()

    def __len__(self) -> int:
        return len(self._known)

    def find(self, mn: str) -> Known | None:
        """The device of this MN, if anybody has decided upon it."""
        return self._known.get(mn)

    def known(self) -> list[Known]:
        """Every device decided upon."""
        return list(self._known.values())

    def at(self, station: str) -> list[Known]:
        """The devices of a station."""
        return [one for one in self._known.values() if one.origin.station == station]

    def complain(self, mn: str, why: str) -> None:
        """Note why values of a packet that was read have been left out."""
        notes = self._notes.get(mn)
        if notes is not None and notes.recent:
            when, raw, read, before = notes.recent[-1]
            notes.recent[-1] = (when, raw, read, before or why)
            self._dirty.add(mn)

    def refresh(self) -> bool:
        """Read the register again if somebody has changed it; returns whether so."""
        version = self._devices.version()
        if version == self._version:
            return False
        known: dict[str, Known] = {}
        for device in self._devices.every():
            if device.seen is not None and device.mn not in self._notes:
                self._notes[device.mn] = _remembered(device.seen)
            if device.status != "pending":
                known[device.mn] = _known(device)
        self._known, self._version = known, version
        return True

    def heard(self, mn: str, raw: bytes, door: str, version: str = "", why: str = "", *, read: bool = False) -> None:
        """Note a frame of a device: whether it was read, and why it, or some of its values, were left out."""
        notes = self._notes.get(mn)
        moment = time.time_ns() // 1000
        if notes is None:
            notes = self._notes[mn] = _Notes(moment)
        notes.last = moment
        notes.frames += 1
        notes.door = door
        if version:
            notes.version = version
        if not read:
            notes.refused += 1
        notes.recent.append((moment, raw, read, why))
        self._dirty.add(mn)

    def stranger(self, mn: str, raw: bytes, door: str, version: str) -> str:
        """Note a frame of a device that nobody knows; returns why it is not taken."""
        try:
            check_mn(mn)
        except BadInput as error:
            return error.what
        if mn not in self._strangers and len(self._strangers) >= STRANGERS:
            self.overlooked += 1
            return "not registered here, and too many such devices wait for approval already"
        why = "not registered here: waits for approval"
        self._strangers.setdefault(mn, _Notes(0))
        self.heard(mn, raw, door, version, why)
        return why

    def flush(self) -> None:
        """Write down what was heard since the last time."""
        dirty, self._dirty = self._dirty, set()
        strangers = [mn for mn in list(self._strangers) if mn not in self._known]
        try:
            # Copies first: the gateway's thread goes on noting.
            seen = {mn: self._notes[mn].seen() for mn in dirty}
            self._devices.note(seen, strangers)
        except BaseException:
            self._dirty |= dirty
            raise
        for mn in strangers:
            if mn in self._known:
                self._strangers.pop(mn, None)

    def approve_all(self, found: dict[str, str]) -> None:
        """Approve unknown devices (MN and ST) as they are, each with a station of its own."""
        stations = [station_for(mn, st) for mn, st in found.items()]
        self._home.register_stations(stations, replace=False)
        decisions: list[tuple[str, Status, str, Config]] = [
            (mn, "approved", one.id, Config()) for mn, one in zip(found, stations, strict=True)
        ]
        before = self._devices.version()
        made = self._devices.decide_all(decisions)
        if before == self._version and self._devices.version() == before + 1:
            # Nobody else has decided meanwhile: no need to read thousands of devices for a few new ones.
            self._known.update((device.mn, _known(device)) for device in made)
            self._version = before + 1
        else:
            self.refresh()


def _known(device: Device) -> Known:
    config = device.config
    units = tuple((channel.code, channel.unit) for channel in config.channels if channel.unit)
    origin = Origin(device.station, config.depth, units, config.utc_offset)  # type: ignore[arg-type]
    since = datetime.fromtimestamp((device.decided or 0) / 1e6, UTC).replace(tzinfo=None)
    return Known(device.mn, device.status, config, origin, since)


def _remembered(seen: Seen) -> _Notes:
    notes = _Notes(seen.first_seen, seen.last_seen, seen.frames, seen.refused, seen.version, seen.door)
    notes.recent.extend((one.time, one.text.encode("utf-8", "replace"), one.read, one.why) for one in seen.recent)
    return notes


def _text(raw: bytes) -> str:
    return decode_text(raw)[:LONGEST_FRAME].encode("utf-8", "replace").decode()


_MEDIA = {"21": "river", "24": "river", "26": "sea", "22": "air", "27": "air", "34": "effluent", "32": "effluent"}


def station_for(mn: str, st: str) -> Station:
    """A station for a device that nobody has described: without position, and saying what it is."""
    simulated = mn.startswith(SIMULATED)
    programme = "simulated.generated" if simulated else "hj212"
    return Station(
        id=f"{'sim' if simulated else 'hj212'}.{mn}",
        code=mn,
        name=dict.fromkeys(LANGUAGES, mn),
        medium=_MEDIA.get(st, "effluent"),  # type: ignore[arg-type]
        jurisdiction="",
        programme=programme,
    )
