"""River or lake."""

from __future__ import annotations

import pytest

from clearbay import packs
from clearbay.mine.water_types import section_of, water_type_by_name, water_types
from clearbay.model.errors import BadInput

from .tables import readings


def test_what_the_user_says_comes_first():
    """An option holds for every station."""
    types = water_types(["cn.cnemc.江苏省.某湖湖心", "x"], "river")
    assert {(one.kind, one.decided_by) for one in types.values()} == {("river", "option")}


def test_the_register_comes_before_name_and_items():
    """A section that the register knows has its type, whatever its name; a known station has its own."""
    learned = water_types(["cn.cnemc.江苏省.兰山嘴", "cn.cnemc.江苏省.兰山嘴(老)", "cn.cnemc.江苏省.兰山嘴（老）"])
    assert [(one.kind, one.decided_by) for one in learned.values()] == [
        ("lake", "register"),
        ("river", "register"),
        ("river", "register"),
    ]
    river = next(station.id for station in packs.stations() if station.medium == "river")
    assert (water_types([river])[river].kind, water_types([river])[river].decided_by) == ("river", "register")


def test_what_a_section_measures_comes_before_its_name():
    """A section of the national network that reports chlorophyll-a or algae is a lake; elsewhere that says nothing."""
    table = readings(("cn.cnemc.某省.某桥", "chla", 0.01), ("cn.cnemc.某省.某湖", "DO", 5.0), ("x", "chla", 1.0))
    types = water_types(["cn.cnemc.某省.某桥", "cn.cnemc.某省.某湖", "x"], readings=table)
    assert [(one.kind, one.decided_by) for one in types.values()] == [
        ("lake", "measured"),
        ("river", "name"),
        ("river", "name"),
    ]


def test_a_name_decides_where_nothing_else_does():
    """Without register and items a lake in the name makes a lake, its mouth, sluice or bridge a river."""
    assert water_types(["cn.cnemc.某省.某湖"])["cn.cnemc.某省.某湖"].decided_by == "name"
    assert water_type_by_name("某湖") == "lake"
    assert water_type_by_name("某湖", cautious=True) == "river"
    assert water_type_by_name("某湖湖心", cautious=True) == "lake"
    assert water_type_by_name("某湖大桥") == "river"


def test_an_unknown_option_is_refused():
    """Only river, lake and auto are options."""
    with pytest.raises(BadInput, match="pond"):
        water_types(["x"], "pond")


def test_the_register_is_what_the_packs_read():
    """Every row of the register has a type, is given once, and lakes are a small part."""
    types = packs.stations, packs.water_type("cn.cnemc", "江苏省", "兰山嘴")
    assert types[1] == "lake"
    assert section_of("cn.cnemc.江苏省.兰山嘴") == ("江苏省", "兰山嘴")
    assert section_of("hk.epd.river.JR11") == ("", "hk.epd.river.JR11")
