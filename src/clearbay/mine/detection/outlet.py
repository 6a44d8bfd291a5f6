"""Rules for outlets that measure themselves: data that are too good, too even or too well timed to be true.

They raise a question, not a verdict: each says what was seen and what an honest cause could be. The patterns are those
that inspectors look for in self-monitoring; the numbers are clearbay's own.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from statistics import median

from clearbay.mine.detection.bounds import Bound
from clearbay.mine.detection.signal import Series, Signal

SAME = 24
"""Values in a row that are exactly the same: a day of hours. Real water is never that even at a sensor's resolution."""
LAST = 48
PINNED = 0.9
"""From this share of the limit up to the limit; ``MOST`` of the last ``LAST`` values there is pinned."""
MOST, LESS = 0.85, 0.6
HOUR, DAY = 3_600_000_000, 86_400_000_000
OFFICE = (9, 17)
"""Local hours of working days in which inspectors come."""
_DAYS = 14
DROP = 0.6
"""Of the level at other hours: working hours that lie lower on 10 of 14 days are told."""
_OF = 10


@dataclass(slots=True)
class Constant:
    """The same value again and again, while it is not below the detection limit."""

    series: Series
    _value: float | None = None
    _run: int = 0
    _since: int = 0
    _on: bool = False

    def push(self, time: int, value: float, censored: bool) -> Signal | None:
        """Count repetitions."""
        if value == self._value and not censored:
            self._run += 1
        else:
            was = self._on
            self._value, self._run, self._since, self._on = value, 1, time, False
            return Signal("constant", self.series, time, False, value=value) if was else None
        if self._run < SAME:
            return None
        self._on = True
        return constant(self.series, time, value, self._since, self._run)


def constant(series: Series, time: int, value: float, since: int, run: int) -> Signal:
    """What is told of a run of equal values."""
    sure = min(0.95, 0.5 + 0.01 * (run - SAME))
    return Signal("constant", series, time, True, 2, sure, value, None, since, {"run": run})


@dataclass(slots=True)
class Pinned:
    """Values that keep just under the limit and never cross it."""

    series: Series
    _last: deque[tuple[int, float]] = field(default_factory=deque)
    _near: int = 0
    _above: int = 0
    _on: bool = False
    _since: int = 0

    def push(self, time: int, value: float, bound: Bound | None) -> Signal | None:
        """Judge the last ``LAST`` values."""
        if bound is None or bound.high > 1e300 or bound.limit <= 0:
            return None
        ratio = value / bound.limit
        self._last.append((time, ratio))
        self._near += PINNED <= ratio <= 1.0
        self._above += ratio > 1.0
        if len(self._last) > LAST:
            _, old = self._last.popleft()
            self._near -= PINNED <= old <= 1.0
            self._above -= old > 1.0
        if len(self._last) < LAST:
            return None
        share, above = self._near / LAST, self._above > 0
        if not self._on and share >= MOST and not above:
            self._on, self._since = True, self._last[0][0]
        elif self._on and (share < LESS or above):
            self._on = False
            return Signal("pinned", self.series, time, False, value=value, since=self._since)
        if not self._on:
            return None
        return pinned(self.series, time, value, self._since, share, bound)


def pinned(series: Series, time: int, value: float, since: int, share: float, bound: Bound) -> Signal:
    """What is told of values that keep under a limit."""
    detail = {"share": round(share, 2), "limit": bound.limit, "standard": bound.standard}
    return Signal("pinned", series, time, True, 2, 0.7, value, bound.limit, since, detail)


@dataclass(slots=True)
class InspectionDrop:
    """Lower in office hours of working days than otherwise, day after day."""

    series: Series
    offset: int
    day: int = -1
    office: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    _ratios: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=_DAYS))
    _on: bool = False
    _since: int = 0

    def push(self, time: int, value: float) -> Signal | None:
        """Take a value; a judgement falls when a working day is complete."""
        local = time + self.offset * 60_000_000
        day = local // DAY
        found = None
        if day != self.day:
            found = self._complete(time)
            self.day = day
            self.office.clear()
            self.other.clear()
        hour = local % DAY // HOUR
        (self.office if OFFICE[0] <= hour < OFFICE[1] else self.other).append(value)
        return found

    def _complete(self, time: int) -> Signal | None:
        working = (self.day + 3) % 7 < 5  # 1970-01-01 was a Thursday
        if not working or len(self.office) < 4 or len(self.other) < 4 or median(self.other) <= 0:
            return None
        self._ratios.append((self.day * DAY, median(self.office) / median(self.other)))
        low = sum(ratio <= DROP for _, ratio in self._ratios)
        if not self._on and len(self._ratios) == _DAYS and low >= _OF:
            self._on, self._since = True, self._ratios[0][0]
        elif self._on and low < _OF // 2:
            self._on = False
            return Signal("inspection_drop", self.series, time, False, since=self._since)
        if not self._on:
            return None
        detail = {"ratio": round(median(ratio for _, ratio in self._ratios), 2), "days": low, "of": len(self._ratios)}
        return Signal("inspection_drop", self.series, time, True, 2, 0.75, None, None, self._since, detail)


@dataclass(slots=True)
class Sums:
    """Sums over the last ``LAST`` moments, carried along, and taken anew every ``LAST`` so that no error grows."""

    flow: float = 0.0
    flow2: float = 0.0
    load: float = 0.0
    load2: float = 0.0
    dry: int = 0

    def add(self, flow: float, load: float, sign: int) -> None:
        """Count a moment in (1) or out (-1)."""
        self.flow += sign * flow
        self.flow2 += sign * flow * flow
        self.load += sign * load
        self.load2 += sign * load * load
        self.dry += sign * (flow <= 0)


def _varies(total: float, squares: float, without: float) -> float:
    """Standard deviation over mean of ``LAST`` numbers; ``without`` where their mean is not above zero."""
    mean = total / LAST
    return math.sqrt(max(squares / LAST - mean * mean, 0.0)) / mean if mean > 0 else without


@dataclass(slots=True)
class LoadBalance:
    """A load (concentration times flow) that is too even for a flow that varies, or values while nothing flows."""

    series: Series
    _last: deque[tuple[int, float, float]] = field(default_factory=deque)
    _sums: Sums = field(default_factory=Sums)
    _count: int = 0
    _on: bool = False
    _since: int = 0

    def push(self, time: int, value: float, flow: float) -> Signal | None:
        """Judge a concentration with the flow of its moment (any unit, as long as it stays)."""
        self._last.append((time, value, flow))
        self._sums.add(flow, value * flow, 1)
        self._count += 1
        if len(self._last) > LAST:
            _, old, past = self._last.popleft()
            self._sums.add(past, old * past, -1)
        if self._count % LAST == 0:
            self._sums = Sums()
            for _, level, one in self._last:
                self._sums.add(one, level * one, 1)
        if len(self._last) < LAST:
            return None
        sums = self._sums
        dry = sums.dry / LAST
        varies = _varies(sums.flow, sums.flow2, 0.0)
        even = _varies(sums.load, sums.load2, 1.0)
        idle = dry >= 0.5 and len({level for _, level, _ in self._last}) > LAST // 4
        wrong = idle or (varies >= 0.2 and even <= 0.02)
        right = even > 0.05 and dry < 0.25
        if not self._on and wrong:
            self._on, self._since = True, self._last[0][0]
        elif self._on and right:
            self._on = False
            return Signal("load_balance", self.series, time, False, value=value, since=self._since)
        if not self._on:
            return None
        return load_balance(self.series, time, value, self._since, varies, even, dry)


def load_balance(series: Series, time: int, value: float, since: int, varies: float, even: float, dry: float) -> Signal:
    """What is told of a load that does not go with its flow."""
    detail = {"flow_varies": round(varies, 2), "load_varies": round(even, 3), "dry": round(dry, 2)}
    return Signal("load_balance", series, time, True, 2, 0.7, value, None, since, detail)
