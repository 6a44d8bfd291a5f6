"""The eutrophication index of coastal waters: E = COD * DIN * DIP * 10^6 / 4500, all three in mg/L.

COD is by alkaline permanganate (``CODMn_alk``), as in GB 3097; the dichromate value must not be put in its place. The
formula stands on two sources (with the limits of classes 1 to 4 it gives the published 1.3, 6, 10.7 and 25); the grades
are unverified. Hong Kong's marine programme does not measure COD: no index can be computed from it.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from clearbay.mine.frames import Frame, Granularity, frame_of, has_clock, is_one_of, need, period_text, usable
from clearbay.mine.period import HONG_KONG_TIME, DepthChoice, period_statistics
from clearbay.mine.single_factor import class_name
from clearbay.model.standard import Confidence

INPUTS = ("CODMn_alk", "DIN", "DIP")

GRADES = ("none", "light", "medium", "heavy")
"""Not eutrophic below 1, light from 1 to 3, medium above 3 to 9, heavy above 9."""

FORMULA_CONFIDENCE: Confidence = "two_sources"
GRADES_CONFIDENCE: Confidence = "unverified"


def eutrophication_index(cod: float, din: float, dip: float) -> float:
    """The index from concentrations in mg/L.

    >>> [round(eutrophication_index(*limits), 1) for limits in ((2, 0.2, 0.015), (3, 0.3, 0.03), (5, 0.5, 0.045))]
    [1.3, 6.0, 25.0]
    """
    return cod * din * dip * 1e6 / 4500.0


def eutrophication_grade(index: float) -> str:
    """The grade of an index, one of GRADES (unverified)."""
    if index < 1.0:
        return "none"
    return "light" if index <= 3.0 else "medium" if index <= 9.0 else "heavy"


def eutrophication_periods(
    data: object,
    *,
    granularity: Granularity = "year",
    depth: DepthChoice = "mean",
    offset: int | Mapping[str, int] = HONG_KONG_TIME,
) -> Frame:
    """One row a station and period in which all three were measured: station, period, index, grade, n.

    The index is that of the period's means (as ``period`` takes them); ``n`` is the smallest number of sampling events
    among the three.
    """
    base = frame_of(data)
    need(base, ["station", "property", "depth", "time", "value", "censoring"], "the table")
    frame = usable(base, is_one_of("property", INPUTS), *has_clock(offset))
    means = period_statistics(frame, granularity=granularity, depth=depth, offset=offset, geometric=())
    columns = {f"_{i}": nw.when(nw.col("property") == code).then(nw.col("_at")) for i, code in enumerate(INPUTS)}
    grouped = (
        means.with_columns(**columns)
        .group_by("station", "period_number")
        .agg(*[nw.col(name).max() for name in columns], nw.col("n").min(), _items=nw.len())
        .filter(nw.col("_items") == len(INPUTS))
    )
    rated = grouped.with_columns(index=nw.col("_0") * nw.col("_1") * nw.col("_2") * (1e6 / 4500.0))
    index = nw.col("index")
    rank = nw.when(index < 1.0).then(nw.lit(0)).otherwise(nw.when(index <= 3.0).then(nw.lit(1)).otherwise(nw.lit(2)))
    rated = rated.with_columns(_rank=nw.when(index > 9.0).then(nw.lit(3)).otherwise(rank))
    return rated.select(
        "station",
        period_text(nw.col("period_number"), granularity).alias("period"),
        "index",
        class_name("_rank", GRADES).alias("grade"),
        "n",
    )
