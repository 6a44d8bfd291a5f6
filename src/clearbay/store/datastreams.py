"""Datastreams in the records: a small integer for each (station, property, depth, averaging)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, delete, func, insert, select

from clearbay.model.errors import UnknownName
from clearbay.store import hot, state, stations
from clearbay.store.records import bump, numbers
from clearbay.store.tables import datastream

Names = tuple[str, str, str, str]
"""Station, property, depth and averaging."""

PARTS = ("station", "property", "depth", "averaging")


def since(connection: Connection, version: int) -> Sequence[Any]:
    """Number and names (id, station, property, depth, averaging) of every datastream newer than a data version."""
    d = datastream.c
    query = select(d.id, d.station, d.property, d.depth, d.averaging).order_by(d.id)
    return connection.execute(query.where(d.version > version) if version >= 0 else query).all()


def add(connection: Connection, names: Sequence[Names], first: int, version: int) -> None:
    """Number new datastreams from ``first`` on; raises ``UnknownName`` where a station is not registered."""
    _refuse_unregistered(connection, sorted({name[0] for name in names}))
    rows = [
        {"id": first + i, **dict(zip(PARTS, name, strict=True)), "version": version} for i, name in enumerate(names)
    ]
    connection.execute(insert(datastream), rows)


def declare(connection: Connection, name: Names) -> int:
    """The number of the datastream with this name, made where there is none; it has no observation yet, and nobody
    lists it. Raises ``UnknownName`` where its station is not registered."""
    here = [datastream.c[part] == word for part, word in zip(PARTS, name, strict=True)]
    number = connection.execute(select(datastream.c.id).where(*here)).scalar()
    if number is None:
        number = (connection.execute(select(func.max(datastream.c.id))).scalar() or 0) + 1
        add(connection, [name], number, bump(connection, "data_version"))
    return int(number)


def forget(connection: Connection, ids: Iterable[int]) -> None:
    """Take away those of the datastreams that have no observation."""
    wanted = set(ids)
    if not wanted:
        return
    kept = state.kept(connection).columns["count"]
    used = {number for number in wanted if number < len(kept) and kept[number]}
    since = int(numbers(connection)["state_version"])
    for block in hot.listed(connection, since):
        found = hot.Opened().rows(connection, block)["datastream"].to_numpy()
        used |= wanted & set(np.unique(found).tolist())
    gone = sorted(wanted - used)
    if gone:
        connection.execute(delete(datastream).where(datastream.c.id.in_(gone)))
        bump(connection, "forgotten")
        bump(connection, "data_version")


def of_station(connection: Connection, station: str) -> list[int]:
    """The numbers of a station's datastreams."""
    return list(connection.execute(select(datastream.c.id).where(datastream.c.station == station)).scalars())


def _refuse_unregistered(connection: Connection, names: Sequence[str]) -> None:
    known = stations.registered(connection, names)
    unknown = [name for name in names if name not in known]
    if unknown:
        listed = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        raise UnknownName(f"no station is registered as {listed}", where="station", mend="register the station first")


def name_columns(connection: Connection) -> dict[str, pa.DictionaryArray]:
    """The names of every datastream as dictionary columns, to be taken by id."""
    rows = since(connection, -1)
    size = max((row.id for row in rows), default=0) + 1
    columns: dict[str, list[str | None]] = {name: [None] * size for name in PARTS}
    for key, *words in rows:
        for name, word in zip(PARTS, words, strict=True):
            columns[name][key] = word
    return {name: pa.array(values, pa.string()).dictionary_encode() for name, values in columns.items()}
