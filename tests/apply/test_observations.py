from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearbay.apply.observations import Selection

SELECTIONS = [
    Selection(),
    Selection(stations=("hk.epd.marine.DM1",)),
    Selection(properties=("DO", "TN")),
    Selection(stations=("hk.epd.marine.DM1", "hk.epd.marine.VM1"), properties=("DO",), depths=("bottom",)),
    Selection(start=datetime(2018, 1, 1), end=datetime(2018, 7, 1)),
    Selection(stations=("hk.epd.river.JR11",), start=datetime(2016, 1, 1)),
    Selection(depths=("",), end=datetime(2017, 1, 5)),
    Selection(as_of=datetime(2000, 1, 1)),
    Selection(stations=("nobody",)),
]


def whole(desk, selection):
    return desk.home.reader().observations(
        stations=selection.stations,
        properties=selection.properties,
        depths=selection.depths,
        start=selection.start,
        end=selection.end,
        as_of=selection.as_of,
    )


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SELECTIONS[1:]), st.integers(1000, 9000))
def test_pages_together_are_the_whole(desk, selection, limit):
    """Pages of any size, one after the other, are the store's own answer, each row once."""
    pages, after = [], None
    while True:
        table, after = desk.observations().page(selection, limit, after)
        pages.append(table)
        if after is None:
            break
        assert table.num_rows == limit
    assert pa.concat_tables(pages).equals(whole(desk, selection))


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_count_is_that_of_the_rows(desk, selection):
    """Whether series are summed or looked at, the count is the number of rows that pages give."""
    assert desk.observations().count(selection) == whole(desk, selection).num_rows


@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_stream_is_the_whole(desk, selection):
    """A download gives the same rows as the pages, and a table even where there is none."""
    tables = list(desk.observations().stream(selection))
    assert tables
    assert pa.concat_tables(tables).equals(whole(desk, selection))


def test_a_stream_stops_at_its_limit(desk):
    """A limited download has that many rows."""
    assert sum(table.num_rows for table in desk.observations().stream(Selection(), 777)) == 777
