"""The verdicts of a file."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from clearbay import packs
from clearbay.mine.judge import REQUIRED, judge_hours, judge_samples, judge_station_years, local_text
from clearbay.mine.water_types import WaterType
from clearbay.model.errors import BadInput

from .standards import OBJECTIVES, SEA, SURFACE
from .tables import NEW_YEAR, readings
from .test_aqhi import CLEAN, NOON, hours, later
from .test_objectives import ROWS, ZONES

SAMPLES = pa.table(
    {
        "row": pa.array([2, 0, 1, 3], pa.int64()),
        "station": pa.array(["b", "a", "a", None], pa.string()),
        "time": pa.array([NEW_YEAR, NEW_YEAR, None, NEW_YEAR], pa.timestamp("us")),
        "depth": ["", "", "", ""],
    }
)


def table() -> pa.Table:
    rows = readings(("a", "TP", 0.03), ("a", "pH", 7.0), ("b", "CODMn", 15.1), ("b", "pH", 9.2))
    return rows.set_column(rows.column_names.index("row"), "row", pa.array([0, 0, 2, 2], pa.int64()))


def test_every_input_row_has_its_row_in_order():
    """One row for each input row, in its order; class and determinants empty where it cannot be judged."""
    types = {"a": WaterType("lake", "register"), "b": WaterType("river", "name")}
    found = judge_samples(table(), SAMPLES, SURFACE, water_types=types)
    assert found.column("row").to_pylist() == [0, 1, 2, 3]
    assert found.column("station").to_pylist() == ["a", "a", "b", None]
    assert found.column("class").to_pylist() == ["III", "", "V+", ""]
    assert found.column("determinants").to_pylist() == ["TP", "", "pH;CODMn", ""]
    assert found.column("n_items").to_pylist() == [2, 0, 2, 0]
    assert found.column("water_type").to_pylist() == ["lake", "lake", "river", "river"]
    assert found.column("water_type_from").to_pylist() == ["register", "register", "name", ""]
    assert found.column("time").to_pylist()[:2] == ["2020-01-01T00:00:00+08:00", ""]


def test_a_row_that_lacks_a_required_item_is_not_judged_and_says_what_is_missing():
    """The national network gives no class without pH, oxygen, permanganate index and ammonia."""
    found = judge_samples(table(), SAMPLES, SURFACE, required=("pH", "TP"))
    assert found.column("class").to_pylist() == ["II", "", "", ""]
    assert found.column("missing").to_pylist() == ["", "pH;TP", "TP", "pH;TP"]
    assert REQUIRED["cnemc"] == ("pH", "DO", "CODMn", "NH3N")


def test_water_types_are_told_only_where_they_matter():
    """Sea water has neither rivers nor lakes."""
    assert "water_type" not in judge_samples(table(), SAMPLES, SEA).column_names


def test_station_years_come_in_the_order_of_the_objectives():
    """station, year, objective, value, limit, attained come first, sorted by station and year."""
    found = judge_station_years(readings(*ROWS), OBJECTIVES, ZONES)
    assert found.column_names[:6] == ["station", "year", "objective", "value", "limit", "attained"]
    assert found.column("objective").to_pylist() == [
        "do-mean",
        "do-bottom",
        "tin",
        "do-mean",
        "do-bottom",
        "tin",
        "ecoli",
    ]


def test_every_hour_of_the_file_has_a_row():
    """Hours that cannot be judged have an empty index; times are local with their offset."""
    pollutants = hours((NOON, CLEAN), (later(1), CLEAN))
    samples = pa.table({"station": ["a"] * 3, "time": pa.array([NOON, later(1), later(1)], pa.timestamp("us"))})
    found = judge_hours(pollutants, samples, [packs.standard("hk.aqhi-2013")])
    assert found.column("aqhi").to_pylist() == ["", "3"]
    assert found.column("time").to_pylist() == ["2018-06-01T12:00:00+08:00", "2018-06-01T13:00:00+08:00"]
    assert judge_hours(pollutants, None, [packs.standard("hk.aqhi-2013")]).num_rows == 1


def test_times_are_written_in_the_stations_zone():
    """ISO 8601 with the offset; empty where there is no time."""
    times = pa.chunked_array([pa.array([datetime(2020, 1, 1, 0, 30), None], pa.timestamp("us"))])
    assert local_text(times, 480).to_pylist() == ["2020-01-01T08:30:00+08:00", ""]


def test_tables_that_are_no_batch_are_refused():
    """A missing column is named."""
    with pytest.raises(BadInput, match="row"):
        judge_samples(table().drop_columns(["row"]), SAMPLES, SURFACE)
