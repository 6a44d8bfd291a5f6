"""The one-velocity, one-dispersion solution: believed where it holds, and only there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from clearbay.mine.tracing import Curve, find_pulse
from clearbay.mine.tracing.uniform import UniformFit, fit_uniform
from tests.mine_tracing.clouds import fickian, usual


def fit(curves: Sequence[Curve]) -> UniformFit | None:
    """The fit of curves that all hold a pulse."""
    return fit_uniform(curves, [pulse for pulse in map(find_pulse, curves) if pulse is not None])


def test_exact_curves_give_exact_answers() -> None:
    """Without noise, age, distance, velocity, dispersion and dose come back to a thousandth."""
    found = fit([fickian(distance, noise=0.0) for distance in (15.0, 20.0)])
    assert found is not None
    assert found.velocity_ms == pytest.approx(0.5, rel=1e-3)
    assert found.dispersion_m2s == pytest.approx(20.0, rel=5e-3)
    assert found.doses == pytest.approx([1000.0, 1000.0], rel=1e-3)
    middle = found.grid.distance_km[len(found.grid.distance_km) // 2]
    assert middle == pytest.approx(5.0, rel=2e-3)


def test_other_shapes_are_refused() -> None:
    """Curves of the usual skewness, which this equation cannot keep, are not believed to be uniform."""
    assert fit([usual(20.0, noise=0.01), usual(30.0, noise=0.01, seed=1)]) is None


def test_a_change_of_velocity_is_refused() -> None:
    """Three sections between which the velocity changes do not make a uniform river."""
    curves = [fickian(15.0), fickian(20.0), fickian(30.0, velocity=0.6)]
    assert fit(curves) is None


def test_one_section_cannot_show_it() -> None:
    """One curve never proves a uniform river."""
    assert fit([fickian(15.0)]) is None


def test_intervals_keep_their_word() -> None:
    """Over 60 noisy generated cases, the 90 % spread of the distance covers the truth in 80 to 98 %."""
    covered = []
    for seed in range(60):
        found = fit([fickian(distance, seed=1000 * seed) for distance in (15.0, 20.0, 30.0)])
        if found is None:
            continue
        logs = np.log(found.grid.distance_km)
        weight = found.grid.weight.sum(axis=0)
        mean = np.average(logs, weights=weight)
        spread = np.sqrt(np.average((logs - mean) ** 2, weights=weight))
        covered.append(abs(np.log(5.0) - mean) < 1.645 * spread)
    assert len(covered) > 50
    assert 0.8 <= np.mean(covered) <= 0.98
