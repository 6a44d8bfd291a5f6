"""Change between periods and trend over several."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.trend import change_by_grade, change_by_shares, spearman
from clearbay.model.errors import BadInput

RULE = packs.rule("cn.2011-22")
GRADES = [grade.id for grade in RULE.grades]


def test_steps_between_grades() -> None:
    """The same grade is no change, one step some, two or more marked; towards the worse it is worse."""
    assert [(c.direction, c.extent) for c in (
        change_by_grade("good", "good", GRADES, RULE), change_by_grade("light", "good", GRADES, RULE),
        change_by_grade("excellent", "light", GRADES, RULE),
    )] == [("same", "none"), ("better", "some"), ("worse", "marked")]  # fmt: skip


@pytest.mark.parametrize(
    ("good", "extent", "direction"), [(60, "none", "same"), (61, "some", "better"), (70, "some", "better"),
                                      (71, "marked", "better"), (39, "some", "worse"), (25, "marked", "worse")]
)  # fmt: skip
def test_bands_of_the_change_of_shares(good: int, extent: str, direction: str) -> None:
    """Up to 10 points is no change, up to 20 some, beyond it marked; all unverified, and said so."""
    change = change_by_shares({"II": 50, "IV": 50}, {"II": good, "IV": 100 - good}, RULE)
    assert (change.extent, change.direction, change.confidence) == (extent, direction, "unverified")


def test_the_worst_class_counts_against_the_good() -> None:
    """Five points more of class I to III and fifteen points less of worse than V are twenty points better."""
    change = change_by_shares({"II": 50, "V": 30, "V+": 20}, {"II": 55, "V": 40, "V+": 5}, RULE)
    assert change.amount == pytest.approx(20)


def test_a_trend_is_significant_at_the_critical_value() -> None:
    """Five periods in order have r = 1; one exchange of neighbours gives 0.9, still significant; two do not."""
    assert (spearman([1, 2, 3, 4, 5], RULE).coefficient, spearman([1, 2, 3, 4, 5], RULE).direction) == (1, "rising")
    assert spearman([2, 1, 3, 4, 5], RULE).direction == "rising"
    assert spearman([2, 1, 3, 5, 4], RULE).direction == "none"
    assert spearman([5, 4, 3, 2, 1], RULE).direction == "falling"
    assert spearman([1, 2, 3, 4, 5], RULE).confidence == "unverified"


def test_without_a_critical_value_nothing_is_significant() -> None:
    """Four periods are too few, eleven have no value in the pack: the coefficient is told, the verdict unknown."""
    assert (spearman([1, 2, 3, 4], RULE).direction, spearman([1, 2, 3, 4], RULE).critical) == ("unknown", None)
    assert spearman(list(range(11)), RULE).direction == "unknown"
    assert math.isnan(spearman([], RULE).coefficient)
    assert spearman([1, math.nan, 3, 4, 5], RULE).direction == "unknown"


@given(st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=10, unique=True), st.floats(0.1, 10), st.floats(-5, 5))
def test_a_trend_goes_by_rank_alone(values: list[float], scale: float, shift: float) -> None:
    """Another unit changes no trend; the series backwards has the opposite one."""
    moved = [value * scale + shift for value in values]
    if len(set(moved)) == len(values):
        assert spearman(moved, RULE) == spearman(values, RULE)
    assert spearman(values[::-1], RULE).coefficient == pytest.approx(-spearman(values, RULE).coefficient)


@given(st.lists(st.integers(0, 6), min_size=5, max_size=10))
def test_ties_share_their_mean_rank(values: list[int]) -> None:
    """The ranks of a series with ties are those of its sorted places, averaged."""
    ordered = sorted(values)
    ranks = [np.mean([i + 1 for i, other in enumerate(ordered) if other == value]) for value in values]
    apart = sum((rank - place) ** 2 for place, rank in enumerate(ranks, 1))
    count = len(values)
    assert spearman(values, RULE).coefficient == pytest.approx(1 - 6 * apart / (count**3 - count))


def test_an_unknown_grade_is_refused() -> None:
    """A grade that the rule does not know cannot have changed."""
    with pytest.raises(BadInput, match="no such grade"):
        change_by_grade("good", "splendid", GRADES, RULE)
