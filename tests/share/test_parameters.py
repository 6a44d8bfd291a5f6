from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.model.errors import BadInput
from clearbay.share import parameters


@pytest.mark.parametrize(
    ("text", "last", "expected"),
    [
        ("2019", False, datetime(2018, 12, 31, 16)),
        ("2019", True, datetime(2019, 12, 31, 16)),
        ("2019-07-15", False, datetime(2019, 7, 14, 16)),
        ("2019-07-15", True, datetime(2019, 7, 15, 16)),
        ("2019-07-15T08:00:00Z", False, datetime(2019, 7, 15, 8)),
        ("2019-07-15T08:00:00", True, datetime(2019, 7, 15, 8)),
        ("2019-07-15T08:00:00+08:00", False, datetime(2019, 7, 15, 0)),
        ("2019-07-15T08:00:00 08:00", False, datetime(2019, 7, 15, 0)),
    ],
)
def test_days_are_those_of_the_place_and_times_are_utc(text, last, expected):
    """A date is cut by the station's clock; a time of day is UTC unless it says otherwise."""
    assert parameters.instant(text, where="from", utc_offset=480, last=last) == expected


@pytest.mark.parametrize("text", ["yesterday", "2019-7-1", "2019-07-15T99", "2019-02-30", "T", "２０１９"])
def test_what_is_no_time_is_refused_by_name(text):
    """The refusal names the parameter and shows how times are written."""
    with pytest.raises(BadInput) as error:
        parameters.instant(text, where="to", utc_offset=480)
    assert error.value.where == "to"
    assert "2019-07-15" in error.value.mend


@given(st.text(max_size=40))
def test_no_text_makes_the_reading_of_a_time_fail(text):
    """Any text is a time or bad input."""
    try:
        found = parameters.instant(text, where="from", utc_offset=480)
    except BadInput:
        return
    assert isinstance(found, datetime)
    assert found.tzinfo is None


def test_a_list_is_its_parts_each_once():
    """Commas separate, blanks do not count, an empty list is no list."""
    assert parameters.names(" a, b ,a,,") == ("a", "b")
    assert parameters.names(",") is None
    assert parameters.names(None) is None
