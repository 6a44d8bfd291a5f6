"""Hong Kong's beaches: annual rank, weekly grade and the objective for bathing, all by geometric means of E. coli.

Annual rank: all samples of March to October. Weekly grade: the five most recent samplings, by the same cut-points
(unverified), and the worst grade where a single count is above 1600 (unverified). Objective: the mean of March to
October at most 180, with at least three samples in each month. Counts are per 100 mL; a count of zero enters as half a
count. The mean is rounded to a whole count before it is compared, since the bands are printed in whole counts (ours).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa

from clearbay.mine.censoring import ENDS, logarithms, mean_ends
from clearbay.mine.frames import Frame, frame_of, local_time, need, to_arrow, usable
from clearbay.mine.limits import SLACK
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.mine.rounding import round_gbt8170, round_half_even
from clearbay.mine.single_factor import class_name
from clearbay.mine.statistics import geometric_mean
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

PROPERTY = "E_coli"


@dataclass(frozen=True, slots=True)
class BeachRule:
    """What the pack says: the cut-points best first, the months, the samplings of a week, the objective."""

    bands: tuple[tuple[str, float], ...]
    last: str
    months: tuple[int, ...]
    recent: int
    single: float
    bathing: float
    month_samples: int
    decimals: int


def beach_rule(standard: Standard) -> BeachRule:
    """The rule in a standard's items and parameters; BadInput for another standard."""
    limits = {item.property: item.limits for item in standard.items}.get(PROPERTY)
    given: Mapping[str, Any] = standard.parameters
    if limits is None or "recent_samples" not in given:
        raise BadInput(f"{standard.id} says nothing of beaches", where=standard.file, mend="use hk.beach")
    return BeachRule(
        bands=tuple((name, float(top)) for name, top in limits.items() if not isinstance(top, tuple)),
        last=standard.grades[-1].id,
        months=tuple(given["months"]),
        recent=int(given["recent_samples"]),
        single=float(given["single_sample_limit"]),
        bathing=float(given["bathing_limit"]),
        month_samples=int(given["month_samples"]),
        decimals=int(given["decimals"][PROPERTY]),
    )


def beach_grade(mean: float, standard: Standard) -> str:
    """The grade of a geometric mean per 100 mL.

    >>> from clearbay import packs
    >>> [beach_grade(mean, packs.standard("hk.beach")) for mean in (24, 25, 180.4, 181, 611)]
    ['good', 'fair', 'fair', 'poor', 'very_poor']
    """
    rule = beach_rule(standard)
    rounded = round_half_even(mean, rule.decimals)
    return next((name for name, top in rule.bands if rounded <= top * (1 + SLACK)), rule.last)


def beach_years(data: object, standard: Standard, *, offset: int = HONG_KONG_TIME) -> Frame:
    """One row a beach and year: station, year, mean, rank, n, months (with enough samples), bathing (attained).

    ``data`` has READINGS of E_coli; only the months of the rule count. ``bathing`` is null where a month has too few
    samples: the objective cannot be judged then.
    """
    rule = beach_rule(standard)
    base = frame_of(data)
    need(base, ["station", "property", "time", "value", "censoring"], "the table of samples")
    ends = mean_ends()
    rows = usable(base, nw.col("property") == PROPERTY).with_columns(
        local=local_time(offset), _log=logarithms({name: ends[name] for name in ENDS})["_at"]
    )
    rows = rows.with_columns(year=nw.col("local").dt.year().cast(nw.Int64), month=nw.col("local").dt.month())
    season = rows.filter(nw.col("month").is_in(list(rule.months)))
    monthly = season.group_by("station", "year", "month").agg(nw.col("_log").sum(), _n=nw.len())
    enough = nw.when(nw.col("_n") >= rule.month_samples).then(1).otherwise(0)
    years = (
        monthly.with_columns(_full=enough)
        .group_by("station", "year")
        .agg(nw.col("_log").sum(), nw.col("_n").sum(), nw.col("_full").sum())
    )
    years = years.with_columns(mean=(nw.col("_log") / nw.col("_n")).exp())
    whole = round_gbt8170(nw.col("mean"), rule.decimals)
    place: nw.Expr = nw.lit(len(rule.bands))
    for position, (_, top) in reversed(list(enumerate(rule.bands))):
        place = nw.when(whole <= top * (1 + SLACK)).then(position).otherwise(place)
    judged = years.with_columns(_place=place)
    attained = nw.col("mean") <= rule.bathing * (1 + SLACK)
    return judged.select(
        "station",
        "year",
        "mean",
        class_name("_place", [*(name for name, _ in rule.bands), rule.last]).alias("rank"),
        nw.col("_n").cast(nw.Int64).alias("n"),
        nw.col("_full").cast(nw.Int64).alias("months"),
        nw.when(nw.col("_full") == len(rule.months)).then(attained).alias("bathing"),
    )


def beach_weeks(data: object, standard: Standard) -> pa.Table:
    """One row a beach and sampling from the fifth on: station, time, mean (of the five), grade, single.

    ``single`` marks a grade that comes from one count above the limit for single samples (unverified). Several values
    of one sampling count as their geometric mean.
    """
    rule = beach_rule(standard)
    base = frame_of(data)
    need(base, ["station", "property", "time", "value", "censoring"], "the table of samples")
    rows = usable(base, nw.col("property") == PROPERTY).select("station", "time", "value", "censoring")
    table = to_arrow(rows).sort_by([("station", "ascending"), ("time", "ascending")])
    samplings: dict[str, dict[datetime, list[tuple[float, str]]]] = {}
    for row in table.to_pylist():
        values = samplings.setdefault(row["station"], {}).setdefault(row["time"], [])
        values.append((row["value"], row["censoring"]))
    found: list[dict[str, Any]] = []
    for station, times in samplings.items():
        moments = list(times)
        means = [_mean(times[moment]) for moment in moments]
        for last in range(rule.recent - 1, len(moments)):
            mean = geometric_mean(np.asarray(means[last - rule.recent + 1 : last + 1]))
            grade = beach_grade(mean, standard)
            single = max(value for value, _ in times[moments[last]]) > rule.single and grade != rule.last
            found.append(
                {"station": station, "time": moments[last], "mean": mean, "grade": rule.last if single else grade,
                 "single": single}
            )  # fmt: skip
    schema = [("station", pa.string()), ("time", pa.timestamp("us")), ("mean", pa.float64()), ("grade", pa.string()),
              ("single", pa.bool_())]  # fmt: skip
    return pa.Table.from_pylist(found, schema=pa.schema(schema))


def _mean(values: Sequence[tuple[float, str]]) -> float:
    numbers, censoring = zip(*values, strict=True)
    return geometric_mean(numbers, censoring)
