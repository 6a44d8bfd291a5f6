"""Rules for outlets that measure themselves: data that are too good, too even or too well timed to be true.

They raise a question, not a verdict: each says what was seen and what an honest cause could be. The patterns are those
that inspectors look for in self-monitoring; the numbers are clearbay's own.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import fmean, median, pstdev

from clearbay.mine.detection.bounds import Bound
from clearbay.mine.detection.signal import Series, Signal

SAME = 24
"""Values in a row that are exactly the same: a day of hours. Real water is never that even at a sensor's resolution."""
LAST = 48
PINNED = 0.9
"""From this share of the limit up to the limit; ``_MOST`` of the last ``LAST`` values there is pinned."""
_MOST, _LESS = 0.85, 0.6
_HOUR, _DAY = 3_600_000_000, 86_400_000_000
OFFICE = (9, 17)
"""Local hours of working days in which inspectors come."""
_DAYS = 14
DROP = 0.6
"""Of the level at other hours: working hours that lie lower on 10 of 14 days are told."""
_OF = 10


@dataclass
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
        sure = min(0.95, 0.5 + 0.01 * (self._run - SAME))
        return Signal("constant", self.series, time, True, 2, sure, value, None, self._since, {"run": self._run})


@dataclass
class Pinned:
    """Values that keep just under the limit and never cross it."""

    series: Series
    _last: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=LAST))
    _on: bool = False
    _since: int = 0

    def push(self, time: int, value: float, bound: Bound | None) -> Signal | None:
        """Judge the last ``LAST`` values."""
        if bound is None or bound.high > 1e300 or bound.limit <= 0:
            return None
        self._last.append((time, value / bound.limit))
        if len(self._last) < LAST:
            return None
        share = sum(PINNED <= ratio <= 1.0 for _, ratio in self._last) / LAST
        above = any(ratio > 1.0 for _, ratio in self._last)
        if not self._on and share >= _MOST and not above:
            self._on, self._since = True, self._last[0][0]
        elif self._on and (share < _LESS or above):
            self._on = False
            return Signal("pinned", self.series, time, False, value=value, since=self._since)
        if not self._on:
            return None
        detail = {"share": round(share, 2), "limit": bound.limit, "standard": bound.standard}
        return Signal("pinned", self.series, time, True, 2, 0.7, value, bound.limit, self._since, detail)


@dataclass
class InspectionDrop:
    """Lower in office hours of working days than otherwise, day after day."""

    series: Series
    offset: int
    _day: int = -1
    _office: list[float] = field(default_factory=list)
    _other: list[float] = field(default_factory=list)
    _ratios: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=_DAYS))
    _on: bool = False
    _since: int = 0

    def push(self, time: int, value: float) -> Signal | None:
        """Take a value; a judgement falls when a working day is complete."""
        local = time + self.offset * 60_000_000
        day = local // _DAY
        found = None
        if day != self._day:
            found = self._complete(time)
            self._day, self._office, self._other = day, [], []
        hour = local % _DAY // _HOUR
        (self._office if OFFICE[0] <= hour < OFFICE[1] else self._other).append(value)
        return found

    def _complete(self, time: int) -> Signal | None:
        working = (self._day + 3) % 7 < 5  # 1970-01-01 was a Thursday
        if not working or len(self._office) < 4 or len(self._other) < 4 or median(self._other) <= 0:
            return None
        self._ratios.append((self._day * _DAY, median(self._office) / median(self._other)))
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


@dataclass
class LoadBalance:
    """A load (concentration times flow) that is too even for a flow that varies, or values while nothing flows."""

    series: Series
    _last: deque[tuple[int, float, float]] = field(default_factory=lambda: deque(maxlen=LAST))
    _on: bool = False
    _since: int = 0

    def push(self, time: int, value: float, flow: float) -> Signal | None:
        """Judge a concentration with the flow of its moment (any unit, as long as it stays)."""
        self._last.append((time, value, flow))
        if len(self._last) < LAST:
            return None
        flows = [one for _, _, one in self._last]
        loads = [level * one for _, level, one in self._last]
        dry = sum(one <= 0 for one in flows) / LAST
        varies = pstdev(flows) / fmean(flows) if fmean(flows) > 0 else 0.0
        even = pstdev(loads) / fmean(loads) if fmean(loads) > 0 else 1.0
        levels = {level for _, level, _ in self._last}
        wrong = (varies >= 0.2 and even <= 0.02) or (dry >= 0.5 and len(levels) > LAST // 4)
        right = even > 0.05 and dry < 0.25
        if not self._on and wrong:
            self._on, self._since = True, self._last[0][0]
        elif self._on and right:
            self._on = False
            return Signal("load_balance", self.series, time, False, value=value, since=self._since)
        if not self._on:
            return None
        detail = {"flow_varies": round(varies, 2), "load_varies": round(even, 3), "dry": round(dry, 2)}
        return Signal("load_balance", self.series, time, True, 2, 0.7, value, None, self._since, detail)
