"""Registers of stations."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearbay import packs
from clearbay.model.errors import UnknownName
from clearbay.packs import register


def test_registers_hold_the_stations_known() -> None:
    """94 marine, 87 river and 16 air stations; ids are the programme and the code."""
    assert {id: len(one.stations) for id, one in packs.registers().items()} == {
        "hk.epd.marine": 94,
        "hk.epd.river": 87,
        "hk.epd.air": 16,
    }
    assert len(packs.stations()) == 197
    for station in packs.stations():
        assert station.id == f"{station.programme}.{station.code}"
        assert station.utc_offset == 480
        assert not station.zone or station.zone in packs.zones()
    assert len({station.id for station in packs.stations()}) == 197
    with pytest.raises(UnknownName, match=r"hk\.epd\.marine"):
        packs.stations("hk.epd.sea")


def test_a_position_is_never_guessed() -> None:
    """Stations without a position in the data read have none: all rivers, and four for air."""
    assert {s.code for s in packs.stations("hk.epd.air") if s.longitude is None} == {
        "Kwun-Tong", "Tuen-Mun", "Tung-Chung", "Tseung-Kwan-O",
    }  # fmt: skip
    assert all(s.longitude is None and s.latitude is None for s in packs.stations("hk.epd.river"))
    for station in packs.stations("hk.epd.marine"):
        assert station.longitude is not None
        assert station.latitude is not None
        assert 113.8 < station.longitude < 114.5
        assert 22.1 < station.latitude < 22.6


def test_label_slips_are_mended_and_noted() -> None:
    """Where the printed label carries another code or a slip of the pen, the code column is kept and a note says so."""
    marine = packs.registers()["hk.epd.marine"]
    by_code = {station.code: station for station in marine.stations}
    assert by_code["NM8"].name["en"] == "Chek Lap Kok (West)"
    assert by_code["DM4"].name["zh-Hans"] == "后海湾外区"
    assert by_code["MM8"].name["en"] == "Waglan Island"
    assert {id.rpartition(".")[2] for id, note in marine.corrections.items() if note.startswith("printed")} == {
        "TM6", "SM19", "PT4", "NM8", "MM8", "VM2",
    }  # fmt: skip
    assert not [s.name["en"] for s in marine.stations if s.name["en"].startswith(s.code)]


def test_marine_stations_lie_in_the_subzones_their_names_state() -> None:
    """Subzones with objectives of their own have the stations whose official names say so."""
    zone = {station.code: station.zone for station in packs.stations("hk.epd.marine")}
    assert [code for code, z in zone.items() if z == "hk.wcz.tolo.harbour"] == ["TM2", "TM3", "TM4"]
    assert [code for code, z in zone.items() if z == "hk.wcz.tolo.buffer"] == ["TM5", "TM6"]
    assert [code for code, z in zone.items() if z == "hk.wcz.tolo.channel"] == ["TM7", "TM8"]
    assert [code for code, z in zone.items() if z == "hk.wcz.deep-bay.inner"] == ["DM1", "DM2", "DM3"]
    assert [code for code, z in zone.items() if z == "hk.wcz.deep-bay.outer"] == ["DM4", "DM5"]


def test_a_station_without_a_water_of_its_own_is_named_by_its_zone() -> None:
    """The water of a marine station is its Water Control Zone; that of a river station the river."""
    waters = {station.id: station.water for station in packs.stations()}
    assert (waters["hk.epd.marine.TM2"] or {})["en"] == "Tolo Harbour and Channel"
    assert (waters["hk.epd.river.KT1"] or {})["en"] == "Kam Tin River"
    assert waters["hk.epd.river.DB4"] is None


def test_water_types_are_read_where_there_is_a_register(tmp_path: Path) -> None:
    """A section's type comes from the register; a section or programme that nobody knows has none."""
    path = tmp_path / "types.csv"
    assert register.read_water_types(path) == {}
    path.write_text(
        "# learned\nprovince,section,water_type,rows,agreement\n云南省,滇池南,lake,9,1.0\n", encoding="utf-8"
    )
    assert register.read_water_types(path) == {("云南省", "滇池南"): "lake"}
    assert packs.water_type("hk.epd.marine", "云南省", "滇池南") == ""
    assert packs.water_type("cn.cnemc", "nowhere", "nothing") == ""
