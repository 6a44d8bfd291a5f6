"""The map of a bulletin: land, and each station in the colour and with the sign of its class."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import cos, radians
from typing import Any

import orjson
from shapely import affinity
from shapely.geometry import box, shape
from shapely.ops import unary_union

from clearbay import packs
from clearbay.apply.bulletin import Bulletin, Line
from clearbay.model.station import Station
from clearbay.model.text import Language
from clearbay.share.bulletin import words
from clearbay.share.bulletin.scene import Box, Dot, Label, Point, Rings, Scene, Shape, ink_on
from clearbay.share.bulletin.scene import Line as Stroke

LAND = ("land", "new-land")
"""Layers of the base map that are drawn as land."""

_SEA, _LAND, _SHORE, _QUIET = "#e9f0f5", "#f7f6f2", "#9aa7b1", "#5b6875"
_LEAST_DEGREES = 0.06
"""A single station still shows some kilometres of coast."""
_NAMED = 24
"""Up to this many stations are named on the map; beyond, names would cover one another."""


def chart(bulletin: Bulletin, language: Language, width: float, height: float) -> Scene | None:
    """The map in a frame of this size; None where no station has a position."""
    located = bulletin.located
    if not located:
        return None
    frame = _Frame.around(located, width, height)
    shapes: list[Shape] = [Box(0, 0, width, height, _SEA)]
    land = _land().intersection(box(*frame.bounds))
    drawn = affinity.affine_transform(land, frame.matrix).simplify(0.15)
    rings = tuple(_rings(drawn))
    if rings:
        shapes.append(Rings(rings, _LAND, _SHORE, 0.4))
    crowded = len(located) > _NAMED
    radius = 4.6 if crowded else 6.2
    spots = sorted(located, key=lambda one: _rank(bulletin, one))
    for line in spots:
        shapes.extend(_station(bulletin, language, line, frame, radius))
    if not crowded:
        shapes.extend(_names(spots, language, frame, radius))
    shapes.extend(_scale(frame, width, height))
    shapes.append(Box(0.25, 0.25, width - 0.5, height - 0.5, "", "#c3ccd4", 0.5))
    return Scene(width, height, tuple(shapes), words.say("map_about", language, n=str(len(located))))


class _Frame:
    """Degrees to points: equal lengths both ways at the middle latitude (the bay is small enough for that)."""

    def __init__(self, bounds: tuple[float, float, float, float], width: float, height: float) -> None:
        west, south, east, north = bounds
        self.squeeze = cos(radians((south + north) / 2))
        wide, high = (east - west) * self.squeeze, north - south
        self.scale = min(width / wide, height / high)
        # What the frame has to spare shows more coast, not an empty margin.
        more_x, more_y = (width / self.scale - wide) / 2 / self.squeeze, (height / self.scale - high) / 2
        self.bounds = (west - more_x, south - more_y, east + more_x, north + more_y)

    @classmethod
    def around(cls, lines: tuple[Line, ...], width: float, height: float) -> _Frame:
        longitudes = [one.station.longitude or 0.0 for one in lines]
        latitudes = [one.station.latitude or 0.0 for one in lines]
        west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
        margin_x = max((east - west) * 0.07, _LEAST_DEGREES / 2)
        margin_y = max((north - south) * 0.07, _LEAST_DEGREES / 2)
        return cls((west - margin_x, south - margin_y, east + margin_x, north + margin_y), width, height)

    @property
    def matrix(self) -> list[float]:
        west, _, _, north = self.bounds
        across = self.scale * self.squeeze
        return [across, 0, 0, -self.scale, -west * across, north * self.scale]

    def point(self, line: Line) -> Point:
        a, _, _, e, x, y = self.matrix
        return (line.station.longitude or 0.0) * a + x, (line.station.latitude or 0.0) * e + y

    @property
    def points_per_km(self) -> float:
        return self.scale / 111.32


@cache
def _land() -> Any:
    files = {layer.id: layer.path for layer in packs.layers()}
    found = [
        shape(feature["geometry"])
        for name in LAND
        if name in files
        for feature in orjson.loads(files[name].read_bytes())["features"]
    ]
    return unary_union([one if one.is_valid else one.buffer(0) for one in found])


def _rings(form: Any) -> Iterator[tuple[Point, ...]]:
    for part in getattr(form, "geoms", [form]):
        if part.geom_type == "Polygon" and part.area > 0.3:
            yield tuple(part.exterior.coords)
            yield from (tuple(one.coords) for one in part.interiors)


def plain_name(station: Station) -> bool:
    """True where the code is the name itself, spelled for an address: only the name is worth showing."""
    return _bare(station.code) in {_bare(name) for name in station.name.values()}


def _bare(text: str) -> str:
    """Letters and digits alone, for comparing ``Central-Western`` with ``Central/Western``."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _rank(bulletin: Bulletin, line: Line) -> int:
    """Order of drawing: what was not judged first, the worst on top."""
    if line.placed is None:
        return -1
    return [one.id for one in bulletin.standard.grades].index(line.placed.grade)


def _station(bulletin: Bulletin, language: Language, line: Line, frame: _Frame, radius: float) -> Iterator[Shape]:
    x, y = frame.point(line)
    said = line.station.name[language]
    name = said if plain_name(line.station) else f"{line.station.code} {said}"
    if line.placed is None:
        yield Dot(x, y, radius * 0.7, _SEA, _QUIET, 0.9, f"{name}: {words.say('not_judged', language)}")
        return
    grade = bulletin.standard.grades[_rank(bulletin, line)]
    yield Dot(x, y, radius, grade.colour, "#ffffff", 0.8, f"{name}: {grade.name[language]}")
    text = grade.short or grade.id
    size = radius * (1.45 if len(text) == 1 else 1.15 if len(text) == 2 else 0.9)
    yield Label(x, y + size * 0.36, text, size, ink_on(grade.colour), "middle", bold=True)


def _names(spots: list[Line], language: Language, frame: _Frame, radius: float) -> Iterator[Shape]:
    """Codes beside their stations, on the side where nothing stands yet; none where both sides are taken."""
    taken = [(x - radius, y - radius, x + radius, y + radius) for x, y in map(frame.point, spots)]
    for line in reversed(spots):
        x, y = frame.point(line)
        text = line.station.name[language] if plain_name(line.station) else line.station.code
        wide = sum(7.2 if ord(sign) > 0x2E7F else 4.4 for sign in text)
        for left, anchor in ((x + radius + 2, "start"), (x - radius - 2 - wide, "end")):
            place = (left, y - 4, left + wide, y + 4)
            if not any(
                place[0] < other[2] and other[0] < place[2] and place[1] < other[3] and other[1] < place[3]
                for other in taken
            ):
                taken.append(place)
                at = left if anchor == "start" else left + wide
                yield Label(at, y + 2.6, text, 7.2, "#1b2733", anchor, halo="#ffffff")  # type: ignore[arg-type]
                break


def _scale(frame: _Frame, width: float, height: float) -> Iterator[Shape]:
    """A bar of a round length, about a seventh of the width."""
    aim = width / 7 / frame.points_per_km
    length = max((one for one in (0.5, 1, 2, 5, 10, 20, 50, 100, 200) if one <= aim), default=0.5)
    x, y, long = 10.0, height - 10.0, length * frame.points_per_km
    yield Stroke(((x, y - 3), (x, y), (x + long, y), (x + long, y - 3)), "#3c4853", 0.8)
    yield Label(x + long + 4, y, f"{length:g} km", 7, "#3c4853", halo="#ffffff")
