"""The newest values of many series, kept in blocks of equal length: what the next values are looked at with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from clearbay.mine.quality.series import Places, Times, Values

_SIZES = 21
"""Blocks hold 2**0 to 2**20 values."""


def within(lengths: Places) -> Places:
    """0, 1, 2… within each of the stretches laid end to end.

    >>> within(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    return np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)


class _Blocks:
    """All blocks of one length."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.time = np.empty((0, width), dtype=np.int64)
        self.value = np.empty((0, width))
        self.used = 0
        self.free: list[int] = []

    def take(self, count: int) -> Places:
        """Places of so many blocks that nobody uses."""
        reused = [self.free.pop() for _ in range(min(count, len(self.free)))]
        fresh = count - len(reused)
        if self.used + fresh > len(self.time):
            rows = max(self.used + fresh, 2 * len(self.time), 16)
            time, value = np.zeros((rows, self.width), dtype=np.int64), np.zeros((rows, self.width))
            time[: self.used], value[: self.used] = self.time[: self.used], self.value[: self.used]
            self.time, self.value = time, value
        places = np.concatenate([np.array(reused, dtype=np.intp), np.arange(self.used, self.used + fresh)])
        self.used += fresh
        return places


class Memory:
    """Values by slot, a slot being the number of a series."""

    def __init__(self) -> None:
        self._blocks: dict[int, _Blocks] = {}
        self.count = np.zeros(0, dtype=np.int64)
        self._size = np.zeros(0, dtype=np.int8)
        self._place = np.zeros(0, dtype=np.int64)

    def grow(self, slots: int) -> None:
        """Make room for so many slots."""
        more = slots - len(self.count)
        if more > 0:
            more = max(more, len(self.count))
            self.count = np.concatenate([self.count, np.zeros(more, dtype=np.int64)])
            self._size = np.concatenate([self._size, np.full(more, -1, dtype=np.int8)])
            self._place = np.concatenate([self._place, np.zeros(more, dtype=np.int64)])

    def load(self, slots: Places) -> tuple[Places, Times, Values]:
        """How many values each slot has, and their times and values end to end, oldest first."""
        counts = self.count[slots]
        total = int(counts.sum())
        time, value = np.empty(total, dtype=np.int64), np.empty(total)
        ends = np.cumsum(counts)
        for size in np.unique(self._size[slots]).tolist():
            if size < 0:
                continue
            blocks, chosen = self._blocks[size], np.flatnonzero((self._size[slots] == size) & (counts > 0))
            own = counts[chosen]
            column = within(own)
            row = np.repeat(self._place[slots[chosen]], own)
            target = np.repeat(ends[chosen] - own, own) + column
            time[target], value[target] = blocks.time[row, column], blocks.value[row, column]
        return counts, time, value

    def store(self, slots: Places, counts: Places, time: Times, value: Values) -> None:
        """Keep these values for the slots, in place of what they had."""
        sizes = np.ceil(np.log2(np.maximum(counts, 1))).astype(np.int8)
        starts = np.cumsum(counts) - counts
        # A block is changed for a smaller one only by much: a series that swings around a power of two stays put.
        kept = self._size[slots]
        sizes = np.where((kept >= sizes) & (kept <= sizes + 1), kept, sizes)
        for size in np.unique(sizes).tolist():
            blocks = self._blocks.setdefault(size, _Blocks(1 << size))
            chosen = np.flatnonzero(sizes == size)
            moving = chosen[kept[chosen] != size]
            if len(moving):
                for old, place in zip(kept[moving].tolist(), self._place[slots[moving]].tolist(), strict=True):
                    if old >= 0:
                        self._blocks[old].free.append(place)
                self._place[slots[moving]] = blocks.take(len(moving))
                self._size[slots[moving]] = size
            own = counts[chosen]
            column = within(own)
            source = np.repeat(starts[chosen], own) + column
            row = np.repeat(self._place[slots[chosen]], own)
            blocks.time[row, column], blocks.value[row, column] = time[source], value[source]
        self.count[slots] = counts

    def dump(self, slots: int) -> dict[str, npt.NDArray[Any]]:
        """The values of the first so many slots as three arrays."""
        counts, time, value = self.load(np.arange(slots))
        return {"memory_count": counts, "memory_time": time, "memory_value": value}

    @classmethod
    def restore(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Memory:
        """The memory that ``dump`` wrote down."""
        memory = cls()
        slots = len(arrays["memory_count"])
        memory.grow(slots)
        if slots:
            memory.store(np.arange(slots), arrays["memory_count"], arrays["memory_time"], arrays["memory_value"])
        return memory
