"""Events as people meet them: titles and reasons in four languages, the series behind them, batch scans of history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clearbay import packs
from clearbay.apply import event_words
from clearbay.apply.exceedances import exceedances
from clearbay.apply.people import decides_over
from clearbay.mine.detection.problems import Member, Problem, Problems, Step
from clearbay.mine.detection.signal import Signal
from clearbay.mine.detection.stream import Stream
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput, NotAllowed, UnknownName
from clearbay.model.station import Station
from clearbay.model.text import Text
from clearbay.store import Home, audit
from clearbay.store.events import EventRecord
from clearbay.store.events import Events as Records
from clearbay.store.trouble import told
from clearbay.transmit.detection import problem_of, record_of
from clearbay.transmit.rivers import Rivers

Status = str
BEFORE, AFTER = 0.5, 0.25
"""Of an event's length, shown before its beginning and after its end; at least ``_LEAST`` values' worth of time."""
_LEAST = {"": timedelta(days=720), "day": timedelta(days=30), "hour": timedelta(days=3)}
_CHUNK = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class EventView:
    """An event with the words for it; ``station`` is None where the register has lost it."""

    record: EventRecord
    problem: Problem
    station: Station | None
    title: Text
    reasons: tuple[Text, ...]

    @property
    def id(self) -> str:
        """The id as it travels."""
        return str(self.record.id)

    @property
    def leading(self) -> Member:
        """The member that names it."""
        return self.problem.leading


@dataclass(frozen=True, slots=True)
class EventSeries:
    """The values behind an event: times (UTC, microseconds), values and flags of its leading series."""

    property: str
    depth: str
    averaging: str
    unit: str
    time: list[int]
    value: list[float]
    flag: list[int]


class Events:
    """The events of a home. Cheap to make; keeps nothing but the register of stations it has read."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.records = Records(home)
        self._stations: dict[str, Station] = {}

    def get(self, id: str) -> EventView:
        """One event; ``UnknownName`` where there is none."""
        record = self.records.get(int(id)) if id.isdecimal() and len(id) < 19 else None
        if record is None:
            raise UnknownName(f"no event is called '{id[:40]}'", where="event", mend="`clearbay events list` names all")
        return self._view(record)

    def find(
        self,
        *,
        status: Status = "all",
        kinds: Sequence[str] | None = None,
        stations: Sequence[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        bbox: tuple[float, float, float, float] | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[list[EventView], int]:
        """Events, open ones first and newest first, and how many there are in all."""
        if bbox is not None:
            west, south, east, north = bbox
            within = [
                one.id
                for one in self.home.stations()
                if one.longitude is not None
                and one.latitude is not None
                and west <= one.longitude <= east
                and south <= one.latitude <= north
            ]
            stations = [id for id in within if stations is None or id in stations]
        found, total = self.records.find(
            status=status,
            kinds=kinds,
            stations=stations,
            start=_micros(start),
            end=_micros(end),
            limit=limit,
            offset=offset,
        )
        return [self._view(record) for record in found], total

    def changed_since(self, version: int) -> tuple[list[EventView], int]:
        """Events that changed after a version of the events, and the version now."""
        now = self.records.version
        if now == version:
            return [], now
        found, _ = self.records.find(since_version=version)
        return [self._view(record) for record in found], now

    def series(self, view: EventView) -> EventSeries | None:
        """The leading series around the event; None where nothing of it is stored (silence)."""
        one = view.leading
        if not one.property:
            return None
        begin = _moment(view.record.opened)
        end = _moment(view.record.ended or view.record.updated)
        room = max((end - begin) * BEFORE, _LEAST.get(one.averaging, timedelta(days=1)))
        table = self.home.reader().observations(
            stations=[one.station],
            properties=[one.property],
            depths=[one.depth],
            start=begin - room,
            end=end + max((end - begin) * AFTER, room / 4),
        )
        table = table.filter(pc.equal(table.column("averaging"), one.averaging))
        unit = packs.properties()[one.property].unit if one.property in packs.properties() else ""
        return EventSeries(
            one.property,
            one.depth,
            one.averaging,
            unit,
            pc.cast(table.column("time"), pa.int64()).to_pylist(),
            table.column("value").to_pylist(),
            table.column("flag").to_pylist(),
        )

    def related(self, view: EventView) -> list[str]:
        """Ids of other events of the same stations that began within a day of it."""
        day = timedelta(days=1)
        begin = _moment(view.record.opened)
        stations = {member.station for member in view.problem.members}
        found, _ = self.records.find(
            stations=sorted(stations), start=_micros(begin - day), end=_micros(begin + day), limit=50
        )
        return [str(one.id) for one in found if one.id != view.record.id]

    def end(self, id: str, *, now: datetime | None = None, by: Actor | None = None) -> EventView:
        """End an open event by hand: its members are over until their detectors begin anew. ``by``: who ends it, for
        the audit chain; somebody of another jurisdiction may not."""
        view = self.get(id)
        if by is not None:
            place = view.station.jurisdiction if view.station is not None else ""
            if not decides_over(by, place):
                raise NotAllowed(f"event {id} is not in {by.jurisdiction}", where="event", mend="ask whoever is there")
        if view.record.ended is not None:
            raise BadInput(f"event {id} has ended already", where="event", mend="leave it")
        problem, moment = view.problem, _micros(now or datetime.now(UTC).replace(tzinfo=None))
        assert moment is not None
        for member in problem.members:
            member.on = False
        problem.by_hand = True
        problem.ended = problem.updated = moment
        leading = problem.leading
        problem.timeline.append(
            Step(moment, "ended", problem.severity, (leading.station, leading.property, leading.kind))
        )
        if by is not None:
            with told("note the end of an event"), self.home.records.write() as connection:
                audit.note(self.home, connection, "event ended", by=by, about=f"event:{id}")
        self.records.save([record_of(problem, self._station, view.record.origin)])
        return self.get(id)

    def scan(
        self,
        *,
        stations: Sequence[str] | None = None,
        properties: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Find the events of a history; returns how many. The same machines as in the intake, so the same answers.

        What an earlier scan found in the same stations and time is replaced; events found live stay. ``kinds`` keeps
        only signals of these detectors.
        """
        reader = self.home.reader()
        streams = reader.datastreams()
        if not streams.num_rows:
            return 0
        first = start or pc.min(streams.column("first")).as_py()
        last = end or pc.max(streams.column("last")).as_py()
        found: dict[int, Problem] = {}
        problems = Problems(self._station, rivers=Rivers(self.home).between)

        def tell(share: float) -> None:
            if progress:
                progress(int(share * 1000), 1000)

        if kinds is not None and set(kinds) == {"exceedance"}:
            signals = exceedances(
                self.home,
                self._station,
                self.records.targets(),
                stations=stations,
                properties=properties,
                start=first,
                end=last + timedelta(microseconds=1),
            )
            tell(0.8)
            for part in _by_year(signals):
                for problem in problems.fold(part) + problems.forget(part[-1].time):
                    found[id(problem)] = problem
            for problem in problems.forget(_micros(last) or 0):
                found[id(problem)] = problem
            tell(0.9)
            return self._kept(found.values(), stations, first, last)
        stream = Stream(self._station, self.records.targets(), only=frozenset(kinds) if kinds is not None else None)
        at, span = first, max((last - first).total_seconds(), 1.0)
        while at <= last:
            until = min(at + _CHUNK, last + timedelta(microseconds=1))
            table = reader.observations(stations=stations, properties=properties, start=at, end=until)
            table = table.filter(pc.less(table.column("time"), pa.scalar(until, pa.timestamp("us"))))
            signals = stream.push(table) + (stream.flush() if until > last else [])
            for problem in problems.fold(signals) + problems.forget(_micros(until) or 0):
                found[id(problem)] = problem
            at = until
            tell((at - first).total_seconds() / span)
        return self._kept(found.values(), stations, first, last)

    def _kept(self, found: Iterable[Problem], stations: Sequence[str] | None, first: datetime, last: datetime) -> int:
        """Keep what a scan found, but for what was found live already; returns how many of it there are."""
        live, _ = self.records.find(start=_micros(first), end=_micros(last))
        spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for record in live:
            if record.origin != "scan":
                for station in {record.station, *(one["station"] for one in record.content["members"])}:
                    spans.setdefault((station, record.family), []).append((record.opened, record.ended or 2**62))
        fresh = [
            problem
            for problem in found
            if not any(
                begin <= (problem.ended or problem.updated) and problem.opened <= end
                for begin, end in spans.get((problem.station, problem.family), ())
            )
        ]
        records = [record_of(problem, self._station, "scan") for problem in fresh]
        records.sort(key=lambda one: (one.opened, one.station))
        return self.records.replace_scanned(records, stations, _micros(first) or 0, _micros(last) or 0)

    def _view(self, record: EventRecord) -> EventView:
        problem = problem_of(record)
        station = self._station(record.station)
        names = event_words.names_of(problem, self._station)
        offset = station.utc_offset if station is not None else 0
        return EventView(
            record,
            problem,
            station,
            event_words.title(problem, station),
            tuple(event_words.reason(member, names, offset) for member in _telling(problem)),
        )

    def _station(self, id: str) -> Station | None:
        if id not in self._stations:
            self._stations |= {station.id: station for station in self.home.stations()}
        return self._stations.get(id)


def _by_year(signals: Sequence[Signal]) -> Iterator[list[Signal]]:
    """The signals in pieces, so that problems of which nobody speaks any more end between them."""
    part: list[Signal] = []
    for signal in signals:
        if part and signal.time - part[0].time > _CHUNK / timedelta(microseconds=1):
            yield part
            part = []
        part.append(signal)
    if part:
        yield part


def _telling(problem: Problem) -> list[Member]:
    """The members worth a sentence: the leading one first, then the worst, six at most."""
    rest = sorted((one for one in problem.members if one is not problem.leading), key=lambda one: -one.severity)
    return [problem.leading, *rest[:5]]


def _micros(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    return round((moment.replace(tzinfo=None) - datetime(1970, 1, 1)) / timedelta(microseconds=1))


def _moment(micros: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(microseconds=micros)


def spoken(step: Step) -> Mapping[str, Any]:
    """One line of a timeline: when, what changed, how severe, which member."""
    station, code, kind = step.who
    return {
        "time": step.time,
        "what": step.what,
        "text": event_words.CHANGES[step.what],
        "severity": step.severity,
        "station": station,
        "property": code or None,
        "kind": kind,
    }
