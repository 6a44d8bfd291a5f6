"""The simplest river: one velocity and one dispersion coefficient, fitted to the curves of two or more sections.

Real rivers do not keep it: their skewness does not decline downstream as this equation's must (González-Pinzón et al.
2013). So the fit is only believed when it explains every curve down to its noise: residuals small, without memory, and
no better for bending the shape. Where it is, location and time follow from the curves alone, with no prior from other
rivers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.celerity import KMH
from clearbay.mine.tracing.curve import Curve
from clearbay.mine.tracing.posterior import Grid
from clearbay.mine.tracing.pulse import Pulse

LARGEST_MISFIT = 0.12
"""Root mean square of the residuals over the peaks beyond which no noise is blamed."""
SMALLEST_MISFIT = 0.004
"""Misfit below which the memory of the residuals no longer matters: rounding has memory too."""
LARGEST_BEND = 5.0
"""F statistic of the bent shape beyond which the shape is wrong: beyond 99 % of what noise makes."""
FEWEST_POINTS = 12
WORST_SPREAD = 0.35
"""Spread of the logarithm of age or velocity beyond which the curves say less than the priors."""
CELLS = 121


@dataclass(frozen=True)
class UniformFit:
    """A believed fit: grid, velocity (m/s), dispersion (m2/s), dose at each section (unit times m3), misfit."""

    grid: Grid
    velocity_ms: float
    dispersion_m2s: float
    doses: NDArray[np.float64]
    misfit: float


@dataclass(frozen=True)
class _Samples:
    time: NDArray[np.float64]
    value: NDArray[np.float64]
    away: NDArray[np.float64]
    section: NDArray[np.intp]
    count: int


def fit_uniform(curves: Sequence[Curve], pulses: Sequence[Pulse]) -> UniformFit | None:
    """The fit of one velocity and dispersion to all curves, or None when the river does not keep to it."""
    if len(pulses) < 2 or any(pulse.duration_h > 0 for pulse in pulses):
        return None
    lag = pulses[-1].peak_h - pulses[0].peak_h
    length = pulses[-1].distance_km - pulses[0].distance_km
    if lag <= 0:
        return None
    samples = _gather(curves, pulses)
    if len(samples.time) < FEWEST_POINTS:
        return None
    weight = np.ones(len(samples.time))
    theta, model = _settle(_start(pulses, length / lag, lag), samples, weight)
    if _rms(samples.value - model) > LARGEST_MISFIT:
        return None
    for _ in range(2):
        shape = _shape(theta, samples)
        pulse = shape * _linear(shape, samples.value, weight, samples)[0][samples.section]
        weight = 1.0 / np.sqrt(_noise(samples.value - model, pulse))
        theta, model = _settle(theta, samples, weight)
    residual = (samples.value - model) * weight
    inside = (model > 0.02) | (samples.value > 0.05)
    count = np.count_nonzero(inside)
    misfit = _rms((samples.value - model)[inside]) if count else 1.0
    if misfit > LARGEST_MISFIT or count < FEWEST_POINTS:
        return None
    if misfit > SMALLEST_MISFIT and (
        _memory(residual, inside, samples) > 0.1 + 1.2 / np.sqrt(count) or _bend(theta, samples, weight) > LARGEST_BEND
    ):
        return None
    covariance = _covariance(theta, samples, weight, residual)
    if covariance is None or max(covariance[0, 0], covariance[1, 1]) > WORST_SPREAD**2:
        return None
    age, speed, spread = np.exp(theta[:3])
    amplitude, _ = _linear(_shape(theta, samples), samples.value, weight, samples)
    # The shape integrates to 1 over time, so that the factor is the area of the curve over its observed peak.
    doses = amplitude * np.array([pulse.peak * pulse.discharge_m3s for pulse in pulses]) * 3600.0
    return UniformFit(
        grid=_grid(theta, covariance),
        velocity_ms=float(speed / KMH),
        dispersion_m2s=float(spread**2 * speed**2 / (2.0 * age) * 1e6 / 3600.0),
        doses=doses,
        misfit=misfit,
    )


def _gather(curves: Sequence[Curve], pulses: Sequence[Pulse]) -> _Samples:
    """All samples, each curve over its own peak, time from the first peak."""
    times, values, aways, sections = [], [], [], []
    for index, (curve, pulse) in enumerate(zip(curves, pulses, strict=True)):
        times.append(curve.time_h - pulses[0].peak_h)
        values.append((curve.concentration - pulse.background) / pulse.peak)
        aways.append(np.full(len(curve.time_h), pulse.distance_km - pulses[0].distance_km))
        sections.append(np.full(len(curve.time_h), index))
    return _Samples(
        np.concatenate(times), np.concatenate(values), np.concatenate(aways), np.concatenate(sections), len(pulses)
    )


def _start(pulses: Sequence[Pulse], speed: float, lag: float) -> NDArray[np.float64]:
    """First guess from the growth of the squared widths, in proportion to age under this equation."""
    first, last = pulses[0].width_h, pulses[-1].width_h
    growth = max(last**2 / first**2 - 1.0, 0.05)
    return np.array([np.log(lag / growth), np.log(speed), np.log(first / 2.5), 0.0])


def _shape(theta: NDArray[np.float64], samples: _Samples) -> NDArray[np.float64]:
    """Concentration per unit dose; ``theta``: log age (h), log speed (km/h), log spread (h), time of the centre (h)."""
    age, speed, spread = np.exp(theta[:3])
    tau = np.maximum(samples.time - theta[3] + age, 1e-9 * age)
    growth = tau / age
    gap = samples.away / speed + age - tau
    value: NDArray[np.float64] = np.exp(-0.5 * (gap / spread) ** 2 / growth) / (spread * np.sqrt(2.0 * np.pi * growth))
    return value


def _linear(
    shape: NDArray[np.float64], value: NDArray[np.float64], weight: NDArray[np.float64], samples: _Samples
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Dose and background of each section that fit best for this shape: two linear unknowns, solved in closed form."""
    square = weight**2

    def total(term: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(samples.section, square * term, samples.count), dtype=np.float64)

    ones, one, two = total(np.ones_like(shape)), total(shape), total(shape * shape)
    value_one, value_two = total(value), total(value * shape)
    determinant = np.maximum(ones * two - one * one, 1e-300)
    dose = (ones * value_two - one * value_one) / determinant
    return dose, (value_one - dose * one) / ones


def _model(theta: NDArray[np.float64], samples: _Samples, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """The curves with each section's dose and background fitted: dilution and losses are not the question here."""
    shape = _shape(theta, samples)
    dose, background = _linear(shape, samples.value, weight, samples)
    return shape * dose[samples.section] + background[samples.section]


def _jacobian(theta: NDArray[np.float64], samples: _Samples, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    columns = []
    for index in range(len(theta)):
        step = np.zeros(len(theta))
        step[index] = 1e-5 * (np.exp(theta[2]) if index == 3 else 1.0)
        columns.append(
            (_model(theta + step, samples, weight) - _model(theta - step, samples, weight)) / (2.0 * step[index])
        )
    return np.stack(columns, axis=1)


def _settle(
    theta: NDArray[np.float64], samples: _Samples, weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Levenberg-Marquardt; ends when a step changes nothing worth having."""
    model = _model(theta, samples, weight)
    cost = float(np.sum(((samples.value - model) * weight) ** 2))
    damping = 1e-2
    for _ in range(40):
        slope = _jacobian(theta, samples, weight) * weight[:, None]
        normal = slope.T @ slope
        pull = slope.T @ ((samples.value - model) * weight)
        moved = False
        for _ in range(6):
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-12), pull)
            step = np.clip(step, -0.7, 0.7)
            trial = theta + step
            trial_model = _model(trial, samples, weight)
            trial_cost = float(np.sum(((samples.value - trial_model) * weight) ** 2))
            if np.isfinite(trial_cost) and trial_cost < cost:
                moved = True
                break
            damping *= 5.0
        if not moved:
            break
        gain = cost - trial_cost
        theta, model, cost, damping = trial, trial_model, trial_cost, max(damping * 0.2, 1e-9)
        if gain < 1e-7 * cost:
            break
    return theta, model


def _noise(residual: NDArray[np.float64], pulse: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance of each sample up to a factor: an even part and one in proportion to the squared value.

    Their ratio is the likeliest one given the residuals. It matters much: where noise is in proportion, the thin ends
    of the curves are as exact as the tops and hold most of what is known of the age.
    """
    ratios = np.exp(np.linspace(np.log(3e-4), np.log(10.0), 30))
    variance = ratios[:, None] ** 2 + pulse[None, :] ** 2
    scale = np.mean(residual[None, :] ** 2 / variance, axis=1)
    likelihood = -0.5 * np.sum(np.log(variance), axis=1) - 0.5 * len(pulse) * np.log(np.maximum(scale, 1e-300))
    best: NDArray[np.float64] = variance[int(likelihood.argmax())]
    return best


def _bend(theta: NDArray[np.float64], samples: _Samples, weight: NDArray[np.float64]) -> float:
    """F statistic of bending the shape: near 1 for noise, large where skewness or tails are not this equation's.

    Each section's curve is multiplied by Hermite polynomials up to the fourth order with free factors.
    """
    shape = _shape(theta, samples)
    age, speed, spread = np.exp(theta[:3])
    tau = np.maximum(samples.time - theta[3] + age, 1e-9 * age)
    score = (tau - age - samples.away / speed) / (spread * np.sqrt(tau / age))
    hermite = (score, score**2 - 1.0, score**3 - 3.0 * score, score**4 - 6.0 * score**2 + 3.0)
    terms = [shape, np.ones_like(shape)] + [shape * factor for factor in hermite]
    before = after = 0.0
    free = 0
    for index in range(samples.count):
        here = samples.section == index
        basis = np.stack([term[here] * weight[here] for term in terms], axis=1)
        goal = samples.value[here] * weight[here]
        for columns in (2, 6):
            part = basis[:, :columns] / np.maximum(np.linalg.norm(basis[:, :columns], axis=0), 1e-300)
            rest = goal - part @ np.linalg.lstsq(part, goal, rcond=None)[0]
            if columns == 2:
                before += float(rest @ rest)
            else:
                after += float(rest @ rest)
        free += int(np.count_nonzero(here & (shape > 1e-6 * shape[here].max())))
    added = 4 * samples.count - 4
    left = max(free - 6 * samples.count, 2)
    return (before - after) / added / max(after / left, 1e-300)


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _memory(residual: NDArray[np.float64], inside: NDArray[np.bool_], samples: _Samples) -> float:
    """Correlation of neighbouring residuals within the clouds: near 0 for noise, high where the shape is wrong."""
    pairs = inside[1:] & inside[:-1] & (samples.section[1:] == samples.section[:-1])
    if not pairs.any():
        return 1.0
    clipped = np.clip(residual, -4.0, 4.0)
    return float(np.mean(clipped[1:][pairs] * clipped[:-1][pairs]) / np.mean(clipped[inside] ** 2))


def _covariance(
    theta: NDArray[np.float64],
    samples: _Samples,
    weight: NDArray[np.float64],
    residual: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    slope = _jacobian(theta, samples, weight) * weight[:, None]
    freedom = max(len(residual) - 4 - 2 * samples.count, 4)
    scale = float(residual @ residual) / freedom
    try:
        covariance = np.asarray(np.linalg.inv(slope.T @ slope) * scale, dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    return covariance if np.all(np.isfinite(covariance)) and covariance[0, 0] > 0 else None


def _grid(theta: NDArray[np.float64], covariance: NDArray[np.float64]) -> Grid:
    """The Gaussian of the fit on the grid of distance and age that the other posterior uses."""
    age = np.exp(theta[0])
    # The release lies one age before the fitted centre; ages are told to the observed peak.
    age_at_peak = max(age - theta[3], 1e-3 * age)
    to_age = np.array([age / age_at_peak, 0.0, 0.0, -1.0 / age_at_peak])
    to_distance = np.array([1.0, 1.0, 0.0, 0.0])
    both = np.stack([to_age, to_distance]) @ covariance @ np.stack([to_age, to_distance]).T + 1e-6 * np.eye(2)
    gap_age = np.linspace(-5.0, 5.0, CELLS) * np.sqrt(both[0, 0])
    gap_distance = np.linspace(-5.0, 5.0, CELLS) * np.sqrt(both[1, 1])
    inverse = np.linalg.inv(both)
    weight = np.exp(
        -0.5 * inverse[0, 0] * gap_age[:, None] ** 2
        - inverse[0, 1] * gap_age[:, None] * gap_distance[None, :]
        - 0.5 * inverse[1, 1] * gap_distance[None, :] ** 2
    )
    return Grid(age_at_peak * np.exp(gap_age), np.exp(theta[0] + theta[1] + gap_distance), weight / weight.sum())
