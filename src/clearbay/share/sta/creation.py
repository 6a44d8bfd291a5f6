"""Entities that clients make, alter and delete; observations are in ``incoming``.

Everything of one request is one transaction: a Thing with its Datastreams, Sensors and ObservedProperties is there as a
whole or not at all. Observations deep in it are handed back, to be committed once what they belong to is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast, get_args

from clearbay import packs
from clearbay.model.errors import BadInput
from clearbay.model.station import Medium, Station
from clearbay.model.text import LANGUAGES
from clearbay.share.problems import Denied
from clearbay.share.sta.attributes import attributes, stamp
from clearbay.share.sta.expression import moment
from clearbay.share.sta.graph import COUNT, MEASUREMENT, TRUTH, Entity, Graph, Stream, Thing, made_number
from clearbay.share.sta.meaning import code_of, unit_of
from clearbay.share.sta.shapes import SHAPES
from clearbay.store.clock import micros, now
from clearbay.store.entities import Change, Key

PROGRAMME = "local.sta"
_AVERAGINGS = {"": "", "sample": "", "instant": "instant", "minute": "minute", "hour": "hour", "day": "day"}
_DEPTHS = ("", "surface", "middle", "bottom")
_DEFAULTS = {"jurisdiction": "100000", "medium": "river"}


@dataclass
class Creation:
    """What one request makes, within one transaction. ``made`` holds the new entities, ``observations`` the bodies of
    observations found inside, each with its datastream (None: the body names it).
    """

    graph: Graph
    change: Change
    made: dict[tuple[str, str], Entity] = field(default_factory=dict)
    observations: list[tuple[Mapping[str, Any], Stream]] = field(default_factory=list)
    is_register_changed: bool = False

    def create(self, set: str, body: Any, around: Mapping[str, Entity] | None = None, where: str = "") -> Entity:
        """Make an entity; ``around`` are the entities it is made in, by relation (``{"Thing": …}``)."""
        shape = SHAPES[set]
        if not isinstance(body, Mapping):
            raise BadInput(f"a {shape.one} is a JSON object", where=where or set)
        for name in shape.needed:
            if body.get(name) is None and not (set == "Sensors" and name == "metadata" and name in body):
                raise BadInput(f"a {shape.one} needs '{name}'", where=f"{where}{name}", mend=_needs(set))
        made: Entity = _MAKERS[set](self, body, dict(around or {}), where)
        return made

    def linked(self, set: str, body: Any, around: Mapping[str, Entity] | None = None, where: str = "") -> Entity:
        """The entity that a link names, or one made of what stands in its place."""
        if isinstance(body, Mapping) and "@iot.id" in body:
            return self.known(set, str(body["@iot.id"]), where)
        return self.create(set, body, around, where)

    def known(self, set: str, id: str, where: str = "") -> Entity:
        """An entity by its id, also one that this very request has made."""
        found = self.made.get((set, id)) or self.graph.find(set, id)
        if found is None:
            raise BadInput(f"there is no {set}({id[:80]})", where=where, mend=f"link to one that {set} lists")
        return found

    def _keep(self, entity: Entity) -> None:
        self.change.put(entity.set, entity.id, entity.body)
        self.made[entity.set, entity.id] = entity

    def _plain(self, set: str, body: Mapping[str, Any], **links: Any) -> Entity:
        """An entity of its attributes and links, under a new number."""
        entity = Entity(set, self.change.number(), _told(set, body) | links)
        self._keep(entity)
        return entity

    def thing(self, body: Mapping[str, Any], around: dict[str, Entity], where: str) -> Entity:
        """A station of its own, at the locations given, with the datastreams given."""
        number = self.change.number()
        station = _station(body, number, where)
        entity = Thing("Things", station.id, {**_told("Things", body), "made": True, "Locations": []}, station)
        self.change.station(station)
        self.is_register_changed = True
        self._keep(entity)
        if body.get("Locations"):
            places = [self.linked("Locations", one, None, f"{where}Locations/") for one in _list(body, "Locations")]
            entity = self.move(entity, places)
        elif "Location" in around:
            entity = self.move(entity, [around["Location"]])
        for one in _list(body, "Datastreams"):
            self.create("Datastreams", one, {"Thing": entity}, f"{where}Datastreams/")
        for one in _list(body, "HistoricalLocations"):
            self.create("HistoricalLocations", one, {"Thing": entity}, f"{where}HistoricalLocations/")
        return self.made["Things", entity.id]

    def move(self, thing: Thing, places: list[Entity], *, time: str | None = None) -> Thing:
        """Put a thing to locations, and remember when it came there."""
        ids = [one.id for one in places]
        thing = Thing("Things", thing.id, {**(thing.body or {}), "Locations": ids}, thing.station)
        position = next((point for one in places if (point := _point(self.graph, one)) is not None), None)
        if position is not None and thing.body is not None and thing.body.get("made"):
            thing.station = replace(thing.station, longitude=position[0], latitude=position[1])
            self.change.station(thing.station)
            self.is_register_changed = True
        self._keep(thing)
        self._plain("HistoricalLocations", {"time": time or stamp(micros(now()))}, Thing=thing.id, Locations=ids)
        return thing

    def location(self, body: Mapping[str, Any], around: dict[str, Entity], where: str) -> Entity:
        """A place, and the things that are put there."""
        entity = self._plain("Locations", body)
        if isinstance(thing := around.get("Thing"), Thing):
            self.move(thing, [entity])
        for one in _list(body, "Things"):
            found = self.linked("Things", one, {"Location": entity}, f"{where}Things/")
            if isinstance(found, Thing) and entity.id not in self.graph.locations_of(found):
                self.move(found, [entity])
        return entity

    def historical(self, body: Mapping[str, Any], around: dict[str, Entity], where: str) -> Entity:
        """That a thing was at locations from a time on."""
        thing = self._one("Things", "Thing", body, around, where)
        try:
            time = stamp(micros(moment(str(body["time"]))))
        except ValueError:
            raise BadInput(f"'{body['time']}' is no time", where=f"{where}time") from None
        places = [self.linked("Locations", one, None, f"{where}Locations/") for one in _list(body, "Locations")]
        if not places and "Location" in around:
            places = [around["Location"]]
        return self._plain("HistoricalLocations", {"time": time}, Thing=thing.id, Locations=[one.id for one in places])

    def sensor(self, body: Mapping[str, Any], around: dict[str, Entity], where: str) -> Entity:
        """An instrument or method."""
        entity = self._plain("Sensors", body)
        for one in _list(body, "Datastreams"):
            self.create("Datastreams", one, {"Sensor": entity}, f"{where}Datastreams/")
        return entity

    def observed_property(self, body: Mapping[str, Any], around: dict[str, Entity], where: str) -> Entity:
        """A property: one of the packs under a client's own words, or one of this home alone."""
        number = self.change.number()
        entity = Entity(
            "ObservedProperties", number, {**_told("ObservedProperties", body), "code": code_of(body, number)}
        )
        self._keep(entity)
        for one in _list(body, "Datastreams"):
            self.create("Datastreams", one, {"ObservedProperty": entity}, f"{where}Datastreams/")
        return entity

    def feature(self, body: Mapping[str, Any], around: dict[str, Entity], where: str) -> Entity:
        """Something observed that is not simply where the station stands."""
        return self._plain("FeaturesOfInterest", body)

    def datastream(self, body: Mapping[str, Any], around: dict[str, Entity], where: str) -> Entity:
        """A series of one property at one station, with the conversion of its unit."""
        kind = str(body["observationType"])
        if kind not in (MEASUREMENT, COUNT, TRUTH):
            raise BadInput(
                f"the observation type '{kind[-80:]}' is not kept here",
                where=f"{where}observationType",
                mend=f"this server keeps numbers: {MEASUREMENT}, or OM_CountObservation or OM_TruthObservation",
            )
        thing = self._one("Things", "Thing", body, around, where)
        sensor = self._one("Sensors", "Sensor", body, around, where)
        property_ = self._one("ObservedProperties", "ObservedProperty", body, around, where)
        code = str((property_.body or {}).get("code", property_.id))
        scale, offset = unit_of(code, body["unitOfMeasurement"])
        key = _key(thing.id, code, body.get("properties"), where)
        self._refuse_second(key)
        self._medium(thing, code)
        number = made_number(self.change.number())
        told = _told("Datastreams", body)
        for name in ("phenomenonTime", "resultTime", "observedArea"):
            told.pop(name, None)  # they follow from the observations
        links = {"Sensor": sensor.id, "ObservedProperty": property_.id, "key": list(key)}
        document = {**told, **links, "scale": scale, "offset": offset}
        entity = Stream("Datastreams", number, document, key, scale, offset)
        self._keep(entity)
        self.observations += [(one, entity) for one in _list(body, "Observations")]
        return entity

    def _one(self, set: str, relation: str, body: Mapping[str, Any], around: dict[str, Entity], where: str) -> Entity:
        if relation in body and body[relation] is not None:
            return self.linked(set, body[relation], None, f"{where}{relation}/")
        if relation in around:
            return around[relation]
        raise BadInput(
            f"its {relation} is missing",
            where=f"{where}{relation}",
            mend=f'link one: "{relation}": {{"@iot.id": …}}, or describe it in its place',
        )

    def _refuse_second(self, key: Key) -> None:
        """One series a property, depth and averaging at a station: two would contradict each other."""
        held = self.graph.by_key.get(key)
        here = next((one for one in self.made.values() if isinstance(one, Stream) and one.key == key), None)
        if held is not None and held.body is None and not _observations(self.graph, held):
            held = None
        held = held or here
        if held is not None:
            raise Denied(
                409,
                f"{held.address} already holds {key[1]} at this Thing"
                + (f" ({', '.join(part for part in key[2:] if part)})" if any(key[2:]) else ""),
                where="Datastream",
                mend="post to it; a second probe needs another depth or averaging (properties), or its own Thing",
            )

    def _medium(self, thing: Entity, code: str) -> None:
        """A thing that nobody gave a medium is of the air where its first property is."""
        known = packs.properties().get(code)
        if not isinstance(thing, Thing) or known is None or known.group != "air":
            return
        told = (thing.body or {}).get("properties")
        if (thing.body or {}).get("made") and not (isinstance(told, Mapping) and "medium" in told):
            current = self.made.get(("Things", thing.id), thing)
            assert isinstance(current, Thing)
            if current.station.medium != "air" and not self.graph.by_thing.get(thing.id):
                current.station = replace(current.station, medium="air")
                self.change.station(current.station)
                self.is_register_changed = True


_MAKERS = {
    "Things": Creation.thing,
    "Locations": Creation.location,
    "HistoricalLocations": Creation.historical,
    "Datastreams": Creation.datastream,
    "Sensors": Creation.sensor,
    "ObservedProperties": Creation.observed_property,
    "FeaturesOfInterest": Creation.feature,
}


def alter(creation: Creation, entity: Entity, given: Mapping[str, Any], *, whole: bool = False) -> Entity:
    """Change attributes and links of an entity; with ``whole``, attributes that are not given are removed."""
    shape = SHAPES[entity.set]
    unknown = [
        name
        for name in given
        if not name.startswith("@iot.")
        and "@iot." not in name
        and name not in shape.attributes
        and name not in shape.relations
    ]
    if unknown:
        raise BadInput(f"{shape.one} has no '{unknown[0][:60]}'", where=unknown[0][:60])
    if not _is_made(entity) and (wrong := (given.keys() - _OPEN.get(entity.set, frozenset())) & {*shape.attributes}):
        raise Denied(
            409,
            f"{entity.address} belongs to the home's register; {', '.join(sorted(wrong))} cannot be changed from here",
            where=min(wrong),
            mend="import a corrected register, or make an entity of your own",
        )
    if whole:
        for name in shape.needed:
            if given.get(name) is None:
                raise BadInput(f"a {shape.one} needs '{name}'", where=name, mend=_needs(entity.set))
    body = {k: v for k, v in (entity.body or {}).items() if not (whole and k in shape.attributes and k not in given)}
    body |= _told(entity.set, given)
    if isinstance(entity, Thing):
        return _alter_thing(creation, entity, body, given)
    if isinstance(entity, Stream):
        return _alter_stream(creation, entity, body, given)
    if entity.set == "ObservedProperties" and {"name", "definition", "properties"} & given.keys():
        code = code_of(body, entity.id)
        if code != (entity.body or {}).get("code") and creation.graph.related(entity, "Datastreams"):
            raise Denied(
                409,
                f"this would make it {code}, and datastreams depend on it",
                where="definition",
                mend="make another ObservedProperty",
            )
        body["code"] = code
    changed = Entity(entity.set, entity.id, body)
    creation.change.put(entity.set, entity.id, body)
    creation.made[entity.set, entity.id] = changed
    if entity.set == "Locations" and "location" in given:
        for thing in creation.graph.related(entity, "Things"):  # type: ignore[union-attr]
            creation.move(thing, [changed])
    return changed


def _alter_thing(creation: Creation, entity: Thing, body: dict[str, Any], given: Mapping[str, Any]) -> Entity:
    station = entity.station
    if body.get("made"):
        station = _station(body, station.code, "", before=station)
        if station != entity.station:
            creation.change.station(station)
            creation.is_register_changed = True
    changed = Thing("Things", entity.id, body, station)
    creation.change.put("Things", entity.id, body)
    creation.made["Things", entity.id] = changed
    if given.get("Locations"):
        places = [creation.linked("Locations", one, None, "Locations/") for one in _list(given, "Locations")]
        changed = creation.move(changed, places)
    return changed


def _alter_stream(creation: Creation, entity: Stream, body: dict[str, Any], given: Mapping[str, Any]) -> Entity:
    graph = creation.graph
    scale, offset = entity.scale, entity.offset
    if given.get("Sensor"):
        body["Sensor"] = creation.linked("Sensors", given["Sensor"], None, "Sensor/").id
    if "unitOfMeasurement" in given:
        scale, offset = unit_of(entity.code, given["unitOfMeasurement"])
        if (scale, offset) != (entity.scale, entity.offset) and _observations(graph, entity):
            raise Denied(
                409,
                "its observations are in the unit it has",
                where="unitOfMeasurement",
                mend="make another Datastream for another unit",
            )
        body |= {"scale": scale, "offset": offset}
    if entity.is_made:
        key = _key(entity.key[0], entity.code, body.get("properties"), "")
        for relation, kept in (("Thing", entity.key[0]), ("ObservedProperty", graph.property_of(entity))):
            link = given.get(relation)
            if isinstance(link, Mapping) and str(link.get("@iot.id", kept)) != kept:
                raise Denied(409, f"a Datastream keeps its {relation}", where=relation, mend="make another Datastream")
        if key != entity.key:
            raise Denied(
                409, "a Datastream keeps its depth and averaging", where="properties", mend="make another Datastream"
            )
    for name in ("phenomenonTime", "resultTime", "observedArea"):
        body.pop(name, None)
    changed = Stream("Datastreams", entity.id, body, entity.key, scale, offset)
    creation.change.put("Datastreams", entity.id, body)
    creation.made["Datastreams", entity.id] = changed
    return changed


def remove(creation: Creation, entity: Entity) -> None:
    """Delete an entity with what cannot be without it; ``Denied`` where observations depend on it."""
    graph, change = creation.graph, creation.change
    if not _is_made(entity):
        raise Denied(
            409,
            f"{entity.address} belongs to the home's register",
            where="path",
            mend="only what clients made can be deleted",
        )
    streams: list[Any] = []
    if isinstance(entity, Stream):
        streams = [entity]
    elif entity.set in ("Things", "Sensors", "ObservedProperties"):
        streams = list(graph.related(entity, "Datastreams") or ())  # type: ignore[arg-type]
    for one in streams:
        if count := _observations(graph, one):
            raise Denied(
                409,
                f"{one.address} holds {count:,} observations, and what was measured is never deleted",
                where="path",
                mend="describe it as closed (PATCH its name or properties) and make a new one",
            )
    for one in streams:
        change.put("Datastreams", one.id, None)
    if isinstance(entity, Stream):
        return
    if isinstance(entity, Thing):
        for one in graph.related(entity, "HistoricalLocations"):  # type: ignore[union-attr]
            change.put("HistoricalLocations", one.id, None)
        change.drop_station(entity.id)
        creation.is_register_changed = True
    if entity.set == "Locations":
        for thing in graph.related(entity, "Things"):  # type: ignore[union-attr]
            left = [id for id in graph.locations_of(thing) if id != entity.id]
            change.put("Things", thing.id, {**(thing.body or {}), "Locations": left})
        for one in graph.related(entity, "HistoricalLocations"):  # type: ignore[union-attr]
            change.put("HistoricalLocations", one.id, None)
    change.put(entity.set, entity.id, None)


_OPEN = {
    "Things": frozenset({"name", "description", "properties"}),
    "Datastreams": frozenset({"name", "description", "properties"}),
}
"""What clients may say anew of entities that are the home's own; their station, position and values stay."""


def _is_made(entity: Entity) -> bool:
    if isinstance(entity, Stream):
        return entity.is_made
    if isinstance(entity, Thing):
        return bool((entity.body or {}).get("made"))
    return entity.body is not None


def _observations(graph: Graph, stream: Stream) -> int:
    extent = graph.extent(stream)
    return extent.count if extent is not None else 0


def _told(set: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in SHAPES[set].attributes if body.get(name) is not None}


def _needs(set: str) -> str:
    return f"a {SHAPES[set].one} needs {', '.join(SHAPES[set].needed)}"


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    found = body.get(name) or []
    if not isinstance(found, list):
        raise BadInput(f"{name} is a list", where=name, mend="write [ … ]")
    return found


def _station(body: Mapping[str, Any], number: str, where: str, before: Station | None = None) -> Station:
    told = body.get("properties") or {}
    if not isinstance(told, Mapping):
        raise BadInput("properties are names with values", where=f"{where}properties", mend='write {"name": value}')
    medium = str(told.get("medium", before.medium if before else _DEFAULTS["medium"]))
    if medium not in get_args(Medium):
        raise BadInput(
            f"'{medium[:40]}' is no medium",
            where=f"{where}properties.medium",
            mend=f"use {', '.join(get_args(Medium))}",
        )
    jurisdiction = str(told.get("jurisdiction", before.jurisdiction if before else _DEFAULTS["jurisdiction"]))
    if jurisdiction not in packs.jurisdictions():
        raise BadInput(
            f"no jurisdiction has the code '{jurisdiction[:40]}'",
            where=f"{where}properties.jurisdiction",
            mend='a GB/T 2260 code: "440000" Guangdong, "810000" Hong Kong, "820000" Macao',
        )
    name = str(body["name"])
    return Station(
        id=before.id if before else f"{PROGRAMME}.{number}",
        code=number,
        name=dict.fromkeys(LANGUAGES, name),
        medium=cast(Medium, medium),
        jurisdiction=jurisdiction,
        programme=PROGRAMME,
        longitude=before.longitude if before else None,
        latitude=before.latitude if before else None,
    )


def _point(graph: Graph, place: Entity) -> tuple[float, float] | None:
    """The position that a location states as a point, also inside a GeoJSON feature; no other shape has one."""
    found = attributes(graph, place).get("location")
    if isinstance(found, Mapping) and found.get("type") == "Feature":
        found = found.get("geometry")
    if not isinstance(found, Mapping) or found.get("type") != "Point":
        return None
    try:
        longitude, latitude = (float(one) for one in found["coordinates"][:2])
    except (KeyError, TypeError, ValueError):
        raise BadInput("the point has no coordinates", where="location", mend="write [longitude, latitude]") from None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise BadInput(
            f"{longitude}, {latitude} is no place on Earth",
            where="location",
            mend="write [longitude, latitude] in degrees of WGS 84",
        )
    return longitude, latitude


def _key(station: str, code: str, properties: Any, where: str) -> Key:
    told = properties if isinstance(properties, Mapping) else {}
    depth, averaging = str(told.get("depth") or ""), str(told.get("averaging") or "")
    if depth not in _DEPTHS:
        raise BadInput(
            f"'{depth[:40]}' is no depth",
            where=f"{where}properties.depth",
            mend="use surface, middle or bottom; other words belong into another property",
        )
    if averaging not in _AVERAGINGS:
        raise BadInput(
            f"'{averaging[:40]}' is no averaging",
            where=f"{where}properties.averaging",
            mend="use sample, instant, minute, hour or day",
        )
    return station, code, depth, _AVERAGINGS[averaging]


__all__ = ["Creation", "alter", "remove"]
