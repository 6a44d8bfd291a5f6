"""The series that a stream has met, by number: their names, their plans, and the sites they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clearbay.mine.quality.config import Config, Plan
from clearbay.mine.slots import Name, Places, Slots


class Directory:
    """Numbers for series (slots), for sites (station, depth, averaging) and for plans (the same tests and numbers)."""

    def __init__(self, config: Config, medium: Callable[[str], str] | None) -> None:
        self.config = config
        self._medium = medium
        self._series = Slots()
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
        return len(self._series)

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return len(self._sites)

    @property
    def names(self) -> list[Name]:
        """The names of the series by slot."""
        return self._series.names

    def slots(self, table: pa.Table) -> Places:
        """The slot of each row; series not met before get one."""
        numbered = self._series.of(table)
        self._added(numbered.fresh)
        return numbered.slot

    def add(self, names: list[Name]) -> None:
        """Give slots to series."""
        self._series.add(names)
        self._added(names)

    def _added(self, names: list[Name]) -> None:
        """Work out what is asked of the series that were added last."""
        if not names:
            return
        plans, sites, members = [], [], []
        first = len(self._series) - len(names)
        for slot, (station, property_, depth, averaging) in enumerate(names, first):
            plans.append(self._plan(station, property_, depth))
            sites.append(self._sites.setdefault((station, depth, averaging), len(self._sites)))
            members.append(self._member_of.get(property_, -1))
            if groups := self._groups.get((station, property_)):
                self.groups[slot] = groups
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
        return self._series.find(name)

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
