"""Verdicts of a rule set on every station, kept: in memory for the next request, in Parquet for the next start.

An assessment is computed once for a data version, rule set, granularity and depth, by ``clearbay.mine`` over the
store's reader; whoever asks meanwhile waits for the same one. Verdicts by one property alone come from the same
items, without another look at the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.apply import index, judging, periods, rules
from clearbay.apply.catalogue import Catalogue
from clearbay.apply.judging import Judged
from clearbay.apply.kept import Kept
from clearbay.apply.shelf import Shelf
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard
from clearbay.model.text import Text
from clearbay.store import Home

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Matrix:
    """Every station and period at once. ``grade``, ``worst`` and ``samples`` are (station, period) arrays.

    ``grade`` indexes ``grades`` (-1: no verdict), ``worst`` indexes ``properties``: the determinant that lies furthest
    beyond its limit (-1: nothing decided, as in the best grade). ``samples`` counts what stands behind the verdict.
    """

    standard: Standard
    granularity: str
    depth: str
    property: str | None
    statistic: Text
    periods: tuple[str, ...]
    stations: tuple[str, ...]
    grades: tuple[str, ...]
    properties: tuple[str, ...]
    grade: Ints
    worst: Ints
    samples: Ints

    def only(self, stations: frozenset[str] | None, first: str | None, last: str | None) -> Matrix:
        """The part with these stations and the periods from ``first`` to ``last``; what is then empty is left out."""
        rows = [i for i, one in enumerate(self.stations) if stations is None or one in stations]
        columns = [
            i
            for i, period in enumerate(self.periods)
            if (first is None or period >= first) and (last is None or period <= last)
        ]
        part = np.ix_(rows, columns)
        return Matrix(
            self.standard,
            self.granularity,
            self.depth,
            self.property,
            self.statistic,
            tuple(self.periods[i] for i in columns),
            tuple(self.stations[i] for i in rows),
            self.grades,
            self.properties,
            self.grade[part],
            self.worst[part],
            self.samples[part],
        )


class Assessments:
    """The assessments of one home. Safe to use from many threads."""

    def __init__(self, home: Home, catalogue: Callable[[], Catalogue], *, size: int = 32) -> None:
        self._home = home
        self._catalogue = catalogue
        self._shelf = Shelf.of(home)
        self._judged: Kept[tuple[str, str, str, str], Judged] = Kept(size)
        self._verdicts: Kept[tuple[str, str, str, str, str | None], pa.Table] = Kept(4 * size)
        self._hours: Kept[tuple[str, str], pa.Table] = Kept(4)
        self._matrices: Kept[tuple[str, str, str, str, str | None], Matrix] = Kept(2 * size)

    def judged(self, standard: Standard, granularity: str, depth: str) -> Judged:
        """Items and verdicts of every station that the rule set's media cover."""
        now = self._catalogue()
        stamp = now.stamp(standard.media)

        def make() -> Judged:
            name = f"{standard.id}.{granularity}.{depth}"
            kept = [self._shelf.read(f"{name}.{part}", stamp) for part in ("items", "verdicts")]
            if kept[0] is not None and kept[1] is not None:
                return Judged(kept[0], kept[1])
            found = judging.judge(self._home.reader(), now, standard, granularity, depth, lambda: self.hours(standard))
            self._shelf.write(f"{name}.items", stamp, found.items)
            self._shelf.write(f"{name}.verdicts", stamp, found.verdicts)
            return found

        return self._judged.get((stamp, standard.id, granularity, depth), make)

    def hours(self, standard: Standard) -> pa.Table:
        """Hourly verdicts of an index at every station (``index.HOURS``)."""
        now = self._catalogue()
        stamp = now.stamp(standard.media)

        def make() -> pa.Table:
            kept = self._shelf.read(f"{standard.id}.hours", stamp)
            if kept is None:
                kept = index.hourly(self._home.reader(), standard, judging.stations_of(now, standard))
                self._shelf.write(f"{standard.id}.hours", stamp, kept)
            return kept

        return self._hours.get((stamp, standard.id), make)

    def verdicts(self, standard: Standard, granularity: str, depth: str, property: str | None = None) -> pa.Table:
        """One row a station and period, in that order: ``station, period, grade, determinants, items_judged, samples``.

        ``grade`` is an index of the rule set's grades, ``determinants`` a list of property codes in its order.
        With ``property`` the verdict is by that property alone.
        """
        stamp = self._catalogue().stamp(standard.media)
        return self._verdicts.get(
            (stamp, standard.id, granularity, depth, property),
            lambda: judging.verdicts(self.judged(standard, granularity, depth), standard, property),
        )

    def matrix(self, standard: Standard, granularity: str, depth: str, property: str | None = None) -> Matrix:
        """The verdicts as a matrix over all stations and periods."""
        stamp = self._catalogue().stamp(standard.media)
        return self._matrices.get(
            (stamp, standard.id, granularity, depth, property),
            lambda: _matrix(
                self.verdicts(standard, granularity, depth, property),
                self._foremost(standard, granularity, depth, property),
                standard,
                granularity,
                depth,
                property,
            ),
        )

    def _foremost(self, standard: Standard, granularity: str, depth: str, property: str | None) -> pa.Table:
        items = self.judged(standard, granularity, depth).items
        return judging.foremost(
            items if property is None else items.filter(pc.equal(items.column("property"), property))
        )

    def select(
        self,
        standard: Standard,
        granularity: str,
        depth: str,
        property: str | None = None,
        *,
        stations: frozenset[str] | None = None,
        first: str | None = None,
        last: str | None = None,
    ) -> pa.Table:
        """Rows of ``verdicts`` of these stations (None: all) from period ``first`` to ``last`` (None: open)."""
        if granularity == "hour":
            if stations is None or len(stations) != 1 or first is None or last is None:
                raise BadInput(
                    "hourly verdicts are given for one station and a span",
                    where="granularity",
                    mend="give station, from and to (or a period), or use day, month or year",
                )
            table = self._of_one(standard, next(iter(stations)), first, last)
        else:
            table = self.verdicts(standard, granularity, depth, property)
        mask: pa.ChunkedArray | None = None
        if stations is not None:
            mask = pc.is_in(table.column("station"), pa.array(sorted(stations), pa.string()))
        for bound, compare in ((first, pc.greater_equal), (last, pc.less_equal)):
            if bound is not None:
                here = compare(table.column("period"), pa.scalar(bound))
                mask = here if mask is None else pc.and_(mask, here)
        return table if mask is None else table.filter(mask)

    def _of_one(self, standard: Standard, station: str, first: str, last: str) -> pa.Table:
        """Hourly verdicts of one station from the hour ``first`` to the hour ``last``."""
        offset = self._catalogue().entry(station).station.utc_offset
        start, end = periods.bounds(first, offset)[0], periods.bounds(last, offset)[1]
        hours = index.between(self.hours(standard), station, start, end)
        return judging.of_hours(index.by_period(hours, {station: offset}, "hour")).verdicts


def _matrix(
    table: pa.Table, foremost: pa.Table, standard: Standard, granularity: str, depth: str, property: str | None
) -> Matrix:
    stations, rows = _coded(table.column("station"))
    periods, columns = _coded(table.column("period"))
    properties = rules.judged(standard)
    shape = (len(stations), len(periods))
    grade, worst, samples = (np.full(shape, fill, dtype=np.int32) for fill in (-1, -1, 0))
    grade[rows, columns] = table.column("grade").to_numpy()
    decided = foremost.column("station"), foremost.column("period"), foremost.column("property_first")
    known = (pa.array(names, pa.string()) for names in (stations, periods, properties))
    row, column, code = (pc.index_in(*pair).fill_null(-1).to_numpy() for pair in zip(decided, known, strict=True))
    worst[row, column] = code
    samples[rows, columns] = table.column("samples").to_numpy()
    grades = tuple(one.id for one in standard.grades)
    text = judging.statistic(standard, granularity, depth)
    return Matrix(
        standard, granularity, depth, property, text, periods, stations, grades, properties, grade, worst, samples
    )


def _coded(column: pa.ChunkedArray) -> tuple[tuple[str, ...], Ints]:
    """The distinct texts of a column in order, and for each row which of them it is."""
    distinct = pc.sort_indices(unique := pc.unique(column))
    ordered = unique.take(distinct)
    return tuple(ordered.to_pylist()), pc.index_in(column, ordered).to_numpy()
