"""One event per problem: signals of many series, detectors and neighbours folded into what a person should look at.

Signals of one family at one place belong together. A neighbour's signal joins an open event where it tells the same
property within ``TOGETHER``: along the water where a river network knows both stations (``ALONG_KM``, ``ALONG_H``),
else within ``NEAR_KM`` by medium. A problem gets worse at once, is lowered only after ``PATIENCE`` milder signals, ends
when every member is over, and comes back as the same event within ``REOPEN``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from clearbay.mine.detection.signal import FAMILIES, RANK, Signal
from clearbay.model.station import Station

HOUR = 3_600_000_000
DAY = 24 * HOUR
NEAR_KM = {"sea": 6.0, "river": 3.0, "lake": 3.0, "air": 25.0, "effluent": 0.0}
"""How far a neighbour may be, by medium: a smog lies over a city, a bad water in a bay."""
ALONG_KM, ALONG_H = 80.0, 48.0
"""How far along one way of the water a neighbour may be: the same cloud passes it within two days."""
LATE = 2.0
"""Times the expected hours of travel within which what ended at one section and begins at another is one problem."""
TOGETHER = 24 * HOUR
REOPEN = 12 * HOUR
PATIENCE = 3
FORGOTTEN = {"": 100 * DAY, "day": 5 * DAY, "hour": 2 * DAY, "minute": 12 * HOUR, "instant": 12 * HOUR}
"""A member that nobody has spoken of for so long is over: its series stopped, or its detector lost its past."""
_MEMBERS = 40
_STEPS = 60

What = Literal["new", "worse", "lowered", "ended", "joined", "again"]


@dataclass(slots=True)
class Member:
    """One detector's part in a problem."""

    kind: str
    station: str
    property: str
    depth: str
    averaging: str
    on: bool
    since: int
    last: int
    severity: int
    sure: float
    value: float | None
    baseline: float | None
    peak: float | None
    detail: dict[str, Any]


_TOLD_AT_ITS_WORST = ("exceedance", "change")
"""Their value, baseline and detail stay those of the furthest value, so that a reason speaks of one moment."""


@dataclass(slots=True)
class Step:
    """One change in the life of a problem; ``who`` is the member it came from (station, property, kind)."""

    time: int
    what: What
    severity: int
    who: tuple[str, str, str]


@dataclass(slots=True)
class Problem:
    """An event: its place, its members, how bad it is and was, and its story. Times are microseconds UTC."""

    family: str
    station: str
    opened: int
    updated: int
    severity: int
    worst: int
    id: int | None = None
    ended: int | None = None
    milder: int = 0
    members: list[Member] = field(default_factory=list)
    timeline: list[Step] = field(default_factory=list)
    by_hand: bool = False
    """Ended by a person: what goes on opens another."""

    @property
    def leading(self) -> Member:
        """The member that names the problem: the worst it saw, the most telling kind, the first."""
        pool = [member for member in self.members if member.on] or self.members
        return min(pool, key=lambda one: (RANK.index(one.kind), -one.severity, one.since, one.property))

    @property
    def sure(self) -> float:
        """How sure: members that tell it by themselves leave less doubt (at most two are counted)."""
        best: dict[tuple[str, str, str], float] = {}
        for one in self.members:
            key = (one.kind, one.station, one.property)
            best[key] = max(best.get(key, 0.0), one.sure)
        doubt = 1.0
        for sure in sorted(best.values(), reverse=True)[:2]:
            doubt *= 1.0 - sure
        return round(min(1.0 - doubt, 0.99), 3)

    def as_dict(self) -> dict[str, Any]:
        """Members and timeline for JSON."""
        told: dict[str, Any] = {
            "members": [asdict(member) for member in self.members],
            "timeline": [[step.time, step.what, step.severity, list(step.who)] for step in self.timeline],
            "milder": self.milder,
        }
        return told | {"by_hand": True} if self.by_hand else told

    def fill(self, content: Mapping[str, Any]) -> None:
        """The inverse of ``as_dict``."""
        self.members = [Member(**member) for member in content["members"]]
        self.timeline = [Step(time, what, severity, tuple(who)) for time, what, severity, who in content["timeline"]]
        self.milder = int(content["milder"])
        self.by_hand = bool(content.get("by_hand", False))


@dataclass
class Problems:
    """The open problems, and those that ended a moment ago.

    ``rivers`` tells km and hours of travel between two stations along the water: infinite where none runs from the one
    to the other, None where it does not know both.
    """

    stations: Callable[[str], Station | None]
    open: list[Problem] = field(default_factory=list)
    rivers: Callable[[str, str], tuple[float, float] | None] | None = None
    _by_place: dict[tuple[str, str], Problem] = field(default_factory=dict)
    _recent: dict[tuple[str, str], Problem] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for problem in self.open:
            self._place(problem)

    def fold(self, signals: Iterable[Signal], *, not_before: int = -(2**62)) -> list[Problem]:
        """Take signals in; returns the problems that changed. Signals older than ``not_before`` open nothing."""
        changed: dict[int, Problem] = {}
        for signal in signals:
            problem = self._take(signal, not_before)
            if problem is not None:
                changed[id(problem)] = problem
        return list(changed.values())

    def adopt(self, problem: Problem) -> bool:
        """Take over a problem that another process wrote; False where there is nothing to remember of it."""
        if problem.ended is None:
            self.open.append(problem)
            self._place(problem)
            return True
        if problem.by_hand:
            return False
        self._recent[problem.station, problem.family] = problem
        return True

    def clear(self) -> None:
        """Forget everything."""
        self.open.clear()
        self._by_place.clear()
        self._recent.clear()

    def known(self) -> set[int]:
        """The problems remembered, by their ``id()``."""
        return {id(one) for one in (*self.open, *self._recent.values())}

    def stale(self, now: int) -> bool:
        """Whether ``forget`` would end any."""
        return any(_stale(problem, now) for problem in self.open)

    def forget(self, now: int, ours: Callable[[Problem], bool] = lambda _: True) -> list[Problem]:
        """End the problems of which nobody has spoken for ``FORGOTTEN``, those that are ``ours``; returns them."""
        over = []
        for problem in [one for one in self.open if one.family != "silence" and ours(one)]:
            for member in problem.members:
                if member.on and now - member.last > FORGOTTEN[member.averaging]:
                    member.on = False
            if not any(member.on for member in problem.members):
                last = max(problem.members, key=lambda one: one.last)
                self._end(problem, problem.updated, (last.station, last.property, last.kind))
                over.append(problem)
        return over

    def _place(self, problem: Problem) -> None:
        for station in {problem.station, *(member.station for member in problem.members)}:
            self._by_place[station, problem.family] = problem

    def _take(self, signal: Signal, not_before: int) -> Problem | None:
        station, code, depth, averaging = signal.series
        family = FAMILIES[signal.kind]
        problem = self._by_place.get((station, family))
        if not signal.on:
            return self._over(problem, signal) if problem is not None else None
        who = (station, code, signal.kind)
        if problem is None:
            if signal.time < not_before:
                return None
            problem, what = self._home(signal, family)
            problem.timeline.append(Step(signal.time, what, max(signal.severity, problem.severity), who))
        member = _member(problem, signal)
        if member is None:
            if len(problem.members) >= _MEMBERS:
                return None
            member = Member(
                signal.kind,
                station,
                code,
                depth,
                averaging,
                True,
                signal.since,
                signal.time,
                0,
                0.0,
                None,
                None,
                None,
                {},
            )
            problem.members.append(member)
        elif not member.on:
            member.on, member.since = True, signal.since
        member.last, member.severity = signal.time, signal.severity
        member.sure = max(member.sure, signal.sure)
        furthest = signal.value is not None and (member.peak is None or _further(signal, member.peak))
        if furthest:
            member.peak = signal.value
        if furthest or signal.kind not in _TOLD_AT_ITS_WORST:
            member.value, member.baseline = signal.value, signal.baseline
            member.detail = dict(signal.detail)
        problem.updated = max(problem.updated, signal.time)
        problem.opened = min(problem.opened, signal.since or signal.time)
        self._weigh(problem, signal.time, who)
        return problem

    def _home(self, signal: Signal, family: str) -> tuple[Problem, What]:
        """The problem that a first signal of its place belongs to: one that just ended, a neighbour's, or a new one."""
        station = signal.series[0]
        key = (station, family)
        ended = self._recent.pop(key, None)
        if ended is not None and ended.ended is not None and signal.time - ended.ended <= REOPEN:
            ended.ended, ended.severity = None, 0
            self.open.append(ended)
            self._place(ended)
            return ended, "again"
        near = self._neighbour(signal, family) or self._carried(signal, family)
        if near is not None:
            if near.ended is not None:
                near.ended, near.severity = None, 0
                self.open.append(near)
                self._place(near)
            self._by_place[key] = near
            return near, "joined"
        problem = Problem(family, station, signal.since or signal.time, signal.time, 0, 0)
        self.open.append(problem)
        self._by_place[key] = problem
        return problem, "new"

    def _neighbour(self, signal: Signal, family: str) -> Problem | None:
        if family != "quality":
            return None
        here = self.stations(signal.series[0])
        if here is None or here.longitude is None or here.latitude is None:
            return None
        for problem in self.open:
            if problem.family != family or signal.time - problem.updated > TOGETHER:
                continue
            told = {one.station for one in problem.members if one.on and one.property == signal.series[1]}
            # A cloud wanders: its newest section is the neighbour, the first one is far behind.
            places = {problem.station} | (told if here.medium == "river" else set())
            if told and any(self._near(here, station) for station in sorted(places)):
                return problem
        return None

    def _carried(self, signal: Signal, family: str) -> Problem | None:
        """A problem that ended at a section from which the water needs about as long to this one: the same cloud."""
        here = self.stations(signal.series[0])
        if family != "quality" or self.rivers is None or here is None or here.medium != "river":
            return None
        for key, problem in self._recent.items():
            since = signal.time - (problem.ended or 0)
            if problem.family != family or not 0 <= since <= LATE * ALONG_H * HOUR + REOPEN:
                continue
            told = {one.station for one in problem.members if one.property == signal.series[1]}
            for station in sorted(told):
                apart = self.rivers(station, here.id)
                if apart is None or apart[0] > ALONG_KM or apart[1] > ALONG_H:
                    continue
                if since <= LATE * apart[1] * HOUR + REOPEN:
                    del self._recent[key]
                    return problem
        return None

    def _near(self, here: Station, other: str) -> bool:
        """Whether a station is a neighbour: along the water where that is known, else by distance."""
        there = self.stations(other)
        if there is None or there.medium != here.medium:
            return False
        apart = self.rivers(here.id, other) if self.rivers is not None and here.medium == "river" else None
        if apart is not None:
            return apart[0] <= ALONG_KM and apart[1] <= ALONG_H
        return _km(here, there) <= NEAR_KM[here.medium]

    def _over(self, problem: Problem, signal: Signal) -> Problem | None:
        member = _member(problem, signal)
        if member is None or not member.on:
            return None
        member.on, member.last = False, signal.time
        problem.updated = max(problem.updated, signal.time)
        who = (signal.series[0], signal.series[1], signal.kind)
        if any(one.on for one in problem.members):
            self._weigh(problem, signal.time, who)
        else:
            self._end(problem, signal.time, who)
        return problem

    def _weigh(self, problem: Problem, time: int, who: tuple[str, str, str]) -> None:
        severity = max(member.severity for member in problem.members if member.on)
        if severity > problem.severity:
            if problem.severity:
                _step(problem, Step(time, "worse", severity, who))
            problem.severity, problem.milder = severity, 0
        elif severity < problem.severity:
            problem.milder += 1
            if problem.milder >= PATIENCE:
                problem.severity, problem.milder = severity, 0
                _step(problem, Step(time, "lowered", severity, who))
        else:
            problem.milder = 0
        problem.worst = max(problem.worst, severity)

    def _end(self, problem: Problem, time: int, who: tuple[str, str, str]) -> None:
        problem.ended, problem.updated = time, max(problem.updated, time)
        _step(problem, Step(time, "ended", problem.severity, who))
        self.drop(problem)
        self._recent[problem.station, problem.family] = problem

    def drop(self, problem: Problem) -> None:
        """Let an open problem go."""
        self.open[:] = [one for one in self.open if one is not problem]
        for key in [key for key, one in self._recent.items() if one is problem]:
            del self._recent[key]
        for key in [key for key, one in self._by_place.items() if one is problem]:
            del self._by_place[key]


def _stale(problem: Problem, now: int) -> bool:
    """Whether nobody speaks of a problem any more; silence is silent until the station speaks."""
    if problem.family == "silence":
        return False
    return all(not one.on or now - one.last > FORGOTTEN[one.averaging] for one in problem.members)


def _step(problem: Problem, step: Step) -> None:
    problem.timeline.append(step)
    if len(problem.timeline) > _STEPS:  # the beginning and the newest are what a reader needs
        del problem.timeline[_STEPS // 2]


def _member(problem: Problem, signal: Signal) -> Member | None:
    series = signal.series
    for one in problem.members:
        if one.kind == signal.kind and (one.station, one.property, one.depth, one.averaging) == series:
            return one
    return None


def _further(signal: Signal, peak: float) -> bool:
    centre = signal.baseline if signal.baseline is not None else 0.0
    return abs((signal.value or 0.0) - centre) > abs(peak - centre)


def _km(one: Station, other: Station) -> float:
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return math.inf
    mean = math.radians((one.latitude + other.latitude) / 2)
    east = math.radians(one.longitude - other.longitude) * math.cos(mean)
    north = math.radians(one.latitude - other.latitude)
    return 6371.0 * math.hypot(east, north)
