"""Areas rated section by section."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest

from clearbay import packs
from clearbay.mine.areas import rate_areas

RIVER, GB3838 = packs.rule("cn.2011-22"), packs.standard("cn.gb3838-2002")
SEA, GB3097 = packs.rule("cn.hj442-2020"), packs.standard("cn.gb3097-1997")


def _readings(sections: dict[str, dict[str, Any]]) -> pa.Table:
    rows = [(s, code, v) for s, values in sections.items() for code, v in values.items()]
    texts = [str(value) for _, _, value in rows]
    return pa.table(
        {
            "station": [row[0] for row in rows],
            "property": [row[1] for row in rows],
            "value": [float(text.lstrip("<")) for text in texts],
            "censoring": ["<" if text.startswith("<") else "" for text in texts],
        }
    )


SECTIONS: dict[str, dict[str, Any]] = {
    "a": {"NH3N": 2.5, "TP": 0.25, "CODMn": 3.0}, "b": {"NH3N": 1.2, "TP": 0.25}, "c": {"NH3N": 0.5, "TP": 0.5},
    "d": {"NH3N": 0.3, "CODMn": 8.0}, "e": {"NH3N": "<0.025", "CODMn": 2.0}, "f": {"NH3N": 0.3}, "g": {"NH3N": 2.3},
}  # fmt: skip
AREAS = dict.fromkeys("abcde", "north") | dict.fromkeys("fg", "south")


def test_an_area_is_told_in_full() -> None:
    """Classes, shares, grade and main pollutants where there are five sections; means where there are two."""
    north, south = rate_areas(_readings(SECTIONS), AREAS, RIVER, GB3838)
    assert (north.area, north.basis, north.rating) == ("north", "shares", "heavy")
    assert {name: count for name, count in north.counts.items() if count} == {"I": 1, "IV": 2, "V+": 2}
    assert north.shares["V+"] == 40.0
    assert [(one.property, one.share) for one in north.main_pollutants] == [
        ("TP", 60.0),
        ("NH3N", 40.0),
        ("CODMn", 20.0),
    ]
    assert (south.basis, south.grade, south.rating, south.determinants) == ("item_means", "IV", "light", ("NH3N",))
    assert south.main_pollutants == ()
    assert [one.property for one in south.sections[1].main_pollutants] == ["NH3N"]


def test_the_order_of_sections_is_irrelevant() -> None:
    """Rows in another order give the same areas."""
    table = _readings(SECTIONS)
    order = list(range(table.num_rows))
    random.Random(2).shuffle(order)
    assert rate_areas(table.take(order), AREAS, RIVER, GB3838) == rate_areas(table, AREAS, RIVER, GB3838)


def test_a_unit_change_changes_nothing() -> None:
    """The same values written in ug/L and brought back to mg/L give the same areas."""
    table = _readings(SECTIONS)
    scale, _ = packs.unit_factor("ug/L", "mg/L", "NH3N")
    there = pa.array([value / scale * scale for value in table.column("value").to_pylist()])
    again = table.set_column(table.column_names.index("value"), "value", there)
    found = [(one.rating, one.counts) for one in rate_areas(again, AREAS, RIVER, GB3838)]
    assert found == [(one.rating, one.counts) for one in rate_areas(table, AREAS, RIVER, GB3838)]


def test_given_classes_need_no_items() -> None:
    """Shares of given classes are rated; main pollutants and few sections are said to need items."""
    empty = _readings(SECTIONS).slice(0, 0)
    classes = dict(zip("abcdefg", ("I", "II", "III", "IV", "V+", "II", "II"), strict=True))
    north, south = rate_areas(empty, AREAS, RIVER, GB3838, classes=classes)
    assert (north.rating, north.missing, north.main_pollutants) == ("moderate", ("items",), ())
    assert (south.basis, south.rating, south.missing) == ("item_means", "", ("items",))
    nothing = rate_areas(empty, {"a": "north"}, RIVER, GB3838)[0]
    assert (nothing.rating, nothing.missing) == ("", ("items", "classes"))


def test_lakes_have_their_own_phosphorus() -> None:
    """Points of a lake are averaged and held against the limits of lakes."""
    points = {"p": {"TP": 0.04}, "q": {"TP": 0.08}}
    areas = dict.fromkeys(points, "lake")
    lake = rate_areas(_readings(points), areas, RIVER, GB3838, water_types=dict.fromkeys(points, "lake"))[0]
    river = rate_areas(_readings(points), areas, RIVER, GB3838)[0]
    assert (lake.grade, lake.rating) == ("IV", "light")
    assert (river.grade, river.rating) == ("II", "excellent")


def test_a_sea_area_has_a_grade_and_no_main_pollutants() -> None:
    """HJ 442 rates points by GB 3097: it names no least number of them and no main pollutants."""
    points = {"x": {"DIN": 0.15}, "y": {"DIN": 0.25}, "z": {"DIN": 0.9}}
    sea = rate_areas(_readings(points), dict.fromkeys(points, "bay"), SEA, GB3097)[0]
    assert (sea.basis, sea.rating, sea.main_pollutants) == ("shares", "poor", ())
    assert sea.shares["4+"] == pytest.approx(100 / 3)
