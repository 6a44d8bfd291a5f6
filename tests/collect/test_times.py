from __future__ import annotations

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.collect.times import instants, to_utc, zone_minutes
from clearbay.model.errors import BadInput


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-04-01 08:00", datetime(2021, 4, 1, 0)),
        ("2021-04-01T08:00:30", datetime(2021, 4, 1, 0, 0, 30)),
        ("2021/4/1 8:05", datetime(2021, 4, 1, 0, 5)),
        ("2021.4.1", datetime(2021, 3, 31, 16)),
        ("20210401", datetime(2021, 3, 31, 16)),
        ("202104010800", datetime(2021, 4, 1, 0)),
        ("2021年4月1日", datetime(2021, 3, 31, 16)),
        ("2021年4月1日 8时30分", datetime(2021, 4, 1, 0, 30)),
        ("２０２１－０４－０１", datetime(2021, 3, 31, 16)),
        ("2021-04-01 24:00", datetime(2021, 4, 1, 16)),
        ("2021年12月31日24时", datetime(2021, 12, 31, 16)),
        ("2021-04-01T00:00:00Z", datetime(2021, 4, 1, 0)),
        ("2021-04-01T08:00:00+08:00", datetime(2021, 4, 1, 0)),
        ("2021-04-01 09:00:00+0900", datetime(2021, 4, 1, 0)),
    ],
)
def test_usual_layouts(text: str, expected: datetime) -> None:
    """Year-first times are read without being told how, as time of the bay unless they carry a zone."""
    assert instants(pa.array([text])).to_pylist() == [expected]


@pytest.mark.parametrize(
    "text", ["", "2021-02-29", "2021-13-01", "3/4/2020", "2021-04-01 24:30", "yesterday", "2021-04-01 25:00", "44287"]
)
def test_what_is_no_time(text: str) -> None:
    """Days that do not exist, and day and month in an unstated order, are not read."""
    assert instants(pa.array([text, None])).to_pylist() == [None, None]


def test_day_first_and_month_first_are_stated() -> None:
    """The format decides between 3 April and 4 March."""
    assert instants(pa.array(["3/4/2020"]), formats=("%d/%m/%Y",)).to_pylist() == [datetime(2020, 4, 2, 16)]
    assert instants(pa.array(["3/4/2020"]), formats=("%m/%d/%Y",)).to_pylist() == [datetime(2020, 3, 3, 16)]


def test_spreadsheet_days_and_epochs() -> None:
    """Spreadsheet day 44287.5 is noon of 1 April 2021; epochs are UTC whatever the zone."""
    assert instants(pa.array(["44287.5"]), formats=("excel",)).to_pylist() == [datetime(2021, 4, 1, 4)]
    assert instants(pa.array(["1617235200"]), formats=("epoch",)).to_pylist() == [datetime(2021, 4, 1)]
    assert instants(pa.array(["1617235200000"]), formats=("epoch_ms",)).to_pylist() == [datetime(2021, 4, 1)]


def test_zones() -> None:
    """Offsets and names are understood; summer time counts where a place had it."""
    noon = pa.array([datetime(1975, 7, 1, 12)], pa.timestamp("us"))
    assert to_utc(noon, "Asia/Hong_Kong").to_pylist() == [datetime(1975, 7, 1, 3)]
    assert to_utc(noon, "+08:00").to_pylist() == [datetime(1975, 7, 1, 4)]
    assert [zone_minutes(zone) for zone in ("UTC", "Z", "+8", "-0330", "UTC+08:00", "Asia/Macau")] == [
        0,
        0,
        480,
        -210,
        480,
        None,
    ]
    with pytest.raises(BadInput, match="no time zone"):
        zone_minutes("Asia/Hongkong City")


def test_times_that_are_times_already() -> None:
    """Timestamps and dates of a Parquet file are taken as they are: local without a zone, else converted."""
    assert instants(pa.array([datetime(2021, 4, 1, 8)])).to_pylist() == [datetime(2021, 4, 1)]
    assert instants(pa.array([date(2021, 4, 1)])).to_pylist() == [datetime(2021, 3, 31, 16)]
    aware = pa.array([datetime(2021, 4, 1)], pa.timestamp("ms", "Asia/Tokyo"))
    assert instants(aware).to_pylist() == [datetime(2021, 4, 1)]


@given(st.lists(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)), min_size=1, max_size=20))
def test_printed_times_are_read_back(moments: list[datetime]) -> None:
    """Any local time printed to the second comes back in UTC, read by the column or one by one."""
    texts = [moment.isoformat(" ", "seconds") for moment in moments]
    expected = [moment.replace(microsecond=0) - timedelta(hours=8) for moment in moments]
    assert instants(pa.array(texts)).to_pylist() == expected
    assert instants(pa.array([*texts, "2021-02-30"])).to_pylist() == [*expected, None]
