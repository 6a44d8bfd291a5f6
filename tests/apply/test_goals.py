from dataclasses import replace
from datetime import date

import pytest

from clearbay import packs
from clearbay.apply import goals
from clearbay.model.text import LANGUAGES

PM = packs.targets()["sz.2025.pm2_5"]
RIVERS = packs.targets()["sz.2025.rivers-to-sea"]


def reached(desk, target):
    return goals.progress(desk.home, desk.assessments, desk.catalogue(), target)


@pytest.mark.parametrize("target", [PM, RIVERS], ids=lambda one: one.id)
def test_a_target_without_data_is_never_reached(desk, target):
    """Where no station measures it the state is no data, and why is said in the four languages."""
    found = reached(desk, target)
    assert (found.state, found.value, found.years) == ("no_data", None, ())
    assert all(found.why[language] for language in LANGUAGES)


def test_sections_of_unknown_city_are_told_and_not_used(desk):
    """Guangdong's sections may lie in Shenzhen or not: their number is in the reason, none in the count."""
    now = desk.catalogue()
    loose = [
        one for one in now.entries.values() if one.station.jurisdiction == "440000" and one.station.medium == "river"
    ]
    assert loose
    assert str(len(loose)) in reached(desk, RIVERS).why["en"]


def test_an_annual_mean_is_the_mean_of_the_stations_means(desk):
    """By hand from the observations: each station's mean of the year, then their mean; those above are named."""
    target = replace(PM, jurisdiction="810000", deadline=date(2020, 12, 31))
    found = reached(desk, target)
    rows = desk.home.reader().observations(properties=["PM2_5"]).to_pylist()
    values = {}
    for row in rows:
        if row["flag"] not in (4, 9):
            values.setdefault(row["station"], []).append(row["value"])
    means = {station: sum(some) / len(some) for station, some in values.items()}
    assert found.year == "2017"
    assert found.value == pytest.approx(sum(means.values()) / len(means))
    assert found.places == len(means)
    assert set(found.years[-1].against) == {station for station, mean in means.items() if mean > target.limit}
    assert found.state == ("reached" if found.value <= target.limit else "not_reached")


def test_a_count_is_of_waters_by_their_worst_station(desk):
    """Rivers worse than V, each counted once; over fewer rivers than the text speaks of, nought proves nothing."""
    target = replace(RIVERS, jurisdiction="810000")
    found = reached(desk, target)
    standard = packs.standard("cn.gb3838-2002")
    names = [grade.id for grade in standard.grades]
    worst = {}
    for row in desk.assessments.verdicts(standard, "year", "mean").to_pylist():
        station = desk.catalogue().entries[row["station"]].station
        if row["period"] == found.year and station.jurisdiction == "810000":
            water = station.water["en"] if station.water else station.id
            worst[water] = max(worst.get(water, 0), row["grade"])
    assert found.places == len(worst)
    assert found.value == sum(names[grade] == "V+" for grade in worst.values())
    clean = replace(target, grades=("none",))
    assert reached(desk, clean).state == "undecided"
    assert reached(desk, replace(clean, places=len(worst))).state == "reached"


def test_a_share_is_in_per_cent_of_the_stations_judged(desk):
    """Share of class III or better, by station."""
    target = replace(
        RIVERS,
        jurisdiction="100000",
        measured="share_of_grades",
        grades=("I", "II", "III"),
        places=None,
        op="ge",
        limit=90,
    )
    found = reached(desk, target)
    standard = packs.standard("cn.gb3838-2002")
    rows = desk.assessments.verdicts(standard, "year", "mean").to_pylist()
    rivers = {one.station.id for one in desk.catalogue().select(medium="river")}
    here = [row["grade"] for row in rows if row["period"] == found.year and row["station"] in rivers]
    assert found.value == pytest.approx(100 * sum(grade <= 2 for grade in here) / len(here))
    assert len(found.years[-1].against) == sum(grade > 2 for grade in here)
