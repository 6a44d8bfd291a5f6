"""The density of data in time: how many observations each period holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from clearbay.apply import periods
from clearbay.apply.catalogue import Catalogue
from clearbay.apply.judging import offsets
from clearbay.apply.shelf import Shelf
from clearbay.mine.frames import to_arrow, with_local_time
from clearbay.store import Home


@dataclass(frozen=True, slots=True)
class Timeline:
    """Observations in each period from the first to the last that has any."""

    periods: tuple[str, ...]
    counts: tuple[int, ...]


def density(home: Home, now: Catalogue, medium: str | None, granularity: str) -> Timeline:
    """Count the observations of a medium (None: all) by period of the stations' own clocks; kept on the shelf."""
    # What counts here are the series of all averagings: those of one medium only stand still when all do.
    shelf, name, stamp = Shelf.of(home), f"timeline.{medium or 'all'}.{granularity}", now.stamp()
    kept = shelf.read(name, stamp)
    if kept is not None:
        return Timeline(tuple(kept.column("period").to_pylist()), tuple(kept.column("count").to_pylist()))
    found = _counted(home, now, medium, granularity)
    columns = {"period": pa.array(found.periods, pa.string()), "count": pa.array(found.counts, pa.int64())}
    shelf.write(name, stamp, pa.table(columns))
    return found


def _counted(home: Home, now: Catalogue, medium: str | None, granularity: str) -> Timeline:
    entries = tuple(entry for entry in now.select(medium=medium) if entry.observations)
    if not entries:
        return Timeline((), ())
    frame = nw.from_native(home.reader().relation())
    frame = frame.select("station", "time").filter(nw.col("station").is_in([entry.station.id for entry in entries]))
    number, label = _NUMBERS[granularity]
    counted = with_local_time(frame, offsets(entries)).with_columns(number=number(nw.col("local").dt))
    rows = to_arrow(counted.group_by("number").agg(count=nw.len())).to_pylist()
    counts = {label(row["number"]): row["count"] for row in rows}
    if not counts:
        return Timeline((), ())
    labels = tuple(periods.run(min(counts), max(counts)))
    return Timeline(labels, tuple(counts.get(one, 0) for one in labels))


def _year(local: Any) -> nw.Expr:
    year: nw.Expr = local.year().cast(nw.Int64)
    return year


def _month(local: Any) -> nw.Expr:
    month: nw.Expr = local.month().cast(nw.Int64)
    return _year(local) * 100 + month


_NUMBERS: dict[str, tuple[Callable[[Any], nw.Expr], Callable[[int], str]]] = {
    "year": (_year, lambda n: f"{n:04d}"),
    "season": (
        lambda local: _year(local) * 10 + (local.month().cast(nw.Int64) + 2) // 3,
        lambda n: f"{n // 10:04d}-Q{n % 10}",
    ),
    "month": (_month, lambda n: f"{n // 100:04d}-{n % 100:02d}"),
    "day": (
        lambda local: _month(local) * 100 + local.day().cast(nw.Int64),
        lambda n: f"{n // 10000:04d}-{n // 100 % 100:02d}-{n % 100:02d}",
    ),
}
"""A period as a whole number that an engine groups fast, and that number as a label."""
