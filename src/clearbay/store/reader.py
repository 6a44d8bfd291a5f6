"""The reader: DuckDB over the monthly files, with the hot rows laid over them.

Where a month has hot rows, its files are anti-joined with them, so that a row in both counts once and the newer
revision wins; all other months are read as they are. A small history is kept in memory, sorted by datastream.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.model.observation import OBSERVATIONS
from clearbay.store.clock import month_of, naive_utc
from clearbay.store.datastreams import Names
from clearbay.store.engine import parquet
from clearbay.store.records import Records
from clearbay.store.resident import Resident
from clearbay.store.snapshot import Snapshot
from clearbay.store.trouble import told

After = tuple[str, str, str, datetime]
"""Where the last page ended: station, property, depth, time."""

_T = TypeVar("_T")
_COLUMNS = "datastream, station, property, depth, time, value, censoring, flag, revision, result_time"
_OBSERVATION = ", ".join(OBSERVATIONS.names)
_FEW = 256
"""Datastreams up to which a filter names each of them, which lets DuckDB skip row groups."""


class Reader:
    """Reads a home; every method may be called from any thread and sees what was committed before the call."""

    def __init__(self, records: Records, engine: duckdb.DuckDBPyConnection, history: Path) -> None:
        self._records = records
        self._engine = engine
        self._history = history
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
        twin = Reader(self._records, self._engine, self._history)
        twin._snapshot, twin._resident, twin._is_pinned = self._now(), self._resident, True
        return twin

    def latest(self, stations: Iterable[str] | None = None) -> pa.Table:
        """The newest observation of every datastream (``OBSERVATIONS``), sorted by station, property, depth."""
        streams = self._now().streams
        return streams.latest if stations is None else streams.latest.take(pa.array(streams.ranks(stations)))

    def datastreams(self, station: str | None = None) -> pa.Table:
        """Datastreams with their number of observations and first and last time (``streams.DATASTREAMS``)."""
        streams = self._now().streams
        return streams.table if station is None else streams.table.take(pa.array(streams.ranks([station])))

    def relation(self, as_of: datetime | None = None) -> duckdb.DuckDBPyRelation:
        """All observations (columns of ``OBSERVATIONS``, no order) as a lazy DuckDB relation of its own cursor.

        ``as_of``: as they were known at that moment. Use the relation in the thread that asked for it, soon.
        """

        def build(snapshot: Snapshot) -> duckdb.DuckDBPyRelation:
            cursor = self._engine.cursor()
            return cursor.sql(f"SELECT {_OBSERVATION} FROM ({self._source(cursor, snapshot, as_of)})")

        return self._tried("read the observations", build)

    def observations(
        self,
        *,
        stations: Iterable[str] | None = None,
        properties: Iterable[str] | None = None,
        depths: Iterable[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        as_of: datetime | None = None,
        limit: int | None = None,
        after: After | None = None,
    ) -> pa.Table:
        """Observations sorted by station, property, depth and time (``OBSERVATIONS``).

        ``start`` is included, ``end`` is not. ``limit`` and ``after`` page through: give the last row's station,
        property, depth and time to get the rows behind it; a page costs its own rows, not those before it.
        Names that nobody has registered simply match nothing.
        """
        names = [None if words is None else list(words) for words in (stations, properties, depths)]

        def build(snapshot: Snapshot) -> pa.Table:
            wanted = snapshot.streams.ranks(*names)
            begin: tuple[int, datetime] | None = None
            if after is not None:
                place = _place(snapshot.streams.names, after[:3])
                begin = (place, naive_utc(after[3])) if place >= 0 else None
                wanted = wanted[wanted >= (place if place >= 0 else ~place)]
            parts: list[pa.Table] = []
            rows = 0
            for block in _blocks(wanted, snapshot.streams.columns["count"], limit):
                left = None if limit is None else limit - rows
                part = self._block(snapshot, block, start, end, as_of, left, begin)
                parts.append(part)
                rows += part.num_rows
                if limit is not None and rows >= limit:
                    break
            return pa.concat_tables([OBSERVATIONS.empty_table(), *parts]).combine_chunks()

        return self._tried("read observations", build)

    def _block(
        self,
        snapshot: Snapshot,
        ranks: npt.NDArray[np.int64],
        start: datetime | None,
        end: datetime | None,
        as_of: datetime | None,
        limit: int | None,
        begin: tuple[int, datetime] | None,
    ) -> pa.Table:
        """The observations of the datastreams at ``ranks``, in order; behind ``begin`` (rank, time) only."""
        streams = snapshot.streams
        ids = streams.ids[ranks]
        span = (None if start is None else naive_utc(start), None if end is None else naive_utc(end))
        with self._engine.cursor() as cursor:
            source = self._source(cursor, snapshot, as_of, ids, span)
            cursor.register("wanted", pa.table({"datastream": ids, "rank": ranks.astype(np.int32)}))
            where = [f"datastream IN ({', '.join(map(str, ids.tolist()))})"] if len(ids) <= _FEW else []
            where += [f"time >= {_stamp(span[0])}"] if span[0] else []
            where += [f"time < {_stamp(span[1])}"] if span[1] else []
            if begin is not None:
                where.append(f"(rank > {begin[0]} OR time > {_stamp(begin[1])})")
            table = cursor.sql(
                "SELECT rank, time, value, censoring, flag, revision, result_time"
                f" FROM ({source}) JOIN wanted USING (datastream)"
                + (f" WHERE {' AND '.join(where)}" if where else "")
                + " ORDER BY rank, time"
                + (f" LIMIT {limit:d}" if limit is not None else "")
            ).to_arrow_table()
        place = table["rank"].combine_chunks()
        columns = [
            (streams.name_columns[field.name].take(place) if field.name in streams.name_columns else table[field.name])
            for field in OBSERVATIONS
        ]
        return pa.Table.from_arrays(
            [column.cast(field.type) for column, field in zip(columns, OBSERVATIONS, strict=True)], schema=OBSERVATIONS
        )

    def _source(
        self,
        cursor: duckdb.DuckDBPyConnection,
        snapshot: Snapshot,
        as_of: datetime | None,
        ids: npt.NDArray[np.int32] | None = None,
        span: tuple[datetime | None, datetime | None] = (None, None),
    ) -> str:
        """The SQL over everything that is valid (as of a moment); ``ids`` and ``span`` only narrow what is opened."""
        first = -1 if span[0] is None else month_of(span[0])
        last = 999999 if span[1] is None else month_of(span[1])
        files = [file for file in snapshot.files if first <= file.month <= last]
        warm = {month for month in snapshot.hot_months if first <= month <= last}
        moment = None if as_of is None else _stamp(naive_utc(as_of))
        known = "" if moment is None else f" WHERE result_time <= {moment}"
        shadow = f" ANTI JOIN (SELECT datastream, time FROM hot{known}) USING (datastream, time)"
        parts: list[str] = []
        current = [file for file in files if file.kind == "current"]
        resident = self._resident_of(snapshot)
        if resident is not None and current:
            cursor.register("resident", resident.rows(ids))
            if warm:
                low, high = (_stamp(edge) for edge in _edges(snapshot.hot))
                parts.append(f"SELECT {_COLUMNS} FROM resident WHERE (time < {low} OR time > {high})")
                parts.append(f"SELECT {_COLUMNS} FROM resident{shadow} WHERE time BETWEEN {low} AND {high}")
            else:
                parts.append(f"SELECT {_COLUMNS} FROM resident")
        else:
            cold = [file.name for file in current if file.month not in warm]
            overlaid = [file.name for file in current if file.month in warm]
            parts += [f"SELECT {_COLUMNS} FROM {parquet(self._history, cold)}"] if cold else []
            parts += [f"SELECT {_COLUMNS} FROM {parquet(self._history, overlaid)}{shadow}"] if overlaid else []
        if moment is not None:
            parts = [f"SELECT * FROM ({part}){known}" for part in parts]
            for group, behind in ((True, shadow), (False, "")):
                old = [f.name for f in files if f.kind == "superseded" and (f.month in warm) is group]
                if old:
                    scan = f"SELECT {_COLUMNS} FROM {parquet(self._history, old)}{behind}"
                    parts.append(f"{scan} WHERE result_time <= {moment} AND until > {moment}")
        if warm:
            valid = "until IS NULL"
            if moment is not None:
                valid = f"result_time <= {moment} AND (until IS NULL OR until > {moment})"
            parts.append(f"SELECT {_COLUMNS} FROM hot WHERE {valid}")
        if warm or not parts:
            cursor.register("hot", snapshot.hot)
        return " UNION ALL ".join(f"({part})" for part in parts or [f"SELECT {_COLUMNS} FROM hot WHERE false"])

    def _now(self) -> Snapshot:
        if self._is_pinned:
            return self._snapshot
        with told("read the records"), self._lock, self._records.read() as connection:
            self._snapshot = self._snapshot.renewed(connection, self._engine)
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


def _stamp(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"


def _edges(hot: pa.Table) -> tuple[datetime, datetime]:
    found = pc.min_max(hot["time"]).as_py()
    return found["min"], found["max"]


def _place(names: tuple[Names, ...], name: tuple[str, str, str]) -> int:
    """The place of a name in the sorted names, or ``~place`` of the first behind it where there is no such name."""
    place = bisect_left(names, name)
    return place if place < len(names) and names[place] == name else ~place


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
