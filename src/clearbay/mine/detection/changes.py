"""The machines of sudden change of all series at once: each row of these arrays is one ``series.Change``.

``push`` judges one value of each of many series, with the very operations of ``Change.push`` in the same order, so
that a series may go through either way and gives the same, to the last bit. Logarithms are taken by ``math``, whose
rounding is not that of every NumPy.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from clearbay.mine.detection import series as one
from clearbay.mine.detection.series import Change
from clearbay.mine.detection.signal import Series, Signal
from clearbay.mine.slots import Places

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

PACES = ("", "day", "hour", "minute", "instant")
"""Paces by number; from ``HOUR`` on it is telemetry."""
HOUR = PACES.index("hour")
_WARM = np.array([one.WARM[pace] for pace in PACES])
_HOLD = np.array([one.HOLD[pace] for pace in PACES])
_FINEST = np.array([one.FINEST[pace] for pace in PACES])
_LOW, _HIGH = np.array(one.MIDDLE).T
_WINDOW = one.WINDOW
_CHUNK = 512
"""Series whose windows are moved at a time: they stay in the processor's cache."""


class Changes:
    """Arrays by slot; ``add`` gives the next slots to series."""

    def __init__(self) -> None:
        self._used = 0
        self.logarithm = np.zeros(0, dtype=bool)
        self.mean = np.zeros(0, dtype=bool)
        self.first = np.zeros(0, dtype=np.int64)
        self.count = np.zeros(0, dtype=np.int64)
        self.refused = np.zeros(0, dtype=np.int64)
        self.calm = np.zeros(0, dtype=np.int64)
        self.since = np.zeros(0, dtype=np.int64)
        self.start = np.zeros(0, dtype=np.int64)
        self.filled = np.zeros(0, dtype=np.int64)
        self.place = np.zeros(0, dtype=np.int64)
        self.on = np.zeros(0, dtype=bool)
        self.scale = np.zeros(0)
        self.up = np.zeros(0)
        self.down = np.zeros(0)
        self.hours = np.zeros((0, 24))
        self.recent = np.zeros((0, _WINDOW))
        self.sorted = np.zeros((0, _WINDOW + 1))  # infinite behind what is filled

    def add(self, names: list[Series], logarithm: list[bool]) -> None:
        """The next series; ``logarithm`` for those measured in concentrations."""
        count = self._used + len(names)
        if count > len(self.count):
            room = max(count, 2 * len(self.count))
            for name, old in list(vars(self).items()):
                if isinstance(old, np.ndarray):
                    grown = np.full((room, *old.shape[1:]), np.inf if name == "sorted" else 0, dtype=old.dtype)
                    grown[: len(old)] = old
                    setattr(self, name, grown)
        self.logarithm[self._used : count] = logarithm
        self.mean[self._used : count] = [name[3] in one.MEANS for name in names]
        self._used = count

    def take(self, slot: int, series: Series) -> Change:
        """The machine of one series, to be pushed by itself; ``put`` puts it back."""
        filled, place = int(self.filled[slot]), int(self.place[slot])
        recent = self.recent[slot].tolist()
        return Change(
            series, bool(self.logarithm[slot]),
            deque(recent[place:] + recent[:place] if filled == _WINDOW else recent[:filled]),
            self.sorted[slot, :filled].tolist(),
            {hour: usual for hour, usual in enumerate(self.hours[slot].tolist()) if usual},
            int(self.first[slot]), int(self.count[slot]), int(self.refused[slot]), float(self.scale[slot]),
            float(self.up[slot]), float(self.down[slot]), int(self.calm[slot]), bool(self.on[slot]),
            int(self.since[slot]), int(self.start[slot]),
        )  # fmt: skip

    def put(self, slot: int, change: Change) -> None:
        """Put a machine back that ``take`` gave."""
        recent, sorted_, hours = change._recent, change._sorted, change._hours
        self.filled[slot], self.place[slot] = len(recent), len(recent) % _WINDOW
        self.recent[slot, : len(recent)] = list(recent)
        self.sorted[slot, : len(sorted_)] = sorted_
        for hour, usual in hours.items():
            self.hours[slot, hour] = usual
        self.first[slot], self.count[slot], self.refused[slot] = change._first, change._count, change._refused
        self.scale[slot], self.up[slot], self.down[slot] = change._scale, change._up, change._down
        self.calm[slot], self.on[slot] = change._calm, change._on
        self.since[slot], self.start[slot] = change._since, change._start

    def push(
        self, slots: Places, time: Times, value: Floats, pace: Places, suspect: Mask, names: list[Series]
    ) -> tuple[Floats, list[tuple[int, Signal]]]:
        """Judge one value of each of these (different) slots; returns their residuals, and signals with their row."""
        size = self._sizes(slots, value)
        telemetry = pace >= HOUR
        hour = time % one.DAY // one.HOUR
        count = self.count[slots]
        first = np.where(count == 0, time, self.first[slots])
        self.first[slots], self.count[slots] = first, count + 1
        usual = self.hours[slots, hour]
        offset = np.where(telemetry & (time - first > one.SETTLED_DAYS * one.DAY), usual, 0.0)
        residual = np.zeros(len(slots))
        early = self.filled[slots] < one.LEAST
        if early.any():
            self._learn(slots[early], (size - offset)[early])
            rows = np.flatnonzero(~early)
        else:
            rows = np.arange(len(slots))
        if not len(rows):
            return residual, []
        whole: Any = rows if early.any() else slice(None)
        slots, time, value, pace, count = slots[whole], time[whole], value[whole], pace[whole], count[whole] + 1
        size, offset, usual, hour, telemetry = (x[whole] for x in (size, offset, usual, hour, telemetry))
        filled = self.filled[slots]
        centre = self.sorted[slots, filled // 2] + offset
        spread = np.maximum(
            (self.sorted[slots, _HIGH[filled]] - self.sorted[slots, _LOW[filled]]) / 2.0, self.scale[slots] * 0.5
        )
        finest = _FINEST[pace] * np.where(self.logarithm[slots], 1.0, 0.1 * np.abs(centre))
        judged = (size - centre) / np.maximum(np.maximum(spread, finest), 1e-9)
        residual[whole] = judged
        far = np.abs(judged)
        mean = self.mean[slots] & ~suspect[whole]
        before = self._summed(slots, judged, far, count > _WARM[pace], np.where(mean, one.MEAN_CUT, one.CUT))
        refused = self.refused[slots]
        strange = far > one.REFUSE
        held = strange & (refused < _HOLD[pace])
        self.refused[slots] = np.where(held, refused + 1, np.where(strange, refused, 0))
        learnt = np.flatnonzero(~held)
        middle = self._learn(slots[learnt], (size - offset)[learnt])
        told = telemetry[learnt]
        learnt = learnt[told]
        self.hours[slots[learnt], hour[learnt]] = usual[learnt] + 0.05 * (size[learnt] - usual[learnt] - middle[told])
        most = self._settled(slots, time, far, before)
        loud = np.flatnonzero(self.on[slots] | (most >= np.where(mean, one.MEAN_BEGIN, one.BEGIN)))
        found = []
        for row in loud.tolist():
            slot = int(slots[row])
            change = self._briefly(slot, names[slot])
            change.residual, change.level = float(judged[row]), float(centre[row])
            begin = one.MEAN_BEGIN if mean[row] else one.BEGIN
            signal = change.signal(int(time[row]), float(value[row]), float(most[row]), begin)
            self.on[slot], self.since[slot] = change._on, change._since
            if signal is not None:
                found.append((int(rows[row]), signal))
        return residual, found

    def _sizes(self, slots: Places, value: Floats) -> Floats:
        logs = self.logarithm[slots]
        if not logs.any():
            return value
        size = value.copy()
        size[logs] = list(map(math.log, np.maximum(value[logs], 1e-6).tolist()))
        return size

    def _summed(self, slots: Places, judged: Floats, far: Floats, warm: Mask, most_cut: Floats) -> Floats:
        """Move the sums on; returns the larger of the two before."""
        up, down = self.up[slots], self.down[slots]
        before = np.maximum(up, down)
        moved = np.flatnonzero(warm & ((far > one.SLACK) | (before > 0.0)))
        if len(moved):
            cut = np.maximum(-most_cut[moved], np.minimum(most_cut[moved], judged[moved]))
            self.up[slots[moved]] = np.minimum(one.FULL, np.maximum(0.0, up[moved] + cut - one.SLACK))
            self.down[slots[moved]] = np.minimum(one.FULL, np.maximum(0.0, down[moved] - cut - one.SLACK))
        return before

    def _settled(self, slots: Places, time: Times, far: Floats, before: Floats) -> Floats:
        """Forget the sums of those that are calm again; returns the larger of the two now."""
        calm = np.where(far < one.CALM, self.calm[slots] + 1, 0)
        self.calm[slots] = calm
        still = slots[calm >= one.CLEAR]
        self.up[still] = self.down[still] = 0.0
        most = np.maximum(self.up[slots], self.down[slots])
        begun = (before <= 0.0) & (most > 0.0)
        self.start[slots[begun]] = time[begun]
        return most

    def _learn(self, slots: Places, level: Floats) -> Floats:
        """Put each level into its window in place of the oldest; returns the windows' medians."""
        middle = np.empty(len(slots))
        for begin in range(0, len(slots), _CHUNK):
            end = begin + _CHUNK
            middle[begin:end] = self._moved(slots[begin:end], level[begin:end])
        return middle

    def _moved(self, slots: Places, level: Floats) -> Floats:
        filled, place = self.filled[slots], self.place[slots]
        old = np.where(filled == _WINDOW, self.recent[slots, place], np.inf)
        window = self.sorted[slots]
        # Without the old value all behind it move up by one; the new one pushes back all that is above it.
        kept = np.where(window[:, :-1] < old[:, None], window[:, :-1], window[:, 1:])
        np.maximum(kept[:, :-1], level[:, None], out=window[:, 1:-1])
        window[:, 0] = level
        np.minimum(window[:, :-1], kept, out=window[:, :-1])
        self.sorted[slots] = window
        self.recent[slots, place] = level
        filled = np.minimum(filled + 1, _WINDOW)
        self.filled[slots], self.place[slots] = filled, (place + 1) % _WINDOW
        rows = np.arange(len(slots))
        spread = (window[rows, _HIGH[filled]] - window[rows, _LOW[filled]]) / 2.0
        scale = self.scale[slots]
        self.scale[slots] = scale + one.SCALE_RATE * (spread - scale)
        middle: Floats = window[rows, filled // 2]
        return middle

    def _briefly(self, slot: int, series: Series) -> Change:
        """A machine that knows enough to tell."""
        change = Change(series, bool(self.logarithm[slot]))
        change._up, change._down = float(self.up[slot]), float(self.down[slot])
        change._on, change._since, change._start = bool(self.on[slot]), int(self.since[slot]), int(self.start[slot])
        return change
