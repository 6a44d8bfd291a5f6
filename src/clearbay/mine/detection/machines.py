"""What is remembered of every series: the machines that watch it, by slot, for many at once or one alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clearbay.mine.detection.bounds import Bound
from clearbay.mine.detection.changes import PACES, Changes
from clearbay.mine.detection.outlet import Constant, InspectionDrop, LoadBalance, Pinned
from clearbay.mine.detection.outlets import Constants, Loads, Pins
from clearbay.mine.detection.series import Change, Drift, Exceedance
from clearbay.mine.detection.signal import Series
from clearbay.mine.slots import Places
from clearbay.model.station import Station
from clearbay.packs import properties

LINEAR = frozenset({"pH", "water_temp", "DO", "DO_sat", "salinity", "AQHI", "redox", "secchi", "level"})
"""Properties whose noise adds; that of all others (concentrations, counts, flows) multiplies."""

NEVER = -(2**62)
"""Before any time."""

MOST_ALONE = 10_000
"""Series whose machines may be away at a time."""

_PACE = {pace: number for number, pace in enumerate(PACES)}


@dataclass(slots=True)
class Alone:
    """The machines of one series. The last four are those of outlets that measure themselves."""

    exceedance: Exceedance
    change: Change
    drift: Drift | None
    bound: Bound | None
    last: int
    day: int
    constant: Constant | None = None
    pinned: Pinned | None = None
    drop: InspectionDrop | None = None
    load: LoadBalance | None = None


class Machines:
    """The machines of all series by slot; ``alone`` holds those that were taken to be pushed one by one.

    ``last`` and ``day`` are the time and the day of the newest value (UTC); ``low``, ``high`` and ``limit`` what
    ``bounds`` says of that day, NaN where no rule speaks; ``busy`` tells the exceedances that are on or may begin. An
    ``outlet`` (-1 for any other series) has its place in the arrays of ``constants``, ``pins`` and ``loads``, and
    ``drop_day`` is the local day of its inspection drop.
    """

    def __init__(self, stations: Callable[[str], Station | None]) -> None:
        self._stations = stations
        self.names: list[Series] = []
        self.pace = np.zeros(0, dtype=np.int64)
        self.last = np.zeros(0, dtype=np.int64)
        self.day = np.zeros(0, dtype=np.int64)
        self.low, self.high, self.limit = np.zeros(0), np.zeros(0), np.zeros(0)
        self.busy = np.zeros(0, dtype=bool)
        self.silent = np.zeros(0, dtype=bool)
        self.flows = np.zeros(0, dtype=bool)
        self.station = np.zeros(0, dtype=np.int64)
        self.outlet = np.zeros(0, dtype=np.int64)
        self.drop_day = np.zeros(0, dtype=np.int64)
        self.offset = np.zeros(0, dtype=np.int64)
        self.bounds: list[Bound | None] = []
        self._exceedances: dict[int, Exceedance] = {}
        self.drifts: list[Drift | None] = []
        self.drops: list[InspectionDrop | None] = []
        self.changes = Changes()
        self.constants, self.pins, self.loads = Constants(), Pins(), Loads()
        self.flow_time, self.flow = np.zeros(0, dtype=np.int64), np.zeros(0)
        self.alone: dict[int, Alone] = {}
        self._away = np.zeros(0, dtype=bool)
        self._station: dict[str, int] = {}
        self._outlets = 0

    def add(self, names: list[Series]) -> None:
        """The next series."""
        if not names:
            return
        first, count = len(self.names), len(self.names) + len(names)
        self.names += names
        if count > len(self.last):
            for name, old in list(vars(self).items()):
                if isinstance(old, np.ndarray) and not name.startswith("flow_") and name != "flow":
                    grown = np.zeros(max(count, 2 * len(old)), dtype=old.dtype)
                    grown[: len(old)] = old
                    setattr(self, name, grown)
        self.last[first:count] = self.day[first:count] = NEVER
        self.low[first:count] = self.high[first:count] = self.limit[first:count] = np.nan
        logarithm = []
        for slot, series in enumerate(names, first):
            station, code, _, averaging = series
            place = self._stations(station)
            known = properties().get(code)
            logarithm.append(code not in LINEAR and (known is None or known.unit not in ("Cel", "[pH]", "%", "1")))
            self.pace[slot] = _PACE[averaging]
            self.silent[slot], self.flows[slot] = code == "AQHI", code == "flow"
            self.station[slot] = self._station.setdefault(station, len(self._station))
            self.bounds.append(None)
            self.drifts.append(Drift(series) if averaging else None)
            outlet = place is not None and place.medium == "effluent"
            self.offset[slot] = place.utc_offset * 60_000_000 if place is not None else 0
            self.drop_day[slot] = -1
            self.drops.append(InspectionDrop(series, place.utc_offset) if place is not None and outlet else None)
            self.outlet[slot] = self._outlets if outlet else -1
            self._outlets += outlet
        self.changes.add(names, logarithm)
        for arrays in (self.constants, self.pins, self.loads):
            arrays.grow(self._outlets)
        if len(self._station) > len(self.flow):
            more = max(len(self._station), 2 * len(self.flow)) - len(self.flow)
            self.flow_time = np.concatenate([self.flow_time, np.full(more, -1)])
            self.flow = np.concatenate([self.flow, np.zeros(more)])

    def exceedance(self, slot: int) -> Exceedance:
        """The machine of a series that is, or may be, beyond its limit; most never are."""
        machine = self._exceedances.get(slot)
        if machine is None:
            machine = self._exceedances[slot] = Exceedance(self.names[slot])
        return machine

    def bind(self, slot: int, bound: Bound | None) -> None:
        """Take note of the bound of the day."""
        self.bounds[slot] = bound
        if bound is None:
            self.low[slot] = self.high[slot] = self.limit[slot] = np.nan
        else:
            self.low[slot], self.high[slot], self.limit[slot] = bound.low, bound.high, bound.limit

    def take(self, slot: int) -> Alone:
        """The machines of one series, to be pushed alone until ``recall`` or ``settle`` puts them back."""
        series = self.names[slot]
        alone = self.alone[slot] = Alone(
            self.exceedance(slot), self.changes.take(slot, series), self.drifts[slot], self.bounds[slot],
            int(self.last[slot]), int(self.day[slot]),
        )  # fmt: skip
        self._away[slot] = True
        outlet = int(self.outlet[slot])
        if outlet >= 0:
            alone.constant = self.constants.take(outlet, series)
            alone.pinned = self.pins.take(outlet, series)
            alone.drop = self.drops[slot]
            alone.load = self.loads.take(outlet, series)
        return alone

    def recall(self, slots: Places) -> None:
        """Put back what was taken of these series."""
        if self.alone:
            for slot in slots[self._away[slots]].tolist():
                self._put(slot)

    def settle(self) -> None:
        """Put back all that was taken, where it has become much: arrays need less memory."""
        if len(self.alone) > MOST_ALONE:
            for slot in list(self.alone):
                self._put(slot)

    def _put(self, slot: int) -> None:
        alone = self.alone.pop(slot)
        self._away[slot] = False
        self.changes.put(slot, alone.change)
        self.last[slot], self.day[slot] = alone.last, alone.day
        self.bind(slot, alone.bound)
        self.busy[slot] = alone.exceedance.busy
        outlet = int(self.outlet[slot])
        if alone.constant is not None and alone.pinned is not None and alone.load is not None:
            self.constants.put(outlet, alone.constant)
            self.pins.put(outlet, alone.pinned)
            self.loads.put(outlet, alone.load)
        if alone.drop is not None:
            self.drop_day[slot] = alone.drop.day
