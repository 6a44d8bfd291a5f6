"""Which of the known outlets it was: each one's share of the posterior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearbay.mine.tracing.trace import Trace

PLACE_ERROR = 0.02
"""Least spread (logarithm of distance) given to an outlet's place, so that one between grid lines is not lost."""


@dataclass(frozen=True)
class Outlet:
    """A known outlet on the river: where, how likely beforehand, and when it is known to have discharged.

    ``prior`` is any weight (pollutant fingerprint, permit, history), 1 for an outlet like any other. ``start_h`` and
    ``end_h`` bound the discharge records on the samples' clock; None where there is no record.
    """

    id: str
    location_km: float
    prior: float = 1.0
    start_h: float | None = None
    end_h: float | None = None


@dataclass(frozen=True)
class Suspect:
    """An outlet with its probability among those given, and what speaks for it."""

    id: str
    probability: float
    distance_km: float
    place: float
    time: float
    within: bool


def rank(trace: Trace, outlets: Sequence[Outlet]) -> tuple[Suspect, ...]:
    """The outlets by probability, the likeliest first.

    ``place`` is the posterior density at the outlet (per km, over its greatest), ``time`` the share of the posterior at
    that distance within the hours of its records (1 without any), ``within`` whether it lies in the 90 % interval. An
    outlet below the first section has probability 0.
    """
    first = trace.pulses[0]
    distances, _ = trace.posterior.distances()
    greatest = float(trace.posterior.density(distances).max())
    found = []
    for outlet in outlets:
        distance = first.distance_km - outlet.location_km
        place = float(trace.posterior.density(np.array([distance]))[0]) / greatest
        when = _when(trace, outlet, distance) if place > 0 else 1.0
        found.append((outlet, distance, place, when, max(outlet.prior, 0.0) * place * when))
    total = sum(entry[4] for entry in found)
    ranked = [
        Suspect(
            outlet.id,
            weight / total if total > 0 else 0.0,
            distance,
            place,
            when,
            trace.distance_km.low <= distance <= trace.distance_km.high,
        )
        for outlet, distance, place, when, weight in found
    ]
    return tuple(sorted(ranked, key=lambda suspect: -suspect.probability))


def _when(trace: Trace, outlet: Outlet, distance: float) -> float:
    """Share of the posterior at this distance whose time of release lies within the outlet's records."""
    if outlet.start_h is None and outlet.end_h is None:
        return 1.0
    start = -np.inf if outlet.start_h is None else outlet.start_h
    end = np.inf if outlet.end_h is None else outlet.end_h
    inside = total = 0.0
    for grid, share in zip(trace.posterior.grids, trace.posterior.shares, strict=True):
        logs = np.log(grid.distance_km)
        near = np.exp(-0.5 * ((logs - np.log(distance)) / max(float(logs[1] - logs[0]), PLACE_ERROR)) ** 2)
        by_age = share * grid.weight @ near
        release = trace.pulses[0].peak_h - grid.age_h
        total += float(by_age.sum())
        inside += float(by_age[(release >= start) & (release <= end)].sum())
    return inside / total if total > 0 else 0.0
