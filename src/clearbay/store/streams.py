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
from clearbay.store.hot import censoring_of
from clearbay.store.state import State

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

NARROW = {"station": pa.int32(), "property": pa.int16(), "depth": pa.int8(), "averaging": pa.int8()}
"""How wide the indices of each part of a name are: of properties there are hundreds, of stations many thousands."""


@dataclass(frozen=True)
class Streams:
    """An immutable view; ``rank`` maps a number to its place in the order of the names. ``waiting`` are the datastreams
    that have no observation yet, and are not listed."""

    names: tuple[Names, ...] = ()
    ids: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    rank: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    state: State = field(default_factory=State)
    waiting: dict[int, Names] = field(default_factory=dict)

    def updated(self, rows: Sequence[Any], state: State) -> Streams:
        """This view with new datastreams (rows of ``datastreams.since``) and another state."""
        waiting = {**self.waiting, **{key: (name[0], name[1], name[2], name[3]) for key, *name in rows}}
        counts = state.columns["count"]
        known = {key: name for key, name in waiting.items() if key < len(counts) and counts[key]}
        for key in known:
            del waiting[key]
        if not known:
            renewed = Streams(self.names, self.ids, self.rank, state, waiting)
            for name in ("name_columns", "encoded", "averagings"):
                if name in self.__dict__:
                    renewed.__dict__[name] = self.__dict__[name]
            return renewed
        every = dict(zip(self.ids.tolist(), self.names, strict=True))
        every |= known
        order = sorted(every.items(), key=lambda item: item[1])
        ids = np.array([key for key, _ in order], dtype=np.int32)
        rank = np.full(int(ids.max()) + 1, -1, dtype=np.int32)
        rank[ids] = np.arange(len(ids), dtype=np.int32)
        return Streams(tuple(name for _, name in order), ids, rank, state, waiting)

    @cached_property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The state in rank order."""
        return {name: column[self.ids] for name, column in self.state.columns.items()}

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
    def encoded(self) -> dict[str, pa.DictionaryArray]:
        """The names as dictionary columns with narrow indices, in rank order."""
        return {
            name: column.dictionary_encode().cast(pa.dictionary(NARROW[name], pa.string()))
            for name, column in self.name_columns.items()
        }

    def named(self, ids: pa.Array) -> dict[str, pa.DictionaryArray]:
        """The names of rows given by datastream id, as dictionary columns."""
        ranks = pa.array(self.rank[ids.to_numpy(zero_copy_only=False)])
        return {name: column.take(ranks) for name, column in self.encoded.items()}

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
            elif part.name == "id":
                columns.append(pa.array(self.ids))
            elif part.name == "censoring":
                columns.append(censoring_of(pa.array(self.columns["censoring"])).cast(part.type))
            else:
                columns.append(pa.array(self.columns["last" if part.name == "time" else part.name]).cast(part.type))
        return pa.Table.from_arrays(columns, schema=schema)
