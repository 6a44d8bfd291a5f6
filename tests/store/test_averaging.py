"""Averaging: a minute's, an hour's and a day's mean at the same time are different observations."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearbay.store import Home, history, resident

from .homes import keys, moment, readings, values

MEANS = ("minute", "hour", "day")


def batches() -> pa.Table:
    """The same station, property, depth and time, three averagings and three values."""
    at = "2020-01-05"
    return pa.concat_tables([readings(("A", at, float(i)), averaging=name) for i, name in enumerate(MEANS, 1)])


@pytest.mark.parametrize("compacted", [False, True])
def test_three_means_of_one_time_are_three_observations(home: Home, compacted: bool) -> None:
    """Minute, hour and day means at the same time neither revise nor repeat each other."""
    result = home.ingest(batches(), source="test")
    assert (result.new, result.revised, result.duplicate, result.conflicts) == (3, 0, 0, 0)
    if compacted:
        home.compact()
    reader = home.reader()
    assert values(reader.observations(), "averaging", "value") == [("day", 3.0), ("hour", 2.0), ("minute", 1.0)]
    assert values(reader.latest(), "averaging", "value") == [("day", 3.0), ("hour", 2.0), ("minute", 1.0)]
    assert values(reader.datastreams("A"), "averaging", "count") == [("day", 1), ("hour", 1), ("minute", 1)]
    assert home.ingest(batches(), source="test").duplicate == 3
    assert home.ingest(readings(("A", "2020-01-05", 9.0), averaging="hour"), source="test").revised == 1
    assert values(reader.observations(averagings=["hour"]), "value", "revision") == [(9.0, 2)]
    assert values(reader.observations(averagings=["", "instant"]), "value") == []


@pytest.mark.parametrize("compacted", [False, True])
def test_the_relation_can_leave_averagings_out(home: Home, compacted: bool) -> None:
    """Whoever judges asks for the averagings that may be judged and gets no others."""
    home.ingest(pa.concat_tables([batches(), readings(("B", "2020-01-05", 7.0))]), source="test")
    if compacted:
        home.compact()
    found = home.reader().relation(averagings=("", "hour")).order("value").to_arrow_table()
    assert values(found, "station", "averaging", "value") == [("A", "hour", 2.0), ("B", "", 7.0)]
    assert home.reader().relation(averagings=()).aggregate("count(*)").fetchall() == [(0,)]
    assert home.reader().relation().aggregate("count(*)").fetchall() == [(4,)]


def test_pages_go_on_between_averagings(home: Home) -> None:
    """A page may end between two means of one time, and the next begins with the other."""
    home.ingest(batches(), source="test")
    whole = home.reader().observations()
    page = home.reader().observations(limit=1, after=("A", "TP", "", "day", moment("2020-01-05")))
    assert list(keys(page)) == list(keys(whole))[1:2]


def test_a_source_without_averaging_gives_sample_values(home: Home) -> None:
    """Where the column is missing, or empty in a row, a value is a sample."""
    table = readings(("A", "2020-01-05", 1.0))
    home.ingest(table.drop_columns(["averaging"]), source="test")
    place = table.column_names.index("averaging")
    nothing = table.set_column(place, "averaging", pa.array([None], pa.string()))
    assert home.ingest(nothing, source="test").duplicate == 1
    assert values(home.reader().observations(), "averaging") == [""]


@pytest.mark.parametrize("limit", [4_000_000, -1])
def test_history_written_before_reads_as_samples(home: Home, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """Files without the column are read beside files with it, and rewriting their month gives it to them."""
    monkeypatch.setattr(resident, "LIMIT", limit)
    home.ingest(readings(("A", "2020-01-05", 1.0), ("A", "2020-02-05", 2.0)), source="test")
    home.compact()
    _age(home, home.history / "2020-01.000001.parquet")
    expected = [("", 1.0), ("", 2.0)]
    assert values(home.reader().observations(), "averaging", "value") == expected
    found = home.reader().relation().order("time").to_arrow_table()
    assert values(found, "averaging", "value") == expected
    assert home.reader().relation(averagings=["hour"]).aggregate("count(*)").fetchall() == [(0,)]
    home.ingest(readings(("A", "2020-01-06", 3.0), averaging="hour"), source="test")
    assert values(home.reader().relation().order("time").to_arrow_table(), "value") == [1.0, 3.0, 2.0]
    home.compact()
    with home.records.read() as connection:
        assert {file.layout for file in history.valid(connection)} == {history.LAYOUT}
    assert values(home.reader().observations(), "averaging", "value") == [*expected, ("hour", 3.0)]


def _age(home: Home, path: Path) -> None:
    """Make a file of history what it was before there was averaging."""
    pq.write_table(pq.read_table(path).drop_columns(["averaging"]), path)
    with home.records.write() as connection:
        connection.exec_driver_sql(f"UPDATE history_file SET layout = 1 WHERE name = '{path.name}'")
        connection.exec_driver_sql(
            "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'history_version'"
        )
