"""What others build on: commands, columns, statuses and endpoints, word for word."""

from __future__ import annotations

import csv
import gzip
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from tests.test_commands import run

DATA = Path(__file__).parent.parent / "src" / "clearbay" / "data"
SECTIONS = DATA / "river_cn" / "cnemc_national_4h_excerpt_2021-04-01_02.csv.gz"
MARINE = DATA / "marine_hk" / "epd_marine_all_columns_2020.csv.gz"
AIR = DATA / "air_hk" / "hk-air_hourly2018.csv.gz"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_assess_answers_row_by_row(tmp_path: Path) -> None:
    """One row an input row, in its order: station, time, class, determinants; class empty where it cannot be judged."""
    out = tmp_path / "out.csv"
    told = json.loads(
        run("assess", SECTIONS, "--source", "cnemc", "--standard", "cn.gb3838-2002", "--out", out, "--json").stdout
    )
    found = rows(out)
    with gzip.open(SECTIONS, "rt", encoding="utf-8-sig") as stream:
        given = list(csv.DictReader(stream))
    # Brackets of two widths in one name are one section.
    assert [row["station"] for row in found] == [normalize("NFKC", row["断面名称"]) for row in given]
    assert {row["class"] for row in found} == {"I", "II", "III", "IV", "V", "V+", ""}
    assert told["rows"] == len(given)
    assert any(row["class"] == "" for row in found if not row["determinants"])


@pytest.mark.parametrize("kind", ["river", "lake"])
def test_the_water_type_can_be_told(tmp_path: Path, kind: str) -> None:
    """``--water-type`` overrides the register for every row, and the result says that it did."""
    out = tmp_path / "out.csv"
    run("assess", SECTIONS, "--source", "cnemc", "--standard", "cn.gb3838-2002", "--water-type", kind, "--out", out)
    assert {(row["water_type"], row["water_type_from"]) for row in rows(out)} == {(kind, "option")}


def test_assess_sea_water(tmp_path: Path) -> None:
    """GB 3097 gives each sample a class from 1 to 4+."""
    out = tmp_path / "out.csv"
    run("assess", MARINE, "--source", "epd-marine", "--standard", "cn.gb3097-1997", "--out", out)
    assert {row["class"] for row in rows(out)} - {""} == {"1", "2", "3", "4", "4+"}


def test_assess_objectives(tmp_path: Path) -> None:
    """The Hong Kong objectives answer by station and year: station, year, objective, value, limit, attained."""
    out = tmp_path / "out.csv"
    run("assess", MARINE, "--source", "epd-marine", "--standard", "hk.wqo-marine", "--out", out)
    found = rows(out)
    assert list(found[0])[:6] == ["station", "year", "objective", "value", "limit", "attained"]
    assert {row["attained"] for row in found} == {"true", "false"}
    assert {row["year"] for row in found} == {"2020"}


def test_aqhi_hour_by_hour(tmp_path: Path) -> None:
    """``clearbay aqhi`` writes time and aqhi; the index runs from 1 to 10+."""
    out = tmp_path / "out.csv"
    run("aqhi", AIR, "--source", "epd-air", "--out", out)
    found = rows(out)
    assert list(found[0])[:2] == ["time", "aqhi"]
    assert {row["aqhi"] for row in found} <= {"", *map(str, range(1, 11)), "10+"}
    assert sum(row["aqhi"] != "" for row in found) > 6_000


def test_bad_values_are_listed_and_the_good_ones_kept(tmp_path: Path) -> None:
    """Exit status 3; the report names line, column, value, reason and the way to mend it."""
    spoiled = tmp_path / "sections 2021.csv"
    with gzip.open(SECTIONS, "rt", encoding="utf-8-sig") as stream:
        lines = stream.read().splitlines()
    header = lines[0].split(",")
    cells = lines[1].split(",")
    cells[header.index("氨氮(mg/L)")] = "about 2"
    spoiled.write_text("\n".join([lines[0], ",".join(cells), *lines[2:50]]) + "\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    run("assess", spoiled, "--source", "cnemc", "--standard", "cn.gb3838-2002", "--out", out, ok=3)
    assert len(rows(out)) == 49
    (bad,) = rows(tmp_path / "out.csv.bad.csv")
    assert (bad["line"], bad["column"], bad["value"]) == ("2", "氨氮(mg/L)", "about 2")
    assert bad["why"]
    assert bad["mend"]


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    """The second import says that the file is known; the same values in another file are all duplicates."""
    home = tmp_path / "home"
    run("init", home)
    first = json.loads(run("import", "epd-marine", MARINE, "--home", home, "--json").stdout)["files"][0]
    again = json.loads(run("import", "epd-marine", MARINE, "--home", home, "--json").stdout)["files"][0]
    copy = tmp_path / "copy.csv"
    copy.write_bytes(gzip.decompress(MARINE.read_bytes()))
    third = json.loads(run("import", "epd-marine", copy, "--home", home, "--json").stdout)["files"][0]
    assert first["new"] > 40_000
    assert again["known"]
    assert (third["new"], third["revised"], third["duplicate"]) == (0, 0, first["new"] + first["duplicate"])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real ``clearbay serve`` over a year of sea water."""
    home = tmp_path_factory.mktemp("served") / "home"
    run("init", home)
    run("import", "epd-marine", MARINE, "--home", home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "clearbay", "serve", "--home", str(home), "--port", str(port)],
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2)
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.mark.parametrize(
    "path",
    [
        "/api/health",
        "/api/stations",
        "/api/stations/hk.epd.marine.VM5",
        "/api/observations?station=hk.epd.marine.VM5&property=DIN&from=2020-01-01&to=2020-12-31&limit=10",
        "/api/assessments?standard=cn.gb3097-1997&period=2020&bbox=113,22,115,23",
        "/api/assessments?standard=hk.wqo-marine&period=2020",
        "/api/standards",
        "/api/standards/cn.gb3838-2002",
    ],
)
def test_the_api_answers(address: str, path: str) -> None:
    """Every endpoint of the contract answers JSON with something in it."""
    with urllib.request.urlopen(address + path, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    assert found
    assert found.get("items", True), "an empty list"
