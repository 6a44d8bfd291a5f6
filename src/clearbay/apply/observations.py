"""Pages, counts and streams of observations, in the order station, property, depth, time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import narwhals.stable.v2 as nw
import pyarrow as pa

from clearbay.apply.catalogue import Catalogue, Series
from clearbay.mine.frames import to_arrow
from clearbay.store import Reader

Key = tuple[str, str, str, datetime]
"""Station, property, depth and time (UTC): the place of an observation in the order of pages."""

_CHUNK = 250_000
"""Rows a stream asks for at a time: some 20 MB as columns."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which observations: None means all. ``end`` is not included."""

    stations: tuple[str, ...] | None = None
    properties: tuple[str, ...] | None = None
    depths: tuple[str, ...] | None = None
    start: datetime | None = None
    end: datetime | None = None
    as_of: datetime | None = None

    def meets(self, one: Series) -> bool:
        """True where some observation of the series may be meant."""
        return (
            (self.stations is None or one.station in self.stations)
            and (self.properties is None or one.property in self.properties)
            and (self.depths is None or one.depth in self.depths)
            and (self.start is None or one.last >= self.start)
            and (self.end is None or one.first < self.end)
        )


class Observations:
    """Observations of one home at one picture of its catalogue."""

    def __init__(self, reader: Reader, catalogue: Catalogue) -> None:
        self._reader = reader
        self._catalogue = catalogue

    def count(self, selection: Selection) -> int:
        """How many observations are meant. Series that lie wholly inside are counted without being read."""
        meant = [one for one in self._catalogue.series if selection.meets(one)]
        if selection.as_of is None:
            whole = [one for one in meant if _covers(selection, one)]
            meant = [one for one in meant if not _covers(selection, one)]
            known = sum(one.count for one in whole)
        else:
            known = 0
        return known + (self._counted(selection, meant) if meant else 0)

    def page(self, selection: Selection, limit: int, after: Key | None = None) -> tuple[pa.Table, Key | None]:
        """The next ``limit`` observations after ``after``, and the key to go on from; None where that was the end."""
        table = self._reader.observations(
            stations=selection.stations,
            properties=selection.properties,
            depths=selection.depths,
            start=selection.start,
            end=selection.end,
            as_of=selection.as_of,
            limit=limit + 1,
            after=after,
        )
        if table.num_rows <= limit:
            return table, None
        table = table.slice(0, limit)
        last = table.slice(limit - 1, 1).to_pylist()[0]
        return table, (last["station"], last["property"], last["depth"], last["time"])

    def stream(self, selection: Selection, limit: int | None = None) -> Iterator[pa.Table]:
        """All of them, in tables of bounded size; at least one table, so that a file has its columns."""
        after: Key | None = None
        left = limit
        while True:
            size = _CHUNK if left is None else min(_CHUNK, left)
            table, after = self.page(selection, size, after)
            yield table
            left = None if left is None else left - table.num_rows
            if after is None or left == 0:
                return

    def _counted(self, selection: Selection, series: list[Series]) -> int:
        """Count by looking at the data: for what a time range cuts, or an earlier moment knew."""
        frame = nw.from_native(self._reader.relation(as_of=selection.as_of))
        stations, codes = {one.station for one in series}, {one.property for one in series}
        frame = frame.filter(nw.col("station").is_in(sorted(stations)), nw.col("property").is_in(sorted(codes)))
        if selection.depths is not None:
            frame = frame.filter(nw.col("depth").is_in(list(selection.depths)))
        if selection.start is not None:
            frame = frame.filter(nw.col("time") >= selection.start)
        if selection.end is not None:
            frame = frame.filter(nw.col("time") < selection.end)
        grouped = to_arrow(frame.group_by("station", "property", "depth").agg(count=nw.len()))
        meant = {(one.station, one.property, one.depth) for one in series}
        return sum(
            row["count"] for row in grouped.to_pylist() if (row["station"], row["property"], row["depth"]) in meant
        )


def _covers(selection: Selection, one: Series) -> bool:
    """True where every observation of the series is meant."""
    return (selection.start is None or selection.start <= one.first) and (
        selection.end is None or one.last < selection.end
    )
