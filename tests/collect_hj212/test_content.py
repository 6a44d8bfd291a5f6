from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.collect.hj212 import shape
from clearbay.collect.hj212.content import Content, Datum, parse, parse_time, parse_value
from clearbay.collect.hj212.writing import build, print_time
from clearbay.model.errors import BadInput

NOON = datetime(2026, 1, 31, 12)
word = st.text("abcwxyz0123456789_", min_size=1, max_size=8)
texts = st.text(st.characters(exclude_characters=";,&#\r\n", exclude_categories=["Cs"]), max_size=12)
values = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    texts.filter(lambda text: isinstance(parse_value(text), str)),
)
times = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31)).map(
    lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000)
)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Rows in order of time, and fields that are no times."""
    rows: list[Datum] = []
    for time in [None, *sorted(draw(st.sets(times, max_size=2)))]:
        for code, kind, value, flag in draw(
            st.lists(st.tuples(word, word, values, st.sampled_from("NFMSDCTB ")), max_size=5)
        ):
            rows.append(Datum(time, code, kind, value, flag.strip()))
    fields = draw(st.lists(st.tuples(word.map("X".__add__), texts), max_size=3))
    return Content(tuple(rows), tuple(fields))


@given(contents())
def test_what_is_written_is_read(content: Content) -> None:
    """parse(build(x)) gives x: rows with their times and flags, fields in their order."""
    read = parse(build(content.data, content.fields))
    assert read.data == content.data
    assert tuple(pair for pair in read.fields if pair[0] != "DataTime") == content.fields


@given(st.lists(contents(), min_size=1, max_size=3), st.booleans(), st.booleans())
def test_the_fast_way_reads_the_same(several: list[Content], timed: bool, closed: bool) -> None:
    """shape.parse gives what content.parse gives, for shapes known and new, odd values and closing semicolons."""
    for content in several:
        text = ("DataTime=20260101080000;" if timed else "") + build(content.data, content.fields) + ";" * closed
        assert shape.parse(text) == parse(text)


@pytest.mark.parametrize(
    "value", ["1.5", "", "--", "nan", "1e999", "１", "1_0", "a=b", " 7 ", "7\x1d", "7\x0b", "7\xa0"]
)
def test_the_fast_way_takes_no_shortcut_with_values(value: str) -> None:
    """A value that is no number is what ``content.parse`` makes of it, though its names were seen before."""
    for printed in ("3", value):
        for form in (
            "a-Avg={0},a-Max=2,a-Flag=N;b-Avg={0},b-Flag=D;N=1",
            "a-Avg={0};b-Avg=1;a-Flag=D",
            "a-Avg={0},b-Avg=1;",
        ):
            text = "DataTime=20260101080000;" + form.format(printed)
            assert shape.parse(text) == parse(text)
    with pytest.raises(BadInput):
        shape.parse("DataTime=2026;a-Avg=1;b-Avg=1")


@given(st.text("=,;-ab1. DataTimeFlg&#", max_size=120))
def test_the_fast_way_refuses_the_same(text: str) -> None:
    """Also what makes no content."""
    for printed in (text, "DataTime=20260101080000;" + text):
        try:
            plain = parse(printed)
        except BadInput:
            with pytest.raises(BadInput):
                shape.parse(printed)
        else:
            assert shape.parse(printed) == plain


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but BadInput comes out of a content, however odd."""
    with suppress(BadInput):
        parse(text)


def test_kinds_flags_and_fields() -> None:
    """Every value of an item is a row with the item's flag; what has no hyphen is a field."""
    read = parse("DataTime=20260131120000;w01018-Cou=8,w01018-Avg=1.50,w01018-ZsAvg=2,w01018-Flag=D;PolId=w01018")
    assert read.data == (
        Datum(NOON, "w01018", "Cou", 8.0, "D"),
        Datum(NOON, "w01018", "Avg", 1.5, "D"),
        Datum(NOON, "w01018", "ZsAvg", 2.0, "D"),
    )
    assert read.fields == (("DataTime", "20260131120000"), ("PolId", "w01018"))
    assert read.field("PolId") == "w01018"
    assert read.field("None") is None


@pytest.mark.parametrize(
    ("printed", "value"),
    [("1.50", 1.5), ("-3", -3.0), ("+.5", 0.5), ("1e3", 1000.0), ("9", 9.0), ("", None), ("--", "--"), ("nan", "nan"),
     ("inf", "inf"), ("1e999", "1e999"), ("1_000", "1_000"), ("１２", "１２"), ("开", "开"), ("0x10", "0x10"),
     ("a=b", "a=b")],
)  # fmt: skip
def test_only_numbers_are_numbers(printed: str, value: float | str | None) -> None:
    """What Python takes for a number beyond decimal digits stays text; an empty value is None."""
    (row,) = parse(f"w01018-Rtd={printed}").data
    assert row.value == value
    assert type(row.value) is type(value)


def test_a_flag_apart_belongs_to_its_code() -> None:
    """A flag in a group of its own is the flag of the values of its code before it; else it is a row by itself."""
    assert parse("a-Rtd=1;b-Rtd=2;a-Flag=D").data == (
        Datum(None, "a", "Rtd", 1.0, "D"),
        Datum(None, "b", "Rtd", 2.0, ""),
    )
    assert parse("a-Flag=D").data == (Datum(None, "a", "Flag", None, "D"),)
    assert parse("a-Rtd=1,b-Flag=N").data[1] == Datum(None, "b", "Flag", None, "N")
    assert build(parse("a-Flag=D").data) == "a-Flag=D"


def test_times_follow_data_time() -> None:
    """A second DataTime is that of the rows behind it."""
    read = parse("DataTime=20260131120000;a-Avg=1;DataTime=20260131130000;a-Avg=2")
    assert [row.time for row in read.data] == [NOON, NOON + timedelta(hours=1)]


@pytest.mark.parametrize(
    "text", ["2026013112", "20261331120000", "20260131250000", "２０２６０１３１１２００００", "abc", ""]
)
def test_a_time_that_is_none_is_refused(text: str) -> None:
    """A packet whose DataTime cannot be read is refused with what stands there."""
    with pytest.raises(BadInput, match="is not a time"):
        parse(f"DataTime={text}")


def test_milliseconds_are_kept() -> None:
    """Seventeen digits are milliseconds, as some devices of 2005 send them."""
    assert print_time(parse_time("20160824003817250")) == "20160824003817250"
    assert parse_time("20160824003817000") == datetime(2016, 8, 24, 0, 38, 17)


@pytest.mark.parametrize(
    "row",
    [Datum(None, "", "Rtd", 1.0, ""), Datum(None, "a", "Flag", 1.0, ""), Datum(None, "a", "x-y", 1.0, ""),
     Datum(None, "a", "Rtd", "1;2", ""), Datum(None, "a", "Rtd", "&&", ""), Datum(None, "a", "Rtd", float("nan"), ""),
     Datum(None, "a", "Rtd", 1.0, "N,"), Datum(None, "a=", "Rtd", 1.0, "")],
)  # fmt: skip
def test_what_would_break_the_frame_is_not_written(row: Datum) -> None:
    """Separators and line ends inside a value are refused, not sent."""
    with pytest.raises(BadInput):
        build([row])
    with pytest.raises(BadInput, match="without time"):
        build([Datum(NOON, "a", "Rtd", 1.0, ""), Datum(None, "a", "Rtd", 1.0, "")])


@given(st.text("0123456789.+-eE \t\x0b\x0c\x1c\x1dinfa", max_size=6))
def test_both_ways_take_the_same_for_numbers(printed: str) -> None:
    """A number is a number whether the text around it is plain or not."""
    (plain,) = parse(f"a-Rtd={printed}").data
    (watched,) = parse(f"_-Rtd={printed}").data
    assert plain.value == watched.value
