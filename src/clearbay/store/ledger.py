"""What a writer knows of all datastreams without asking: their numbers and their state at one data version.

It is true while nobody else has written; another process's batches are read from their blocks, and only where blocks
have left for history since is everything read anew. Only under the writer's lock, one thread at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import Connection, update

from clearbay.store import datastreams, hot, state
from clearbay.store.datastreams import PARTS
from clearbay.store.state import State
from clearbay.store.tables import meta

_SHIFTS = (32, 16, 8, 0)
"""How far the code of each part of a name is shifted in the key of a datastream."""


@dataclass(frozen=True)
class Assigned:
    """The datastreams of a batch: ``ids`` one a row; ``last`` the newest time known of each row's datastream."""

    ids: npt.NDArray[np.int32]
    last: npt.NDArray[np.int64]


class Ledger:
    """Numbers and state of every datastream at data version ``version``."""

    def __init__(self, opened: hot.Opened) -> None:
        self._opened = opened
        self._begin("")

    def _begin(self, forgotten: str) -> None:
        """Know nothing, but that so many times something was taken away."""
        self.version = -1
        self.state = State()
        self._forgotten = forgotten
        self._codes: tuple[dict[str, int], ...] = ({}, {}, {}, {})
        self._keys: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._ids: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._next = 1

    def follow(self, connection: Connection, numbers: Mapping[str, str]) -> None:
        """Take in what others have committed since."""
        version, kept = int(numbers["data_version"]), int(numbers["state_version"])
        if version == self.version:
            return
        if numbers["forgotten"] != self._forgotten:
            self._begin(numbers["forgotten"])
        self._number(datastreams.since(connection, self.version))
        since = self.version
        if kept > self.version:
            self.state, since = state.kept(connection), kept
        self.state.grow(self._next)
        for block in hot.listed(connection, since):
            self.state.fold(self._opened.rows(connection, block))
        self.version = version

    def assign(self, connection: Connection, readings: pa.Table, version: int) -> Assigned:
        """Give every reading the number of its datastream; new ones are numbered in the order of their names.

        Raises ``UnknownName`` where a station is not registered.
        """
        if not readings.num_rows:
            return Assigned(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64))
        keys = self._keys_of(readings)
        places = self._places(keys)
        missing = places < 0
        if missing.any():
            unknown, where = np.unique(keys[missing], return_index=True)
            rows = np.flatnonzero(missing)[where]
            found = readings.select(PARTS).take(pa.array(rows))
            names = [tuple(row) for row in zip(*(column.to_pylist() for column in found.columns), strict=True)]
            order = sorted(range(len(names)), key=names.__getitem__)
            datastreams.add(connection, [names[i] for i in order], self._next, version)
            self._know(unknown[order], np.arange(self._next, self._next + len(order)))
            self.state.grow(self._next)
            places = self._places(keys)
        ids = self._ids[places]
        return Assigned(ids, self.state.columns["last"][ids])

    def save(self, connection: Connection, version: int) -> None:
        """Keep the state; it must hold everything up to data version ``version``."""
        state.save(connection, self.state)
        connection.execute(update(meta).where(meta.c.key == "state_version").values(value=str(version)))

    def _number(self, rows: Any) -> None:
        if not rows:
            return
        keys = np.zeros(len(rows), dtype=np.int64)
        ids, *words = zip(*rows, strict=True)
        for part, codes, shift in zip(words, self._codes, _SHIFTS, strict=True):
            keys |= np.fromiter((codes.setdefault(word, len(codes)) for word in part), np.int64, len(rows)) << shift
        fresh = self._places(keys) < 0
        self._know(keys[fresh], np.array(ids)[fresh])

    def _know(self, keys: npt.NDArray[np.int64], ids: npt.NDArray[np.int64]) -> None:
        keys = np.append(self._keys, keys)
        numbers = np.append(self._ids, ids.astype(np.int32))
        order = np.argsort(keys, kind="stable")
        self._keys, self._ids = keys[order], numbers[order]
        self._next = int(numbers.max()) + 1 if len(numbers) else 1

    def _keys_of(self, readings: pa.Table) -> npt.NDArray[np.int64]:
        keys = np.zeros(readings.num_rows, dtype=np.int64)
        for name, codes, shift in zip(PARTS, self._codes, _SHIFTS, strict=True):
            column = readings[name].combine_chunks()
            column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            words = column.dictionary.to_pylist()
            code = np.fromiter((codes.setdefault(word, len(codes)) for word in words), np.int64, len(words)) << shift
            if len(words) == 1:
                keys |= code[0]
            else:
                keys |= code[column.indices.to_numpy(zero_copy_only=False)]
        return keys

    def _places(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Where the datastreams of these keys stand; -1 for unknown ones."""
        if not len(self._keys):
            return np.full(len(keys), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[places] == keys, places, -1)
