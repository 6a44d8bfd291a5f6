"""The outline of the land for a first drawing: what a view shows, no finer than its pixels.

The whole base map takes a graphics context and half a megabyte; until it is drawn, a page can show the shore from a
few kilobytes. The lines are the land layers of the base map, cut to a box about the view and simplified to less than a
pixel, so that the finer shore that follows lies upon them.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import orjson
import shapely

from clearbay import packs
from clearbay.model.errors import BadInput

HOME = (114.18, 22.36, 10.0)
"""The view of a newcomer: the waters with stations; longitude, latitude and zoom."""

_TILE = 512
"""Pixels of the world's width at zoom 0 (Web Mercator as vector maps count it)."""
_SPAN = 2_800
"""Pixels of the box's width and height: a view on any common screen lies in it wherever it is asked for."""
_TOLERANCE = 0.8
"""Pixels that a line may depart from the base map's own."""
_SMALL = 2
"""Square pixels under which an islet is left to the base map."""


class View(NamedTuple):
    """Where a map looks: degrees of WGS 84 and a zoom."""

    longitude: float
    latitude: float
    zoom: float


def view_of(text: str | None) -> View:
    """``longitude,latitude,zoom`` as links write it; the newcomer's view where nothing is said."""
    if text is None:
        return View(*HOME)
    try:
        longitude, latitude, zoom = (float(part) for part in text.split(","))
    except ValueError:
        longitude = latitude = zoom = math.nan
    if not (abs(longitude) <= 180 and abs(latitude) <= 85 and 0 <= zoom <= 24):
        raise BadInput(f"{text!r} is not a view", where="at", mend="write longitude,latitude,zoom: at=114.18,22.36,10")
    return View(longitude, latitude, zoom)


def outline(view: View) -> dict[str, Any]:
    """``{bbox, unit, rings}``: the land about ``view``.

    Each ring is ``[x, y, dx, dy, ...]`` in ``unit`` degrees from the box's west and south, the first point absolute and
    the others as steps; shores run anticlockwise and lakes clockwise, so that filling by the non-zero rule is right.
    """
    zoom = max(0, min(math.floor(view.zoom), 14))
    span = _SPAN * 360 / (_TILE * 2**zoom)
    step = span / 8  # views near to each other share one answer
    return _cut(round(view.longitude / step) * step, round(view.latitude / step) * step, span, zoom)


@lru_cache(maxsize=64)
def _cut(longitude: float, latitude: float, span: float, zoom: int) -> dict[str, Any]:
    west, east = longitude - span / 2, longitude + span / 2
    south, north = latitude - span / 2, latitude + span / 2
    pixel = 360 / (_TILE * 2 ** (zoom + 0.5))  # a view's zoom lies between this one and the next
    land = shapely.clip_by_rect(_land(), west, south, east, north)
    land = shapely.simplify(land, pixel * _TOLERANCE, preserve_topology=False)
    unit = pixel / 2
    rings: list[list[int]] = []
    for part in shapely.get_parts(shapely.get_parts(land)):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        if part.area < _SMALL * pixel**2:
            continue
        oriented = shapely.geometry.polygon.orient(part)
        for ring in (oriented.exterior, *oriented.interiors):
            points = np.rint((shapely.get_coordinates(ring) - (west, south)) / unit).astype(np.int64)
            steps = np.diff(points, axis=0)
            kept = points[1:][(steps != 0).any(axis=1)]
            points = np.concatenate((points[:1], kept))
            if len(points) > 3:
                rings.append(np.concatenate((points[:1], np.diff(points, axis=0))).ravel().tolist())
    return {"bbox": [west, south, east, north], "unit": unit, "rings": rings}


@cache
def _land() -> Any:
    """The land of the base map's layers that are on by default, as one array of polygons."""
    shapes = [
        shapely.geometry.shape(feature["geometry"])
        for layer in packs.layers()
        if layer.group in ("coast", "islands") and layer.geometry == "polygon" and layer.default
        for feature in orjson.loads(layer.path.read_bytes())["features"]
    ]
    return np.array([part for shape in shapes for part in shapely.get_parts(shape)])
