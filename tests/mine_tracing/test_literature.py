"""The numbers taken from others."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.tracing.literature import (
    FACTS,
    UNIT_PEAK,
    UNIT_PEAK_DECLINE,
    lead,
    peak_velocity,
    stem_length,
    typical_velocity,
    width,
)


def test_velocity_reproduces_the_worked_example_of_the_report() -> None:
    """1,068 m3/s, of 730 m3/s a year, from 48,000 km2 run at 1.01 m/s, reach 104.8 km after 28.8 h, edge at 25.6 h."""
    velocity = peak_velocity(1068.0, 48_000.0, 730.0)
    assert round(velocity, 2) == 1.01
    hours = 104.8e3 / velocity / 3600
    assert round(hours, 1) == 28.8
    assert float(lead(np.array(hours))) == pytest.approx(hours - 25.6, abs=0.1)


def test_unit_peak_of_the_worked_example() -> None:
    """At 28.8 h and 1.46 times the mean flow the unit peak is 71.9e-6 /s: the exponent carries (Q/Qa)^-0.079."""
    exponent = UNIT_PEAK_DECLINE.value * 1.463**-0.079
    assert pytest.approx(71.9, rel=0.01) == UNIT_PEAK.value * 28.8**-exponent


def test_runoff_nearly_cancels_from_the_velocity() -> None:
    """Velocity from discharge alone changes by under 12 % over a tenfold range of runoff."""
    speeds = [peak_velocity(8.0, 8.0 / runoff, 8.0) for runoff in (0.003, 0.03)]
    assert abs(speeds[0] / speeds[1] - 1) < 0.12
    assert speeds[1] < float(typical_velocity(np.array(8.0))) < speeds[0]


def test_width_is_the_reciprocal_of_the_unit_peak() -> None:
    """An hour after a release the width is 1e6 / 857 seconds."""
    assert float(width(np.array(1.0))) * 3600 == pytest.approx(1e6 / 857)


def test_lead_is_eleven_hundredths_of_an_old_cloud() -> None:
    """From a day on, the leading edge runs ahead by 11 % of the age; a young cloud by more."""
    assert float(lead(np.array(50.0))) == pytest.approx(5.5)
    assert float(lead(np.array(3.0))) > 0.33


def test_stem_grows_with_discharge() -> None:
    """A river of 8 m3/s drains some 700 km2, so its main stem is some 65 km."""
    assert stem_length(8.0) == pytest.approx(66, abs=5)
    assert stem_length(80.0) > stem_length(8.0)


def test_every_fact_carries_source_and_confidence() -> None:
    """No number without a source and a confidence, and no judgement that calls itself more than low."""
    for fact in FACTS:
        assert fact.source
        assert fact.meaning
        assert fact.confidence in ("high", "medium", "low")
        if "judgement" in fact.source:
            assert fact.confidence == "low"
