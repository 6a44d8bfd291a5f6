"""Change of water quality between two periods, and the trend over several (环办[2011]22号).

Two periods are compared by the steps between their grades, or by the change of the share of good classes less that of
the worst one, in points of per cent. Several periods are compared by Spearman's rank correlation with time (the test of
Daniel) against the critical value for their number. The bands of the shares and the critical values are unverified:
every result carries the confidence that the pack states.

Ours: tied values share their mean rank; for a number of periods without a critical value in the pack nothing is called
significant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule
from clearbay.model.standard import Confidence

Direction = Literal["better", "worse", "same"]
Extent = Literal["none", "some", "marked"]


@dataclass(frozen=True, slots=True)
class Change:
    """How two periods differ: which way, by how much (steps of grade, or points of per cent), and in what word."""

    direction: Direction
    amount: float
    extent: Extent
    confidence: Confidence


def change_by_grade(before: str, after: str, grades: Sequence[str], rule: Rule) -> Change:
    """Change between two grades (or classes), given best first in ``grades``."""
    unknown = [name for name in (before, after) if name not in grades]
    if unknown:
        raise BadInput(f"no such grade: {', '.join(unknown)}", mend="one of " + ", ".join(grades))
    steps = list(grades).index(before) - list(grades).index(after)
    return _change(float(steps), _asked(rule, "change")["grade_steps"], rule)


def change_by_shares(before: Mapping[str, int], after: Mapping[str, int], rule: Rule) -> Change:
    """Change between two counts of sections by class: the gain of good classes less that of the worst, in points."""
    asked = _asked(rule, "change")
    gains = []
    for names in (asked["good"], asked["bad"]):
        shares = []
        for counts in (before, after):
            total = sum(counts.values())
            if not total:
                raise BadInput("a period has no section with a class", mend="compare periods that were assessed")
            shares.append(100.0 * sum(counts.get(name, 0) for name in names) / total)
        gains.append(shares[1] - shares[0])
    return _change(gains[0] - gains[1], asked["share_points"], rule)


def _change(amount: float, bands: Mapping[str, float], rule: Rule) -> Change:
    size, extent = abs(amount), "marked"
    for name, top in reversed(list(bands.items())):
        extent = name if size <= top else extent
    direction: Direction = "same" if extent == "none" else "better" if amount > 0 else "worse"
    confidence: Any = rule.parameters.get("change_confidence", "unverified")
    return Change(direction, amount, extent, confidence)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Trend:
    """A rank correlation with time: its coefficient, the number of periods, the critical value, and the verdict.

    ``direction`` is ``rising`` or ``falling`` where significant, ``none`` where not, ``unknown`` where there are too
    few periods, or no critical value for as many.
    """

    coefficient: float
    periods: int
    critical: float | None
    direction: Literal["rising", "falling", "none", "unknown"]
    confidence: Confidence


def spearman(values: Sequence[float], rule: Rule) -> Trend:
    """The trend of a series of periods in order: r = 1 - 6 * sum(d^2) / (N^3 - N), d the difference of the ranks.

    >>> from clearbay import packs
    >>> spearman([1.0, 2.0, 4.0, 3.0, 5.0, 6.0], packs.rule("cn.2011-22")).direction
    'rising'
    """
    asked = _asked(rule, "trend")
    confidence: Any = rule.parameters.get("trend_confidence", "unverified")
    numbers = np.asarray(values, dtype=np.float64)
    count = len(numbers)
    if count < 2 or not np.isfinite(numbers).all():
        return Trend(math.nan, count, None, "unknown", confidence)
    _, place, often = np.unique(numbers, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(often) - (often - 1) / 2.0)[place]
    apart = math.fsum((ranks - np.arange(1, count + 1)) ** 2)
    coefficient = 1.0 - 6.0 * apart / (count**3 - count)
    critical = asked["critical"].get(str(count)) if count >= asked["min_periods"] else None
    if critical is None:
        return Trend(coefficient, count, None, "unknown", confidence)
    significant = abs(coefficient) >= critical - 1e-12
    verdict: Any = ("rising" if coefficient > 0 else "falling") if significant else "none"
    return Trend(coefficient, count, float(critical), verdict, confidence)


def _asked(rule: Rule, name: str) -> Mapping[str, Any]:
    found = rule.parameters.get(name)
    if not isinstance(found, Mapping):
        raise BadInput(f"{rule.id} says nothing of {name}", where=rule.file, mend="use cn.2011-22")
    return found
