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

from clearbay.store.clock import micros, month_end, month_of, month_start, naive_utc
from clearbay.store.engine import parquet
from clearbay.store.history import HistoryFile
from clearbay.store.resident import Resident
from clearbay.store.snapshot import Snapshot

COLUMNS = "datastream, station, property, depth, averaging, time, value, censoring, flag, revision, result_time"
PLAIN = "datastream, time, value, censoring, flag, revision, result_time"

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
    *,
    named: bool = True,
) -> str:
    """The query for ``COLUMNS`` of all valid rows; ``ids`` and ``span`` only narrow what is opened.

    Without ``named`` the names may be missing.
    """
    first, last = _months(span)
    files = [file for file in snapshot.files if first <= file.month <= last]
    current = [file for file in files if file.kind == "current"]
    warm = {month for month in snapshot.hot_months if first <= month <= last}
    moment = None if as_of is None else stamp(naive_utc(as_of))
    known = "" if moment is None else f" WHERE result_time <= {moment}"
    columns = COLUMNS if named else PLAIN
    if resident is not None and current:
        rows = resident.rows(ids)
        parts = _from_memory(cursor, rows, snapshot.hot if warm else None, moment, columns)
    else:
        overlaid = [file for file in current if file.month in warm]
        parts = _files(directory, [file for file in current if file.month not in warm], columns)
        parts += _files(directory, overlaid, columns, _shadow(overlaid, moment))
    if moment is not None:
        parts = [f"SELECT * FROM ({part}){known}" for part in parts]
        for group in (True, False):
            old = [file for file in files if file.kind == "superseded" and (file.month in warm) is group]
            for rows in _files(directory, old, columns, _shadow(old, moment) if group else ""):
                parts.append(f"{rows} WHERE result_time <= {moment} AND until > {moment}")
    if warm:
        gone = ""
        if snapshot.superseded.num_rows:
            cursor.register("superseded", snapshot.superseded)
            later = "" if moment is None else f" WHERE until <= {moment}"
            gone = f" ANTI JOIN (SELECT * FROM superseded{later}) USING (datastream, time, revision)"
        parts.append(f"SELECT {columns} FROM hot{gone}{known}")
    if warm or not parts:
        cursor.register("hot", snapshot.named if named else snapshot.hot)
    return " UNION ALL ".join(f"({part})" for part in parts or [f"SELECT {columns} FROM hot WHERE false"])


def _shadow(files: Sequence[HistoryFile], moment: str | None) -> str:
    """Keeps what is hot too out of what files hold; only hot rows within the files' times need to be looked at."""
    if not files:
        return ""
    low = min(month_start(file.month) if file.first is None else file.first for file in files)
    high = max(month_end(file.month) - 1 if file.last is None else file.last for file in files)
    known = "" if moment is None else f" AND result_time <= {moment}"
    within = f"time BETWEEN make_timestamp({low}) AND make_timestamp({high}){known}"
    return f" ANTI JOIN (SELECT datastream, time FROM hot WHERE {within}) USING (datastream, time)"


def _files(directory: Path, files: Sequence[HistoryFile], columns: str, shadow: str = "") -> list[str]:
    """Queries for the rows of files that ``shadow`` leaves over, one for each layout that occurs."""
    parts = []
    for layout in sorted({file.layout for file in files}):
        present = columns if layout > 1 else columns.replace("averaging", "'' AS averaging")
        names = [file.name for file in files if file.layout == layout]
        parts.append(f"SELECT {present} FROM {parquet(directory, names)}{shadow}")
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


def _from_memory(
    cursor: duckdb.DuckDBPyConnection, rows: pa.Table, hot: pa.Table | None, moment: str | None, columns: str
) -> list[str]:
    """History held in memory; only the span of time that has hot rows is anti-joined with them."""
    cursor.register("resident", rows)
    if hot is None:
        return [f"SELECT {columns} FROM resident"]
    edges = pc.min_max(hot["time"]).as_py()
    low, high = stamp(edges["min"]), stamp(edges["max"])
    known = "" if moment is None else f" WHERE result_time <= {moment}"
    shadow = f" ANTI JOIN (SELECT datastream, time FROM hot{known}) USING (datastream, time)"
    return [
        f"SELECT {columns} FROM resident WHERE time < {low} OR time > {high}",
        f"SELECT {columns} FROM resident{shadow} WHERE time BETWEEN {low} AND {high}",
    ]
