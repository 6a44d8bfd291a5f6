"""A generated incident through the whole chain: packets over real sockets, an event, a trace, its suspects.

Everything in it is generated: the basin, the outlet that discharges, the water that carries it (``mine.network.plume``,
which the tracing knows nothing of) and the instruments. Its shares are no accuracy in the field.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from clearbay import packs
from clearbay.apply.alarms import alarm_of
from clearbay.apply.demonstration import ID, demonstration, keep_demonstration
from clearbay.apply.network import Waters
from clearbay.apply.tracing import Alarm, Finding, Tracer
from clearbay.collect.hj212.packet import framed
from clearbay.mine.network import Site
from clearbay.mine.network.incidents import BACKGROUND, Incident, World, calibrated
from clearbay.model.errors import StoreError
from clearbay.store import Home
from clearbay.store.clock import micros
from clearbay.store.devices import Channel, Config, Devices
from clearbay.store.events import Events
from clearbay.transmit.committer import Committer
from clearbay.transmit.gateway import Gateway, Settings
from clearbay.transmit.gateway.roster import SIMULATED
from clearbay.transmit.stages import stages

LOCAL = timedelta(hours=8)
APART = timedelta(days=60)
"""From one incident to the one before it, so that none sees another's water."""
PATIENCE = 120.0
EVENT_HOURS = 48
"""Hours of further values after which no event is waited for."""
OPENED = timedelta(hours=24)
"""How long before the alarm's value an event of the incident may have been opened already."""

Told = Callable[[str], None]


@dataclass(frozen=True)
class Played:
    """One incident played to its end; seconds of each step, the rank and probability of the outlet that did it.

    ``event_s``: from a packet leaving the device to the event it opened being read, ``event_later_h``: how many hours
    of values after the first over the alarm that packet was (None: no event); ``stored_s``: from the alarm's packet to
    its acknowledgement. ``early`` is the rank at the alarm, ``rank`` after the crest has passed; 0: not among the
    suspects. ``covered``: whether the 90 % intervals held place, time and mass. The same
    ``calibrated``: with the day's travel times known within 10 %.
    """

    seed: int
    incident: Incident
    event: str | None
    stored_s: float
    event_s: float | None
    event_later_h: int
    feed_s: float
    trace_s: float
    early: int
    rank: int
    probability: float
    candidates: int
    covered: tuple[bool, bool, bool]
    calibrated_rank: int
    calibrated_covered: tuple[bool, bool, bool]
    packets: int
    finding: Finding = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """The shape that files carry."""
        return {
            "seed": self.seed,
            "outlet": self.incident.outlet.id,
            "section": self.incident.alarm,
            "property": self.incident.code,
            "event": self.event,
            "stored_s": self.stored_s,
            "event_s": self.event_s,
            "event_later_h": self.event_later_h,
            "trace_s": self.trace_s,
            "packets": self.packets,
            "rank_at_alarm": self.early,
            "rank": self.rank,
            "probability": self.probability,
            "outlets_upstream": self.candidates,
            "covered": dict(zip(_COVERED, self.covered, strict=True)),
            "rank_calibrated": self.calibrated_rank,
            "covered_calibrated": dict(zip(_COVERED, self.calibrated_covered, strict=True)),
        }


_COVERED = ("place", "time", "mass")


def draw(world: World, count: int, first: int = 1) -> list[tuple[int, Incident]]:
    """The first ``count`` random incidents that raise an alarm, from the seed ``first`` on."""
    found: list[tuple[int, Incident]] = []
    seed = first
    while len(found) < count:
        incident = world.incident(seed)
        if incident is not None:
            found.append((seed, incident))
        seed += 1
    return found


class Stage:
    """A home with the generated basin and a gateway that listens: where incidents are played."""

    def __init__(self, home: Home) -> None:
        self.home = home
        keep_demonstration(home)
        basin, sites = demonstration()
        self.world = World(basin, sites)
        self.waters = Waters(home)
        self.tracer = Tracer(home, self.waters)
        self.waters.basin(ID)
        self._events = Events(home)
        self._sections = {site.id: site for site in self.world.sections}
        register_devices(home, self.world.sections)

    @contextmanager
    def listening(self) -> Iterator[int]:
        """The gateway at a free port of this machine; yields the port."""
        # Incidents of months ago are played here, which the usual stage would take for an import.
        committer = Committer(self.home, chain="hj212", linger_s=0.0, stages=stages(self.home, most_age=None))
        with gateway_of(self.home, committer) as port:
            yield port

    def play(self, seed: int, incident: Incident, port: int, *, ends: datetime, told: Told = lambda _: None) -> Played:
        """Send what the sections measured, wait for the event, trace at the alarm and after the crest.

        ``ends`` is when the record ends (UTC): the incident lies before it.
        """
        zero = ends - timedelta(hours=float(np.ceil(incident.until_h)))
        zero = zero.replace(minute=0, second=0, microsecond=0)
        sections = self.world.concerned(incident)
        begin = time.perf_counter()
        alarm_at = int(np.searchsorted(incident.time_h, incident.alarm_h))
        packets = 0
        with Wire(port) as wire:
            packets += wire.send(incident, sections, range(alarm_at), zero)
            fed = time.perf_counter()
            told(f"{packets:,} packets of {len(sections)} sections sent and acknowledged in {fed - begin:.1f} s")
            packets += wire.send(incident, [one for one in sections if one.id != incident.alarm], [alarm_at], zero)
            sent = time.perf_counter()
            packets += wire.send(incident, [self._sections[incident.alarm]], [alarm_at], zero)
            stored = time.perf_counter() - sent
            moment = zero + timedelta(hours=float(incident.time_h[alarm_at]))
            event = self._event(incident, moment, sent)
            later = 0
            while event is None and later < EVENT_HOURS and alarm_at + later + 1 < len(incident.time_h):
                # Detectors wait for more values, or for higher ones: hour by hour, as they would come.
                later += 1
                packets += wire.send(incident, sections, [alarm_at + later], zero)
                sent = time.perf_counter()
                event = self._event(incident, moment + timedelta(hours=later), sent)
            told(
                f"the value over the alarm at {incident.alarm} was safe on disk after {1e3 * stored:.0f} ms"
                + (
                    f", event {event[0]} seen after {1e3 * event[1]:.0f} ms"
                    + (f" of the packet {later} h later" if later else "")
                    if event
                    else "; no event"
                )
            )
            alarm = Alarm(
                incident.alarm, incident.code, moment, moment + timedelta(hours=1), event[0] if event else None
            )
            early = _rank(self.tracer.trace(alarm, network=ID), incident)
            packets += wire.send(incident, sections, range(alarm_at + 1 + later, len(incident.time_h)), zero)
        alarm = Alarm(incident.alarm, incident.code, moment, ends + timedelta(hours=1), alarm.event)
        if event is not None:
            # As a person would: by the event, whatever section and property lead it.
            of_event = alarm_of(self.home, event[0])
            if of_event.property in incident.mass_g:
                alarm = replace(of_event, end=max(of_event.end, alarm.end))
        start = time.perf_counter()
        finding = self.tracer.trace(alarm, network=ID)
        traced = time.perf_counter() - start
        rank = _rank(finding, incident)
        found = finding.incident
        probability = found.suspects[rank - 1].probability if rank else 0.0
        basin = self.waters.basin(ID)
        day = calibrated(basin.network, incident.channel, np.random.default_rng((7, seed)))
        known = self.tracer.trace_in(replace(basin, network=day), alarm)
        told(
            f"traced {alarm.property} in {1e3 * traced:.0f} ms: the outlet that did it is "
            + (
                f"number {rank} of {len(found.suspects)} upstream, probability {probability:.0%}"
                if rank
                else "not found"
            )
            + f" (at the alarm: {early or 'not found'})"
        )
        return Played(
            seed,
            incident,
            event[0] if event else None,
            stored,
            event[1] if event else None,
            later,
            fed - begin,
            traced,
            early,
            rank,
            probability,
            len(found.suspects),
            _covered(finding, incident, zero),
            _rank(known, incident),
            _covered(known, incident, zero),
            packets,
            finding,
        )

    def _event(self, incident: Incident, moment: datetime, sent: float) -> tuple[str, float] | None:
        """The event that the alarm's value opened, and how long after it was sent."""
        found, _ = self._events.find(
            stations=[incident.alarm], start=micros(moment - OPENED), end=micros(moment + timedelta(hours=1))
        )
        seconds = time.perf_counter() - sent
        of_it = [one for one in found if one.property == incident.code or incident.code in str(one.content)]
        return (str(of_it[0].id), seconds) if of_it else None


def register_devices(home: Home, sections: Sequence[Site]) -> None:
    """Let the devices of generated sections send."""
    channels = tuple(Channel(_hj(code), code) for code in BACKGROUND)
    Devices(home).decide_all(
        [(mn_of(site), "approved", site.station, Config(channels=channels, backfill=False)) for site in sections]
    )


@contextmanager
def gateway_of(home: Home, committer: Committer) -> Iterator[int]:
    """A gateway at a free port of this machine, in a thread of its own; yields the port, and closes the committer."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    settings = Settings(backfill=timedelta(0))

    async def begin() -> tuple[Gateway, int]:
        gateway = Gateway(home, committer, settings, lambda _: None)
        return gateway, (await gateway.start())[1]

    gateway, port = asyncio.run_coroutine_threadsafe(begin(), loop).result(PATIENCE)
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(gateway.stop(), loop).result(PATIENCE)
        committer.close(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


class Wire:
    """Connections of the sections' devices to the gateway, one each."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: dict[str, tuple[socket.socket, bytearray]] = {}
        self._number = 0

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        for connection, _rest in self._open.values():
            connection.close()

    def send(self, incident: Incident, sections: Sequence[Site], hours: Iterable[int], zero: datetime) -> int:
        """Send the hours of the sections and wait until each packet is answered; returns how many there were."""
        wanted = list(hours)
        for site in sections:
            packets = [self._packet(site, incident, at, zero) for at in wanted]
            self._socket(site)[0].sendall(b"".join(packets))
        for site in sections:
            self._answers(site, len(wanted))
        return len(sections) * len(wanted)

    def _socket(self, site: Site) -> tuple[socket.socket, bytearray]:
        if site.id not in self._open:
            self._open[site.id] = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE), bytearray()
        return self._open[site.id]

    def _answers(self, site: Site, count: int) -> None:
        connection, rest = self._socket(site)
        while count > 0:
            done = rest.rfind(b"\r\n")
            if done >= 0:
                answers = rest[: done + 2]
                count -= answers.count(b"CN=9014")
                del rest[: done + 2]
                continue
            data = connection.recv(65536)
            if not data:
                raise StoreError(f"the gateway hung up on {site.id}: see its messages")
            rest += data

    def _packet(self, site: Site, incident: Incident, at: int, zero: datetime) -> bytes:
        self._number += 1
        when = zero + timedelta(hours=float(incident.time_h[at])) + LOCAL
        values = ";".join(
            f"{_hj(code)}-Avg={incident.series[site.id][code][at]:.5f},{_hj(code)}-Flag=N" for code in BACKGROUND
        )
        stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}{self._number % 1000:03d}"
        head = f"QN={stamp};ST=21;CN=2061;PW=123456;MN={mn_of(site)};Flag=5;"
        return framed(f"{head}CP=&&DataTime={when:%Y%m%d%H%M%S};{values}&&".encode())


def mn_of(site: Site) -> str:
    """The MN of a generated section's device."""
    return f"{SIMULATED}{9_000_000 + int(site.id.rsplit('S', 1)[-1]):015d}"


def _hj(code: str) -> str:
    return packs.properties()[code].hj


def _rank(finding: Finding, incident: Incident) -> int:
    order = [suspect.site.id for suspect in finding.incident.suspects]
    return order.index(incident.outlet.id) + 1 if incident.outlet.id in order else 0


def _covered(finding: Finding, incident: Incident, zero: datetime) -> tuple[bool, bool, bool]:
    found, mass = finding.incident, finding.incident.mass
    begun = (zero - finding.zero).total_seconds() / 3600.0 + incident.start_h
    return (
        found.distance_km.low <= incident.distance_km <= found.distance_km.high,
        found.time_h.low <= begun <= found.time_h.high,
        mass is not None and mass.low <= incident.mass_g[finding.alarm.property] <= mass.high,
    )


def shares(played: Sequence[Played]) -> dict[str, Any]:
    """What many incidents show together."""
    early = np.array([one.early for one in played])
    events = [one.event_s for one in played if one.event_s is not None]
    return {
        "incidents": len(played),
        "generated": True,
        "as_known": _held([one.rank for one in played], [one.covered for one in played]),
        "calibrated": _held([one.calibrated_rank for one in played], [one.calibrated_covered for one in played]),
        "first_three_at_alarm": float(np.mean((early >= 1) & (early <= 3))),
        "outlets_upstream_median": float(np.median([one.candidates for one in played])),
        "stored_s_max": max(one.stored_s for one in played),
        "events": len(events),
        "events_at_once": sum(one.event_s is not None and one.event_later_h == 0 for one in played),
        "event_s_max": max(events) if events else None,
        "trace_s_median": float(np.median([one.trace_s for one in played])),
        "trace_s_max": max(one.trace_s for one in played),
        "packets": sum(one.packets for one in played),
    }


def _held(ranks: Sequence[int], covered: Sequence[tuple[bool, bool, bool]]) -> dict[str, Any]:
    place, inside = np.array(ranks), np.array(covered)
    return {
        "first": float(np.mean(place == 1)),
        "first_three": float(np.mean((place >= 1) & (place <= 3))),
        "covered_90": {name: float(inside[:, k].mean()) for k, name in enumerate(_COVERED)},
    }
