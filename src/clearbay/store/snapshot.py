"""What a reader knows of the store at one data version: never changed, only replaced by a newer one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from clearbay.store import datastreams, history, hot, state
from clearbay.store.clock import months_of
from clearbay.store.datastreams import PARTS
from clearbay.store.history import HistoryFile
from clearbay.store.hot import Block, Opened
from clearbay.store.records import numbers
from clearbay.store.streams import NARROW, Streams

HOT_NAMED = pa.schema([*hot.HOT, *(pa.field(name, pa.dictionary(NARROW[name], pa.string())) for name in PARTS)])
SUPERSEDED = pa.schema([*(hot.HOT.field(n) for n in ("datastream", "time", "revision")), ("until", pa.timestamp("us"))])


@dataclass(frozen=True)
class Held:
    """A block as a reader holds it."""

    block: Block
    rows: pa.Table

    @cached_property
    def months(self) -> frozenset[int]:
        """The months (yyyymm) of its observations."""
        first, last = months_of(np.array([self.block.first, self.block.last])).tolist()
        if first == last:
            return frozenset([first])
        return frozenset(np.unique(months_of(hot.times_of(self.rows))).tolist())

    def named(self, streams: Streams) -> pa.Table:
        """Its rows (``HOT_NAMED``); named once, datastreams keep their names."""
        found: pa.Table | None = self.__dict__.get("_named")
        if found is None:
            names = streams.named(self.rows["datastream"].combine_chunks())
            found = pa.Table.from_arrays([*self.rows.columns, *names.values()], schema=HOT_NAMED)
            self.__dict__["_named"] = found
        return found


@dataclass(frozen=True)
class Snapshot:
    """One moment of the store: its files, its blocks of hot rows, its datastreams.

    ``superseded`` names the hot rows that a later revision takes the place of, and the earliest ``result_time`` of such
    a one (``until``): as of a moment t, a row is the valid one where ``result_time <= t < until``.
    """

    data_version: int = -1
    history_version: int = -1
    forgotten: str = ""
    files: tuple[HistoryFile, ...] = ()
    blocks: Mapping[int, Held] = field(default_factory=dict)
    superseded: pa.Table = field(default_factory=SUPERSEDED.empty_table)
    streams: Streams = field(default_factory=Streams)

    @cached_property
    def hot_months(self) -> frozenset[int]:
        """The months (yyyymm) that have hot rows."""
        return frozenset().union(*(held.months for held in self.blocks.values()))

    @cached_property
    def hot(self) -> pa.Table:
        """All hot rows (``hot.HOT``)."""
        return hot.together([held.rows for held in self.blocks.values()])

    @cached_property
    def named(self) -> pa.Table:
        """All hot rows with their names (``HOT_NAMED``)."""
        return pa.concat_tables([HOT_NAMED.empty_table(), *(held.named(self.streams) for held in self.blocks.values())])

    def renewed(self, connection: Connection, engine: duckdb.DuckDBPyConnection, opened: Opened) -> Snapshot:
        """The store as ``connection`` sees it, fetching only what changed since this snapshot."""
        now = numbers(connection)
        data_version, history_version = int(now["data_version"]), int(now["history_version"])
        if (data_version, history_version) == (self.data_version, self.history_version):
            return self
        blocks = {
            block.id: self.blocks.get(block.id) or Held(block, opened.rows(connection, block))
            for block in hot.listed(connection)
        }
        return Snapshot(
            data_version,
            history_version,
            now["forgotten"],
            history.valid(connection) if history_version != self.history_version else self.files,
            blocks,
            self._superseded(engine, blocks),
            self._streams(connection, data_version, now, blocks),
        )

    def _streams(
        self, connection: Connection, data_version: int, now: Mapping[str, str], blocks: Mapping[int, Held]
    ) -> Streams:
        if data_version == self.data_version:
            return self.streams
        known, since = self.data_version, self.data_version
        streams, state_version = self.streams, int(now["state_version"])
        if now["forgotten"] != self.forgotten:
            streams, known, since = Streams(), -1, -1
        base = streams.state.copy()
        if state_version > since:
            base, since = state.kept(connection), state_version
        for held in blocks.values():
            if held.block.version > since:
                base.fold(held.rows)
        return streams.updated(datastreams.since(connection, known), base)

    def _superseded(self, engine: duckdb.DuckDBPyConnection, blocks: Mapping[int, Held]) -> pa.Table:
        """Only a block with revisions that was not here before can take the place of anything."""
        if not any(held.block.revising for number, held in blocks.items() if number not in self.blocks):
            return self.superseded
        with engine.cursor() as cursor:
            cursor.register("hot", hot.together([held.rows for held in blocks.values()]))
            return cursor.sql(
                "SELECT * FROM (SELECT datastream, time, revision, min(result_time) OVER (PARTITION BY datastream, time"
                " ORDER BY revision ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until"
                " FROM hot SEMI JOIN (SELECT datastream, time FROM hot WHERE revision > 1) USING (datastream, time))"
                " WHERE until IS NOT NULL"
            ).to_arrow_table().cast(SUPERSEDED)  # fmt: skip
