"""The rating of an area from the classes of its sections, by the method that the packs hold for the rule set.

Where the method wants fewer sections than a number to be rated by the mean of each item over them
(环办[2011]22号), the means are judged as one section's would be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

import pyarrow as pa

from clearbay import mine, packs
from clearbay.mine.frames import to_arrow
from clearbay.model.rule import Rule
from clearbay.model.standard import Grade, Standard

TREND_METHOD = "cn.2011-22"
"""The one method in the packs that says when a trend is significant."""


@dataclass(frozen=True, slots=True)
class Rating:
    """The grade of an area. ``by`` is ``shares`` of the classes, or ``item_means`` with fewer sections than wanted.

    ``grade`` is None where none of the method's conditions holds.
    """

    method: Rule
    grade: Grade | None
    by: str
    sections: int
    confidence: str


@dataclass(frozen=True, slots=True)
class Worded:
    """A change in words of the method: ``none``, ``some`` or ``marked``, and which way; how well the bands are
    sourced."""

    size: str
    way: str
    confidence: str


@cache
def method_of(family: str) -> Rule | None:
    """The rating that is made of the classes of a family of standards; None where the packs hold none."""
    for one in packs.rule_sets().values():
        if isinstance(one, Rule) and one.kind == "rating" and one.judges == family:
            return one
    return None


def default_target(standard: Standard) -> str | None:
    """The class that counts as good: the worst one of the method's own condition for a good area.

    For objectives it is attainment; for an index, which promises nothing, None.
    """
    if standard.kind == "attainment":
        return standard.grades[0].id
    method = method_of(standard.family)
    if method is None:
        return None
    for rule in _rules(method):
        if rule["grade"] == "good":
            return str(rule["any"][0][0]["of"][-1])
    return None


def rate(standard: Standard, grades: Sequence[int], items: Sequence[Mapping[str, Any]], lakes: bool) -> Rating | None:
    """The rating of sections with these grades and items; None without a method or without a section."""
    method = method_of(standard.family)
    if method is None or not grades:
        return None
    least = cast(int, method.parameters.get("min_sections", 0))
    confidence = str(method.parameters.get("parameters_confidence", method.confidence))
    if len(grades) < least:
        worst = _of_means(standard, items, lakes)
        named = cast(Mapping[str, str], method.parameters["class_grades"])
        found = None if worst is None else _grade(method, named[standard.grades[worst].id])
        return Rating(method, found, "item_means", len(grades), confidence)
    share = {
        one.id: 100.0 * sum(grade == index for grade in grades) / len(grades)
        for index, one in enumerate(standard.grades)
    }
    for rule in _rules(method):
        if any(all(_holds(condition, share) for condition in every) for every in rule["any"]):
            return Rating(method, _grade(method, rule["grade"]), "shares", len(grades), confidence)
    return Rating(method, None, "shares", len(grades), confidence)


def worded(standard: Standard, good: float | None, bad: float | None, steps: int | None) -> Worded | None:
    """A change as the method words it: for a section by its steps of grade (down is better), for an area by the
    change of the share of good classes less that of bad ones, in points of per cent."""
    method = method_of(standard.family)
    bands = method.parameters.get("change") if method else None
    if method is None or not isinstance(bands, Mapping):
        return None
    confidence = str(method.parameters.get("change_confidence", method.confidence))
    if steps is not None:
        size, limits = float(abs(steps)), bands["grade_steps"]
        way = "better" if steps < 0 else "worse" if steps > 0 else "same"
    elif good is not None and bad is not None:
        size, limits = abs(good - bad), bands["share_points"]
        way = "better" if good > bad else "worse" if good < bad else "same"
    else:
        return None
    # Shares are quotients: 13.333... - 3.333... must still count as ten points.
    word = next((name for name in ("none", "some") if size <= limits[name] + 1e-9), "marked")
    return Worded(word, way, confidence)


def critical() -> tuple[Mapping[int, float], str]:
    """Critical values of the rank correlation by the number of values, and how well they are sourced."""
    method = packs.rule(TREND_METHOD)
    asked = cast(Mapping[str, Any], method.parameters["trend"])
    table = {int(n): float(value) for n, value in asked["critical"].items() if int(n) >= int(asked["min_periods"])}
    return table, str(method.parameters.get("trend_confidence", method.confidence))


def main_count(standard: Standard) -> tuple[int, tuple[str, ...]]:
    """How many main pollutants are named, and which come first when exceeded."""
    method = method_of(standard.family)
    said = method.parameters.get("main_pollutants") if method else None
    if not isinstance(said, Mapping):
        return 3, ()
    return int(said["count"]), tuple(said["first"])


def _rules(method: Rule) -> Sequence[Mapping[str, Any]]:
    return cast(Sequence[Mapping[str, Any]], method.parameters["rules"])


def _grade(method: Rule, name: str) -> Grade:
    return next(one for one in method.grades if one.id == name)


def _holds(condition: Mapping[str, Any], share: Mapping[str, float]) -> bool:
    value = sum(share[name] for name in condition["of"])
    tests = {"ge": value >= condition.get("ge", 0) - 1e-9, "gt": value > condition.get("gt", 0) + 1e-9}
    tests |= {"le": value <= condition.get("le", 0) + 1e-9, "lt": value < condition.get("lt", 0) - 1e-9}
    return all(tests[op] for op in tests if op in condition)


def _of_means(standard: Standard, items: Sequence[Mapping[str, Any]], lakes: bool) -> int | None:
    values: dict[str, list[float]] = {}
    for item in items:
        values.setdefault(item["property"], []).append(item["value"])
    if not values:
        return None
    n = len(values)
    readings = pa.table(
        {
            "station": pa.repeat("", n),
            "property": list(values),
            "depth": pa.repeat("", n),
            "time": pa.array([datetime(2000, 6, 1)] * n, pa.timestamp("us")),
            "value": [sum(one) / len(one) for one in values.values()],
            "censoring": pa.repeat("", n),
        }
    )
    kind = "lake" if lakes else "river"
    graded = mine.period_items(readings, standard, offset=0, water_type=kind)
    return max(to_arrow(graded).column("grade").to_pylist(), default=None)
