from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.model.errors import BadInput
from clearbay.share import paging
from clearbay.share.paging import Cursor


@given(st.integers(0, 10**12), st.text(max_size=30), st.integers(-(10**17), 10**17))
def test_a_cursor_comes_back_as_it_was_written(total, station, time):
    """Any key survives the way through an address."""
    cursor = Cursor(total, (station, time))
    text = paging.write(cursor, "abc")
    assert text.replace("-", "").replace("_", "").isalnum()
    assert paging.read(text, "abc", (str, int)) == cursor


def test_a_cursor_of_another_query_is_refused():
    """Filters changed between pages would skip or repeat rows in silence."""
    text = paging.write(Cursor(3, ("a",)), paging.mark(("stations", "sea")))
    with pytest.raises(BadInput, match="other filters"):
        paging.read(text, paging.mark(("stations", "air")), (str,))


@given(st.text(max_size=60))
def test_a_broken_cursor_is_refused(text):
    """Whatever is no cursor is bad input, never a failure."""
    if text:
        with pytest.raises(BadInput):
            paging.read(text, "abc", (str, int))


def test_no_cursor_is_the_first_page():
    """Nothing, or an empty text, begins at the beginning."""
    assert paging.read(None, "abc", (str,)) is None
    assert paging.read("", "abc", (str,)) is None


@given(st.datetimes())
def test_times_are_kept_to_the_microsecond(time):
    """A time becomes a whole number and comes back the same."""
    assert paging.moment(paging.micros(time)) == time


def test_a_time_beyond_the_calendar_is_refused():
    """A forged cursor cannot make the server fail."""
    with pytest.raises(BadInput):
        paging.moment(10**30)
    assert paging.micros(datetime(1970, 1, 1)) == 0
