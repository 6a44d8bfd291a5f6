"""How fast the river carries a peak: the velocity above the first section, given discharge and measured reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.literature import (
    VELOCITY_MEMORY,
    VELOCITY_REACH,
    VELOCITY_RIVER,
    typical_velocity,
)
from clearbay.mine.tracing.pulse import Pulse

KMH = 3.6
UNKNOWN_FLOW = 3.0
"""Discharge in m3/s assumed where none was measured; the velocity is then uncertain by a further factor."""
UNKNOWN_FLOW_SPREAD = 0.35


@dataclass(frozen=True)
class Velocity:
    """A velocity known from elsewhere (a calibrated model, a dye test): median in m/s, spread of its logarithm."""

    median_ms: float
    spread: float


@dataclass(frozen=True)
class Reach:
    """The water between two sections: from, to (km), velocity of the peak (m/s), spread of its logarithm, discharge."""

    start_km: float
    end_km: float
    velocity_ms: float
    spread: float
    discharge_m3s: float


def measured_reaches(pulses: Sequence[Pulse]) -> tuple[tuple[Reach, ...], tuple[str, ...]]:
    """The reaches whose velocity the peaks measure, and warnings about those that do not."""
    reaches: list[Reach] = []
    warnings: list[str] = []
    start = pulses[0]
    for end in pulses[1:]:
        lag = end.peak_h - start.peak_h
        error = float(np.hypot(start.peak_error_h, end.peak_error_h))
        if lag <= 2.0 * error:
            if lag < -2.0 * error:
                warnings.append(
                    f"the peak at section {end.section} precedes that at {start.section} upstream of it: "
                    "not one release, or clocks or distances are wrong"
                )
            else:
                warnings.append(
                    f"the peaks at sections {start.section} and {end.section} are too close to tell a velocity"
                )
            continue
        length = end.distance_km - start.distance_km
        reaches.append(
            Reach(
                start.distance_km,
                end.distance_km,
                length / lag / KMH,
                float(np.hypot(error / lag, 0.03)),
                float(np.nanmean([start.discharge_m3s, end.discharge_m3s]))
                if np.isfinite([start.discharge_m3s, end.discharge_m3s]).any()
                else float("nan"),
            )
        )
        start = end
    return tuple(reaches), tuple(warnings)


def mean_variance(length: NDArray[np.float64], memory: float) -> NDArray[np.float64]:
    """Variance of the mean over a length of a field of unit variance and exponential memory."""
    ratio = np.maximum(length / memory, 1e-6)
    value: NDArray[np.float64] = np.where(
        ratio < 1e-3, 1.0 - ratio / 3.0, 2.0 / ratio**2 * (ratio - 1.0 + np.exp(-ratio))
    )
    return value


def mean_covariance(
    first: NDArray[np.float64], second: NDArray[np.float64], gap: NDArray[np.float64], memory: float
) -> NDArray[np.float64]:
    """Covariance of the means over two lengths a gap apart."""
    value: NDArray[np.float64] = (
        memory**2 / (first * second) * np.exp(-gap / memory) * (1.0 - np.exp(-first / memory))
    ) * (1.0 - np.exp(-second / memory))
    return value


def _prior(discharge: NDArray[np.float64], known: Velocity | None) -> NDArray[np.float64]:
    if known is not None:
        return np.full(np.shape(discharge), np.log(known.median_ms))
    flow = np.where(np.isfinite(discharge), discharge, UNKNOWN_FLOW)
    logs: NDArray[np.float64] = np.log(typical_velocity(flow))
    return logs


def stretch_velocity(
    start_km: NDArray[np.float64],
    end_km: NDArray[np.float64],
    discharge: NDArray[np.float64],
    reaches: Sequence[Reach],
    known: Velocity | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of the logarithm of the velocity (m/s) over stretches that no measured reach overlaps.

    The logarithm of the velocity is the regression's, plus what is the river's own, plus a field along the river with
    exponential memory; measured reaches condition both. ``known`` replaces regression and river by a given velocity.
    """
    flow = float(np.nanmean(discharge)) if np.isfinite(discharge).any() else UNKNOWN_FLOW
    memory = VELOCITY_MEMORY.value * float(np.sqrt(max(flow, 1e-3)))
    river = known.spread**2 if known is not None else VELOCITY_RIVER.value**2
    if known is None and not np.isfinite(discharge).any():
        river += UNKNOWN_FLOW_SPREAD**2
    # A velocity known for the whole stretch leaves no local scatter: that is what knowing it means.
    local = VELOCITY_REACH.value**2 if known is None else 0.0
    length = np.maximum(end_km - start_km, 1e-6)
    mean = _prior(discharge, known)
    variance = river + local * mean_variance(length, memory)
    if known is not None or not reaches:
        return mean, np.broadcast_to(variance, mean.shape)
    starts = np.array([reach.start_km for reach in reaches])
    ends = np.array([reach.end_km for reach in reaches])
    spans = ends - starts
    gap = np.maximum(np.maximum(starts[:, None] - ends[None, :], starts[None, :] - ends[:, None]), 0.0)
    among = mean_covariance(spans[:, None], spans[None, :], gap, memory)
    np.fill_diagonal(among, mean_variance(spans, memory))
    among = river + local * among + np.diag([reach.spread**2 for reach in reaches])
    apart = np.maximum(np.maximum(starts[None, :] - end_km[:, None], start_km[:, None] - ends[None, :]), 0.0)
    across = river + local * mean_covariance(length[:, None], spans[None, :], apart, memory)
    weight = np.linalg.solve(among, across.T).T
    seen = np.log([reach.velocity_ms for reach in reaches]) - _prior(
        np.array([reach.discharge_m3s for reach in reaches]), known
    )
    return mean + weight @ seen, np.maximum(variance - np.sum(weight * across, axis=1), 1e-4)
