"""Datastreams in the records: a small integer for each (station, property, depth, averaging), and what is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import Connection, func, insert, select, text

from clearbay.model.errors import UnknownName
from clearbay.store import stations
from clearbay.store.tables import datastream, latest

Names = tuple[str, str, str, str]
"""Station, property, depth and averaging."""

PARTS = ("station", "property", "depth", "averaging")

_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Assigned:
    """The datastreams of a batch: ``ids`` one a row; ``last`` the newest time known of each row's datastream."""

    ids: npt.NDArray[np.int32]
    last: npt.NDArray[np.int64]


def assign(connection: Connection, readings: pa.Table, version: int) -> Assigned:
    """Give every reading the id of its datastream; new datastreams are numbered in the order of their names.

    Raises ``UnknownName`` where a station is not registered.
    """
    names, inverse = _distinct(readings)
    known = _known(connection, sorted({name[0] for name in names}))
    missing = sorted(name for name in names if name not in known)
    if missing:
        _refuse_unregistered(connection, sorted({name[0] for name in missing}))
        first = (connection.execute(select(func.max(datastream.c.id))).scalar() or 0) + 1
        rows = [
            {"id": first + i, **dict(zip(PARTS, name, strict=True)), "count": 0, "first": 0, "last": 0,
             "version": version}
            for i, name in enumerate(missing)
        ]  # fmt: skip
        connection.execute(insert(datastream), rows)
        known |= {name: (first + i, _NEVER) for i, name in enumerate(missing)}
    ids = np.array([known[name][0] for name in names], dtype=np.int32)
    last = np.array([known[name][1] for name in names], dtype=np.int64)
    return Assigned(ids[inverse], last[inverse])


def _distinct(readings: pa.Table) -> tuple[list[Names], npt.NDArray[np.intp]]:
    """The distinct names of a batch, and for each row which of them it is."""
    if readings.num_rows == 0:
        return [], np.empty(0, dtype=np.intp)
    columns = [readings[name].combine_chunks().dictionary_encode() for name in PARTS]
    columns = [column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in columns]
    sizes = [len(column.dictionary) for column in columns]
    key = np.zeros(readings.num_rows, dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        key = key * size + column.indices.to_numpy(zero_copy_only=False)
    present = np.zeros(prod(sizes), dtype=bool)
    present[key] = True
    distinct = np.flatnonzero(present)
    place = np.cumsum(present) - 1
    words = [column.dictionary.to_pylist() for column in columns]
    codes = np.unravel_index(distinct, sizes)
    parts = ([word[k] for k in code.tolist()] for word, code in zip(words, codes, strict=True))
    return list(zip(*parts, strict=True)), place[key].astype(np.intp)


def _groups(words: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """Portions small enough for one statement's parameters."""
    return (words[at : at + size] for at in range(0, len(words), size))


def _known(connection: Connection, ids: Sequence[str]) -> dict[Names, tuple[int, int]]:
    d = datastream.c
    query = select(d.id, d.station, d.property, d.depth, d.averaging, d.count, d.last)
    found: dict[Names, tuple[int, int]] = {}
    for group in _groups(ids):
        for row in connection.execute(query.where(d.station.in_(group))):
            found[row.station, row.property, row.depth, row.averaging] = (
                row.id,
                (row.last if row._mapping["count"] else _NEVER),
            )
    return found


def _refuse_unregistered(connection: Connection, names: Sequence[str]) -> None:
    known = stations.registered(connection, names)
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        raise UnknownName(f"no station is registered as {listed}", where="station", mend="register the station first")


def name_columns(connection: Connection) -> dict[str, pa.DictionaryArray]:
    """The names of every datastream as dictionary columns, to be taken by id."""
    d = datastream.c
    rows = connection.execute(select(d.id, d.station, d.property, d.depth, d.averaging)).all()
    size = max((row.id for row in rows), default=0) + 1
    columns: dict[str, list[str | None]] = {name: [None] * size for name in PARTS}
    for key, *words in rows:
        for name, word in zip(PARTS, words, strict=True):
            columns[name][key] = word
    return {name: pa.array(values, pa.string()).dictionary_encode() for name, values in columns.items()}


def note(connection: Connection, fresh: pa.Table, version: int) -> None:
    """Carry what a batch changed into ``datastream`` and ``latest``.

    ``fresh`` has one row a datastream: ``datastream, added, first, last`` and its newest row's ``time, value,
    censoring, flag, revision, result_time``.
    """
    rows: list[dict[str, Any]] = [{**row, "version": version} for row in fresh.to_pylist()]
    if rows:
        connection.execute(_STATISTICS, rows)
        connection.execute(_LATEST, rows)


_STATISTICS = text(
    "UPDATE datastream SET"
    " first = CASE WHEN count = 0 OR first > :first THEN :first ELSE first END,"
    " last = CASE WHEN count = 0 OR last < :last THEN :last ELSE last END,"
    " count = count + :added, version = :version WHERE id = :datastream"
)
_LATEST = text(
    "INSERT INTO latest (datastream, time, value, censoring, flag, revision, result_time)"
    " VALUES (:datastream, :time, :value, :censoring, :flag, :revision, :result_time)"
    " ON CONFLICT (datastream) DO UPDATE SET time = excluded.time, value = excluded.value,"
    " censoring = excluded.censoring, flag = excluded.flag, revision = excluded.revision,"
    " result_time = excluded.result_time WHERE excluded.time >= latest.time"
)


def changed(connection: Connection, since: int) -> Sequence[Any]:
    """Every datastream touched after data version ``since``, with its latest observation."""
    d, newest = datastream.c, latest.c
    query = (
        select(
            d.id, d.station, d.property, d.depth, d.averaging, d.count, d.first, d.last,
            newest.time, newest.value, newest.censoring, newest.flag, newest.revision, newest.result_time,
        )
        .join_from(datastream, latest, newest.datastream == d.id)
        .where(d.version > since)
    )  # fmt: skip
    return connection.execute(query).all()


def counts(connection: Connection) -> tuple[int, int]:
    """How many observations there are, in how many datastreams."""
    row = connection.execute(select(func.coalesce(func.sum(datastream.c.count), 0), func.count())).one()
    return int(row[0]), int(row[1])
