"""What every source yields: readings, one line an input row, and the list of what was bad."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from clearbay.model.observation import READINGS
from clearbay.model.station import Station

ROW_READINGS = pa.schema([*READINGS, pa.field("row", pa.int64(), nullable=False)])
"""READINGS, and the data row (0-based, blank lines not counted) that each reading came from."""

LISTED = 100_000
"""Bad values listed one by one; beyond it one line says how many more there are. A file of which every cell is bad
(a wrong delimiter, a wrong mapping) would otherwise take more memory for its complaints than for its values."""


@dataclass(frozen=True, slots=True)
class BadValue:
    """One value, or one row, that was left out: where it stands, why, and how to mend it.

    ``row`` is the 0-based data row (as in ``Batch.samples``); ``Batch.line`` turns it into a line of the file.
    """

    row: int
    column: str
    value: str
    why: str
    mend: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything read from one file.

    ``readings`` has the columns of ROW_READINGS: values in the properties' own units, time in UTC; a value measured
    twice for the same station, property, depth, averaging and time stands twice (the intake tells them apart).
    ``samples`` has one row an input row, in its order, bad rows too: ``row``, ``station``, ``time``, ``depth`` (null
    where unreadable) and what else the source says of the row, such as the published class. ``stations`` are those of
    the file that no register knows. ``missing`` counts the cells that say "not measured". ``notes`` say what else a
    reader of the results should know (columns left out, rows that are summaries). ``first_line`` is the line of the
    file on which data row 0 stands. ``properties`` are those that the file has a column for, filled or not, where the
    source can tell.
    """

    source: str
    readings: pa.Table
    samples: pa.Table | None
    bad: tuple[BadValue, ...] = ()
    stations: tuple[Station, ...] = ()
    missing: int = 0
    notes: tuple[str, ...] = ()
    first_line: int = 2
    properties: tuple[str, ...] = ()

    def line(self, row: int) -> int:
        """Line of the file, counted from 1, on which a data row stands (blank lines and line breaks in cells aside)."""
        return self.first_line + row
