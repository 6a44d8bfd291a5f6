"""The station-years worked by hand in docs/worked-examples.md, against the program on the same files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import clearbay
from clearbay import packs
from clearbay.collect import epd_marine
from clearbay.mine import attainment_classes, objective_results, period_classes, period_items, to_arrow

DOCUMENT = Path(__file__).parents[2] / "docs" / "worked-examples.md"
DATA = Path(clearbay.__file__).parent / "data" / "marine_hk"
RULES = {"GB 3097-1997": "cn.gb3097-1997", "HK WQO": "hk.wqo-marine"}


@dataclass
class Example:
    """One station-year of the document: its rows as (rule set, item, statistic, compared, verdict, days)."""

    station: str
    year: int
    file: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"hk.epd.marine.{self.station}"


def examples() -> list[Example]:
    found: list[Example] = []
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## \d+\. (\w+), (\d{4})", line):
            found.append(Example(heading[1], int(heading[2])))
        elif found and (file := re.search(r"from `(epd_marine\S+)`", line)):
            found[-1].file = file[1]
        elif found and line.startswith(tuple(f"| {rule} |" for rule in RULES)):
            found[-1].rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    return found


EXAMPLES = examples()


@cache
def readings(file: str) -> pa.Table:
    return epd_marine.read((DATA / file).read_bytes(), name=file).readings


def own_readings(example: Example) -> pa.Table:
    table = readings(example.file)
    return table.filter(pc.equal(table.column("station"), example.id))


def of_year(table: pa.Table, example: Example) -> dict[str, dict]:
    name = "period" if "period" in table.column_names else "year"
    key = "property" if "property" in table.column_names and name == "period" else "objective"
    return {row.get(key, "class"): row for row in table.to_pylist() if str(row[name]) == str(example.year)}


def test_the_document_works_ten_station_years():
    """Ten different station-years, of nine zones, each with both rule sets."""
    zones = {station.id: station.zone for station in packs.stations()}
    assert len({(example.station, example.year) for example in EXAMPLES}) == 10
    assert len({zones[example.id] for example in EXAMPLES}) >= 9
    assert all({row[0] for row in example.rows} == RULES.keys() for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.station}-{one.year}")
def test_sea_water_classes_equal_the_hand(example):
    """Statistic, rounded statistic, class of each item, determinants and number of days under GB 3097-1997."""
    standard = packs.standard("cn.gb3097-1997")
    result = period_items(own_readings(example), standard)
    items = of_year(to_arrow(result), example)
    names = [grade.id for grade in standard.grades]
    by_hand = [row[1:] for row in example.rows if row[0] == "GB 3097-1997"]
    assert items.keys() == {row[0] for row in by_hand} - {"class"}
    for item, statistic, rounded, verdict, days in by_hand:
        if item == "class":
            year = of_year(to_arrow(period_classes(result, standard)), example)["class"]
            assert (year["class"], year["determinants"]) == (verdict, rounded)
        else:
            row = items[item]
            assert row["value"] == pytest.approx(float(statistic), abs=0.51 * 10 ** -len(statistic.partition(".")[2]))
            assert row["rounded"] == float(rounded)
            assert (names[row["grade"]], row["n"]) == (verdict, int(days))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.station}-{one.year}")
def test_hong_kong_objectives_equal_the_hand(example):
    """Statistic, limit, verdict and number of days of every objective that can be judged, and of the station."""
    standard = packs.standard("hk.wqo-marine")
    zones = {station.id: station.zone for station in packs.stations() if station.id == example.id}
    result = objective_results(own_readings(example), standard, zones)
    objectives = of_year(to_arrow(result), example)
    by_hand = [row[1:] for row in example.rows if row[0] == "HK WQO"]
    assert objectives.keys() == {row[0] for row in by_hand} - {"class"}
    for item, statistic, limit, verdict, days in by_hand:
        if item == "class":
            year = of_year(to_arrow(attainment_classes(result, standard)), example)["class"]
            assert (year["class"], year["determinants"]) == (verdict, limit)
        else:
            row = objectives[item]
            assert row["value"] == pytest.approx(float(statistic), abs=0.51 * 10 ** -len(statistic.partition(".")[2]))
            assert (row["limit"], row["n"]) == (float(limit), int(days))
            assert row["attained"] is (verdict == "attained")
