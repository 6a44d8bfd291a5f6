from __future__ import annotations

from collections import Counter
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from clearbay.collect.epd_aqhi import index_of, read
from clearbay.collect.numbers import BAD, MISSING, NUMBER
from clearbay.model.errors import BadInput
from clearbay.model.observation import Flag
from tests.collect import shipped


def test_counts_of_the_full_file() -> None:
    """2014-2019: 691,008 hourly indices, 30,181 of them substituted, 1,044 above 10; 23,232 cells missing."""
    batch = shipped.batch("epd-aqhi", shipped.AQHI)
    cells: Counter[str] = Counter()
    for row in shipped.rows(shipped.AQHI):
        cells.update(cell for header, cell in row.items() if header not in ("Date", "Hour", "file"))
    missing = cells[""] + cells["*"]
    assert batch.missing == missing == 23_232
    assert batch.readings.num_rows == cells.total() - missing == 691_008
    suspect = pc.sum(pc.equal(batch.readings.column("flag"), pa.scalar(int(Flag.SUSPECT), pa.int8()))).as_py()
    assert suspect == sum(count for cell, count in cells.items() if len(cell) > 1 and cell.endswith("*")) == 30_181
    assert pc.sum(pc.equal(batch.readings.column("censoring"), ">")).as_py() == cells["10+"] + cells["10+*"] == 1_044
    assert batch.bad == ()
    assert batch.stations == ()


@pytest.mark.parametrize(
    ("cell", "value", "censoring", "state", "star"),
    [
        ("4", 4, 0, NUMBER, False),
        ("9*", 9, 0, NUMBER, True),
        ("10+", 10, 2, NUMBER, False),
        ("10+*", 10, 2, NUMBER, True),
        ("*", None, 0, MISSING, False),
        ("", None, 0, MISSING, False),
        ("11", 11, 0, BAD, False),
        ("4.5", 4.5, 0, BAD, False),
        ("0", 0, 0, BAD, False),
        ("high", None, 0, BAD, False),
    ],
)
def test_cells(cell: str, value: float | None, censoring: int, state: int, star: bool) -> None:
    """The index is a whole number from 1 to 10 or above 10; an asterisk behind it says that it was substituted."""
    parsed, starred = index_of(pa.array([cell]))
    assert (parsed.censoring[0], parsed.state[0], starred[0]) == (censoring, state, star)
    assert value is None or parsed.value[0] == value


def test_samples_keep_what_was_published() -> None:
    """Every hour and station with a cell keeps its printed text, and a note where it was substituted."""
    samples = shipped.batch("epd-aqhi", shipped.AQHI).samples
    assert samples is not None
    assert samples.num_rows == 691_008
    starred = samples.filter(pc.equal(samples.column("note"), "substituted")).slice(0, 1).to_pylist()[0]
    assert starred["published"].endswith("*")
    assert starred["time"] == datetime(2013, 12, 31, 18)


def test_the_monthly_layout_says_the_same() -> None:
    """A monthly file as published (notes, dates on first hours, daily maxima) gives what the joined file gives."""
    monthly = read((shipped.HERE / "epd_aqhi_201902_first_days.csv").read_bytes(), name="201902_Eng.csv")
    assert monthly.notes == ("1 lines of daily maxima were left out: they repeat hourly values",)
    assert monthly.bad == ()
    assert monthly.missing == 2  # the two asterisks alone
    keys = ["station", "time", "value", "censoring", "flag"]
    joined = shipped.batch("epd-aqhi", shipped.AQHI).readings
    hours = pc.unique(monthly.readings.column("time"))
    joined = joined.filter(pc.is_in(joined.column("time"), hours)).select(keys)
    order = [("station", "ascending"), ("time", "ascending")]
    assert monthly.readings.select(keys).sort_by(order).equals(joined.sort_by(order))


def test_a_line_that_cannot_be_placed_is_listed_once() -> None:
    """An unreadable hour is one bad line, not one for every station; an index out of range is listed by its column."""
    data = "Date,Hour,Eastern,Central\n2019-01-01,01,3,4\n2019-01-01,noon,3,4\n2019-01-01,03,3,12\n"
    batch = read(data.encode(), name="x.csv")
    assert [(bad.row, bad.column, bad.value) for bad in batch.bad] == [(1, "Hour", "noon"), (2, "Central", "12")]
    assert batch.readings.num_rows == 3


def test_no_station_no_reading() -> None:
    """A file with hours and no station is refused."""
    with pytest.raises(BadInput, match="no column of a station"):
        read(b"Date,Hour\n2019-01-01,01\n", name="x.csv")
