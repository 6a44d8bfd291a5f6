import pytest

from clearbay import packs
from clearbay.apply import groups
from clearbay.apply.desk import Desk
from clearbay.model.errors import UnknownName
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES
from clearbay.store import Home


def test_places_hold_the_stations_that_say_so(desk):
    """A zone has its subzones' stations, a basin the sections that name it, a country those of its provinces."""
    now = desk.catalogue()
    assert set(groups.group_of(now, "zone", "hk.wcz.deep-bay").stations) >= {"hk.epd.marine.DM1", "hk.epd.marine.DM2"}
    basin = groups.group_of(now, "basin", "cn.cnemc.珠江流域")
    assert all(now.entries[one].station.water["zh-Hans"] == "珠江流域" for one in basin.stations)
    country = set(groups.group_of(now, "city", "100000").stations)
    assert country == set(now.entries)
    assert country > set(groups.group_of(now, "city", "440000").stations)


def test_what_is_generated_says_nothing_of_a_real_city(tmp_path):
    """A generated section is a place of its own, and counts in no city, province or country."""
    name = dict.fromkeys(LANGUAGES, "s")
    with Home.create(tmp_path / "home") as home:
        home.register_stations(
            Station(f"x.{programme}", "s", name, "river", "450000", programme)
            for programme in ("generated.basin", "real")
        )
        now = Desk(home).catalogue()
        assert set(groups.groups(now, "section")) == {"x.generated.basin", "x.real"}
        assert groups.group_of(now, "city", "450000").stations == ("x.real",)
        assert groups.group_of(now, "city", "100000").stations == ("x.real",)


def test_sections_lie_in_one_group_of_siblings(desk):
    """Every station is a section, and siblings share what they are compared within."""
    now = desk.catalogue()
    sections = groups.groups(now, "section")
    assert set(sections) == set(now.entries)
    marine = sections["hk.epd.marine.DM1"].above
    assert sections["hk.epd.marine.DM2"].above == marine
    assert sections["hk.epd.marine.VM1"].above != marine


def test_only_rivers_are_rivers(desk):
    """A marine station lies in a water control zone, not on a river."""
    now = desk.catalogue()
    for kind in ("river", "basin"):
        for group in groups.groups(now, kind).values():
            assert {now.entries[one].station.medium for one in group.stations} <= {"river", "lake"}


def test_covered_stations_are_those_of_the_media(desk):
    """A rule set for the sea says nothing of a zone's streams."""
    now = desk.catalogue()
    zone = groups.group_of(now, "zone", "hk.wcz.deep-bay")
    sea = groups.covered(now, zone, packs.standard("cn.gb3097-1997"))
    assert {now.entries[one].station.medium for one in sea} == {"sea"}


def test_an_unknown_place_names_the_closest(desk):
    """A misspelt id is answered with those that exist."""
    with pytest.raises(UnknownName) as caught:
        groups.area_of(desk.catalogue(), "hk.wcz.deepbay")
    assert "hk.wcz.deep-bay" in caught.value.mend
