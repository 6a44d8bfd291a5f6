"""Where and when, as a grid of probability over distance upstream and age of the cloud."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.celerity import KMH, Reach, Velocity, stretch_velocity
from clearbay.mine.tracing.literature import STEM_SPREAD, stem_length, width
from clearbay.mine.tracing.pulse import Pulse
from clearbay.mine.tracing.spread import age_likelihood

INTERVAL = (0.05, 0.5, 0.95)
"""Quantiles told: a 90 % interval about the median."""
UNSEEN = -20.0
"""Log-probability of a cloud passing a watched section unseen."""
AGES, DISTANCES = 130, 180
"""Cells of the grid: 7 % in age and in distance, a fifth of the narrowest spread that the regressions allow."""


@dataclass(frozen=True)
class Estimate:
    """A median with its 90 % interval."""

    median: float
    low: float
    high: float

    def as_dict(self) -> dict[str, object]:
        """The shape that files and interfaces carry."""
        return {"median": self.median, "interval": [self.low, self.high]}


@dataclass(frozen=True)
class Clean:
    """A section that the cloud did not pass while somebody looked: place, and the hours watched."""

    section: str
    distance_km: float
    start_h: float
    end_h: float


@dataclass(frozen=True)
class Grid:
    """Probability over age at the first section (h) and distance upstream (km).

    ``weight[i, j]`` belongs to ``age_h[i]`` and ``distance_km[j]`` and sums to 1; both grids are even in the logarithm.
    """

    age_h: NDArray[np.float64]
    distance_km: NDArray[np.float64]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class Posterior:
    """What is known of distance and age: one or more grids, each with its share of the probability."""

    grids: tuple[Grid, ...]
    shares: tuple[float, ...] = (1.0,)

    def ages(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Ages (h) and their probabilities, of all grids."""
        return (
            np.concatenate([grid.age_h for grid in self.grids]),
            np.concatenate(
                [share * grid.weight.sum(axis=1) for grid, share in zip(self.grids, self.shares, strict=True)]
            ),
        )

    def distances(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Distances (km) and their probabilities, of all grids."""
        return (
            np.concatenate([grid.distance_km for grid in self.grids]),
            np.concatenate(
                [share * grid.weight.sum(axis=0) for grid, share in zip(self.grids, self.shares, strict=True)]
            ),
        )

    def distance(self) -> Estimate:
        """Distance from the release to the first section, km."""
        return quantiles(*self.distances())

    def age(self) -> Estimate:
        """Age of the cloud when its peak passes the first section, h."""
        return quantiles(*self.ages())

    def spread(self) -> float:
        """Standard deviation of the logarithm of the distance."""
        return deviation(*self.distances())

    def draw(self, rng: np.random.Generator, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Random pairs of age (h) and distance (km)."""
        ages, distances = [], []
        for grid, number in zip(self.grids, rng.multinomial(count, self.shares), strict=True):
            flat = grid.weight.ravel()
            cell = rng.choice(len(flat), number, p=flat / flat.sum())
            ages.append(grid.age_h[cell // grid.weight.shape[1]])
            distances.append(grid.distance_km[cell % grid.weight.shape[1]])
        return np.concatenate(ages), np.concatenate(distances)

    def density(self, distance_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability per km at distances upstream of the first section; 0 downstream of it."""
        asked = np.asarray(distance_km, dtype=float)
        total = np.zeros(asked.shape)
        above = asked > 0
        for grid, share in zip(self.grids, self.shares, strict=True):
            logs = np.log(grid.distance_km)
            height = grid.weight.sum(axis=0) / (logs[1] - logs[0])
            total[above] += share * np.interp(np.log(asked[above]), logs, height, left=0.0, right=0.0) / asked[above]
        return total


def quantiles(values: NDArray[np.float64], weight: NDArray[np.float64]) -> Estimate:
    """Median and 90 % interval of positive values with probabilities; between values, even in the logarithm."""
    order = np.argsort(values)
    sums = np.cumsum(weight[order])
    low, median, high = np.exp(np.interp(INTERVAL, (sums - 0.5 * weight[order]) / sums[-1], np.log(values[order])))
    return Estimate(float(median), float(low), float(high))


def deviation(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Standard deviation of the logarithm of values with probabilities."""
    logs, total = np.log(values), weight.sum()
    mean = float((logs * weight).sum() / total)
    return float(np.sqrt(((logs - mean) ** 2 * weight).sum() / total))


def location_prior(distance_km: NDArray[np.float64], discharge: float) -> NDArray[np.float64]:
    """Log-prior, per unit of log distance: a release is as likely on one kilometre of the main stem as on the next.

    The stem's length follows from the discharge by mean runoff and Hack's law, within a factor of two. Where nobody
    measured the discharge, every length is as likely as any other.
    """
    log_distance = np.log(distance_km)
    if not math.isfinite(discharge):
        return np.zeros_like(log_distance)
    beyond = (log_distance - math.log(stem_length(discharge))) / STEM_SPREAD.value
    reached = 0.5 * (1.0 - _erf(beyond / math.sqrt(2.0)))
    prior: NDArray[np.float64] = log_distance + np.log(np.maximum(reached, 1e-12))
    return prior


def _erf(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Error function to 1.5e-7 (Abramowitz and Stegun 7.1.26)."""
    t = 1.0 / (1.0 + 0.3275911 * np.abs(x))
    terms = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    value: NDArray[np.float64] = np.sign(x) * (1.0 - terms * np.exp(-x * x))
    return value


def river_posterior(
    pulses: Sequence[Pulse],
    reaches: Sequence[Reach],
    *,
    clean: Sequence[Clean] = (),
    known: Velocity | None = None,
    duration_h: float = 0.0,
) -> Grid:
    """Posterior from what rivers do: age from width and lead, velocity from discharge and measured reaches."""
    first = pulses[0]
    # Inverse of the width law, wide enough for four spreads of the age to either side.
    middle = float(np.interp(np.log(first.width_h), np.log(width(_AGES)), np.log(_AGES)))
    log_age = np.linspace(middle - 4.6, middle + 4.6, AGES)
    age = np.exp(log_age)
    likelihood = age_likelihood(pulses, age, duration_h)
    flows = np.array([pulse.discharge_m3s for pulse in pulses])
    speed = reaches[0].velocity_ms if reaches else None
    if known is not None:
        speed = known.median_ms
    centre = middle + np.log(KMH * (speed if speed is not None else 0.3))
    log_distance = np.linspace(centre - 6.0, centre + 6.0, DISTANCES)
    distance = np.exp(log_distance)
    mean, variance = stretch_velocity(
        first.distance_km - distance,
        np.full(DISTANCES, first.distance_km),
        upstream_discharge(pulses, distance),
        reaches,
        known,
    )
    log_velocity = log_distance[None, :] - log_age[:, None] - np.log(KMH)
    logs = (
        likelihood[:, None]
        + location_prior(distance, float(flows[0]))[None, :]
        - 0.5 * (log_velocity - mean) ** 2 / variance
        - 0.5 * np.log(variance)
    )
    logs = logs + _watched(first, age, distance, clean)
    weight = np.exp(logs - logs.max())
    return Grid(age, distance, weight / weight.sum())


_AGES = np.exp(np.linspace(np.log(1e-3), np.log(1e5), 400))


def upstream_discharge(pulses: Sequence[Pulse], distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean discharge between a place this far upstream and the first section, by the growth seen between sections."""
    flows = np.array([pulse.discharge_m3s for pulse in pulses])
    places = np.array([pulse.distance_km for pulse in pulses])
    known = np.isfinite(flows)
    if not known.any():
        return np.full(len(distance), np.nan)
    nearest = float(flows[known][0])
    growth = 0.0
    if np.count_nonzero(known) > 1:
        growth = max((flows[known][-1] - flows[known][0]) / (places[known][-1] - places[known][0]), 0.0)
    return np.maximum(nearest - 0.5 * growth * distance, 0.3 * nearest)


def _watched(
    first: Pulse, age: NDArray[np.float64], distance: NDArray[np.float64], clean: Sequence[Clean]
) -> NDArray[np.float64] | float:
    """Log-penalty where the cloud would have passed a section that saw nothing."""
    total: NDArray[np.float64] | float = 0.0
    for place in clean:
        between = first.distance_km - place.distance_km
        if between <= 0.0:
            continue
        share = np.where(distance > between, 1.0 - between / distance, np.nan)
        passing = first.peak_h - age[:, None] * (1.0 - share[None, :])
        seen = (distance[None, :] > between) & (passing > place.start_h) & (passing < place.end_h)
        total = total + np.where(seen, UNSEEN, 0.0)
    return total
