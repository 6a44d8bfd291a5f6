"""What the store makes of a batch: new, revised, duplicate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.observation import READINGS
from clearbay.store import Home, IngestResult

from .homes import moment, readings, values


def counts(result: IngestResult) -> tuple[int, int, int]:
    return result.new, result.revised, result.duplicate


def test_same_batch_twice_changes_nothing(home: Home) -> None:
    """A batch taken in again is all duplicates and leaves the data version alone."""
    batch = readings(("A", "2020-01-05", 1.0), ("B", "2020-02-05", 2.0))
    first = home.ingest(batch, source="test")
    again = home.ingest(batch, source="test")
    assert counts(first) == (2, 0, 0)
    assert counts(again) == (0, 0, 2)
    assert first.data_version == again.data_version == home.data_version
    assert not again.changed


@pytest.mark.parametrize("compacted", [False, True])
def test_another_value_is_a_revision(home: Home, compacted: bool) -> None:
    """A different value for a known datastream and time becomes the next revision, and wins."""
    home.ingest(readings(("A", "2020-01-05", 1.0)), source="test")
    if compacted:
        home.compact()
    assert counts(home.ingest(readings(("A", "2020-01-05", 1.5)), source="test")) == (0, 1, 0)
    if compacted:
        home.compact()
    assert counts(home.ingest(readings(("A", "2020-01-05", 1.7)), source="test")) == (0, 1, 0)
    assert values(home.reader().observations(), "value", "revision") == [(1.7, 3)]


def test_censoring_is_part_of_the_value(home: Home) -> None:
    """Below 0.5 and equal to 0.5 are two different statements."""
    home.ingest(readings(("A", "2020-01-05", 0.5)), source="test")
    assert home.ingest(readings(("A", "2020-01-05", 0.5), censoring="<"), source="test").revised == 1


def test_a_flag_counts_unless_it_says_nothing(home: Home) -> None:
    """A changed quality flag is a revision; "not evaluated" never takes an evaluation away."""
    home.ingest(readings(("A", "2020-01-05", 0.5), flag=2), source="test")
    assert counts(home.ingest(readings(("A", "2020-01-05", 0.5), flag=4), source="test")) == (0, 1, 0)
    assert counts(home.ingest(readings(("A", "2020-01-05", 0.5), flag=2), source="test")) == (0, 0, 1)
    assert values(home.reader().observations(), "flag") == [4]


def test_identical_rows_within_a_batch_collapse(home: Home) -> None:
    """The same row twice in one batch is one observation and one duplicate."""
    row = ("A", "2020-01-05", 1.0)
    result = home.ingest(readings(row, row, row), source="test")
    assert (counts(result), result.conflicts) == ((1, 0, 2), 0)
    assert home.reader().observations().num_rows == 1


def test_contradicting_rows_within_a_batch_are_revisions(home: Home) -> None:
    """Where a batch contradicts itself, every value is kept, the last row wins, and the result says so."""
    batch = readings(("A", "2020-01-05", 1.0), ("A", "2020-01-05", 2.0), ("B", "2020-01-05", 7.0))
    result = home.ingest(batch, source="test")
    assert (counts(result), result.conflicts) == ((2, 1, 0), 1)
    assert values(home.reader().observations(), "station", "value", "revision") == [("A", 2.0, 2), ("B", 7.0, 1)]


@pytest.mark.parametrize("compacted", [False, True])
def test_a_contradicting_batch_twice_changes_nothing(home: Home, compacted: bool) -> None:
    """A batch whose last word is already stored is a duplicate, whatever it said before."""
    batch = readings(("A", "2020-01-05", 1.0), ("A", "2020-01-05", 2.0), ("A", "2020-01-05", 1.0))
    assert counts(home.ingest(batch, source="test")) == (1, 2, 0)
    if compacted:
        home.compact()
    again = home.ingest(batch, source="test")
    assert (counts(again), again.conflicts) == ((0, 0, 3), 1)


def test_a_contradiction_that_begins_with_the_stored_value(home: Home) -> None:
    """A repetition of the stored value before a new one is no revision of its own."""
    home.ingest(readings(("A", "2020-01-05", 1.0)), source="test")
    batch = readings(("A", "2020-01-05", 1.0), ("A", "2020-01-05", 2.0))
    assert counts(home.ingest(batch, source="test")) == (0, 1, 1)
    assert values(home.reader().observations(), "value", "revision") == [(2.0, 2)]


def test_times_with_a_zone_are_stored_in_utc(home: Home) -> None:
    """A reading at 08:00 in Hong Kong is the reading at 00:00 UTC."""
    table = readings(("A", "2020-01-05", 1.0))
    hong_kong = pa.array([datetime(2020, 1, 5, 8, tzinfo=timezone(timedelta(hours=8)))], pa.timestamp("us", "UTC"))
    zoned = table.set_column(4, "time", hong_kong)
    home.ingest(zoned, source="test")
    assert home.ingest(table, source="test").duplicate == 1
    home.ingest(readings(("B", "2020-01-05", 1.0)), source="test", result_time=datetime(2020, 2, 1, tzinfo=UTC))
    assert values(home.reader().observations(stations=["B"]), "result_time") == [moment("2020-02-01")]


def test_more_columns_are_welcome(home: Home) -> None:
    """What a source adds to its readings, such as the input row, does not disturb."""
    table = readings(("A", "2020-01-05", 1.0)).append_column("row", pa.array([0], pa.int64()))
    assert home.ingest(table, source="test").new == 1


def test_an_empty_batch_is_no_change(home: Home) -> None:
    """No rows, no version."""
    before = home.data_version
    assert counts(home.ingest(READINGS.empty_table(), source="test")) == (0, 0, 0)
    assert home.data_version == before


def test_a_missing_column_is_named(home: Home) -> None:
    """A table without a column of READINGS is refused by that column's name."""
    with pytest.raises(BadInput, match="no column flag"):
        home.ingest(readings(("A", "2020-01-05", 1.0)).drop_columns(["flag"]), source="test")


def test_an_empty_value_is_refused(home: Home) -> None:
    """Missing values are not rows."""
    table = readings(("A", "2020-01-05", 1.0))
    table = table.set_column(5, "value", pa.array([None], pa.float64()))
    with pytest.raises(BadInput, match="value has 1 empty"):
        home.ingest(table, source="test")


def test_a_value_that_is_no_number_is_refused(home: Home) -> None:
    """Not-a-number and infinity cannot be compared, so they cannot be observations."""
    for value in (float("nan"), float("inf")):
        with pytest.raises(BadInput, match="not a finite number"):
            home.ingest(readings(("A", "2020-01-05", value)), source="test")


def test_an_unregistered_station_is_refused_as_a_whole(home: Home) -> None:
    """A batch with a station that nobody registered leaves nothing behind."""
    with pytest.raises(UnknownName, match="no station is registered as Z"):
        home.ingest(readings(("A", "2020-01-05", 1.0), ("Z", "2020-01-05", 1.0)), source="test")
    assert home.reader().observations().num_rows == 0
    assert home.counts() == (0, 0)


def test_times_before_1970_are_ordinary(home: Home) -> None:
    """Centuries of data are welcome: months before the epoch are months."""
    batch = readings(("A", "1969-12-31T23:59:59.999999", 1.0), ("A", "1883-01-01", 2.0), ("A", "1970-01-01", 3.0))
    home.ingest(batch, source="test")
    home.compact()
    assert values(home.reader().observations(), "value") == [2.0, 1.0, 3.0]
    assert sorted(path.name[:7] for path in home.history.iterdir()) == ["1883-01", "1969-12", "1970-01"]
    assert home.ingest(batch, source="test").duplicate == 3
