"""``clearbay aqi`` on files as people have them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from clearbay import packs
from clearbay.mine.iaqi import index_of
from clearbay.model.errors import BadInput
from tests.mine_rules.air import DONGSI

HEADER = "time,station,SO2,NO2,CO,O3,PM10,PM2.5\n"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_hours_across_the_change_of_version(run: Any, tmp_path: Path) -> None:
    """By date, PM10 of 120 is worth 85 in February 2026 and 100 in March; the first columns are the agreed ones."""
    lines = "".join(f"2026-02-28 {hour:02d}:00,A,10,20,0.5,60,120,30\n" for hour in range(24))
    lines += "2026-03-01 00:00,A,10,20,0.5,60,120,30\n2026-03-01 01:00,A,10,20,0.5,60,120,30\n"
    (tmp_path / "in.csv").write_text(HEADER + lines, encoding="utf-8")
    told = run("aqi", tmp_path / "in.csv", "--version", "by-date", "--out", tmp_path / "out.csv", "--json")
    rows = _rows(tmp_path / "out.csv")
    assert list(rows[0])[:4] == ["time", "station", "aqi", "primary"]
    assert [(row["time"][:16], row["aqi"], row["standard"]) for row in rows[-2:]] == [
        ("2026-03-01T00:00", "85", "cn.hj633-2012"), ("2026-03-01T01:00", "100", "cn.hj633-2026")
    ]  # fmt: skip
    assert (told["rows"], told["by"], told["versions"]) == (26, "hour", {"cn.hj633-2012": 25, "cn.hj633-2026": 1})
    assert rows[-1]["primary"] == "PM10"


def test_daily_rows_are_told_by_their_times(run: Any, tmp_path: Path) -> None:
    """Rows without an hour are days; a tie names both pollutants as the file writes them."""
    (tmp_path / "in.csv").write_text(HEADER + "2026-04-01,A,10,20,0.5,60,120,60\n2026-04-02,A,10,20,,60,40,30\n")
    told = run("aqi", tmp_path / "in.csv", "--version", "hj633-2026", "--out", tmp_path / "out.csv", "--json")
    rows = _rows(tmp_path / "out.csv")
    assert told["by"] == "day"
    assert [(row["time"], row["aqi"], row["primary"], row["missing"]) for row in rows] == [
        ("2026-04-01", "100", "PM10;PM2.5", ""), ("2026-04-02", "", "", "CO")
    ]  # fmt: skip
    run("aqi", tmp_path / "in.csv", "--version", "hj633-2026", "--exempt", "CO", "--out", tmp_path / "out.csv")
    assert _rows(tmp_path / "out.csv")[1]["aqi"] == "43"


def test_a_mapping_file_names_other_headers_and_units(run: Any, tmp_path: Path) -> None:
    """Chinese headers, carbon monoxide in ug/m3, date and hour apart: a line a column suffices."""
    (tmp_path / "in.csv").write_text("日期,小时,点位,一氧化碳值,颗粒物\n2026-04-01,8,甲,1200,36\n", encoding="gb18030")
    (tmp_path / "map.yaml").write_text(
        "CO: {column: 一氧化碳值, unit: ug/m3}\nPM2.5: 颗粒物\nstation: 点位\n", encoding="utf-8"
    )
    run("aqi", tmp_path / "in.csv", "--version", "hj633-2012", "--mapping", tmp_path / "map.yaml", "--out",
        tmp_path / "out.csv")  # fmt: skip
    row = _rows(tmp_path / "out.csv")[0]
    assert (row["station"], row["iaqi_CO"], row["time"][:13]) == ("甲", "12", "2026-04-01T08")


def test_the_full_mapping_of_the_general_reader_works_too(run: Any, tmp_path: Path) -> None:
    """A mapping as `clearbay import table` takes it names station, time and properties with their units."""
    (tmp_path / "in.csv").write_text("where,when,dust\nA,2026-04-01 08:00,36\n")
    properties = "properties: {dust: {property: PM2_5, unit: ug/m3}}\n"
    (tmp_path / "map.yaml").write_text(f"station: {{column: where, medium: air}}\ntime: {{column: when}}\n{properties}")
    run("aqi", tmp_path / "in.csv", "--version", "hj633-2026", "--mapping", tmp_path / "map.yaml", "--out",
        tmp_path / "out.csv")  # fmt: skip
    assert _rows(tmp_path / "out.csv")[0]["iaqi_PM2.5"] == "52"


def test_hours_are_labelled_as_the_file_runs(run: Any, tmp_path: Path) -> None:
    """From 00:00 to 23:00 a file holds one day; from 01:00 to 24:00 too, by the end of its hours."""
    for hours, label in ((range(24), "start"), (range(1, 25), "end")):
        lines = "".join(f"2026-04-01 {hour:02d}:00,A,10,20,0.5,60,40,30\n" for hour in hours)
        (tmp_path / "in.csv").write_text(HEADER + lines)
        told = run(
            "aqi", tmp_path / "in.csv", "--version", "by-date", "--by", "day", "--out", tmp_path / "out.csv", "--json"
        )
        assert (told["label"], told["rows"], _rows(tmp_path / "out.csv")[0]["time"]) == (label, 1, "2026-04-01")


def test_carbon_monoxide_in_the_wrong_unit_is_refused(run: Any, tmp_path: Path) -> None:
    """3,400 cannot be mg/m3; the way out is said, and a unit in the header is one."""
    (tmp_path / "in.csv").write_text("time,station,CO\n2026-04-01 08:00,A,3400\n")
    with pytest.raises(BadInput, match="seems to stand in ug/m3"):
        run("aqi", tmp_path / "in.csv", "--version", "by-date", "--out", tmp_path / "out.csv")
    (tmp_path / "in.csv").write_text("time,station,CO(ug/m3)\n2026-04-01 08:00,A,3400\n")
    run("aqi", tmp_path / "in.csv", "--version", "hj633-2012", "--out", tmp_path / "out.csv")
    assert _rows(tmp_path / "out.csv")[0]["iaqi_CO"] == "34"


def test_a_real_year(run: Any, tmp_path: Path) -> None:
    """Dongsi 2016, hour by hour under 2026: sub-indices are those of each hour's own concentrations."""
    mapping = tmp_path / "map.yaml"
    mapping.write_text("CO: {column: CO, unit: ug/m3}\n")
    told = run("aqi", DONGSI, "--version", "hj633-2026", "--mapping", mapping, "--out",
               tmp_path / "out.csv", "--json")  # fmt: skip
    assert (told["rows"], told["by"], told["label"]) == (8784, "hour", "start")
    rows = _rows(tmp_path / "out.csv")
    # 2016-01-01 00:00: PM2.5 200, PM10 209, SO2 31, NO2 98, CO 3.4, O3 2
    means = {"PM2_5_day": 200, "PM10_day": 209, "SO2_hour": 31, "NO2_hour": 98, "CO_hour": 3.4, "O3_hour": 2}
    expected = index_of(means, packs.rule("cn.hj633-2026"), "hourly")
    assert (int(rows[0]["aqi"]), rows[0]["primary"], rows[0]["iaqi_PM10"]) == (expected.aqi, "PM2.5", "135")
    assert expected.aqi == 250
    days = run("aqi", DONGSI, "--version", "by-date", "--by", "day", "--mapping", mapping, "--out",
               tmp_path / "days.csv", "--json")  # fmt: skip
    assert (days["rows"], days["versions"]) == (366, {"cn.hj633-2012": 363})


def test_what_cannot_be_meant_is_refused(run: Any, tmp_path: Path) -> None:
    """An unknown version, daily rows by the hour, a file without pollutants, a pollutant nobody knows."""
    (tmp_path / "in.csv").write_text(HEADER + "2026-04-01,A,10,20,0.5,60,120,60\n")
    (tmp_path / "none.csv").write_text("time,station,tea\n2026-04-01,A,10\n")
    for words, why in (
        (["in.csv", "--version", "hj633-2020"], "no such version"),
        (["in.csv", "--version", "by-date", "--by", "hour"], "no hours"),
        (["in.csv", "--version", "by-date", "--exempt", "NH3"], "no pollutant"),
        (["none.csv", "--version", "by-date"], "no column holds"),
        (["nowhere.csv", "--version", "by-date"], "no such file"),
    ):
        with pytest.raises(BadInput, match=why):
            run("aqi", tmp_path / words[0], *words[1:], "--out", tmp_path / "out.csv")


def test_bad_values_are_listed_and_the_rest_is_judged(run: Any, tmp_path: Path) -> None:
    """A cell that is no number leaves with status 3, a report beside the result, and its row judged without it."""
    (tmp_path / "in.csv").write_text(HEADER + "2017-04-01 08:00,A,10,high,0.5,60,120,60\n")
    told = run("aqi", tmp_path / "in.csv", "--version", "by-date", "--out", tmp_path / "out.csv", "--json", status=3)
    assert told["bad"] == 1
    assert "high" in Path(told["report"]).read_text(encoding="utf-8")
    assert "NO2" in _rows(tmp_path / "out.csv")[0]["missing"]
