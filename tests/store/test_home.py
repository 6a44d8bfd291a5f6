"""A home as a directory: made, opened, refused, recovered, shared."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from clearbay.model.errors import BadInput, StoreError
from clearbay.store import Home, ImportedFile, history
from clearbay.store.home import BULK

from .homes import readings, station, values

ROOT = Path(__file__).parents[2]


def test_a_home_opens_as_it_was_left(home: Home) -> None:
    """What one process stored, the next one finds."""
    home.ingest(readings(("A", "2020-01-05", 1.0)), source="test")
    home.close()
    with Home.open(home.path) as again:
        assert values(again.reader().observations(), "value") == [1.0]
        assert again.counts() == (1, 1)
        assert [one.id for one in again.stations()] == ["A", "B", "C"]


def test_a_home_is_made_only_once(home: Home, records_url: str | None) -> None:
    """A second home in the same place, or on the same database, is refused."""
    with pytest.raises(BadInput, match="is a clearbay home already"):
        Home.create(home.path)
    if records_url:
        with pytest.raises(BadInput, match="holds another home's records"):
            Home.create(home.path.parent / "other", records_url)


def test_what_is_no_home_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """Opening any other directory names the command that makes a home."""
    with pytest.raises(BadInput, match="no clearbay home; make one with `clearbay init"):
        Home.open(tmp_path)


def test_a_records_address_that_cannot_work_is_refused(tmp_path: Path) -> None:
    """Only PostgreSQL addresses are taken, and one that nobody serves is said to be out of reach."""
    with pytest.raises(BadInput, match="cannot live in mysql"):
        Home.create(tmp_path / "a", "mysql://localhost/x")
    with pytest.raises(BadInput, match="cannot be read"):
        Home.create(tmp_path / "b", "no address")
    with pytest.raises(StoreError, match="cannot be reached"):
        Home.create(tmp_path / "c", "postgresql://nobody@127.0.0.1:1/none")


def test_records_of_another_home_are_refused(home: Home) -> None:
    """A history is never read through somebody else's records: the files it does not know would seem leftovers."""
    manifest = home.path / "home.json"
    content = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(content | {"home": "another"}))
    with pytest.raises(StoreError, match="belong to another home"):
        Home.open(home.path)


def test_a_newer_schema_is_refused(home: Home) -> None:
    """Records that a newer clearbay wrote are left alone."""
    with home.records.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer clearbay"):
        Home.open(home.path)


def test_the_address_of_a_database_is_for_the_owner_only(home: Home) -> None:
    """home.json may hold a password: nobody else can read it."""
    assert (home.path / "home.json").stat().st_mode & 0o077 == 0


def test_stations_are_registered_and_corrected(home: Home) -> None:
    """Registering again corrects a station, unless only unknown ones are wanted; each change is a new version."""
    before = home.data_version
    assert home.register_stations([station("A"), station("B")]) == 0
    assert home.data_version == before
    assert home.register_stations([station("A", longitude=114.1)], replace=False) == 0
    assert home.register_stations([station("A", longitude=114.1), station("D")]) == 2
    assert home.data_version == before + 1
    assert {one.id: one.longitude for one in home.stations()} == {"A": 114.1, "B": None, "C": None, "D": None}
    assert home.registered(["A", "Z"]) == {"A"}


def test_a_file_is_remembered_with_its_batch(home: Home) -> None:
    """A file is known by content and source from the moment its batch is committed."""
    assert not home.known_file("f00", "test")
    file = ImportedFile("f00", "test", "a.csv", 2)
    home.ingest(readings(("A", "2020-01-05", 1.0), ("A", "2020-01-05", 1.0)), source="test", file=file)
    assert home.known_file("f00", "test")
    assert not home.known_file("f00", "other")
    found = home.imported_file("f00", "test")
    assert found is not None
    assert (found.name, found.rows, found.new, found.duplicate) == ("a.csv", 2, 1, 1)
    home.record_file("f11", "test", "b.csv", home.ingest(readings(), source="test"))
    assert [one.sha256 for one in home.imported_files()] == ["f00", "f11"]


def test_a_batch_refused_does_not_make_its_file_known(home: Home) -> None:
    """Where the batch is not stored, its file is not either."""
    with pytest.raises(BadInput):
        home.ingest(readings(("Z", "2020-01-05", 1.0)), source="test", file=ImportedFile("f00", "test", "a.csv", 1))
    assert not home.known_file("f00", "test")


def test_a_locked_store_says_who_holds_it(home: Home, records_url: str | None) -> None:
    """A writer that waits too long is told that another process is writing, and nothing of it is stored."""
    with Home.open(home.path, lock_wait=0.2) as other, home.records.write():
        with pytest.raises(StoreError, match="another process is writing"):
            other.ingest(readings(("A", "2020-01-05", 1.0)), source="test")
        assert other.reader().observations().num_rows == 0


def many(count: int) -> pa.Table:
    """Readings of a second each, with values that nothing makes smaller."""
    seconds = pa.array([i * 1_000_000 for i in range(count)], pa.int64()).cast(pa.timestamp("us"))
    batch = readings(("A", "2020-01-05", 1.0)).take(pa.array([0] * count)).set_column(4, "time", seconds)
    return batch.set_column(5, "value", pa.array(np.random.default_rng(1).random(count)))


def test_full_records_say_so(tmp_path: Path) -> None:
    """A full database refuses the batch as a whole, with the way out; with room again it goes on."""
    with Home.create(tmp_path / "home") as home:
        home.register_stations([station("A")])
        batch = many(40_000)
        with home.records.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="the disk is full: nothing was changed"):
            home.ingest(batch, source="test")
        assert home.counts() == (0, 0)
        home.records.close()
        assert home.ingest(batch, source="test").new == batch.num_rows


def test_a_full_disk_in_the_midst_of_intake_stores_nothing_half(tmp_path: Path) -> None:
    """Where the disk takes no more records, the batch is refused whole, what another part wrote with it too; with room
    again it goes on, and nothing is there twice."""
    with Home.create(tmp_path / "home") as home:
        home.register_stations([station("A")])
        home.ingest(many(1000), source="test")
    script = (
        "import resource, sys, signal; from clearbay.store import Home; from clearbay.model.errors import StoreError\n"
        "from tests.store.test_home import many\n"
        "def mark(connection, version):\n"
        "    connection.exec_driver_sql(\"INSERT INTO meta VALUES ('mark', '1')\")\n"
        "home = Home.open(sys.argv[1]); batch = many(40_000)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (99_000, 99_000))\n"
        "try: home.ingest(batch, source='test', within=mark)\n"
        "except StoreError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, home.path], cwd=ROOT, capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert "nothing was changed" in done.stdout
    with Home.open(home.path) as again:
        with again.records.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM meta WHERE key = 'mark'").scalar() == 0
        assert again.counts() == (1000, 1)
        assert again.reader().observations().num_rows == 1000
        assert (again.ingest(many(40_000), source="test").new, again.counts()[0]) == (39_000, 40_000)


def test_a_full_disk_while_history_is_written(home: Home) -> None:
    """Where the disk takes no more history, the compaction says so, loses nothing and leaves no part behind."""
    home.ingest(readings(*(("A", f"2020-01-01T00:{m:02d}:{s:02d}", m * 60 + s + 0.5)
                           for m in range(60) for s in range(60))), source="test")  # fmt: skip
    home.close()
    script = (
        "import resource, sys, signal; from clearbay.store import Home; from clearbay.model.errors import StoreError\n"
        "home = Home.open(sys.argv[1])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try: home.compact()\n"
        "except StoreError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, home.path], capture_output=True, text=True, check=True)
    assert "the disk is full" in done.stdout
    with Home.open(home.path) as again:
        assert again.reader().observations().num_rows == 3600
        assert list(again.history.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 8192


def test_leftovers_are_removed_at_open(home: Home) -> None:
    """Parts and files that no history names go; files that are somebody's own stay."""
    home.ingest(readings(("A", "2020-01-05", 1.0)), source="test")
    home.compact()
    (home.history / "2020-01.000002.parquet").write_bytes(b"renamed, never listed")
    (home.history / "2020-02.000002.superseded.parquet.part").write_bytes(b"half")
    (home.history / "notes.txt").write_bytes(b"mine")
    home.close()
    with Home.open(home.path) as again:
        assert sorted(path.name for path in again.history.iterdir()) == ["2020-01.000001.parquet", "notes.txt"]
        assert values(again.reader().observations(), "value") == [1.0]


def test_a_living_writer_s_files_are_no_leftovers(home: Home) -> None:
    """A home opens at once while another process writes history, and leaves that process's files alone."""
    part = home.history / "2020-01.000001.parquet.part"
    part.write_bytes(b"being written")
    with home.records.write():
        begun = time.monotonic()
        with Home.open(home.path):
            assert part.exists()
        assert time.monotonic() - begun < 1.5
    with Home.open(home.path):
        assert not part.exists()


def test_history_newer_than_the_records_is_not_touched(home: Home) -> None:
    """Records restored from an older backup must not make the newer history look like leftovers."""
    (home.history / "2020-01.000009.parquet").write_bytes(b"precious")
    with pytest.raises(StoreError, match="same backup"):
        Home.open(home.path)
    assert (home.history / "2020-01.000009.parquet").exists()


def test_replaced_files_stay_for_their_grace(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that history replaced is kept for readers that still hold its name, and removed afterwards."""
    for value in (1.0, 2.0):
        home.ingest(readings(("A", "2020-01-05", value)), source="test")
        home.compact()
    assert len(list(home.history.iterdir())) == 3
    monkeypatch.setattr(history, "GRACE", timedelta(0))
    assert home.recover() == ["2020-01.000001.parquet"]
    assert values(home.reader().observations(), "value") == [2.0]


def test_a_lost_database_is_named(tmp_path: Path) -> None:
    """A home without its records says what to restore."""
    with Home.create(tmp_path / "home"):
        pass
    os.unlink(tmp_path / "home" / "records.sqlite")
    with pytest.raises(StoreError, match=r"lost its records\.sqlite"):
        Home.open(tmp_path / "home")


def test_many_writers_lose_nothing(home: Home) -> None:
    """Threads that store at the same time each get their own version, and every row is there once."""

    def store(number: int) -> None:
        for day in range(1, 6):
            home.ingest(readings(("ABC"[number % 3], f"2020-0{number + 1}-0{day}", number)), source="test")

    threads = [threading.Thread(target=store, args=(number,)) for number in range(6)]
    before = home.data_version
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert home.data_version == before + 30
    assert home.counts() == (30, 3)
    assert home.reader().observations().num_rows == 30


def test_a_large_batch_goes_straight_into_history(home: Home) -> None:
    """A batch of BULK rows is history at once, with its progress told, and the same again is all duplicates."""
    minutes = pa.array([i * 60_000_000 for i in range(BULK)], pa.int64()).cast(pa.timestamp("us"))
    batch = readings(("A", "2020-01-05", 1.0)).take(pa.array([0] * BULK)).set_column(4, "time", minutes)
    told: list[tuple[int, int]] = []
    assert home.ingest(batch, source="test", progress=lambda *step: told.append(step)).new == BULK
    assert told[0] == (0, BULK)
    assert told[-1] == (BULK, BULK)
    assert home.compact().rows == 0
    assert len(list(home.history.iterdir())) == 2
    assert home.ingest(batch, source="test").duplicate == BULK
    assert home.counts() == (BULK, 1)
