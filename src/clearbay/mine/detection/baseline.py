"""What a sensor should read now: the median of its accepted past, and how far it usually strays from that.

The baseline forgets nothing of a suspicious value because it never learns it: a value further than ``REFUSE`` scales
from the baseline is not taken in, so that an event does not become the new normal while it lasts. Only when a sensor
stays away for ``hold`` samples is it believed (a new regime: a pump switched, a probe replaced).

All columns are carried side by side and row after row, so that feeding a table in any number of pieces gives the same
figures to the last bit as feeding it at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

REFUSE = 5.0
"""Scales from the baseline beyond which a value is not learnt. Five robust standard deviations: one in two million of
normal noise, and still below what an event worth telling does."""

AFTERMATH = 0.1
"""Of a sensor's recent largest residual, that is taken off every later one: a probe that went through a strong event
comes back slowly, and its tail is no second event. The memory of the largest fades by ``_FADE`` a sample."""
_FADE = 0.99

_MAD = 1.4826
"""From median absolute deviation to standard deviation of normal noise."""

_RATE = 0.002
"""Relative step of the recursive scale (stochastic approximation of a median, Robbins and Monro 1951): some 500
samples of memory."""

_REFRESH = 24
"""The median is renewed ``window / _REFRESH`` samples apart: it cannot move much in between."""


def resolution(values: Floats) -> Floats:
    """The smallest step that each column (samples x columns) shows; the floor under its scale.

    A sensor that prints one decimal has no noise below it. A column that never moves gets a millionth of its size.
    """
    floors = np.empty(values.shape[1])
    for column in range(values.shape[1]):
        known = values[np.isfinite(values[:, column]), column]
        steps = np.abs(np.diff(known))
        moved = steps[steps > 0]
        size = float(np.abs(known).max()) if known.size else 1.0
        floors[column] = float(np.quantile(moved, 0.1)) if moved.size else max(size, 1.0) * 1e-6
    return floors


@dataclass
class Baseline:
    """Residuals of ``columns`` sensors against the median of their last ``window`` accepted samples.

    ``step`` is each sensor's resolution. Missing values (NaN) have a residual of 0 and teach nothing.
    """

    step: Floats
    window: int = 120
    hold: int = 300

    def __post_init__(self) -> None:
        columns = len(self.step)
        self._ring = np.full((self.window, columns), np.nan)
        self._next = np.zeros(columns, dtype=np.int64)
        self._refused = np.zeros(columns, dtype=np.int64)
        self._centre = np.full(columns, np.nan)
        self._scale = self.step * 2.0
        self._peak = np.zeros(columns)
        self._count = 0
        self._every = max(1, self.window // _REFRESH)

    @property
    def centre(self) -> Floats:
        """The value that each sensor should read now; NaN before its first."""
        return self._centre

    @property
    def scale(self) -> Floats:
        """One robust standard deviation of each sensor about its baseline."""
        return self._scale

    def push(self, values: Floats) -> Floats:
        """Signed residuals in scales of ``values`` (samples x columns), judged before they are learnt, less the
        aftermath of what went before."""
        found = np.zeros_like(values)
        columns = np.arange(values.shape[1])
        missing: npt.NDArray[np.bool_] = np.isnan(values)
        gaps: npt.NDArray[np.bool_] = np.asarray(missing.any(axis=1))
        ring, step, hold = self._ring, self.step, self.hold
        for row in range(len(values)):
            value = values[row]
            if gaps[row]:
                value = np.where(missing[row], self._centre, value)
            fresh: npt.NDArray[np.bool_] = np.isnan(self._centre)
            if fresh.any():
                self._centre = np.where(fresh, value, self._centre)
                ring[:, fresh] = value[fresh]
                if np.isnan(value).any():
                    value = np.where(np.isnan(value), 0.0, value)
            residual = (value - self._centre) / self._scale
            residual[np.isnan(residual)] = 0.0
            size = np.abs(residual)
            found[row] = np.copysign(np.maximum(size - AFTERMATH * self._peak, 0.0), residual)
            self._peak = np.maximum(size, self._peak * _FADE)
            away: npt.NDArray[np.bool_] = np.greater(size, REFUSE)
            self._refused = np.where(away, self._refused + 1, 0)
            taken: npt.NDArray[np.bool_] = ~away | (self._refused > hold)
            if gaps[row]:
                taken &= ~missing[row]
            ring[self._next[taken], columns[taken]] = value[taken]
            self._next[taken] = (self._next[taken] + 1) % self.window
            if self._count % self._every == 0:
                self._centre = np.median(ring, axis=0)
            spread = _MAD * np.abs(value - self._centre)
            spread[np.isnan(spread)] = 0.0
            moved = self._scale * (1.0 + _RATE * np.sign(spread - self._scale))
            self._scale = np.where(taken, np.maximum(moved, step), self._scale)
            self._count += 1
        return found
