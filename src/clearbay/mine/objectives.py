"""Objectives that a station attains or not in a year: the Hong Kong marine Water Quality Objectives and their like.

Depths of a sampling event are averaged first where the objective asks for the water-column mean; the year is that of
the station's own calendar. The annual geometric mean is that of all samples of the year, whatever their depth
(Cap. 358B). Censored values enter as ``censoring`` says (half of L for ``<L``, U for ``>U``). No least number of
samples is asked for, since none was found in the law: ``n`` says how many there were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import ENDS, censored_mark, logarithms, mean_ends
from clearbay.mine.frames import (
    Frame,
    beside,
    frame_of,
    has_clock,
    is_one_of,
    largest,
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
    objectives = standard.objectives
    codes = {objective.property for objective in objectives}
    readings = usable(base, is_one_of("property", codes), *has_clock(offset))
    asked = readings.join(beside(base, rules, RULE_TYPES), on=["station", "property"], how="inner")  # type: ignore[arg-type]
    years = _years(_events(asked, objectives, offset), objectives)
    geometric, shares = _by(objectives, GEOMETRIC_MEAN), _by(objectives, SHARE)
    means = {name: nw.col(name) / nw.col("_weight") for name in ENDS}
    results = years.with_columns(
        share_limit=_of(objectives, [objective.share for objective in objectives]),
        **{name: nw.when(geometric).then(mean.exp()).otherwise(mean) for name, mean in means.items()},
    )
    verdicts = {name: nw.when(shares).then(_enough(name)).otherwise(_within(nw.col(name))) for name in ENDS}
    return results.select(
        "station",
        "year",
        _of(objectives, [objective.id for objective in objectives]).alias("objective"),
        _of(objectives, [objective.property for objective in objectives]).alias("property"),
        nw.col("_at").alias("value"),
        nw.when(shares).then(nw.col("share_limit")).otherwise(nw.col("threshold")).alias("limit"),
        verdicts["_at"].alias("attained"),
        nw.col("n").cast(nw.Int64),
        nw.when(shares).then(nw.col("n_complying").cast(nw.Int64)).alias("n_complying"),
        nw.when(shares).then(nw.col("_at")).alias("share"),
        "threshold",
        nw.col("n_values").cast(nw.Int64),
        nw.col("n_censored").cast(nw.Int64),
        (verdicts["_low"] != verdicts["_high"]).alias("censored"),
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
    grouped = grouped.with_columns(grade=largest(*missed).cast(nw.Int64))
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


RULE_TYPES = {"station": "str", "property": "str", "objective": "int"} | dict.fromkeys(
    ("threshold", "low", "high"), "float"
)
"""Columns of the table of rules: one row a station and objective that applies there."""


def _rules(standard: Standard, station_zones: Mapping[str, str]) -> dict[str, list[object]]:
    rules: dict[str, list[object]] = {name: [] for name in RULE_TYPES}
    for position, objective in enumerate(standard.objectives):
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
            row = (station, objective.property, position, float(limit), *bounds(objective.op, limit))
            for name, value in zip(RULE_TYPES, row, strict=True):
                rules[name].append(value)
    return rules


def _by(objectives: Sequence[Objective], statistic: str) -> nw.Expr:
    """Whether the row's objective is measured by that statistic."""
    there = [position for position, objective in enumerate(objectives) if objective.statistic == statistic]
    return nw.col("objective").is_in(there) if there else nw.lit(False)


def _of(objectives: Sequence[Objective], values: Sequence[str] | Sequence[float | None]) -> nw.Expr:
    """The value, of those given one an objective, that belongs to the row's objective."""
    found = nw.lit(values[-1], dtype=nw.String if isinstance(values[-1], str) else nw.Float64)
    for position in range(len(objectives) - 1):
        found = nw.when(nw.col("objective") == position).then(nw.lit(values[position])).otherwise(found)
    return found


def _events(asked: Frame, objectives: Sequence[Objective], offset: int | Mapping[str, int]) -> Frame:
    """One row a station, objective and sampling event: sums of what enters the statistic, and how many values."""
    depth = nw.col("depth")
    looked_at = depth == ""
    for position, objective in enumerate(objectives):
        here = nw.col("objective") == position
        looked_at = looked_at | (here if objective.depth == "mean" else here & (depth == objective.depth))
    geometric = _by(objectives, GEOMETRIC_MEAN)
    ends = mean_ends()
    logs = logarithms(ends)
    rows = asked.filter(looked_at).with_columns(
        year=period_number("year", local_time(offset)),
        _censored=censored_mark(),
        **{name: nw.when(geometric).then(logs[name]).otherwise(ends[name]) for name in ENDS},
    )
    return rows.group_by("station", "objective", "year", "time").agg(
        *[nw.col(name).sum() for name in ENDS],
        *[nw.col(name).max() for name in LIMIT],
        n_values=nw.len(),
        n_censored=nw.col("_censored").sum(),
    )


LIMIT = ("threshold", "low", "high")
"""What a station's zone sets; carried through the groups, where it is the same in every row."""


def _years(events: Frame, objectives: Sequence[Objective]) -> Frame:
    """One row a station, objective and year: the sum of what each event contributes, and its weight.

    An event contributes its column mean, or whether that complies; to a geometric mean it contributes all its values.
    """
    geometric, shares = _by(objectives, GEOMETRIC_MEAN), _by(objectives, SHARE)
    given = {}
    for name in ENDS:
        mean = nw.col(name) / nw.col("n_values")
        complies = nw.when(_within(mean)).then(1.0).otherwise(0.0)
        given[name] = nw.when(geometric).then(nw.col(name)).otherwise(nw.when(shares).then(complies).otherwise(mean))
    rows = events.with_columns(
        _complies=nw.when(_within(nw.col("_at") / nw.col("n_values"))).then(1).otherwise(0),
        _weight=nw.when(geometric).then(nw.col("n_values")).otherwise(1),
        **given,
    )
    return rows.group_by("station", "objective", "year").agg(
        *[nw.col(name).sum() for name in (*ENDS, "_weight", "n_values", "n_censored")],
        *[nw.col(name).max() for name in LIMIT],
        n=nw.len(),
        n_complying=nw.col("_complies").sum(),
    )


def _within(value: nw.Expr) -> nw.Expr:
    return (value >= nw.col("low")) & (value <= nw.col("high"))


def _enough(name: str) -> nw.Expr:
    return nw.col(name) >= nw.col("share_limit") * (1 - SLACK)
