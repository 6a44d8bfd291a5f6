from pathlib import Path

import pytest

from clearbay.apply import catalogue
from clearbay.apply.catalogue import inside, parse_bbox, zone_of
from clearbay.model.errors import BadInput, UnknownName
from clearbay.store import Home
from tests.mine_detection.telemetry import HOUR, START, readings, station


def test_the_catalogue_counts_what_the_store_holds(desk):
    """Observations, spans and series are those of the store's own datastreams."""
    now = desk.catalogue()
    table = desk.home.reader().datastreams()
    assert now.observations == sum(table.column("count").to_pylist())
    assert len(now.series) == table.num_rows
    assert now.span == (min(table.column("first").to_pylist()), max(table.column("last").to_pylist()))
    assert now.version == desk.home.data_version
    assert not now.generated


def test_a_zone_holds_the_stations_of_its_subzones(desk):
    """Deep Bay holds what lies in its inner and outer part."""
    now = desk.catalogue()
    inner, whole = now.zones["hk.wcz.deep-bay.inner"], now.zones["hk.wcz.deep-bay"]
    assert "hk.epd.marine.DM1" in inner
    assert set(inner) < set(whole)
    assert {entry.station.id for entry in now.select(zone="hk.wcz.deep-bay")} == set(whole)


def test_a_box_leaves_out_what_has_no_position(desk):
    """Rivers without coordinates are never inside a box, not even one around the world."""
    now = desk.catalogue()
    world = now.select(bbox=(-180, -90, 180, 90))
    assert world
    assert all(entry.located for entry in world)
    assert world == now.select(located=True)
    assert all(entry.station.longitude is None for entry in now.select(located=False))


def test_a_box_may_cross_the_date_line(desk):
    """West greater than east means the way around; the bay is then outside or inside accordingly."""
    station = desk.catalogue().entry("hk.epd.marine.DM1").station
    assert inside(station, (113, 22, 115, 23))
    assert not inside(station, (170, 22, -170, 23))
    assert inside(station, (113.5, 22, 113, 23))


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "0,10,1,5", "-200,0,1,1", "0,0,0,91", "nan,0,1,1", "0,inf,1,1"]
)
def test_a_wrong_box_is_refused_with_the_way_to_write_it(text):
    """Four numbers within the ranges of degrees, or a refusal that names the parameter."""
    with pytest.raises(BadInput) as error:
        parse_bbox(text)
    assert error.value.where == "bbox"
    assert "113.8,22.1,114.5,22.6" in error.value.mend


def test_unknown_names_are_refused_with_the_closest(desk):
    """A station or zone nobody registered is refused by name."""
    with pytest.raises(UnknownName, match="DM1"):
        desk.catalogue().entry("DM1")
    with pytest.raises(UnknownName, match="victoria-harbour"):
        zone_of("hk.wcz.victoria")


def test_what_is_judged_of_the_sea_stands_still_while_a_river_speaks(tmp_path: Path) -> None:
    """The stamp of a medium changes with its own judged values, new or revised, and with nothing else."""
    sea, river = station("test.generated.sea", "sea"), station("test.generated.river")
    with Home.create(tmp_path / "home") as home:
        home.register_stations([sea, river])
        home.ingest(readings({(sea.id, "DO"): [7.0], (river.id, "DO"): [8.0]}), source="t")
        before = catalogue.read(home)
        home.ingest(readings({(river.id, "DO"): [8.1]}, start=START + HOUR), source="t")
        after = catalogue.read(home)
        assert after.version > before.version
        assert after.stamp(["sea"]) == before.stamp(["sea"])
        assert after.stamp(["river"]) != before.stamp(["river"])
        assert after.stamp() != before.stamp()
        assert after.names == before.names
        home.ingest(readings({(sea.id, "DO"): [5.0]}), source="t")  # the same moment, another value
        assert catalogue.read(home).stamp(["sea"]) != before.stamp(["sea"])
