"""Sub-indices of the Air Quality Index (IAQI): what a version of HJ 633 says, and a concentration read off its tables.

A sub-index lies on straight lines between breakpoints and is always rounded up. Ours, where the texts are silent:
beyond a table that names nothing else the sub-index is the last level (500); a concentration below zero counts as zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from clearbay.mine import air_means
from clearbay.mine.rounding import round_gbt8170, round_half_even_array
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule

Report: TypeAlias = Literal["hourly", "daily"]

UPWARD = 1e-9
"""How far above a whole number a sub-index may lie and still be that number: lines through exact breakpoints leave
noise in the fifteenth digit, which rounding up would turn into a whole point."""


@dataclass(frozen=True, slots=True)
class IndexItem:
    """One column of the index: a property's mean over ``averaging``, read off ``table``; ``instead_of`` as the pack."""

    property: str
    averaging: str
    table: str
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class AqiRule:
    """One version of the index: what ``Rule.parameters`` says, checked."""

    id: str
    begins: date
    ends: date | None
    levels: tuple[float, ...]
    tables: Mapping[str, tuple[float, ...]]
    beyond: Mapping[str, float | None]
    items: Mapping[str, tuple[IndexItem, ...]]
    decimals: Mapping[str, int]
    tops: Mapping[str, float]
    needs_all_below: float | None
    primary_above: float
    day_hours: int
    eight_hours: int

    def properties(self, report: Report) -> tuple[str, ...]:
        """Property codes of a report, in the rule's order."""
        return tuple(dict.fromkeys(item.property for item in self.items[report]))

    def by(self, report: Report, averaging: str) -> list[str]:
        """Property codes that enter a report by one kind of mean."""
        return [item.property for item in self.items[report] if item.averaging == averaging]


def aqi_rule(rule: Rule) -> AqiRule:
    """The version that a rule of kind ``air_index`` holds; BadInput for any other."""
    if rule.kind != "air_index":
        raise BadInput(f"{rule.id} is no air quality index ({rule.kind})", mend="use cn.hj633-2012 or cn.hj633-2026")
    given: Mapping[str, Any] = rule.parameters
    day_hours, eight_hours = air_means.needed_hours(given.get("validity", {}))
    return AqiRule(
        id=rule.id,
        begins=rule.in_force_from,
        ends=rule.in_force_to,
        levels=tuple(map(float, given["levels"])),
        tables={name: tuple(float(v) for v in row if v is not None) for name, row in given["breakpoints"].items()},
        beyond=given.get("beyond", {}),
        items={report: tuple(IndexItem(**item) for item in given[report]) for report in ("hourly", "daily")},
        decimals=given.get("decimals", {}),
        tops=given["index_max"],
        needs_all_below=100.0 if given["missing"] == "rest_above_100" else None,
        primary_above=float(given["primary_above"]),
        day_hours=day_hours,
        eight_hours=eight_hours,
    )


def sub_index(concentrations: Sequence[float] | NDArray[np.float64], table: str, rule: Rule) -> NDArray[np.float64]:
    """Sub-indices of concentrations (ug/m3, CO mg/m3) by one table of a version; NaN where the rule gives none.

    ``table`` is a name of the pack's breakpoints, such as ``PM2_5_day``.
    """
    version = aqi_rule(rule)
    if table not in version.tables:
        raise BadInput(f"{rule.id} has no breakpoints {table}", mend="one of " + ", ".join(version.tables))
    values = np.maximum(np.asarray(concentrations, dtype=np.float64), 0.0)
    code = next((item.property for items in version.items.values() for item in items if item.table == table), "")
    if code in version.decimals:
        values = round_half_even_array(values, version.decimals[code])
    points = version.tables[table]
    index = np.ceil(np.interp(values, points, version.levels[: len(points)]) - UPWARD)
    top = top_of(version, table)
    return np.where(np.isnan(values), np.nan, np.where(values > points[-1], np.nan if top is None else top, index))


@dataclass(frozen=True, slots=True)
class Index:
    """One index with its arithmetic: ``aqi`` (None where none is published), sub-indices by table, what is missing."""

    aqi: int | None
    primary: tuple[str, ...]
    missing: tuple[str, ...]
    sub_indices: Mapping[str, int]


def index_of(means: Mapping[str, float], rule: Rule, report: Report, *, exempt: Sequence[str] = ()) -> Index:
    """The index of one hour or day from means by table (``PM2_5_day``): the arithmetic of one row, for explanations.

    >>> from clearbay import packs
    >>> index_of({"O3_8h": 160, "PM2_5_day": 60}, packs.rule("cn.hj633-2026"), "daily").missing
    ('SO2', 'NO2', 'CO', 'PM10')
    """
    version = aqi_rule(rule)
    found: dict[str, int] = {}
    for item in version.items[report]:
        beyond = not item.instead_of or means.get(item.instead_of, 0.0) > version.tables[item.instead_of][-1]
        if item.table in means and beyond:
            value = float(sub_index([means[item.table]], item.table, rule)[0])
            found |= {} if math.isnan(value) else {item.table: int(value)}
    best: dict[str, int] = {}
    for item in version.items[report]:
        if item.table in found:
            best[item.property] = max(best.get(item.property, 0), found[item.table])
    codes = version.properties(report)
    missing = tuple(code for code in codes if code not in best and code not in exempt)
    aqi = max(best.values(), default=None)
    if aqi is not None and missing and version.needs_all_below is not None and aqi <= version.needs_all_below:
        aqi = None
    primary = tuple(code for code in codes if aqi is not None and aqi > version.primary_above and best.get(code) == aqi)
    return Index(aqi, primary, missing, found)


def rounded(version: AqiRule, item: IndexItem, column: str) -> nw.Expr:
    """The concentration in ``column`` as it enters the table: not below zero, rounded where the version says so."""
    value = nw.when(nw.col(column) < 0).then(nw.lit(0.0)).otherwise(nw.col(column))
    return round_gbt8170(value, version.decimals[item.property]) if item.property in version.decimals else value


def line(version: AqiRule, item: IndexItem, column: str, beyond: str = "") -> nw.Expr:
    """The sub-index of the rounded concentration in ``column``: straight lines between breakpoints, rounded up.

    ``beyond`` is the column of the concentration that the item stands in for where that one is beyond its table.
    """
    value = nw.col(column)
    points, levels = version.tables[item.table], version.levels
    # Which straight: its lower end, its level there and its slope; then one line for all of them.
    low, level, slope = (nw.lit(0.0), nw.lit(0.0), nw.lit(0.0))
    for i in reversed(range(len(points) - 1)):
        here = value <= points[i + 1]
        low = nw.when(here).then(nw.lit(points[i])).otherwise(low)
        level = nw.when(here).then(nw.lit(levels[i])).otherwise(level)
        steep = (levels[i + 1] - levels[i]) / (points[i + 1] - points[i])
        slope = nw.when(here).then(nw.lit(steep)).otherwise(slope)
    index = -(UPWARD - ((value - low) * slope + level)).floor()
    top = nw.lit(top_of(version, item.table), dtype=nw.Float64)
    index = nw.when(value > points[-1]).then(top).otherwise(index)
    return nw.when(nw.col(beyond) > version.tables[item.instead_of][-1]).then(index) if beyond else index


def top_of(version: AqiRule, table: str) -> float | None:
    """The sub-index beyond a table's last breakpoint; None where there is none."""
    return version.beyond.get(table, version.levels[-1]) if table in version.beyond else version.levels[-1]


def grade(version: AqiRule, column: str) -> nw.Expr:
    """The position of the grade that the index in ``column`` falls into."""
    position: nw.Expr = nw.lit(len(version.tops) - 1)
    for place, top in reversed(list(enumerate(version.tops.values()))):
        position = nw.when(nw.col(column) <= top).then(nw.lit(place)).otherwise(position)
    return position
