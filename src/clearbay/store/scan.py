"""The SQL over everything that is valid, now or as of a moment.

Where a month has hot rows, its files are anti-joined with them, so that a row in both counts once and the newer
revision wins; all other months are read as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.store.clock import micros, month_of, month_start, naive_utc
from clearbay.store.engine import parquet
from clearbay.store.history import HistoryFile
from clearbay.store.resident import Resident
from clearbay.store.snapshot import Snapshot

COLUMNS = "datastream, station, property, depth, averaging, time, value, censoring, flag, revision, result_time"

Span = tuple[datetime | None, datetime | None]
"""A start that is included and an end that is not, naive UTC; None is open."""


def stamp(moment: datetime) -> str:
    """A naive UTC moment as an SQL literal.

    >>> stamp(datetime(2020, 1, 5, 8))
    "TIMESTAMP '2020-01-05 08:00:00'"
    """
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"


def valid_rows(
    cursor: duckdb.DuckDBPyConnection,
    directory: Path,
    snapshot: Snapshot,
    resident: Resident | None,
    as_of: datetime | None,
    ids: npt.NDArray[np.int32] | None = None,
    span: Span = (None, None),
) -> str:
    """The query for ``COLUMNS`` of all valid rows; ``ids`` and ``span`` only narrow what is opened."""
    first, last = _months(span)
    files = [file for file in snapshot.files if first <= file.month <= last]
    current = [file for file in files if file.kind == "current"]
    warm = {month for month in snapshot.hot_months if first <= month <= last}
    moment = None if as_of is None else stamp(naive_utc(as_of))
    known = "" if moment is None else f" WHERE result_time <= {moment}"
    shadow = f" ANTI JOIN (SELECT datastream, time FROM hot{known}) USING (datastream, time)"
    if resident is not None and current:
        parts = _from_memory(cursor, resident.rows(ids), snapshot.hot if warm else None, shadow)
    else:
        parts = _files(directory, [file for file in current if file.month not in warm])
        parts += _files(directory, [file for file in current if file.month in warm], shadow)
    if moment is not None:
        parts = [f"SELECT * FROM ({part}){known}" for part in parts]
        for group, behind in ((True, shadow), (False, "")):
            old = [file for file in files if file.kind == "superseded" and (file.month in warm) is group]
            for rows in _files(directory, old, behind):
                parts.append(f"{rows} WHERE result_time <= {moment} AND until > {moment}")
    if warm:
        valid = "until IS NULL"
        if moment is not None:
            valid = f"result_time <= {moment} AND (until IS NULL OR until > {moment})"
        parts.append(f"SELECT {COLUMNS} FROM hot WHERE {valid}")
    if warm or not parts:
        cursor.register("hot", snapshot.hot)
    return " UNION ALL ".join(f"({part})" for part in parts or [f"SELECT {COLUMNS} FROM hot WHERE false"])


def _files(directory: Path, files: Sequence[HistoryFile], shadow: str = "") -> list[str]:
    """Queries for the rows of files that ``shadow`` leaves over, one for each layout that occurs."""
    parts = []
    for layout in sorted({file.layout for file in files}):
        columns = COLUMNS if layout > 1 else COLUMNS.replace("averaging", "'' AS averaging")
        names = [file.name for file in files if file.layout == layout]
        parts.append(f"SELECT {columns} FROM {parquet(directory, names)}{shadow}")
    return parts


def covers(snapshot: Snapshot, resident: Resident | None, span: Span) -> bool:
    """Whether the files alone keep to the span, so that no row needs to be asked for its time."""
    first, last = _months(span)
    if resident is not None or any(first <= month <= last for month in snapshot.hot_months):
        return False
    return all(edge is None or micros(edge) == month_start(month_of(edge)) for edge in span)


def _months(span: Span) -> tuple[int, int]:
    start, end = span
    return (
        -1 if start is None else month_of(start),
        999999 if end is None or end == datetime.min else month_of(end - timedelta(microseconds=1)),
    )


def _from_memory(cursor: duckdb.DuckDBPyConnection, rows: pa.Table, hot: pa.Table | None, shadow: str) -> list[str]:
    """History held in memory; only the span of time that has hot rows is anti-joined with them."""
    cursor.register("resident", rows)
    if hot is None:
        return [f"SELECT {COLUMNS} FROM resident"]
    edges = pc.min_max(hot["time"]).as_py()
    low, high = stamp(edges["min"]), stamp(edges["max"])
    return [
        f"SELECT {COLUMNS} FROM resident WHERE time < {low} OR time > {high}",
        f"SELECT {COLUMNS} FROM resident{shadow} WHERE time BETWEEN {low} AND {high}",
    ]
