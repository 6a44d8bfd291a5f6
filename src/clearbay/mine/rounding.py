"""Rounding as GB/T 8170 demands it: half to even, on the number as a person writes it.

A binary double is not the number that was measured: 2.675 is stored as 2.67499…, so the machine's own rounding gives
2.67 where the rule gives 2.68. Here a value counts as a tie when it lies within a few units in the last place of one.
The three forms (number, array, column expression) do the same arithmetic and agree to the last bit. They are exact for
any number of up to 15 significant digits, the most that a double carries faithfully and more than any laboratory
reports; noise that a mean leaves in the sixteenth digit does not turn a tie.
"""

from __future__ import annotations

import math

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

TIE = 4.5e-16
"""How near to a tie counts as one, relative to the scaled value.

Storing the value and scaling it each cost at most 1.1e-16 (half a unit in the last place); two different numbers
of 15 digits are at least 1e-15 apart. Between the two lies room for exactly this.
"""

SUM_TIE = 1e-12
"""The same for a mean of many values: each addition may cost another 1.1e-16, and engines add in their own order, even
from run to run. Means of n values of three decimals that are no tie lie at least 1e-4/n from one."""

WHOLE = 1e14
"""From here on, once scaled, a number of 15 digits has no digit left to round away; scaling it would only add noise."""


def round_half_even(value: float, decimals: int = 0) -> float:
    """``value`` rounded to ``decimals`` places (negative: to tens, hundreds, …), a five to the even neighbour.

    >>> round_half_even(2.675, 2), round_half_even(0.125, 2), round_half_even(0.015, 2), round_half_even(2.5)
    (2.68, 0.12, 0.02, 2.0)

    NaN and infinities come back unchanged.
    """
    if not math.isfinite(value):
        return value
    scale = 10.0 ** abs(decimals)
    scaled = value * scale if decimals >= 0 else value / scale
    if abs(scaled) >= WHOLE:
        return value
    below = math.floor(scaled)
    beyond = scaled - below - 0.5
    if abs(beyond) <= TIE * abs(scaled):
        whole = float(below + below % 2)
    else:
        whole = float(below) if beyond < 0 else float(below + 1)
    return whole / scale if decimals >= 0 else whole * scale


def round_half_even_array(values: NDArray[np.float64], decimals: int = 0) -> NDArray[np.float64]:
    """``round_half_even`` of every element; NaN and infinities stay."""
    scale = 10.0 ** abs(decimals)
    scaled = values * scale if decimals >= 0 else values / scale
    with np.errstate(invalid="ignore"):
        below = np.floor(scaled)
        beyond = scaled - below - 0.5
        tie = np.abs(beyond) <= TIE * np.abs(scaled)
        whole = np.where(tie, below + np.mod(below, 2.0), np.where(beyond < 0, below, below + 1.0))
        rounded = whole / scale if decimals >= 0 else whole * scale
    return np.where(np.abs(scaled) < WHOLE, rounded, values)


def round_gbt8170(value: nw.Expr, decimals: int = 0) -> nw.Expr:
    """``round_half_even`` of a column expression, on any engine; null stays null."""
    if decimals >= 0:
        # A divisor that is a column: Polars turns division by a constant into multiplication, one digit too many.
        return round_to_scale(value, value * 0.0 + 10.0**decimals)
    tens = 10.0**-decimals
    return round_to_scale(value / (value * 0.0 + tens), value * 0.0 + 1.0) * tens


def round_to_scale(value: nw.Expr, scale: nw.Expr, tie: float = TIE) -> nw.Expr:
    """Rounded to the decimals that ``scale`` says, row by row: 1 for whole numbers, 10 for one decimal, and so on.

    ``scale`` is a column, not a constant (see ``round_gbt8170``); ``tie`` is how near to a tie counts as one.
    """
    scaled = value * scale
    below = scaled.floor()
    beyond = scaled - below - 0.5
    odd = below - (below / 2.0).floor() * 2.0
    tied = beyond.abs() <= scaled.abs() * tie
    whole = below + nw.when(tied).then(odd).otherwise(nw.when(beyond < 0).then(0.0).otherwise(1.0))
    return nw.when(scaled.abs() < WHOLE).then(whole / scale).otherwise(value)
