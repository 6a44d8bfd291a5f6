from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clearbay.mine.detection.threshold import Threshold, alarms, at_rate, by_labels, by_rate, runs, skill


def test_an_alarm_holds_until_the_lower_mark() -> None:
    """It begins at the upper mark and ends below the lower one."""
    score = np.array([0, 5, 3, 2.5, 1, 3, 5.0])
    assert alarms(score, Threshold(4, 2)).tolist() == [False, True, True, True, False, False, True]


@given(st.lists(st.floats(0, 10), max_size=40), st.integers(0, 40), st.booleans())
def test_alarms_may_be_cut(score: list[float], cut: int, on: bool) -> None:
    """Hysteresis carried over a cut is hysteresis."""
    whole = alarms(np.array(score), Threshold(6, 3), on)
    first = alarms(np.array(score[:cut]), Threshold(6, 3), on)
    second = alarms(np.array(score[cut:]), Threshold(6, 3), bool(first[-1]) if len(first) else on)
    assert np.concatenate([first, second]).tolist() == whole.tolist()


def test_alarms_are_counted_as_runs() -> None:
    """Two runs outside every event are two false alarms, however long; an event half met is met."""
    labels = np.array([0, 0, 1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    alarmed = np.array([1, 0, 0, 1, 1, 1, 0, 1, 1, 1], dtype=bool)
    reached = skill(labels, alarmed, 2.0)
    assert (reached.recall, reached.false_per_week, reached.delay) == (1.0, 1.0, 1.0)
    assert reached.f1 == 2 * 2 / (3 + 7)
    assert runs(alarmed).tolist() == [[0, 1], [3, 6], [7, 10]]


def test_the_threshold_keeps_to_the_alarms_allowed() -> None:
    """Without labels no more alarms than allowed are raised in the time learnt from."""
    score = np.random.default_rng(3).exponential(size=5000)
    quiet = np.ones(5000, dtype=bool)
    threshold = by_rate(score, quiet, weeks=5.0, per_week=1.0, gap=0.5)
    assert len(runs(alarms(score, threshold))) <= 5


def test_a_perfect_score_is_cut_perfectly() -> None:
    """Where a score separates, the threshold separates too, and no alarm is false."""
    labels = np.zeros(2000, dtype=bool)
    labels[500:540] = labels[1500:1520] = True
    score = labels * 10 + np.random.default_rng(1).random(2000)
    threshold, reached = by_labels(score, labels, (0.0,))
    assert reached > 0.95
    assert skill(labels, alarms(score, threshold), 1.0).recall == 1.0
    assert at_rate(labels, score, 1.0, 1.0, 0.0).recall == 1.0
