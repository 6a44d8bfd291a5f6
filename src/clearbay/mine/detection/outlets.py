"""The rules for outlets, of all of them at once: each row of these arrays is one machine of ``outlet``.

As in ``changes``: the same operations in the same order as for one alone, so that either way gives the same bits.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from clearbay.mine.detection.bounds import Bound
from clearbay.mine.detection.changes import Floats, Mask, Times
from clearbay.mine.detection.outlet import (
    LAST,
    LESS,
    MOST,
    PINNED,
    SAME,
    Constant,
    LoadBalance,
    Pinned,
    Sums,
    constant,
    load_balance,
    pinned,
)
from clearbay.mine.detection.signal import Series, Signal
from clearbay.mine.slots import Places

Told = list[tuple[int, Signal]]
"""Signals with the row that they tell of."""


class _Arrays:
    """Arrays of one length, all zero at first, that grow together."""

    def grow(self, count: int) -> None:
        """Make room for so many outlets' series."""
        for name, old in list(vars(self).items()):
            if isinstance(old, np.ndarray) and len(old) < count:
                grown = np.zeros((max(count, 2 * len(old)), *old.shape[1:]), dtype=old.dtype)
                grown[: len(old)] = old
                setattr(self, name, grown)


class Constants(_Arrays):
    """``outlet.Constant`` of many series."""

    def __init__(self) -> None:
        self.value, self.run, self.since = np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.on = np.zeros(0, dtype=bool)

    def take(self, place: int, series: Series) -> Constant:
        """One machine, to be pushed by itself."""
        run = int(self.run[place])
        value = float(self.value[place]) if run else None
        return Constant(series, value, run, int(self.since[place]), bool(self.on[place]))

    def put(self, place: int, one: Constant) -> None:
        """Put it back."""
        self.value[place] = 0.0 if one._value is None else one._value
        self.run[place], self.since[place], self.on[place] = one._run, one._since, one._on

    def push(self, places: Places, time: Times, value: Floats, censored: Mask, names: list[Series]) -> Told:
        """Count repetitions."""
        run, on = self.run[places], self.on[places]
        same = (run > 0) & (value == self.value[places]) & ~censored
        run = np.where(same, run + 1, 1)
        since = np.where(same, self.since[places], time)
        told = same & (run >= SAME)
        self.run[places], self.since[places], self.value[places] = run, since, value
        self.on[places] = (on & same) | told
        found: Told = []
        for row in np.flatnonzero(told).tolist():
            moment, level = int(time[row]), float(value[row])
            found.append((row, constant(names[row], moment, level, int(since[row]), int(run[row]))))
        for row in np.flatnonzero(on & ~same).tolist():
            moment, level = int(time[row]), float(value[row])
            found.append((row, Signal("constant", names[row], moment, False, value=level)))
        return found


class Pins(_Arrays):
    """``outlet.Pinned`` of many series."""

    def __init__(self) -> None:
        self.times, self.ratios = np.zeros((0, LAST), np.int64), np.zeros((0, LAST))
        self.filled, self.near, self.above = (np.zeros(0, np.int64) for _ in range(3))
        self.place, self.since = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.on = np.zeros(0, dtype=bool)

    def take(self, place: int, series: Series) -> Pinned:
        """One machine, to be pushed by itself."""
        rows = zip(*(_in_order(x[place], int(self.filled[place]), int(self.place[place])) for x in
                     (self.times, self.ratios)), strict=True)  # fmt: skip
        return Pinned(
            series, deque(rows), int(self.near[place]), int(self.above[place]), bool(self.on[place]),
            int(self.since[place]),
        )  # fmt: skip

    def put(self, place: int, one: Pinned) -> None:
        """Put it back."""
        count = len(one._last)
        self.filled[place], self.place[place] = count, count % LAST
        if count:
            self.times[place, :count], self.ratios[place, :count] = zip(*one._last, strict=True)
        self.near[place], self.above[place], self.on[place] = one._near, one._above, one._on
        self.since[place] = one._since

    def push(self, places: Places, time: Times, value: Floats, bounds: list[Bound], names: list[Series]) -> Told:
        """Judge the last ``LAST`` values; only series with a bound above, whose limit is more than nothing."""
        ratio = value / np.array([bound.limit for bound in bounds])
        place, filled = self.place[places], self.filled[places]
        full = filled == LAST
        old = self.ratios[places, place]
        near = self.near[places] + ((ratio >= PINNED) & (ratio <= 1.0)) - (full & (old >= PINNED) & (old <= 1.0))
        above = self.above[places] + (ratio > 1.0) - (full & (old > 1.0))
        self.times[places, place], self.ratios[places, place] = time, ratio
        self.near[places], self.above[places] = near, above
        filled = np.minimum(filled + 1, LAST)
        self.filled[places], self.place[places] = filled, (place + 1) % LAST
        on, share = self.on[places], near / LAST
        begun = ~on & (filled == LAST) & (share >= MOST) & (above == 0)
        ended = on & ((share < LESS) | (above > 0))
        begins = places[begun]
        self.since[begins] = self.times[begins, self.place[begins]]
        self.on[places] = (on & ~ended) | begun
        found: Told = []
        for row in np.flatnonzero(on | begun).tolist():
            moment, level, since = int(time[row]), float(value[row]), int(self.since[places[row]])
            if ended[row]:
                found.append((row, Signal("pinned", names[row], moment, False, value=level, since=since)))
            else:
                found.append((row, pinned(names[row], moment, level, since, float(share[row]), bounds[row])))
        return found


class Loads(_Arrays):
    """``outlet.LoadBalance`` of many series."""

    def __init__(self) -> None:
        self.times = np.zeros((0, LAST), np.int64)
        self.values, self.flows = np.zeros((0, LAST)), np.zeros((0, LAST))
        self.flow, self.flow2, self.load, self.load2 = (np.zeros(0) for _ in range(4))
        self.dry, self.count, self.since = (np.zeros(0, np.int64) for _ in range(3))
        self.on = np.zeros(0, dtype=bool)

    def take(self, place: int, series: Series) -> LoadBalance:
        """One machine, to be pushed by itself."""
        count = int(self.count[place])
        rows = zip(*(_in_order(x[place], min(count, LAST), count % LAST) for x in
                     (self.times, self.values, self.flows)), strict=True)  # fmt: skip
        sums = Sums(
            float(self.flow[place]), float(self.flow2[place]), float(self.load[place]), float(self.load2[place]),
            int(self.dry[place]),
        )  # fmt: skip
        return LoadBalance(series, deque(rows), sums, count, bool(self.on[place]), int(self.since[place]))

    def put(self, place: int, one: LoadBalance) -> None:
        """Put it back."""
        # Where the next one goes hangs on the count: the ring begins where it would have by then.
        first = one._count - len(one._last)
        for offset, (time, value, flow) in enumerate(one._last, first):
            at = offset % LAST
            self.times[place, at], self.values[place, at], self.flows[place, at] = time, value, flow
        sums = one._sums
        self.flow[place], self.flow2[place] = sums.flow, sums.flow2
        self.load[place], self.load2[place], self.dry[place] = sums.load, sums.load2, sums.dry
        self.count[place], self.on[place], self.since[place] = one._count, one._on, one._since

    def push(self, places: Places, time: Times, value: Floats, flow: Floats, names: list[Series]) -> Told:
        """Judge concentrations with the flows of their moments."""
        count = self.count[places]
        at = count % LAST
        gone = count >= LAST
        old_flow = self.flows[places, at]
        old_load = self.values[places, at] * old_flow
        self.times[places, at], self.values[places, at], self.flows[places, at] = time, value, flow
        count += 1
        self.count[places] = count
        load = value * flow
        for sums, new, old in (
            (self.flow, flow, old_flow),
            (self.flow2, flow * flow, old_flow * old_flow),
            (self.load, load, old_load),
            (self.load2, load * load, old_load * old_load),
        ):
            moved = sums[places] + new
            sums[places] = np.where(gone, moved - old, moved)
        self.dry[places] += (flow <= 0).astype(np.int64) - (gone & (old_flow <= 0))
        self._renew(places[count % LAST == 0])
        full = np.flatnonzero(count >= LAST)
        return self._judged(full, places[full], time[full], value[full], names)

    def _renew(self, places: Places) -> None:
        """Take the sums anew, in the order of time, so that no error grows: the rings begin at their first place."""
        if not len(places):
            return
        flows = self.flows[places]
        loads = self.values[places] * flows
        for sums, terms in (
            (self.flow, flows), (self.flow2, flows * flows), (self.load, loads), (self.load2, loads * loads)
        ):  # fmt: skip
            sums[places] = np.cumsum(terms, axis=1)[:, -1]
        self.dry[places] = (flows <= 0).sum(axis=1)

    def _judged(self, rows: Places, places: Places, time: Times, value: Floats, names: list[Series]) -> Told:
        dry = self.dry[places] / LAST
        varies = _varies(self.flow[places], self.flow2[places], 0.0)
        even = _varies(self.load[places], self.load2[places], 1.0)
        on = self.on[places]
        wrong = (varies >= 0.2) & (even <= 0.02)
        for row in np.flatnonzero((dry >= 0.5) & ~on & ~wrong).tolist():
            wrong[row] = len(set(self.values[places[row]].tolist())) > LAST // 4
        begun = ~on & wrong
        ended = on & (even > 0.05) & (dry < 0.25)
        begins = places[begun]
        self.since[begins] = self.times[begins, self.count[begins] % LAST]
        self.on[places] = (on & ~ended) | begun
        found: Told = []
        for row in np.flatnonzero(on | begun).tolist():
            number = int(rows[row])
            series, moment, level, since = (
                names[number],
                int(time[row]),
                float(value[row]),
                int(self.since[places[row]]),
            )
            if ended[row]:
                found.append((number, Signal("load_balance", series, moment, False, value=level, since=since)))
            else:
                told = load_balance(series, moment, level, since, float(varies[row]), float(even[row]), float(dry[row]))
                found.append((number, told))
        return found


def _varies(total: Floats, squares: Floats, without: float) -> Floats:
    mean = total / LAST
    some = mean > 0
    found = np.full(len(mean), without)
    own = mean[some]
    found[some] = np.sqrt(np.maximum(squares[some] / LAST - own * own, 0.0)) / own
    return found


def _in_order(ring: npt.NDArray[Any], filled: int, place: int) -> list[Any]:
    """What a ring holds, oldest first; ``place`` is where the next goes."""
    words: list[Any] = ring.tolist()
    return words[place:] + words[:place] if filled == LAST else words[:filled]
