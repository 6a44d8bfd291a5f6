"""The series that a stream has met, by number: their names, their plans, and the sites they belong to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clearbay.mine.quality.config import Config, Plan
from clearbay.mine.quality.series import Places

Name = tuple[str, str, str, str]
"""Station, property, depth and averaging of a series."""

_WIDE = 1 << 24
_SMALL = 1 << 20


class Directory:
    """Numbers for series (slots), for sites (station, depth, averaging) and for plans (the same tests and numbers)."""

    def __init__(self, config: Config, medium: Callable[[str], str] | None) -> None:
        self.config = config
        self._medium = medium
        self.names: list[Name] = []
        self._slots: dict[int, int] = {}
        self._stations: dict[str, int] = {}
        self._kinds: dict[tuple[str, str, str], int] = {}
        self._sites: dict[tuple[str, str, str], int] = {}
        self._plans: dict[Any, int] = {}
        self._tables: dict[str, npt.NDArray[np.float64]] = {}
        self.plans: list[Plan] = []
        self.plan = np.zeros(0, dtype=np.int64)
        self.site = np.zeros(0, dtype=np.int64)
        self.member = np.zeros(0, dtype=np.int64)
        self.points = np.zeros(0, dtype=np.int64)
        self.horizon = np.zeros(0, dtype=np.int64)
        self.members = tuple(dict.fromkeys(code for rule in config.rules for code in rule.properties))
        self._member_of = {code: number for number, code in enumerate(self.members)}
        self.slot_at = np.zeros((0, len(self.members)), dtype=np.int64)
        self._groups: dict[tuple[str, str], list[int]] = {}
        for number, group in enumerate(config.neighbours):
            for station in group.stations:
                self._groups.setdefault((station, group.property), []).append(number)
        self.groups: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self.names)

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return len(self._sites)

    def slots(self, table: pa.Table) -> Places:
        """The slot of each row; series not met before get one."""
        station, stations = _coded(table, "station")
        kinds = np.zeros(table.num_rows, dtype=np.int64)
        found: list[list[str]] = [[], [], []]
        for place, column in enumerate(("property", "depth", "averaging")):
            codes, words = _coded(table, column)
            kinds = kinds * max(len(words), 1) + codes
            found[place] = words
        numbers = np.array([self._number(self._stations, name) for name in stations], dtype=np.int64)
        used = np.flatnonzero(np.bincount(kinds)) if table.num_rows else kinds
        translate = np.zeros(int(used[-1]) + 1 if len(used) else 1, dtype=np.int64)
        for code in used.tolist():
            rest, averaging = divmod(code, max(len(found[2]), 1))
            property_, depth = divmod(rest, max(len(found[1]), 1))
            translate[code] = self._number(self._kinds, (found[0][property_], found[1][depth], found[2][averaging]))
        if not table.num_rows:
            return np.empty(0, dtype=np.intp)
        if len(stations) == 1 and len(used) == 1:
            name = (stations[0], *list(self._kinds)[translate[used[0]]])
            if self.slot_of(name) < 0:
                self.add([name])
            return np.full(table.num_rows, self.slot_of(name), dtype=np.int64)
        # Rows share few names: each pair of station and kind is looked up once.
        wide = int(used[-1]) + 1
        pairs = station * wide + kinds
        if len(stations) * wide <= max(len(pairs), _SMALL):
            there = np.zeros(len(stations) * wide, dtype=bool)
            there[pairs] = True
            distinct = np.flatnonzero(there)
            numbered = np.zeros(len(there), dtype=np.int64)
            numbered[distinct] = np.arange(len(distinct))
            back = numbered[pairs]
        else:
            distinct, back = np.unique(pairs, return_inverse=True)
        codes = numbers[distinct // wide] * _WIDE + translate[distinct % wide]
        slots = np.fromiter(map(self._slots.get, codes.tolist(), repeat(-1)), dtype=np.int64, count=len(codes))
        unknown = np.flatnonzero(slots < 0)
        if len(unknown):
            fresh = codes[unknown].tolist()
            by_station, by_kind = list(self._stations), list(self._kinds)
            self.add([(by_station[code // _WIDE], *by_kind[code % _WIDE]) for code in fresh])
            slots[unknown] = [self._slots[code] for code in fresh]
        found_slots: Places = slots[back]
        return found_slots

    @staticmethod
    def _number(known: dict[Any, int], name: Any) -> int:
        return known.setdefault(name, len(known))

    def add(self, names: list[Name]) -> None:
        """Give slots to series."""
        plans, sites, members = [], [], []
        first = len(self.names)
        for slot, (station, property_, depth, averaging) in enumerate(names, first):
            kind = self._number(self._kinds, (property_, depth, averaging))
            self._slots[self._number(self._stations, station) * _WIDE + kind] = slot
            plans.append(self._plan(station, property_, depth))
            sites.append(self._number(self._sites, (station, depth, averaging)))
            members.append(self._member_of.get(property_, -1))
            if groups := self._groups.get((station, property_)):
                self.groups[slot] = groups
        self.names.extend(names)
        self.plan = np.append(self.plan, plans).astype(np.int64)
        self.site = np.append(self.site, sites).astype(np.int64)
        self.member = np.append(self.member, members).astype(np.int64)
        self.points = np.append(self.points, [self.plans[plan].points for plan in plans]).astype(np.int64)
        self.horizon = np.append(self.horizon, [self.plans[plan].horizon for plan in plans]).astype(np.int64)
        if self.members:
            more = self.sites - len(self.slot_at)
            if more > 0:
                more = max(more, len(self.slot_at))
                self.slot_at = np.concatenate([self.slot_at, np.full((more, len(self.members)), -1, dtype=np.int64)])
            at = np.array(sites), np.array(members)
            there = at[1] >= 0
            self.slot_at[at[0][there], at[1][there]] = np.arange(first, first + len(names))[there]

    def _plan(self, station: str, property_: str, depth: str) -> int:
        medium = self._medium(station) if self._medium else ""
        key: Any = (station if station in self.config.by_station else "", property_, depth, medium)
        if key not in self._plans:
            plan = self.config.plan(station, property_, depth, medium)
            same = tuple(plan.tests.items())
            if ("", same) not in self._plans:
                self._plans["", same] = len(self.plans)
                self.plans.append(plan)
                self._tables.clear()
            self._plans[key] = self._plans["", same]
        return self._plans[key]

    def slot_of(self, name: Name) -> int:
        """The slot of a series, or -1."""
        station, kind = self._stations.get(name[0], -1), self._kinds.get(name[1:], -1)
        return self._slots.get(station * _WIDE + kind, -1) if station >= 0 and kind >= 0 else -1

    def parameters(self, test: str) -> npt.NDArray[np.float64]:
        """The numbers of a test by plan, NaN where a plan does without; the last column says whether it has it."""
        if test not in self._tables:
            rows = [plan.tests.get(test) for plan in self.plans]
            width = max((len(row) for row in rows if row is not None), default=0)
            table = np.full((len(rows), width + 1), np.nan)
            table[:, width] = 0.0
            for place, row in enumerate(rows):
                if row is not None:
                    table[place] = (*row, 1.0)
            self._tables[test] = table
        return self._tables[test]


def _coded(table: pa.Table, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A column of words as numbers and the words they stand for; one empty word where there is no such column."""
    if column not in table.schema.names:
        return np.zeros(table.num_rows, dtype=np.int64), [""]
    words = table[column]
    words = words.combine_chunks() if isinstance(words, pa.ChunkedArray) else words
    if isinstance(words, pa.ChunkedArray):
        words = pa.concat_arrays(words.chunks) if words.num_chunks else pa.array([], pa.string())
    coded = words if pa.types.is_dictionary(words.type) else words.dictionary_encode()
    indices = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    dictionary = [word or "" for word in coded.dictionary.to_pylist()]
    if coded.indices.null_count:
        indices[indices < 0] = len(dictionary)
        dictionary.append("")
    return indices, dictionary
