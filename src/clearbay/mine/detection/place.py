"""Detectors that watch all of a station: sensors that stray together, and silence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from clearbay.mine.detection.changes import Floats
from clearbay.mine.detection.signal import Series, Signal

_CUT = 8.0
_CALM = 9.0
"""Of d2 over the sensors, below which a moment is learnt: three standard deviations a sensor."""
_RATE = 0.02
_WARM = 60
BEGIN, END = 4.0, 2.0
"""Standard deviations of the (normalised) distance at which an anomaly begins, for ``_LASTS`` samples, and ends."""
_LASTS = 3
_EVERY = 8
"""Moments after which the covariance, which changes by 2 % a moment, is inverted anew."""


class Moment(NamedTuple):
    """What a station's sensors said at one time: their residuals, in scales of each one's own baseline, and values."""

    time: int
    series: tuple[Series, ...]
    residuals: Floats
    values: Floats

    def and_(self, other: Moment) -> Moment:
        """More sensors of the same time."""
        return Moment(
            self.time,
            self.series + other.series,
            np.concatenate([self.residuals, other.residuals]),
            np.concatenate([self.values, other.values]),
        )


@dataclass(slots=True)
class Together:
    """Mahalanobis distance of a station's residuals, with a covariance learnt as it goes.

    It tells what no sensor tells alone: values that are each possible but never together. The distance d2 over n
    sensors is put on a normal scale by Wilson and Hilferty (1931). Each sensor's share of d2 is told.
    """

    station: str
    _names: list[Series] = field(default_factory=list)
    _known: tuple[Series, ...] = ()
    _here: list[int] = field(default_factory=list)
    _whole: bool = False
    _inverse: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    _covariance: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    _count: int = 0
    _run: int = 0
    _on: bool = False
    _since: int = 0
    _start: int = 0

    def push(self, moment: Moment) -> Signal | None:
        """Judge one moment's residuals, then learn them if they are calm."""
        return together([(self, moment)])[0]

    def _meets(self, series: tuple[Series, ...]) -> int:
        """Find the sensors' places; returns how many there are, 0 where they are some of those known."""
        if series is not self._known and series != self._known:
            self._here = [self._place(one) for one in series]
            self._known = series
            self._whole = self._here == list(range(len(self._names)))
        return len(series) if self._whole else 0

    def _alone(self, moment: Moment) -> Signal | None:
        """As for many at once, where only some of the sensors spoke."""
        here = np.ix_(self._here, self._here)
        vector = _cut(moment.residuals)
        part = self._covariance[here]
        distance, shares = _distances(_inverses(part[None]), vector[None])
        if distance[0] / len(vector) < _CALM:
            learnt: Floats = _RATE * (np.multiply.outer(vector, vector) - part)
            self._covariance[here] += learnt
        return self._judged(moment, float(distance[0]), shares[0])

    def _judged(self, moment: Moment, distance: float, shares: Floats) -> Signal | None:
        self._count += 1
        if self._count <= _WARM:
            return None
        time, size = moment.time, len(shares)
        normal = ((distance / size) ** (1 / 3) - (1 - 2 / (9 * size))) / math.sqrt(2 / (9 * size))
        if normal >= BEGIN:
            self._run += 1
            if self._run == 1:
                self._start = time
        elif not self._on or normal < END:
            self._run = 0
        if not self._on and self._run >= _LASTS:
            self._on, self._since = True, self._start
        if not self._on:
            return None
        leading = moment.series[int(np.argmax(shares))]
        where = (self.station, "", "", leading[3])
        if normal < END:
            self._on = False
            return Signal("multivariate", where, time, False, since=self._since)
        told = {
            moment.series[place][1]: round(float(shares[place] / max(distance, 1e-9)), 2)
            for place in np.argsort(-shares)[:3].tolist()
            if shares[place] > 0
        }
        sure = round(max(min(0.99, 1.0 - 0.5 * math.erfc(normal / math.sqrt(2.0)) * 100), 0.5), 3)
        value = float(moment.values[int(np.argmax(shares))])
        detail = {"contributors": told, "distance": round(normal, 1)}
        return Signal(
            "multivariate", where, time, True, 1 + (normal >= 8.0), sure, value, None, self._since, detail
        )  # fmt: skip

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


def together(moments: Sequence[tuple[Together, Moment]]) -> list[Signal | None]:
    """Judge one moment each of several stations: what ``Together.push`` gives for each of them alone."""
    found: list[Signal | None] = [None] * len(moments)
    sizes: dict[int, list[int]] = {}
    for number, (one, moment) in enumerate(moments):
        if len(moment.series) < 2:
            one._meets(moment.series)
        elif size := one._meets(moment.series):  # nearly always: a station sends the same sensors each time
            sizes.setdefault(size, []).append(number)
        else:
            found[number] = one._alone(moment)
    for size, numbers in sizes.items():
        stations = [moments[number][0] for number in numbers]
        due = [one for one in stations if one._count % _EVERY == 0 or len(one._inverse) != size]
        if due:
            for one, inverse in zip(due, _inverses(np.stack([one._covariance for one in due])), strict=True):
                one._inverse = inverse.copy()
        vectors = _cut(np.concatenate([moments[number][1].residuals for number in numbers])).reshape(-1, size)
        distances, shares = _distances(np.stack([one._inverse for one in stations]), vectors)
        calm = np.flatnonzero(distances / size < _CALM).tolist()
        if calm:
            old = np.stack([stations[place]._covariance for place in calm])
            some = vectors[calm]
            learnt = _RATE * (some[:, :, None] * some[:, None, :] - old)
            for place, more in zip(calm, learnt, strict=True):
                stations[place]._covariance += more
        for number, one, distance, own in zip(numbers, stations, distances.tolist(), shares, strict=True):
            found[number] = one._judged(moments[number][1], distance, own)
    return found


def _cut(residuals: Floats) -> Floats:
    return np.minimum(np.maximum(residuals, -_CUT), _CUT)


def _distances(inverses: Floats, vectors: Floats) -> tuple[Floats, Floats]:
    """d2 of each vector, and what each of its numbers adds to it. Sums run along the last axis, in the same order
    however many there are."""
    shares = vectors * (inverses * vectors[:, None, :]).sum(axis=-1)
    return np.maximum(shares.sum(axis=-1), 0.0), shares


def _inverses(covariances: Floats) -> Floats:
    size = covariances.shape[-1]
    ridged = covariances.copy()
    ridged[:, np.arange(size), np.arange(size)] += 0.1
    return np.asarray(np.linalg.inv(ridged), dtype=np.float64)


INTERVALS = 5.0
"""Usual intervals without a word before a station is silent; and at least ``_LEAST``."""
_LEAST = 3_600_000_000
_LEARN = 10


@dataclass(slots=True)
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
