"""The graph of a home, kept up with what this process and others change."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clearbay.model.observation import OBSERVATIONS
from clearbay.model.station import Station
from clearbay.share.sta import graph
from clearbay.share.sta.graph import Entity, Extent, Graph, Stream, Thing
from clearbay.store import Home, Reader
from clearbay.store.entities import KEY, Document, Entities, Key

REGISTER = 2.0
"""Seconds after which the register of stations is read again once the data have changed: other processes register
stations too, and reading some thousands costs more than a request should."""


class Columns:
    """The extents of all datastreams as columns: they change with every commit, and few are asked for."""

    def __init__(self, reader: Reader | None = None, before: Columns | None = None) -> None:
        self._reader = reader
        self.numbers: dict[Key, int] = {}
        self.fresh: dict[int, Key] = {}
        self._columns: tuple[npt.NDArray[np.int64], ...] = ()
        self._rank: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        if reader is None:
            return
        table = reader.datastreams()
        ids = table["id"].to_numpy().astype(np.int64)
        self._columns = tuple(table[name].cast(pa.int64()).to_numpy() for name in ("count", "first", "last"))
        self._rank = np.full(int(ids.max()) + 1 if len(ids) else 0, -1, dtype=np.int64)
        self._rank[ids] = np.arange(len(ids))
        known = 0 if before is None else len(before._rank)
        places = np.flatnonzero(ids >= known)
        self.numbers = {} if before is None else before.numbers  # numbers never change: only new ones are added
        if len(places):
            names = table.select(KEY).take(pa.array(places))
            keys = zip(*(column.to_pylist() for column in names.columns), strict=True)
            self.fresh = dict(zip(ids[places].tolist(), keys, strict=True))
            self.numbers = self.numbers | {key: number for number, key in self.fresh.items()}

    def newest(self, key: Key) -> pa.Table:
        """The newest observation of the datastream with this key (``OBSERVATIONS``), or no row."""
        at = self._place(key)
        if at is None or self._reader is None or self.of(key) is None:
            return OBSERVATIONS.empty_table()
        return self._reader.latest().slice(at, 1)

    def _place(self, key: Key) -> int | None:
        number = self.numbers.get(key)
        if number is None or number >= len(self._rank) or (at := int(self._rank[number])) < 0:
            return None
        return at

    def of(self, key: Key) -> Extent | None:
        """The extent of the datastream with this key; None where it has no observation."""
        at = self._place(key)
        if at is None:
            return None
        count, first, last = (int(column[at]) for column in self._columns)
        return Extent(count, first, last) if count else None


class State:
    """Gives the present graph; safe to use from many threads."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.entities = Entities(home)
        self._lock = threading.Lock()
        self._versions = (-1, -1)
        self._graph = graph.build((), {}, {}, Columns(), frozenset())
        self._documents: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._stations: tuple[Station, ...] = ()
        self._registered_at = -REGISTER
        self._stale = False

    @property
    def last(self) -> Graph:
        """The graph as last asked for, without a look at the store."""
        return self._graph

    def now(self) -> Graph:
        """The graph of this moment."""
        versions = self.entities.versions()
        if versions == self._versions and not self._stale:
            return self._graph
        with self._lock:
            if versions != self._versions or self._stale:
                self._renew(versions)
            return self._graph

    def forget(self) -> None:
        """Read the register of stations with the next look: this process has just changed it."""
        self._registered_at = -REGISTER
        self._stale = True

    def _renew(self, versions: tuple[int, int]) -> None:
        documents = self.entities.changed(self._versions[1]) if versions[1] != self._versions[1] else ()
        before = self._graph.extents
        extents = Columns(self.home.reader().pinned(), before if isinstance(before, Columns) else None)
        carrying = self.entities.carrying() if versions[1] != self._versions[1] else self._graph.carrying
        # Series that clients made are known before their first observation; others are not.
        whole = any(key not in self._graph.by_key for key in extents.fresh.values())
        self._stale = False
        if time.monotonic() - self._registered_at >= REGISTER:
            stations = self.home.stations()
            arrived = _arrived(self._stations, stations)
            whole = whole or arrived is None
            self._stations, self._registered_at = stations, time.monotonic()
        else:
            arrived = ()
            self._stale = True  # look again soon: the register may have changed with the data
        for one in documents:
            if one.body is None:
                self._documents.pop((one.kind, one.id), None)
            else:
                self._documents[one.kind, one.id] = one.body
        if whole:
            keys = {number: key for key, number in extents.numbers.items()}
            self._graph = graph.build(self._stations, keys, self._documents, extents, carrying)
        else:
            self._graph = _altered(self._graph, documents, arrived or (), extents, carrying)
        self._versions = versions


def _arrived(before: tuple[Station, ...], now: tuple[Station, ...]) -> tuple[Station, ...] | None:
    """The stations that are new or changed; None where so much is new that all is built anew, or some are gone."""
    if len(now) > len(before) + 100 or not before:
        return None
    known = {one.id: one for one in before}
    changed = tuple(one for one in now if known.get(one.id) != one)
    return changed if len(known.keys() - {one.id for one in now}) == 0 else None


def _altered(
    old: Graph, documents: Iterable[Document], arrived: Iterable[Station], extents: Columns, carrying: frozenset[int]
) -> Graph:
    """The graph with some documents and stations changed; what has not changed is shared with the old one."""
    documents, arrived = list(documents), list(arrived)
    if not documents and not arrived:
        fresh = Graph(old.sets, extents, carrying, old.by_thing)
        fresh.__dict__ |= {name: value for name, value in old.__dict__.items() if name in _INDEXES}
        return fresh
    touched = {one.kind for one in documents}
    if arrived:
        touched |= {"Things", "Locations", "FeaturesOfInterest", "Sensors"}
    sets = {name: dict(held) if name in touched else held for name, held in old.sets.items()}
    by_thing = dict(old.by_thing)
    for station in arrived:
        held = sets["Things"].get(station.id)
        sets["Things"][station.id] = Thing("Things", station.id, held.body if held else None, station)
        sensor = graph.not_stated(station.programme)
        sets["Sensors"].setdefault(sensor, Entity("Sensors", sensor))
        if station.longitude is not None:
            for name in ("Locations", "FeaturesOfInterest"):
                sets[name].setdefault(station.id, Entity(name, station.id))
    for name, id, body in documents:
        if name == "Things":
            held = sets["Things"].get(id)
            if held is not None:
                sets["Things"][id] = Thing("Things", id, body, held.station)
        elif name == "Datastreams":
            _alter_stream(sets["Datastreams"], by_thing, id, body)
        elif body is None:
            sets[name].pop(id, None)
        else:
            sets[name][id] = Entity(name, id, body)
    return Graph(sets, extents, carrying, by_thing)


def _alter_stream(
    streams: dict[str, Stream], by_thing: dict[str, list[Stream]], id: str, body: Mapping[str, Any] | None
) -> None:
    held = streams.get(id)
    told = body or {}
    if held is None and "key" not in told:
        return
    key: Key = held.key if held is not None else tuple(told["key"])
    others = [one for one in by_thing.get(key[0], []) if one.id != id]
    if body is None and held is not None and held.is_made:
        streams.pop(id)
    else:
        made = Stream("Datastreams", id, body, key, float(told.get("scale", 1.0)), float(told.get("offset", 0.0)))
        streams[id] = made
        others.append(made)
    by_thing[key[0]] = sorted(others, key=lambda one: int(one.id))


_INDEXES = ("streams", "by_key", "_of_sensor", "_of_property", "_things_of", "_history")
