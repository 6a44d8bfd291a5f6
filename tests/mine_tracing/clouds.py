"""Generated clouds: curves whose truth is known."""

from __future__ import annotations

import numpy as np

from clearbay.mine.tracing import Curve, make_curve
from clearbay.mine.tracing.literature import typical_velocity, width
from clearbay.mine.tracing.pulse import _HEIGHT, _TIME

MODE = float(_TIME[_HEIGHT.argmax()])


def usual(
    distance_km: float,
    *,
    start_km: float = 0.0,
    release_h: float = 0.0,
    discharge: float = 8.0,
    mass: float = 1000.0,
    samples: int = 60,
    background: float = 0.0,
    noise: float = 0.0,
    lasting_h: float = 0.0,
    loss: float = 0.0,
    seed: int = 0,
) -> Curve:
    """A curve exactly as the regressions have it: their velocity and width, the usual shape."""
    age = (distance_km - start_km) / 3.6 / float(typical_velocity(np.array(discharge)))
    own = float(width(np.array(age)))
    fine = np.linspace(max(age - 2.5 * own, 0.0), age + lasting_h + 9 * own, 4000)
    step = fine[1] - fine[0]
    pulse = np.interp((fine - age) / own + MODE, _TIME, _HEIGHT, left=0.0, right=0.0) / own
    count = max(round(lasting_h / step), 1)
    value = np.convolve(pulse, np.full(count, 1.0 / count))[: len(fine)]
    value *= mass * np.exp(-loss * age) / discharge / 3600.0
    times = np.linspace(fine[0], fine[-1], samples)
    rng = np.random.default_rng(seed)
    sampled = np.interp(times, fine, value)
    sampled = sampled + noise * value.max() * rng.standard_normal(samples) + background
    return make_curve(f"at {distance_km:g}", distance_km, discharge, times + release_h, sampled)


def fickian(
    distance_km: float,
    *,
    start_km: float = 10.0,
    velocity: float = 0.5,
    dispersion: float = 20.0,
    samples: int = 50,
    noise: float = 0.05,
    seed: int = 0,
) -> Curve:
    """A curve of the advection-dispersion equation, 1 kg released at hour 0 into 10 m3/s, noise of its own value."""
    away = (distance_km - start_km) * 1000.0
    age = away / velocity
    spread = np.sqrt(2 * dispersion * age) / velocity
    seconds = np.linspace(max(age - 4 * spread, 0.01 * age), age + 6 * spread, samples)
    value = np.exp(-((away - velocity * seconds) ** 2) / (4 * dispersion * seconds))
    value *= 1000.0 / (10.0 / velocity) / np.sqrt(4 * np.pi * dispersion * seconds)
    rng = np.random.default_rng(seed + int(distance_km * 10))
    return make_curve(
        f"at {distance_km:g}", distance_km, 10.0, seconds / 3600, value * (1 + noise * rng.standard_normal(samples))
    )
