"""Age from width and lead."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.tracing import Pulse, find_pulse
from clearbay.mine.tracing.literature import typical_velocity
from clearbay.mine.tracing.spread import age_likelihood
from tests.mine_tracing.clouds import usual

AGES = np.exp(np.linspace(np.log(0.5), np.log(300), 200))


def pulses(*distances: float) -> list[Pulse]:
    """Pulses at these distances."""
    found = [find_pulse(usual(distance)) for distance in distances]
    return [pulse for pulse in found if pulse is not None]


def spread(likelihood: np.ndarray) -> float:
    """Standard deviation of the logarithm of the age."""
    weight = np.exp(likelihood - likelihood.max())
    mean = np.average(np.log(AGES), weights=weight)
    return float(np.sqrt(np.average((np.log(AGES) - mean) ** 2, weights=weight)))


def test_the_likeliest_age_is_the_true_one() -> None:
    """Curves as the regressions have them are likeliest at about their own age."""
    true = 20 / 3.6 / float(typical_velocity(np.array(8.0)))
    best = AGES[age_likelihood(pulses(20.0, 30.0), AGES).argmax()]
    assert best == pytest.approx(true, rel=0.3)


def test_one_curve_tells_the_age_within_a_factor_of_two() -> None:
    """The scatter of rivers about the regression keeps one curve's age to a factor of about two."""
    assert 0.35 < spread(age_likelihood(pulses(20.0), AGES)) < 0.8


def test_growth_adds_knowledge() -> None:
    """A second curve narrows the age, one far below more than one close by."""
    one, near, far = (
        spread(age_likelihood(chosen, AGES)) for chosen in (pulses(20.0), pulses(20.0, 21.0), pulses(20.0, 60.0))
    )
    assert far < one
    assert far < near
