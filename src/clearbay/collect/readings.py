"""From a wide sheet (one column a property) to readings (one row a value)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clearbay import packs
from clearbay.collect.batch import LISTED, ROW_READINGS, BadValue
from clearbay.collect.numbers import BAD, CENSORING, MISSING, NUMBER, Parsed, scaled, why_bad
from clearbay.model.observation import Flag


@dataclass(frozen=True, slots=True)
class Keys:
    """Whose, when and where in the water, for every data row: arrays of one length, null where unreadable.

    ``depth`` may be one text for all rows. ``why`` says for the columns of the keys, in order of importance: the
    printed cells, the array that is null where they cannot be read, what is wrong and how to mend it. ``rows`` are the
    data rows where these are not all of them, from 0 on.
    """

    station: pa.Array
    time: pa.Array
    depth: pa.Array | str
    why: tuple[tuple[str, pa.Array, pa.Array, str, str], ...] = ()
    rows: npt.NDArray[np.int64] | None = None

    def take(self, rows: npt.NDArray[np.int64]) -> Keys:
        """The keys of some of the rows."""
        index = pa.array(rows)
        depth = self.depth if isinstance(self.depth, str) else self.depth.take(index)
        why = tuple(
            (header, cells.take(index), read.take(index), what, mend) for header, cells, read, what, mend in self.why
        )
        return Keys(self.station.take(index), self.time.take(index), depth, why, rows)

    def row(self, place: int) -> int:
        """The data row of a place in these arrays."""
        return place if self.rows is None else int(self.rows[place])

    @property
    def good(self) -> npt.NDArray[np.bool_]:
        """Rows whose keys can all be read."""
        good = np.ones(len(self.station), bool)
        for array in (self.station, self.time, self.depth):
            if not isinstance(array, str):
                good &= array.is_valid().to_numpy(zero_copy_only=False)
        return good


@dataclass(frozen=True, slots=True)
class Measured:
    """One column of values: its header, the property, the unit the values stand in and the cells as read.

    ``flag`` is one QARTOD flag for the column, or one a row.
    """

    header: str
    property: str
    unit: str
    cells: pa.Array
    parsed: Parsed
    flag: int | npt.NDArray[np.int8] = Flag.NOT_EVALUATED


@dataclass(frozen=True, slots=True)
class Melted:
    """Readings, what was bad, and the number of cells that say "not measured" in rows that could be placed."""

    readings: pa.Table
    bad: tuple[BadValue, ...]
    missing: int


def melt(keys: Keys, columns: Sequence[Measured], bad: Iterable[BadValue] = ()) -> Melted:
    """Make readings of the good values, list the bad, count the missing.

    A row whose station, time or depth cannot be read is bad as a whole, and listed once, unless it holds no value at
    all: then nothing is lost. Values are converted to the property's unit. A value said to be below zero or less (a
    limit lost to rounding at the source) is kept and flagged suspect.
    """
    good = keys.good
    rows = np.arange(len(good))
    anything = np.zeros(len(good), bool)
    for column in columns:
        anything |= column.parsed.state != MISSING
    listed = [*bad, *_bad_keys(keys, np.flatnonzero(~good & anything))]
    tables, missing = [], 0
    for column in columns:
        state = column.parsed.state
        missing += int(np.count_nonzero(good & (state == MISSING)))
        wrong = np.flatnonzero(good & (state == BAD))
        listed.extend(_bad_cells(keys, column, wrong[:LISTED]))
        if len(wrong) > LISTED:
            listed.append(_unlisted(keys.row(int(wrong[LISTED])), len(wrong) - LISTED))
        tables.append(_readings(keys, column, rows[good & (state == NUMBER)]))
    table = pa.concat_tables(tables) if tables else ROW_READINGS.empty_table()
    return Melted(table, capped(listed), missing)


@dataclass(frozen=True, slots=True)
class Unlisted(BadValue):
    """Stands for ``count`` bad values that are not listed one by one."""

    count: int = 0


def capped(bad: Iterable[BadValue]) -> tuple[BadValue, ...]:
    """At most LISTED bad values in the order of the file, and a last one that tells how many more there are."""
    found = list(bad)
    listed = sorted((value for value in found if not isinstance(value, Unlisted)), key=lambda value: value.row)
    more = sum(value.count for value in found if isinstance(value, Unlisted)) + max(0, len(listed) - LISTED)
    return (*listed[:LISTED], *((_unlisted(listed[LISTED - 1].row, more),) if more else ()))


def _unlisted(row: int, count: int) -> BadValue:
    mend = "check delimiter, encoding and mapping"
    return Unlisted(row, "", "", f"{count} more bad values are not listed", mend, count)


def _readings(keys: Keys, column: Measured, rows: npt.NDArray[np.int64]) -> pa.Table:
    wanted = packs.properties()[column.property].unit
    scale, offset = packs.unit_factor(column.unit, wanted, column.property) if column.unit else (1.0, 0.0)
    index, count = pa.array(rows), len(rows)
    censoring = column.parsed.censoring[rows]
    value = scaled(column.parsed.value[rows], scale, offset)
    flag = np.full(count, column.flag, np.int8) if isinstance(column.flag, int) else column.flag[rows]
    flag = np.where((censoring == 1) & (column.parsed.value[rows] <= 0), np.int8(Flag.SUSPECT), flag)
    depth = pa.repeat(keys.depth, count) if isinstance(keys.depth, str) else keys.depth.take(index)
    return pa.Table.from_arrays(
        [
            keys.station.take(index),
            pa.repeat(column.property, count),
            depth,
            pa.repeat("", count),
            keys.time.take(index),
            pa.array(value),
            CENSORING.take(pa.array(censoring)),
            pa.array(flag, pa.int8()),
            index if keys.rows is None else pa.array(keys.rows[rows]),
        ],
        schema=ROW_READINGS,
    )


def _bad_keys(keys: Keys, rows: npt.NDArray[np.int64]) -> Iterable[BadValue]:
    for place in rows[:LISTED].tolist():
        for header, cells, read, why, mend in keys.why:
            if not read[place].is_valid:
                printed = cells[place].as_py()
                yield BadValue(keys.row(place), header, "" if printed is None else str(printed), why, mend)
                break
    if len(rows) > LISTED:
        yield _unlisted(keys.row(int(rows[LISTED])), len(rows) - LISTED)


def _bad_cells(keys: Keys, column: Measured, rows: npt.NDArray[np.int64]) -> Iterable[BadValue]:
    for place in rows.tolist():
        cell = column.cells[place].as_py()
        text = "" if cell is None else str(cell)
        yield BadValue(keys.row(place), column.header, text, *why_bad(text))


def mapped(texts: pa.Array, table: dict[str, str | None]) -> pa.Array:
    """Replace each distinct text by what ``table`` says; null where it says nothing."""
    encoded = texts.dictionary_encode()
    known = pa.array([table.get(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return known.take(encoded.indices)


def id_part(printed: pa.Array, prefix: str) -> pa.Array:
    """Ids of printed names behind a prefix: blanks and slashes become hyphens; null where nothing is printed."""
    texts = printed.dictionary_encode().dictionary.to_pylist()
    return mapped(printed, {text: prefix + re.sub(r"[\s/]+", "-", text) for text in texts if text})


def samples_of(keys: Keys, **columns: pa.Array) -> pa.Table:
    """One row a data row: ``row``, ``station``, ``time``, ``depth`` and the columns passed through."""
    count = len(keys.station)
    depth = pa.repeat(keys.depth, count) if isinstance(keys.depth, str) else keys.depth
    return pa.table(
        {"row": pa.array(np.arange(count)), "station": keys.station, "time": keys.time, "depth": depth, **columns}
    )
