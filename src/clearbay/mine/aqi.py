"""The Air Quality Index of mainland China, hour by hour and day by day, under HJ 633-2012 or HJ 633-2026.

Each pollutant's concentration becomes a sub-index (IAQI) by straight lines between breakpoints, always rounded up; the
index (AQI) is the largest of them. What the versions do differently stands in their packs: breakpoints of particles,
rounding of the concentration first (2026), running or hourly means of particles, what happens beyond a table's end and
with an item missing. Each hour or day is judged by the version in force on its natural day.

Ours, where the texts are silent or were not read: beyond a table that names nothing else the sub-index is the last
level (500); a concentration below zero counts as zero; the largest hour of a day (ozone, 2012) asks for as many hours
as a daily mean; a running mean asks for as large a share of its hours as the daily one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from clearbay.mine import air_means
from clearbay.mine.air_means import Label
from clearbay.mine.frames import Frame
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.mine.rounding import round_gbt8170, round_half_even_array
from clearbay.mine.single_factor import class_name
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
    top = _top(version, table)
    return np.where(np.isnan(values), np.nan, np.where(values > points[-1], np.nan if top is None else top, index))


def aqi_hourly(
    data: object,
    rules: Sequence[Rule],
    *,
    offset: int = HONG_KONG_TIME,
    label: Label = "end",
    exempt: Sequence[str] = (),
    by_date: bool = True,
) -> Frame:
    """One row a station and hour with any pollutant: station, time, aqi, primary, grade, missing, standard, iaqi_*.

    ``data`` has hourly READINGS. ``aqi`` and ``grade`` are null where the version in force publishes none;
    ``missing`` names the properties without a sub-index, ``primary`` those with the largest, joined by ``;``. Items in
    ``exempt`` may be missing without harm (HJ 633-2026, 5.3.2). ``by_date=False`` takes one rule for all days.
    """
    versions = _versions(rules, by_date)
    hours = air_means.hourly(data, _codes(versions, "hourly"), offset=offset, label=label)
    results = []
    for version in versions:
        means = {"hour": hours}
        wanted = {item.averaging for item in version.items["hourly"]}
        if "running_8h" in wanted:
            means["running_8h"] = air_means.running(hours, 8, version.eight_hours)
        if "running_24h" in wanted:
            means["running_24h"] = air_means.running(hours, 24, version.day_hours)
        wide = _wide(means, version, "hourly", "time")
        # A running mean outlasts the readings it is made of: an hour without any reading has no index.
        there = hours.group_by("station", "time").agg(nw.len().alias("_there")).select("station", "time")
        wide = wide.join(there, on=["station", "time"], how="inner")  # type: ignore[arg-type]
        results.append(_index(_in_force(wide, version, by_date), version, "hourly", "time", exempt))
    return _together(results)


def aqi_daily(
    data: object,
    rules: Sequence[Rule],
    *,
    offset: int = HONG_KONG_TIME,
    label: Label = "end",
    exempt: Sequence[str] = (),
    by_date: bool = True,
) -> Frame:
    """One row a station and natural day, from hourly readings; columns as ``aqi_hourly``, ``time`` the day as text."""
    versions = _versions(rules, by_date)
    hours = air_means.hourly(data, _codes(versions, "daily"), offset=offset, label=label)
    results = []
    for version in versions:
        days = air_means.daily(hours, version.day_hours)
        means = {
            "day": days.select("station", "property", "day", "value"),
            "max_hour": days.select("station", "property", "day", nw.col("largest").alias("value")),
            "mda8": air_means.largest_of_8_hours(hours, version.eight_hours),
        }
        wide = _wide(means, version, "daily", "day")
        results.append(_index(_in_force(wide, version, by_date), version, "daily", "day", exempt))
    return _together(results)


def aqi_of_days(
    data: object, rules: Sequence[Rule], *, offset: int = HONG_KONG_TIME, exempt: Sequence[str] = (),
    by_date: bool = True,
) -> Frame:  # fmt: skip
    """As ``aqi_daily``, from readings that are daily values already: O3 the daily maximum of 8-hour means, others means.

    The largest hour of ozone, which HJ 633-2012 also looks at, is not in such data.
    """
    versions = _versions(rules, by_date)
    rows = air_means.hourly(data, _codes(versions, "daily"), offset=offset, label="start")
    rows = rows.with_columns(day=air_means.day_text())
    means = {name: rows.select("station", "property", "day", "value") for name in ("day", "mda8")}
    results = []
    for version in versions:
        wide = _in_force(_wide(means, version, "daily", "day"), version, by_date)
        results.append(_index(wide, version, "daily", "day", exempt))
    return _together(results)


def _versions(rules: Sequence[Rule], by_date: bool) -> list[AqiRule]:
    if not rules or (not by_date and len(rules) > 1):
        raise BadInput("give the versions of the index by date, or one for all days", mend="packs.rule('cn.hj633-2026')")
    return [aqi_rule(rule) for rule in rules]


def _codes(versions: Sequence[AqiRule], report: Report) -> list[str]:
    return sorted({code for version in versions for code in version.properties(report)})


def _together(results: list[Frame]) -> Frame:
    together: Frame = nw.concat(results)  # type: ignore[type-var]
    return together


def _wide(means: Mapping[str, Frame], version: AqiRule, report: Report, key: str) -> Frame:
    """One row a station and hour or day: the concentration of each item of the version in ``_c0``, ``_c1``, …"""
    names = [f"_c{i}" for i in range(len(version.items[report]))]
    parts = []
    for averaging, frame in means.items():
        columns = {}
        for name, item in zip(names, version.items[report], strict=True):
            here = (nw.col("property") == item.property) if item.averaging == averaging else nw.lit(False)
            columns[name] = nw.when(here).then(nw.col("value"))
        day = air_means.day_text() if key == "time" else nw.col("day")
        parts.append(frame.with_columns(_day=day).select("station", key, "_day", **columns))
    stacked: Frame = nw.concat(parts)  # type: ignore[type-var]
    wide = stacked.group_by("station", key, "_day").agg(*[nw.col(name).max() for name in names])
    return wide.filter(~nw.all_horizontal(*[nw.col(name).is_null() for name in names], ignore_nulls=True))


def _in_force(wide: Frame, version: AqiRule, by_date: bool) -> Frame:
    if not by_date:
        return wide
    begun = wide.filter(nw.col("_day") >= version.begins.isoformat())
    return begun.filter(nw.col("_day") <= version.ends.isoformat()) if version.ends else begun


def _index(wide: Frame, version: AqiRule, report: Report, key: str, exempt: Sequence[str]) -> Frame:
    items, codes = version.items[report], version.properties(report)
    tables = {item.table: f"_c{i}" for i, item in enumerate(items)}
    columns = {f"_i{i}": _line(version, item, f"_c{i}", tables) for i, item in enumerate(items)}
    rows = wide.with_columns(**columns)
    parts = {code: [f"_i{i}" for i, item in enumerate(items) if item.property == code] for code in codes}
    names = {code: f"iaqi_{code}" for code in codes}
    rows = rows.with_columns(**{names[code]: nw.max_horizontal(*parts[code]) for code in codes})
    rows = rows.with_columns(_aqi=nw.max_horizontal(*names.values()))
    lacking = [nw.when(nw.col(names[code]).is_null()).then(nw.lit(code)) for code in codes if code not in exempt]
    rows = rows.with_columns(missing=nw.concat_str(lacking, separator=";", ignore_nulls=True))
    published = nw.col("_aqi")
    if version.needs_all_below is not None:
        whole = (nw.col("missing") == "") | (nw.col("_aqi") > version.needs_all_below)
        published = nw.when(whole).then(nw.col("_aqi"))
    rows = rows.with_columns(_aqi=published)
    rows = rows.with_columns(_grade=_grade(version))
    largest = [
        nw.when((nw.col(names[code]) == nw.col("_aqi")) & (nw.col("_aqi") > version.primary_above)).then(nw.lit(code))
        for code in codes
    ]
    grade = nw.when(~nw.col("_aqi").is_null()).then(class_name("_grade", list(version.tops)))
    return rows.select(
        "station",
        nw.col(key).alias("time"),
        nw.col("_aqi").cast(nw.Int64).alias("aqi"),
        nw.concat_str(largest, separator=";", ignore_nulls=True).alias("primary"),
        grade.alias("grade"),
        "missing",
        nw.lit(version.id).alias("standard"),
        *[nw.col(names[code]).cast(nw.Int64) if code in names else nw.lit(None) for code in codes],
    )


def _line(version: AqiRule, item: IndexItem, column: str, tables: Mapping[str, str]) -> nw.Expr:
    """The sub-index of the concentration in ``column``: straight lines between breakpoints, rounded up."""
    value = nw.when(nw.col(column) < 0).then(nw.lit(0.0)).otherwise(nw.col(column))
    if item.property in version.decimals:
        value = round_gbt8170(value, version.decimals[item.property])
    points, levels, top = version.tables[item.table], version.levels, _top(version, item.table)
    index = nw.when(value > points[-1]).then(nw.lit(top, dtype=nw.Float64))
    for i in reversed(range(len(points) - 1)):
        slope = (levels[i + 1] - levels[i]) / (points[i + 1] - points[i])
        exact = (value - points[i]) * slope + levels[i]
        index = nw.when(value <= points[i + 1]).then(-(UPWARD - exact).floor()).otherwise(index)
    if item.instead_of:
        other = nw.col(tables[item.instead_of])
        index = nw.when(other > version.tables[item.instead_of][-1]).then(index)
    return index


def _top(version: AqiRule, table: str) -> float | None:
    return version.beyond.get(table, version.levels[-1]) if table in version.beyond else version.levels[-1]


def _grade(version: AqiRule) -> nw.Expr:
    grade = nw.lit(len(version.tops) - 1)
    for position, top in reversed(list(enumerate(version.tops.values()))):
        grade = nw.when(nw.col("_aqi") <= top).then(nw.lit(position)).otherwise(grade)
    return grade
