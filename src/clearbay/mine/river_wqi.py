"""Hong Kong's river Water Quality Index: oxygen, BOD5 and ammonia give 1 to 5 points each (best 1), summed to 3 to 15.

That much stands on two sources; every cut-point and band is unverified. A sample has an index when all three items
were measured; that of a period is the mean of its samples' sums, rounded to the decimals of the bands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import mean_ends
from clearbay.mine.formula import bands_of
from clearbay.mine.frames import Frame, frame_of, need, usable
from clearbay.mine.limits import SLACK, UNBOUNDED
from clearbay.mine.rounding import round_gbt8170, round_half_even
from clearbay.mine.single_factor import class_name
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule


@dataclass(frozen=True, slots=True)
class Scored:
    """One item: decimals to which its value is rounded, and for each score the ranges that earn it."""

    property: str
    decimals: int
    scores: tuple[tuple[int, tuple[tuple[float, float], ...]], ...]


def scored_items(rule: Rule) -> tuple[Scored, ...]:
    """The items of a rule of kind ``scores``; BadInput for another."""
    if rule.kind != "scores":
        raise BadInput(f"{rule.id} gives no points ({rule.kind})", mend="use hk.river-wqi")
    given: Any = rule.parameters["items"]
    return tuple(
        Scored(
            str(one["property"]),
            int(one["decimals"]),
            tuple(
                (int(score), tuple((_end(low, -math.inf), _end(high, math.inf)) for low, high in ranges))
                for score, ranges in one["scores"].items()
            ),
        )
        for one in given
    )


def _end(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def points(value: float, item: Scored) -> int | None:
    """The points of one value; None where the table has no range for it.

    >>> from clearbay import packs
    >>> [points(value, scored_items(packs.rule("hk.river-wqi"))[0]) for value in (100, 85, 60, 40, 10, 140)]
    [1, 2, 3, 4, 5, 5]
    """
    rounded = round_half_even(value, item.decimals)
    for score, ranges in item.scores:
        if any(low <= rounded <= high for low, high in ranges):
            return score
    return None


def river_wqi(values: Mapping[str, float], rule: Rule) -> tuple[int | None, str]:
    """(sum of points, grade) of one sample from DO_sat (%), BOD5 and NH3N (mg/L); (None, empty) without all three."""
    found = [points(values[item.property], item) for item in scored_items(rule) if item.property in values]
    if len(found) < len(scored_items(rule)) or None in found:
        return None, ""
    total = sum(one for one in found if one is not None)
    return total, _grade_at(float(total), rule)


def _grade_at(mean: float, rule: Rule) -> str:
    bands, last = bands_of(rule)
    for name, _, top in bands:
        if mean <= top * (1 + SLACK):
            return name
    return last


def river_wqi_samples(data: object, rule: Rule, *, keys: Sequence[str] = ("station", "time")) -> Frame:
    """One row a sample with all three items: ``keys``, wqi (sum of points), grade, points of each item by its code."""
    items = scored_items(rule)
    frame = usable(frame_of(data))
    need(frame, [*keys, "property", "value", "censoring"], "the table")
    rows = frame.filter(nw.col("property").is_in([item.property for item in items])).with_columns(**mean_ends())
    means = rows.group_by(*keys, "property").agg(nw.col("_at").mean())
    names = [f"points_{item.property}" for item in items]
    scored = {
        name: nw.when(nw.col("property") == item.property).then(_points(item))
        for name, item in zip(names, items, strict=True)
    }
    wide = means.with_columns(**scored).group_by(*keys).agg(*[nw.col(name).max() for name in names])
    whole = wide.filter(~nw.any_horizontal(*[nw.col(name).is_null() for name in names], ignore_nulls=False))
    summed = whole.with_columns(wqi=nw.sum_horizontal(*names).cast(nw.Int64))
    return _graded(summed, rule, "wqi").select(*keys, "wqi", "grade", *[nw.col(name).cast(nw.Int64) for name in names])


def river_wqi_means(samples: object, rule: Rule, *, by: Sequence[str]) -> Frame:
    """The index of groups of samples (``river_wqi_samples`` with the columns ``by``): ``by``, wqi (mean), grade, n."""
    frame = frame_of(samples)
    need(frame, [*by, "wqi"], "the table of indices")
    decimals = int(str(rule.parameters.get("decimals", 1)))
    means = frame.group_by(*by).agg(nw.col("wqi").mean(), n=nw.len())
    rounded = means.with_columns(wqi=round_gbt8170(nw.col("wqi"), decimals), n=nw.col("n").cast(nw.Int64))
    return _graded(rounded, rule, "wqi").select(*by, "wqi", "grade", "n")


def _points(item: Scored) -> nw.Expr:
    value = round_gbt8170(nw.col("_at"), item.decimals)
    score: nw.Expr = nw.lit(None, dtype=nw.Int64)
    for number, ranges in item.scores:
        for low, high in ranges:
            # An open end compares with a number beyond every measurement: a literal would not be a column everywhere.
            inside = (value >= max(low, -UNBOUNDED)) & (value <= min(high, UNBOUNDED))
            score = nw.when(inside).then(nw.lit(number)).otherwise(score)
    return score


def _graded(frame: Frame, rule: Rule, column: str) -> Frame:
    bands, last = bands_of(rule)
    place: nw.Expr = nw.lit(len(bands))
    for position, (_, _, top) in reversed(list(enumerate(bands))):
        place = nw.when(nw.col(column) <= top * (1 + SLACK)).then(position).otherwise(place)
    return frame.with_columns(_place=place).with_columns(
        grade=class_name("_place", [*(band[0] for band in bands), last])
    )
