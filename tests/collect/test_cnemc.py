from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime

import pyarrow.compute as pc
import pytest

from clearbay.collect.batch import Batch
from clearbay.collect.cnemc import read
from clearbay.collect.numbers import tidy
from clearbay.model.errors import BadInput
from clearbay.model.observation import Flag
from tests.collect import shipped

NAME = "cnemc_national_4h_2021-04-01.csv"
HEAD = "省份,流域,断面名称,监测时间,水质类别,水温(℃),叶绿素α(mg/L),站点情况\n"


def archived(name: str, precision: str = "printed") -> Batch:
    return read((shipped.HERE / name).read_bytes(), name=name, options={"precision": precision})


def test_the_shipped_excerpt() -> None:
    """936 rows: every cell is a reading, ``*`` (not measured) or ``--`` (missing); classes as published."""
    batch = shipped.batch("cnemc", shipped.SECTIONS)
    printed = shipped.rows(shipped.SECTIONS)
    values = [list(row.values())[5:16] for row in printed]
    cells = Counter("missing" if cell in ("*", "--") else "value" for row in values for cell in row)
    assert batch.readings.num_rows == cells["value"] == 8_597
    assert batch.missing == cells["missing"] == 1_699
    assert batch.bad == ()
    assert batch.samples is not None
    written = {"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V", "劣Ⅴ": "V+"}
    assert batch.samples.column("published").to_pylist() == [written.get(row["水质类别"]) for row in printed]
    assert batch.samples.column("section").to_pylist() == [tidy(row["断面名称"]) for row in printed]


def test_rows_are_placed() -> None:
    """A row's station is province and section, its time the printed local hour of the year in the file's name.

    Names are kept with half-width brackets: the publisher prints one section both ways, and it is one station."""
    batch = shipped.batch("cnemc", shipped.SECTIONS)
    assert batch.samples is not None
    for sample, row in zip(batch.samples.to_pylist(), shipped.rows(shipped.SECTIONS), strict=True):
        assert sample["station"] == f"cn.cnemc.{row['省份']}.{tidy(row['断面名称'])}"
        assert sample["time"] == shipped.local(f"2021-{row['监测时间']}")


def test_values_and_units() -> None:
    """Values are as printed, chlorophyll in µg/L (printed in mg/L); maintenance makes a reading suspect."""
    body = "广东省,珠江流域,石角,04-01 08:00,Ⅱ,24.0,0.012,正常\n广东省,珠江流域,石角,04-01 12:00,*,24.5,--,维护\n"
    batch = read((HEAD + body).encode(), name=NAME)
    found = [(reading["property"], reading["value"], reading["flag"]) for reading in batch.readings.to_pylist()]
    assert found == [
        ("water_temp", 24.0, Flag.NOT_EVALUATED),
        ("water_temp", 24.5, Flag.SUSPECT),
        ("chla", 12.0, Flag.NOT_EVALUATED),
    ]


def test_printed_and_raw_precision() -> None:
    """The archived layout gives the printed values, or the full ones behind them; both say the same cells."""
    printed, raw = (archived("cnemc_archived_snapshot.csv", precision) for precision in ("printed", "raw"))
    assert printed.readings.num_rows == raw.readings.num_rows == 529
    with (shipped.HERE / "cnemc_archived_snapshot.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for batch, header in ((printed, "nh3n_mg_l"), (raw, "raw_nh3n")):
        ammonia = batch.readings.filter(pc.equal(batch.readings.column("property"), "NH3N"))
        expected = {row: float(cells[header]) for row, cells in enumerate(rows) if cells[header] not in ("", "--")}
        assert dict(zip(ammonia["row"].to_pylist(), ammonia["value"].to_pylist(), strict=True)) == expected
    assert any("E-" in row["raw_nh3n"] for row in rows)  # scientific notation is among them


def test_raw_precision_needs_the_columns() -> None:
    """The published layout has no raw values, and saying raw of it is refused."""
    with pytest.raises(BadInput, match="printed values only"):
        read(shipped.octets(shipped.SECTIONS), name=NAME, options={"precision": "raw"})
    with pytest.raises(BadInput, match="use printed or raw"):
        read(shipped.octets(shipped.SECTIONS), name=NAME, options={"precision": "fine"})


def test_a_stopped_station_is_not_bad() -> None:
    """A row with neither time nor value (停站, 维护) stays among the samples with no time, and is not listed as bad."""
    batch = archived("cnemc_archived_daily.csv")
    assert batch.samples is not None
    stopped = [sample for sample in batch.samples.to_pylist() if sample["time"] is None]
    assert len(stopped) == 4
    assert {sample["status"] for sample in stopped} == {"停站", "维护"}
    assert batch.bad == ()
    assert batch.samples.num_rows == 27


def test_a_dash_is_no_class() -> None:
    """``-``, ``*`` and an empty cell are no class; 劣Ⅴ is V+."""
    body = "".join(
        f"广东省,珠江流域,石角,04-01 0{n}:00,{text},24.0,*,正常\n"
        for n, text in enumerate(["-", "*", "", "劣Ⅴ", "Ⅲ类", "Ⅴ"])
    )
    batch = read((HEAD + body).encode(), name=NAME)
    assert batch.samples is not None
    assert batch.samples.column("published").to_pylist() == [None, None, None, "V+", "III", "V"]


@pytest.mark.parametrize(
    ("name", "options", "printed", "year"),
    [
        ("sections_2021-04-01_02.csv", {}, "04-02 08:00", 2021),
        ("20201231.csv", {}, "01-01 00:00", 2021),
        ("20210101.csv", {}, "12-31 20:00", 2020),
        ("april 2019.csv", {}, "04-01 08:00", 2019),
        ("sections.csv", {"year": "2020"}, "02-29 08:00", 2020),
        ("sections_2021-04-01.csv", {"year": "2018"}, "04-01 08:00", 2018),
    ],
)
def test_the_year_is_found(name: str, options: dict[str, str], printed: str, year: int) -> None:
    """The year comes from the option, else from the day in the name (also across New Year), else from a year in it."""
    data = HEAD + f"广东省,珠江流域,石角,{printed},Ⅱ,24.0,*,正常\n"
    (time,) = read(data.encode(), name=name, options=options).readings.column("time").to_pylist()
    assert time == shipped.local(f"{year}-{printed}")


def test_the_year_of_an_archived_row_is_that_of_its_fetching() -> None:
    """An observation is the newest one not after the day of fetching: December seen in May is last year's."""
    head, line = (shipped.HERE / "cnemc_archived_snapshot.csv").read_text(encoding="utf-8").splitlines()[:2]
    cells = line.split(",")
    for fetched, printed, expected in (
        ("2020-05-08", "05-08 15:00", datetime(2020, 5, 8, 7)),
        ("2020-05-08", "12-13 15:00", datetime(2019, 12, 13, 7)),
        ("2021-01-01", "12-31 23:00", datetime(2020, 12, 31, 15)),
        ("2020-12-31", "01-01 00:00", datetime(2020, 12, 31, 16)),
    ):
        cells[0], cells[4] = fetched, printed
        batch = read("\n".join([head, ",".join(cells)]).encode(), name="x.csv")
        assert set(batch.readings.column("time").to_pylist()) == {expected}


def test_no_year_anywhere_is_refused() -> None:
    """Without option and without a date in the name there is no telling the year: it is asked for, never guessed."""
    with pytest.raises(BadInput, match="no year") as caught:
        read((HEAD + "广东省,珠江流域,石角,04-01 08:00,Ⅱ,24.0,*,正常\n").encode(), name="sections.csv")
    assert "year=2021" in caught.value.mend
    with pytest.raises(BadInput, match="four digits"):
        read(HEAD.encode(), name="sections.csv", options={"year": "21"})


def test_bad_rows_are_listed() -> None:
    """A time or a name that cannot be read makes a bad row, a text among the numbers a bad cell; the rest is kept."""
    body = (
        "广东省,珠江流域,石角,04-31 08:00,Ⅱ,24.0,*,正常\n"
        "广东省,珠江流域,,04-01 08:00,Ⅱ,24.0,*,正常\n"
        "广东省,珠江流域,石角,04-01 08:00,Ⅱ,warm,0.01,正常\n"
    )
    batch = read((HEAD + body).encode(), name=NAME)
    assert [(bad.row, bad.column, bad.value) for bad in batch.bad] == [
        (0, "监测时间", "04-31 08:00"),
        (1, "断面名称", ""),
        (2, "水温(℃)", "warm"),
    ]
    assert batch.readings.num_rows == 1


def test_sections_become_stations() -> None:
    """A section is a station of its province, named as printed, without position."""
    batch = shipped.batch("cnemc", shipped.SECTIONS)
    stations = {station.id: station for station in batch.stations}
    assert len(stations) == 220
    assert {station.jurisdiction for station in stations.values() if station.id.startswith("cn.cnemc.广东省")} == {
        "440000"
    }
    assert all(station.longitude is None and station.latitude is None for station in stations.values())
    assert all(len(station.jurisdiction) == 6 and station.jurisdiction != "100000" for station in stations.values())


def test_gb18030_is_read_as_well() -> None:
    """The same bytes in GB 18030, as spreadsheets on the mainland save them, give the same batch."""
    text = HEAD + "广东省,珠江流域,石角,04-01 08:00,Ⅱ,24.0,*,正常\n"
    assert read(text.encode("gb18030"), name=NAME).readings.equals(read(text.encode(), name=NAME).readings)


def test_a_time_with_its_year_keeps_it() -> None:
    """Where somebody has added the year, neither the file's name nor an option is needed, and none overrules it."""
    head = "省份,断面名称,监测时间,溶解氧(mg/L)\n"
    batch = read((head + "广东省,甲,2019-04-01 08:00,5\n广东省,甲,04-01 12:00,5\n").encode(), name=NAME)
    assert batch.samples is not None
    assert batch.samples.column("time").to_pylist() == [datetime(2019, 4, 1), datetime(2021, 4, 1, 4)]
    alone = read((head + "广东省,甲,2019/4/1 8:00,5\n").encode(), name="sections.csv")
    assert alone.readings.column("time").to_pylist() == [datetime(2019, 4, 1)]


def test_a_batch_names_the_properties_of_its_columns() -> None:
    """A column without a single value is a column all the same."""
    batch = read("省份,断面名称,监测时间,溶解氧(mg/L),总磷(mg/L)\n广东省,甲,04-01 08:00,5,*\n".encode(), name=NAME)
    assert batch.properties == ("DO", "TP")
