"""What an entity says of itself: from a client's document where there is one, else from what the home knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from clearbay import packs
from clearbay.model.station import Station
from clearbay.share.sta.graph import MEASUREMENT, Entity, Graph, Stream, Thing
from clearbay.share.sta.shapes import SHAPES

GEOJSON = "application/geo+json"
_EPOCH = datetime(1970, 1, 1)
_CF = "https://vocab.nerc.ac.uk/standard_name/"
_UCUM = "https://ucum.org/ucum#"
_DEPTHS = {"surface": "surface", "middle": "mid-depth", "bottom": "bottom"}
_AVERAGED = {"instant": "real time", "minute": "minute means", "hour": "hourly means", "day": "daily means"}


def attributes(graph: Graph, entity: Entity) -> dict[str, Any]:
    """Every attribute of an entity, in the standard's order; those that have no value are left out."""
    own = _OWN[entity.set](graph, entity)
    told = entity.body
    if told is not None:
        own |= {name: told[name] for name in SHAPES[entity.set].attributes if name in told}
    if isinstance(entity, Stream):
        own |= _extent(graph, entity)
    return {name: own[name] for name in SHAPES[entity.set].attributes if name in own}


def attribute(graph: Graph, entity: Entity, name: str) -> Any:
    """One attribute; KeyError where the set has none of this name."""
    if name in ("id", "@iot.id"):
        return entity.number
    if name in ("selfLink", "@iot.selfLink"):
        return entity.address
    if name not in SHAPES[entity.set].attributes:
        raise KeyError(name)
    if entity.body is not None and name in entity.body:
        return entity.body[name]
    return attributes(graph, entity).get(name)


def stamp(micros: int) -> str:
    """A time in microseconds since 1970 as ISO 8601 with Z; fractions only where there are some.

    >>> stamp(1_500_000)
    '1970-01-01T00:00:01.500000Z'
    """
    return (_EPOCH + timedelta(microseconds=micros)).isoformat() + "Z"


def _thing(graph: Graph, entity: Entity) -> dict[str, Any]:
    assert isinstance(entity, Thing)
    station = entity.station
    properties: dict[str, Any] = {
        "station": station.id,
        "code": station.code,
        "names": dict(station.name),
        "medium": station.medium,
        "jurisdiction": station.jurisdiction,
        "programme": station.programme,
    }
    if station.zone:
        properties["zone"] = station.zone
    if station.water is not None:
        properties["water"] = dict(station.water)
    return {"name": station.name["en"], "description": _described(station), "properties": properties}


def _described(station: Station) -> str:
    text = f"Monitoring station {station.code} ({station.medium}) of {station.programme}"
    return text + (f" at {station.water['en']}" if station.water is not None else "")


def _location(graph: Graph, entity: Entity) -> dict[str, Any]:
    return _place(graph, entity, "location", "Position of")


def _feature(graph: Graph, entity: Entity) -> dict[str, Any]:
    return _place(graph, entity, "feature", "Water or air at")


def _place(graph: Graph, entity: Entity, name: str, said: str) -> dict[str, Any]:
    thing = graph.sets["Things"].get(entity.id)
    if thing is None or thing.station.longitude is None:
        return {}
    station = thing.station
    return {
        "name": station.name["en"],
        "description": f"{said} station {station.code}, WGS 84",
        "encodingType": GEOJSON,
        name: {"type": "Point", "coordinates": [station.longitude, station.latitude]},
    }


def _history(graph: Graph, entity: Entity) -> dict[str, Any]:
    return {}


def _sensor(graph: Graph, entity: Entity) -> dict[str, Any]:
    if entity.body is not None and "name" in entity.body:
        return {}
    programme = entity.id.partition(".")[2]
    return {
        "name": "Not stated",
        "description": f"The source {programme} does not say with which instrument or method it measured",
        "encodingType": "text/plain",
        "metadata": "not stated by the source",
    }


def _property(graph: Graph, entity: Entity) -> dict[str, Any]:
    known = packs.properties().get(entity.id)
    if known is None:
        return {}
    properties: dict[str, Any] = {"code": known.code, "names": dict(known.name), "unit": known.unit}
    if known.hj:
        properties["hj"] = known.hj
    return {
        "name": known.name["en"],
        "definition": f"{_CF}{known.cf}/" if known.cf else f"urn:clearbay:property:{known.code}",
        "description": f"{known.name['en']} ({known.unit_label or known.unit})",
        "properties": properties,
    }


def _stream(graph: Graph, entity: Entity) -> dict[str, Any]:
    assert isinstance(entity, Stream)
    station = graph.sets["Things"][entity.key[0]].station
    known = packs.properties().get(entity.code)
    what = known.name["en"] if known else entity.code
    how = ", ".join(part for part in (_DEPTHS.get(entity.depth, ""), _AVERAGED.get(entity.averaging, "")) if part)
    return {
        "name": f"{what} at {station.name['en']}" + (f" ({how})" if how else ""),
        "description": f"{what} at station {station.code} of {station.programme}" + (f", {how}" if how else ""),
        "observationType": MEASUREMENT,
        "unitOfMeasurement": unit(known.unit, known.unit_label) if known else unit("", ""),
        "properties": {"property": entity.code, "depth": entity.depth, "averaging": entity.averaging},
    }


def unit(code: str, label: str) -> dict[str, str | None]:
    """A unit as the standard writes it; UCUM where there is one, nulls where the quantity has none."""
    if not code:
        return {"name": None, "symbol": None, "definition": None}
    return {"name": label or code, "symbol": code, "definition": f"{_UCUM}{code}"}


def _extent(graph: Graph, stream: Stream) -> dict[str, Any]:
    """Times from the store, whatever a client once wrote: they follow from the observations."""
    extent = graph.extent(stream)
    found: dict[str, Any] = {}
    if extent is not None and extent.count:
        period = stream.period or timedelta()
        last = extent.last + period // timedelta(microseconds=1)
        found["phenomenonTime"] = f"{stamp(extent.first)}/{stamp(last)}"
        if stream.is_made:
            found["resultTime"] = found["phenomenonTime"]
    station = graph.sets["Things"][stream.key[0]].station
    if station.longitude is not None and extent is not None and extent.count:
        found["observedArea"] = {"type": "Point", "coordinates": [station.longitude, station.latitude]}
    return found


_OWN: Mapping[str, Any] = {
    "Things": _thing,
    "Locations": _location,
    "HistoricalLocations": _history,
    "Datastreams": _stream,
    "Sensors": _sensor,
    "ObservedProperties": _property,
    "FeaturesOfInterest": _feature,
}
