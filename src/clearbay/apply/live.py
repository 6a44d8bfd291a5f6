"""Incidents that run: the generated basin's telemetry goes on, an outlet discharges, and whoever looks can follow it.

What the sections measure is sent hour by hour over a real socket to a gateway of this process, faster than time: a day
takes a minute. It goes the way that every packet goes: evidence, checks, detectors, events. The times of the readings
lie in the last weeks. Everything about it is generated, and is labelled so wherever it is seen.

One incident after the other is played, each on rivers whose record still has room before the present; where none has,
the next one waits. So a home holds at most the last four weeks of some forty sections of it (200,000 values), however
long it runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

import numpy as np

from clearbay.apply.demonstration import demonstration, keep_demonstration
from clearbay.apply.events import Events
from clearbay.apply.scenario import Wire, gateway_of, register_devices
from clearbay.mine.detection.signal import FAMILIES
from clearbay.mine.network import Site
from clearbay.mine.network.incidents import BACKGROUND, Incident, World
from clearbay.store import Home
from clearbay.transmit.committer import Committer
from clearbay.transmit.detection import DetectionStage
from clearbay.transmit.quality import QualityStage

SEEDS = (197, 134, 421, 408, 326, 520, 205, 55, 385, 225, 156, 643, 298, 463, 164, 590, 216)
"""Incidents of the generated world that at least two sections notice plainly, the first within a day and a half, those
with several outlets upstream first. They were chosen for that, not for how well they are traced."""
PACE_S = 2.5
"""Seconds an hour takes: a day is a minute."""
QUIET_H = 120
"""Hours before the release that are sent at once, so that the detectors know what is usual."""
ROOM = timedelta(days=28)
AT_ONCE = 3
"""So many incidents of a new home end at the present; later ones begin four weeks ago, and so find room for longer."""
NOTICED = 3.0
"""Times its usual level from which a section counts as reached."""
REST_S = 40.0
_AGAIN_S = 600.0
_FILE = "live.json"
_FRESH_S = 60.0

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Status:
    """What is playing: how many times faster than time, and the time (UTC) that its sections have."""

    rate: float
    clock: datetime


def status(home: Home) -> Status | None:
    """What is playing in a home now; None where nothing is."""
    try:
        path = home.path / _FILE
        if time.time() - path.stat().st_mtime > _FRESH_S:
            return None
        told = json.loads(path.read_text("utf-8"))
        if not told.get("clock"):
            return None
        return Status(float(told["rate"]), datetime.fromisoformat(told["clock"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Live:
    """Plays incidents into a home, one after the other, until told to stop."""

    def __init__(self, home: Home, *, pace_s: float = PACE_S, told: Told = lambda _: None) -> None:
        self.home, self._pace, self._told = home, pace_s, told
        keep_demonstration(home)
        basin, sites = demonstration()
        self.world = World(basin, sites)
        self._clock = datetime.now(UTC)
        self._events = Events(home)
        self._file = home.path / _FILE
        self._played = self._count()
        self._end_orphans()

    def run(self, stop: Event, *, most: int | None = None) -> int:
        """Play until ``stop`` is set, or ``most`` incidents are over; returns how many were."""
        done = 0
        try:
            while not stop.is_set() and (most is None or done < most):
                found = self._next()
                if found is None:
                    self._told("every river of the generated basin has been played up to the present; waiting")
                    stop.wait(_AGAIN_S)
                    continue
                done += self._play(*found, stop)
                self._tell(None)
                if most is None or done < most:
                    stop.wait(REST_S if self._pace else 0.0)
        finally:
            self._tell(None)
        return done

    def _play(self, incident: Incident, zero: datetime, stop: Event) -> bool:
        """Play one incident; returns whether it came to its end."""
        register_devices(self.home, self.world.concerned(incident))  # before the gateway reads whom it knows
        # Its clock is that of the readings, and a river that rests between two incidents is not silent.
        detection = DetectionStage(
            self.home, most_age=None, now=lambda: self._clock, only=frozenset(FAMILIES) - {"silence"}
        )
        self._clock = zero.replace(tzinfo=UTC)
        committer = Committer(self.home, chain="generated", linger_s=0.0, stages=[QualityStage(self.home), detection])
        self._told(
            f"GENERATED incident: {incident.outlet.name['en']} discharges; {incident.code} will be noticed at "
            f"{incident.alarm} some {incident.alarm_h - incident.start_h:.0f} h later"
        )
        with gateway_of(self.home, committer) as port:
            whole = self._send(incident, zero, port, stop)
        self._end_orphans(self._clock)
        self._played += whole
        return whole

    def _next(self) -> tuple[Incident, datetime] | None:
        """The next incident for whose sections there is room before the present, and its hour 0."""
        last = self._last()
        now = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
        for turn in range(len(SEEDS)):
            incident = self.world.incident(SEEDS[(self._played + turn) % len(SEEDS)], whole=True)
            if incident is None:
                continue
            hit = {one.station or one.id: last.get(one.station or one.id) for one in self._hit(incident)}
            zero = placed(incident, hit, now, near=self._played < AT_ONCE)
            if zero is not None:
                return incident, zero
        return None

    def _hit(self, incident: Incident) -> list[Site]:
        return [one for one in self.world.concerned(incident) if _noticed(incident, one.id)]

    def _send(self, incident: Incident, zero: datetime, port: int, stop: Event) -> bool:
        """Send what the sections measure; returns whether all was sent."""
        last = self._last()
        sections = self.world.concerned(incident)
        hours = incident.time_h
        first = int(np.searchsorted(hours, incident.start_h - QUIET_H))
        begin = int(np.searchsorted(hours, incident.start_h))
        with Wire(port) as wire:
            for at in (range(first, begin), *([at] for at in range(begin, len(hours)))):
                due = time.monotonic() + (self._pace if len(at) == 1 else 0.0)
                moment = zero + timedelta(hours=float(hours[at[-1]]))
                self._clock = moment.replace(tzinfo=UTC)
                # A section on whose river something else was played lately has told of these hours already.
                for site in sections:
                    told = last.get(site.station or site.id)
                    wanted = [k for k in at if told is None or zero + timedelta(hours=float(hours[k])) > told]
                    if wanted:
                        wire.send(incident, [site], wanted, zero)
                self._tell(moment)
                if stop.wait(max(due - time.monotonic(), 0.0)):
                    return False
        return True

    def _last(self) -> dict[str, datetime]:
        """The newest time of every section."""
        streams = self.home.reader().datastreams()
        ours = {one.station or one.id for one in self.world.sections}
        newest = streams.group_by("station").aggregate([("last", "max")])
        return {
            station: last
            for station, last in zip(newest["station"].to_pylist(), newest["last_max"].to_pylist(), strict=True)
            if station in ours and last is not None
        }

    def _end_orphans(self, now: datetime | None = None) -> None:
        """End what is open of the basin: nobody will send its sections another word for some time."""
        ours = [one.station or one.id for one in self.world.sections]
        for view in self._events.find(status="open", stations=ours, limit=1000)[0]:
            if view.record.origin == "live" and view.record.generated:
                last = datetime(1970, 1, 1) + timedelta(microseconds=view.record.updated)
                with contextlib.suppress(Exception):  # somebody may have ended it this very moment
                    self._events.end(view.id, now=now.replace(tzinfo=None) if now else last)

    def _count(self) -> int:
        try:
            return int(json.loads(self._file.read_text("utf-8")).get("played", 0))
        except (OSError, ValueError, AttributeError, TypeError):
            return 0

    def _tell(self, clock: datetime | None) -> None:
        """Write down what is playing, for the server beside."""
        rate = round(3600.0 / self._pace) if self._pace else 0
        text = json.dumps({"played": self._played, "rate": rate, "clock": clock.isoformat() if clock else None})
        draft = self._file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            draft.write_text(text, "utf-8")
            os.replace(draft, self._file)


def placed(incident: Incident, last: Mapping[str, datetime | None], now: datetime, *, near: bool) -> datetime | None:
    """Hour 0 of an incident whose sections measured up to ``last``: ending at ``now`` if ``near``, else as early as the
    last four weeks and the sections allow. None where there is no room."""
    before = timedelta(hours=float(np.floor(incident.start_h)) - QUIET_H)
    length = timedelta(hours=float(np.ceil(incident.until_h))) - before
    earliest = max([now - ROOM, *(one + timedelta(hours=1) for one in last.values() if one is not None)])
    if earliest + length > now:
        return None
    return (now - length if near else earliest.replace(minute=0, second=0, microsecond=0)) - before


def _noticed(incident: Incident, section: str) -> bool:
    values = incident.series[section][incident.code][incident.time_h > incident.start_h]
    return int(np.count_nonzero(values > NOTICED * BACKGROUND[incident.code])) >= 4
