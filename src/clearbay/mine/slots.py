"""Numbers for series: the rows of a table find what is remembered of their series at these places of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Name = tuple[str, str, str, str]
"""Station, property, depth and averaging of a series."""

Places = npt.NDArray[np.intp]

_WIDE = 1 << 24
_SMALL = 1 << 20
_NO_CODES = np.zeros(1, dtype=np.int64)
"""Of a column that is not there: stands for as many rows as there are."""
_FEW = 64
"""Rows up to which they are looked up one by one: arrays cost more to begin with."""


@dataclass(frozen=True, eq=False)
class Numbered:
    """The rows of a table by number: their ``slot``; the ``station`` and the ``kind`` (property, depth, averaging), for
    which ``stations`` and ``kinds`` have the words; and the names of the series met for the first time (``fresh``),
    which have the last slots."""

    slot: Places
    station: Places
    kind: Places
    stations: list[str]
    kinds: list[tuple[str, str, str]]
    fresh: list[Name]


class Slots:
    """The series met so far, in the order in which they were met."""

    def __init__(self) -> None:
        self.names: list[Name] = []
        self._slots: dict[int, int] = {}
        self._stations: dict[str, int] = {}
        self._kinds: dict[tuple[str, str, str], int] = {}

    def __len__(self) -> int:
        return len(self.names)

    def of(self, table: pa.Table) -> Numbered:
        """Number the rows; series not met before get a slot."""
        if table.num_rows <= _FEW:
            return self._of_few(table)
        parts = [_coded(table, column) for column in ("station", "property", "depth", "averaging")]
        (station, stations), *words = parts[0], *(found for _, found in parts[1:])
        if all(len(found) == 1 for _, found in parts):
            return self._of_one((stations[0], words[0][0], words[1][0], words[2][0]), table.num_rows)
        kind = np.zeros(table.num_rows, dtype=np.int64)
        for codes, found in parts[1:]:
            if len(found) > 1:
                kind = kind * len(found) + codes
        used = np.flatnonzero(np.bincount(kind))
        kinds = []
        for code in used.tolist():
            rest, averaging = divmod(code, max(len(words[2]), 1))
            property_, depth = divmod(rest, max(len(words[1]), 1))
            kinds.append((words[0][property_], words[1][depth], words[2][averaging]))
        place = np.zeros(int(used[-1]) + 1, dtype=np.int64)
        place[used] = np.arange(len(used))
        kind = place[kind]
        # Rows share few names: each pair of station and kind is looked up once.
        pairs = station * len(kinds) + kind
        if len(stations) * len(kinds) <= max(len(pairs), _SMALL):
            there = np.zeros(len(stations) * len(kinds), dtype=bool)
            there[pairs] = True
            distinct = np.flatnonzero(there)
            numbered = np.zeros(len(there), dtype=np.int64)
            numbered[distinct] = np.arange(len(distinct))
            back = numbered[pairs]
        else:
            distinct, back = np.unique(pairs, return_inverse=True)
        by_station = np.array([_number(self._stations, name) for name in stations], dtype=np.int64)
        by_kind = np.array([_number(self._kinds, name) for name in kinds], dtype=np.int64)
        codes = by_station[distinct // len(kinds)] * _WIDE + by_kind[distinct % len(kinds)]
        slots = np.fromiter(map(self._slots.get, codes.tolist(), repeat(-1)), dtype=np.int64, count=len(codes))
        unknown = np.flatnonzero(slots < 0)
        fresh = [(stations[pair // len(kinds)], *kinds[pair % len(kinds)]) for pair in distinct[unknown].tolist()]
        slots[unknown] = np.arange(len(self.names), len(self.names) + len(fresh))
        self.add(fresh)
        return Numbered(slots[back], station, kind, stations, kinds, fresh)

    def _of_one(self, name: Name, rows: int) -> Numbered:
        """Rows of one series."""
        fresh = [] if self.find(name) >= 0 else [name]
        self.add(fresh)
        nothing = np.zeros(rows, dtype=np.int64)
        return Numbered(np.full(rows, self.find(name)), nothing, nothing, [name[0]], [name[1:]], fresh)

    def _of_few(self, table: pa.Table) -> Numbered:
        words = [_listed(table, column) for column in ("station", "property", "depth", "averaging")]
        stations: dict[str, int] = {}
        kinds: dict[tuple[str, str, str], int] = {}
        fresh: list[Name] = []
        slots = []
        numbers = []
        for station, *rest in zip(*words, strict=True):
            kind = (rest[0], rest[1], rest[2])
            numbers.append((stations.setdefault(station, len(stations)), kinds.setdefault(kind, len(kinds))))
            slot = self.find((station, *kind))
            if slot < 0:
                slot = len(self.names)
                fresh.append((station, *kind))
                self.add(fresh[-1:])
            slots.append(slot)
        places = np.array(numbers, dtype=np.int64).reshape(-1, 2)
        return Numbered(np.array(slots, dtype=np.int64), places[:, 0], places[:, 1], list(stations), list(kinds), fresh)

    def add(self, names: list[Name]) -> None:
        """Give slots to series that have none."""
        for slot, (station, *kind) in enumerate(names, len(self.names)):
            code = _number(self._kinds, tuple(kind))
            self._slots[_number(self._stations, station) * _WIDE + code] = slot
        self.names.extend(names)

    def find(self, name: Name) -> int:
        """The slot of a series, or -1."""
        station, kind = self._stations.get(name[0], -1), self._kinds.get(name[1:], -1)
        return self._slots.get(station * _WIDE + kind, -1) if station >= 0 and kind >= 0 else -1


def _number(known: dict[Any, int], name: Any) -> int:
    return known.setdefault(name, len(known))


def _coded(table: pa.Table, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A column of words as numbers and the words they stand for; one empty word where there is no such column."""
    if column not in table.schema.names:
        return _NO_CODES, [""]
    words = table[column]
    words = words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words
    if isinstance(words, pa.ChunkedArray):
        words = pa.concat_arrays(words.chunks) if words.num_chunks else pa.array([], pa.string())
    coded = words if pa.types.is_dictionary(words.type) else words.dictionary_encode()
    missing = coded.indices.null_count
    if not missing and len(coded.dictionary) == 1:
        return np.zeros(table.num_rows, dtype=np.int64), [coded.dictionary[0].as_py()]
    indices = coded.indices.fill_null(-1) if missing else coded.indices
    indices = indices.to_numpy(zero_copy_only=False).astype(np.int64)
    dictionary = [word or "" for word in coded.dictionary.to_pylist()]
    if missing:
        indices[indices < 0] = len(dictionary)
        dictionary.append("")
    return indices, dictionary


def _listed(table: pa.Table, column: str) -> list[str]:
    if column not in table.schema.names:
        return [""] * table.num_rows
    return [word or "" for word in table[column].to_pylist()]
