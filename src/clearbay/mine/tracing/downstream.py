"""What the cloud will do next: when it reaches a place downstream, for how long, and how high it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.celerity import KMH, stretch_velocity
from clearbay.mine.tracing.literature import SECTION_SPREAD, UNIT_PEAK_DECLINE, VELOCITY_REACH
from clearbay.mine.tracing.posterior import INTERVAL, Estimate
from clearbay.mine.tracing.trace import Trace
from clearbay.model.errors import BadInput

DRAWS = 2000
PASSAGE = 2.0
"""Time of passage, to a tenth of the peak, over the width: Jobson's 2e6 over the unit peak, a triangle on its base."""


@dataclass(frozen=True)
class Passage:
    """The cloud at a place: its leading edge, peak and end (clock of the samples, h), and its peak concentration.

    ``peak`` is in the unit of the curves; None where no discharge is known.
    """

    distance_km: float
    arrival_h: Estimate
    peak_h: Estimate
    end_h: Estimate
    peak: Estimate | None


def passage(trace: Trace, distance_km: float, discharge_m3s: float | None = None, *, seed: int = 0) -> Passage:
    """The cloud at ``distance_km``, below the last section; ``discharge_m3s`` is the flow there.

    Velocity as in the inversion, conditioned on the measured reaches (or, from one section, on the posterior's own);
    the width grows as the unit peak declines, from the last width seen. ``seed`` fixes the draws.
    """
    last = trace.pulses[-1]
    length = distance_km - last.distance_km
    if length <= 0:
        raise BadInput(
            f"{distance_km:g} km is not below the last section ({last.distance_km:g} km)",
            mend="ask for places downstream of it",
        )
    draws = np.random.default_rng(seed)
    age, above = trace.posterior.draw(draws, DRAWS)
    reaches = trace.reaches
    if not reaches:
        # One section: the velocity above it is all there is; half its spread is the age's, so it is drawn, not fixed.
        mean = np.log(above / age / KMH)
        spread = np.full(DRAWS, VELOCITY_REACH.value)
    else:
        flow = np.array([discharge_m3s if discharge_m3s is not None else last.discharge_m3s])
        middle, variance = stretch_velocity(np.array([last.distance_km]), np.array([distance_km]), flow, reaches)
        mean, spread = np.full(DRAWS, middle[0]), np.full(DRAWS, np.sqrt(variance[0]))
    velocity = np.exp(mean + spread * draws.standard_normal(DRAWS))
    travel = length / velocity / KMH
    # Peaks in the wrong order must not make the cloud younger than at the first section.
    now = age + max(last.peak_h - trace.pulses[0].peak_h, 0.0)
    growth = (1.0 + travel / now) ** UNIT_PEAK_DECLINE.value
    growth = growth * np.exp(SECTION_SPREAD.value * draws.standard_normal(DRAWS) * np.minimum(travel / now, 1.0))
    width = last.width_h * growth
    lead = (last.lead_h if np.isfinite(last.lead_h) else 0.8 * last.width_h) * growth
    peak = last.peak_h + travel
    flow_there = discharge_m3s if discharge_m3s is not None else last.discharge_m3s
    height = None
    if np.isfinite(flow_there) and flow_there > 0 and np.isfinite(last.dose):
        rate = trace.loss_rate_h if np.isfinite(trace.loss_rate_h) else 0.0
        height = _estimate(last.dose * np.exp(-rate * travel) / (3600.0 * flow_there * width))
    return Passage(
        distance_km,
        arrival_h=_estimate(peak - lead),
        peak_h=_estimate(peak),
        end_h=_estimate(peak - lead + PASSAGE * width + trace.duration_h),
        peak=height,
    )


def _estimate(values: NDArray[np.float64]) -> Estimate:
    low, median, high = np.quantile(values, INTERVAL)
    return Estimate(float(median), float(low), float(high))
