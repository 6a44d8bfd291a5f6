"""Tests that look at a value among its neighbours in time.

Each takes ``Rows`` and its parameters, a number for all rows or one a row (NaN: not wanted), and gives one flag a row.
A missing value is flagged missing, a value that the test cannot judge "not evaluated". Where QARTOD's manuals leave
something open, the flags are those of ioos_qc 3.0.0, the reference implementation, which the tests of this module hold.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clearbay.mine.quality.flags import FAIL, MISSING, NOT_EVALUATED, PASS, SUSPECT, Flags, blank
from clearbay.mine.quality.series import SECOND, Places, Rows, Times, Values

Number = float | npt.NDArray[np.float64]
"""A parameter: one for all rows, or one a row."""

AVERAGE, DIFFERENTIAL, RELATIVE = 0.0, 1.0, 2.0
"""Methods of the spike test."""

DEVIATION, RANGE = 0.0, 1.0
"""What the test of an attenuated signal looks at."""


def _graded(measure: Values, suspect: Number, fail: Number) -> Flags:
    """Pass, suspect above the one threshold, fail above the other."""
    flags = np.where(measure > suspect, SUSPECT, PASS)
    flags[measure > fail] = FAIL
    return flags


def spike(rows: Rows, suspect: Number, fail: Number, method: Number) -> Flags:
    """A value that sticks out between the two beside it.

    ``average``: by how much it differs from the mean of the two; ``differential``: the smaller of its two steps, where
    they lead in opposite directions; ``relative``: as average, as a share of that mean's size. The first value of a
    series is never evaluated, the newest not until the next one has come.
    """
    flags = blank(len(rows.time))
    if len(flags) > 2:
        before, value, after = rows.value[:-2], rows.value[1:-1], rows.value[2:]
        measure = _spike(before, value, after, _inner(method))
        found = _graded(measure, _inner(suspect), _inner(fail))
        good = rows.linked[1:-1] & rows.linked[2:] & ~np.isnan(measure)
        flags[1:-1] = np.where(good, found, NOT_EVALUATED)
    flags[rows.missing] = MISSING
    return flags


def _inner(number: Number) -> Number:
    return number[1:-1] if isinstance(number, np.ndarray) and number.ndim else number


def _spike(before: Values, value: Values, after: Values, method: Number) -> Values:
    measure = np.abs(value - (before + after) / 2)
    if np.any(np.equal(method, RELATIVE)):
        mean = np.abs((before + after) / 2)
        relative = np.divide(measure, mean, out=np.full_like(measure, np.nan), where=mean > 0)
        measure = np.where(np.equal(method, RELATIVE), relative, measure)
    if np.any(np.equal(method, DIFFERENTIAL)):
        up, down = value - before, after - value
        step = np.where(
            up * down >= 0, np.where(np.isnan(up * down), np.nan, 0.0), np.minimum(np.abs(up), np.abs(down))
        )
        measure = np.where(np.equal(method, DIFFERENTIAL), step, measure)
    return measure


def rate_of_change(rows: Rows, suspect: Number, fail: Number) -> Flags:
    """A step from the value before that is steeper than so many units a second.

    Nothing speaks against the first value of a series, nor against one behind a missing value: both pass.
    """
    rate = np.zeros(len(rows.time))
    if len(rate) > 1:
        seconds = np.diff(rows.time) / SECOND
        linked = rows.linked[1:]
        np.divide(np.abs(np.diff(rows.value)), seconds, out=rate[1:], where=linked & (seconds > 0))
    flags = _graded(rate, suspect, fail)
    flags[rows.missing] = MISSING
    return flags


def flat_line(rows: Rows, suspect: Number, fail: Number, tolerance: Number) -> Flags:
    """A series that has stayed within ``tolerance`` for so many seconds up to this value.

    The range of the window is less than the tolerance, or nothing where the tolerance is zero. The series must be that
    long, and the window must reach over at least half of it: the first value behind a gap is no flat line.
    """
    flags = np.full(len(rows.time), PASS, dtype=np.int8)
    if len(flags) > 1:
        since = _quiet_since(rows, tolerance)
        for length, flag in ((suspect, SUSPECT), (fail, FAIL)):
            flags[_flat(rows, length, tolerance, since)] = flag
    flags[rows.missing] = MISSING
    return flags


def _quiet_since(rows: Rows, tolerance: Number) -> Times:
    """For how long no step has been as large as the tolerance: only then a window can be flat."""
    steps = np.abs(np.diff(rows.value))
    bound = tolerance[1:] if isinstance(tolerance, np.ndarray) and tolerance.ndim else tolerance
    broken = np.ones(len(rows.time), dtype=bool)
    broken[1:] = ~rows.linked[1:] | (steps > 0) & (steps >= bound)
    begins = np.flatnonzero(broken)
    # Where the context before was cut off, the stretch may have begun earlier still: never taken for later.
    origin = np.where(begins == rows.start[begins], -(2**62), rows.time[begins])
    quiet: Times = rows.time - np.repeat(origin, np.diff(np.append(begins, len(broken))))
    return quiet


def _flat(rows: Rows, length: Number, tolerance: Number, quiet: Times) -> Places:
    """Places of the rows at the end of a flat stretch of that length."""
    micros = np.nan_to_num(np.asarray(length) * SECOND, nan=np.inf)
    last = np.flatnonzero((quiet >= micros / 2) & (rows.age >= micros))
    if not len(last):
        return last
    first = rows.windows(length, closed=True, only=last)
    reach = rows.time[last] - rows.time[first]
    whole = (reach > 0) & (reach * 2 >= (micros[last] if micros.ndim else micros))
    first, last = first[whole], last[whole]
    spread = rows.spread(first, last)
    bound = tolerance[last] if isinstance(tolerance, np.ndarray) and tolerance.ndim else tolerance
    flat: Places = last[(spread < bound) | (spread == 0) & np.equal(bound, 0)]
    return flat


def attenuated_signal(rows: Rows, suspect: Number, fail: Number, period: Number, least: Number, kind: Number) -> Flags:
    """A signal that hardly moves: the standard deviation (or range) of the last ``period`` seconds is too small.

    ``least`` values must lie in the window. The deviation is that of a population; a range is not evaluated where a
    value of the window is missing (both as in ioos_qc).
    """
    flags = blank(len(rows.time))
    if not len(flags):
        return flags
    first = rows.windows(period, closed=False)
    number = rows.counts(~rows.missing, first)
    known = number >= np.maximum(least, 1)
    ranged = np.broadcast_to(np.equal(kind, RANGE), flags.shape)
    if ranged.any() and rows.missing.any():
        known &= ~ranged | (rows.counts(rows.missing, first) == 0)
    last = np.flatnonzero(known)
    flags[known] = PASS
    largest = np.fmax(suspect, fail)
    sums = _sums(rows, first, number, largest)
    last = last[ranged[last] | _small(rows, sums, number, largest)[last]]
    if len(last):
        least_known = _at(suspect, last), _at(fail, last)
        spread = rows.spread(first[last], last)
        moved = _deviations(rows, first, last, number[last], sums[last], spread, largest, least_known)
        moved = np.where(ranged[last], spread, moved)
        flags[last[moved < least_known[0]]] = SUSPECT
        flags[last[moved < least_known[1]]] = FAIL
    flags[rows.missing] = MISSING
    return flags


def _at(number: Number, places: Places) -> Number:
    return number[places] if isinstance(number, np.ndarray) and number.ndim else number


# Values become whole multiples of a fine step, whose sums are exact in arithmetic modulo 2**64: differences of running
# sums give a window's own sums, however long the series and wherever it was cut. A variance too large for 64 bits comes
# out too small, so what looks small is checked by its range; what looks large is large.


def _step(rows: Rows, largest: Number) -> Number:
    step: Number = np.where(np.nan_to_num(largest) > 0, largest, 1.0) * (rows.most**1.5 / math.sqrt(2) / 2**31)
    return step


def _sums(rows: Rows, first: Places, number: Times, largest: Number) -> Values:
    """Number squared times the variance of each window, in steps squared, modulo 2**64."""
    scaled = np.nan_to_num(rows.value / _step(rows, largest))
    whole = np.rint(np.clip(scaled, -(2.0**62), 2.0**62)).astype(np.int64).view(np.uint64)
    once, twice = np.zeros(len(whole) + 1, np.uint64), np.zeros(len(whole) + 1, np.uint64)
    np.cumsum(whole, out=once[1:])
    np.cumsum(whole * whole, out=twice[1:])
    sums, squares = once[1:] - once[first], twice[1:] - twice[first]
    return (number.view(np.uint64) * squares - sums * sums).astype(np.float64)


def _small(rows: Rows, sums: Values, number: Times, largest: Number) -> npt.NDArray[np.bool_]:
    """Windows whose standard deviation may be less than ``largest``: all such, and few others."""
    bound = (np.nan_to_num(largest) / _step(rows, largest) + 2) * number
    small: npt.NDArray[np.bool_] = sums <= bound * bound
    return small


def _deviations(
    rows: Rows,
    first: Places,
    last: Places,
    number: Times,
    sums: Values,
    spread: Values,
    largest: Number,
    limits: tuple[Number, Number],
) -> Values:
    """Standard deviations of windows that may be small, infinite where the range shows that they are not.

    What lies within the step's error of a limit is worked out once more, from the values themselves.
    """
    step = _at(_step(rows, largest), last)
    deviation = np.sqrt(sums) * step / np.maximum(number, 1)
    deviation[spread >= np.sqrt(2.0 * number) * _at(largest, last)] = np.inf
    doubtful = np.zeros(len(last), dtype=bool)
    for limit in limits:
        doubtful |= (np.abs(deviation - limit) <= 2 * step) & (spread > 0)
    for place in np.flatnonzero(doubtful).tolist():
        deviation[place] = _deviation(rows.value[first[last[place]] : last[place] + 1])
    return deviation


def _deviation(values: Values) -> float:
    known = [value for value in values.tolist() if value == value]
    mean = math.fsum(known) / len(known) if known else math.nan
    return math.sqrt(math.fsum((value - mean) ** 2 for value in known) / len(known)) if known else math.nan


def gap(rows: Rows, suspect: Number, fail: Number) -> Flags:
    """A value that comes more than so many seconds after the one before it. The first value is not evaluated."""
    flags = blank(len(rows.time))
    if len(flags) > 1:
        seconds = np.diff(rows.time) / SECOND
        flags[1:] = np.where(rows.linked[1:], _graded(seconds, _tail(suspect), _tail(fail)), NOT_EVALUATED)
    flags[rows.missing] = MISSING
    return flags


def _tail(number: Number) -> Number:
    return number[1:] if isinstance(number, np.ndarray) and number.ndim else number


def held_value(rows: Rows, share: Number, points: Number, least: Number) -> Flags:
    """A value repeated from the one before in a series that mostly repeats: published more often than measured.

    Looks at the last ``points`` values; where at least ``least`` of them have a value before them and at least
    ``share`` of those repeat it exactly, each repeat is suspect. A fresh value passes, however often it is repeated
    later; a flat line, by contrast, is one long repeat.
    """
    count = len(rows.time)
    flags = blank(count)
    if not count:
        return flags
    told = np.zeros(count, dtype=bool)
    repeats = np.zeros(count, dtype=bool)
    told[1:] = rows.linked[1:] & ~rows.missing[1:] & ~rows.missing[:-1]
    repeats[1:] = told[1:] & (rows.value[1:] == rows.value[:-1])
    reach = np.minimum(np.nan_to_num(points), rows.most - 1).astype(np.int64)
    first = np.maximum(rows.start, np.arange(count) - reach + 1)
    pairs = rows.counts(told, first)
    known = told & (pairs >= least)
    flags[known] = PASS
    flags[known & repeats & (rows.counts(repeats, first) >= share * pairs)] = SUSPECT
    flags[rows.missing] = MISSING
    return flags
