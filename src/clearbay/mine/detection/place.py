"""Detectors that watch all of a station: sensors that stray together, and silence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from clearbay.mine.detection.signal import Series, Signal

_CUT = 8.0
_RATE = 0.02
_WARM = 60
BEGIN, END = 4.0, 2.0
"""Standard deviations of the (normalised) distance at which an anomaly begins, for ``_LASTS`` samples, and ends."""
_LASTS = 3
_EVERY = 8
"""Moments after which the covariance, which changes by 2 % a moment, is inverted anew."""


@dataclass
class Together:
    """Mahalanobis distance of a station's residuals, with a covariance learnt as it goes.

    It tells what no sensor tells alone: values that are each possible but never together. The distance d2 over n
    sensors is put on a normal scale by Wilson and Hilferty (1931). Each sensor's share of d2 is told.
    """

    station: str
    _names: list[Series] = field(default_factory=list)
    _known: tuple[Series, ...] = ()
    _here: list[int] = field(default_factory=list)
    _inverse: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    _covariance: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    _count: int = 0
    _run: int = 0
    _on: bool = False
    _since: int = 0
    _start: int = 0

    def push(self, time: int, residuals: Mapping[Series, float], values: Mapping[Series, float]) -> Signal | None:
        """Judge one moment's residuals (in scales of each series' own baseline), then learn them if they are calm."""
        if (known := tuple(residuals)) != self._known:
            self._known, self._here = known, [self._place(series) for series in known]
        here = self._here
        if len(here) < 2:
            return None
        vector = np.array(list(residuals.values()))
        np.minimum(np.maximum(vector, -_CUT, out=vector), _CUT, out=vector)
        whole = here == list(range(len(self._names)))  # nearly always: a station sends the same sensors each time
        part = self._covariance if whole else self._covariance[np.ix_(here, here)]
        if not whole:
            inverse = _inverse(part)
        elif self._count % _EVERY == 0 or len(self._inverse) != len(here):
            inverse = self._inverse = _inverse(part)
        else:
            inverse = self._inverse
        solved = inverse @ vector
        shares = vector * solved
        size = len(here)
        distance = max(float(shares.sum()), 0.0)
        normal = ((distance / size) ** (1 / 3) - (1 - 2 / (9 * size))) / math.sqrt(2 / (9 * size))
        if distance / size < 9.0:  # three standard deviations a sensor
            learnt = _RATE * (np.multiply.outer(vector, vector) - part)
            if whole:
                self._covariance += learnt
            else:
                self._covariance[np.ix_(here, here)] += learnt
        self._count += 1
        if self._count <= _WARM:
            return None
        if normal >= BEGIN:
            self._run += 1
            if self._run == 1:
                self._start = time
        elif not self._on or normal < END:
            self._run = 0
        leading = self._names[here[int(np.argmax(shares))]]
        if not self._on and self._run >= _LASTS:
            self._on, self._since = True, self._start
        elif self._on and normal < END:
            self._on = False
            return Signal("multivariate", (self.station, "", "", leading[3]), time, False, since=self._since)
        if not self._on:
            return None
        order = np.argsort(-shares)
        told = {
            self._names[here[int(place)]][1]: round(float(shares[place] / max(distance, 1e-9)), 2)
            for place in order[:3]
            if shares[place] > 0
        }
        sure = min(0.99, 1.0 - 0.5 * math.erfc(normal / math.sqrt(2.0)) * 100)
        return Signal(
            "multivariate",
            (self.station, "", "", leading[3]),
            time,
            True,
            1 + (normal >= 8.0),
            round(max(sure, 0.5), 3),
            values.get(leading),
            None,
            self._since,
            {"contributors": told, "distance": round(normal, 1)},
        )

    def _place(self, series: Series) -> int:
        """Where a series stands in the covariance; a new one comes last."""
        if series in self._names:
            return self._names.index(series)
        self._names.append(series)
        size = len(self._names)
        grown = np.eye(size)
        grown[: size - 1, : size - 1] = self._covariance
        self._covariance = grown
        return size - 1


def _inverse(covariance: np.ndarray) -> np.ndarray:
    ridged = covariance.copy()
    ridged.flat[:: len(ridged) + 1] += 0.1
    found: np.ndarray = np.linalg.inv(ridged)
    return found


INTERVALS = 5.0
"""Usual intervals without a word before a station is silent; and at least ``_LEAST``."""
_LEAST = 3_600_000_000
_LEARN = 10


@dataclass
class Silence:
    """No telemetry for much longer than usual; the usual interval is the running median of what came."""

    station: str
    averaging: str
    _last: int = 0
    _count: int = 0
    _interval: float = 0.0
    _on: bool = False

    @property
    def patience(self) -> float:
        """Microseconds after the last word from which the station is silent; infinite while too little is known."""
        return max(INTERVALS * self._interval, _LEAST) if self._count > _LEARN else math.inf

    def push(self, time: int) -> list[Signal]:
        """A word from the station: over with a silence, and a past one is told where there was none to tell it."""
        found: list[Signal] = []
        if self._count and time > self._last:
            gap = time - self._last
            if gap > self.patience:
                if not self._on:
                    found.append(self._told(self._last + int(self.patience)))
                found.append(Signal("silence", self._series, time, False, since=self._last))
            else:
                step = self._interval * 0.1 if self._count > 5 else abs(gap - self._interval)
                self._interval += math.copysign(min(step, abs(gap - self._interval)), gap - self._interval)
            self._on = False
        if time > self._last:
            self._count += 1
            self._last = time
        return found

    def overdue(self, now: int) -> bool:
        """Whether it is silent at ``now`` and nobody was told yet."""
        return not self._on and now - self._last > self.patience

    def waited(self, now: int) -> Signal | None:
        """The signal of a station that is silent at ``now``, the first time it is asked."""
        if not self.overdue(now):
            return None
        self._on = True
        return self._told(self._last + int(self.patience))

    @property
    def _series(self) -> Series:
        return (self.station, "", "", self.averaging)

    def _told(self, time: int) -> Signal:
        detail = {"interval_s": round(self._interval / 1e6), "last": self._last}
        return Signal("silence", self._series, time, True, 1, 0.9, None, None, self._last, detail)
