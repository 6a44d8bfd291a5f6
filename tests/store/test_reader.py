"""Reading: filters, pages, latest, as-of, many threads, other processes."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest

from clearbay.model.errors import StoreError
from clearbay.model.observation import OBSERVATIONS
from clearbay.store import Home, reader, resident
from clearbay.store.streams import DATASTREAMS

from .homes import keys, moment, readings, values

DAYS = [f"2020-{month:02d}-{day:02d}" for month in (1, 2, 3) for day in (3, 9, 21)]


@pytest.fixture(params=["in memory", "from files"])
def filled(home: Home, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with history, hot rows over it and hot rows of their own month; read from memory, and from files."""
    monkeypatch.setattr(resident, "LIMIT", 4_000_000 if request.param == "in memory" else -1)
    batches = [
        readings(*((name, day, float(i)) for i, day in enumerate(DAYS[:6])), property=property, depth=depth)
        for name in "BCA"
        for property in ("TP", "DO")
        for depth in ("surface", "bottom")
    ]
    home.ingest(pa.concat_tables(batches), source="test")
    home.compact()
    home.ingest(
        readings(("A", DAYS[5], 50.0), *((name, day, 9.0) for name in "AC" for day in DAYS[6:]),
                 property="DO", depth="surface"),
        source="test",
    )  # fmt: skip
    return home


def test_observations_come_in_their_one_shape_and_order(filled: Home) -> None:
    """Columns are OBSERVATIONS; rows stand by station, property, depth and time."""
    table = filled.reader().observations()
    assert table.schema == OBSERVATIONS
    assert table.num_rows == 3 * 2 * 2 * 6 + 2 * 3 == filled.counts()[0]
    assert list(keys(table)) == sorted(keys(table))


def test_filters_combine(filled: Home) -> None:
    """Stations, properties, depths and a time that includes its start and not its end."""
    table = filled.reader().observations(
        stations=["A", "B"], properties=["DO"], depths=["surface"], start=moment(DAYS[4]), end=moment(DAYS[6])
    )
    assert values(table, "station", "value") == [("A", 4.0), ("A", 50.0), ("B", 4.0), ("B", 5.0)]
    assert filled.reader().observations(stations=["nobody"]).num_rows == 0
    assert filled.reader().observations(stations=[]).num_rows == 0
    assert filled.reader().observations(start=moment("2030-01-01")).schema == OBSERVATIONS


@pytest.mark.parametrize("limit", [3, 500])
def test_pages_add_up_to_the_whole(filled: Home, limit: int) -> None:
    """Paging by the last row's key gives every row once, whatever the size of a page and with filters too."""
    for filters in ({}, {"properties": ["DO"], "start": moment(DAYS[3])}):
        whole = filled.reader().observations(**filters)
        pages: list[pa.Table] = []
        after = None
        while page := filled.reader().observations(limit=limit, after=after, **filters):
            assert page.num_rows <= limit
            pages.append(page)
            after = list(keys(page))[-1]
        assert pa.concat_tables(pages).equals(whole)


def test_a_page_may_begin_behind_a_name_that_is_gone(filled: Home) -> None:
    """A page behind a datastream that does not exist begins with the next one."""
    table = filled.reader().observations(after=("A", "TP", "middle", "", moment(DAYS[0])), limit=1)
    assert list(keys(table)) == [("A", "TP", "surface", "", moment(DAYS[0]))]
    assert filled.reader().observations(after=("Z", "", "", "", moment(DAYS[0])), limit=1).num_rows == 0


def test_latest_is_the_newest_of_each_datastream(filled: Home) -> None:
    """One row a datastream, the last in time, as the observations themselves have it."""
    latest = filled.reader().latest()
    table = filled.reader().observations()
    newest = {key[:4]: row for key, row in zip(keys(table), table.to_pylist(), strict=True)}
    assert latest.schema == OBSERVATIONS
    assert latest.to_pylist() == [newest[name] for name in sorted(newest)]
    assert values(filled.reader().latest(["C"]), "time")[0] == moment(DAYS[5])
    assert filled.reader().latest(["nobody"]).num_rows == 0


def test_a_late_reading_does_not_become_the_latest(filled: Home) -> None:
    """Latest is by the time of the phenomenon, not of arrival; a correction of it is shown at once."""
    filled.ingest(readings(("A", "2019-01-01", -1.0), property="DO", depth="surface"), source="test")
    assert 9.0 in values(filled.reader().latest(["A"]), "value")
    filled.ingest(readings(("A", DAYS[8], 9.5), property="DO", depth="surface"), source="test")
    found = filled.reader().latest(["A"]).filter(pa.compute.field("property") == "DO").to_pylist()
    assert [(row["value"], row["revision"]) for row in found if row["depth"] == "surface"] == [(9.5, 2)]


def test_datastreams_know_their_span(filled: Home) -> None:
    """Count, first and last are those of the observations; revisions are not counted."""
    table = filled.reader().datastreams("A")
    assert table.schema == DATASTREAMS
    assert values(table, "property", "depth", "count", "last") == [
        ("DO", "bottom", 6, moment(DAYS[5])),
        ("DO", "surface", 9, moment(DAYS[8])),
        ("TP", "bottom", 6, moment(DAYS[5])),
        ("TP", "surface", 6, moment(DAYS[5])),
    ]
    assert filled.reader().datastreams().num_rows == 12


def test_the_relation_is_everything(filled: Home) -> None:
    """The relation has the columns of OBSERVATIONS as plain types and the rows that ``observations`` gives."""
    relation = filled.reader().relation()
    assert relation.columns == OBSERVATIONS.names
    assert (
        relation.order("station, property, depth, time")
        .to_arrow_table()
        .cast(OBSERVATIONS)
        .equals(filled.reader().observations())
    )
    frame = nw.from_native(filled.reader().relation())
    counted = frame.filter(nw.col("property") == "DO").group_by("station").agg(nw.len().alias("n")).sort("station")
    assert counted.collect().to_native().to_pylist() == [
        {"station": "A", "n": 15}, {"station": "B", "n": 12}, {"station": "C", "n": 15},
    ]  # fmt: skip


def test_a_relation_keeps_its_moment(filled: Home) -> None:
    """A relation asked for before a batch and a compaction still answers as of then."""
    relation = filled.reader().relation()
    before = filled.counts()[0]
    filled.ingest(readings(("B", "2021-01-01", 1.0)), source="test")
    filled.compact()
    assert relation.aggregate("count(*)").fetchall() == [(before,)]
    assert filled.reader().relation().aggregate("count(*)").fetchall() == [(before + 1,)]


def test_as_of_repeats_what_was_known(filled: Home) -> None:
    """As of a moment, only what was known by then counts, in observations and in the relation; in any zone."""
    known = datetime(2099, 5, 1, 12)
    for hour, value in enumerate((70.0, 80.0)):
        late = known + timedelta(hours=hour)
        filled.ingest(readings(("A", DAYS[0], value), property="TP", depth="bottom"), source="test", result_time=late)
        if not hour:
            filled.compact()
    only = {"stations": ["A"], "properties": ["TP"], "depths": ["bottom"], "end": moment(DAYS[1])}
    read = filled.reader()
    assert values(read.observations(**only), "value") == [80.0]
    assert values(read.observations(**only, as_of=known), "value") == [70.0]
    assert values(read.observations(**only, as_of=known - timedelta(seconds=1)), "value") == [0.0]
    assert values(read.observations(**only, as_of=datetime(2000, 1, 1)), "value") == []
    east = (known - timedelta(seconds=1)).astimezone()
    assert east.tzinfo is not None
    assert read.relation(as_of=known).filter("value = 70").aggregate("count(*)").fetchall() == [(1,)]


def test_a_pinned_reader_stays(filled: Home) -> None:
    """A pinned reader answers at one version while the others go on."""
    pinned = filled.reader().pinned()
    before = pinned.observations().num_rows
    filled.ingest(readings(("B", "2021-01-01", 1.0)), source="test")
    assert (pinned.observations().num_rows, pinned.data_version) == (before, filled.data_version - 1)
    assert filled.reader().observations().num_rows == before + 1


def test_another_process_s_batches_are_seen_at_once(filled: Home) -> None:
    """A reader sees what any other holder of the home committed or compacted before the call."""
    read = filled.reader()
    before = read.observations().num_rows
    with Home.open(filled.path) as other:
        other.ingest(readings(("B", "2021-01-01", 1.0)), source="test")
        assert read.observations().num_rows == before + 1
        other.compact()
        assert read.observations().num_rows == before + 1
        assert values(read.latest(["B"]), "time")[-1] == moment("2020-02-21")
        other.ingest(readings(("B", "2021-01-01", 2.0)), source="test")
        assert 2.0 in values(read.latest(["B"]), "value")


def test_a_file_removed_under_a_reader_costs_a_second_look(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where replaced files vanish between looking and reading, the reader looks again; if they are lost, it says so."""
    read = filled.reader()
    whole = read.observations()
    monkeypatch.setattr(resident, "LIMIT", -1)
    stale = read._now()
    filled.compact()
    for file in stale.files:
        if not any(file.name == valid.name for valid in read._now().files):
            (filled.history / file.name).unlink()
    looks = iter([stale])
    fresh = reader.Reader._now
    monkeypatch.setattr(reader.Reader, "_now", lambda self: next(looks, None) or fresh(self))
    assert read.observations().equals(whole)
    for path in filled.history.iterdir():
        path.unlink()
    with pytest.raises(StoreError, match="cannot read observations"):
        read.observations()


def test_many_threads_read_while_one_writes(filled: Home) -> None:
    """Every answer, whenever given, is whole: no row missing and none twice."""
    read = filled.reader()
    start = read.observations().num_rows
    wrong: list[object] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            try:
                table = read.observations()
                extra = (
                    read.relation().aggregate("count(*), count(DISTINCT (station, property, depth, time))").fetchall()
                )
                if table.num_rows < start or extra[0][0] != extra[0][1]:
                    wrong.append((table.num_rows, extra))
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for day in range(1, 7):
        filled.ingest(readings(("B", f"2020-01-0{day}", float(day)), ("B", "2020-03-03", float(day))), source="test")
        if day % 3 == 0:
            filled.compact()
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_history_is_plain_parquet(filled: Home) -> None:
    """Any tool reads a month without the records: names in every row, one month a file, sorted, zstd."""
    filled.compact()
    found: list[Path] = sorted(filled.history.glob("2020-0*"))
    months = {path.name[:7] for path in found}
    assert months == {"2020-01", "2020-02", "2020-03"}
    newest = max(path for path in found if path.name.startswith("2020-03"))
    table = pa.parquet.read_table(newest)
    assert table.schema.field("station").type == pa.string()
    assert values(table, "datastream", "time") == sorted(values(table, "datastream", "time"))
    assert pa.parquet.ParquetFile(newest).metadata.row_group(0).column(0).compression == "ZSTD"
    counted = duckdb.sql(f"SELECT station, count(*) FROM '{newest}' GROUP BY ALL ORDER BY ALL").fetchall()
    assert counted == [("A", 3), ("C", 3)]
