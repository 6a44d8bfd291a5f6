"""The one intake: what it takes, what it refuses, and what it remembers."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import clearbay
from clearbay import collect, packs
from clearbay.collect import Batch
from clearbay.model.errors import BadInput, StoreError
from clearbay.model.observation import READINGS, Flag
from clearbay.store import Home
from clearbay.transmit.intake import take_in
from tests.store.homes import moment, readings, station, values

NOW = datetime(2024, 6, 1, 12)


def batch(*rows: tuple[Any, ...], stations: tuple[Any, ...] = (), **changes: Any) -> Batch:
    """A batch as a source gives it, its rows counted from 10."""
    table = readings(*rows, **changes)
    return Batch("test", table.append_column("row", pa.array(range(10, 10 + table.num_rows), pa.int64())), None,
                 stations=stations)  # fmt: skip


def test_good_readings_are_stored_and_counted(home: Home) -> None:
    """What is valid is committed when the intake returns, and again is all duplicates."""
    given = batch(("A", "2020-01-05", 1.0), ("B", "2020-01-05", 2.0))
    first = take_in(home, given, now=NOW)
    assert (first.new, first.revised, first.duplicate, first.refused_rows) == (2, 0, 0, 0)
    assert first.changed
    again = take_in(home, given, now=NOW)
    assert (again.new, again.duplicate, again.changed) == (0, 2, False)
    assert again.data_version == first.data_version == home.data_version


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("station", ("Z", "2020-01-05", 1.0)),
        ("property", ("A", "2020-01-05", 1.0, {"property": "phlogiston"})),
        ("depth", ("A", "2020-01-05", 1.0, {"depth": "abyss"})),
        ("averaging", ("A", "2020-01-05", 1.0, {"averaging": "decade"})),
        ("censoring", ("A", "2020-01-05", 1.0, {"censoring": "~"})),
        ("flag", ("A", "2020-01-05", 1.0, {"flag": 7})),
        ("value", ("A", "2020-01-05", math.nan)),
        ("value", ("A", "2020-01-05", math.inf)),
        ("time", ("A", "1492-10-12", 1.0)),
        ("time", ("A", "2024-06-03", 1.0)),
    ],
)
def test_a_bad_row_is_refused_and_the_good_ones_kept(home: Home, column: str, change: tuple[Any, ...]) -> None:
    """Each refused row is listed with its input row, column, value, reason and remedy; the others are stored."""
    result = take_in(home, batch(("A", "2020-01-04", 1.0), change, ("A", "2020-01-06", 2.0)), now=NOW)
    assert (result.new, result.refused_rows) == (2, 1)
    (refused,) = result.refused
    assert (refused.row, refused.column) == (11, column)
    assert refused.why
    assert refused.mend
    assert values(home.reader().observations(), "value") == [1.0, 2.0]


def test_a_batch_with_nothing_good_changes_nothing(home: Home) -> None:
    """All refused is a result, not an accident."""
    before = home.data_version
    result = take_in(home, batch(("Z", "2020-01-05", 1.0)), now=NOW)
    assert (result.new, result.refused_rows, result.stations, home.data_version) == (0, 1, 0, before)


def test_stations_that_come_with_a_batch_are_registered(home: Home) -> None:
    """A station that only the file knows is registered where a reading of it is kept; a known one is left."""
    unknown, unused, known = station("N"), station("U"), station("A", longitude=1.0)
    result = take_in(home, batch(("N", "2020-01-05", 1.0), ("A", "2020-01-05", 1.0), stations=(unknown, unused, known)))
    assert result.stations == 1
    assert {one.id: one.longitude for one in home.stations()} == {"A": None, "B": None, "C": None, "N": None}


def test_a_register_knows_more_than_a_file(home: Home) -> None:
    """A station of a shipped register is taken from there, with its position and zone."""
    dm1 = next(one for one in packs.stations() if one.id == "hk.epd.marine.DM1")
    poor = station("hk.epd.marine.DM1")
    assert take_in(home, batch(("hk.epd.marine.DM1", "2020-01-05", 1.0), stations=(poor,))).stations == 1
    assert next(one for one in home.stations() if one.id == dm1.id) == dm1


def test_a_reading_without_a_flag_is_not_evaluated(home: Home) -> None:
    """No flag, for one row or for all, means that nobody has looked at the quality yet."""
    table = readings(("A", "2020-01-05", 1.0), ("A", "2020-01-06", 1.0))
    nullable = table.set_column(7, "flag", pa.array([None, 1], pa.int8()))
    take_in(home, Batch("test", nullable, None))
    assert values(home.reader().observations(), "flag") == [Flag.NOT_EVALUATED, Flag.PASS]
    take_in(home, Batch("test", readings(("B", "2020-01-05", 1.0)).drop_columns(["flag"]), None))
    assert values(home.reader().observations(stations=["B"]), "flag") == [Flag.NOT_EVALUATED]


def test_a_missing_column_is_an_error_of_the_source(home: Home) -> None:
    """A table that is not readings at all is refused as a whole, by the column's name."""
    with pytest.raises(BadInput, match="no column value"):
        take_in(home, Batch("test", READINGS.empty_table().drop_columns(["value"]), None))


def test_a_known_file_costs_nothing(home: Home) -> None:
    """The same file by content is known at once, and says so; with another source it is another statement."""
    given = batch(("A", "2020-01-05", 1.0))
    assert not take_in(home, given, sha256="f00", name="a.csv").known
    again = take_in(home, given, sha256="f00", name="renamed.csv")
    assert (again.known, again.new, again.duplicate) == (True, 0, 0)
    assert home.known_file("f00", "test")


def test_a_contradicting_batch_says_so(home: Home) -> None:
    """Two values for one observation are revisions, and counted as a conflict."""
    result = take_in(home, batch(("A", "2020-01-05", 1.0), ("A", "2020-01-05", 2.0)))
    assert (result.new, result.revised, result.conflicts) == (1, 1, 1)


def test_result_time_is_when_it_became_known(home: Home) -> None:
    """A later statement does not exist as of an earlier moment."""
    take_in(home, batch(("A", "2020-01-05", 1.0)), result_time=moment("2021-01-01"))
    take_in(home, batch(("A", "2020-01-05", 2.0)), result_time=moment("2022-01-01"))
    read = home.reader()
    assert values(read.observations(as_of=moment("2021-06-01")), "value") == [1.0]
    assert values(read.observations(), "value") == [2.0]


def test_a_locked_home_is_said_to_be_locked(home: Home) -> None:
    """While another process writes for too long, the intake says so and has stored nothing."""
    with Home.open(home.path, lock_wait=0.2) as other, home.records.write(), pytest.raises(StoreError, match="writing"):
        take_in(other, batch(("A", "2020-01-05", 1.0)))
    assert home.counts() == (0, 0)


def test_a_real_file_goes_all_the_way(home: Home) -> None:
    """A year of the Hong Kong marine programme, all its columns: read, taken in, compacted, read back as read."""
    path = Path(clearbay.__file__).parent / "data" / "marine_hk" / "epd_marine_all_columns_2019.csv.gz"
    given = collect.source("epd-marine").read(path.read_bytes(), name=path.name)
    result = take_in(home, given, sha256="real", name=path.name)
    assert result.new > 30_000
    assert result.new + result.revised + result.duplicate == given.readings.num_rows
    assert result.refused_rows == 0
    home.compact()
    back = home.reader().observations()
    assert back.num_rows == result.new
    last = {(r["station"], r["property"], r["depth"], r["time"]): r["value"] for r in given.readings.to_pylist()}
    assert {(r["station"], r["property"], r["depth"], r["time"]): r["value"] for r in back.to_pylist()} == last
    assert take_in(home, given).duplicate == given.readings.num_rows


def test_a_newer_file_moves_a_station_that_no_register_knows(home: Home) -> None:
    """A position read in the wrong coordinate system is mended by reading the file anew; one without says nothing."""
    there = replace(station("A"), longitude=113.5, latitude=22.5)
    told = take_in(home, batch(("A", "2020-01-05", 1.0), stations=(there,)), now=NOW)
    assert told.stations == 1
    silent = replace(there, longitude=None, latitude=None)
    assert take_in(home, batch(("A", "2020-01-06", 1.0), stations=(silent,)), now=NOW).stations == 0
    found = {one.id: one for one in home.stations()}["A"]
    assert (found.longitude, found.latitude) == (113.5, 22.5)
    assert replace(found, longitude=None, latitude=None) == replace(station("A"), longitude=None, latitude=None)
