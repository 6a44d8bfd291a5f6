"""All datastreams with their statistics and latest observation, as columns in the order of their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.model.observation import OBSERVATIONS
from clearbay.store.datastreams import PARTS, Names

DATASTREAMS = pa.schema(
    [
        pa.field("id", pa.int32(), nullable=False),
        pa.field("station", pa.string(), nullable=False),
        pa.field("property", pa.string(), nullable=False),
        pa.field("depth", pa.string(), nullable=False),
        pa.field("averaging", pa.string(), nullable=False),
        pa.field("count", pa.int64(), nullable=False),
        pa.field("first", pa.timestamp("us"), nullable=False),
        pa.field("last", pa.timestamp("us"), nullable=False),
    ]
)

_NUMBERS: dict[str, type] = {
    "count": np.int64,
    "first": np.int64,
    "last": np.int64,
    "time": np.int64,
    "value": np.float64,
    "censoring": np.object_,
    "flag": np.int8,
    "revision": np.int32,
    "result_time": np.int64,
}


@dataclass(frozen=True)
class Streams:
    """An immutable view; ``rank`` maps an id to its place in the order of the names."""

    names: tuple[Names, ...] = ()
    ids: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    rank: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    columns: dict[str, npt.NDArray[Any]] = field(
        default_factory=lambda: {name: np.empty(0, dtype=kind) for name, kind in _NUMBERS.items()}
    )

    def updated(self, rows: Sequence[Any]) -> Streams:
        """This view with rows of ``datastreams.changed`` put in: in place where no datastream is new."""
        if not rows:
            return self
        ids = np.array([row.id for row in rows], dtype=np.int32)
        known = ids.max() < len(self.rank) and bool((self.rank[ids] >= 0).all())
        base = (
            self
            if known
            else self._with_names([(row.id, (row.station, row.property, row.depth, row.averaging)) for row in rows])
        )
        places = base.rank[ids]
        columns: dict[str, npt.NDArray[Any]] = {}
        for name, kind in _NUMBERS.items():
            column = base.columns[name].copy()
            column[places] = np.array([row._mapping[name] for row in rows], dtype=kind)
            columns[name] = column
        renewed = Streams(base.names, base.ids, base.rank, columns)
        if known and "name_columns" in self.__dict__:
            renewed.__dict__["name_columns"] = self.name_columns
            renewed.__dict__["averagings"] = self.averagings
        return renewed

    def _with_names(self, given: Iterable[tuple[int, Names]]) -> Streams:
        every = dict(zip(self.ids.tolist(), self.names, strict=True)) | dict(given)
        order = sorted(every.items(), key=lambda item: item[1])
        ids = np.array([key for key, _ in order], dtype=np.int32)
        rank = np.full(int(ids.max()) + 1, -1, dtype=np.int32)
        rank[ids] = np.arange(len(ids), dtype=np.int32)
        columns: dict[str, npt.NDArray[Any]] = {}
        for name, kind in _NUMBERS.items():
            columns[name] = np.zeros(len(ids), dtype=kind)
            columns[name][rank[self.ids]] = self.columns[name]
        return Streams(tuple(name for _, name in order), ids, rank, columns)

    @cached_property
    def name_columns(self) -> dict[str, pa.StringArray]:
        """Station, property, depth and averaging as Arrow columns, in rank order."""
        parts = list(zip(*self.names, strict=True)) or [() for _ in PARTS]
        return {name: pa.array(part, pa.string()) for name, part in zip(PARTS, parts, strict=True)}

    @cached_property
    def averagings(self) -> frozenset[str]:
        """The averagings that occur."""
        return frozenset(name[3] for name in self.names)

    @cached_property
    def _encoded(self) -> dict[str, pa.DictionaryArray]:
        return {name: column.dictionary_encode() for name, column in self.name_columns.items()}

    def named(self, ids: pa.Array) -> dict[str, pa.DictionaryArray]:
        """The names of rows given by datastream id, as dictionary columns."""
        ranks = pa.array(self.rank[ids.to_numpy(zero_copy_only=False)])
        return {name: column.take(ranks) for name, column in self._encoded.items()}

    def ranks(
        self,
        stations: Iterable[str] | None = None,
        properties: Iterable[str] | None = None,
        depths: Iterable[str] | None = None,
        averagings: Iterable[str] | None = None,
    ) -> npt.NDArray[np.int64]:
        """The places of the datastreams asked for, in order; None asks for all."""
        chosen: npt.NDArray[np.bool_] = np.ones(len(self.ids), dtype=bool)
        for name, wanted in zip(PARTS, (stations, properties, depths, averagings), strict=True):
            if wanted is not None:
                words = pa.array(list(wanted), pa.string())
                chosen &= pc.is_in(self.name_columns[name], words).to_numpy(zero_copy_only=False)
        return np.flatnonzero(chosen)

    @cached_property
    def latest(self) -> pa.Table:
        """The newest observation of every datastream (``OBSERVATIONS``)."""
        return self._table(OBSERVATIONS)

    @cached_property
    def table(self) -> pa.Table:
        """Every datastream with its statistics (``DATASTREAMS``)."""
        return self._table(DATASTREAMS)

    def _table(self, schema: pa.Schema) -> pa.Table:
        columns = []
        for part in schema:
            if part.name in self.name_columns:
                columns.append(self.name_columns[part.name])
            else:
                column = pa.array(self.ids if part.name == "id" else self.columns[part.name])
                columns.append(column.cast(part.type))
        return pa.Table.from_arrays(columns, schema=schema)
