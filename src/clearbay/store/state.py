"""What is known of every datastream: how many observations, from when to when, and the newest one.

It follows from the observations, so a commit does not write it: whoever needs it takes the state kept at some data
version and folds in the blocks committed since. ``datastream_state`` keeps it, as columns, in segments of datastreams;
it is brought up to date in the transaction in which blocks are laid together or leave for history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import Connection, delete, insert, select

from clearbay.store.hot import times_of
from clearbay.store.tables import datastream_state

NEVER = np.iinfo(np.int64).min

SEGMENT = 65_536
"""Datastreams a row of ``datastream_state``: some 3 MB as columns, less than half of it on the disk."""

KINDS: dict[str, tuple[Any, Any]] = {
    "count": (np.int64, 0),
    "first": (np.int64, NEVER),
    "last": (np.int64, NEVER),
    "value": (np.float64, 0),
    "censoring": (np.int8, 0),
    "flag": (np.int8, 0),
    "revision": (np.int32, 0),
    "result_time": (np.int64, 0),
}
"""The columns with their types and what stands for "nothing yet". ``last`` is the time of the newest observation, to
which ``value`` and what follows belong; ``count`` counts observations, not their revisions."""

Columns = dict[str, npt.NDArray[Any]]


def _nothing() -> Columns:
    return {name: np.empty(0, dtype=kind) for name, (kind, _) in KINDS.items()}


@dataclass
class State:
    """The columns by datastream number; ``touched`` are the segments that differ from what is kept."""

    columns: Columns = field(default_factory=_nothing)
    touched: set[int] = field(default_factory=set)

    def copy(self) -> State:
        """A state of its own, to be changed."""
        return State({name: column.copy() for name, column in self.columns.items()}, set(self.touched))

    def grow(self, size: int) -> None:
        """Make room for datastreams numbered below ``size``."""
        have = len(self.columns["count"])
        if size > have:
            size = max(size, have + have // 4)
            for name, (kind, nothing) in KINDS.items():
                self.columns[name] = np.append(self.columns[name], np.full(size - have, nothing, dtype=kind))

    def fold(self, rows: pa.Table) -> None:
        """Take in rows of ``HOT`` that came after all that was folded before."""
        if not rows.num_rows:
            return
        ids, times = rows["datastream"].to_numpy(), times_of(rows)
        revisions = rows["revision"].to_numpy()
        self.grow(int(ids.max()) + 1)
        order = np.lexsort((revisions, times, ids))
        sorted_ids = ids[order]
        starts = np.flatnonzero(np.append(True, np.diff(sorted_ids) != 0))
        ends = np.append(starts[1:], len(order)) - 1
        known = self.columns
        who = sorted_ids[starts]
        added = np.add.reduceat((revisions[order] == 1).astype(np.int64), starts)
        empty = known["count"][who] == 0
        firsts = times[order[starts]]
        known["first"][who] = np.where(empty, firsts, np.minimum(known["first"][who], firsts))
        known["count"][who] += added
        newest = order[ends]
        newer = times[newest] >= known["last"][who]
        who, newest = who[newer], newest[newer]
        known["last"][who] = times[newest]
        known["revision"][who] = revisions[newest]
        known["value"][who] = rows["value"].to_numpy()[newest]
        known["flag"][who] = rows["flag"].to_numpy()[newest]
        known["result_time"][who] = times_of(rows, "result_time")[newest]
        known["censoring"][who] = rows["censoring"].combine_chunks().indices.to_numpy()[newest]
        self.touched.update(np.unique(sorted_ids // SEGMENT).tolist())


_OPTIONS = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", 1), use_threads=False)


def save(connection: Connection, state: State) -> None:
    """Keep the segments that were touched; the caller says in ``meta`` for which data version they hold."""
    rows = []
    for segment in sorted(state.touched):
        part = slice(segment * SEGMENT, (segment + 1) * SEGMENT)
        sink = pa.BufferOutputStream()
        table = pa.table({name: column[part] for name, column in state.columns.items()})
        with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as stream:
            stream.write_table(table)
        rows.append({"segment": segment, "bytes": bytes(sink.getvalue())})
    if rows:
        numbers = [row["segment"] for row in rows]
        connection.execute(delete(datastream_state).where(datastream_state.c.segment.in_(numbers)))
        connection.execute(insert(datastream_state), rows)
    state.touched.clear()


def kept(connection: Connection) -> State:
    """The state as it was kept last."""
    query = select(datastream_state.c.segment, datastream_state.c.bytes).order_by(datastream_state.c.segment)
    state = State()
    for segment, content in connection.execute(query):
        table = pa.ipc.open_stream(pa.py_buffer(content)).read_all()
        state.grow(segment * SEGMENT + table.num_rows)
        for name in KINDS:
            state.columns[name][segment * SEGMENT : segment * SEGMENT + table.num_rows] = table[name].to_numpy()
    return state


def followed(state: State | None, tables: Iterable[pa.Table]) -> State:
    """A copy of a state with more rows folded in."""
    state = State() if state is None else state.copy()
    for rows in tables:
        state.fold(rows)
    return state
