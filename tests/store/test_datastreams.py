"""Datastreams that are declared before they have observations, and taken away again."""

from __future__ import annotations

import pytest

from clearbay.model.errors import UnknownName
from clearbay.store import Home, datastreams

from .homes import readings, values

NAME = ("A", "TP", "", "hour")


def declare(home: Home, *name: str) -> int:
    with home.records.write() as connection:
        return datastreams.declare(connection, name)  # type: ignore[arg-type]


def forget(home: Home, *ids: int) -> None:
    with home.records.write() as connection:
        datastreams.forget(connection, ids)


def test_a_declared_datastream_is_listed_once_it_has_observations(home: Home) -> None:
    """Declaring twice is declaring once; readers and writers that were there before know the number."""
    home.ingest(readings(("B", "2020-01-05", 1.0)), source="test")
    reader = home.reader()
    assert reader.datastreams().num_rows == 1
    number = declare(home, *NAME)
    assert declare(home, *NAME) == number == 2
    assert values(reader.datastreams(), "station") == ["B"]
    home.ingest(readings(("A", "2020-01-05", 1.0), averaging="hour"), source="test")
    assert values(reader.datastreams(), "id", "station", "averaging") == [(2, "A", "hour"), (1, "B", "")]
    assert home.counts() == (2, 2)


def test_a_station_must_be_there(home: Home) -> None:
    """A datastream of nobody cannot be declared."""
    with pytest.raises(UnknownName, match="no station is registered as Z"):
        declare(home, "Z", "TP", "", "")


@pytest.mark.parametrize("compacted", [False, True])
def test_only_what_has_no_observation_can_be_taken_away(home: Home, compacted: bool) -> None:
    """A datastream with observations stays; another one goes, for writers that knew it too, and may come again."""
    home.ingest(readings(("B", "2020-01-05", 1.0)), source="test")
    if compacted:
        home.compact()
    number = declare(home, *NAME)
    home.ingest(readings(("B", "2020-01-06", 2.0)), source="test")
    forget(home, 1, number)
    assert home.reader().observations().num_rows == 2
    home.ingest(readings(("A", "2020-01-05", 3.0), averaging="hour"), source="test")
    assert values(home.reader().observations(), "station", "value") == [("A", 3.0), ("B", 1.0), ("B", 2.0)]
    with Home.open(home.path) as again:
        assert again.reader().observations().equals(home.reader().observations())
        assert again.counts() == (3, 2)
