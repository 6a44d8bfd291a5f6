"""Travel times along the ways of a network, and how measured stretches correct them.

The logarithm of the true velocity over a stretch is that which the network gives, plus a deviation that all its
velocities of one basis share, plus a field along the river with exponential memory. Peaks seen at two sections measure
the deviation of the stretch between them, and so correct the water above and below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.network.velocity import SPREADS
from clearbay.mine.tracing.celerity import mean_covariance, mean_variance
from clearbay.mine.tracing.literature import VELOCITY_MEMORY, VELOCITY_REACH

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stretch:
    """A stretch whose travel time was seen: from, to (km, growing downstream), deviation of the logarithm of the
    velocity from the network's, spread of that, and the network's own doubt there."""

    start_km: float
    end_km: float
    deviation: float
    spread: float
    doubt: float


def local_spread(doubt: Floats | float) -> Floats:
    """Scatter of places along a river, by how well its velocities are known: none where they were measured."""
    span = float(SPREADS[0] - SPREADS[-1])
    value: Floats = VELOCITY_REACH.value * np.clip((np.asarray(doubt) - SPREADS[-1]) / span, 0.0, 1.0)
    return value


def corrected(
    start_km: Floats, end_km: Floats, doubt: Floats, seen: Sequence[Stretch], discharge: float
) -> tuple[Floats, Floats]:
    """Mean and variance of the deviation of the logarithm of the velocity over stretches, given those seen."""
    memory = VELOCITY_MEMORY.value * float(np.sqrt(max(discharge, 1e-3)))
    length = np.maximum(end_km - start_km, 1e-6)
    local = local_spread(doubt)
    variance = doubt**2 + local**2 * mean_variance(length, memory)
    if not seen:
        return np.zeros(len(length)), variance
    starts, ends = np.array([one.start_km for one in seen]), np.array([one.end_km for one in seen])
    doubts = np.array([one.doubt for one in seen])
    own = local_spread(doubts)
    spans = np.maximum(ends - starts, 1e-6)
    gap = np.maximum(np.maximum(starts[:, None] - ends[None, :], starts[None, :] - ends[:, None]), 0.0)
    near = mean_covariance(spans[:, None], spans[None, :], gap, memory)
    np.fill_diagonal(near, mean_variance(spans, memory))
    among = np.outer(doubts, doubts) + np.outer(own, own) * near + np.diag([one.spread**2 for one in seen])
    apart = np.maximum(np.maximum(starts[None, :] - end_km[:, None], start_km[:, None] - ends[None, :]), 0.0)
    across = np.outer(doubt, doubts) + np.outer(local, own) * mean_covariance(
        length[:, None], spans[None, :], apart, memory
    )
    weight = np.linalg.solve(among, across.T).T
    mean = weight @ np.array([one.deviation for one in seen])
    return mean, np.maximum(variance - np.sum(weight * across, axis=1), 1e-4)
