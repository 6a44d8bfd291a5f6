"""SensorThings entities of a home: what clients made, kept as documents beside stations and datastreams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, tuple_, update

from clearbay.model.station import Station
from clearbay.store import datastreams, stations
from clearbay.store.datastreams import PARTS
from clearbay.store.home import Home
from clearbay.store.records import bump
from clearbay.store.tables import meta, station
from clearbay.store.tables_sta import sta_entity, sta_observation
from clearbay.store.trouble import told

Key = tuple[str, str, str, str]
"""What makes a datastream: station, property, depth and averaging."""

KEY = PARTS


class Document(NamedTuple):
    """An entity as kept; ``body`` is None for one that was deleted."""

    kind: str
    id: str
    body: dict[str, Any] | None


class Extra(NamedTuple):
    """What one observation carries beside its value; ``time`` in microseconds UTC."""

    datastream: int
    time: int
    feature: str | None
    body: dict[str, Any]


class Change:
    """One transaction that makes, alters and deletes entities."""

    def __init__(self, connection: Connection, version: int) -> None:
        self._connection = connection
        self._version = version

    def number(self) -> str:
        """A number that no entity has had."""
        return str(bump(self._connection, "sta_number"))

    def put(self, kind: str, id: str, body: Mapping[str, Any] | None) -> None:
        """Keep an entity, or with None mark it as deleted."""
        values = {"body": None if body is None else dict(body), "version": self._version}
        here = (sta_entity.c.kind == kind) & (sta_entity.c.id == id)
        if not self._connection.execute(update(sta_entity).where(here).values(values)).rowcount:
            self._connection.execute(insert(sta_entity).values(kind=kind, id=id, **values))

    def station(self, given: Station) -> None:
        """Register a station, or correct it."""
        stations.register(self._connection, [given], replace=True)

    def drop_station(self, id: str) -> None:
        """Forget a station that has no datastream."""
        datastreams.forget(self._connection, datastreams.of_station(self._connection, id))
        self._connection.execute(delete(station).where(station.c.id == id))
        bump(self._connection, "forgotten")
        bump(self._connection, "data_version")


class Entities:
    """The documents of one home. Safe to share between threads and processes."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def versions(self) -> tuple[int, int]:
        """The version of the data and that of the entities."""
        with told("read the versions"), self.home.records.read() as connection:
            now = dict(
                connection.execute(
                    select(meta.c.key, meta.c.value).where(meta.c.key.in_(("data_version", "sta_version")))
                ).all()
            )
        return int(now["data_version"]), int(now["sta_version"])

    def changed(self, since: int) -> Sequence[Document]:
        """Every entity made, altered or deleted after version ``since``."""
        query = select(sta_entity.c.kind, sta_entity.c.id, sta_entity.c.body).where(sta_entity.c.version > since)
        with told("read the entities"), self.home.records.read() as connection:
            return [Document(*row) for row in connection.execute(query)]

    @contextmanager
    def change(self) -> Iterator[Change]:
        """One transaction: all of it is kept when the block ends, or nothing."""
        with told("keep the entities"), self.home.records.write() as connection:
            yield Change(connection, bump(connection, "sta_version"))

    def keep_extras(self, extras: Iterable[Extra]) -> None:
        """Keep what observations carry beside their values, in place of what they carried before."""
        rows = {(one.datastream, one.time): one for one in extras}
        if not rows:
            return
        table = sta_observation
        with told("keep what observations carry"), self.home.records.write() as connection:
            for group in _groups(list(rows)):
                connection.execute(delete(table).where(tuple_(table.c.datastream, table.c.time).in_(group)))
            connection.execute(insert(table), [one._asdict() for one in rows.values()])
            bump(connection, "sta_version")

    def carrying(self) -> frozenset[int]:
        """The datastreams of which any observation carries something."""
        with told("read what observations carry"), self.home.records.read() as connection:
            return frozenset(connection.execute(select(sta_observation.c.datastream).distinct()).scalars())

    def extras(self, datastream: int, first: int, last: int) -> dict[int, Extra]:
        """What the observations of a datastream between two times (both included) carry, by time."""
        t = sta_observation.c
        query = select(t.datastream, t.time, t.feature, t.body).where(
            t.datastream == datastream, t.time >= first, t.time <= last
        )
        with told("read what observations carry"), self.home.records.read() as connection:
            return {row.time: Extra(*row) for row in connection.execute(query)}

    def features(self, ids: Iterable[str] | None = None) -> Sequence[tuple[int, int, str]]:
        """Datastream, time and feature of the observations that have a feature of their own, or one of ``ids``."""
        t = sta_observation.c
        query = select(t.datastream, t.time, t.feature).where(t.feature.is_not(None))
        if ids is not None:
            query = query.where(t.feature.in_(list(ids)))
        with told("read the features of observations"), self.home.records.read() as connection:
            return [(row.datastream, row.time, row.feature) for row in connection.execute(query)]


def _groups(keys: list[tuple[int, int]], size: int = 400) -> Iterator[list[tuple[int, int]]]:
    return (keys[at : at + size] for at in range(0, len(keys), size))
