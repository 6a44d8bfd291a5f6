"""What others write in the transaction of a batch."""

from __future__ import annotations

from typing import Any

import pytest

from clearbay.model.errors import StoreError
from clearbay.store import Home
from clearbay.store.hot import listed

from .homes import readings, values


def marks(home: Home) -> list[Any]:
    """What ``mark`` left."""
    with home.records.read() as connection:
        return list(connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'mark'").scalars())


def test_what_is_written_within_commits_with_the_batch(home: Home) -> None:
    """It sees the batch's rows and its data version, and becomes visible with them; for duplicates too."""
    seen: list[tuple[int, int]] = []

    def mark(connection: Any, version: int) -> None:
        seen.append((version, sum(block.rows for block in listed(connection))))
        connection.exec_driver_sql("DELETE FROM meta WHERE key = 'mark'")
        connection.exec_driver_sql(f"INSERT INTO meta (key, value) VALUES ('mark', '{len(seen)}')")

    batch = readings(("A", "2020-01-05", 1.0))
    result = home.ingest(batch, source="test", within=mark)
    assert seen == [(result.data_version, 1)]
    assert home.ingest(batch, source="test", within=mark).data_version == result.data_version
    assert seen == [(result.data_version, 1)] * 2
    assert marks(home) == ["2"]


def test_where_it_fails_nothing_is_stored(home: Home) -> None:
    """An error within takes the batch with it, new datastreams too; the next batch finds the store as it was."""

    def fail(connection: Any, version: int) -> None:
        connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('mark', '1')")
        raise RuntimeError("no")

    home.ingest(readings(("A", "2020-01-05", 1.0)), source="test")
    with pytest.raises(RuntimeError):
        home.ingest(readings(("A", "2020-01-06", 2.0), ("B", "2020-01-06", 3.0)), source="test", within=fail)
    assert (marks(home), home.counts()) == ([], (1, 1))
    assert home.ingest(readings(("B", "2020-01-06", 3.0)), source="test").new == 1
    assert values(home.reader().datastreams(), "id", "station") == [(1, "A"), (2, "B")]


def test_a_database_error_within_is_told(home: Home) -> None:
    """What the database says to others' statements becomes a StoreError too."""
    with pytest.raises(StoreError, match="cannot store a batch of test"):
        home.ingest(
            readings(("A", "2020-01-05", 1.0)),
            source="test",
            within=lambda connection, _: connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)"),
        )
    assert home.counts() == (0, 0)
