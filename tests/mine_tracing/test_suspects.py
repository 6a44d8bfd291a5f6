"""Which outlet it was."""

from __future__ import annotations

import pytest

from clearbay.mine.tracing import Outlet, rank, trace
from tests.mine_tracing.clouds import fickian, usual


def test_the_true_outlet_leads() -> None:
    """Where the curves locate the release well, the outlet at its place is first, and shares sum to 1."""
    result = trace([fickian(distance) for distance in (15.0, 20.0, 30.0)])
    ranked = rank(result, [Outlet("far", 3.0), Outlet("true", 10.0), Outlet("near", 13.0), Outlet("below", 16.0)])
    assert ranked[0].id == "true"
    assert ranked[0].within
    assert sum(suspect.probability for suspect in ranked) == pytest.approx(1.0)
    assert next(suspect for suspect in ranked if suspect.id == "below").probability == 0


def test_records_of_the_time_count() -> None:
    """Of two outlets at one place, the one whose records cover the time of release is the likelier."""
    result = trace([usual(20.0), usual(30.0)])
    at = result.time_h
    ranked = rank(
        result, [Outlet("idle", 0.0, start_h=at.high + 50), Outlet("open", 0.0, start_h=at.low, end_h=at.high)]
    )
    assert ranked[0].id == "open"
    assert ranked[0].probability > 0.95


def test_priors_weigh() -> None:
    """A fingerprint three times as likely makes an outlet three times as probable at the same place."""
    ranked = rank(trace([usual(20.0)]), [Outlet("a", 0.0, prior=3.0), Outlet("b", 0.0)])
    assert ranked[0].id == "a"
    assert ranked[0].probability == pytest.approx(0.75)


def test_no_outlet_upstream_gives_no_suspect() -> None:
    """Outlets below the first section alone share no probability."""
    assert all(suspect.probability == 0 for suspect in rank(trace([usual(20.0)]), [Outlet("below", 25.0)]))
