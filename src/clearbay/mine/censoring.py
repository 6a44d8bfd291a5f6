"""What a censored value stands for: one number to reckon with, and the two ends it may lie between.

``<L`` lies in [0, L), ``>U`` above U. In a statistic ``<L`` counts as L/2 (环办监测函[2020]82号 clause 7, one source);
``>U`` counts as U, the least that was stated (clearbay's own convention), but just above U where a single sample is
judged, so that it breaks an upper limit of U as it must. Each function gives three columns: ``_at`` (the number),
``_low`` and ``_high`` (the ends). A value that is not censored is all three.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw

from clearbay.mine.limits import SLACK

ENDS = ("_at", "_low", "_high")
"""The number that counts, and the least and the most it could be."""

FAR = 1e300
"""An upper end for ``>U``: beyond every limit, yet a sum of many thousands stays finite."""

NOTHING = 2e-300
"""A lower end below this: nothing was found, every value behind the number is below its detection limit (a geometric
mean of such lower ends is 1e-300, not zero)."""

HALF_A_COUNT = 0.5
"""What a reported count of zero enters a geometric mean as, since it has no logarithm (ours: the same as ``<1``)."""


def single_ends() -> dict[str, nw.Expr]:
    """The three columns of one sample's value."""
    return _ends(above=nw.col("value") * (1 + 2 * SLACK))


def mean_ends() -> dict[str, nw.Expr]:
    """The three columns of a value that enters a mean."""
    return _ends(above=nw.col("value"))


def summed_ends(total: str, count: str) -> dict[str, nw.Expr]:
    """``mean_ends`` of many values at once that share their censoring: from their sum and their number."""
    summed, censoring = nw.col(total), nw.col("censoring")
    below_limit, above_limit = censoring == "<", censoring == ">"
    return {
        "_at": nw.when(below_limit).then(summed * 0.5).otherwise(summed),
        "_low": nw.when(below_limit).then(nw.lit(0.0)).otherwise(summed),
        "_high": nw.when(below_limit)
        .then(summed * (1 - 2 * SLACK))
        .otherwise(nw.when(above_limit).then(nw.col(count) * nw.lit(FAR)).otherwise(summed)),
    }


def _ends(above: nw.Expr) -> dict[str, nw.Expr]:
    value, censoring = nw.col("value"), nw.col("censoring")
    below_limit, above_limit = censoring == "<", censoring == ">"

    def choose(under: nw.Expr, over: nw.Expr) -> nw.Expr:
        return nw.when(below_limit).then(under).otherwise(nw.when(above_limit).then(over).otherwise(value))

    return {
        "_at": choose(value * 0.5, above),
        "_low": choose(nw.lit(0.0), above),
        "_high": choose(value * (1 - 2 * SLACK), nw.lit(FAR)),
    }


def censored_mark() -> nw.Expr:
    """1 for a censored value, 0 for any other."""
    return nw.when(nw.col("censoring") == "").then(0).otherwise(1)


def logarithms(ends: dict[str, nw.Expr]) -> dict[str, nw.Expr]:
    """Natural logarithms of the three columns; zero as ``HALF_A_COUNT`` says.

    The lower end of a censored value is no reported zero: its logarithm lies far down.
    """
    return {name: _logarithm(value, 1 / FAR if name == "_low" else HALF_A_COUNT) for name, value in ends.items()}


def _logarithm(value: nw.Expr, floor: float) -> nw.Expr:
    return nw.when(value > 0).then(value).otherwise(nw.lit(floor)).log()
