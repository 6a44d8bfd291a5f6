"""Velocity of the water above the first section."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.tracing import Reach, Velocity, find_pulse
from clearbay.mine.tracing.celerity import measured_reaches, stretch_velocity
from clearbay.mine.tracing.literature import typical_velocity
from tests.mine_tracing.clouds import usual

START, END, FLOW = np.array([0.0]), np.array([20.0]), np.array([8.0])


def test_peaks_measure_the_reach_between() -> None:
    """The velocity of a reach is its length over the time between the peaks."""
    found = [find_pulse(usual(distance)) for distance in (20.0, 30.0)]
    reaches, warnings = measured_reaches([pulse for pulse in found if pulse is not None])
    assert reaches[0].velocity_ms == pytest.approx(float(typical_velocity(np.array(8.0))), rel=0.03)
    assert not warnings


def test_peaks_in_the_wrong_order_are_told() -> None:
    """A downstream peak before the upstream one measures nothing and is told."""
    found = [find_pulse(usual(20.0)), find_pulse(usual(25.0, release_h=-15.0))]
    reaches, warnings = measured_reaches([pulse for pulse in found if pulse is not None])
    assert not reaches
    assert "precedes" in warnings[0]


def test_without_measurement_the_discharge_decides() -> None:
    """Unmeasured, the velocity is the regression's, within a factor of about 1.6."""
    mean, variance = stretch_velocity(START, END, FLOW, ())
    assert np.exp(mean[0]) == pytest.approx(float(typical_velocity(FLOW)[0]))
    assert 0.4 < np.sqrt(variance[0]) < 0.55


def test_a_measured_reach_pulls_and_narrows() -> None:
    """A measured reach halves the doubt about its neighbour and pulls it most of the way."""
    before = stretch_velocity(START, END, FLOW, ())
    mean, variance = stretch_velocity(START, END, FLOW, (Reach(20.0, 30.0, 0.8, 0.03, 8.0),))
    assert variance[0] < 0.35 * before[1][0]
    assert np.exp(before[0][0]) < np.exp(mean[0]) < 0.8
    assert np.exp(mean[0]) > 0.6


def test_near_reaches_tell_more_than_far_ones() -> None:
    """The doubt grows with the gap to the measured reach."""
    near, far = (
        stretch_velocity(START, END, FLOW, (Reach(begin, begin + 5.0, 0.5, 0.03, 8.0),))[1][0] for begin in (20.0, 80.0)
    )
    assert near < far


def test_a_known_velocity_replaces_all() -> None:
    """A calibrated velocity is taken as given, with its own error."""
    mean, variance = stretch_velocity(START, END, FLOW, (Reach(20, 30, 0.9, 0.03, 8.0),), Velocity(0.5, 0.1))
    assert np.exp(mean[0]) == pytest.approx(0.5)
    assert np.sqrt(variance[0]) == pytest.approx(0.1)
