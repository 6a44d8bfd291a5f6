from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.apply import periods
from clearbay.apply.periods import GRANULARITIES
from clearbay.model.errors import BadInput


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)), st.sampled_from(GRANULARITIES))
def test_a_time_lies_in_the_period_named_after_it(local, granularity):
    """The label of a time names a period of that granularity whose bounds enclose the time."""
    label = periods.label_of(local, granularity)
    start, end = periods.local_bounds(label)
    assert periods.granularity_of(label) == granularity
    assert start <= local < end


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_periods_follow_each_other_without_gap(granularity):
    """Where one period ends the next begins, and labels sort in time."""
    first = periods.label_of(datetime(2019, 11, 30, 22), granularity)
    last = periods.label_of(datetime(2020, 3, 1, 5), granularity)
    labels = periods.run(first, last)
    assert labels == sorted(labels)
    assert labels[-1] == last
    for one, following in pairwise(labels):
        assert periods.local_bounds(one)[1] == periods.local_bounds(following)[0]


def test_bounds_are_those_of_the_place():
    """2019 in Hong Kong begins eight hours before it does in UTC."""
    assert periods.bounds("2019", 480) == (datetime(2018, 12, 31, 16), datetime(2019, 12, 31, 16))
    assert periods.bounds("2019-Q4", 0) == (datetime(2019, 10, 1), datetime(2020, 1, 1))


@pytest.mark.parametrize(
    "label", ["", "19", "2019-13", "2019-00", "2019-Q5", "2019-02-30", "2019-01-01T25", "２０１９", "x"]
)
def test_what_is_no_period_is_refused(label):
    """A label that no calendar knows is refused, with the way to write it."""
    with pytest.raises(BadInput) as error:
        periods.granularity_of(label, where="period")
    assert error.value.where == "period"
    assert "2019-Q3" in error.value.mend


@pytest.mark.parametrize("label", ["0001", "9999", "9999-12", "9999-12-31T23", "0001-01-01T00"])
def test_the_ends_of_the_calendar_are_no_failure(label):
    """The first and last year that a calendar can say have bounds too, held inside the calendar."""
    for offset in (480, 0, -720):
        start, end = periods.bounds(label, offset)
        assert start <= end


def test_a_coarser_or_finer_label_finds_its_ends():
    """2019 spans the months 2019-01 to 2019-12, and a day lies in its month."""
    assert periods.first_label("2019", "month", where="from") == "2019-01"
    assert periods.last_label("2019", "month", where="to") == "2019-12"
    assert periods.first_label("2019-07-15", "season", where="from") == "2019-Q3"
