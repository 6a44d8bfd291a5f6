"""Grids of probability."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.tracing import find_pulse
from clearbay.mine.tracing.literature import stem_length
from clearbay.mine.tracing.posterior import (
    Clean,
    Grid,
    Posterior,
    location_prior,
    quantiles,
    river_posterior,
    upstream_discharge,
)
from tests.mine_tracing.clouds import usual


def test_quantiles_of_a_known_density() -> None:
    """The 90 % interval of a log-normal reaches 1.645 spreads to either side."""
    logs = np.linspace(-6, 6, 400)
    estimate = quantiles(np.exp(logs), np.exp(-0.5 * logs**2))
    assert np.log([estimate.low, estimate.median, estimate.high]) == pytest.approx([-1.645, 0, 1.645], abs=0.01)


def test_a_kilometre_is_as_likely_as_the_next() -> None:
    """Per kilometre the prior is flat on the stem and falls beyond its length."""
    near, middle, beyond = (
        np.exp(location_prior(np.array([x]), 8.0))[0] / x for x in (1.0, 10.0, 6 * stem_length(8.0))
    )
    assert middle == pytest.approx(near, rel=0.02)
    assert beyond < 0.02 * near


def test_the_density_integrates_to_one() -> None:
    """Probability per km, over all km, is 1, and none lies downstream."""
    pulse = find_pulse(usual(20.0))
    assert pulse is not None
    posterior = Posterior((river_posterior([pulse], ()),))
    x = np.exp(np.linspace(np.log(0.01), np.log(5000), 20000))
    assert np.trapezoid(posterior.density(x), x) == pytest.approx(1.0, abs=0.01)
    assert posterior.density(np.array([-1.0]))[0] == 0


def test_a_section_that_saw_nothing_shuts_out_what_lies_above_it() -> None:
    """With a clean section 5 km upstream, watched all the time, the release lies below it."""
    pulse = find_pulse(usual(20.0))
    assert pulse is not None
    clean = Clean("above", 15.0, -1000.0, 1000.0)
    posterior = Posterior((river_posterior([pulse], (), clean=[clean]),))
    assert posterior.distance().high < 5.2
    unwatched = Posterior((river_posterior([pulse], (), clean=[Clean("above", 15.0, 900.0, 1000.0)]),))
    assert unwatched.distance().median > 10


def test_discharge_upstream_follows_the_growth_seen() -> None:
    """Where discharge grows downstream, the mean flow above the first section is less than at it, never below 30 %."""
    found = [find_pulse(usual(20.0, discharge=8.0)), find_pulse(usual(30.0, discharge=10.0))]
    pulses = [pulse for pulse in found if pulse is not None]
    flows = upstream_discharge(pulses, np.array([10.0, 1000.0]))
    assert flows == pytest.approx([7.0, 2.4])


def test_mixtures_and_draws() -> None:
    """A mixture's median lies in the heavier part, and draws keep the shares."""
    ones = np.ones((2, 2)) / 4
    low = Grid(np.array([1.0, 1.1]), np.array([1.0, 1.1]), ones)
    high = Grid(np.array([50.0, 51.0]), np.array([50.0, 51.0]), ones)
    posterior = Posterior((low, high), (0.7, 0.3))
    assert posterior.distance().median < 1.2
    assert posterior.distance().high > 49
    ages, _ = posterior.draw(np.random.default_rng(0), 2000)
    assert np.mean(ages > 10) == pytest.approx(0.3, abs=0.05)
