"""How rare a residual is among the quiet past of its own sensor, as minus the decimal logarithm of its probability.

That puts sensors of any noise on one footing: a pump's flow that jumps every hour has a heavy tail and surprises
little, a chlorine probe that never moves surprises by its first step. Beyond the largest quiet residuals the tail is a
power law (Hill 1975, "A simple general approach to inference about the tail of a distribution", Ann. Statist. 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clearbay.mine.detection.baseline import Floats

TAIL = 0.002
"""Share of the quiet residuals that the power law is fitted to; at least ``_LEAST`` of them."""
_LEAST = 20
_STEEPEST = 0.02
"""A tail index below this would make any residual just beyond the quiet ones a certainty."""
MOST = 30.0
"""Surprise is cut here: rarer than once in the age of rivers says no more."""
_GRID = 512


@dataclass(frozen=True)
class Surprise:
    """The quiet distribution of each column's absolute residual: quantiles ``values`` at ``shares`` exceeding them,
    and from ``start`` on (exceeded by ``share``) a power law of index ``index``."""

    values: tuple[Floats, ...]
    shares: tuple[Floats, ...]
    start: Floats
    share: Floats
    index: Floats

    @classmethod
    def learn(cls, residuals: Floats) -> Surprise:
        """From quiet residuals (samples x columns)."""
        values, shares, start, share, index = [], [], [], [], []
        count = len(residuals)
        for column in range(residuals.shape[1]):
            ordered = np.sort(np.abs(residuals[:, column]))
            tail = min(max(_LEAST, round(TAIL * count)), count)
            if not count or ordered[-1] <= 0:
                values.append(np.zeros(1))
                shares.append(np.full(1, 1.0))
                start.append(1.0)
                share.append(1.0 / (count + 1))
                index.append(0.2)
                continue
            first = max(float(ordered[-tail]), 1e-9)
            hill = float(np.mean(np.log(np.maximum(ordered[-tail:], first) / first)))
            start.append(first)
            share.append(tail / count)
            index.append(max(hill, _STEEPEST))
            picked = np.unique(np.linspace(0, count - 1, _GRID).astype(np.int64))
            known = np.unique(ordered[picked])
            exceeding = (count - np.searchsorted(ordered, known, side="left") + 0.5) / (count + 1)
            values.append(known)
            shares.append(exceeding)
        return cls(tuple(values), tuple(shares), np.array(start), np.array(share), np.array(index))

    def of(self, residuals: Floats) -> Floats:
        """Surprise (0 and up) of residuals (samples x columns)."""
        found = np.empty_like(residuals)
        for column in range(residuals.shape[1]):
            size = np.abs(residuals[:, column])
            probability = np.interp(size, self.values[column], self.shares[column])
            beyond = size > self.start[column]
            ratio = np.maximum(size / self.start[column], 1.0)
            tail = self.share[column] * ratio ** (-1.0 / self.index[column])
            probability = np.where(beyond, tail, np.minimum(probability, 1.0))
            found[:, column] = np.minimum(-np.log10(np.maximum(probability, 10.0**-MOST)), MOST)
        return np.maximum(found, 0.0)
