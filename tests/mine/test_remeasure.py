"""When water counts as clean again, and when it has come back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.mine.remeasure import Result, judge, rebound, word
from clearbay.model.case import Limit
from clearbay.model.playbook import Origin, Remeasure

BEGIN = datetime(2026, 3, 1)
AT_MOST, AT_LEAST = Limit("le", 1.0, "mg/L"), Limit("ge", 5.0, "mg/L")
RULE = Remeasure(3, 24.0, Origin())


@pytest.mark.parametrize(
    ("value", "censoring", "limit", "said"),
    [
        (1.0, "", AT_MOST, "within"), (1.01, "", AT_MOST, "beyond"), (0.5, "<", AT_MOST, "within"),
        (2.0, "<", AT_MOST, "open"), (2.0, ">", AT_MOST, "beyond"), (0.5, ">", AT_MOST, "open"),
        (5.0, "", AT_LEAST, "within"), (4.9, "", AT_LEAST, "beyond"), (4.0, "<", AT_LEAST, "beyond"),
        (6.0, "<", AT_LEAST, "open"), (6.0, ">", AT_LEAST, "within"), (4.0, ">", AT_LEAST, "open"),
    ],
)  # fmt: skip
def test_a_censored_result_says_only_what_it_can(value: float, censoring: str, limit: Limit, said: str) -> None:
    """Below a detection limit that lies above the limit nothing is known."""
    assert word(Result(BEGIN, value, censoring), limit) == said


results = st.lists(
    st.builds(
        Result,
        st.integers(0, 200).map(lambda hours: BEGIN + timedelta(hours=hours)),
        st.sampled_from([0.2, 0.9, 1.5, 4.0]),
        st.sampled_from(["", "", "", "<", ">"]),
        st.sampled_from([1, 2, 3, 4, 9]),
    ),
    max_size=14,
    unique_by=lambda one: one.time,
)


@given(results)
def test_clean_means_the_newest_in_a_row(found: list[Result]) -> None:
    """Clean: three good results over a day at least, none beyond since the first; the order given is nothing."""
    verdict = judge(found, AT_MOST, RULE)
    assert verdict == judge(list(reversed(found)), AT_MOST, RULE)
    if verdict.clean:
        first, last = verdict.run[0].time, verdict.run[-1].time
        assert len(verdict.run) >= 3
        assert last - first >= timedelta(hours=24)
        assert not any(one.time >= first and one.flag in (1, 2, 3) and word(one, AT_MOST) == "beyond" for one in found)
    assert all(one.flag in (1, 2) for one in verdict.run)


@given(results)
def test_another_exceedance_is_never_cleaner(found: list[Result]) -> None:
    """A newer result beyond the limit ends every clean row."""
    newest = Result(BEGIN + timedelta(hours=300), 9.0, "", 1)
    assert not judge([*found, newest], AT_MOST, RULE).clean


@given(results, st.integers(1, 4))
def test_a_rebound_takes_as_many_good_results_as_asked(found: list[Result], times: int) -> None:
    """Suspect and failed results neither make nor hide a rebound."""
    beyond = [one for one in found if one.flag in (1, 2) and word(one, AT_MOST) == "beyond"]
    assert len(rebound(found, AT_MOST, times)) == (times if len(beyond) >= times else 0)
