"""History: immutable Parquet files, and the list of those that are valid.

A file holds one month, sorted by datastream and time, and carries its names, so that any tool reads it alone.
It is written beside, made durable, renamed, and becomes history only when ``history_file`` names it in the same
transaction that takes its rows out of the hot table. A name is never used twice: what a reader has cached about a
file stays true, and a file that nobody names is a leftover of a process that died.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from clearbay.model.errors import StoreError
from clearbay.store.clock import micros, months_of, now
from clearbay.store.steps import step
from clearbay.store.tables import history_file

Kind = Literal["current", "superseded"]

ROW_GROUP = 122_880
"""Rows in a row group, DuckDB's own unit: one series of a month lies in one or two groups, the others are skipped."""

GRACE = timedelta(minutes=15)
"""How long a replaced file stays on the disk for readers that opened the list before it was replaced."""

CURRENT = pa.schema(
    [
        pa.field("datastream", pa.int32(), nullable=False),
        pa.field("station", pa.string(), nullable=False),
        pa.field("property", pa.string(), nullable=False),
        pa.field("depth", pa.string(), nullable=False),
        pa.field("averaging", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us"), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("censoring", pa.string(), nullable=False),
        pa.field("flag", pa.int8(), nullable=False),
        pa.field("revision", pa.int32(), nullable=False),
        pa.field("result_time", pa.timestamp("us"), nullable=False),
    ]
)
SUPERSEDED = CURRENT.append(pa.field("until", pa.timestamp("us"), nullable=False))

LAYOUT = 2
"""What this version writes; files of layout 1 lack the column ``averaging``."""

_SCHEMAS: dict[Kind, pa.Schema] = {"current": CURRENT, "superseded": SUPERSEDED}

_NAME = re.compile(r"^(\d{4})-(\d{2})\.(\d{6,})(\.superseded)?\.parquet(\.part)?$")


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """One file of history."""

    name: str
    month: int
    kind: Kind
    rows: int
    bytes: int
    generation: int
    layout: int = LAYOUT
    first: int | None = None
    last: int | None = None


def file_name(month: int, generation: int, kind: Kind) -> str:
    """The name of a file.

    >>> file_name(201907, 12, "superseded")
    '2019-07.000012.superseded.parquet'
    """
    middle = ".superseded" if kind == "superseded" else ""
    return f"{month // 100:04d}-{month % 100:02d}.{generation:06d}{middle}.parquet"


def valid(connection: Connection, months: Sequence[int] | None = None) -> tuple[HistoryFile, ...]:
    """The files that are history now, of some months or of all, oldest month first."""
    f = history_file.c
    query = select(f.name, f.month, f.kind, f.rows, f.bytes, f.generation, f.layout, f.first, f.last).where(
        f.retired_at.is_(None)
    )
    if months is not None and len(months):
        query = query.where(f.month.between(min(months), max(months)))
    wanted = None if months is None else set(months)
    rows = connection.execute(query.order_by(f.month, f.kind))
    return tuple(HistoryFile(*row) for row in rows if wanted is None or row.month in wanted)


def write(
    directory: Path, kind: Kind, generation: int, batches: Iterable[pa.RecordBatch], names: dict[str, Any]
) -> list[HistoryFile]:
    """Write rows sorted by month, datastream and time as one ``.part`` file a month, each made durable.

    ``names`` holds the names of every datastream, to be taken by its id.
    """
    written: list[HistoryFile] = []
    for month, parts in _by_month(batches):
        name = file_name(month, generation, kind)
        path = directory / f"{name}.part"
        rows, first, last = _write_month(path, _SCHEMAS[kind], parts, names)
        step(f"{kind} part written")
        _sync(path)
        step(f"{kind} part durable")
        size = path.stat().st_size
        written.append(HistoryFile(name, month, kind, rows, size, generation, LAYOUT, first, last))
    return written


def publish(connection: Connection, directory: Path, files: Sequence[HistoryFile], months: Sequence[int]) -> None:
    """Rename parts to their final names and, in the caller's transaction, make them the history of ``months``."""
    for file in files:
        os.rename(directory / f"{file.name}.part", directory / file.name)
        step("part renamed")
    _sync(directory)
    step("directory durable")
    moment = micros(now())
    replaced = [{"old": file.name} for file in valid(connection, months)]
    if replaced:
        connection.execute(_RETIRE.values(retired_at=moment), replaced)
    if files:
        connection.execute(
            insert(history_file),
            [{slot: getattr(file, slot) for slot in HistoryFile.__slots__} for file in files],
        )
    step("history listed")


def leftovers(connection: Connection, directory: Path) -> list[str]:
    """Files of history that nobody needs: those that were never listed, and replaced ones whose grace is over."""
    expired = micros(now() - GRACE)
    query = select(history_file.c.name).where(
        history_file.c.retired_at.is_(None) | (history_file.c.retired_at >= expired)
    )
    needed = set(connection.execute(query).scalars())
    return sorted(name for name in os.listdir(directory) if _NAME.match(name) and name not in needed)


def remove_leftovers(connection: Connection, directory: Path, generation: int) -> list[str]:
    """Delete the ``leftovers``; only under the writer's lock, or a living writer's files would be among them."""
    removed = leftovers(connection, directory)
    for name in removed:
        match = _NAME.match(name)
        if match is not None and int(match[3]) > generation + 1:
            raise StoreError(
                f"history holds {name}, which is newer than the records know: restore records and history from the "
                "same backup (nothing was deleted)"
            )
    for name in removed:
        (directory / name).unlink()
        step("leftover removed")
    connection.execute(delete(history_file).where(history_file.c.retired_at < micros(now() - GRACE)))
    return removed


_RETIRE = update(history_file).where(history_file.c.name == bindparam("old"))


def _by_month(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, Iterator[pa.RecordBatch]]]:
    """Split a stream of sorted batches where the month changes."""
    pieces = _pieces(batches)
    held: list[tuple[int, pa.RecordBatch]] = [piece for piece in [next(pieces, None)] if piece]

    def month_of(month: int) -> Iterator[pa.RecordBatch]:
        while held and held[0][0] == month:
            yield held.pop()[1]
            held.extend(piece for piece in [next(pieces, None)] if piece)

    while held:
        month = held[0][0]
        yield month, month_of(month)


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    for batch in batches:
        if not batch.num_rows:
            continue
        months = months_of(batch.column("time").cast(pa.int64()).to_numpy(zero_copy_only=False))
        edges = [0, *(np.flatnonzero(np.diff(months)) + 1).tolist(), batch.num_rows]
        for start, end in pairwise(edges):
            yield int(months[start]), batch.slice(start, end - start)


def _write_month(
    path: Path, schema: pa.Schema, parts: Iterator[pa.RecordBatch], names: dict[str, Any]
) -> tuple[int, int, int]:
    """Write one file; returns its rows and the edges of their times."""
    first, last = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    total = held = 0
    waiting: list[pa.RecordBatch] = []
    encoded = pa.schema([_dictionary(field) for field in schema])
    options: dict[str, Any] = {
        "compression": "zstd",
        "version": "2.6",
        "use_dictionary": [name for name in schema.names if name not in {"datastream", "time"}],
        "column_encoding": {"datastream": "DELTA_BINARY_PACKED", "time": "DELTA_BINARY_PACKED"},
        "sorting_columns": pq.SortingColumn.from_ordering(schema, [("datastream", "ascending"), ("time", "ascending")]),
        "store_schema": False,  # so that every reader sees plain strings, not this writer's dictionaries
    }
    with pq.ParquetWriter(path, encoded, **options) as writer:
        for part in parts:
            times = part.column("time").cast(pa.int64()).to_numpy(zero_copy_only=False)
            first, last = min(first, int(times.min())), max(last, int(times.max()))
            waiting.append(part)
            total, held = total + part.num_rows, held + part.num_rows
            if held >= ROW_GROUP:
                table = pa.Table.from_batches(waiting)
                whole = held - held % ROW_GROUP
                writer.write_table(_named(table.slice(0, whole), encoded, names), row_group_size=ROW_GROUP)
                waiting, held = table.slice(whole).to_batches(), held - whole
        if held:
            writer.write_table(_named(pa.Table.from_batches(waiting), encoded, names), row_group_size=ROW_GROUP)
    return total, first, last


_REPEATING = {"station", "property", "depth", "averaging", "censoring"}


def _dictionary(field: pa.Field) -> pa.Field:
    return field.with_type(pa.dictionary(pa.int32(), pa.string())) if field.name in _REPEATING else field


def _named(rows: pa.Table, encoded: pa.Schema, names: dict[str, Any]) -> pa.Table:
    """Rows with the names of their datastreams, without ever building a string a row."""
    rows = rows.combine_chunks()
    columns = [
        names[field.name].take(rows["datastream"].combine_chunks()) if field.name in names else rows[field.name]
        for field in encoded
    ]
    return pa.Table.from_arrays(
        [column.cast(field.type) for column, field in zip(columns, encoded, strict=True)], schema=encoded
    )


def _sync(path: Path) -> None:
    """Make a file's or a directory's content survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
