"""A small history held in memory, sorted by datastream and time, so that one series is a slice of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clearbay.store.engine import parquet
from clearbay.store.snapshot import Snapshot

LIMIT = 4_000_000
"""Rows of history up to which it is held: about 60 bytes each."""

SMALL = 50_000
"""Rows a file, on average, below which holding pays: hundreds of small months, decades of a sparse programme, answer
ten times faster so; large files are fast as they are."""

_FEW = 256
_PLAIN = ("time", "value", "censoring", "flag", "revision", "result_time")


@dataclass(frozen=True)
class Resident:
    """Current history as columns; ``edges[i]`` and ``edges[i + 1]`` enclose the rows of datastream i."""

    table: pa.Table
    edges: npt.NDArray[np.int64]

    @staticmethod
    def fits(snapshot: Snapshot) -> bool:
        """Whether a snapshot's history is small enough, in enough pieces."""
        current = [file.rows for file in snapshot.files if file.kind == "current"]
        return sum(current) <= min(LIMIT, SMALL * len(current))

    @classmethod
    def load(cls, engine: duckdb.DuckDBPyConnection, directory: Path, snapshot: Snapshot) -> Resident:
        """Read all current files once."""
        names = [file.name for file in snapshot.files if file.kind == "current"]
        if not names:
            return cls(pa.table({}), np.zeros(1, dtype=np.int64))
        with engine.cursor() as cursor:
            rows = cursor.sql(
                f"SELECT datastream, {', '.join(_PLAIN)} FROM {parquet(directory, names)} ORDER BY datastream, time"
            ).to_arrow_table().combine_chunks()  # fmt: skip
        ids = rows["datastream"].combine_chunks()
        edges = np.searchsorted(ids.to_numpy(), np.arange(len(snapshot.streams.rank) + 1))
        columns = {"datastream": ids} | snapshot.streams.named(ids) | {name: rows[name] for name in _PLAIN}
        columns["censoring"] = rows["censoring"].combine_chunks().dictionary_encode()
        return cls(pa.table(columns), edges.astype(np.int64))

    def rows(self, ids: npt.NDArray[np.int32] | None) -> pa.Table:
        """The rows of a few datastreams as slices, or all."""
        if ids is None or len(ids) > _FEW or not self.table.num_columns:
            return self.table
        inside = ids[ids < len(self.edges) - 1]
        slices = [self.table.slice(self.edges[i], self.edges[i + 1] - self.edges[i]) for i in inside.tolist()]
        return pa.concat_tables([self.table.slice(0, 0), *slices])
