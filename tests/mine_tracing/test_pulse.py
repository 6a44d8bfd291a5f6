"""What one curve says."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.tracing import Curve, find_pulse, make_curve
from clearbay.mine.tracing.literature import typical_velocity, width
from clearbay.mine.tracing.pulse import Pulse
from tests.mine_tracing.clouds import usual

AGE = 20 / 3.6 / float(typical_velocity(np.array(8.0)))


def read(curve: Curve) -> Pulse:
    """The pulse that must be there."""
    pulse = find_pulse(curve)
    assert pulse is not None
    return pulse


def cut(curve: Curve, first_h: float = -np.inf, last_h: float = np.inf) -> Curve:
    """Only the samples between two times."""
    inside = (curve.time_h >= first_h) & (curve.time_h <= last_h)
    return make_curve(
        curve.section, curve.distance_km, curve.discharge_m3s, curve.time_h[inside], curve.concentration[inside]
    )


def test_measures_of_a_clean_curve() -> None:
    """Peak, width and dose of a finely sampled curve come back within 3 %."""
    pulse = read(usual(20.0))
    assert pulse.peak_h == pytest.approx(AGE, rel=0.01)
    assert pulse.width_h == pytest.approx(float(width(np.array(AGE))), rel=0.03)
    assert pulse.dose == pytest.approx(1000.0, rel=0.02)
    assert pulse.duration_h == 0
    assert pulse.complete


def test_background_is_taken_off() -> None:
    """A constant background, however high, changes neither width nor dose."""
    plain, raised = read(usual(20.0)), read(usual(20.0, background=50.0))
    assert raised.background == pytest.approx(50.0, rel=1e-3)
    assert raised.dose == pytest.approx(plain.dose, rel=0.05)
    assert raised.width_h == pytest.approx(plain.width_h, rel=0.05)


def test_noise_does_not_move_the_edge() -> None:
    """With noise of 4 % of the peak the lead still comes within its own spread of the clean one."""
    clean = read(usual(20.0, samples=80))
    for seed in range(5):
        noisy = read(usual(20.0, samples=80, noise=0.04, seed=seed))
        assert not np.isfinite(noisy.lead_h) or abs(np.log(noisy.lead_h / clean.lead_h)) < 3 * noisy.lead_spread


def test_cut_tail_is_completed_and_told() -> None:
    """A record that ends within the cloud keeps its dose within a fifth, with more doubt, and says so."""
    whole = usual(20.0)
    pulse = read(cut(whole, last_h=AGE + 1.2))
    assert pulse.dose == pytest.approx(1000.0, rel=0.2)
    assert pulse.dose_spread > 0
    assert any("ends within" in warning for warning in pulse.warnings)


def test_cut_front_is_told() -> None:
    """A record that begins within the cloud says so."""
    assert any("begins within" in warning for warning in read(cut(usual(20.0), first_h=AGE - 0.5)).warnings)


def test_unseen_peak_is_doubted() -> None:
    """A record that ends while still rising is used, with a width known within a factor of two only."""
    pulse = read(cut(usual(20.0, samples=200), last_h=AGE - 0.3))
    assert pulse.width_spread > 0.7
    assert not pulse.complete


def test_flat_top_means_a_lasting_release() -> None:
    """A release of 12 h is told as such, and read as the pulse at its beginning."""
    pulse = read(usual(20.0, lasting_h=12.0, samples=100))
    assert pulse.duration_h == pytest.approx(12.0, rel=0.15)
    assert pulse.peak_h == pytest.approx(AGE, abs=0.5)
    assert pulse.width_h == pytest.approx(float(width(np.array(AGE))), rel=0.3)
    assert any("flat" in warning for warning in pulse.warnings)


def test_the_larger_of_two_clouds_is_used() -> None:
    """Two clouds in one record: the larger is read, the other is told."""
    one = usual(20.0, samples=80)
    times = np.concatenate([one.time_h, one.time_h + 40])
    pulse = read(make_curve("A", 20, 8.0, times, np.concatenate([one.concentration, 0.6 * one.concentration])))
    assert pulse.peak_h == pytest.approx(AGE, rel=0.02)
    assert pulse.dose == pytest.approx(1000.0, rel=0.05)
    assert any("more than one pulse" in warning for warning in pulse.warnings)


def test_noise_alone_is_no_pulse() -> None:
    """Noise about a level, or too few samples, hold no pulse."""
    rng = np.random.default_rng(0)
    assert find_pulse(make_curve("A", 1, 1, range(40), 5 + 0.1 * rng.standard_normal(40))) is None
    assert find_pulse(make_curve("A", 1, 1, range(3), [0, 1, 0])) is None
    assert find_pulse(make_curve("A", 1, 1, range(20), np.zeros(20))) is None
