"""What may enter a statistic, and what it may rest on."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay import packs
from clearbay.mine import validity
from clearbay.model.errors import BadInput

AIR = packs.rule("cn.gb3095-2026")
WATER = packs.rule("cn.2011-22")
YEAR = [date(2027, 1, 1) + timedelta(days=day) for day in range(365)]


def test_below_the_limit_is_half_in_a_mean_and_nothing_in_a_load() -> None:
    """<0.4 counts as 0.2 in a statistic and as 0 in a total; a value above an upper limit stays at that limit."""
    assert validity.for_statistics([0.4, 3, 8], ["<", "", ">"]).tolist() == [0.2, 3, 8]
    assert validity.for_loads([0.4, 3, 8], ["<", "", ">"]).tolist() == [0, 3, 8]


def test_a_load_is_concentration_by_flow_by_time() -> None:
    """1 mg/L in 1 m3/s over an hour carries 3.6 kg; what lies below the detection limit carries nothing."""
    assert validity.load([1, 1], [1, 2], [1, 1]) == pytest.approx(10.8)
    assert validity.load([1, 1], [1, 2], [1, 1], ["", "<"]) == pytest.approx(3.6)


def test_the_flow_weighted_mean_leans_to_the_larger_flow() -> None:
    """It is what was carried over what flowed, and undefined where nothing flowed."""
    assert validity.flow_weighted_mean([10, 40], [3, 1]) == 17.5
    assert validity.flow_weighted_mean([10, 40], [3, 1], ["", "<"]) == 12.5
    assert math.isnan(validity.flow_weighted_mean([10], [0]))


@given(st.lists(st.tuples(st.floats(0.01, 100), st.floats(0.01, 50)), min_size=1, max_size=20))
def test_a_flow_weighted_mean_lies_among_its_values(pairs: list[tuple[float, float]]) -> None:
    """No weighting leaves the range of the values."""
    values, flows = zip(*pairs, strict=True)
    mean = validity.flow_weighted_mean(values, flows)
    assert min(values) * (1 - 1e-9) <= mean <= max(values) * (1 + 1e-9)


def test_hours_and_days_of_air() -> None:
    """45 minutes make an hour, 6 of 8 hours a running mean, 20 hours a day, 15 days a quarter; one less does not."""
    for judge, enough in (
        (validity.hour_is_valid, 45), (validity.eight_hours_are_valid, 6), (validity.day_is_valid, 20),
        (validity.quarter_is_valid, 15),
    ):  # fmt: skip
        assert judge(enough, AIR)
        assert not judge(enough - 1, AIR)


def test_a_year_of_air() -> None:
    """324 days and 27 in every month, 25 in February, make a year."""
    assert validity.year_is_valid(YEAR, AIR) == validity.Completeness(365, (), True)
    without_june = [day for day in YEAR if day.month != 6]
    assert validity.year_is_valid(without_june, AIR) == validity.Completeness(335, (6,), False)
    february = [day for day in YEAR if day.month != 2 or day.day <= 25]
    assert validity.year_is_valid(february, AIR).valid
    assert validity.year_is_valid([day for day in february if day != date(2027, 2, 1)], AIR).short_months == (2,)
    thin = [day for day in YEAR if day.day <= 27]
    assert validity.year_is_valid(thin, AIR) == validity.Completeness(324, (), True)
    assert not validity.year_is_valid(thin[:-1], AIR).valid


def test_a_year_of_lead_needs_fewer_days() -> None:
    """60 daily means and 5 a month suffice for TSP, benzo[a]pyrene and lead."""
    few = [day for day in YEAR if day.day in (2, 8, 14, 20, 26)]
    assert validity.year_is_valid(few, AIR, particulate=True) == validity.Completeness(60, (), True)
    assert not validity.year_is_valid(few, AIR).valid


def test_days_of_two_years_are_refused() -> None:
    """A year's completeness is that of one year; a day given twice counts once."""
    with pytest.raises(BadInput, match="more than one year"):
        validity.year_is_valid([date(2026, 12, 31), date(2027, 1, 1)], AIR)
    assert validity.year_is_valid([YEAR[0], YEAR[0]], AIR).days == 1


def test_samplings_of_surface_water() -> None:
    """A quarter asks for two samplings, a year for six, a month for one."""
    assert [validity.enough_samplings(n, "quarter", WATER) for n in (1, 2)] == [False, True]
    assert [validity.enough_samplings(n, "year", WATER) for n in (5, 6)] == [False, True]
    assert [validity.enough_samplings(n, "month", WATER) for n in (0, 1)] == [False, True]


def test_a_rule_that_names_no_number_is_refused() -> None:
    """No least number is invented."""
    with pytest.raises(BadInput, match="nothing of year_days"):
        validity.year_is_valid(YEAR, WATER)
