"""Statistics of one series."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.mine.statistics import (
    arithmetic_mean,
    geometric_mean,
    multiple_over,
    percentile,
    share_within,
    substituted,
)

positive = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=30)


@given(positive, st.randoms())
def test_the_order_of_values_changes_nothing(values, random):
    """Means and percentiles do not depend on order, to the last bit."""
    shuffled = list(values)
    random.shuffle(shuffled)
    for statistic in (arithmetic_mean, geometric_mean, lambda series: percentile(series, 90)):
        assert statistic(values) == statistic(shuffled)


@given(positive)
def test_means_lie_between_the_extremes_and_the_geometric_below_the_arithmetic(values):
    """least <= geometric mean <= arithmetic mean <= most."""
    room = 1 + 1e-9
    assert min(values) <= geometric_mean(values) * room
    assert geometric_mean(values) <= arithmetic_mean(values) * room
    assert arithmetic_mean(values) <= max(values) * room


def test_below_detection_counts_half():
    """``<L`` enters as L/2, ``>U`` as U."""
    assert substituted([2.0, 2.0, 2.0], ["<", ">", ""]).tolist() == [1.0, 2.0, 2.0]
    assert arithmetic_mean([2.0, 5.0], ["<", ""]) == 3.0
    assert geometric_mean([2.0, 4.0], ["<", ""]) == pytest.approx(2.0)


def test_a_percentile_is_interpolated_between_ranks():
    """Rank 1 + (n - 1) p: of 1, 2, 3, 4 the 90th percentile is 3.7."""
    assert percentile([4, 3, 2, 1], 90) == pytest.approx(3.7)
    assert percentile([5], 98) == 5


def test_an_empty_series_has_no_statistic():
    """Nothing in, not a number out."""
    assert all(math.isnan(f([])) for f in (arithmetic_mean, geometric_mean, share_within))
    assert math.isnan(percentile([], 50))


def test_a_multiple_is_counted_above_the_limit_only():
    """At the limit there is no multiple."""
    assert multiple_over(6.0, 6.0) is None
    assert multiple_over(7.2, 6.0) == pytest.approx(0.2)
