"""Pages, counts and streams of observations, in the order of their names and times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import narwhals.stable.v2 as nw
import pyarrow as pa

from clearbay.apply.catalogue import Catalogue, Series
from clearbay.mine.frames import to_arrow
from clearbay.store import Reader

Key = tuple[str, str, str, str, datetime]
"""Station, property, depth, averaging and time (UTC): the place of an observation in the order of pages."""

_CHUNK = 250_000
"""Rows a stream asks for at a time: some 20 MB as columns."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which observations: None means all. ``end`` is not included."""

    stations: tuple[str, ...] | None = None
    properties: tuple[str, ...] | None = None
    depths: tuple[str, ...] | None = None
    averagings: tuple[str, ...] | None = None
    start: datetime | None = None
    end: datetime | None = None
    as_of: datetime | None = None

    def meets(self, one: Series) -> bool:
        """True where some observation of the series may be meant."""
        return (
            (self.stations is None or one.station in self.stations)
            and (self.properties is None or one.property in self.properties)
            and (self.depths is None or one.depth in self.depths)
            and (self.averagings is None or one.averaging in self.averagings)
            and (self.start is None or one.last >= self.start)
            and (self.end is None or one.first < self.end)
        )

    def holds(self, one: Series) -> bool:
        """True where every observation of the series lies in the time that is meant."""
        return (self.start is None or self.start <= one.first) and (self.end is None or one.last < self.end)


class Observations:
    """Observations of one home at one picture of its catalogue."""

    def __init__(self, reader: Reader, catalogue: Catalogue) -> None:
        self._reader = reader
        self._catalogue = catalogue

    def count(self, selection: Selection) -> int:
        """How many observations are meant. Where whole series are, their counts are summed and nothing is read."""
        meant = [one for one in self._catalogue.series if selection.meets(one)]
        if selection.as_of is None and all(selection.holds(one) for one in meant):
            return sum(one.count for one in meant)
        frame = nw.from_native(self._reader.relation(as_of=selection.as_of))
        for name, words in (
            ("station", selection.stations),
            ("property", selection.properties),
            ("depth", selection.depths),
            ("averaging", selection.averagings),
        ):
            if words is not None:
                frame = frame.filter(nw.col(name).is_in(list(words)))
        if selection.start is not None:
            frame = frame.filter(nw.col("time") >= selection.start)
        if selection.end is not None:
            frame = frame.filter(nw.col("time") < selection.end)
        return int(to_arrow(frame.select(nw.len())).column(0)[0].as_py())

    def page(self, selection: Selection, limit: int, after: Key | None = None) -> tuple[pa.Table, Key | None]:
        """The next ``limit`` observations after ``after``, and the key to go on from; None where that was the end."""
        table = self._reader.observations(
            stations=selection.stations,
            properties=selection.properties,
            depths=selection.depths,
            averagings=selection.averagings,
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
        return table, (last["station"], last["property"], last["depth"], last["averaging"], last["time"])

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
