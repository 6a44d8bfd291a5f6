"""GB/T 8170, against the decimal arithmetic of the standard library."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.mine.frames import frame_of, to_arrow
from clearbay.mine.rounding import round_gbt8170, round_half_even, round_half_even_array

numbers = st.builds(
    lambda whole, exponent: Decimal(whole).scaleb(exponent),
    st.one_of(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(-(10**14), 10**14 - 1).map(lambda n: n * 10 + 5)),
    st.integers(-12, 2),
).filter(lambda number: len(number.as_tuple().digits) <= 15)


def by_the_book(number: Decimal, places: int) -> float:
    return float(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, Context(prec=60)))


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (0.125, 2, 0.12),
        (0.135, 2, 0.14),
        (0.015, 2, 0.02),
        (0.025, 2, 0.02),
        (2.675, 2, 2.68),
        (1.005, 2, 1.0),
        (-2.675, 2, -2.68),
        (0.5, 0, 0.0),
        (1.5, 0, 2.0),
        (1250.0, -2, 1200.0),
        (1350.0, -2, 1400.0),
        (0.30000000000000004, 1, 0.3),
    ],
)
def test_a_five_goes_to_the_even_neighbour(value, places, expected):
    """A five with nothing behind it is rounded to the even digit, on the number as it is written."""
    assert round_half_even(value, places) == expected


@given(numbers, st.integers(-3, 8))
def test_a_number_is_rounded_as_in_decimal_arithmetic(number, places):
    """For every number of up to 15 digits the result is that of exact decimal arithmetic."""
    assert round_half_even(float(number), places) == by_the_book(number, places)


@given(st.lists(numbers.map(float), min_size=1, max_size=20), st.integers(-3, 8))
def test_number_and_array_agree(values, places):
    """The array form gives what the number form gives for each element."""
    assert round_half_even_array(np.array(values), places).tolist() == [round_half_even(v, places) for v in values]


def test_column_and_number_agree(engine):
    """The column expression gives what the number form gives, on every engine, and keeps nulls."""
    values = [*(n / 1000 for n in range(-200, 3000, 5)), 2.675, 1.005, 1e14 + 0.5, 1e-9, 4.35, None]
    table = engine(pa.table({"order": list(range(len(values))), "value": pa.array(values, pa.float64())}))
    for places in (-1, 0, 1, 2, 3):
        frame = frame_of(table).select("order", rounded=round_gbt8170(nw.col("value"), places))
        result = to_arrow(frame).sort_by("order").column("rounded").to_pylist()
        assert result == [None if v is None else round_half_even(v, places) for v in values]


def test_what_is_no_number_stays():
    """NaN and infinities come back unchanged."""
    array = round_half_even_array(np.array([np.inf, -np.inf, np.nan]), 2)
    assert round_half_even(float("inf"), 2) == float("inf")
    assert array[0] == np.inf
    assert array[1] == -np.inf
    assert np.isnan(array[2])
    assert np.isnan(round_half_even(float("nan"), 2))
