"""The numbers of the rules beyond standards, pinned against tables typed from the sources' summary; dates, families."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clearbay import packs
from clearbay.model.errors import PackError, UnknownName
from clearbay.model.rule import Rule
from clearbay.model.standard import Standard
from tests.packs.rule_samples import LIMITS

# Grade I / II of 2012, of the transition, of the final limits; ug/m3, CO mg/m3.
GB3095 = """\
SO2 year    20/60   20/60   20/20
SO2 day     50/150  50/150  50/50
SO2 hour    150/500 150/500 150/150
NO2 year    40/40   40/40   30/30
NO2 day     80/80   80/80   50/50
NO2 hour    200/200 200/200 200/200
CO day      4/4     4/4     4/4
CO hour     10/10   10/10   10/10
O3 mda8     100/160 100/160 100/160
O3 hour     160/200 160/200 160/200
PM10 year   40/70   40/60   20/50
PM10 day    50/150  50/120  50/100
PM2_5 year  15/35   15/30   10/25
PM2_5 day   35/75   35/60   25/50
NOx year    50/50   50/50   40/40
NOx day     100/100 100/100 70/70
NOx hour    250/250 250/250 250/250
TSP year    80/200  80/200  80/200
TSP day     120/300 120/300 120/300
Pb_air year 0.5/0.5 0.5/0.5 0.5/0.5
Pb_air quarter 1/1  1/1     1/1
BaP_air year 0.001/0.001 0.001/0.001 0.001/0.001
BaP_air day 0.0025/0.0025 0.0025/0.0025 0.0025/0.0025
"""

BREAKPOINTS = {
    "SO2_day": [0, 50, 150, 475, 800, 1600, 2100, 2620],
    "SO2_hour": [0, 150, 500, 650, 800, None, None, None],
    "NO2_day": [0, 40, 80, 180, 280, 565, 750, 940],
    "NO2_hour": [0, 100, 200, 700, 1200, 2340, 3090, 3840],
    "CO_day": [0, 2, 4, 14, 24, 36, 48, 60],
    "CO_hour": [0, 5, 10, 35, 60, 90, 120, 150],
    "O3_8h": [0, 100, 160, 215, 265, 800, None, None],
    "O3_hour": [0, 160, 200, 300, 400, 800, 1000, 1200],
}

# property, averaging: limit(exceedances allowed) in 2014, 2022, 2025; a dash where there is none.
AQO = """\
SO2 10min  500(3)    500(3)    500(3)
SO2 day    125(3)    50(3)     40(3)
PM10 day   100(9)    100(9)    75(9)
PM10 year  50        50        30
PM2_5 day  75(9)     50(35)    37.5(18)
PM2_5 year 35        25        15
NO2 hour   200(18)   200(18)   200(18)
NO2 day    -         -         120(9)
NO2 year   40        40        40
O3 8h      160(9)    160(9)    160(9)
O3 peak_season - -   100
CO hour    30(0)     30(0)     30(0)
CO 8h      10(0)     10(0)     10(0)
CO day     -         -         4(0)
Pb_air year 0.5      0.5       0.5
"""

SEDIMENT = """\
Hg 0.2 0.5 1
Cd 0.5 1.5 5
Pb 60 130 250
Zn 150 350 600
Cu 35 100 200
Cr 80 150 270
As 20 65 93
TOC 2 3 4
Sulfide 300 500 600
Oil 500 1000 1500
HCH 0.5 1 1.5
DDT 0.02 0.05 0.1
PCB 0.02 0.2 0.6
"""

BIVALVE = """\
Hg 0.05 0.1 0.3
Cd 0.2 2 5
Pb 0.1 2 6
Cr 0.5 2 6
As 1 5 8
Cu 10 25 50
Zn 20 50 100
Oil 15 50 80
HCH 0.02 0.15 0.5
DDT 0.01 0.1 0.5
"""

EFFLUENT = """\
CODCr 50 60 100 120
BOD5 10 20 30 60
SS 10 20 30 50
AVOil 1 3 5 20
Oil 1 3 5 15
LAS 0.5 1 2 5
TN 15 20 - -
colour 30 30 40 50
FecalColi 1000 10000 10000 -
"""


def _table(rule: Rule) -> dict[tuple[str, str], dict[str, object]]:
    return {
        (one.property, one.averaging): dict(one.limits)
        for one in rule.limits
        if not one.informative and one.built_from is None and one.built_to is None
    }


@pytest.mark.parametrize(
    ("column", "id"), list(enumerate(["cn.gb3095-2012", "cn.gb3095-2026", "cn.gb3095-2026-final"]))
)
def test_air_limits_are_those_read(column: int, id: str) -> None:
    """Every limit of the three versions of GB 3095 equals the table, and there are no others."""
    pinned = {}
    for line in GB3095.splitlines():
        code, averaging, *cells = line.split()
        grades = map(float, cells[column].split("/"))
        pinned[code, averaging] = dict(zip(("I", "II"), grades, strict=True))
    assert _table(packs.rule(id)) == pinned


def test_air_limits_are_chosen_by_the_day() -> None:
    """The old limits end on 28 February 2026, the transition on the last day of 2030."""
    for day, id in (
        (date(2016, 1, 1), "cn.gb3095-2012"), (date(2026, 2, 28), "cn.gb3095-2012"),
        (date(2026, 3, 1), "cn.gb3095-2026"), (date(2030, 12, 31), "cn.gb3095-2026"),
        (date(2031, 1, 1), "cn.gb3095-2026-final"),
    ):  # fmt: skip
        assert packs.rule("cn.gb3095", day).id == id
    assert packs.rule("cn.hj633", date(2026, 2, 28)).id == "cn.hj633-2012"
    assert packs.rule("cn.hj633", date(2026, 3, 1)).id == "cn.hj633-2026"
    assert packs.rule("hk.aqo", date(2025, 4, 11)).id == "hk.aqo-2025"
    with pytest.raises(UnknownName, match="no version"):
        packs.rule("cn.gb3095", date(2015, 12, 31))


def test_the_amendment_of_2018_is_dated() -> None:
    """Gases refer to 273 K before 1 September 2018 and to 298.15 K from then on."""
    states = packs.rule("cn.gb3095-2012").parameters["reference_states"]
    assert isinstance(states, list)
    assert [(one["from"], one["to"], one["gases_K"]) for one in states] == [
        ("2016-01-01", "2018-08-31", 273), ("2018-09-01", "2026-02-28", 298.15)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("id", "pm10", "pm2_5"),
    [
        ("cn.hj633-2012", [0, 50, 150, 250, 350, 420, 500, 600], [0, 35, 75, 115, 150, 250, 350, 500]),
        ("cn.hj633-2026", [0, 50, 120, 250, 350, 420, 500, 600], [0, 35, 60, 115, 150, 250, 350, 500]),
    ],
)
def test_breakpoints_are_those_read(id: str, pm10: list[int], pm2_5: list[int]) -> None:
    """Only the 100 row of the particles changed in 2026."""
    rule = packs.rule(id)
    assert rule.parameters["breakpoints"] == BREAKPOINTS | {"PM10_day": pm10, "PM2_5_day": pm2_5}
    assert rule.parameters["levels"] == [0, 50, 100, 150, 200, 300, 400, 500]


@pytest.mark.parametrize(("column", "year"), list(enumerate([2014, 2022, 2025])))
def test_hong_kong_air_objectives_are_those_read(column: int, year: int) -> None:
    """Limits and exceedances allowed, carbon monoxide brought from ug/m3 to its own unit; 2025 is unverified."""
    rule = packs.rule(f"hk.aqo-{year}")
    found = {(one.property, one.averaging): (one.limits["attained"], one.allowed) for one in rule.limits}
    pinned = {}
    for line in AQO.splitlines():
        code, averaging, *cells = line.split()
        if cells[column] != "-":
            limit, _, allowed = cells[column].rstrip(")").partition("(")
            pinned[code, averaging] = (float(limit), int(allowed) if allowed else None)
    assert found == pinned
    expected = "unverified" if year == 2025 else "one_source_official"
    assert {rule.confidence, *(one.confidence for one in rule.limits)} == {expected}


@pytest.mark.parametrize(
    ("id", "table", "suffix"), [("cn.gb18668-2002", SEDIMENT, "_sed"), ("cn.gb18421-2001", BIVALVE, "_tissue")]
)
def test_sediment_and_bivalve_limits_are_those_read(id: str, table: str, suffix: str) -> None:
    """Each row equals the table, in the standard's unit."""
    standard = packs.standard(id)
    found = {item.property: [item.limits[name] for name in "123"] for item in standard.items}
    rows = [line.split() for line in table.splitlines()]
    assert found == {f"{code}{suffix}": [float(cell) for cell in cells] for code, *cells in rows}


def test_drinking_sources_have_five_more_items() -> None:
    """Table 2 of GB 3838: sulphate, chloride, nitrate, iron and manganese."""
    items = packs.standard("cn.gb3838-table2").items
    assert {item.property: item.limits["met"] for item in items} == {
        "SO4": 250, "Cl": 250, "NO3N": 10, "Fe": 0.3, "Mn": 0.1
    }  # fmt: skip


def test_effluent_limits_are_those_read() -> None:
    """Table 1 of GB 18918: by grade, ammonia by temperature, phosphorus by the date of construction."""
    rule = packs.rule("cn.gb18918-2002")
    plain = {line.split()[0]: line.split()[1:] for line in EFFLUENT.splitlines()}
    levels = ("1A", "1B", "2", "3")
    for one in rule.limits:
        if one.property in plain:
            cells = plain.pop(one.property)
            read = zip(levels, cells, strict=True)
            assert dict(one.limits) == {level: float(cell) for level, cell in read if cell != "-"}
    assert not plain
    ammonia = {one.warmer_than: list(one.limits.values()) for one in rule.limits if one.property == "NH3N"}
    assert ammonia == {12.0: [5.0, 8.0, 25.0], None: [8.0, 15.0, 30.0]}
    phosphorus = {one.built_from: list(one.limits.values()) for one in rule.limits if one.property == "TP"}
    assert phosphorus == {None: [1.0, 1.5, 3.0, 5.0], date(2006, 1, 1): [0.5, 1.0, 3.0, 5.0]}


def test_numbers_that_nobody_read_say_so() -> None:
    """Guangdong's discharge limits and the points of Hong Kong's river index are marked unverified."""
    assert {one.confidence for one in packs.rule("cn.gd.db44-26-2001").limits} == {"unverified"}
    wqi = packs.rule("hk.river-wqi").parameters
    assert (wqi["items_confidence"], wqi["bands_confidence"]) == ("unverified", "unverified")
    assert packs.rule("cn.hj663-2013").parameters["parameters_confidence"] == "unverified"
    assert packs.rule("cn.2011-22").parameters["trend_confidence"] == "unverified"


def test_ratings_speak_of_the_classes_of_their_standard() -> None:
    """The classes that a rating counts are the grades of the standard that it judges by."""
    for rule in packs.rule_sets().values():
        if isinstance(rule, Rule) and rule.kind == "rating":
            grades = [grade.id for grade in packs.standard(rule.judges).grades]
            assert rule.parameters["classes"] == grades


def test_the_21_items_are_table_1_without_three() -> None:
    """环办[2011]22号 assesses table 1 of GB 3838 without temperature, total nitrogen and faecal coliforms."""
    items = packs.rule("cn.2011-22").parameters["assessed_items"]
    table = [item.property for item in packs.standard("cn.gb3838-2002").items]
    assert items == [code for code in table if code not in ("water_temp", "TN", "FecalColi")]
    assert len(items) == 21  # type: ignore[arg-type]


def test_standards_on_the_map_are_not_changed_by_the_rules() -> None:
    """``standards()`` stays what stations are judged by; ``rule_sets()`` has them and all others, no id twice."""
    assert set(packs.standards()) < set(packs.rule_sets())
    assert all(isinstance(one, Standard) for one in packs.standards().values())
    assert {"cn.gb18668-2002", "hk.beach"} <= {id for id, one in packs.rule_sets().items() if isinstance(one, Standard)}
    with pytest.raises(UnknownName, match="judges no samples"):
        packs.standard("cn.gb3095")
    with pytest.raises(UnknownName, match="is a standard"):
        packs.rule("cn.gb3838")


def test_a_rule_of_ones_own_must_fit_beside_the_shipped(tmp_path: Path) -> None:
    """A second version of a shipped rule in force on the same day is refused."""

    path = tmp_path / "own.yaml"
    path.write_text(LIMITS.replace("family: xx.limits", "family: cn.gb3095"), encoding="utf-8")
    with pytest.raises(PackError, match="versions-overlap"):
        packs.load_rule_set(path)
    path.write_text(LIMITS, encoding="utf-8")
    own = packs.load_rule_set(path)
    assert isinstance(own, Rule)
    assert own.limits[2].allowed == 3


def test_every_rule_names_its_sources() -> None:
    """Each limit of each rule names sources listed at the head of its file."""
    for rule in packs.rule_sets().values():
        if isinstance(rule, Rule):
            known = {source.id for source in rule.sources}
            for one in rule.limits:
                assert one.sources
                assert set(one.sources) <= known
