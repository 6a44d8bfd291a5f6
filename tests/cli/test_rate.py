"""``clearbay rate`` on tables of sections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clearbay import packs
from clearbay.cli.rate import class_of
from clearbay.model.errors import BadInput

ITEMS = """\
断面名称,河流,氨氮(mg/L),总磷(mg/L),高锰酸盐指数
a,甲河,2.5,0.25,3
b,甲河,1.2,0.25,3
c,甲河,0.5,0.5,3
d,甲河,0.3,0.1,8
e,甲河,0.3,0.1,2
f,乙河,0.3,0.1,2
g,乙河,2.3,0.1,2
"""


def test_rivers_by_their_sections(run: Any, tmp_path: Path) -> None:
    """Five sections by shares with main pollutants, two by the means of their items, section by section."""
    (tmp_path / "in.csv").write_text(ITEMS, encoding="utf-8")
    told = run("rate", tmp_path / "in.csv", "--method", "cn.2011-22", "--group", "river", "--json")
    north, south = told["groups"]
    assert (north["name"], north["rating"], north["basis"]) == ("甲河", "heavy", "shares")
    assert (north["share_good"], north["share_worst"]) == (20.0, 40.0)
    assert [(one["property"], one["share"]) for one in north["main_pollutants"]] == [
        ("TP", 60.0), ("NH3N", 40.0), ("CODMn", 20.0)
    ]  # fmt: skip
    assert north["main_pollutants"][0]["multiple"] == pytest.approx(1.5)
    assert (south["basis"], south["class"], south["rating"]) == ("item_means", "IV", "light")
    assert south["by_section"][1]["main_pollutants"][0]["property"] == "NH3N"
    assert told["confidence"]["trend"] == "unverified"


def test_several_samplings_of_a_section_are_averaged(run: Any, tmp_path: Path) -> None:
    """Two rows of one section are one section, with the mean of its items."""
    (tmp_path / "in.csv").write_text("section,basin,time,NH3N\na,B,2020-01-01,0.2\na,B,2020-02-01,2.2\n")
    group = run("rate", tmp_path / "in.csv", "--group", "basin", "--json")["groups"][0]
    assert (group["sections"], group["class"], group["rating"]) == (1, "IV", "light")


def test_classes_as_published(run: Any, tmp_path: Path) -> None:
    """A column of classes in any usual spelling is taken as it is; without a city column the file is one."""
    (tmp_path / "in.csv").write_text(
        "section,basin,class\ns1,B,Ⅱ类\ns2,B,II\ns3,B,劣Ⅴ类\ns4,B,III\ns5,B,IV\n", encoding="utf-8"
    )
    for group, name in (("basin", "B"), ("city", "")):
        told = run("rate", tmp_path / "in.csv", "--group", group, "--json")
        one = told["groups"][0]
        assert (one["name"], one["rating"], one["missing"], told["class_from"]) == (
            name,
            "moderate",
            ["items"],
            "column",
        )


def test_a_sea_area_by_hj_442(run: Any, tmp_path: Path) -> None:
    """The other method rates points of the sea."""
    (tmp_path / "in.csv").write_text("station,area,class\np,bay,1\nq,bay,第二类\nr,bay,劣四类\n", encoding="utf-8")
    told = run("rate", tmp_path / "in.csv", "--method", "cn.hj442-2020", "--group", "area", "--json")
    assert told["groups"][0]["rating"] == "poor"


def test_what_cannot_be_rated_is_refused(run: Any, tmp_path: Path) -> None:
    """Two classes of one section, one section in two rivers, no item, a method that rates nothing."""
    cases = {
        "section,class\na,II\na,V\n": "has the classes",
        "section,river,NH3N\na,R,1\na,S,1\n": "stands in",
        "section,river,colour of boats\na,R,red\n": "neither a class nor an item",
        "section,class\na,VII\n": "is no class",
    }
    for text, why in cases.items():
        (tmp_path / "in.csv").write_text(text)
        with pytest.raises(BadInput, match=why):
            run("rate", tmp_path / "in.csv", "--json")
    with pytest.raises(BadInput, match="rates nothing"):
        run("rate", tmp_path / "in.csv", "--method", "cn.tli", "--json")
    with pytest.raises(BadInput, match="no such group"):
        run("rate", tmp_path / "in.csv", "--group", "street", "--json")


@pytest.mark.parametrize(
    ("word", "grade"),
    [
        ("Ⅳ类", "IV"),
        ("四类", "IV"),
        ("5", "V"),
        ("劣V", "V+"),
        (">Ⅴ", "V+"),
        ("V+", "V+"),
        ("class III", "III"),
        ("--", ""),
    ],
)
def test_classes_in_the_spellings_people_use(word: str, grade: str) -> None:
    """Roman, Chinese and Arabic numerals, with and without the word for class, worse than class V in three ways."""
    assert class_of(word, packs.standard("cn.gb3838")) == grade
