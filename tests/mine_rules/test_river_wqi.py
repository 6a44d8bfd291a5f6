"""Points and sums of Hong Kong's river index; its cut-points are unverified, its arithmetic is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine.frames import to_arrow
from clearbay.mine.river_wqi import points, river_wqi, river_wqi_means, river_wqi_samples, scored_items
from clearbay.model.errors import BadInput
from tests.mine_rules.air import table

RULE = packs.rule("hk.river-wqi")
DO, BOD, NH3 = scored_items(RULE)
Engine = Callable[[pa.Table], Any]


def test_points_of_each_item() -> None:
    """Every range of the table gives its points, its ends included; 30 % of oxygen counts 5."""
    assert [points(v, DO) for v in (91, 110, 71, 90, 111, 120, 51, 130, 31, 50, 30, 131, 0)] == [
        1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 5, 5
    ]  # fmt: skip
    assert [points(v, BOD) for v in (0, 3.0, 3.1, 5, 10, 10.1, 15, 15.1)] == [1, 1, 2, 2, 3, 4, 4, 5]
    assert [points(v, NH3) for v in (0.5, 0.6, 1, 2, 2.1, 3, 3.1)] == [1, 2, 2, 3, 4, 4, 5]


@given(st.floats(0, 300), st.sampled_from([DO, BOD, NH3]))
def test_every_value_has_points(value: float, item: Any) -> None:
    """After rounding the ranges leave no gap."""
    assert points(value, item) in (1, 2, 3, 4, 5)


@given(st.floats(0, 40), st.floats(0, 40), st.sampled_from([BOD, NH3]))
def test_more_pollution_never_has_fewer_points(one: float, other: float, item: Any) -> None:
    """Points grow with BOD5 and ammonia."""
    low, high = sorted((points(one, item), points(other, item))), sorted((one, other))
    assert [points(value, item) for value in high] == low


def test_a_sample_needs_all_three() -> None:
    """Three items sum to 3 to 15; without one there is no index."""
    assert river_wqi({"DO_sat": 100, "BOD5": 1, "NH3N": 0.1}, RULE) == (3, "excellent")
    assert river_wqi({"DO_sat": 20, "BOD5": 30, "NH3N": 9}, RULE) == (15, "very_bad")
    assert river_wqi({"DO_sat": 85, "BOD5": 4, "NH3N": 0.8}, RULE) == (6, "good")
    assert river_wqi({"DO_sat": 85, "BOD5": 4}, RULE) == (None, "")
    with pytest.raises(BadInput, match="no points"):
        scored_items(packs.rule("cn.tli"))


def test_samples_and_their_means_on_every_engine(engine: Engine) -> None:
    """Sums of samples, then the mean of a station, rounded to one decimal before it is graded."""
    samples = {
        ("a", 1): (100, 1, 0.1),
        ("a", 2): (85, 4, 0.8),
        ("a", 3): (85, 4, 0.8),
        ("b", 1): (20, 30, 9.0),
        ("b", 2): (50, 1, None),
    }
    rows = [
        (station, item.property, datetime(2020, 1, day), float(value))
        for (station, day), values in samples.items()
        for item, value in zip((DO, BOD, NH3), values, strict=True)
        if value is not None
    ]
    found = to_arrow(river_wqi_samples(engine(table(rows)), RULE)).sort_by(
        [("station", "ascending"), ("time", "ascending")]
    )
    assert found.column("wqi").to_pylist() == [3, 6, 6, 15]
    assert found.column("grade").to_pylist() == ["excellent", "good", "good", "very_bad"]
    assert found.column("points_DO_sat").to_pylist() == [1, 2, 2, 5]
    means = to_arrow(river_wqi_means(engine(found), RULE, by=["station"])).sort_by("station").to_pylist()
    assert means == [
        {"station": "a", "wqi": 5.0, "grade": "good", "n": 3},
        {"station": "b", "wqi": 15.0, "grade": "very_bad", "n": 1},
    ]
