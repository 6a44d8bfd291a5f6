"""The reader: DuckDB over the monthly files, with the hot rows laid over them.

Each call looks at the records first, for less than a millisecond where nothing has changed, and then reads what was
valid at that moment, with a cursor of its own.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clearbay.model.observation import OBSERVATIONS
from clearbay.store import scan
from clearbay.store.clock import naive_utc
from clearbay.store.datastreams import Names
from clearbay.store.engine import literal
from clearbay.store.hot import Opened
from clearbay.store.records import Records
from clearbay.store.resident import Resident
from clearbay.store.scan import Span, stamp
from clearbay.store.snapshot import Snapshot
from clearbay.store.trouble import told

After = tuple[str, str, str, str, datetime]
"""Where the last page ended: station, property, depth, averaging, time."""

_T = TypeVar("_T")
_OBSERVATION = ", ".join(OBSERVATIONS.names)
_FEW = 256
"""Datastreams up to which a filter names each of them, which lets DuckDB skip row groups."""


class Reader:
    """Reads a home; every method may be called from any thread and sees what was committed before the call."""

    def __init__(
        self, records: Records, engine: duckdb.DuckDBPyConnection, history: Path, opened: Opened | None = None
    ) -> None:
        self._records = records
        self._engine = engine
        self._history = history
        self._opened = opened or Opened()
        self._lock = threading.Lock()
        self._snapshot = Snapshot()
        self._resident: tuple[int, Resident] | None = None
        self._is_pinned = False

    @property
    def data_version(self) -> int:
        """The version of the store that the next call will read."""
        return self._now().data_version

    def pinned(self) -> Reader:
        """A reader that stays at the present version, for answers made of several calls.

        Good for minutes, not longer: files that history has replaced are deleted after ``history.GRACE``.
        """
        twin = Reader(self._records, self._engine, self._history, self._opened)
        twin._snapshot, twin._resident, twin._is_pinned = self._now(), self._resident, True
        return twin

    def latest(self, stations: Iterable[str] | None = None) -> pa.Table:
        """The newest observation of every datastream (``OBSERVATIONS``), sorted by their names."""
        streams = self._now().streams
        return streams.latest if stations is None else streams.latest.take(pa.array(streams.ranks(stations)))

    def datastreams(self, station: str | None = None) -> pa.Table:
        """Datastreams with their number of observations and first and last time (``streams.DATASTREAMS``)."""
        streams = self._now().streams
        return streams.table if station is None else streams.table.take(pa.array(streams.ranks([station])))

    def relation(
        self, as_of: datetime | None = None, *, averagings: Collection[str] | None = None
    ) -> duckdb.DuckDBPyRelation:
        """All observations (columns of ``OBSERVATIONS``, no order) as a lazy DuckDB relation of its own cursor.

        ``as_of``: as they were known at that moment. ``averagings``: only those. Use the relation in the thread that
        asked for it, soon.
        """

        def build(snapshot: Snapshot) -> duckdb.DuckDBPyRelation:
            cursor = self._engine.cursor()
            source = scan.valid_rows(cursor, self._history, snapshot, self._resident_of(snapshot), as_of)
            # Where nothing else is here, which is known without a look, no row needs to be asked.
            asked = averagings is not None and bool(set(snapshot.streams.averagings) - set(averagings))
            words = ", ".join(literal(word) for word in averagings or ()) or "NULL"
            where = f" WHERE averaging IN ({words})" if asked else ""
            return cursor.sql(f"SELECT {_OBSERVATION} FROM ({source}){where}")

        return self._tried("read the observations", build)

    def query(self, sql: str, name: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """What SQL (of DuckDB) says of all observations, which it calls ``name``, and of ``tables`` by their names.

        ``sql`` goes on after the first common table expression: ``more AS (...) SELECT ...``.
        """

        def build(snapshot: Snapshot) -> pa.Table:
            with self._engine.cursor() as cursor:
                source = scan.valid_rows(cursor, self._history, snapshot, self._resident_of(snapshot), None)
                for word, table in tables.items():
                    cursor.register(word, table)
                return cursor.sql(f"WITH {name} AS (SELECT {_OBSERVATION} FROM ({source})), {sql}").to_arrow_table()

        return self._tried("ask about the observations", build)

    def observations(
        self,
        *,
        stations: Iterable[str] | None = None,
        properties: Iterable[str] | None = None,
        depths: Iterable[str] | None = None,
        averagings: Iterable[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None = None,
        limit: int | None = None,
        after: After | None = None,
    ) -> pa.Table:
        """Observations sorted by station, property, depth, averaging and time (``OBSERVATIONS``).

        ``start`` is included, ``end`` is not. ``limit`` and ``after`` page through: give the last row's station,
        names and time to get the rows behind it; a page costs its own rows, not those before it.
        Names that nobody has registered simply match nothing.
        """
        names = [None if words is None else list(words) for words in (stations, properties, depths, averagings)]
        span = (None if start is None else naive_utc(start), None if end is None else naive_utc(end))

        def build(snapshot: Snapshot) -> pa.Table:
            wanted = snapshot.streams.ranks(*names)
            behind: tuple[int, datetime] | None = None
            if after is not None:
                place, found = _place(snapshot.streams.names, after[:4])
                behind = (place, naive_utc(after[4])) if found else None
                wanted = wanted[wanted >= place]
            parts = [OBSERVATIONS.empty_table()]
            left = limit
            for block in _blocks(wanted, snapshot.streams.columns["count"], limit):
                part = self._block(snapshot, block, span, as_of, _Page(behind, left))
                parts.append(part)
                if left is not None:
                    left -= part.num_rows
                    if left <= 0:
                        break
            return pa.concat_tables(parts).combine_chunks()

        return self._tried("read observations", build)

    def _block(
        self, snapshot: Snapshot, ranks: npt.NDArray[np.int64], span: Span, as_of: datetime | None, page: _Page
    ) -> pa.Table:
        """The observations of the datastreams at ``ranks``, in order."""
        streams = snapshot.streams
        ids = streams.ids[ranks]
        with self._engine.cursor() as cursor:
            resident = self._resident_of(snapshot)
            source = scan.valid_rows(cursor, self._history, snapshot, resident, as_of, ids, span, named=False)
            where = [] if scan.covers(snapshot, resident, span) else _within(span)
            if len(ids) <= _FEW:
                where.append(f"datastream IN ({', '.join(map(str, ids.tolist()))})")
            order = "datastream"
            if len(ids) > _FEW or (np.diff(ids) < 0).any():
                # Numbers are given in the order of names within a batch: only then may a join for the order be needed.
                cursor.register("wanted", pa.table({"datastream": ids, "rank": ranks.astype(np.int32)}))
                source, order = f"SELECT * FROM ({source}) JOIN wanted USING (datastream)", "rank"
            if page.behind is not None:
                where.append(f"(datastream <> {streams.ids[page.behind[0]]} OR time > {stamp(page.behind[1])})")
            table = cursor.sql(
                f"SELECT datastream, time, value, censoring, flag, revision, result_time FROM ({source})"
                + (f" WHERE {' AND '.join(where)}" if where else "")
                + f" ORDER BY {order}, time"
                + (f" LIMIT {page.limit:d}" if page.limit is not None else "")
            ).to_arrow_table()
        ranks_of = pa.array(streams.rank[table["datastream"].combine_chunks().to_numpy(zero_copy_only=False)])
        columns = [
            (streams.encoded[field.name].take(ranks_of) if field.name in streams.encoded else table[field.name])
            for field in OBSERVATIONS
        ]
        return pa.Table.from_arrays(
            [column.cast(field.type) for column, field in zip(columns, OBSERVATIONS, strict=True)], schema=OBSERVATIONS
        )

    def _now(self) -> Snapshot:
        if self._is_pinned:
            return self._snapshot
        with told("read the records"), self._lock, self._records.read() as connection:
            self._snapshot = self._snapshot.renewed(connection, self._engine, self._opened)
            return self._snapshot

    def _resident_of(self, snapshot: Snapshot) -> Resident | None:
        """The history in memory, where it is small enough; loaded once for each state of history."""
        if not Resident.fits(snapshot):
            return None
        with self._lock:
            if self._resident is None or self._resident[0] != snapshot.history_version:
                self._resident = snapshot.history_version, Resident.load(self._engine, self._history, snapshot)
            return self._resident[1]

    def _tried(self, doing: str, build: Callable[[Snapshot], _T]) -> _T:
        """Run a query; once more on a fresh view if a file was replaced and removed under it."""
        with told(doing):
            try:
                return build(self._now())
            except (duckdb.IOException, FileNotFoundError):
                if self._is_pinned:
                    raise
                with self._lock:
                    self._snapshot = Snapshot()
                return build(self._now())


@dataclass(frozen=True, slots=True)
class _Page:
    """Where a page begins (behind a rank and a time) and how many rows it may have."""

    behind: tuple[int, datetime] | None
    limit: int | None


def _within(span: Span) -> list[str]:
    start, end = span
    return ([f"time >= {stamp(start)}"] if start else []) + ([f"time < {stamp(end)}"] if end else [])


def _place(names: tuple[Names, ...], name: Names) -> tuple[int, bool]:
    """The place of a name in the sorted names, or of the first behind it; and whether it is there."""
    place = bisect_left(names, name)
    return place, place < len(names) and names[place] == name


def _blocks(
    wanted: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], limit: int | None
) -> Iterable[npt.NDArray[np.int64]]:
    """Datastreams in portions that should fill a page; doubling, where filters leave fewer rows than counted."""
    if limit is None:
        if len(wanted):
            yield wanted
        return
    filled = np.cumsum(counts[wanted])
    start, size = 0, max(limit, 1)
    while start < len(wanted):
        before = int(filled[start - 1]) if start else 0
        end = max(int(np.searchsorted(filled, before + size)) + 1, start + 1)
        yield wanted[start:end]
        start, size = end, size * 4
