"""The laws of the three places side by side."""

from __future__ import annotations

from datetime import date

import pytest

from clearbay import packs
from clearbay.mine.comparison import Line
from clearbay.mine.side_by_side import indicator_of, side_by_side
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.text import LANGUAGES

DAY = date(2024, 6, 1)


def _lines(property: str, rule_set: str, on: date = DAY, use: str = "") -> list[Line]:
    return [line for line in side_by_side(property, on=on, use=use).lines if line.rule_set == rule_set]


def test_oxygen_under_three_laws() -> None:
    """Lower bounds of fresh water, of sea water (strictly above) and of Hong Kong, where zones and depths differ."""
    fresh = {line.grade: (line.low, line.op) for line in _lines("DO", "cn.gb3838-2002")}
    sea = {line.grade: (line.low, line.op) for line in _lines("DO", "cn.gb3097-1997")}
    assert fresh == {"I": (7.5, "ge"), "II": (6, "ge"), "III": (5, "ge"), "IV": (3, "ge"), "V": (2, "ge")}
    assert sea == {"1": (6, "gt"), "2": (5, "gt"), "3": (4, "gt"), "4": (3, "gt")}
    hong_kong = _lines("DO", "hk.wqo-marine")
    assert {line.low for line in hong_kong} == {2.0, 4.0}
    assert all(line.zones and line.remark for line in hong_kong)
    assert {line.confidence for line in hong_kong} >= {"two_sources", "unverified"}


def test_everything_stands_in_one_unit() -> None:
    """Faecal coliforms per litre stand beside E. coli per 100 mL in its unit, and are said not to be the same thing."""
    comparison = side_by_side("E_coli", on=DAY)
    coliforms = next(line for line in comparison.lines if line.property == "FecalColi" and line.grade == "III")
    assert (coliforms.high, coliforms.unit, coliforms.comparable) == (1000.0, comparison.unit, False)
    assert coliforms.note is not None
    assert {line.unit for line in comparison.lines} == {comparison.unit}
    assert [line.comparable for line in comparison.lines] == sorted(
        (line.comparable for line in comparison.lines), reverse=True
    )


def test_the_day_chooses_the_versions() -> None:
    """PM2.5 of a year: 35 until the end of February 2026, 30 in the transition, 25 from 2031; nothing before 2016."""
    for day, expected in (
        (date(2026, 2, 28), 35), (date(2026, 3, 1), 30), (date(2030, 12, 31), 30), (date(2031, 1, 1), 25)
    ):  # fmt: skip
        lines = [line for line in side_by_side("PM2_5", on=day).lines if line.rule_set.startswith("cn.gb3095")]
        assert next(line.high for line in lines if line.averaging == "year" and line.grade == "II") == expected
    early = side_by_side("PM2_5", on=date(2015, 1, 1))
    assert {one.rule_set: one.why for one in early.absent}["cn.gb3095"] == "not_in_force"
    assert {line.rule_set for line in early.lines} == {"hk.aqo-2014"}


def test_hong_kong_of_2025_is_unverified_wherever_it_stands() -> None:
    """No line of the objectives of 2025 hides that nobody read its number."""
    lines = [line for line in side_by_side("NO2", on=date(2025, 6, 1)).lines if line.rule_set == "hk.aqo-2025"]
    assert {line.confidence for line in lines} == {"unverified"}
    assert {(line.averaging, line.high, line.allowed) for line in lines} == {
        ("hour", 200, 18), ("day", 120, 9), ("year", 40, None)
    }  # fmt: skip


def test_a_use_asks_for_one_grade_of_each_law() -> None:
    """For bathing: class III (unverified), class 2, and 180 E. coli on a beach; others say they name no grade."""
    comparison = side_by_side("E_coli", on=DAY, use="bathing")
    assert {(line.rule_set, line.grade, line.use_confidence) for line in comparison.lines} == {
        ("hk.beach", "fair", "two_sources"), ("cn.gb3838-2002", "III", "unverified"),
        ("cn.gb3097-1997", "2", "one_source"),
    }  # fmt: skip
    assert {one.rule_set: one.why for one in comparison.absent}["hk.wqo-marine"] == "no_grade_for_use"


def test_what_is_missing_says_why_in_four_languages() -> None:
    """An index, an item that one sample cannot decide, a rule of Macao without a source."""
    suspended = {one.rule_set: one for one in side_by_side("SS", on=DAY).absent}
    assert suspended["hk.wqo-marine"].why == "not_judged"
    assert suspended["hk.wqo-marine"].remark
    dust = {one.rule_set: one for one in side_by_side("PM10", on=DAY).absent}
    assert (dust["hk.aqhi-2013"].why, dust["mo.aqi"].why) == ("index", "not_sourced")
    for one in [*suspended.values(), *dust.values()]:
        assert tuple(one.text) == LANGUAGES
        assert one.jurisdiction in packs.jurisdictions()
    assert "cn.hj915-2017" not in suspended


def test_a_condition_is_told_with_its_confidence() -> None:
    """Ammonia of an effluent: two limits a grade, by temperature, and that this was not read."""
    lines = [line for line in _lines("NH3N", "cn.gb18918-2002") if line.grade == "1A"]
    assert [(line.high, line.condition) for line in lines] == [(5, "warmer than °C 12.0"), (8, "at most °C 12.0")]
    assert {line.condition_confidence for line in lines} == {"unverified"}


def test_lakes_have_lines_of_their_own() -> None:
    """Total phosphorus of class III: 0.2 in a river, 0.05 in a lake; total nitrogen in lakes only."""
    phosphorus = {line.water_type: line.high for line in _lines("TP", "cn.gb3838-2002") if line.grade == "III"}
    assert phosphorus == {"river": 0.2, "lake": 0.05}
    assert {line.water_type for line in _lines("TN", "cn.gb3838-2002")} == {"lake"}


@pytest.mark.parametrize("property", sorted({one.property for one in packs.crosswalk().indicators.values()}))
def test_every_indicator_can_be_compared(property: str) -> None:
    """Each has lines or says what is missing, every line with confidence, sources and a known rule set."""
    comparison = side_by_side(property, on=DAY)
    assert comparison.lines or comparison.absent
    for line in comparison.lines:
        assert line.confidence
        assert line.sources
        assert line.low is not None or line.high is not None
        assert line.rule_set in packs.rule_sets()
        assert not line.comparable or line.unit == comparison.unit


def test_a_property_that_leads_no_indicator_is_found_within_one() -> None:
    """Unknown properties and uses are refused with the known ones; what no law limits is said."""
    assert indicator_of("DO_sat").id == "oxygen_saturation"
    with pytest.raises(UnknownName, match="no property"):
        side_by_side("XX", on=DAY)
    with pytest.raises(UnknownName, match="no use of water"):
        side_by_side("DO", on=DAY, use="washing")
    with pytest.raises(BadInput, match="no rule set says anything"):
        side_by_side("silica", on=DAY)
