from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.collect.numbers import BAD, MISSING, NUMBER, parse, parse_text, scaled, why_bad

cells = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["", "*", "--", "N/A", "null", "<", ">", "<null", "10+", "ND", "０．５", "1,234", "1,23", "inf", "nan", "1e999"]
    ),
    st.from_regex(r"\A[<>≤≥]? ?[+-]?[0-9]{1,6}(\.[0-9]{0,4})?([eE][+-]?[0-9]{1,2})?L?\Z"),
)


@pytest.mark.parametrize(
    ("text", "value", "censoring"),
    [
        ("0.5", 0.5, 0),
        (".5", 0.5, 0),
        ("5.", 5.0, 0),
        ("-1.5", -1.5, 0),
        ("+2", 2.0, 0),
        ("1e-3", 0.001, 0),
        ("2.1E+07", 2.1e7, 0),
        ("<0.5", 0.5, 1),
        ("< 0.5", 0.5, 1),
        ("≤0.5", 0.5, 1),
        ("<=0.5", 0.5, 1),
        ("0.004L", 0.004, 1),
        ("<0", 0.0, 1),
        (">9", 9.0, 2),
        ("≥ 9", 9.0, 2),
        (">24,000", 24000.0, 2),
        ("1,234.5", 1234.5, 0),
        ("1,234,567", 1234567.0, 0),
        ("＜０．５", 0.5, 1),
        ("１２", 12.0, 0),
        ("－3", -3.0, 0),
        ("−3", -3.0, 0),
        (" 7\u3000", 7.0, 0),
        ("\ufeff7", 7.0, 0),
        ("\xa07", 7.0, 0),
    ],
)
def test_what_is_a_number(text: str, value: float, censoring: int) -> None:
    """Numbers, censored or not, grouped or full-width, are read with their mark."""
    assert parse_text(text) == (value, censoring, NUMBER)


@pytest.mark.parametrize(
    "text", ["", " ", "*", "--", "-", "N/A", "n.a.", "N.A.", "null", "NULL", "NaN", "None", "／", "—", "缺测", "#N/A"]
)
def test_what_is_missing(text: str) -> None:
    """Marks of "not measured" are missing, whatever their case and width."""
    assert parse_text(text)[2] == MISSING


@pytest.mark.parametrize(
    "text",
    [
        "0,5",
        "1,23",
        "12%",
        "5 mg/L",
        "+++",
        "ND",
        "<",
        ">",
        "<null",
        "10+",
        "9*",
        "10³",
        "inf",
        "-inf",
        "1e999",
        "0x10",
        "1_000",
        "3-Jan",
        "1.2.3",
        "--5",
        "<<5",
        "٣",
        "五",
        "True",
        "l0",
    ],
)
def test_what_is_bad(text: str) -> None:
    """Anything else is bad, and there is a reason and a way to mend it."""
    value, censoring, state = parse_text(text)
    assert math.isnan(value)
    assert (censoring, state) == (0, BAD)
    assert all(why_bad(text))


def test_the_reason_fits() -> None:
    """The usual mistakes get a reason of their own."""
    assert "decimal comma" in why_bad("0,5")[0]
    assert "detection limit" in why_bad("未检出")[0]
    assert "no limit" in why_bad("<null")[0]
    assert "per cent" in why_bad("12%")[0]
    assert "more than a number" in why_bad("5 mg/L")[0]


def test_a_decimal_comma_may_be_stated() -> None:
    """Where the comma is the decimal mark the dot groups thousands."""
    assert parse_text("1.234,5", decimal=",") == (1234.5, 0, NUMBER)
    assert parse_text("<0,5", decimal=",") == (0.5, 1, NUMBER)
    parsed = parse(pa.array(["0,5", "1.234,5", "3"]), decimal=",")
    assert parsed.value.tolist() == [0.5, 1234.5, 3.0]


def test_missing_marks_may_be_stated() -> None:
    """Other marks than the usual ones can be given; then only those count."""
    assert parse_text("未采", missing=frozenset({"未采"}))[2] == MISSING
    assert parse_text("*", missing=frozenset({"未采"}))[2] == BAD


@given(st.lists(st.one_of(st.none(), cells), max_size=30))
def test_a_column_is_read_as_its_cells_are(texts: list[str | None]) -> None:
    """Reading a column at once gives, cell by cell, what reading each text gives; null is missing."""
    parsed = parse(pa.array(texts, pa.string()))
    for index, text in enumerate(texts):
        value, censoring, state = (math.nan, 0, MISSING) if text is None else parse_text(text)
        assert parsed.state[index] == state
        assert parsed.censoring[index] == censoring
        assert parsed.value[index] == value or (math.isnan(value) and math.isnan(parsed.value[index]))


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["", "<", ">"]))
def test_a_printed_number_is_read_back(value: float, mark: str) -> None:
    """Any double printed in full comes back bit for bit, with its mark."""
    found, censoring, state = parse_text(f"{mark}{value!r}")
    assert (found, "", state)[::2] == (value, NUMBER)
    assert ["", "<", ">"][censoring] == mark


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is a number, missing or bad, and a number is finite."""
    value, _, state = parse_text(text)
    assert state in (NUMBER, MISSING, BAD)
    assert math.isfinite(value) == (state == NUMBER)


def test_numbers_of_a_workbook_pass_through() -> None:
    """A column that is numbers already is taken as it is; null and nan are missing, infinity is bad."""
    parsed = parse(pa.chunked_array([pa.array([1.5, None]), pa.array([math.nan, math.inf])]))
    assert parsed.state.tolist() == [NUMBER, MISSING, MISSING, BAD]
    assert parse(pa.array([1, None, 3], pa.int64())).value.tolist()[::2] == [1.0, 3.0]


@given(st.integers(min_value=0, max_value=10**6), st.sampled_from([10, 100, 1000, 10**6]))
def test_scaling_keeps_printed_decimals(whole: int, parts: int) -> None:
    """A count of hundredths or thousandths becomes the double nearest to that fraction, as if printed."""
    assert scaled(np.array([float(whole)]), 1 / parts)[0] == whole / parts


def test_scaling_with_an_offset() -> None:
    """Kelvin to Celsius."""
    assert scaled(np.array([273.15]), 1.0, -273.15)[0] == 0.0
    assert scaled(np.array([2.0]), 10.0)[0] == 20.0
