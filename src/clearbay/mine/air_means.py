"""Means of hourly concentrations: of a natural day, of 8 and 24 hours running, and the day's largest 8-hour mean.

Readings are hourly. An hour belongs to the natural day in which it begins: a reading labelled 00:00 by the end of its
hour closes the day before. How many hours a mean needs comes from the caller (``validity`` of a rule's parameters).
The daily maximum of 8-hour means looks at the windows that lie within the day, ending with its 8th to 24th hour
(GB 3095-2026: within one natural day).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, TypeAlias

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import mean_ends
from clearbay.mine.frames import Frame, frame_of, need, usable
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.model.errors import BadInput

Label: TypeAlias = Literal["end", "start"]
"""Whether a reading's time is the end of its hour, as the authorities of the bay publish, or its start."""

KEYS = ("station", "property")


def hourly(data: object, codes: list[str], *, offset: int = HONG_KONG_TIME, label: Label = "end") -> Frame:
    """One row a station, property and hour: station, property, time (as labelled), begin (local start), value.

    ``data`` has READINGS; an hour given twice counts as its mean. Censored values enter as in any mean. ``offset`` is
    minutes east of UTC.
    """
    if label not in ("end", "start"):
        raise BadInput(f"no such label of an hour: {label}", mend="use end or start")
    frame = usable(frame_of(data))
    need(frame, [*KEYS, "time", "value", "censoring"], "the table of pollutants")
    rows = frame.filter(nw.col("property").is_in(codes)).with_columns(**mean_ends())
    means = rows.group_by(*KEYS, "time").agg(value=nw.col("_at").mean())
    shift = timedelta(minutes=offset) - (timedelta(hours=1) if label == "end" else timedelta())
    return means.with_columns(begin=nw.col("time") + shift)


def running(hours: Frame, length: int, least: int) -> Frame:
    """Means of the ``length`` hours up to each hour, of which ``least`` are there, by clock time: a gap stays a gap.

    Columns as in ``hourly``. The 24-hour mean is put together from three sums of eight, which spares copies. Hours
    after a station's last reading of the property may have a mean: as long as enough of their hours are there.
    """
    sums = hours.select(*KEYS, "time", "begin", _sum=nw.col("value"), _n=nw.lit(1))
    parts = (8, length // 8) if length % 8 == 0 else (length,)
    step = 1
    for count in parts:
        spread = [
            sums.with_columns(**{name: nw.col(name) + timedelta(hours=back * step) for name in ("time", "begin")})
            for back in range(count)
        ]
        together: Frame = nw.concat(spread)  # type: ignore[type-var]
        sums = together.group_by(*KEYS, "time", "begin").agg(nw.col("_sum").sum(), nw.col("_n").sum())
        step *= count
    enough = sums.filter(nw.col("_n") >= least)
    return enough.select(*KEYS, "time", "begin", (nw.col("_sum") / nw.col("_n")).alias("value"))


def daily(hours: Frame, least: int) -> Frame:
    """One row a station, property and natural day with at least ``least`` hours: day (text), value, largest, n."""
    rows = hours.with_columns(day=day_text())
    days = rows.group_by(*KEYS, "day").agg(nw.col("value").mean(), largest=nw.col("value").max(), n=nw.len())
    return days.filter(nw.col("n") >= least)


def largest_of_8_hours(hours: Frame, least: int) -> Frame:
    """One row a station, property and natural day: the largest 8-hour mean within it (day, value), of n windows."""
    windows = running(hours, 8, least).filter(nw.col("begin").dt.hour() >= 7)
    rows = windows.with_columns(day=day_text())
    return rows.group_by(*KEYS, "day").agg(nw.col("value").max(), n=nw.len())


def day_text() -> nw.Expr:
    """The natural day in which an hour begins, as 2019-07-31."""
    return nw.col("begin").dt.to_string("%Y-%m-%d")


def needed_hours(validity: Mapping[str, object]) -> tuple[int, int]:
    """(hours a day, hours of eight) that a rule's validity asks for; BadInput where it says nothing."""
    found = [validity.get(name) for name in ("day_hours", "eight_hours")]
    if not all(isinstance(one, int) for one in found):
        raise BadInput("the rule names no least number of hours", mend="give validity: day_hours, eight_hours")
    return int(str(found[0])), int(str(found[1]))
