"""Statistics of a period and their class."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay.mine import period_classes, period_items, rounding_places
from clearbay.mine.statistics import arithmetic_mean, geometric_mean, water_column_means
from clearbay.packs import standard

from .standards import SEA, SURFACE
from .tables import decimals, readings, records

DEEP = (
    ("a", "DIN", 0.1, "surface", 0),
    ("a", "DIN", 0.2, "middle", 0),
    ("a", "DIN", 0.6, "bottom", 0),
    ("a", "DIN", 0.3, "surface", 31),
    ("a", "DO", 6.0, "surface", 0),
    ("a", "DO", 2.0, "bottom", 0),
    ("a", "BOD5", "<1.0", "surface", 0),
    ("a", "BOD5", 2.0, "surface", 31),
)


def by_property(frame):
    return {row["property"]: row for row in records(frame, "property")}


def test_an_event_weighs_the_same_at_three_depths_as_at_one(engine):
    """Depths of an event are averaged before events are: (0.3 + 0.3)/2, not (0.1 + 0.2 + 0.6 + 0.3)/4."""
    row = by_property(period_items(engine(readings(*DEEP)), SEA))["DIN"]
    assert (row["period"], row["value"], row["n"], row["n_values"]) == ("2020", 0.3, 2, 4)
    assert (row["grade"], row["limit"]) == (1, 0.2)


@pytest.mark.parametrize(("depth", "value", "n"), [("surface", 0.2, 2), ("middle", 0.2, 1), ("bottom", 0.6, 1)])
def test_one_depth_counts_alone_where_it_is_chosen(engine, depth, value, n):
    """With a depth chosen the others play no part."""
    row = by_property(period_items(engine(readings(*DEEP)), SEA, depth=depth))["DIN"]
    assert (row["value"], row["n"], row["n_values"]) == (value, n, n)


def test_readings_without_a_depth_belong_to_every_choice(engine):
    """A river sampled at one depth has the same statistic whichever depth is asked for."""
    table = engine(readings(("a", "CODMn", 3.0), ("a", "CODMn", 5.0, "", 1)))
    for depth in ("mean", "surface", "bottom"):
        assert records(period_items(table, SURFACE, depth=depth))[0]["value"] == 4.0


def test_a_value_below_detection_enters_a_mean_at_half_its_limit(engine):
    """<1.0 and 2.0 have the mean 1.25; the share of censored values is given."""
    row = by_property(period_items(engine(readings(*DEEP)), SEA))["BOD5"]
    assert (row["value"], row["censored_share"], row["n_censored"]) == (1.25, 0.5, 1)
    assert (row["grade_low"], row["grade"], row["grade_high"]) == (0, 1, 1)


def test_counts_have_a_geometric_mean(engine):
    """Coliform counts are averaged by their logarithms; a zero enters as half a count."""
    table = engine(readings(("a", "Coliform", 100.0), ("a", "Coliform", 1e6, "", 1), ("b", "Coliform", 0.0)))
    assert [row["value"] for row in records(period_items(table, SEA), "station")] == [10000.0, 0.5]


def test_the_class_of_a_period_is_that_of_its_worst_statistic(engine):
    """Determinants, items and sampling events of a station's year come together."""
    table = engine(readings(*DEEP))
    row = records(period_classes(period_items(table, SEA), SEA))[0]
    assert (row["class"], row["determinants"], row["n_items"], row["n"]) == ("4", "DO", 3, 2)
    assert row["censored"] is False


def test_a_verdict_that_hangs_on_censored_values_is_marked(engine):
    """Where the ends of the censored values give different classes, the period says so."""
    table = engine(readings(("a", "BOD5", "<4.0"), ("a", "BOD5", 2.0, "", 1)))
    row = records(period_classes(period_items(table, SEA), SEA))[0]
    assert (row["class"], row["censored"]) == ("2", True)


def test_a_mean_of_nothing_found_does_not_make_water_worse(engine):
    """Where every value is below detection the best class they allow is given, and marked; one finding ends that."""
    rows = [("a", "BOD5", "<9.0"), ("a", "BOD5", "<9.0", "", 1), ("b", "Coliform", "<90000"), ("c", "BOD5", "<9.0")]
    table = engine(readings(*rows, ("c", "BOD5", 9.0, "", 1)))
    found = records(period_items(table, SEA), "station")
    assert [(row["value"], row["grade"], row["grade_high"]) for row in found] == [
        (4.5, 0, 4),
        (45000.0, 0, 3),
        (6.75, 4, 4),
    ]


def test_months_and_seasons_are_judged_apart(engine):
    """Each period has its own statistic."""
    table = engine(readings(("a", "DIN", 0.1), ("a", "DIN", 0.9, "", 40), ("a", "DIN", 0.3, "", 100)))
    months = records(period_items(table, SEA, granularity="month"), "period")
    seasons = records(period_items(table, SEA, granularity="season"), "period")
    assert [(row["period"], row["value"]) for row in months] == [("2020-01", 0.1), ("2020-02", 0.9), ("2020-04", 0.3)]
    assert [(row["period"], row["value"]) for row in seasons] == [("2020-Q1", 0.5), ("2020-Q2", 0.3)]


def test_oxygen_by_saturation_spares_class_one(engine):
    """A period whose mean saturation reaches 90 % keeps class I with oxygen below 7.5."""
    table = engine(readings(("a", "DO", 6.8), ("a", "DO_sat", 91.0), ("b", "DO", 6.8), ("b", "DO_sat", 89.0)))
    found = records(period_classes(period_items(table, SURFACE), SURFACE), "station")
    assert [row["class"] for row in found] == ["I", "II"]


def test_rounding_happens_where_the_pack_asks_for_it(engine):
    """A mean of 0.2004 meets a limit of 0.2 once rounded to the three decimals it is reported with, not before."""
    table = engine(readings(("a", "DIN", 0.2004)))
    plain = records(period_items(table, SEA))[0]
    rounded = records(period_items(table, replace(SEA, rounding="GB/T 8170")))[0]
    assert (plain["rounded"], plain["grade"]) == (0.2004, 1)
    assert (rounded["value"], rounded["rounded"], rounded["grade"]) == (0.2004, 0.2, 0)


def test_the_noise_of_a_long_sum_turns_no_tie(engine):
    """A mean of 6,000 values that is 0.5005 goes to the even 0.500 however they are added up, and so meets 0.5."""
    hours = [("a", "NH3N", 0.333 if hour % 3 else 0.8355, "", hour / 24) for hour in range(6000)]
    table = engine(readings(*hours).drop_columns("row"))
    for profiles in (None, ()):
        row = records(period_items(table, standard("cn.gb3838-2002"), profiles=profiles))[0]
        assert (row["value"], row["rounded"], row["grade"]) == (0.5005, 0.5, 1)


def test_no_statistic_is_rounded_coarser_than_its_limits():
    """The decimals of rounding are never fewer than those of the finest limit."""
    places = rounding_places(standard("cn.gb3097-1997"))
    assert places["Hg"] == 5
    assert places["DIP"] == 3
    assert places["DO"] >= 1
    assert rounding_places(SEA) == {}


many = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from(["DIN", "DO", "Coliform"]), decimals("0", "12", 2),
        st.sampled_from(["surface", "middle", "bottom"]), st.integers(0, 60),
    ),
    min_size=1, max_size=15, unique_by=lambda row: (row[0], row[1], row[3], row[4]),
)  # fmt: skip


@given(many, st.randoms())
@settings(deadline=None, max_examples=15)
def test_the_order_of_readings_changes_no_verdict(rows, random):
    """Shuffled readings give the same classes, and statistics equal to twelve digits."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    first, second = (records(period_items(readings(*one), SEA, granularity="month"), "station", "period", "property")
                     for one in (rows, shuffled))  # fmt: skip
    assert [row["grade"] for row in first] == [row["grade"] for row in second]
    for a, b in zip(first, second, strict=True):
        assert math.isclose(a["value"], b["value"], rel_tol=1e-11, abs_tol=1e-11)


@given(many)
@settings(deadline=None, max_examples=15)
def test_a_statistic_is_the_plain_arithmetic(rows):
    """The column computation equals the same arithmetic done one series at a time."""
    for found in records(period_items(readings(*rows), SEA), "station"):
        own = [row for row in rows if row[0] == found["station"] and row[1] == found["property"]]
        if found["property"] == "Coliform":
            events = {}
            for _, _, value, _, day in own:
                events.setdefault(day, []).append(value)
            expected = geometric_mean([geometric_mean(values) for values in events.values()])
        else:
            expected = arithmetic_mean(water_column_means([row[2] for row in own], [row[4] for row in own]))
        assert math.isclose(found["value"], expected, rel_tol=1e-11, abs_tol=1e-12)


def test_every_engine_gives_the_same_periods(engines):
    """Items and classes of periods are equal on all engines, to twelve digits."""
    rows = [*DEEP, ("b", "Coliform", 3e4), ("b", "Coliform", "<10", "", 3), ("b", "pH", 8.6), ("b", "DIP", ">0.03")]
    results = {name: period_items(put(readings(*rows)), SEA, granularity="season") for name, put in engines.items()}
    items = {name: records(frame, "station", "period", "property") for name, frame in results.items()}
    classes = {name: records(period_classes(frame, SEA), "station", "period") for name, frame in results.items()}
    assert len(items["duckdb"]) == 6
    assert all(rows == items["duckdb"] for rows in items.values())
    assert all(rows == classes["duckdb"] for rows in classes.values())
