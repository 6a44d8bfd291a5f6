"""What the method for a rule set says of an area: its rating, the words for a change, a trend, main pollutants.

The computing is ``clearbay.mine``'s; here it is found out which method applies and how well it is sourced.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pyarrow as pa

from clearbay import packs
from clearbay.mine import rating
from clearbay.mine.frames import to_arrow
from clearbay.mine.trend import Change, Trend, change_by_grade, change_by_shares, spearman
from clearbay.model.rule import Rule
from clearbay.model.standard import Grade, Standard

TREND_METHOD = "cn.2011-22"
"""The one method in the packs that says when a trend is significant; used for other rule sets by convention."""


@dataclass(frozen=True, slots=True)
class Rating:
    """The grade of an area. ``by`` is ``shares`` of the classes, or ``item_means`` with fewer sections than wanted.

    ``grade`` is None where the few sections have no item to average.
    """

    method: Rule
    grade: Grade | None
    by: str
    sections: int
    confidence: str


@cache
def method_of(family: str) -> Rule | None:
    """The rating that is made of the classes of a family of standards; None where the packs hold none."""
    for one in packs.rule_sets().values():
        if isinstance(one, Rule) and one.kind == "rating" and one.judges == family:
            return one
    return None


def default_target(standard: Standard) -> str | None:
    """The class that counts as good: the worst one in the method's own condition for a good area.

    For objectives it is attainment; for an index, which promises nothing, None.
    """
    if standard.kind == "attainment":
        return standard.grades[0].id
    method = method_of(standard.family)
    if method is None:
        return None
    for name, alternatives in rating.rating_rule(method).grades:
        if name == "good":
            return alternatives[0][0].of[-1]
    return None


def rate(standard: Standard, counts: Sequence[int], items: Sequence[Mapping[str, Any]]) -> Rating | None:
    """The rating of sections, ``counts`` of each class; None without a method or without a section.

    ``items`` (property and rounded value of each section) decide where the sections are few.
    """
    method, sections = method_of(standard.family), sum(counts)
    if method is None or not sections:
        return None
    confidence = str(method.parameters.get("parameters_confidence", method.confidence))
    by_name = {grade.id: count for grade, count in zip(standard.grades, counts, strict=True)}
    if sections >= rating.rating_rule(method).min_sections:
        return Rating(method, _grade(method, rating.rate(by_name, method)), "shares", sections, confidence)
    means = pa.table(
        {
            "area": pa.array([""] * len(items), pa.string()),
            "property": pa.array([item["property"] for item in items], pa.string()),
            "value": pa.array([item["rounded"] for item in items], pa.float64()),
            "censoring": pa.array([""] * len(items), pa.string()),
        }
    )
    found = to_arrow(rating.by_item_means(means, standard, method, by=["area"])).column("rating").to_pylist()
    return Rating(method, _grade(method, found[0]) if found else None, "item_means", sections, confidence)


def worded(
    standard: Standard, before: Mapping[str, int], here: Mapping[str, int], stations: Sequence[str]
) -> Change | None:
    """The change of these stations' grades as the method words it, by steps for one and by shares for several; None
    where it words none."""
    method = method_of(standard.family)
    if method is None or "change" not in method.parameters or not stations:
        return None
    names = [grade.id for grade in standard.grades]
    if len(stations) == 1:
        return change_by_grade(names[before[stations[0]]], names[here[stations[0]]], names, method)
    counted = [
        {name: sum(grades[one] == place for one in stations) for place, name in enumerate(names)}
        for grades in (before, here)
    ]
    return change_by_shares(counted[0], counted[1], method)


def trend(values: Sequence[float | None]) -> Trend:
    """The trend of the values that there are; a series that never changes has neither coefficient nor direction."""
    known = [one for one in values if one is not None]
    found = spearman(known, packs.rule(TREND_METHOD))
    if found.critical is not None and min(known) == max(known):
        return replace(found, coefficient=math.nan, direction="none")
    return found


def names_main(standard: Standard, target: str | None, area: Rating | None) -> tuple[int, tuple[str, ...]]:
    """How many main pollutants the method names, and which come first when exceeded; none for another target than its
    own, for an area rated good or better, for one rated by means, or where it names none at all."""
    method = method_of(standard.family)
    said = method.parameters.get("main_pollutants") if method else None
    if not isinstance(said, Mapping) or target != default_target(standard):
        return 0, ()
    if area is not None:
        words: Any = area.method.parameters.get("class_grades", {})
        met = {words.get(name) for name in said["none_in"]}
        if area.by != "shares" or area.grade is None or area.grade.id in met:
            return 0, ()
    return int(said["count"]), tuple(said["first"])


def _grade(method: Rule, name: str) -> Grade | None:
    return next((one for one in method.grades if one.id == name), None)
