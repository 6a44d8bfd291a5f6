"""Tables on any engine."""

from __future__ import annotations

from datetime import datetime

import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest

from clearbay.mine.frames import beside, frame_of, need, period_number, period_text, to_arrow, usable, with_local_time
from clearbay.model.errors import BadInput

from .tables import readings


def test_what_is_no_table_is_refused():
    """Something that is no table is refused with what would do."""
    with pytest.raises(BadInput, match="DuckDB relation"):
        frame_of([1, 2])


def test_a_small_table_joins_on_the_same_engine(engine):
    """A table put beside a frame keeps its numbers to the last bit, its nulls, and joins."""
    frame = frame_of(engine(pa.table({"code": ["a", "it's", "c"], "order": [0, 1, 2]})))
    columns = {"code": ["a", "it's"], "number": [0.1, None], "whole": [2**40, 7]}
    small = beside(frame, columns, {"code": "str", "number": "float", "whole": "int"})
    joined = to_arrow(frame.join(small, on="code", how="left")).sort_by("order").to_pylist()
    assert [(row["number"], row["whole"]) for row in joined] == [(0.1, 2**40), (None, 7), (None, None)]


@pytest.mark.parametrize(
    ("granularity", "expected"),
    [
        ("year", ["2019", "2020", "2020"]),
        ("season", ["2019-Q4", "2020-Q1", "2020-Q4"]),
        ("month", ["2019-12", "2020-01", "2020-10"]),
        ("12months-09", ["2020-09", "2020-09", "2021-09"]),
        ("12months-12", ["2019-12", "2020-12", "2020-12"]),
        ("3years-0", ["2019", "2022", "2022"]),
        ("3years-1", ["2020", "2020", "2020"]),
    ],
)
def test_periods_follow_the_stations_own_calendar(engine, granularity, expected):
    """The year begins at local midnight: 16:00 UTC of 31 December in Hong Kong."""
    times = [datetime(2019, 12, 31, 15, 59), datetime(2019, 12, 31, 16), datetime(2020, 9, 30, 16)]
    table = pa.table({"station": ["a", "a", "a"], "time": pa.array(times, pa.timestamp("us"))})
    local = with_local_time(frame_of(engine(table)), 480).with_columns(number=period_number(granularity))
    result = to_arrow(local.select("time", period=period_text(nw.col("number"), granularity))).sort_by("time")
    assert result.column("period").to_pylist() == expected


def test_each_station_has_its_own_clock(engine):
    """With offsets by station each follows its own; a station without one is left out."""
    times = [datetime(2019, 12, 31, 23, 30)] * 3
    table = pa.table({"station": ["east", "utc", "unknown"], "time": pa.array(times, pa.timestamp("us"))})
    local = with_local_time(frame_of(engine(table)), {"east": 480, "utc": 0})
    years = local.select("station", year=nw.col("local").dt.year())
    assert sorted(to_arrow(years).to_pylist(), key=lambda row: row["station"]) == [
        {"station": "east", "year": 2020},
        {"station": "utc", "year": 2019},
    ]


def test_no_verdict_rests_on_failed_or_missing_values(engine):
    """Values flagged as failed or missing, and what is no number, are left out; suspect ones stay."""
    table = readings(
        ("a", "DO", 1.0, "", 0, 1), ("a", "DO", 2.0, "", 0, 3), ("a", "DO", 3.0, "", 0, 4), ("a", "DO", 4.0, "", 0, 9),
        ("a", "DO", float("nan")),
    )  # fmt: skip
    assert sorted(to_arrow(usable(frame_of(engine(table)))).column("value").to_pylist()) == [1.0, 2.0]


def test_a_missing_column_and_an_unknown_granularity_are_named():
    """Refusals name what is wrong."""
    with pytest.raises(BadInput, match="nothing"):
        need(frame_of(readings(("a", "DO", 1.0))), ["nothing"], "the table")
    with pytest.raises(BadInput, match="week"):
        period_number("week")
