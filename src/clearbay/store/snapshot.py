"""What a reader knows of the store at one data version: never changed, only replaced by a newer one."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from clearbay.store import datastreams, history, hot, merge
from clearbay.store.datastreams import PARTS
from clearbay.store.history import HistoryFile
from clearbay.store.records import numbers
from clearbay.store.streams import Streams

_WORD = pa.dictionary(pa.int32(), pa.string())
HOT_NAMED = pa.schema([*hot.HOT, *(pa.field(name, _WORD) for name in PARTS)])

_MANY_CHUNKS = 64
"""Pieces after which appended hot rows are laid together; a scan pays for each piece."""


@dataclass(frozen=True)
class Snapshot:
    """One moment of the store: its files, its hot rows, its datastreams."""

    data_version: int = -1
    history_version: int = -1
    files: tuple[HistoryFile, ...] = ()
    hot: pa.Table = field(default_factory=HOT_NAMED.empty_table)
    hot_months: frozenset[int] = frozenset()
    streams: Streams = field(default_factory=Streams)

    def renewed(self, connection: Connection, engine: duckdb.DuckDBPyConnection) -> Snapshot:
        """The store as ``connection`` sees it, fetching only what changed since this snapshot."""
        now = numbers(connection)
        data_version, history_version = int(now["data_version"]), int(now["history_version"])
        if (data_version, history_version) == (self.data_version, self.history_version):
            return self
        streams = self.streams
        if data_version != self.data_version:
            streams = streams.updated(datastreams.changed(connection, self.data_version))
        if history_version != self.history_version:
            rows = _named(hot.changed(connection, -1), streams)
            files = history.valid(connection)
            return Snapshot(data_version, history_version, files, rows, frozenset(merge.months_in(rows)), streams)
        arrived = _named(hot.changed(connection, self.data_version), streams)
        return Snapshot(
            data_version,
            history_version,
            self.files,
            _joined(engine, self.hot, arrived),
            self.hot_months | frozenset(merge.months_in(arrived)),
            streams,
        )


def _named(rows: pa.Table, streams: Streams) -> pa.Table:
    rows = rows.combine_chunks()
    if not rows.num_rows:
        return HOT_NAMED.empty_table()
    names = streams.named(rows["datastream"].combine_chunks())
    return pa.Table.from_arrays([*rows.columns, *names.values()], schema=HOT_NAMED)


def _joined(engine: duckdb.DuckDBPyConnection, held: pa.Table, arrived: pa.Table) -> pa.Table:
    """The hot rows after an arrival, which may also have superseded rows that were held."""
    if not arrived.num_rows:
        return held
    if arrived["until"].null_count < arrived.num_rows and held.num_rows:
        with engine.cursor() as cursor:
            cursor.register("held", held.select(["datastream", "time", "revision"]).append_column(
                "place", pa.array(np.arange(held.num_rows))))  # fmt: skip
            cursor.register("arrived", arrived.select(["datastream", "time", "revision"]))
            kept = cursor.sql("SELECT place FROM held ANTI JOIN arrived USING (datastream, time, revision)")
            held = held.take(kept.to_arrow_table()["place"].sort())
    joined = pa.concat_tables([held, arrived])
    return joined.combine_chunks() if joined["time"].num_chunks > _MANY_CHUNKS else joined
