"""Objectives that a station attains or not in a year: the Hong Kong marine Water Quality Objectives and their like.

Depths of a sampling event are averaged first where the objective asks for the water-column mean; the year is that of
the station's own calendar. The annual geometric mean is that of all samples of the year, whatever their depth
(Cap. 358B). Censored values enter as ``censoring`` says (half of L for ``<L``, U for ``>U``). No least number of
samples is asked for, since none was found in the law: ``n`` says how many there were.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import ENDS, censored_mark, logarithms, mean_ends
from clearbay.mine.frames import (
    Frame,
    beside,
    frame_of,
    has_clock,
    is_one_of,
    local_time,
    need,
    period_number,
    to_arrow,
    usable,
)
from clearbay.mine.limits import SLACK, bounds
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.mine.single_factor import class_name
from clearbay.model.errors import BadInput
from clearbay.model.standard import Objective, Standard

SHARE, MEAN, GEOMETRIC_MEAN = "share_of_samples", "annual_mean", "annual_geometric_mean"
STATISTICS = (SHARE, MEAN, GEOMETRIC_MEAN)
"""What an objective may be measured by."""


def zone_limit(objective: Objective, zone: str) -> float | None:
    """The limit that applies in a zone: its own, else that of the zone it lies in (``a.b.c`` lies in ``a.b``).

    None where the objective does not apply.
    """
    name = zone
    while name:
        if name in objective.zones:
            return objective.zones[name]
        name = name.rpartition(".")[0]
    return None


def objective_results(
    data: object,
    standard: Standard,
    station_zones: Mapping[str, str],
    *,
    offset: int | Mapping[str, int] = HONG_KONG_TIME,
) -> Frame:
    """One row a station, year and objective that applies in the station's zone and was sampled.

    Columns: station, year (int), objective, property, value, limit, attained, n (sampling events), n_complying,
    share, threshold, n_values, n_censored, censored. For an objective on the share of samples, ``value`` and
    ``share`` are the share that complies (0 to 1), ``limit`` the share required and ``threshold`` the level each
    sample is held against; otherwise ``value`` is the annual mean (arithmetic or geometric), ``limit`` equals
    ``threshold`` and ``share`` is null. ``censored`` marks a verdict that the censored values could turn.
    An objective without a row was not sampled that year, or does not apply there (``objectives_missing`` tells).
    """
    rules = _rules(standard, station_zones)
    base = frame_of(data)
    need(base, ["station", "property", "depth", "time", "value", "censoring"], "the table to judge")
    if not rules["station"]:
        raise BadInput(
            f"{standard.id} has no objective for any zone of these stations",
            mend="give a zone for each station, as in clearbay.packs.stations()",
        )
    words = ("station", "property", "objective", "depth_choice", "statistic")
    types = {name: "str" if name in words else "float" for name in rules}
    codes = sorted({objective.property for objective in standard.objectives})
    asked = beside(base, rules, types)
    samples = _samples(usable(base, is_one_of("property", codes), *has_clock(offset)), asked, offset)
    years = _years(samples.join(asked, on=["station", "objective"], how="inner"))  # type: ignore[arg-type]
    results = years.join(asked, on=["station", "objective"], how="inner")  # type: ignore[arg-type]
    geometric, shares = nw.col("statistic") == GEOMETRIC_MEAN, nw.col("statistic") == SHARE
    results = results.with_columns(
        **{name: nw.when(geometric).then(nw.col(name).exp()).otherwise(nw.col(name)) for name in ENDS}
    )
    results = results.with_columns(**{f"{name}_verdict": _attains(name) for name in ENDS})
    return results.select(
        "station",
        "year",
        "objective",
        "property",
        nw.col("_at").alias("value"),
        nw.when(shares).then(nw.col("share_limit")).otherwise(nw.col("threshold")).alias("limit"),
        nw.col("_at_verdict").alias("attained"),
        "n",
        nw.when(shares).then(nw.col("n_complying")).alias("n_complying"),
        nw.when(shares).then(nw.col("_at")).alias("share"),
        "threshold",
        "n_values",
        "n_censored",
        (nw.col("_low_verdict") != nw.col("_high_verdict")).alias("censored"),
    )


def attainment_classes(results: object, standard: Standard) -> Frame:
    """One row a station and year: grade (0 attained, 1 not), class, determinants, n_items, n, censored.

    Attained means that every objective that could be judged is; ``n_items`` says how many those were, and
    ``determinants`` names the objectives missed, in the standard's order.
    """
    frame = frame_of(results)
    names = [objective.id for objective in standard.objectives]
    missed = {f"_m{i}": _missed(name) for i, name in enumerate(names)}
    unsure = nw.when(nw.col("censored")).then(1).otherwise(0)
    grouped = (
        frame.with_columns(**missed, _unsure=unsure)
        .group_by("station", "year")
        .agg(*[nw.col(name).max() for name in missed], nw.col("_unsure").max(), n_items=nw.len(), n=nw.col("n").max())
    )
    grouped = grouped.with_columns(grade=nw.max_horizontal(*missed).cast(nw.Int64))
    parts = [nw.when(nw.col(column) == 1).then(nw.lit(name)) for column, name in zip(missed, names, strict=True)]
    return grouped.select(
        "station",
        "year",
        "grade",
        class_name("grade", [grade.id for grade in standard.grades]).alias("class"),
        nw.concat_str(parts, separator=";", ignore_nulls=True).alias("determinants"),
        nw.col("n_items").cast(nw.Int64),
        "n",
        (nw.col("_unsure") == 1).alias("censored"),
    )


def objectives_missing(
    results: object, standard: Standard, station_zones: Mapping[str, str]
) -> list[tuple[str, int, str]]:
    """(station, year, objective) that applies where others were judged, but was not sampled that year."""
    table = to_arrow(frame_of(results).select("station", "year", "objective"))
    judged = {(row["station"], row["year"], row["objective"]) for row in table.to_pylist()}
    missing = []
    for station, year in sorted({(station, year) for station, year, _ in judged}):
        for objective in standard.objectives:
            applies = zone_limit(objective, station_zones.get(station, "")) is not None
            if applies and (station, year, objective.id) not in judged:
                missing.append((station, year, objective.id))
    return missing


def _missed(name: str) -> nw.Expr:
    here = (nw.col("objective") == name) & ~nw.col("attained")
    return nw.when(here).then(1).otherwise(0)


def _rules(standard: Standard, station_zones: Mapping[str, str]) -> dict[str, list[object]]:
    """One row a station and objective that applies there."""
    names = ("station", "property", "objective", "depth_choice", "statistic", "threshold", "share_limit", "low", "high")
    rules: dict[str, list[object]] = {name: [] for name in names}
    for objective in standard.objectives:
        if objective.statistic not in STATISTICS:
            raise BadInput(
                f"{standard.id}: no such statistic: {objective.statistic}",
                where=standard.file,
                mend="one of " + ", ".join(STATISTICS),
            )
        for station, zone in station_zones.items():
            limit = zone_limit(objective, zone)
            if limit is None:
                continue
            low, high = bounds(objective.op, limit)
            row = (station, objective.property, objective.id, objective.depth, objective.statistic)
            for name, value in zip(names, (*row, limit, objective.share, low, high), strict=True):
                rules[name].append(float(value) if isinstance(value, int) else value)
    return rules


def _samples(frame: Frame, asked: Frame, offset: int | Mapping[str, int]) -> Frame:
    """One row a station, objective and sampling event: sums of what enters the statistic, and how many values."""
    rows = frame.join(asked, on=["station", "property"], how="inner")  # type: ignore[arg-type]
    choice, depth = nw.col("depth_choice"), nw.col("depth")
    geometric = nw.col("statistic") == GEOMETRIC_MEAN
    ends = mean_ends()
    logs = logarithms(ends)
    rows = rows.filter((choice == "mean") | (depth == choice) | (depth == "")).with_columns(
        year=period_number("year", local_time(offset)),
        _censored=censored_mark(),
        **{name: nw.when(geometric).then(logs[name]).otherwise(ends[name]) for name in ENDS},
    )
    return rows.group_by("station", "objective", "year", "time").agg(
        *[nw.col(name).sum() for name in ENDS], n_values=nw.len(), n_censored=nw.col("_censored").sum()
    )


def _years(samples: Frame) -> Frame:
    """One row a station, objective and year: the mean of what each event contributes.

    An event contributes its column mean, or whether that complies; to a geometric mean it contributes all its values.
    """
    geometric, shares = nw.col("statistic") == GEOMETRIC_MEAN, nw.col("statistic") == SHARE
    means = {name: nw.when(geometric).then(nw.col(name)).otherwise(nw.col(name) / nw.col("n_values")) for name in ENDS}
    rows = samples.with_columns(**means)
    rows = rows.with_columns(**{f"{name}_ok": nw.when(_within(name)).then(1.0).otherwise(0.0) for name in ENDS})
    rows = rows.with_columns(
        _complies=nw.when(_within("_at")).then(1).otherwise(0),
        _weight=nw.when(geometric).then(nw.col("n_values")).otherwise(1),
        **{name: nw.when(shares).then(nw.col(f"{name}_ok")).otherwise(nw.col(name)) for name in ENDS},
    )
    years = rows.group_by("station", "objective", "year").agg(
        *[nw.col(name).sum() for name in (*ENDS, "_weight", "n_values", "n_censored")],
        n=nw.len(),
        n_complying=nw.col("_complies").sum(),
    )
    return years.with_columns(
        **{name: nw.col(name) / nw.col("_weight") for name in ENDS},
        **{name: nw.col(name).cast(nw.Int64) for name in ("n", "n_complying", "n_values", "n_censored")},
    )


def _within(name: str) -> nw.Expr:
    return (nw.col(name) >= nw.col("low")) & (nw.col(name) <= nw.col("high"))


def _attains(name: str) -> nw.Expr:
    """Whether the statistic in ``name`` attains its objective."""
    enough = nw.col(name) >= nw.col("share_limit") * (1 - SLACK)
    return nw.when(nw.col("statistic") == SHARE).then(enough).otherwise(_within(name))
