"""Named places of the base map, so that a search finds the city, port, lake or sea by its name in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from shapely.geometry import shape

from clearbay import packs
from clearbay.model.text import LANGUAGES, Text
from clearbay.packs import Layer


@dataclass(frozen=True, slots=True)
class Place:
    """A named feature of a layer, or a jurisdiction; ``kind`` names what it belongs to.

    The position is a point inside the feature, for a map to fly to; None where no layer draws it.
    """

    id: str
    name: Text
    kind: Text | None
    longitude: float | None
    latitude: float | None


def places() -> tuple[Place, ...]:
    """Jurisdictions first (at the point of the outline that carries their code), then what the layers name."""
    drawn: dict[str, tuple[float, float]] = {}
    named: list[Place] = []
    for layer in packs.layers():
        for feature in _features(layer):
            properties = feature["properties"]
            if "jurisdiction" in properties:
                drawn[str(properties["jurisdiction"])] = _point(feature["geometry"])
            elif all(properties.get(f"name:{language}") for language in LANGUAGES):
                name: Text = {language: str(properties[f"name:{language}"]) for language in LANGUAGES}
                at = _point(feature["geometry"])
                named.append(Place(_slug(layer, name["en"]), name, layer.name, *at))
    found: list[Place] = []
    jurisdictions = packs.jurisdictions()
    for one in jurisdictions.values():
        above = jurisdictions.get(one.parent)
        where = drawn.get(one.code, (None, None))
        found.append(Place(one.code, one.name, above.name if above else None, *where))
    known = {place.name["zh-Hans"].removesuffix("市") for place in found}
    found += [place for place in named if place.name["zh-Hans"] not in known]
    return tuple({place.id: place for place in found}.values())


def _features(layer: Layer) -> Iterator[Mapping[str, Any]]:
    document = orjson.loads(layer.path.read_bytes())
    yield from (feature for feature in document["features"] if feature.get("properties"))


def _point(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """A point that lies in the feature: inside an area, halfway along a line."""
    form = shape(geometry)
    point = form.interpolate(0.5, normalized=True) if form.geom_type == "LineString" else form.representative_point()
    return round(float(point.x), 5), round(float(point.y), 5)


def _slug(layer: Layer, name: str) -> str:
    return f"{layer.id}.{re.sub('[^a-z0-9]+', '-', name.casefold()).strip('-')}"
