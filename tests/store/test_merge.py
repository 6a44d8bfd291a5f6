"""Compaction: hot rows become history."""

from __future__ import annotations

import pytest

from clearbay.store import Home, history, merge

from .homes import moment, readings, values


def test_compaction_moves_every_hot_row_and_changes_no_answer(home: Home) -> None:
    """After a compaction nothing is hot, and every answer is as before; so is the data version."""
    home.ingest(readings(("A", "2020-01-05", 1.0), ("B", "2020-02-05", 2.0), ("A", "2020-01-05", 1.5)), source="test")
    before, version = home.reader().observations(), home.data_version
    result = home.compact()
    assert (result.rows, result.months, result.files) == (3, 2, 3)
    assert result.bytes > 0
    assert home.reader().observations().equals(before)
    assert home.data_version == version
    assert home.compact().rows == 0


def test_recent_months_can_stay_hot(home: Home) -> None:
    """With ``before``, the month of that moment and later ones are left alone."""
    home.ingest(readings(("A", "2020-01-05", 1.0), ("A", "2020-02-05", 2.0), ("A", "2020-03-05", 3.0)), source="test")
    told: list[tuple[int, int]] = []
    assert home.compact(lambda *step: told.append(step), before=moment("2020-02-20")).rows == 1
    assert told == [(1, 1)]
    assert values(home.reader().observations(), "value") == [1.0, 2.0, 3.0]
    assert [path.name for path in home.history.iterdir()] == ["2020-01.000001.parquet"]


def test_only_touched_months_are_rewritten(home: Home) -> None:
    """Late data rewrite their own month and no other."""
    home.ingest(readings(("A", "2020-01-05", 1.0), ("A", "2020-02-05", 2.0)), source="test")
    home.compact()
    home.ingest(readings(("B", "2020-01-01", 3.0)), source="test")
    assert home.compact().files == 1
    with home.records.read() as connection:
        assert [file.name for file in history.valid(connection)] == ["2020-01.000002.parquet", "2020-02.000001.parquet"]
    assert values(home.reader().observations(), "value") == [1.0, 2.0, 3.0]


def test_large_compactions_go_in_portions(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Months are rewritten a few at a time, each portion with its own progress, and the whole is the same."""
    monkeypatch.setattr(merge, "CHUNK", 2)
    rows = [("A", f"2020-{month:02d}-01", float(month)) for month in range(1, 13)]
    home.ingest(readings(*rows), source="test")
    told: list[tuple[int, int]] = []
    result = home.compact(lambda *step: told.append(step))
    assert (result.rows, result.files, len(told), told[-1]) == (12, 12, 6, (12, 12))
    assert values(home.reader().observations(), "value") == [row[2] for row in rows]


def test_months_larger_than_a_row_group_are_whole(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of several row groups hold every row once, in order."""
    monkeypatch.setattr(history, "ROW_GROUP", 7)
    rows = [("ABC"[i % 3], f"2020-0{i // 40 + 1}-01T00:{i % 40:02d}", float(i)) for i in range(80)]
    home.ingest(readings(*rows), source="test")
    home.compact()
    assert sorted(values(home.reader().observations(), "value")) == [float(i) for i in range(80)]
    home.ingest(readings(("A", "2020-01-01T00:50", 99.0)), source="test")
    home.compact()
    assert home.reader().observations().num_rows == 81
