"""Working days of the mainland, Hong Kong and Macao as sourced, and refusal of wrong calendars."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from clearbay import packs
from clearbay.model.errors import PackError, UnknownName
from clearbay.packs.sheet import DATA


def test_every_year_says_how_it_is_known() -> None:
    """2024 to 2027 are in all three calendars; a year that no list was found for is unverified and says why."""
    assert set(packs.calendars()) == {"cn", "hk", "mo"}
    for one in packs.calendars().values():
        assert set(one.years) == {2024, 2025, 2026, 2027}
        for year in one.years.values():
            assert year.sources or year.status == "not_published"
            assert (year.confidence == "unverified") == (year.status != "published")
            assert year.note or year.status == "published"


@pytest.mark.parametrize(
    ("place", "year", "working"),
    [("cn", 2024, 251), ("cn", 2025, 248), ("cn", 2026, 248), ("hk", 2026, 247), ("mo", 2026, 241)],
)
def test_the_number_of_working_days(place: str, year: int, working: int) -> None:
    """As many working days as the lists leave: 366 or 365 less rest days and holidays, plus make-up workdays."""
    one = packs.calendars()[place]
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0))]
    assert sum(map(one.working, days)) == working


def test_a_district_works_as_its_city() -> None:
    """Districts and streets need not be registered to have a calendar; a code that lies nowhere has none."""
    assert packs.calendar_of("440305").id == "cn"
    assert packs.calendar_of("440305001").id == "cn"
    assert packs.calendar_of("810000").id == "hk"
    assert packs.calendar_of("820000").id == "mo"
    assert packs.calendar_of("100000").id == "cn"
    for nowhere in ("990000", "Nanshan", ""):
        with pytest.raises(UnknownName):
            packs.calendar_of(nowhere)


@pytest.mark.parametrize(
    ("old", "new", "rule", "near"),
    [
        ("workdays: [2024-02-04,", "workdays: [2024-02-05,", "not-allowed", "workdays: [2024-02-05"),
        ("{from: 2024-02-10, to: 2024-02-17", "{from: 2024-02-17, to: 2024-02-10", "dates", "from: 2024-02-17"),
        ("{from: 2024-06-10, to: 2024-06-10", "{from: 2025-06-10, to: 2025-06-10", "dates", "from: 2025-06-10"),
        ("name: mid_autumn}\n", "name: moon}\n", "not-allowed", "name: moon"),
        ("sources: [N2024]", "sources: [N2023]", "source", "sources: [N2023]"),
        ("rest_days: [saturday, sunday]", "rest_days: [caturday]", "not-allowed", "caturday"),
        ("    status: not_published\n    confidence: unverified", "    status: not_published\n    confidence: primary",
         "confidence", "confidence: primary"),
    ],
)  # fmt: skip
def test_a_wrong_calendar_is_refused(tmp_path: Path, old: str, new: str, rule: str, near: str) -> None:
    """File, line and rule are named; nothing of it is used."""
    text = (DATA / "calendars" / "cn.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as refused:
        packs.load_calendar(path)
    problems = [one for one in refused.value.problems if one.rule == rule]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert problems, refused.value
    assert any(near in lines[one.line - 1] for one in problems), problems


@pytest.mark.parametrize("place", ["hk", "mo", "cn"])
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_another_hand_found_the_same_days(place: str, year: int) -> None:
    """Weekdays off agree with the package ``holidays``, which others keep from other copies of the lists."""
    holidays = pytest.importorskip("holidays")
    wanted = {"hk": ("public", "optional"), "mo": ("public", "optional", "government"), "cn": ("public",)}[place]
    spoken = {"language": "en_US"} if place == "mo" else {}  # half days are told by their name
    theirs = holidays.country_holidays(place.upper(), years=year, categories=wanted, **spoken)
    off = {day for day, name in theirs.items() if day.weekday() < 5 and day.year == year and "Afternoon" not in name}
    one = packs.calendars()[place]
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0))]
    assert {day for day in days if day.weekday() < 5 and not one.working(day)} == off
    made_up = {day for day in days if day.weekday() >= 5 and one.working(day)}
    assert made_up == {day for day in getattr(theirs, "weekend_workdays", ()) if day.year == year}
