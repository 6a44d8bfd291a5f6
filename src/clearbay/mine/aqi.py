"""The Air Quality Index of mainland China, hour by hour and day by day, under HJ 633-2012 or HJ 633-2026.

Each pollutant's concentration becomes a sub-index (``iaqi``); the index is the largest of them. What the versions do
differently stands in their packs: breakpoints of particles, rounding of the concentration first (2026), running or
hourly means of particles, what happens beyond a table's end and with an item missing. Each hour or day is judged by
the version in force on its natural day.

Ours, where the texts are silent or were not read: the largest hour of a day (ozone, 2012) asks for as many hours as a
daily mean, and so does a running mean of 24 hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw

from clearbay.mine import air_means
from clearbay.mine.air_means import Label
from clearbay.mine.frames import Frame, largest
from clearbay.mine.iaqi import AqiRule, Report, aqi_rule, grade, line, rounded
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.mine.single_factor import class_name
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule


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
        for averaging, length, least in (
            ("running_8h", 8, version.eight_hours),
            ("running_24h", 24, version.day_hours),
        ):
            if codes := version.by("hourly", averaging):
                means[averaging] = air_means.running(hours.filter(nw.col("property").is_in(codes)), length, least)
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
            "mda8": air_means.largest_of_8_hours(
                hours.filter(nw.col("property").is_in(version.by("daily", "mda8"))), version.eight_hours
            ),
        }
        wide = _wide(means, version, "daily", "day")
        results.append(_index(_in_force(wide, version, by_date), version, "daily", "day", exempt))
    return _together(results)


def aqi_of_days(
    data: object, rules: Sequence[Rule], *, offset: int = HONG_KONG_TIME, exempt: Sequence[str] = (),
    by_date: bool = True,
) -> Frame:  # fmt: skip
    """As ``aqi_daily``, from readings that are daily values already: O3 the day's largest 8-hour mean, others means.

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
        raise BadInput("give the versions of the index, or one for all days", mend="packs.rule('cn.hj633-2026')")
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
            here = nw.when(nw.col("property") == item.property).then(nw.col("value"))
            columns[name] = here if item.averaging == averaging else nw.lit(None, dtype=nw.Float64)
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
    rows = wide.with_columns(**{f"_c{i}": rounded(version, item, f"_c{i}") for i, item in enumerate(items)})
    tables = {item.table: f"_c{i}" for i, item in enumerate(items)} | {"": ""}
    rows = rows.with_columns(
        **{f"_i{i}": line(version, item, f"_c{i}", tables[item.instead_of]) for i, item in enumerate(items)}
    )
    parts = {code: [f"_i{i}" for i, item in enumerate(items) if item.property == code] for code in codes}
    names = {code: f"iaqi_{code}" for code in codes}
    rows = rows.with_columns(**{names[code]: largest(*parts[code]) for code in codes})
    rows = rows.with_columns(_aqi=largest(*names.values()))
    lacking = [nw.when(nw.col(names[code]).is_null()).then(nw.lit(code)) for code in codes if code not in exempt]
    rows = rows.with_columns(missing=nw.concat_str(lacking, separator=";", ignore_nulls=True))
    published = nw.col("_aqi")
    if version.needs_all_below is not None:
        whole = (nw.col("missing") == "") | (nw.col("_aqi") > version.needs_all_below)
        published = nw.when(whole).then(nw.col("_aqi"))
    rows = rows.with_columns(_aqi=published)
    rows = rows.with_columns(_grade=grade(version, "_aqi"))
    leading = [
        nw.when((nw.col(names[code]) == nw.col("_aqi")) & (nw.col("_aqi") > version.primary_above)).then(nw.lit(code))
        for code in codes
    ]
    named = nw.when(~nw.col("_aqi").is_null()).then(class_name("_grade", list(version.tops)))
    return rows.select(
        "station",
        nw.col(key).alias("time"),
        nw.col("_aqi").cast(nw.Int64).alias("aqi"),
        nw.concat_str(leading, separator=";", ignore_nulls=True).alias("primary"),
        named.alias("grade"),
        "missing",
        nw.lit(version.id).alias("standard"),
        *[nw.col(names[code]).cast(nw.Int64) for code in sorted(codes)],
    )
