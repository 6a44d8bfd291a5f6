from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from clearbay.collect.layout import load_layout
from clearbay.collect.suggestion import suggest_mapping
from clearbay.collect.table import read as collect_table
from tests.collect import shipped


def draft(text: str, encoding: str = "utf-8") -> dict:  # type: ignore[type-arg]
    found = suggest_mapping(text.encode(encoding), name="t.csv")
    return yaml.safe_load(found)  # type: ignore[no-any-return]


def test_the_national_file_is_understood() -> None:
    """Every property of the national layout is recognised with its unit; the draft is a valid mapping."""
    text = suggest_mapping(shipped.octets(shipped.SECTIONS), name="sections.csv")
    found = load_layout(text)
    assert {prop.code for prop in found.properties.values()} == {
        "water_temp",
        "pH",
        "DO",
        "conductivity",
        "turbidity",
        "CODMn",
        "NH3N",
        "TP",
        "TN",
        "chla",
        "algae",
    }
    assert found.properties["叶绿素α(mg/L)"].unit == "mg/L"
    assert found.station == ("断面名称",)
    assert found.time == ("监测时间",)
    assert "水质类别" in text.split("Not recognised")[1]


def test_the_hong_kong_files_are_understood() -> None:
    """The marine file of all columns and the river file are recognised column by column."""
    marine = load_layout(suggest_mapping(shipped.octets(shipped.MARINE_2019), name="m.csv.gz"))
    assert marine.depth == "Depth"
    assert {"DO", "chla", "E_coli", "salinity", "turbidity", "pH", "SS", "TP", "TN"} <= {
        p.code for p in marine.properties.values()
    }
    river = load_layout(suggest_mapping(shipped.octets(shipped.RIVER), name="r.csv.gz"))
    assert len(river.properties) > 30


@pytest.mark.parametrize(
    ("header", "code", "unit"),
    [
        ("氨氮(mg/L)", "NH3N", "mg/L"),
        ("氨氮（mg/L）", "NH3N", "mg/L"),
        ("NH3-N[mg/L]", "NH3N", "mg/L"),
        ("nh3n_mg_l", "NH3N", "mg/L"),
        ("DO mg/L", "DO", "mg/L"),
        ("溶解氧，mg/L", "DO", "mg/L"),
        ("PM2.5(μg/m³)", "PM2_5", "μg/m³"),
        ("葉綠素a (µg/L)", "chla", "μg/L"),
        ("水温(℃)", "water_temp", "℃"),
        ("粪大肠菌群（个/L）", "FecalColi", "个/L"),
        ("Chlorophyll-a (μg/L)", "chla", "μg/L"),
        ("Salinidade (psu)", "salinity", "psu"),
        ("六价铬(mg/L)", "Cr6", "mg/L"),
        ("总磷(以P计)(mg/L)", "TP", "mg/L"),
    ],
)
def test_headers_are_understood(header: str, code: str, unit: str) -> None:
    """A header gives property and unit, in whatever brackets, script or language."""
    found = draft(f'station,time,"{header}"\nA,2021-04-01,1\n')["properties"]
    ((printed, prop),) = found.items()
    assert prop["property"] == code
    assert prop["unit"].replace("µ", "μ") == unit
    load_layout(suggest_mapping(f'station,time,"{header}"\nA,2021-04-01,1\n'.encode(), name="t.csv"))
    assert printed == header


def test_a_unit_that_is_not_stated_is_asked_for() -> None:
    """Where the header states no unit, or one that does not fit, the draft asks instead of deciding."""
    text = suggest_mapping("站点,时间,总磷,氨氮(NTU)\nA,2021-04-01,1,2\n".encode(), name="t.csv")
    assert "the header states no unit: is it mg/L?" in text
    assert "'NTU' does not fit; is it mg/L?" in text


def test_day_and_month_are_asked_for() -> None:
    """3/4/2020 may be April or March: the draft says so; 31/12/2020 is day first."""
    assert "decide" in suggest_mapping(b"station,date,pH\nA,3/4/2020,7\n", name="t.csv")
    assert draft("station,date,pH\nA,31/12/2020,7\n")["time"]["format"] == "%d/%m/%Y"
    assert draft("station,date,pH\nA,12/31/2020 08:00,7\n")["time"]["format"] == "%m/%d/%Y %H:%M"
    assert "format" not in draft("station,date,pH\nA,2020/12/31,7\n")["time"]


def test_a_long_table_is_recognised() -> None:
    """Columns of item, result and unit make a long mapping; names it does not know are listed for mapping."""
    text = "点位名称,采样日期,监测项目,监测结果,单位\nA,2021-04-01,氨氮,0.2,mg/L\nA,2021-04-01,神秘物,1,mg/L\n"
    found = draft(text)
    assert found["long"] == {"property": "监测项目", "value": "监测结果", "unit": "单位"}
    assert '"神秘物": CODE' in suggest_mapping(text.encode(), name="t.csv")


def test_positions_and_encoding_are_suggested() -> None:
    """Longitude and latitude make a position; the Hong Kong grid is told by its numbers; GB 18030 is stated."""
    assert draft("站点,时间,经度,纬度,pH\nA,2021-04-01,113.5,22.1,7\n", "gb18030")["position"]["crs"] == "WGS84"
    assert draft("station,time,Easting,Northing,pH\nA,2021-04-01,836694,819069,7\n")["position"]["crs"] == "HK1980"
    assert draft("站点,时间,pH\nA,2021-04-01,7\n", "gb18030")["file"]["encoding"] == "gb18030"


def test_a_draft_for_a_parquet_file() -> None:
    """Any format can be drafted for; nothing recognised is said at its place."""
    out = io.BytesIO()
    pq.write_table(pa.table({"x1": [1.0], "x2": ["a"]}), out)
    text = suggest_mapping(out.getvalue(), name="t.parquet")
    assert "no header reads like a station" in text
    assert "no header reads like a time" in text
    assert "no header names a property" in text


def test_odd_headers_are_quoted() -> None:
    """Headers with colons, quotes and hashes survive the draft, known or not."""
    text = 'station,time,"pH: ""field"" #2","[x]: ""y"" #z"\nA,2021-04-01,1,2\n'
    assert list(draft(text)["properties"]) == ['pH: "field" #2']
    assert '# Not recognised, and left out: "[x]: \\"y\\" #z"' in suggest_mapping(text.encode(), name="t.csv")


def test_a_title_above_the_head_is_passed_over() -> None:
    """The head is the line that reads most like one; what is drafted from it is a valid mapping of that file."""
    text = "某市地表水监测\n\n断面名称,监测时间,氨氮(mg/L)\nS1,2021-04-01 08:00,0.2\n"
    assert draft(text)["station"]["column"] == "断面名称"
    batch = collect_table(
        text.encode(), name="t.csv", options={"mapping": suggest_mapping(text.encode(), name="t.csv")}
    )
    assert batch.readings.column("value").to_pylist() == [0.2]
