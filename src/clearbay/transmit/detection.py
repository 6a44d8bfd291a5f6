"""Discovery inside the intake: each group of readings is judged as it is committed, its events in its transaction.

``DetectionStage`` is a stage of the committer, to stand after quality control. Signals are computed before the commit
and written with it; what a rolled-back transaction had written is written again with the next.
"""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from clearbay.mine.detection.problems import Problem, Problems
from clearbay.mine.detection.stream import Stream
from clearbay.model.station import Station
from clearbay.store import Home
from clearbay.store.events import EventRecord, Events, ended, save

MOST_AGE = timedelta(hours=48)
"""Readings older than this (imported, filled in later) open no event; ``clearbay events scan`` finds those."""
PAST = timedelta(days=14)
"""Telemetry read before a station's first value, so that a restart does not begin with empty baselines."""
_STATIONS_AT_ONCE = 200
_PATROL = 30.0
"""Seconds between looks for silent stations while readings arrive."""


class DetectionStage:
    """The detectors of one process at one home. Not for several threads at once: the committer has one."""

    def __init__(self, home: Home, *, most_age: timedelta | None = MOST_AGE) -> None:
        self.home = home
        self._age = most_age
        self._stations: dict[str, Station] = {}
        self._events = Events(home)
        self._stream = Stream(self._station, self._events.targets())
        opened, _ = self._events.find(status="open")
        self._problems = Problems(self._station, [problem_of(record) for record in opened])
        self._dirty: dict[int, Problem] = {}
        self._patrolled = clock.monotonic()  # after a restart, stations get time to speak again
        self._lock = threading.Lock()

    def __call__(self, table: pa.Table) -> pa.Table:
        """As a stage: judge, and hand the readings on unchanged."""
        self.push(table)
        return table

    def push(self, table: pa.Table) -> list[Problem]:
        """Judge a group of readings (columns of ``READINGS``); returns the problems that changed."""
        with self._lock:
            self._warm(table)
            signals = self._stream.push(table)
            now = datetime.now(UTC)
            changed = self._problems.fold(signals, not_before=self._oldest(now))
            if clock.monotonic() - self._patrolled > _PATROL:
                self._patrolled = clock.monotonic()
                changed += self._looked(now)
            self._dirty |= {id(problem): problem for problem in changed}
            return changed

    def on_commit(self, connection: Connection, table: pa.Table) -> None:
        """As the committer calls it, inside its transaction."""
        self.within(connection, 0)

    def within(self, connection: Connection, version: int) -> None:
        """Write the events that changed since the last call."""
        with self._lock:
            problems = [one for one in self._dirty.values() if not self._ended_by_hand(connection, one)]
            ids = save(connection, [record_of(problem, self._station, "live") for problem in problems])
            for problem, number in zip(problems, ids, strict=True):
                problem.id = number
            self._dirty.clear()

    def _ended_by_hand(self, connection: Connection, problem: Problem) -> bool:
        """Whether somebody ended it meanwhile; it is let go, and what goes on opens a new one."""
        if problem.id is None or problem.ended is not None or not ended(connection, problem.id):
            return False
        self._problems.drop(problem)
        return True

    def patrol(self, now: datetime | None = None) -> list[Problem]:
        """Look for stations gone silent and events nobody speaks of any more, and write them; for a clock to call."""
        with self._lock:
            changed = self._looked(now or datetime.now(UTC))
            self._dirty |= {id(problem): problem for problem in changed}
        if self._dirty:
            with self.home.records.write() as connection:
                self.within(connection, 0)
        return changed

    def _looked(self, now: datetime) -> list[Problem]:
        moment = _micros(now)
        silent = self._problems.fold(self._stream.waited(moment), not_before=self._oldest(now))
        return silent + self._problems.forget(moment)

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
