from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from clearbay import mine, packs
from clearbay.apply import index, judging
from clearbay.mine.frames import to_arrow

STATION = "hk.epd.air.Central"


@pytest.fixture(scope="module")
def rule_set():
    return packs.standards()["hk.aqhi-2013"]


@pytest.fixture(scope="module")
def hours(desk, rule_set):
    return desk.assessments.hours(rule_set).to_pylist()


def test_hours_are_computed_where_pollutants_are_measured(desk, rule_set, hours):
    """At Central in January 2017 every hour that mine can compute is computed, and equals mine's own."""
    readings = desk.home.reader().observations(stations=[STATION], properties=index.pollutants(rule_set))
    direct = {row["time"]: row["aqhi"] for row in to_arrow(mine.aqhi(readings, [rule_set])).to_pylist()}
    computed = {row["time"]: row for row in hours if row["station"] == STATION and row["basis"] == "computed"}
    assert len(direct) > 700
    assert {time: rule_set.grades[row["grade"]].id for time, row in computed.items()} == direct


def test_hours_are_as_published_elsewhere(desk, rule_set, hours):
    """Where no pollutants are here the authority's own index stands, above the scale where it says so."""
    published = [row for row in hours if row["basis"] == "published"]
    assert {row["station"] for row in published} > {"hk.epd.air.Eastern", "hk.epd.air.Tap-Mun"}
    official = desk.home.reader().observations(properties=[index.PUBLISHED]).to_pylist()
    said = {
        (row["station"], row["time"]): ("10+" if row["censoring"] == ">" else f"{row['value']:.0f}") for row in official
    }
    for row in published:
        assert said[row["station"], row["time"]] == rule_set.grades[row["grade"]].id


def test_an_hour_belongs_to_the_day_in_which_it_ends(rule_set):
    """The hour that ends at midnight closes the day before it."""
    midnight = datetime(2017, 1, 1, 16)  # 2017-01-02T00:00 in Hong Kong
    table = pa.table(
        {
            "station": ["x"] * 2,
            "time": [midnight, midnight + timedelta(hours=1)],
            "grade": [3, 5],
            "basis": ["computed", "published"],
        },
    ).cast(index.HOURS)
    days = index.by_period(table, {"x": 480}, "day").sort_by("period").to_pylist()
    assert [(row["period"], row["grade"], row["basis"]) for row in days] == [
        ("2017-01-01", 3, "computed"),
        ("2017-01-02", 5, "published"),
    ]
    year = index.by_period(table, {"x": 480}, "year").to_pylist()
    assert [(row["period"], row["grade"], row["n"], row["basis"]) for row in year] == [("2017", 5, 2, "both")]


def test_a_rule_set_not_yet_in_force_judges_nothing(desk):
    """The version of 2025 has nothing to say of 2017."""
    later = packs.standards()["hk.aqhi-2025"]
    assert judging.stations_of(desk.catalogue(), later) == ()
    assert desk.assessments.verdicts(later, "year", "mean").num_rows == 0
    assert desk.assessments.matrix(later, "year", "mean").periods == ()
