"""Whose place a position is: one of the nine cities, Hong Kong or Macao, by the outlines of the base map.

The outlines are for orientation and no legal boundaries, and they end at the shore: what they say is a proposal that a
person confirms or changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import cos, radians
from typing import Any

import orjson
from shapely.geometry import Point, shape

from clearbay import packs
from clearbay.model.station import Jurisdiction

OFFSHORE = 20.0
"""Kilometres from the nearest outline up to which a position belongs to it: the bay's own waters."""
CLOSE = 2.0
"""Kilometres within which another outline makes the answer doubtful: the outlines are about that coarse."""

_KM = 111.2


@dataclass(frozen=True, slots=True)
class Whose:
    """The place that a position belongs to (empty: none of ours), and whether there is no doubt."""

    code: str
    sure: bool


@cache
def _outlines() -> tuple[tuple[str, Any], ...]:
    found = []
    for layer in packs.layers():
        if layer.group == "admin" and layer.geometry == "polygon":
            for feature in orjson.loads(layer.path.read_bytes())["features"]:
                if code := (feature.get("properties") or {}).get("jurisdiction"):
                    found.append((str(code), shape(feature["geometry"])))
    return tuple(found)


def offered() -> tuple[Jurisdiction, ...]:
    """The places that have an outline: the nine cities, Hong Kong and Macao, by code."""
    known = packs.jurisdictions()
    return tuple(known[code] for code in sorted({code for code, _ in _outlines()}) if code in known)


def whose(longitude: float, latitude: float) -> Whose:
    """Whose place a position (WGS 84, degrees) is.

    >>> whose(114.06, 22.6).code, whose(105.8, 21.0).code
    ('440300', '')
    """
    squeeze = cos(radians(latitude))
    point = Point(longitude, latitude)
    # Degrees of longitude are shorter than those of latitude; between both lies the true distance, near enough here.
    away = sorted((form.distance(point) * _KM * (1 + squeeze) / 2, code) for code, form in _outlines())
    if not away or away[0][0] > OFFSHORE:
        return Whose("", True)
    inside = away[0][0] == 0
    return Whose(away[0][1], inside and (len(away) < 2 or away[1][0] > CLOSE))
