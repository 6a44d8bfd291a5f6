"""Detectors that watch one series alone, value by value: limit exceedance, sudden change, slow drift.

Each is a small machine: ``push`` takes the next value and answers with a signal while its problem is on, and once
when it is over. It remembers only what it needs, so a stream cut anywhere gives what the whole gives.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from clearbay.mine.detection.bounds import Bound
from clearbay.mine.detection.signal import Series, Signal

Pace = str
"""How often a series speaks: its averaging, or ``hour`` for values without one that come at most six hours apart; empty
for samples taken by people now and then."""

RUN: dict[Pace, int] = {"": 1, "day": 3, "hour": 3, "minute": 3, "instant": 3}
"""Values in a row beyond a limit before it is an exceedance: "three days (hours) running" for means and telemetry, one
for a laboratory's sample. A value that quality control suspects counts only with a second one beside it."""

BACK = 0.95
"""An exceedance is over when ``CLEAR`` values in a row are within this share of the limit."""
CLEAR = 3

MULTIPLES = (1.5, 3.0, 10.0)
"""Of the limit, from which severity rises to 2, 3 and 4. A convention of ours, not of a law."""


def _severity(multiple: float) -> int:
    return 1 + sum(multiple >= step for step in MULTIPLES)


@dataclass(slots=True)
class Exceedance:
    """Beyond the bound that applies, for as many values as ``RUN`` asks."""

    series: Series
    _run: list[tuple[int, float]] = field(default_factory=list)
    _calm: int = 0
    _on: bool = False
    _since: int = 0
    _worst: float = 0.0

    @property
    def busy(self) -> bool:
        """Whether it is on, or has begun to count."""
        return self._on or bool(self._run)

    def push(self, time: int, value: float, bound: Bound | None, suspect: bool, pace: Pace) -> Signal | None:
        """Judge a value against the bound of its day (None: no rule speaks of it)."""
        if bound is None:
            return self._over(time, value) if self._on else None
        over = value > bound.high or value < bound.low
        if over:
            self._calm = 0
            self._run.append((time, value))
            needed = RUN[pace] + (1 if suspect else 0)
            if not self._on and len(self._run) >= needed:
                self._on, self._since, self._worst = True, self._run[0][0], 0.0
            del self._run[:-needed]
            return self._told(time, value, bound, pace) if self._on else None
        within = value <= bound.high * BACK if bound.high < 1e300 else value >= bound.low / BACK
        if not self._on:
            self._run.clear()
            return None
        self._calm = self._calm + 1 if within else 0
        needed = CLEAR if pace else 1
        if self._calm >= needed:
            return self._over(time, value)
        return self._told(time, value, bound, pace)

    def _told(self, time: int, value: float, bound: Bound, pace: Pace) -> Signal:
        multiple = value / bound.limit if value > bound.high or bound.high < 1e300 else bound.limit / max(value, 1e-9)
        if bound.limit <= 0:
            multiple = 1.0
        self._worst = max(self._worst, multiple)
        detail: dict[str, Any] = {
            "limit": bound.limit,
            "standard": bound.standard,
            "grade": bound.grade,
            "confidence": bound.confidence,
            "assumed": bound.assumed,
            "multiple": round(multiple, 3),
            "below": value < bound.low,
            "run": RUN[pace],
        }
        if bound.share is not None:
            detail["share"] = bound.share
        sure = 0.95 if pace else 0.8
        return Signal(
            "exceedance", self.series, time, True, _severity(multiple), sure, value, bound.limit, self._since, detail
        )

    def _over(self, time: int, value: float) -> Signal:
        self._on, self._calm = False, 0
        self._run.clear()
        return Signal("exceedance", self.series, time, False, value=value, since=self._since)


WINDOW = 60
"""Accepted values from which a series' normal is taken (their median)."""
WARM = {"": 24, "day": 20, "hour": 20, "minute": 60, "instant": 60}
"""Values before a sudden change is told: two years of monthly samples, most of a day of hours, an hour of minutes."""
REFUSE, CUT, SLACK = 5.0, 6.0, 2.0
BEGIN, END, FULL = 12.0, 3.0, 24.0
"""The sum of standardised residuals (each cut at 6, less 2) at which a change begins and ends. One value adds 4 at
most: a change is at least three values, a lone spike never is one."""
CALM = 2.5
"""Scales within which ``CLEAR`` values in a row are back to normal, however large the sum had grown."""
MEANS = ("hour", "day")
MEAN_CUT, MEAN_BEGIN = 14.0, 7.0
"""For a mean over an hour or a day, which no single wild reading makes: one that lies nine scales off is a change."""
HOLD = {"": 12, "day": 30, "hour": 240, "minute": 240, "instant": 240}
"""Strange values in a row after which they are believed: a year of monthly samples, ten days of hours."""
FINEST = {"": 0.3, "day": 0.1, "hour": 0.03, "minute": 0.03, "instant": 0.03}
"""The least standard deviation taken for a logarithm: samples of laboratories repeat no better than a third, and print
few digits near the detection limit."""
DAY, HOUR = 86_400_000_000, 3_600_000_000
SETTLED_DAYS = 3
"""Days of past from which telemetry is held against what its hour of day usually adds."""
LEAST = 8
"""Values before one is judged at all."""
SCALE_RATE = 0.02
MIDDLE = [(round(0.16 * (count - 1)), round(0.84 * (count - 1))) for count in range(WINDOW + 2)]
"""Where the middle 68 % of so many sorted values begin and end."""


@dataclass(slots=True)
class Change:
    """A level that shifts at once: two-sided CUSUM (Page 1954) of residuals against a robust baseline.

    The baseline is the median of the last ``WINDOW`` values that were not themselves strange, plus, for telemetry with
    some days of past, what the hour of day usually adds. ``logarithm`` for what is measured in concentrations.
    """

    series: Series
    logarithm: bool
    _recent: deque[float] = field(default_factory=deque)
    _sorted: list[float] = field(default_factory=list)
    _hours: dict[int, float] = field(default_factory=dict)
    _first: int = 0
    _count: int = 0
    _refused: int = 0
    _scale: float = 0.0
    _up: float = 0.0
    _down: float = 0.0
    _calm: int = 0
    _on: bool = False
    _since: int = 0
    _start: int = 0
    residual: float = 0.0
    level: float = math.nan

    def push(self, time: int, value: float, pace: Pace, suspect: bool = False) -> Signal | None:
        """Judge a value, then learn it unless it is strange."""
        mean = self.series[3] in MEANS and not suspect
        most_cut, begin = (MEAN_CUT, MEAN_BEGIN) if mean else (CUT, BEGIN)
        size = math.log(max(value, 1e-6)) if self.logarithm else value
        if not self._count:
            self._first = time
        telemetry = pace not in ("", "day")
        hour = int(time % DAY // HOUR)
        offset = self._hours.get(hour, 0.0) if telemetry and time - self._first > SETTLED_DAYS * DAY else 0.0
        self._count += 1
        if len(self._sorted) < LEAST:
            self.residual = 0.0
            self._learn(size - offset)
            return None
        middle = len(self._sorted) // 2
        centre = self._sorted[middle] + offset
        scale = max(self._spread(), FINEST[pace] * (1.0 if self.logarithm else 0.1 * abs(centre)), 1e-9)
        self.residual = (size - centre) / scale
        self.level = centre
        far = abs(self.residual)
        before = max(self._up, self._down)
        if self._count > WARM[pace] and (far > SLACK or before > 0.0):
            cut = max(-most_cut, min(most_cut, self.residual))
            self._up = min(FULL, max(0.0, self._up + cut - SLACK))
            self._down = min(FULL, max(0.0, self._down - cut - SLACK))
        if far > REFUSE and self._refused < HOLD[pace]:
            self._refused += 1
        else:
            self._refused = 0 if far <= REFUSE else self._refused
            self._learn(size - offset)
            if telemetry:
                usual = self._hours.get(hour, 0.0)
                self._hours[hour] = usual + 0.05 * (size - usual - self._sorted[len(self._sorted) // 2])
        self._calm = self._calm + 1 if far < CALM else 0
        if self._calm >= CLEAR:
            self._up = self._down = 0.0
        most = max(self._up, self._down)
        if before <= 0.0 < most:
            self._start = time
        return self.signal(time, value, most, begin)

    def signal(self, time: int, value: float, most: float, begin: float) -> Signal | None:
        """What is to be told of a value when the larger sum has become ``most``; the residual has been judged."""
        if not self._on and most >= begin:
            self._on, self._since = True, self._start
        elif self._on and most < END:
            self._on = False
            return Signal("change", self.series, time, False, value=value, since=self._since)
        if not self._on:
            return None
        far = abs(self.residual)
        severity = 1 + (far >= 10.0) + (far >= 25.0)
        sure = 1.0 - 0.5 * math.exp(-(most - END) / 12.0)
        centre = math.exp(self.level) if self.logarithm else self.level
        detail = {"scales": round(self.residual, 2), "cusum": round(most, 1), "up": self._up >= self._down}
        return Signal("change", self.series, time, True, severity, round(sure, 3), value, centre, self._since, detail)

    def _spread(self) -> float:
        """Robust standard deviation of the accepted past: half the span of its middle 68 %."""
        low, high = MIDDLE[len(self._sorted)]
        return max((self._sorted[high] - self._sorted[low]) / 2.0, self._scale * 0.5)

    def _learn(self, size: float) -> None:
        self._recent.append(size)
        insort(self._sorted, size)
        if len(self._recent) > WINDOW:
            old = self._recent.popleft()
            del self._sorted[bisect_left(self._sorted, old)]
        low, high = MIDDLE[len(self._sorted)]
        spread = (self._sorted[high] - self._sorted[low]) / 2.0
        self._scale += SCALE_RATE * (spread - self._scale)


DAYS = 21
"""Days whose medians a drift is looked for in."""
_LEAST_DAYS = 14
_TREND, _TREND_END = 3.3, 2.0
"""Mann-Kendall scores at which a drift begins (one in a thousand by chance) and ends."""
_FAR = 2.0


@dataclass(slots=True)
class Drift:
    """A slow, steady trend of daily medians: Mann-Kendall (Mann 1945), and further than the days scatter."""

    series: Series
    _day: int = -1
    today: list[float] = field(default_factory=list)
    _medians: deque[tuple[int, float]] = field(default_factory=lambda: deque(maxlen=DAYS))
    _on: bool = False
    _since: int = 0

    def push(self, time: int, value: float) -> Signal | None:
        """Take a value; a judgement falls when a day is complete."""
        day = time // DAY
        found = None
        if day != self._day:
            if self.today:
                self._medians.append((self._day, median(self.today)))
                found = self._judged(time)
            self._day = day
            self.today.clear()
        self.today.append(value)
        return found

    def _judged(self, time: int) -> Signal | None:
        while self._medians and self._medians[0][0] < self._day - DAYS:
            self._medians.popleft()
        levels = [level for _, level in self._medians]
        count = len(levels)
        if count < _LEAST_DAYS:
            return self._over(time) if self._on else None
        pairs = sum((b > a) - (b < a) for i, a in enumerate(levels) for b in levels[i + 1 :])
        score = pairs / math.sqrt(count * (count - 1) * (2 * count + 5) / 18.0)
        steps = sorted(b - a for a, b in pairwise(levels))
        middle = steps[len(steps) // 2]
        scatter = sorted(abs(step - middle) for step in steps)[len(steps) // 2] * 1.4826
        third = max(count // 3, 1)
        moved = median(levels[-third:]) - median(levels[:third])
        far = abs(moved) / max(scatter, abs(median(levels)) * 0.01, 1e-9)
        if not self._on and abs(score) >= _TREND and far >= _FAR:
            self._on, self._since = True, self._medians[0][0] * DAY
        elif self._on and abs(score) < _TREND_END:
            return self._over(time)
        if not self._on:
            return None
        sure = min(0.99, 1.0 - math.erfc(abs(score) / math.sqrt(2.0)))
        detail = {"per_day": moved / max(count - third, 1), "days": count, "score": round(score, 2)}
        return Signal("drift", self.series, time, True, 1, round(sure, 3), levels[-1], levels[0], self._since, detail)

    def _over(self, time: int) -> Signal:
        self._on = False
        return Signal("drift", self.series, time, False, since=self._since)
