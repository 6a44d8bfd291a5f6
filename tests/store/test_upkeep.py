"""Background upkeep: blocks laid together, closed months moved, intake going on."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from clearbay.model.errors import StoreError
from clearbay.store import Home, hot, upkeep
from clearbay.store import home as home_module

from .homes import moment, readings, values

NEVER = timedelta(days=100 * 365)


def blocks(home: Home) -> list[hot.Block]:
    """What is in the table now."""
    with home.records.read() as connection:
        return hot.listed(connection)


def fill(home: Home, count: int, month: int = 1) -> None:
    """One batch an observation."""
    for second in range(count):
        home.ingest(readings(("A", f"2020-{month:02d}-01T00:{second // 60:02d}:{second % 60:02d}", second)),
                    source="test")  # fmt: skip


def test_small_blocks_are_laid_together(home: Home) -> None:
    """Upkeep leaves fewer than FAN blocks of each level and changes no answer, no version and no count."""
    fill(home, 2 * upkeep.FAN + 3)
    home.ingest(readings(("A", "2020-01-01T00:00:01", 99.0)), source="test")
    before, version, counts = home.reader().observations(), home.data_version, home.counts()
    assert home.keep(closed=NEVER).joined >= upkeep.FAN
    assert len([block for block in blocks(home) if block.level == 0]) < upkeep.FAN
    assert (home.data_version, home.counts()) == (version, counts)
    with Home.open(home.path) as again:
        assert again.reader().observations().equals(before)
        assert again.reader().latest().equals(home.reader().latest())
        assert again.counts() == counts
        assert again.ingest(readings(("A", "2020-01-01T00:00:02", 2.0)), source="test").duplicate == 1
    assert home.keep(closed=NEVER) == home_module.KeepResult(0, 0, 0)


def test_a_reader_that_slept_through_upkeep_sees_the_same(home: Home) -> None:
    """A reader opened before blocks were laid together goes on with what came after."""
    fill(home, upkeep.FAN)
    with Home.open(home.path) as other:
        read = other.reader()
        assert read.observations().num_rows == upkeep.FAN
        home.keep(closed=NEVER)
        home.ingest(readings(("A", "2020-01-01T00:00:01", 99.0), ("B", "2020-01-01", 5.0)), source="test")
        assert read.observations().equals(home.reader().observations())
        assert read.latest().equals(home.reader().latest())
        assert read.datastreams().equals(home.reader().datastreams())


def test_writers_lay_together_where_nobody_else_does(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without upkeep, blocks stay bounded all the same."""
    monkeypatch.setattr(home_module, "MANY_BLOCKS", 10)
    fill(home, 25)
    assert len(blocks(home)) < 15
    assert values(home.reader().observations(), "value") == [float(i) for i in range(25)]


def test_closed_months_become_history(home: Home) -> None:
    """A month moves once it has been over for long enough, and not before."""
    fill(home, 3, month=1)
    fill(home, 2, month=2)
    assert home.keep(clock=datetime(2020, 2, 3), closed=timedelta(days=3)).moved == 0
    assert home.keep(clock=datetime(2020, 2, 5), closed=timedelta(days=3)).moved == 3
    assert [path.name for path in home.history.iterdir()] == ["2020-01.000001.parquet"]
    assert home.counts() == (5, 1)
    assert home.reader().observations().num_rows == 5


def test_too_many_hot_rows_move_before_their_month_is_over(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What readers hold in memory stays bounded."""
    monkeypatch.setattr(home_module, "MOST_HOT", 2)
    fill(home, 3)
    assert home.keep(closed=NEVER).moved == 3
    assert blocks(home) == []


def test_a_block_of_two_months_is_divided(home: Home) -> None:
    """Where only one month of a block moves, the rest stays hot and is found."""
    home.ingest(readings(("A", "2020-01-31", 1.0), ("A", "2020-02-01", 2.0), ("B", "2020-02-02", 3.0)), source="test")
    home.compact(before=moment("2020-02-10"))
    assert [block.rows for block in blocks(home)] == [2]
    assert values(home.reader().observations(), "value") == [1.0, 2.0, 3.0]
    assert home.ingest(readings(("A", "2020-02-01", 2.0), ("A", "2020-01-31", 1.0)), source="test").duplicate == 2


def test_only_one_keeps_a_home_up(home: Home) -> None:
    """While another process is at it, upkeep has nothing to do and a compaction says why it cannot."""
    fill(home, upkeep.FAN)
    with Home.open(home.path, lock_wait=0.1) as other, home._upkeep.alone(0.0) as alone:
        assert alone
        assert other.keep(closed=NEVER).joined == 0
        with pytest.raises(StoreError, match="another process is compacting"):
            other.compact()
        (home.history / "2020-01.000001.parquet.part").write_bytes(b"being written")
        assert other.recover() == []
    assert home.recover() == ["2020-01.000001.parquet.part"]


def test_a_bulk_import_in_the_midst_of_a_compaction(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an import rewrites the same month while a compaction writes it, both are there in the end."""
    fill(home, 3)
    real = upkeep.merge.write
    calls: list[int] = []

    def write(*given):  # type: ignore[no-untyped-def]
        files = real(*given)
        if not calls:
            calls.append(1)
            monkeypatch.setattr(home_module, "BULK", 1)
            home.ingest(readings(("B", "2020-01-07", 7.0), ("A", "2020-01-01T00:00:00", 50.0)), source="test")
        return files

    monkeypatch.setattr(upkeep.merge, "write", write)
    home.compact()
    assert values(home.reader().observations(), "station", "value", "revision") == [
        ("A", 50.0, 2), ("A", 1.0, 1), ("A", 2.0, 1), ("B", 7.0, 1),
    ]  # fmt: skip
    assert home.counts() == (4, 2)
    assert blocks(home) == []


def test_intake_and_reading_go_on_during_upkeep(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches, readers and upkeep at the same time: every row once, at every moment."""
    monkeypatch.setattr(upkeep, "FAN", 3)
    done = threading.Event()
    wrong: list[object] = []

    def keep() -> None:
        while not done.is_set():
            try:
                home.keep(closed=NEVER)
                home.compact(before=datetime(2020, 2, 1))
            except Exception as error:
                wrong.append(error)

    def look() -> None:
        most = 0
        while not done.is_set():
            try:
                table = home.reader().observations()
                rows = {(row["station"], row["time"]) for row in table.select(["station", "time"]).to_pylist()}
                if len(rows) != table.num_rows or table.num_rows < most:
                    wrong.append(("rows", most, table.num_rows, len(rows)))
                most = table.num_rows
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=keep), threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    try:
        fill(home, 25, month=1)
        fill(home, 25, month=2)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert home.counts() == (50, 1)
    assert home.reader().observations().num_rows == 50
