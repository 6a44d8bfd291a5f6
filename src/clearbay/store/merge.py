"""Turns hot and incoming rows into history, a few months at a time.

All hot rows of a month move together: so a hot row is always newer than what history knows of its datastream and
time, and a reader may simply prefer it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from clearbay.store import datastreams, history, hot
from clearbay.store.clock import month_end, month_start, months_of
from clearbay.store.engine import parquet
from clearbay.store.history import HistoryFile
from clearbay.store.hot import Block, Opened, Prepared
from clearbay.store.steps import step

CHUNK = 4_000_000
"""Rows rewritten at once: bounds the memory of an import and, in a compaction, the time others wait for the lock."""

_ROW = "datastream, time, value, censoring, flag, revision, result_time"


def months_in(rows: pa.Table) -> dict[int, int]:
    """How many rows fall in each month."""
    if not rows.num_rows:
        return {}
    found, number = np.unique(months_of(rows["time"].cast(pa.int64()).to_numpy()), return_counts=True)
    return dict(zip(found.tolist(), number.tolist(), strict=True))


def chunks(arriving: Mapping[int, int], existing: Iterable[HistoryFile]) -> Iterator[list[int]]:
    """The months to rewrite, in portions of at most ``CHUNK`` rows (or one month, where that alone has more)."""
    size = dict(arriving)
    for file in existing:
        if file.month in size:
            size[file.month] += file.rows
    portion: list[int] = []
    rows = 0
    for month in sorted(size):
        if portion and rows + size[month] > CHUNK:
            yield portion
            portion, rows = [], 0
        portion.append(month)
        rows += size[month]
    if portion:
        yield portion


@dataclass(frozen=True)
class Gathered:
    """What goes into the files of some months: the blocks it comes from, the rows that change (``hot.HOT``), how many
    of them are ``moved`` out of blocks, and what is left of those blocks."""

    first: int
    last: int
    blocks: tuple[Block, ...]
    changed: pa.Table
    moved: int
    left: tuple[Prepared, ...]
    files: tuple[HistoryFile, ...]
    names: dict[str, Any]

    @property
    def months(self) -> list[int]:
        """The months that change."""
        return sorted(months_in(self.changed))


def gather(connection: Connection, opened: Opened, months: Sequence[int], incoming: pa.Table | None) -> Gathered:
    """Collect the hot rows of the given months (and of any month between them), and ``incoming`` ones with them."""
    first, last = min(months), max(months)
    start, end = month_start(first), month_end(last)
    blocks = [block for block in hot.listed(connection) if block.last >= start and block.first < end]
    moving, left = [], []
    for block in blocks:
        rows = opened.rows(connection, block)
        inside = hot.between(rows, start, end)
        if inside.num_rows == 0:
            continue
        moving.append((block, inside))
        if inside.num_rows < rows.num_rows:
            before, behind = hot.between(rows, block.first, start), hot.between(rows, end, block.last + 1)
            left.append(hot.prepared(hot.together([before, behind]), block.version, block.level))
    arriving = [] if incoming is None else [_slice(incoming, first, last)]
    changed = hot.together([*(rows for _, rows in moving), *arriving])
    return Gathered(
        first,
        last,
        tuple(block for block, _ in moving),
        changed,
        sum(rows.num_rows for _, rows in moving),
        tuple(left),
        history.valid(connection, sorted(months_in(changed))),
        datastreams.name_columns(connection),
    )


def write(engine: duckdb.DuckDBPyConnection, directory: Path, gathered: Gathered, generation: int) -> list[HistoryFile]:
    """Write the months anew, beside what is there; needs no database. Returns the files, not yet renamed."""
    with engine.cursor() as cursor:
        current, superseded = _merged(cursor, directory, gathered.files, gathered.changed)
        written = history.write(directory, "current", generation, current, gathered.names)
        if superseded is not None:
            written += history.write(directory, "superseded", generation, superseded(), gathered.names)
    return written


def commit(connection: Connection, directory: Path, gathered: Gathered, written: Sequence[HistoryFile]) -> bool:
    """Make the files written history and take their rows out of the blocks, in the caller's transaction.

    False where somebody else has taken one of the blocks meanwhile: then the caller must roll back.
    """
    history.publish(connection, directory, written, gathered.months)
    whole = hot.remove(connection, gathered.blocks) == len(gathered.blocks)
    for rest in gathered.left:
        hot.put(connection, rest)
    step("hot rows deleted")
    return whole


def _slice(rows: pa.Table, first: int, last: int) -> pa.Table:
    times = rows["time"].cast(pa.int64()).to_numpy()
    inside = (times >= month_start(first)) & (times < month_end(last))
    return rows if inside.all() else rows.filter(pa.array(inside))


def _merged(
    cursor: duckdb.DuckDBPyConnection, directory: Path, files: Sequence[HistoryFile], changed: pa.Table
) -> tuple[Iterable[pa.RecordBatch], Any]:
    """The months' new rows in the order of the files: the current ones, and how to get the superseded ones, if any."""
    cursor.register("changed", changed.select(_ROW.split(", ")))
    current = [file.name for file in files if file.kind == "current"]
    superseded = [file.name for file in files if file.kind == "superseded"]
    known = [f"SELECT {_ROW} FROM {parquet(directory, group)}" for group in (current, superseded) if group]
    affected = " UNION ALL ".join(f"({part} SEMI JOIN changed USING (datastream, time))" for part in known)
    cursor.execute(f"CREATE TEMP TABLE affected AS {affected or f'SELECT {_ROW} FROM changed WHERE false'}")
    # A row may come twice only if a process died between two effects; the same revision then says the same.
    cursor.execute(
        "CREATE TEMP TABLE contested AS SELECT datastream, time FROM"
        " (SELECT datastream, time FROM changed UNION ALL SELECT datastream, time FROM affected)"
        " GROUP BY ALL HAVING count(*) > 1"
    )
    cursor.execute(
        "CREATE TEMP TABLE ranked AS SELECT *,"
        " revision = max(revision) OVER (PARTITION BY datastream, time) AS newest,"
        " min(result_time) OVER (PARTITION BY datastream, time ORDER BY revision"
        " ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until"
        f" FROM (SELECT DISTINCT ON (datastream, time, revision) {_ROW} FROM"
        f" (SELECT {_ROW} FROM changed UNION ALL SELECT {_ROW} FROM affected)"
        " SEMI JOIN contested USING (datastream, time))"
    )
    some_contested = _any(cursor, "contested")
    some_affected = _any(cursor, "affected")
    parts = [f"SELECT {_ROW} FROM changed" + (_WITHOUT_CONTESTED if some_contested else "")]
    if current:
        kept = " ANTI JOIN changed USING (datastream, time)" if some_affected else ""
        parts.append(f"SELECT {_ROW} FROM {parquet(directory, current)}{kept}")
    if some_contested:
        parts.append(f"SELECT {_ROW} FROM ranked WHERE newest")
    newest = _stream(cursor, parts)
    old = [f"SELECT {_ROW}, until FROM ranked WHERE NOT newest"] if some_contested else []
    if superseded:
        columns = f"SELECT {_ROW}, until FROM {parquet(directory, superseded)}"
        old.append(f"{columns} ANTI JOIN changed USING (datastream, time)")
    return newest, (lambda: _stream(cursor, old)) if old else None


_WITHOUT_CONTESTED = " ANTI JOIN contested USING (datastream, time)"


def _any(cursor: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchall()[0][0])


def _stream(cursor: duckdb.DuckDBPyConnection, parts: Sequence[str]) -> Iterator[pa.RecordBatch]:
    query = f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY date_trunc('month', time), datastream, time"
    relation = cursor.sql(query)
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader  # its older name
    yield from read(history.ROW_GROUP)
