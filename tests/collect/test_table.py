from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from clearbay import collect
from clearbay.collect.batch import Batch
from clearbay.collect.layout import EXAMPLE
from clearbay.collect.octets import unpacked
from clearbay.collect.table import read
from clearbay.model.errors import BadInput
from tests.collect import shipped

SECTIONS = """\
station: {columns: [省份, 断面名称], programme: cn.cnemc}
time: {column: 监测时间, format: "%Y-%m-%d %H:%M"}
properties:
  水温(℃): {property: water_temp, unit: ℃}
  pH(无量纲): {property: pH, unit: 无量纲}
  溶解氧(mg/L): {property: DO, unit: mg/L}
  电导率(μS/cm): {property: conductivity, unit: μS/cm}
  浊度(NTU): {property: turbidity, unit: NTU}
  高锰酸盐指数(mg/L): {property: CODMn, unit: mg/L}
  氨氮(mg/L): {property: NH3N, unit: mg/L}
  总磷(mg/L): {property: TP, unit: mg/L}
  总氮(mg/L): {property: TN, unit: mg/L}
  叶绿素α(mg/L): {property: chla, unit: mg/L}
  藻密度(cells/L): {property: algae, unit: cells/L}
keep: [水质类别]
"""
SIMPLE = """\
station: {column: S}
time: {column: T}
properties:
  A: {property: NH3N, unit: mg/L}
  B: {property: chla, unit: mg/L}
"""
KEYS = ["station", "property", "depth", "time", "value", "censoring"]
ORDER = [(key, "ascending") for key in [*KEYS[:4], "value"]]


def table(text: str, mapping: str = SIMPLE, name: str = "t.csv") -> Batch:
    return read(text.encode(), name=name, options={"mapping": mapping})


def with_year() -> str:
    """The shipped excerpt with the year in its times, as text."""
    lines = unpacked(shipped.octets(shipped.SECTIONS)).decode().splitlines()
    return "\n".join([lines[0], *(line.replace(",04-0", ",2021-04-0", 1) for line in lines[1:])]) + "\n"


def same(one: Batch, other: Batch) -> None:
    assert one.readings.select(KEYS).sort_by(ORDER).equals(other.readings.select(KEYS).sort_by(ORDER))


def test_the_marine_file_as_anyones_table() -> None:
    """Read by a mapping, the marine file gives the readings of its own source, property by property."""
    mapping = str(shipped.HERE / "marine_mapping.yaml")
    batch = read(shipped.octets(shipped.MARINE_2019), name="m.csv.gz", options={"mapping": mapping})
    own = shipped.batch("epd-marine", shipped.MARINE_2019).readings
    mapped = pc.unique(batch.readings.column("property"))
    assert len(mapped) == 11
    own = own.filter(pc.is_in(own.column("property"), mapped)).select(KEYS)
    assert batch.readings.select(KEYS).sort_by(ORDER).equals(own.sort_by(ORDER))
    assert batch.bad == ()
    assert batch.stations == ()
    assert batch.samples is not None
    assert batch.samples.column("Water Control Zone").to_pylist()[0] == "Deep Bay"
    assert "column 'Silica (mg/L)' is not mapped and was left out" in batch.notes


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-8-sig"])
def test_chinese_files_in_any_encoding(encoding: str) -> None:
    """The national excerpt gives the readings of its own source, whatever encoding it is saved in."""
    batch = read(with_year().encode(encoding), name="t.csv", options={"mapping": SECTIONS})
    same(batch, shipped.batch("cnemc", shipped.SECTIONS))
    assert batch.bad == ()


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "tsv", "dates.xlsx"])
def test_any_format_gives_the_same(kind: str) -> None:
    """A workbook (cells as text or as numbers and dates), a Parquet file and a TSV give what the CSV gives."""
    rows = [line.split(",") for line in with_year().splitlines()]
    if kind == "tsv":
        data = "\n".join("\t".join(row) for row in rows).encode()
    elif kind == "parquet":
        columns = {
            header: pa.array([row[place] for row in rows[1:]])
            if header != "监测时间"
            else pa.array([datetime.fromisoformat(row[place]) for row in rows[1:]])
            for place, header in enumerate(rows[0])
        }
        out = io.BytesIO()
        pq.write_table(pa.table(columns), out)
        data = out.getvalue()
    else:
        data = workbook([["国家站"], [], *(natural(row) if kind == "dates.xlsx" else row for row in rows)])
    batch = read(data, name=f"t.{kind}", options={"mapping": SECTIONS})
    same(batch, shipped.batch("cnemc", shipped.SECTIONS))


def natural(row: list[str]) -> list[object]:
    """A row as a person's workbook holds it: numbers as numbers, times as times."""
    cells: list[object] = []
    for cell in row:
        try:
            cells.append(float(cell))
        except ValueError:
            cells.append(datetime.fromisoformat(cell) if cell.startswith("2021-") else cell)
    return cells


def workbook(rows: Sequence[Sequence[object]], title: str = "数据") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["这是说明"])
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_documented_example_reads_a_workbook() -> None:
    """The mapping of the documentation reads the workbook it describes: ids, depths, limits, units, places, notes."""
    names = "断面名称 采样时间 层次 经度 纬度 氨氮(mg/L) 叶绿素a 粪大肠菌群 备注"
    head: list[object] = [*names.split()]
    rows: list[list[object]] = [
        ["监测报表"],
        ["2021年"],
        head,
        ["桥 1", "2021-04-01 08:00", "表", 113.5, 23.1, 0.2, 0.012, 2400, "晴"],
        ["桥 1", "2021-04-01 08:00", "底", 113.5, 23.1, "ND", "0.01L", ">24000", ""],
        ["桥2", "2021-04-01 24:00", "表层", "113°30'36\"E", "23°6′", "未采样", -999, "*", ""],
        ["桥2", "昨天", "表", 113.51, 23.1, 0.3, 0.1, 20, ""],
        ["桥3", "2021-04-02 08:00", "表", "?", 23.1, "0,3", 0.1, 20, ""],
    ]
    batch = read(workbook(rows, "2021年"), name="survey.xlsx", options={"mapping": EXAMPLE})
    found = {(r["row"], r["property"]): (r["depth"], r["value"], r["censoring"]) for r in batch.readings.to_pylist()}
    assert found == {
        (0, "NH3N"): ("surface", 0.2, ""),
        (0, "chla"): ("surface", 12.0, ""),
        (0, "FecalColi"): ("surface", 2400.0, ""),
        (1, "NH3N"): ("bottom", 0.025, "<"),
        (1, "chla"): ("bottom", 10.0, "<"),
        (1, "FecalColi"): ("bottom", 24000.0, ">"),
        (4, "chla"): ("surface", 100.0, ""),
        (4, "FecalColi"): ("surface", 20.0, ""),
    }
    assert batch.missing == 3
    assert [(bad.row, bad.column, bad.value) for bad in batch.bad] == [
        (3, "采样时间", "昨天"),
        (4, "氨氮(mg/L)", "0,3"),
        (4, "经度", "?"),
    ]
    assert batch.line(3) == 7
    assert [station.id for station in batch.stations] == [f"cn.gd.survey.{name}" for name in ("桥-1", "桥2", "桥3")]
    first, second, third = batch.stations
    assert first.longitude is not None
    assert first.latitude is not None
    assert 0.001 < math.hypot(first.longitude - 113.5, first.latitude - 23.1) < 0.01  # GCJ-02 undone
    assert second.longitude == pytest.approx(113.51 - 113.5 + first.longitude, abs=1e-4)
    assert third.longitude is None  # a position that cannot be read is unknown, never guessed
    assert first.jurisdiction == "440000"
    assert batch.samples is not None
    assert batch.samples.column("备注").to_pylist()[0] == "晴"


LONG = """\
station: {value: S1}
time: {column: 日期}
long: {property: 项目, value: 结果, unit: 单位, censoring: 符号, names: {高指: CODMn, 蓝藻: algae}}
"""


def test_a_line_a_value() -> None:
    """In a long layout each line says its property and unit; names are mapped, or known by themselves."""
    text = (
        "日期,项目,符号,结果,单位\n"
        "2021-04-01,氨氮,,0.2,mg/L\n"
        "2021-04-01,高指,<,0.5,mg/L\n"
        "2021-04-01,总磷,,30,μg/L\n"
        "2021-04-01,pH,,7.9,\n"
        "2021-04-01,蓝藻,>,5,万个/L\n"
        "2021-04-01,透明度,,,m\n"
    )
    batch = table(text, LONG)
    found = {r["property"]: (r["row"], r["value"], r["censoring"]) for r in batch.readings.to_pylist()}
    assert found == {
        "NH3N": (0, 0.2, ""),
        "CODMn": (1, 0.5, "<"),
        "TP": (2, 0.03, ""),
        "pH": (3, 7.9, ""),
        "algae": (4, 50_000.0, ">"),
    }
    assert batch.missing == 1
    assert batch.bad == ()


def test_a_long_layout_lists_what_it_cannot_place() -> None:
    """Unknown names, units that do not fit or are not stated, odd marks and bad times are listed, once a kind."""
    text = (
        "日期,项目,符号,结果,单位\n"
        "2021-04-01,神秘物,,0.2,mg/L\n"
        "2021-04-02,神秘物,,0.3,mg/L\n"
        "2021-04-01,氨氮,,0.2,NTU\n"
        "2021-04-01,总磷,,0.2,\n"
        "2021-04-01,总氮,~,0.2,mg/L\n"
        "昨天,总氮,,0.2,mg/L\n"
        "2021-04-01,总氮,,0.2,mg/L\n"
    )
    batch = table(text, LONG)
    assert [(bad.row, bad.column, bad.value) for bad in batch.bad] == [
        (0, "项目", "神秘物"),
        (2, "单位", "NTU"),
        (3, "单位", ""),
        (4, "结果", "0.2"),
        (5, "日期", "昨天"),
    ]
    assert "(2 lines)" in batch.bad[0].why
    assert batch.readings.column("row").to_pylist() == [6]


def test_date_and_hour_in_two_columns() -> None:
    """Times in two columns are joined, also from a workbook's own dates and times of day."""
    mapping = SIMPLE.replace("{column: T}", '{columns: [D, H], zone: "+00:00"}')
    expected = [datetime(2021, 4, 1, 8, 30)]
    assert (
        table("S,D,H,A,B\nx,2021-04-01,08:30,1,2\n", mapping).readings.column("time").unique().to_pylist() == expected
    )
    rows: list[list[object]] = [["S", "D", "H", "A", "B"], ["x", date(2021, 4, 1), time(8, 30), 1, 2]]
    batch = read(workbook(rows), name="t.xlsx", options={"mapping": mapping})
    assert batch.readings.column("time").unique().to_pylist() == expected
    assert table("S,D,H,A,B\nx,2021-04-01,,1,2\n", mapping).bad[0].column == "D"


def test_a_decimal_comma() -> None:
    """A file in the Portuguese manner is read when its mapping says so."""
    mapping = SIMPLE + 'file: {decimal: ",", delimiter: ";"}\n'
    batch = table("S;T;A;B\nx;2021-04-01;0,5;<1.234,5\n", mapping)
    assert [(r["value"], r["censoring"]) for r in batch.readings.to_pylist()] == [(0.5, ""), (1_234_500.0, "<")]


def test_a_station_in_two_places_is_said() -> None:
    """The first position is kept, and a note says that the file has another."""
    mapping = SIMPLE + "position: {x: X, y: Y, crs: HK1980}\n"
    text = "S,T,A,B,X,Y\nx,2021-04-01,1,2,836694,819069\nx,2021-04-02,1,2,836794,819069\ny,2021-04-02,1,2,114,22\n"
    batch = table(text, mapping)
    assert any("more than one place" in note for note in batch.notes)
    assert batch.stations[0].longitude == pytest.approx(114.181, abs=0.002)
    assert batch.stations[0].latitude == pytest.approx(22.310, abs=0.002)


def test_positions_off_the_globe_are_listed() -> None:
    """Degrees given for metres, or the other way round, are no position: listed, and the values kept."""
    text = "S,T,A,B,X,Y\nx,2021-04-01,1,2,836694,819069\ny,2021-04-02,1,2,22.3,114.2\n"
    batch = table(text, SIMPLE + "position: {x: X, y: Y}\n")
    assert [(bad.row, bad.column) for bad in batch.bad] == [(0, "X"), (1, "X")]
    assert batch.readings.num_rows == 4
    assert all(station.longitude is None for station in batch.stations)


def test_numbers_that_mean_missing() -> None:
    """-999 named as missing is missing however it is printed, in text as in numbers."""
    mapping = SIMPLE + 'missing: ["-999"]\n'
    batch = table("S,T,A,B\nx,2021-04-01,-999.0,-999\nx,2021-04-02,1,-99.9\n", mapping)
    assert batch.missing == 2
    rows: list[list[object]] = [["S", "T", "A", "B"], ["x", date(2021, 4, 1), -999, 1], ["x", date(2021, 4, 2), 5, 2]]
    assert read(workbook(rows), name="t.xlsx", options={"mapping": mapping}).missing == 1


@pytest.mark.parametrize(
    ("text", "mapping", "said"),
    [
        ("S,T,A,C\nx,2021-04-01,1,2\n", SIMPLE, "no column 'B'"),
        ("S,When,A,B\nx,2021-04-01,1,2\n", SIMPLE, "no column 'T'"),
        ("", SIMPLE, "empty"),
        ("S,T,A,B\n", "", "needs a mapping"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, mapping: str, said: str) -> None:
    """A missing column, an empty file and a missing mapping are refused, with the way out."""
    with pytest.raises(BadInput, match=said) as caught:
        table(text, mapping)
    assert caught.value.mend


def test_a_sheet_by_name() -> None:
    """A sheet may be named; one that is not there is refused with those that are."""
    data = workbook([["S", "T", "A", "B"], ["x", "2021-04-01", 1, 2]], "数据")
    assert read(data, name="t.xlsx", options={"mapping": SIMPLE, "sheet": "数据"}).readings.num_rows == 2
    with pytest.raises(BadInput, match="there is no sheet") as caught:
        read(data, name="t.xlsx", options={"mapping": SIMPLE, "sheet": "資料"})
    assert "数据" in caught.value.mend
    with pytest.raises(BadInput, match="cannot be opened"):
        read(b"PK\x03\x04broken", name="t.xlsx", options={"mapping": SIMPLE})
    with pytest.raises(BadInput, match="damaged"):
        read(b"PAR1broken", name="t.parquet", options={"mapping": SIMPLE})


def test_a_file_of_nothing_but_mistakes_stays_small() -> None:
    """Of very many bad values the first 100,000 are listed, and the last line counts the others."""
    count = 60_000
    text = "S,T,A,B\n" + "x,2021-04-01,one,two\n" * count
    batch = table(text)
    assert len(batch.bad) == 100_001
    assert batch.bad[-1].why == f"{2 * count - 100_000} more bad values are not listed"


def test_a_large_table_is_read_by_the_column() -> None:
    """200,000 rows of two properties take well under five seconds."""
    start = datetime(2000, 1, 1)
    lines = (
        f"S{n % 50},{(start + timedelta(minutes=10 * n)).isoformat(' ')},{n % 977 / 100},<{n % 13}"
        for n in range(200_000)
    )
    began = datetime.now()
    batch = table("S,T,A,B\n" + "\n".join(lines))
    assert (datetime.now() - began).total_seconds() < 5
    assert batch.readings.num_rows == 400_000
    assert len(batch.stations) == 50


def test_the_mapping_may_come_from_a_draft(tmp_path: Path) -> None:
    """A drafted mapping of a tidy file reads it as it is."""
    draft = collect.suggest_mapping(with_year().encode("gb18030"), name="t.csv")
    (tmp_path / "m.yaml").write_text(draft, encoding="utf-8")
    batch = read(with_year().encode("gb18030"), name="t.csv", options={"mapping": str(tmp_path / "m.yaml")})
    assert batch.readings.num_rows == shipped.batch("cnemc", shipped.SECTIONS).readings.num_rows
