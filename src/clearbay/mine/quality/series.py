"""Rows of many series laid end to end, and what can be said of a row and those before it in its own series.

All of it is exact and looks only backwards, so that a row's result does not depend on where the series was cut: sums
are made of whole numbers, extremes by comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

SECOND = 1_000_000
_FAR = 1 << 61


@dataclass(frozen=True, eq=False)
class Rows:
    """Values of many series, one series after the other, each in order of time.

    ``time`` in microseconds, strictly increasing within a series; ``value`` is NaN where it is missing; ``lengths``
    are the numbers of rows of the series; ``since`` the time of the first value that each of them ever had; ``most``
    the most points that a window looks back over.
    """

    time: Times
    value: Values
    lengths: Places
    since: Times
    most: int

    @cached_property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Rows without a value."""
        return np.isnan(self.value)

    @cached_property
    def series(self) -> Places:
        """The series of each row."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @cached_property
    def start(self) -> Places:
        """Place of the first row of each row's series."""
        first = np.cumsum(self.lengths) - self.lengths
        return np.repeat(first, self.lengths)

    @cached_property
    def linked(self) -> npt.NDArray[np.bool_]:
        """Rows that have a row before them in their series."""
        linked = np.ones(len(self.time), dtype=bool)
        linked[(np.cumsum(self.lengths) - self.lengths)[self.lengths > 0]] = False
        return linked

    @cached_property
    def age(self) -> Times:
        """Time since the first value of the series."""
        return self.time - (self.since[0] if len(self.since) == 1 else np.repeat(self.since, self.lengths))

    def windows(self, length: npt.NDArray[np.float64] | float, *, closed: bool, only: Places | None = None) -> Places:
        """Place of the first row of the window that ends at each row (of ``only``, in order) and is ``length`` seconds
        long.

        ``closed``: a row exactly that long ago belongs to it. ``length`` may differ between series, not within one.
        """
        every = np.arange(len(self.time)) if only is None else only
        count = len(every)
        if not count:
            return np.empty(0, dtype=np.intp)
        longest = float(np.nanmax(length)) if np.ndim(length) else float(length)
        micros = np.minimum(np.nan_to_num(np.asarray(length) * SECOND, nan=0.0), _FAR).astype(np.int64)
        gap = int(min(longest * SECOND, _FAR)) + 1
        ends = np.cumsum(self.lengths)[self.lengths > 0] - 1
        starts = ends - self.lengths[self.lengths > 0] + 1
        spans = (self.time[ends] - self.time[starts]).astype(np.float64) + gap
        found = np.empty(count, dtype=np.intp)
        # One sorted axis for all series: each begins where the one before ended, a window's length behind it.
        for low, high in _portions(spans):
            rows = slice(starts[low], ends[high - 1] + 1)
            if high - low == 1:
                axis = self.time[rows]
            else:
                widths = self.time[ends[low:high]] - self.time[starts[low:high]] + gap
                shift = np.concatenate([[0], np.cumsum(widths)[:-1]]) - self.time[starts[low:high]]
                axis = self.time[rows] + np.repeat(shift, ends[low:high] - starts[low:high] + 1)
            mine = slice(*np.searchsorted(every, (rows.start, rows.stop)).tolist())
            own = every[mine] - rows.start
            if not len(own):
                continue
            back = micros if not np.ndim(micros) else micros[every[mine]]
            found[mine] = _first(axis, own, axis[own] - back, closed=closed) + rows.start
        np.maximum(found, self.start if only is None else self.start[every], out=found)
        np.maximum(found, every - (self.most - 1), out=found)
        return found

    def counts(self, marked: npt.NDArray[np.bool_], first: Places) -> Times:
        """How many rows are marked from ``first`` up to each row."""
        total: Times = np.concatenate([[0], np.cumsum(marked, dtype=np.int64)])
        counts: Times = total[1:] - total[first]
        return counts

    def spread(self, first: Places, last: Places) -> Values:
        """Largest less smallest value from each of ``first`` up to the row of ``last`` beside it; missing ones do not
        count, NaN where all are."""
        if not len(last):
            return np.empty(0)
        # Only the rows that some window covers are looked at.
        edge = np.zeros(len(self.value) + 1, dtype=np.int64)
        np.add.at(edge, first, 1) if len(first) < len(edge) // 64 else np.add(
            edge[:-1], np.bincount(first, minlength=len(self.value)), out=edge[:-1]
        )
        edge[last + 1] -= 1
        covered = np.cumsum(edge[:-1]) > 0
        place = np.cumsum(covered) - 1
        value, missing = self.value[covered], self.missing[covered]
        first, last = place[first], place[last]
        high = extreme(np.where(missing, -np.inf, value), first, last, np.maximum)
        low = extreme(np.where(missing, np.inf, value), first, last, np.minimum)
        return np.where(np.isneginf(high), np.nan, high - low)


def _portions(spans: Values) -> list[tuple[int, int]]:
    """Series in portions whose time axes laid end to end fit into 64 bits."""
    portions, low = [], 0
    total = np.cumsum(spans)
    while low < len(spans):
        before = total[low - 1] if low else 0.0
        high = max(int(np.searchsorted(total, before + _FAR)), low + 1)
        portions.append((low, high))
        low = high
    return portions


def _first(axis: Times, rows: Places, wanted: Times, *, closed: bool) -> Places:
    """The first place of a sorted axis at or behind (not ``closed``: only behind) what is wanted of each of some rows.

    Most series keep one cadence, so the distance found for a row in the middle is tried for all; the rest is searched.
    """
    count = len(rows)
    side: Any = "left" if closed else "right"
    middle = count // 2
    step = int(rows[middle] - np.searchsorted(axis, wanted[middle], side=side))
    if 0 < step < len(axis) - 1:
        tried = rows - step
        begin = int(np.searchsorted(tried, 1))
        at, before = axis[tried[begin:]], axis[tried[begin:] - 1]
        goal = wanted[begin:]
        good = (at >= goal) & (before < goal) if closed else (at > goal) & (before <= goal)
        wrong = np.concatenate([np.arange(begin), np.flatnonzero(~good) + begin])
        if len(wrong) < count // 4:
            tried[wrong] = np.searchsorted(axis, wanted[wrong], side=side)
            return tried
    return np.searchsorted(axis, wanted, side=side)


def extreme(values: Values, first: Places, last: Places, better: Callable[..., Any]) -> Values:
    """The best (``np.maximum``, ``np.minimum``) of the values from each ``first`` to the ``last`` beside it.

    The reach of each value is doubled until it covers the longest window: any window is covered by two of them.

    >>> extreme(np.array([3.0, 1.0, 2.0, 5.0]), np.array([0, 1]), np.array([2, 3]), np.maximum).tolist()
    [3.0, 5.0]
    """
    level = np.frexp((last - first + 1).astype(np.float64))[1] - 1
    numbers = np.bincount(level)
    found = np.empty(len(last))
    reach, spare, width = values, np.empty(len(values)), 1
    for step, number in enumerate(numbers.tolist()):
        if number == len(last):
            return np.asarray(better(reach[last], reach[first + width - 1]), dtype=np.float64)
        if number:
            asked = np.flatnonzero(level == step)
            found[asked] = better(reach[last[asked]], reach[first[asked] + width - 1])
        if step + 1 < len(numbers):
            better(reach[width:], reach[:-width], out=spare[width:])
            spare[:width] = reach[:width]
            reach, spare = spare, np.empty(len(values)) if reach is values else reach
            width *= 2
    return found
