"""Statistics of plain sequences, with censored values as the rules have them.

Each takes values in the property's unit and, where it matters, their censoring (``<``, ``>`` or empty, one a value;
left out: none is censored), and answers NaN for an empty sequence. They are the arithmetic behind ``period`` and
``objectives``, for one series at a time: for explanations, reports and tests.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.censoring import HALF_A_COUNT

Numbers = Sequence[float] | NDArray[np.float64]


def substituted(values: Numbers, censoring: Sequence[str] | None = None) -> NDArray[np.float64]:
    """Values as they enter a statistic: ``<L`` as L/2 (环办监测函[2020]82号 clause 7, one source), ``>U`` as U (ours).

    >>> substituted([0.4, 3.0, 8.0], ["<", "", ">"]).tolist()
    [0.2, 3.0, 8.0]
    """
    numbers = np.asarray(values, dtype=np.float64)
    if censoring is None:
        return numbers
    return np.where(np.asarray(censoring) == "<", numbers / 2.0, numbers)


def arithmetic_mean(values: Numbers, censoring: Sequence[str] | None = None) -> float:
    """The mean, summed without rounding error on the way, so that the order of values does not matter."""
    numbers = substituted(values, censoring)
    return math.fsum(numbers) / len(numbers) if len(numbers) else math.nan


def geometric_mean(values: Numbers, censoring: Sequence[str] | None = None) -> float:
    """The n-th root of the product; a count of zero enters as half a count (ours, the same as ``<1``).

    >>> round(geometric_mean([1.0, 100.0]), 9)
    10.0
    """
    numbers = substituted(values, censoring)
    if not len(numbers):
        return math.nan
    return math.exp(math.fsum(np.log(np.where(numbers > 0, numbers, HALF_A_COUNT))) / len(numbers))


def percentile(values: Numbers, per_cent: float) -> float:
    """The value that ``per_cent`` of the values do not exceed, interpolated between ranks.

    Ranks run k = 1 + (n - 1) p in ascending order (the form in which HJ 663 is restated; unverified).

    >>> percentile([4.0, 1.0, 3.0, 2.0], 50)
    2.5
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if not len(ordered):
        return math.nan
    rank = (len(ordered) - 1) * per_cent / 100.0
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (rank - below))


def share_within(values: Numbers, low: float = -math.inf, high: float = math.inf) -> float:
    """Share (0 to 1) of the values between ``low`` and ``high``, both included."""
    numbers = np.asarray(values, dtype=np.float64)
    return float(np.mean((numbers >= low) & (numbers <= high))) if len(numbers) else math.nan


def multiple_over(value: float, limit: float) -> float | None:
    """How many times over the limit a value is, (value - limit)/limit (环办[2011]22号); None at or below it.

    >>> multiple_over(9.0, 6.0)
    0.5
    """
    return value / limit - 1.0 if value > limit else None


def water_column_means(
    values: Numbers, events: Sequence[object], censoring: Sequence[str] | None = None
) -> list[float]:
    """The mean over depths of each sampling event, in the order in which events first appear."""
    numbers = substituted(values, censoring)
    grouped: dict[object, list[float]] = {}
    for event, number in zip(events, numbers, strict=True):
        grouped.setdefault(event, []).append(cast(float, number))
    return [math.fsum(column) / len(column) for column in grouped.values()]
