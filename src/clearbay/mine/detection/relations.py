"""What the other sensors say a sensor should read: ridge regression of residuals on residuals.

When flow changes, redox and chlorine follow; what they do beyond that is news. Learnt on quiet rows, on residuals cut
at ``_CUT`` scales, so that a few wild rows do not draw the line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clearbay.mine.detection.baseline import Floats

_CUT = 10.0
_RIDGE = 0.01
"""Of the number of rows: shrinks a relation that few rows support."""


@dataclass(frozen=True)
class Relations:
    """``weights[j, k]``: how many scales sensor j moves for each scale of sensor k; the diagonal is 0."""

    weights: Floats

    @classmethod
    def learn(cls, residuals: Floats) -> Relations:
        """From quiet residuals (samples x sensors); fewer rows than twice the sensors teach nothing."""
        cut = np.clip(residuals, -_CUT, _CUT)
        count = cut.shape[1]
        weights = np.zeros((count, count))
        if count > 1 and len(cut) >= 2 * count:
            products = cut.T @ cut
            for sensor in range(count):
                others = [other for other in range(count) if other != sensor]
                left = products[np.ix_(others, others)] + _RIDGE * len(cut) * np.eye(count - 1)
                weights[sensor, others] = np.linalg.solve(left, products[others, sensor])
        return cls(weights)

    def unexplained(self, residuals: Floats) -> Floats:
        """What is left of each residual once the other sensors have had their say."""
        cut = np.clip(residuals, -_CUT, _CUT)
        left = residuals.copy()
        for other in range(residuals.shape[1]):  # one by one: a product of matrices rounds by how many rows it gets
            left -= cut[:, other, None] * self.weights[:, other]
        return left
