"""Where a target stands: the value computed from what was measured, and whether that shows that it is reached.

What the data cannot show is not claimed: a count over fewer places than the target speaks of may refute it, never
prove it, and without data there is no value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clearbay.mine.limits import SLACK
from clearbay.model.errors import BadInput
from clearbay.model.target import Target

Verdict = Literal["reached", "not_reached", "open", "no_data"]
"""``open``: the value would do, but too few of the places were measured to say so."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A target with its value (None without data), the number of stations or places behind it, and the verdict.

    ``distance`` is what is still lacking, in the target's own unit: zero or less where the value suffices.
    """

    target: str
    value: float | None
    count: int
    verdict: Verdict
    distance: float | None


def standing_of_mean(target: Target, means: Mapping[str, float]) -> Standing:
    """Of a target on an annual mean, from the annual means of an area's stations in the target's unit.

    The area's value is the mean over its stations (ours, where the target does not say).
    """
    if target.measured != "annual_mean":
        raise BadInput(f"{target.id} is not measured by a mean", mend="use standing_of_grades")
    known = [value for value in means.values() if not math.isnan(value)]
    value = math.fsum(known) / len(known) if known else None
    return _standing(target, value, len(known))


def standing_of_grades(target: Target, grades: Mapping[str, str]) -> Standing:
    """Of a target on a count or share of grades, from the grade of each place (empty: not assessed)."""
    if target.measured == "annual_mean":
        raise BadInput(f"{target.id} is measured by a mean", mend="use standing_of_mean")
    known = [grade for grade in grades.values() if grade]
    hits = sum(grade in target.grades for grade in known)
    if not known:
        return _standing(target, None, 0)
    share = target.measured == "share_of_grades"
    return _standing(target, 100.0 * hits / len(known) if share else float(hits), len(known))


def _standing(target: Target, value: float | None, count: int) -> Standing:
    if value is None:
        return Standing(target.id, None, count, "no_data", None)
    distance = value - target.limit if target.op == "le" else target.limit - value
    suffices = distance <= abs(target.limit) * SLACK
    whole = target.places is None or count >= target.places
    verdict: Verdict = "reached" if suffices and whole else "open" if suffices else "not_reached"
    # A share of few places may still rise or fall; a count of the worst can only grow with more of them.
    if not suffices and not whole and not (target.measured == "count_of_grade" and target.op == "le"):
        verdict = "open"
    return Standing(target.id, value, count, verdict, distance)
