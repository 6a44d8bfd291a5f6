"""``clearbay assess`` over histories: folders, globs, engines, and what is refused."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clearbay import packs
from clearbay.apply import layout
from clearbay.apply.engines import open_history
from clearbay.mine import period_classes, period_items, to_arrow
from clearbay.model.errors import BadInput
from clearbay.model.station import Station
from clearbay.store import Home
from tests.engines import REMOTE, remote
from tests.mine.standards import text
from tests.mine.tables import readings
from tests.test_commands import run

FRESH, SEA = packs.standard("cn.gb3838-2002"), packs.standard("cn.gb3097-1997")
SPARK = "spark" if REMOTE else "sail"
ENGINES = ["duckdb", "polars", SPARK]


def table(*, deep: bool) -> pa.Table:
    rows = []
    for month in range(14):
        for station, values in (("x.a", (2.0, 0.3)), ("x.b", (6.5, 1.2))):
            rows += [
                (station, "CODMn", values[0] + month / 10, "", 30 * month),
                (station, "NH3N", values[1], "", 30 * month),
            ]
        if deep:
            rows += [
                ("x.sea", "DIN", 0.1 * (i + 1), depth, 30 * month) for i, depth in enumerate(("surface", "bottom"))
            ]
    return readings(*rows).drop_columns("row")


@pytest.fixture(scope="module", params=[False, True], ids=["rivers", "with-depths"])
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history as the store writes it, with one value corrected later."""
    folder = tmp_path_factory.mktemp("history") / "home"
    home = Home.create(folder)
    home.register_stations([Station(one, one, text(one), "river", "CN", "x") for one in ("x.a", "x.b", "x.sea")])
    given = table(deep=request.param)
    home.ingest(given, source="made", result_time=datetime(2021, 6, 1, tzinfo=UTC), progress=None)
    home.compact()
    corrected = given.slice(0, 1).set_column(given.column_names.index("value"), "value", pa.array([9.9]))
    home.ingest(corrected, source="made", result_time=datetime(2021, 7, 1, tzinfo=UTC), progress=None)
    home.compact()
    return folder


def classes(place: Path | str, engine: str, standard: Any = FRESH, **options: Any) -> list[dict[str, Any]]:
    spark = engine == SPARK
    with open_history(str(place), "spark" if spark else engine, remote=remote() if spark else "") as opened:  # type: ignore[arg-type]
        items = period_items(opened.frame, standard, profiles=opened.profiles, **options)
        rows = to_arrow(period_classes(items, standard)).to_pylist()
    return sorted(rows, key=lambda row: (row["station"], row["period"]))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("standard", [FRESH, SEA], ids=lambda one: one.id)
def test_a_history_is_judged_alike_wherever_it_is_read(history: Path, engine: str, standard: Any) -> None:
    """From the files on any engine the classes are those of the store's own reader, corrections included."""
    relation = Home.open(history).reader().relation()
    for granularity in ("year", "month"):
        items = period_items(relation, standard, granularity=granularity)
        expected = to_arrow(period_classes(items, standard)).to_pylist()
        expected = sorted(expected, key=lambda row: (row["station"], row["period"]))
        assert classes(history, engine, standard, granularity=granularity) == expected
        assert classes(history / "history", engine, standard, granularity=granularity) == expected


def test_footers_tell_whether_stations_have_depths(history: Path, request: pytest.FixtureRequest) -> None:
    """Where the store's files hold one depth nobody has a profile; else those with several are found."""
    with open_history(str(history)) as opened:
        assert opened.profiles == (frozenset({"x.sea"}) if "with-depths" in request.node.name else frozenset())


@pytest.mark.parametrize("engine", ENGINES)
def test_other_peoples_parquet(tmp_path: Path, engine: str) -> None:
    """Files with other names, in folders, with times in a zone, without flags, are judged, twice the same value too."""
    given = readings(("a", "CODMn", 3.0), ("a", "CODMn", 5.0), ("a", "CODMn", 8.0, "", 1)).drop_columns(["row", "flag"])
    place = given.column_names.index("time")
    zoned = given.set_column(place, "time", given["time"].cast(pa.timestamp("us", "UTC")))
    (tmp_path / "part").mkdir()
    pq.write_table(zoned.slice(0, 2), tmp_path / "part" / "one.parquet")
    pq.write_table(zoned.slice(2), tmp_path / "part" / "two.parquet")
    (row,) = classes(tmp_path, engine)
    assert (row["class"], row["n"], row["period"]) == ("III", 2, "2020")
    assert classes(f"{tmp_path}/*/*.parquet", engine) == [row]


def test_of_a_month_the_newest_file_counts() -> None:
    """A month rewritten is read once, without its superseded revisions; the months of two folders are apart."""
    names = ["h/2020-01.000002.parquet", "h/2020-01.000010.parquet", "h/2020-01.000010.superseded.parquet",
             "g/2020-01.000001.parquet"]  # fmt: skip
    assert layout.newest(names) == ["g/2020-01.000001.parquet", "h/2020-01.000010.parquet"]


def test_a_store_that_cannot_be_listed_takes_a_glob() -> None:
    """An address that only the server knows goes to it as a glob; a folder is refused with the glob to write."""
    assert layout.find("abfss://x@y/h/*[0-9].parquet", here=False).files == ("abfss://x@y/h/*[0-9].parquet",)
    with pytest.raises(BadInput, match="cannot list") as caught:
        layout.find("abfss://x@y/h", here=False)
    assert "h/*[0-9].parquet" in caught.value.mend
    with pytest.raises(BadInput, match="does not know"):
        layout.find("abfss://x@y/h")


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"station": ["a"]}, "property, depth, time, value, censoring"),
        ({"time": ["2020"]}, "time holds"),
        ({"value": ["much"]}, "value holds"),
    ],
)
def test_files_of_another_shape_are_refused(tmp_path: Path, columns: dict[str, Any], what: str) -> None:
    """The missing column, or the one of the wrong type, is named."""
    given = readings(("a", "CODMn", 3.0))
    for name, values in columns.items():
        given = given.set_column(given.column_names.index(name), name, pa.array(values))
    pq.write_table(given if len(what.split()) == 2 else pa.table(columns), tmp_path / "x.parquet")
    with pytest.raises(BadInput, match=what), open_history(str(tmp_path)):
        pass


def test_the_command_judges_a_history(history: Path, tmp_path: Path) -> None:
    """One row a station and period; the same on each engine."""
    answers = []
    for engine in ENGINES:
        out = tmp_path / f"{engine}.csv"
        more = ["--engine", "spark", "--remote", remote()] if engine == SPARK else ["--engine", engine]
        run("assess", history, *more, "--standard", "cn.gb3838-2002", "--granularity", "season", "--out", out)
        answers.append(out.read_text())
    assert answers[0] == answers[1] == answers[2]
    rows = list(csv.DictReader(answers[0].splitlines()))
    assert list(rows[0])[:4] == ["station", "period", "class", "determinants"]
    assert {row["period"] for row in rows} >= {"2020-Q1", "2020-Q4"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--engine", "spark"], "--remote sc://"),
        (["--engine", "polars", "--remote", "sc://127.0.0.1:1"], "no server"),
        (["--engine", "abacus"], "duckdb, polars, spark"),
        (["--granularity", "week"], "year, season or month"),
        (["--engine", "spark", "--remote", "http://127.0.0.1:1"], "sc://host:15002"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, more: list[str], said: str) -> None:
    """What does not fit together ends with status 2 and the way out."""
    pq.write_table(readings(("a", "CODMn", 3.0)), tmp_path / "x.parquet")
    done = run("assess", tmp_path, *more, "--standard", "cn.gb3838-2002", "--out", tmp_path / "x.csv", ok=2)
    assert said in " ".join(done.stderr.split())
