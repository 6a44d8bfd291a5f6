"""The level of every sensor against what the others read: for plants whose sensors move together and keep their place.

A short baseline forgets; an offset that lasts for days is soon its normal. Here a sensor's value (in its own robust
scale) is held against a ridge regression on all the others, learnt from quiet rows. That is sharp where relations
hold, and worthless where sensors drift apart, so whoever uses it first looks whether it held in blocks of time it was
not learnt from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clearbay.mine.detection.baseline import Floats

_CUT = 8.0
_RIDGE = 0.01
"""Of the number of rows."""
_MOST = 40_000
"""Rows that are learnt from at most, evenly spread."""


@dataclass(frozen=True)
class Levels:
    """Median and robust scale of each sensor, ``weights[j, k]`` of sensor k for j, and the scale of what is left."""

    centre: Floats
    scale: Floats
    weights: Floats
    left: Floats

    @classmethod
    def learn(cls, values: Floats) -> Levels:
        """From quiet rows (samples x sensors; NaN where a sensor is silent)."""
        rows = values[:: max(len(values) // _MOST, 1)]
        count = values.shape[1]
        with np.errstate(all="ignore"):
            centre = np.nan_to_num(_median(rows))
            scale = 1.4826 * np.nan_to_num(_median(np.abs(rows - centre)))
            # A sensor that stands still most of the time: its standard deviation is what it moves by.
            plain = np.nan_to_num(np.nanstd(rows, axis=0)) if len(rows) else np.ones(count)
        scale = np.where(scale > 1e-9 * np.maximum(np.abs(centre), 1e-12), scale, plain)
        scale = np.where(scale > 0.0, scale, 1.0)
        scaled = _scaled(rows, centre, scale)
        weights = np.zeros((count, count))
        if count > 1 and len(rows) >= 2 * count:
            products = scaled.T @ scaled + _RIDGE * len(rows) * np.eye(count)
            # All regressions of one on the others from one inverse.
            inverse = np.linalg.inv(products)
            weights = -inverse / np.diag(inverse)[:, None]
            np.fill_diagonal(weights, 0.0)
        rest = scaled - scaled @ weights.T
        left = 1.4826 * np.median(np.abs(rest), axis=0) if len(rest) else np.ones(count)
        return cls(centre, scale, weights, np.where(left > 1e-3, left, 1e-3))

    def unexplained(self, values: Floats) -> Floats:
        """What the others do not explain of each sensor, in scales of its quiet."""
        scaled = _scaled(values, self.centre, self.scale)
        rest = scaled.copy()
        for other in range(values.shape[1]):  # one by one: a product of matrices rounds by how many rows it gets
            rest -= scaled[:, other, None] * self.weights[:, other]
        found: Floats = np.where(np.isfinite(values), rest / self.left, 0.0)
        return found


def _scaled(values: Floats, centre: Floats, scale: Floats) -> Floats:
    found: Floats = np.clip(np.nan_to_num((values - centre) / scale), -_CUT, _CUT)
    return found


def _median(values: Floats) -> Floats:
    found: Floats = np.array([np.nanmedian(column) if np.isfinite(column).any() else 0.0 for column in values.T])
    return found
