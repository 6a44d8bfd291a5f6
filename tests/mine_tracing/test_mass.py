"""How much was released."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clearbay.mine.tracing import trace
from tests.mine_tracing.clouds import usual


def test_conservative_mass_comes_back() -> None:
    """Two sections that pass the same dose say so, within the error of a gauging."""
    mass = trace([usual(20.0), usual(40.0)]).mass
    assert mass is not None
    assert mass.median == pytest.approx(1000.0, rel=0.15)
    assert mass.low < 1000.0 < mass.high


def test_losses_widen_the_interval_upward() -> None:
    """Where the dose falls downstream, the release was more than either section saw, and the truth is covered."""
    result = trace([usual(20.0, loss=0.03), usual(60.0, loss=0.03)])
    assert result.mass is not None
    assert result.mass.median > 1.2 * result.pulses[0].dose
    assert result.mass.low < 1000.0 < result.mass.high
    assert result.loss_rate_h == pytest.approx(0.03, rel=0.6)
    assert any("lost on the way" in warning for warning in result.warnings)


def test_one_section_leaves_the_loss_open() -> None:
    """One section says that it cannot know losses, and its interval reaches further up than down."""
    result = trace([usual(60.0)])
    assert result.mass is not None
    assert any("losses" in warning for warning in result.warnings)
    up, down = result.mass.high / result.mass.median, result.mass.median / result.mass.low
    assert up > 1.2 * down


def test_growing_dose_is_told() -> None:
    """A dose that grows downstream is named: a second source, or wrong discharge or calibration."""
    upper, lower = usual(20.0), usual(30.0)
    result = trace([upper, replace(lower, concentration=3 * lower.concentration)])
    assert any("grows" in warning for warning in result.warnings)


def test_no_discharge_no_mass() -> None:
    """Without discharge there is a place and a time but no mass."""
    result = trace([replace(usual(distance), discharge_m3s=np.nan) for distance in (20.0, 30.0)])
    assert result.mass is None
    assert np.isfinite(result.location_km.median)
    assert any("mass cannot be told" in warning for warning in result.warnings)
