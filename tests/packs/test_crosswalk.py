"""The crosswalk, the targets and the register of what is not sourced."""

from __future__ import annotations

from datetime import date

from clearbay import packs
from clearbay.packs.correspondence import limited


def test_everything_that_is_limited_is_in_the_crosswalk() -> None:
    """Every property that any rule set limits or counts in is a comparable entry of some indicator."""
    entries = [one for indicator in packs.crosswalk().indicators.values() for one in indicator.entries]
    there = {(one.family, one.property) for one in entries if one.comparable}
    wanted = {(rule.family, code) for rule in packs.rule_sets().values() for code in limited(rule)}
    assert wanted <= there, wanted - there


def test_what_differs_is_said() -> None:
    """An entry that is not comparable says why, and so does every indicator."""
    for indicator in packs.crosswalk().indicators.values():
        assert indicator.difference
        for entry in indicator.entries:
            assert entry.comparable or entry.note
            assert entry.comparable == (entry.property == indicator.property)


def test_uses_name_a_grade_of_each_law() -> None:
    """Bathing asks for class 2 of the sea, 180 E. coli on a beach, and what was not read is unverified."""
    bathing = {one.family: one for one in packs.crosswalk().uses["bathing"].grades}
    assert bathing["cn.gb3097"].grade == "2"
    beach = packs.standard("hk.beach")
    assert beach.items[0].limits[bathing["hk.beach"].grade] == 180
    assert bathing["cn.gb3838"].confidence == "unverified"


def test_targets_of_shenzhen() -> None:
    """PM2.5 at most 20 ug/m3 and none of 88 rivers worse than class V, by the end of 2025."""
    dust, rivers = packs.targets()["sz.2025.pm2_5"], packs.targets()["sz.2025.rivers-to-sea"]
    assert (dust.property, dust.op, dust.limit, dust.unit) == ("PM2_5", "le", 20, "ug/m3")
    assert (rivers.grades, rivers.limit, rivers.places, rivers.standard) == (("V+",), 0, 88, "cn.gb3838")
    assert {one.deadline for one in (dust, rivers)} == {date(2025, 12, 31)}
    assert {one.jurisdiction for one in (dust, rivers)} == {"440300"}


def test_macao_is_said_to_be_missing() -> None:
    """For sea water, air, discharge and bathing in Macao the register says what was searched and where to find it."""
    missing = {one.media[0] for one in packs.not_sourced().values() if one.jurisdiction == "820000"}
    assert missing == {"sea", "air", "effluent"}
    assert not [one for one in packs.rule_sets().values() if one.jurisdiction == "820000"]
    assert all(one.sources for one in packs.not_sourced().values())
