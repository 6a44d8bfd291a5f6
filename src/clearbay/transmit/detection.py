"""Discovery inside the intake: each group of readings is judged as it is committed, its events in its transaction.

``DetectionStage`` is a stage of the committer, to stand after quality control. Signals are computed before the commit;
what they mean for events is decided inside the transaction, under the writer's lock, against the events as they are
then. So several processes at one home (a gateway, a server) agree on one event a problem.
"""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from clearbay.mine.detection.problems import REOPEN, Problem, Problems
from clearbay.mine.detection.signal import Signal
from clearbay.mine.detection.stream import Stream
from clearbay.model.station import Station
from clearbay.store import Home
from clearbay.store.events import EventRecord, Events, changed_since, events_version, save
from clearbay.transmit.rivers import Rivers

MOST_AGE = timedelta(hours=48)
"""Readings older than this (imported, filled in later) open no event; ``clearbay events scan`` finds those."""
PAST = timedelta(days=14)
"""Telemetry read before a station's first value, so that a restart does not begin with empty baselines."""
_STATIONS_AT_ONCE = 200
_PATROL = 30.0
"""Seconds between looks for silent stations while readings arrive."""

Pending = tuple[list[Signal], int]
"""Signals not yet folded into events, and the time (microseconds UTC) before which they open none."""


class DetectionStage:
    """The detectors of one process at one home. Not for several threads at once: the committer has one.

    ``now`` tells the time against which silence and age are reckoned, for readings of another time than this one;
    ``only`` runs these detectors alone (all, if None).
    """

    def __init__(
        self,
        home: Home,
        *,
        most_age: timedelta | None = MOST_AGE,
        now: Callable[[], datetime] | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        self.home = home
        self._age = most_age
        self._now = now or (lambda: datetime.now(UTC))
        self._elsewhen = now is not None
        self._stations: dict[str, Station] = {}
        self._events = Events(home)
        self._rivers = Rivers(home)
        self._stream = Stream(self._station, self._events.targets(), only=frozenset(only) if only is not None else None)
        self._problems = Problems(self._station, rivers=self._rivers.between)
        self._by_id: dict[int, Problem] = {}
        self._seen = -1
        self._pending: list[Pending] = []
        self._unsure: list[Pending] = []
        self._forget_at: int | None = None
        self._patrolled = clock.monotonic()  # after a restart, stations get time to speak again
        self._lock = threading.Lock()

    def __call__(self, table: pa.Table) -> pa.Table:
        """As a stage: judge, and hand the readings on unchanged."""
        self.push(table)
        return table

    def push(self, table: pa.Table) -> list[Signal]:
        """Judge a group of readings (columns of ``READINGS``); returns the signals, which wait for ``within``."""
        with self._lock:
            self._warm(table)
            signals = self._stream.push(table)
            now = self._now()
            if signals:
                self._pending.append((signals, self._oldest(now)))
            if clock.monotonic() - self._patrolled > _PATROL:
                self._patrolled = clock.monotonic()
                self._look(now)
            return signals

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._pending and self._forget_at is None and not self._unsure

    def on_commit(self, connection: Connection, table: pa.Table) -> None:
        """As the committer calls it, inside its transaction."""
        self.within(connection, 0)

    def within(self, connection: Connection, version: int) -> list[Problem]:
        """Fold what was signalled since the last call into the events, and write those that changed."""
        with self._lock:
            if self.idle:
                return []
            try:
                return self._folded(connection)
            except BaseException:
                self._begin()  # what was folded is not written: next time from what the records say
                raise

    def patrol(self, now: datetime | None = None) -> list[Problem]:
        """Look for stations gone silent and events nobody speaks of any more, and write them; for a clock to call."""
        with self._lock:
            self._look(now or self._now())
            moment = self._forget_at
            stale = moment is not None and self._problems.stale(moment)
            if self._seen >= 0 and not stale and not any(signals for signals, _ in self._pending):
                self._pending, self._forget_at = [], None
                return []
        with self.home.records.write() as connection:
            return self.within(connection, 0)

    def _begin(self) -> None:
        self._problems.clear()
        self._by_id.clear()
        self._seen = -1

    def _folded(self, connection: Connection) -> list[Problem]:
        waiting = self._renewed(connection) + self._pending
        dirty: dict[int, Problem] = {}
        for signals, oldest in waiting:
            dirty |= {id(one): one for one in self._problems.fold(signals, not_before=oldest)}
        if self._forget_at is not None:
            dirty |= {id(one): one for one in self._problems.forget(self._forget_at, self._mine)}
        changed = list(dirty.values())
        numbers = save(connection, [record_of(problem, self._station, "live") for problem in changed])
        for problem, number in zip(changed, numbers, strict=True):
            problem.id = number
            self._by_id[number] = problem
        self._seen += 1 if changed else 0
        self._pending, self._unsure, self._forget_at = [], waiting if changed else [], None
        return changed

    def _renewed(self, connection: Connection) -> list[Pending]:
        """Take over what others wrote; returns what this process had written in a transaction that was rolled back."""
        version = events_version(connection)
        lost: list[Pending] = []
        if version < self._seen:
            self._begin()
            lost = self._unsure
        if version > self._seen:
            for record in changed_since(connection, self._seen, REOPEN):
                assert record.id is not None
                old = self._by_id.pop(record.id, None)
                if old is not None:
                    self._problems.drop(old)
                problem = problem_of(record)
                if self._problems.adopt(problem):
                    self._by_id[record.id] = problem
            self._seen = version
        if len(self._by_id) > 4 * len(self._problems.open) + 1000:
            alive = self._problems.known()
            self._by_id = {number: one for number, one in self._by_id.items() if id(one) in alive}
        return lost

    def _mine(self, problem: Problem) -> bool:
        """Whether this process may forget a problem: one of another time only where its readings come by here."""
        station = self._station(problem.station)
        elsewhen = self._elsewhen or (station is not None and station.generated)
        return not elsewhen or self._stream.knows(problem.station)

    def _look(self, now: datetime) -> None:
        moment = _micros(now)
        if silent := self._stream.silent(moment):
            self._ask_others(silent)
            self._pending.append((self._stream.waited(moment), self._oldest(now)))
        self._forget_at = moment

    def _ask_others(self, silent: list[str]) -> None:
        """Let the stations be heard that spoke through another process meanwhile."""
        streams = self.home.reader().datastreams()
        mask = pc.is_in(streams.column("station"), pa.array(silent, pa.string()))
        mask = pc.and_(mask, pc.invert(pc.is_in(streams.column("averaging"), pa.array(["", "day"]))))
        told = streams.filter(mask)
        for station, last in zip(told.column("station").to_pylist(), told.column("last").to_pylist(), strict=True):
            self._stream.heard(station, _micros(last.replace(tzinfo=UTC)))

    def _oldest(self, now: datetime) -> int:
        return _micros(now - self._age) if self._age is not None else -(2**62)

    def _station(self, id: str) -> Station | None:
        if id not in self._stations:
            self._stations |= {station.id: station for station in self.home.stations()}
        return self._stations.get(id)

    def _warm(self, table: pa.Table) -> None:
        """Read the recent telemetry of stations seen for the first time, without raising anything."""
        fresh = [one for one in pc.unique(table.column("station")).to_pylist() if not self._stream.knows(one)]
        if not fresh:
            return
        first = pc.min(table.column("time")).as_py()
        reader = self.home.reader()
        for start in range(0, len(fresh), _STATIONS_AT_ONCE):
            part = fresh[start : start + _STATIONS_AT_ONCE]
            past = reader.observations(stations=part, start=first - PAST, end=first)
            if past.num_rows:
                self._stream.push(past)


def problem_of(record: EventRecord) -> Problem:
    """A stored event as a problem that lives on."""
    problem = Problem(
        record.family,
        record.station,
        record.opened,
        record.updated,
        record.severity,
        record.worst,
        record.id,
        record.ended,
    )
    problem.fill(record.content)
    return problem


def record_of(problem: Problem, stations: object, origin: str) -> EventRecord:
    """A problem as it is stored; ``stations`` looks a station up by id."""
    leading = problem.leading
    told = [step.what for step in problem.timeline if step.what in ("new", "worse", "lowered", "ended", "again")]
    last = told[-1] if told else "new"
    station = stations(problem.station)  # type: ignore[operator]
    return EventRecord(
        problem.id,
        problem.family,
        leading.kind,
        problem.station,
        leading.property,
        problem.severity,
        problem.worst,
        problem.opened,
        problem.timeline[0].time if problem.timeline else problem.updated,
        problem.updated,
        problem.ended,
        problem.sure,
        "new" if last == "again" else last,
        origin,
        station is not None and is_generated(station),
        problem.as_dict(),
    )


def is_generated(station: Station) -> bool:
    """Whether a station is of a generated demonstration: its programme says so."""
    return station.generated


def _micros(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def records_of(problems: Iterable[Problem], stations: object, origin: str) -> list[EventRecord]:
    """All of them, as ``record_of``."""
    return [record_of(problem, stations, origin) for problem in problems]
