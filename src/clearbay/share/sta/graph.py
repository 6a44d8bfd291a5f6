"""All entities but observations, in memory: stations and datastreams of the home, and the documents of clients.

A graph is of one moment and never changes once made. Entities of the home itself have its own ids (a station's, a
property's code); those that clients make have numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote

import pyarrow as pa

from clearbay import packs
from clearbay.model.station import Station
from clearbay.share.sta.shapes import SHAPES
from clearbay.store.entities import Key

PERIODS: Mapping[str, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
"""How long an observation of an averaging lasts; the others are of a moment."""

_OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_"
MEASUREMENT, COUNT, TRUTH = _OM + "Measurement", _OM + "CountObservation", _OM + "TruthObservation"


@dataclass(slots=True, eq=False)
class Entity:
    """One entity: its set, its id, and what a client told of it (None: nobody did, it is the home's own)."""

    set: str
    id: str
    body: Mapping[str, Any] | None = None

    @property
    def number(self) -> int | str:
        """The id as it is written: a number where it is one."""
        return int(self.id) if self.id.isdecimal() else self.id

    @property
    def address(self) -> str:
        """The entity's path below the service root."""
        if self.id.isdecimal():
            return f"{self.set}({self.id})"
        return f"{self.set}('{quote(self.id.replace(chr(39), chr(39) * 2), safe=_PLAIN)}')"


_PLAIN = "':.-_~"


@dataclass(slots=True, eq=False)
class Thing(Entity):
    """A station."""

    station: Station = None  # type: ignore[assignment]


@dataclass(slots=True, eq=False)
class Stream(Entity):
    """A datastream, with its place in the store and how its unit follows from the store's.

    A value shown is ``(stored - offset) / scale``; one that came is stored as ``value * scale + offset``.
    """

    key: Key = ("", "", "", "")
    scale: float = 1.0
    offset: float = 0.0

    @property
    def code(self) -> str:
        """The property's code."""
        return self.key[1]

    @property
    def depth(self) -> str:
        """``surface``, ``middle``, ``bottom`` or nothing."""
        return self.key[2]

    @property
    def averaging(self) -> str:
        """``instant``, ``minute``, ``hour``, ``day`` or nothing."""
        return self.key[3]

    @property
    def period(self) -> timedelta | None:
        """How long each observation lasts."""
        return PERIODS.get(self.averaging)

    @property
    def kind(self) -> str:
        """Its observation type."""
        return str((self.body or {}).get("observationType", MEASUREMENT))

    @property
    def is_made(self) -> bool:
        """Whether a client made it; else it is the home's own, whatever clients said of it since."""
        return self.body is not None and "key" in self.body


@dataclass(frozen=True, slots=True)
class Extent:
    """How many observations a datastream has, between which times (microseconds UTC)."""

    count: int
    first: int
    last: int


class Extents(Protocol):
    """Answers the extent of a datastream; None where it has no observation."""

    def of(self, key: Key) -> Extent | None:
        """The extent of the datastream with this key."""

    def newest(self, key: Key) -> pa.Table:
        """Its newest observation (``OBSERVATIONS``), or no row."""


@dataclass
class Graph:
    """Entities by set and id, and the ways between them."""

    sets: Mapping[str, dict[str, Any]]
    extents: Extents
    carrying: frozenset[int] = frozenset()
    by_thing: Mapping[str, list[Stream]] = field(default_factory=dict)

    def find(self, set: str, id: str) -> Entity | None:
        """The entity with this id."""
        found: Entity | None = self.sets[set].get(id)
        return found

    def every(self, set: str) -> list[Any]:
        """All entities of a set, in their order."""
        return list(self.sets[set].values())

    @cached_property
    def streams(self) -> list[Stream]:
        """All datastreams in the order of their numbers."""
        return list(self.sets["Datastreams"].values())

    @cached_property
    def by_key(self) -> dict[Key, Stream]:
        """Datastreams by their place in the store."""
        return {one.key: one for one in self.streams}

    def extent(self, stream: Stream) -> Extent | None:
        """How many observations a datastream has and between which times; None where it has none."""
        return self.extents.of(stream.key)

    @cached_property
    def _of_sensor(self) -> dict[str, list[Stream]]:
        return _grouped((self.sensor_of(one), one) for one in self.streams)

    @cached_property
    def _of_property(self) -> dict[str, list[Stream]]:
        return _grouped((self.property_of(one), one) for one in self.streams)

    @cached_property
    def _things_of(self) -> dict[str, list[Thing]]:
        return _grouped((location, one) for one in self.sets["Things"].values() for location in self.locations_of(one))

    @cached_property
    def _history(self) -> tuple[dict[str, list[Entity]], dict[str, list[Entity]]]:
        entities = self.sets["HistoricalLocations"].values()
        return (
            _grouped((str((one.body or {})["Thing"]), one) for one in entities),
            _grouped((str(place), one) for one in entities for place in (one.body or {})["Locations"]),
        )

    def sensor_of(self, stream: Stream) -> str:
        """The id of a datastream's sensor."""
        body = stream.body or {}
        if "Sensor" in body:
            return str(body["Sensor"])
        return not_stated(self.sets["Things"][stream.key[0]].station.programme)

    def property_of(self, stream: Stream) -> str:
        """The id of a datastream's observed property."""
        return str((stream.body or {}).get("ObservedProperty", stream.code))

    def locations_of(self, thing: Thing) -> list[str]:
        """The ids of a thing's locations."""
        if thing.body is not None and "Locations" in thing.body:
            return [str(one) for one in thing.body["Locations"]]
        return [thing.id] if thing.station.longitude is not None else []

    def related(self, entity: Entity, relation: str) -> list[Any] | Entity | None:
        """Where a relation leads: a list, one entity, or None; not for ``Observations``."""
        ids: Iterable[str]
        match entity.set, relation:
            case "Things", "Datastreams":
                return self.by_thing.get(entity.id, [])
            case "Things", "Locations":
                ids = self.locations_of(entity)  # type: ignore[arg-type]
            case "Things", "HistoricalLocations":
                return self._history[0].get(entity.id, [])
            case "Locations", "Things":
                return self._things_of.get(entity.id, [])
            case "Locations", "HistoricalLocations":
                return self._history[1].get(entity.id, [])
            case "HistoricalLocations", "Thing":
                return self.find("Things", str((entity.body or {})["Thing"]))
            case "HistoricalLocations", "Locations":
                ids = (str(one) for one in (entity.body or {})["Locations"])
            case "Datastreams", "Thing":
                return self.find("Things", entity.key[0])  # type: ignore[attr-defined]
            case "Datastreams", "Sensor":
                return self.find("Sensors", self.sensor_of(entity))  # type: ignore[arg-type]
            case "Datastreams", "ObservedProperty":
                return self.find("ObservedProperties", self.property_of(entity))  # type: ignore[arg-type]
            case "Sensors", "Datastreams":
                return self._of_sensor.get(entity.id, [])
            case "ObservedProperties", "Datastreams":
                return self._of_property.get(entity.id, [])
            case _:
                raise KeyError(relation)
        leads_to = SHAPES[entity.set].relations[relation][0]
        return [found for one in ids if (found := self.find(leads_to, one)) is not None]

    def feature_of(self, stream: Stream) -> Entity | None:
        """Where the observations of a datastream are taken that have no feature of their own."""
        return self.find("FeaturesOfInterest", stream.key[0])


def own_number(stored: int) -> int:
    """The number that clients know a datastream by that is the home's own: even. Those that clients make are odd, so
    that they have a number before the store gives them one.
    """
    return 2 * stored


def made_number(number: str) -> str:
    """The number of a datastream that a client makes."""
    return str(2 * int(number) + 1)


def _key(parts: Iterable[str]) -> Key:
    station, code, depth, averaging = parts
    return station, code, depth, averaging


def not_stated(programme: str) -> str:
    """The id of the sensor that stands for "the source does not say" in a programme."""
    return f"not-stated.{programme or 'local'}"


def slug(text: str) -> str:
    """A word of letters, digits and hyphens for a name; empty where it has none of them.

    >>> slug("Luminous Flux (590 nm)")
    'luminous-flux-590-nm'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def build(
    stations: Iterable[Station],
    keys: Mapping[int, Key],
    documents: Mapping[tuple[str, str], Mapping[str, Any]],
    extents: Extents,
    carrying: frozenset[int],
) -> Graph:
    """The graph of a home's stations, its datastreams by number, and the documents by set and id."""
    sets: dict[str, dict[str, Any]] = {name: {} for name in SHAPES}
    for station in stations:
        sets["Things"][station.id] = Thing("Things", station.id, documents.get(("Things", station.id)), station)
        if station.longitude is not None:
            for name in ("Locations", "FeaturesOfInterest"):
                sets[name][station.id] = Entity(name, station.id, documents.get((name, station.id)))
    for code in packs.properties():
        sets["ObservedProperties"][code] = Entity("ObservedProperties", code)
    for programme in sorted({one.station.programme for one in sets["Things"].values()}):
        name = not_stated(programme)
        sets["Sensors"][name] = Entity("Sensors", name, documents.get(("Sensors", name)))
    made: dict[int, Key] = {}
    for (name, id), body in documents.items():
        if name == "Datastreams":
            if "key" in body:
                made[int(id)] = _key(body["key"])
        elif name != "Things":
            sets[name][id] = Entity(name, id, body)
    told_keys = set(made.values())
    made |= {own_number(number): key for number, key in keys.items() if key not in told_keys}
    by_thing: dict[str, list[Stream]] = {}
    for number in sorted(made):
        key, told = made[number], documents.get(("Datastreams", str(number)))
        if key[0] not in sets["Things"]:
            continue
        stream = Stream("Datastreams", str(number), told, key)
        if told is not None:
            stream.scale, stream.offset = float(told.get("scale", 1.0)), float(told.get("offset", 0.0))
        sets["Datastreams"][str(number)] = stream
        by_thing.setdefault(key[0], []).append(stream)
    return Graph(sets, extents, carrying, by_thing)
