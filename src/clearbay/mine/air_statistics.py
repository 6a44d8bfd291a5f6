"""A year of air: means, percentiles and completeness under HJ 663, exceedances under Hong Kong's objectives.

From hourly readings to daily values (``daily_values``), from those to the year (``year_statistics``). A year attains a
grade of GB 3095 by its annual mean against the annual limit and by a percentile of its daily values against the daily
one, CO and O3 by the percentile alone; O3 goes by the daily maximum of 8-hour means. The daily values are worked out
on the engine that holds the readings; the year, a few hundred numbers a station, in NumPy.

Ours: percentiles and means are those of the valid days at hand, and ``valid`` says whether these are enough (GB 3095,
table 4), for O3 and CO too; exceptional events are not taken out, since their rules were not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clearbay.mine import air_means, validity
from clearbay.mine.air_means import Label
from clearbay.mine.frames import Frame, frame_of, to_arrow
from clearbay.mine.limits import SLACK
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.mine.rounding import round_half_even
from clearbay.model.errors import BadInput
from clearbay.model.rule import Limit, Rule

USUAL_HOURS = (20, 6)
"""Hours of a day and of eight that a mean asks for where the rule names none (Hong Kong): those of GB 3095-2026."""


def daily_values(data: object, rule: Rule, *, offset: int = HONG_KONG_TIME, label: Label = "end") -> Frame:
    """One row a station, property and valid natural day: station, property, day (text), value.

    ``rule`` is of kind ``statistics``: it says which property goes by its mean and which by its largest 8-hour mean.
    """
    kinds = _mapping(rule, "daily")
    day_hours, eight_hours = air_means.needed_hours(_mapping(rule, "validity"))
    hours = air_means.hourly(data, sorted(kinds), offset=offset, label=label)
    by_mean = [code for code, kind in kinds.items() if kind == "day"]
    by_largest = [code for code, kind in kinds.items() if kind == "mda8"]
    columns = ("station", "property", "day", "value")
    parts = [
        air_means.daily(hours.filter(nw.col("property").is_in(by_mean)), day_hours).select(*columns),
        air_means.largest_of_8_hours(hours.filter(nw.col("property").is_in(by_largest)), eight_hours).select(*columns),
    ]
    together: Frame = nw.concat(parts)  # type: ignore[type-var]
    return together


def percentiles(values: NDArray[np.float64], starts: NDArray[np.int64], per_cent: NDArray[np.float64]) -> Any:
    """The percentile of each group of ascending values; ``starts`` are the positions at which groups begin.

    Ranks run k = 1 + (n - 1) p, between two of them by proportion (HJ 663 as restated, unverified).
    """
    ends = np.append(starts[1:], len(values))
    rank = (ends - starts - 1) * per_cent / 100.0
    below = np.floor(rank + SLACK).astype(np.int64)
    above = np.minimum(below + 1, ends - starts - 1)
    low, high = values[starts + below], values[starts + above]
    return low + (high - low) * np.clip(rank - below, 0.0, 1.0)


def year_statistics(days: object, rule: Rule, limits: Rule, *, grade: str = "II") -> pa.Table:
    """One row a station, year, property and statistic (``mean``, ``percentile``), in that order.

    Columns: station, year, property, statistic, per_cent (null for means), value, compared (rounded where the rule
    says to how many decimals), limit, attained, days, short_months (as text), valid. ``days`` has the columns of
    ``daily_values``; ``rule`` is HJ 663 in one version, ``limits`` GB 3095 in the one whose ``grade`` is asked.
    """
    table = to_arrow(frame_of(days)).select(["station", "property", "day", "value"])
    table = table.sort_by([(name, "ascending") for name in ("station", "property", "day")])
    stations, codes = (np.asarray(table.column(name).to_pylist(), dtype=object) for name in ("station", "property"))
    dates = table.column("day").cast(pa.string()).cast(pa.date32()).to_numpy().astype("datetime64[D]")
    values = table.column("value").to_numpy(zero_copy_only=False).astype(np.float64)
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    order = np.lexsort((values, years, codes.astype(str), stations.astype(str)))
    stations, codes, dates, values, years = (one[order] for one in (stations, codes, dates, values, years))
    new = np.ones(len(values), dtype=bool)
    new[1:] = (stations[1:] != stations[:-1]) | (codes[1:] != codes[:-1]) | (years[1:] != years[:-1])
    starts = np.flatnonzero(new)
    wanted, means = _mapping(rule, "percentiles"), rule.parameters.get("annual_mean", [])
    per_cent = np.asarray([float(wanted.get(code, np.nan)) for code in codes[starts]])
    ranked = percentiles(values, starts, np.where(np.isnan(per_cent), 0.0, per_cent)) if len(starts) else values
    rows: list[dict[str, Any]] = []
    for position, start in enumerate(starts):
        end = starts[position + 1] if position + 1 < len(starts) else len(values)
        code = str(codes[start])
        whole = validity.year_is_valid([day.item() for day in dates[start:end]], rule)
        common = {"station": str(stations[start]), "year": int(years[start]), "property": code}
        found: list[tuple[str, float | None, float, Limit | None]] = []
        if isinstance(means, list) and code in means:
            found.append(("mean", None, float(np.mean(values[start:end])), _limit(limits, code, ("year",), grade)))
        if code in wanted:
            found.append(
                ("percentile", float(wanted[code]), float(ranked[position]),
                 _limit(limits, code, ("day", "mda8"), grade))
            )  # fmt: skip
        for statistic, share, value, limit in found:
            compared = _rounded(value, code, rule)
            bound = limit.limits[grade] if limit else None
            attained = None if bound is None else bool(compared <= bound * (1 + SLACK))  # type: ignore[operator]
            rows.append(
                common
                | {"statistic": statistic, "per_cent": share, "value": value, "compared": compared, "limit": bound,
                   "attained": attained, "days": whole.days, "valid": whole.valid,
                   "short_months": ";".join(map(str, whole.short_months))}
            )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_YEAR)


_YEAR = pa.schema(
    [
        ("station", pa.string()), ("year", pa.int64()), ("property", pa.string()), ("statistic", pa.string()),
        ("per_cent", pa.float64()), ("value", pa.float64()), ("compared", pa.float64()), ("limit", pa.float64()),
        ("attained", pa.bool_()), ("days", pa.int64()), ("short_months", pa.string()), ("valid", pa.bool_()),
    ]
)  # fmt: skip


def exceedances(data: object, rule: Rule, *, grade: str, offset: int = HONG_KONG_TIME, label: Label = "end") -> Frame:
    """One row a station, year and limit that hourly readings can be held against.

    Columns: station, year (text), property, averaging, limit, n (values), over, allowed, attained. ``attained`` is
    null where the rule allows no number of exceedances and the limit is not of a year; annual means are compared
    themselves (``over`` 0 or 1). An 8-hour limit is counted once a day, by the largest mean within it (ours).
    Limits of ten minutes, a quarter or the peak season have no row: hourly readings do not tell, or the way to reckon
    was not read; nor have informative ones. No least number of days was read for Hong Kong: ``n`` says how many hours
    or days a verdict rests on.
    """
    given = rule.parameters.get("validity")
    least = air_means.needed_hours(given) if isinstance(given, Mapping) else USUAL_HOURS
    usable = [one for one in rule.limits if not one.informative and grade in one.limits and one.averaging in _MEANS]
    if not usable:
        raise BadInput(f"{rule.id} has no limit of {grade} for hourly readings", mend="give a level that it has")
    hours = air_means.hourly(data, sorted({one.property for one in usable}), offset=offset, label=label)
    parts = [_counted(hours.filter(nw.col("property") == one.property), one, grade, least) for one in usable]
    together: Frame = nw.concat(parts)  # type: ignore[type-var]
    return together


_MEANS = ("hour", "8h", "mda8", "day", "year")


def _counted(hours: Frame, limit: Limit, grade: str, least: tuple[int, int]) -> Frame:
    bound: Any = limit.limits[grade]
    if limit.averaging == "hour":
        values = hours.with_columns(day=air_means.day_text())
    elif limit.averaging in ("8h", "mda8"):
        values = air_means.largest_of_8_hours(hours, least[1])
    else:
        values = air_means.daily(hours, least[0])
    rows = values.with_columns(year=nw.col("day").str.slice(0, 4))
    if limit.averaging == "year":
        rows = rows.group_by("station", "year").agg(nw.col("value").mean(), _n=nw.len())
    else:
        rows = rows.with_columns(_n=nw.lit(1))
    over = nw.when(nw.col("value") > bound * (1 + SLACK)).then(1).otherwise(0)
    counted = rows.with_columns(_over=over).group_by("station", "year").agg(nw.col("_n").sum(), nw.col("_over").sum())
    ceiling = 0 if limit.averaging == "year" else limit.allowed
    verdict = nw.lit(None, dtype=nw.Boolean) if ceiling is None else nw.col("_over") <= ceiling
    return counted.select(
        "station",
        "year",
        nw.lit(limit.property).alias("property"),
        nw.lit(limit.averaging).alias("averaging"),
        nw.lit(float(bound)).alias("limit"),
        nw.col("_n").cast(nw.Int64).alias("n"),
        nw.col("_over").cast(nw.Int64).alias("over"),
        nw.lit(limit.allowed, dtype=nw.Int64).alias("allowed"),
        verdict.alias("attained"),
    )


def _limit(rule: Rule, code: str, averaging: Sequence[str], grade: str) -> Limit | None:
    return next(
        (one for one in rule.limits if one.property == code and one.averaging in averaging and grade in one.limits),
        None,
    )


def _rounded(value: float, code: str, rule: Rule) -> float:
    places = rule.parameters.get("decimals", {})
    return round_half_even(value, int(places[code])) if isinstance(places, Mapping) and code in places else value


def _mapping(rule: Rule, name: str) -> Mapping[str, Any]:
    found = rule.parameters.get(name)
    if not isinstance(found, Mapping):
        raise BadInput(f"{rule.id} has no {name}", where=rule.file, mend="give a version of HJ 663")
    return found
