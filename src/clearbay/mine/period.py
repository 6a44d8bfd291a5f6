"""Statistics of a station over a period, and the class of each statistic.

From readings to a verdict, in this order:

1. *Sampling event*: one station at one time. With ``depth="mean"`` the depths of an event are averaged first, so that
   an event sampled at three depths weighs no more than one sampled at a single depth (the Hong Kong objectives are
   worded this way; using it under GB 3097 is clearbay's own convention). With ``surface``, ``middle`` or ``bottom``
   only that depth counts. Readings without a depth (rivers) belong to every choice.
2. *Mean over the period*: arithmetic over events (环办[2011]22号), also for pH; geometric over both depths and events
   for the counts in ``limits.GEOMETRIC``. Periods are those of the station's own calendar.
3. *Censored values* enter a mean as ``censoring`` says (half the detection limit). Both ends are carried along, so
   that a verdict that hangs on this choice is marked. A mean of nothing but values below detection does not make the
   water worse than it surely is (see ``single_factor``).
4. *Rounding* by GB/T 8170 before comparison where the standard's pack asks for it, else the full value is compared.

Averaging the depths of every event means one group an event, nearly as many as there are readings. Where that is known
to change nothing (``profiles``) sums are taken straight over the period, which is many times faster.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import ENDS, censored_mark, logarithms, mean_ends, summed_ends
from clearbay.mine.frames import (
    Frame,
    Granularity,
    columns_of,
    frame_of,
    has_clock,
    is_one_of,
    local_time,
    need,
    period_number,
    period_text,
    usable,
)
from clearbay.mine.limits import GEOMETRIC, limit_table
from clearbay.mine.rounding import SUM_TIE, round_to_scale
from clearbay.mine.single_factor import with_grades, with_kind, with_limits, worst_items
from clearbay.model.standard import Standard

DepthChoice = Literal["mean", "surface", "middle", "bottom"]

HONG_KONG_TIME = 480
"""Minutes east of UTC of every place clearbay knows today: Guangdong, Hong Kong, Macao."""


def period_items(
    data: object,
    standard: Standard,
    *,
    granularity: Granularity = "year",
    depth: DepthChoice = "mean",
    offset: int | Mapping[str, int] = HONG_KONG_TIME,
    water_type: str | Mapping[str, str] | None = None,
    target: str | None = None,
    profiles: Collection[str] | None = None,
) -> Frame:
    """One row a station, period and judged property.

    Columns: station, period, property, value (the statistic), rounded (what was compared), n (sampling events),
    n_values, n_censored, censored_share, grade (0 = best), grade_low, grade_high (at both ends of the
    censored values), limit, multiple (see ``sample_items``), item and bit (for ``period_classes``).
    ``offset``: minutes east of UTC, for all or by station. ``water_type`` and ``target`` as in ``sample_items``.
    ``profiles``: the stations sampled at more than one depth, where that is known and no other station has two values
    of a property at one time (a history of the store never has); left out, every event's values are averaged first.
    """
    table = limit_table(standard, target)
    base = frame_of(data)
    need(base, ["station", "property", "depth", "time", "value", "censoring"], "the table to judge")
    frame = usable(base, is_one_of("property", table.wanted), *has_clock(offset))
    if water_type is None and "water_type" in columns_of(base):
        frame = with_kind(frame, table, water_type)
    statistics = period_statistics(
        frame,
        granularity=granularity,
        depth=depth,
        offset=offset,
        profiles=profiles,
        geometric=GEOMETRIC & table.wanted,
    )
    if "kind" not in columns_of(statistics):
        # What belongs to the station as a whole is cheaper to say of its statistics than of every reading.
        statistics = with_kind(statistics, table, water_type)
    joined = with_limits(statistics, table, ["station", "period_number"], base)
    if table.rounds:
        rounded = {name: round_to_scale(nw.col(name), nw.col("scale"), SUM_TIE) for name in ENDS}
        compared = joined.with_columns(value=nw.col("_at"), **rounded)
    else:
        compared = joined.with_columns(value=nw.col("_at"))
    graded = with_grades(compared, table)
    return graded.select(
        "station",
        period_text(nw.col("period_number"), granularity).alias("period"),
        "property",
        "value",
        nw.col("_at").alias("rounded"),
        "n",
        "n_values",
        "n_censored",
        (nw.col("n_censored") / nw.col("n_values")).alias("censored_share"),
        "grade",
        "grade_low",
        "grade_high",
        "limit",
        "multiple",
        "item",
        "bit",
    )


def period_classes(items: object, standard: Standard) -> Frame:
    """One row a station and period from ``period_items``: grade, class, determinants, n_items, n, censored.

    ``n`` is the number of sampling events of the best sampled item; ``censored`` marks a class that
    would differ if censored values lay at their other end.
    """
    table = limit_table(standard)
    frame = frame_of(items)
    need(frame, ["station", "period", "grade", "bit", "n"], "the table of items")
    return worst_items(frame, table, ["station", "period"], n=nw.col("n").max())


def period_statistics(
    frame: Frame,
    *,
    granularity: Granularity,
    depth: DepthChoice,
    offset: int | Mapping[str, int],
    profiles: Collection[str] | None = None,
    geometric: Collection[str] = GEOMETRIC,
) -> Frame:
    """station, period_number, (kind,) property, the statistic and its two ends, n, n_values, n_censored.

    ``profiles`` as in ``period_items``; ``geometric``: which of the properties at hand have a geometric mean.
    """
    if depth != "mean":
        frame, profiles = frame.filter(nw.col("depth").is_in([depth, ""])), ()
    frame = frame.with_columns(period_number=period_number(granularity, local_time(offset)))
    keys = ["station", "period_number", "property", *(["kind"] if "kind" in columns_of(frame) else [])]
    if profiles is None:
        return _averaged(frame, keys, by_event=True)
    apart = [is_one_of("station", profiles)] if profiles else []
    apart += [is_one_of("property", geometric)] if geometric else []
    parts = [_summed(frame.filter(*[~one for one in apart]) if apart else frame, keys)]
    if apart:
        parts.append(
            _averaged(frame.filter(nw.any_horizontal(*apart, ignore_nulls=True)), keys, by_event=depth == "mean")
        )
    together: Frame = nw.concat(parts)  # type: ignore[type-var]
    return together


def _averaged(frame: Frame, keys: list[str], *, by_event: bool) -> Frame:
    """Statistics of the period from its readings one by one, ``by_event``: from the means of its events."""
    counts = is_one_of("property", GEOMETRIC)
    ends = mean_ends()
    logs = logarithms(ends)
    rows = frame.with_columns(
        _censored=censored_mark(),
        **{name: nw.when(counts).then(logs[name]).otherwise(ends[name]) for name in ENDS},
    )
    means = [nw.col(name).mean() for name in ENDS]
    if by_event:
        events = rows.group_by(*keys, "time").agg(*means, n_values=nw.len(), n_censored=nw.col("_censored").sum())
    else:
        events = rows.with_columns(n_values=nw.lit(1), n_censored=nw.col("_censored"))
    grouped = events.group_by(*keys).agg(
        *means, n=nw.len(), n_values=nw.col("n_values").sum(), n_censored=nw.col("n_censored").sum()
    )
    return grouped.select(
        *keys,
        *[nw.when(counts).then(nw.col(name).exp()).otherwise(nw.col(name)).alias(name) for name in ENDS],
        *[nw.col(name).cast(nw.Int64) for name in ("n", "n_values", "n_censored")],
    )


def _summed(frame: Frame, keys: list[str]) -> Frame:
    """Arithmetic statistics of readings that are each an event of their own.

    All values censored alike enter a sum in the same way, so one pass sums them as they stand.
    """
    sums = frame.group_by(*keys, "censoring").agg(_sum=nw.col("value").sum(), _n=nw.len())
    sums = sums.with_columns(_n=nw.col("_n").cast(nw.Int64))
    grouped = (
        sums.with_columns(n_censored=nw.col("_n") * censored_mark(), **summed_ends("_sum", "_n"))
        .group_by(*keys)
        .agg(*[nw.col(name).sum() for name in ENDS], n=nw.col("_n").sum(), n_censored=nw.col("n_censored").sum())
    )
    return grouped.select(
        *keys,
        *[(nw.col(name) / nw.col("n")).alias(name) for name in ENDS],
        n=nw.col("n").cast(nw.Int64),
        n_values=nw.col("n").cast(nw.Int64),
        n_censored=nw.col("n_censored").cast(nw.Int64),
    )
