"""Beaches by geometric means of E. coli."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.beach import beach_grade, beach_rule, beach_weeks, beach_years
from clearbay.mine.frames import to_arrow
from clearbay.model.errors import BadInput
from tests.mine_rules.air import table

BEACH = packs.standard("hk.beach")
GRADES = [grade.id for grade in BEACH.grades]
Engine = Callable[[pa.Table], Any]


def _season(value: float, per_month: int = 3, station: str = "B") -> list[tuple[str, str, datetime, float]]:
    return [
        (station, "E_coli", datetime(2019, month, 2 + 7 * n), value) for month in range(1, 13) for n in range(per_month)
    ]


def test_ranks_turn_where_the_report_says() -> None:
    """24, 180 and 610 per 100 mL divide good, fair, poor and very poor."""
    means = (24, 24.4, 25, 180, 181, 610, 611)
    assert [beach_grade(mean, BEACH) for mean in means] == ["good", "good", "fair", "fair", "poor", "poor", "very_poor"]


@given(st.floats(1, 5000), st.floats(1, 5000))
def test_a_dirtier_beach_never_ranks_better(one: float, other: float) -> None:
    """Ranks never improve as the mean grows."""
    low, high = sorted((one, other))
    assert GRADES.index(beach_grade(high, BEACH)) >= GRADES.index(beach_grade(low, BEACH))


def test_only_march_to_october_counts(engine: Engine) -> None:
    """Winter samples change neither rank nor number; the objective asks for three samples in each of eight months."""
    rows = [row if 3 <= row[2].month <= 10 else (*row[:3], 90000.0) for row in _season(100.0)]
    found = to_arrow(beach_years(engine(table(rows)), BEACH)).to_pylist()
    assert [(row["rank"], row["n"], row["months"], row["bathing"]) for row in found] == [("fair", 24, 8, True)]
    assert found[0]["mean"] == pytest.approx(100.0)
    few = to_arrow(beach_years(engine(table(_season(100.0, 2))), BEACH)).to_pylist()
    assert (few[0]["months"], few[0]["bathing"], few[0]["rank"]) == (0, None, "fair")
    dirty = to_arrow(beach_years(engine(table(_season(200.0))), BEACH)).to_pylist()
    assert (dirty[0]["bathing"], dirty[0]["rank"]) == (False, "poor")


def test_the_mean_is_geometric(engine: Engine) -> None:
    """Ten and a thousand average to a hundred; a count of zero enters as half a count."""
    rows = [(*row[:3], 10.0 if n % 2 else 1000.0) for n, row in enumerate(_season(0.0, 4))]
    assert to_arrow(beach_years(engine(table(rows)), BEACH)).to_pylist()[0]["mean"] == pytest.approx(100.0)
    zeros = to_arrow(beach_years(engine(table(_season(0.0))), BEACH)).to_pylist()[0]
    assert zeros["mean"] == pytest.approx(0.5)


def test_a_week_is_the_five_most_recent_samplings() -> None:
    """The grade begins with the fifth sampling and forgets the first with the sixth."""
    counts = [1000.0, 10.0, 10.0, 10.0, 10.0, 10.0]
    rows = [("B", "E_coli", datetime(2019, 5, 1 + 5 * n), value) for n, value in enumerate(counts)]
    found = beach_weeks(table(rows[::-1]), BEACH).to_pylist()
    assert [round(row["mean"], 2) for row in found] == [25.12, 10.0]
    assert [row["grade"] for row in found] == ["fair", "good"]


def test_one_very_high_count_gives_the_worst_grade_and_is_marked() -> None:
    """Above 1600 in the latest sampling: very poor, marked, since that rule is unverified."""
    rows = [("B", "E_coli", datetime(2019, 5, 1 + n), value) for n, value in enumerate([5, 5, 5, 5, 1700.0])]
    row = beach_weeks(table(rows), BEACH).to_pylist()[0]
    assert (row["grade"], row["single"]) == ("very_poor", True)
    assert BEACH.parameters["single_sample_limit_confidence"] == "unverified"


def test_another_standard_says_nothing_of_beaches() -> None:
    """Only the pack of beaches has a rule for them."""
    with pytest.raises(BadInput, match="nothing of beaches"):
        beach_rule(packs.standard("cn.gb3097-1997"))
