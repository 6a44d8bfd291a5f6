"""Positions from the systems met around the bay to WGS 84, without a network.

=================  ==============================================================================================
``WGS84``           degrees, what is kept; ``CGCS2000`` is taken for the same (they differ by centimetres)
``GCJ-02``          degrees as mainland web maps give them: displaced by some 500 m
``BD-09``           degrees as Baidu gives them: GCJ-02, displaced once more
``HK1980``          metres of the Hong Kong 1980 Grid, EPSG:2326
``MACAO1920``       metres of the Macao Grid on the 1920 datum, EPSG:8433
``MACAO2008``       metres of the Macao Grid on the 2008 datum, ESRI:102448
``EPSG:…``          any other system that PROJ knows
=================  ==============================================================================================

GCJ-02 and BD-09 are not published by their makers; the formulae are those that independent programs have agreed on for
years. Inside them the inverse is found by iteration, to better than 1e-9 degree. They hold in the box in which
GCJ-02 displaces at all (72.004-137.8347 E, 0.8293-55.8271 N); outside, positions pass unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from pyproj.exceptions import CRSError, ProjError

from clearbay.collect.source import closest
from clearbay.model.errors import BadInput

Degrees = npt.NDArray[np.float64]
Pair = tuple[Degrees, Degrees]

# Krasovsky 1940: semi-major axis in metres and squared eccentricity, which GCJ-02 scales its displacement by.
_AXIS, _E2 = 6378245.0, 0.00669342162296594323
_BAIDU = np.pi * 3000.0 / 180.0

NAMES = {
    "WGS84": "", "CGCS2000": "", "EPSG:4326": "", "EPSG:4490": "",
    "GCJ-02": "GCJ-02", "GCJ02": "GCJ-02", "BD-09": "BD-09", "BD09": "BD-09",
    "HK1980": "EPSG:2326", "HK1980GRID": "EPSG:2326", "MACAO1920": "EPSG:8433", "MACAO2008": "ESRI:102448",
}  # fmt: skip
"""Systems by the names people use; the empty one is WGS 84 itself."""


def to_wgs84(x: npt.ArrayLike, y: npt.ArrayLike, crs: str) -> Pair:
    """Longitude and latitude (WGS 84, degrees) of positions given in ``crs``; x is east or longitude, y north or
    latitude.

    Raises ``BadInput`` for a system that nobody knows. A position outside the system's use comes back as infinite.
    """
    east, north = np.asarray(x, float), np.asarray(y, float)
    known = system(crs)
    if known == "":
        return east, north
    if known == "GCJ-02":
        return _inverse(_gcj, east, north)
    if known == "BD-09":
        return _inverse(_gcj, *_inverse(_baidu, east, north))
    longitude, latitude = _transformer(known).transform(east, north)
    return np.asarray(longitude, float), np.asarray(latitude, float)


def from_wgs84(longitude: npt.ArrayLike, latitude: npt.ArrayLike, crs: str) -> Pair:
    """The way back: positions in ``crs`` of WGS 84 longitudes and latitudes."""
    lon, lat = np.asarray(longitude, float), np.asarray(latitude, float)
    known = system(crs)
    if known == "":
        return lon, lat
    if known == "GCJ-02":
        return _gcj(lon, lat)
    if known == "BD-09":
        return _baidu(*_gcj(lon, lat))
    x, y = _transformer(known).transform(lon, lat, direction="INVERSE")
    return np.asarray(x, float), np.asarray(y, float)


def system(crs: str) -> str:
    """A name of ``NAMES`` or an authority's code, as this module knows it."""
    name = re.sub(r"[\s_]", "", crs).upper()
    if name in NAMES:
        return NAMES[name]
    if re.fullmatch(r"(EPSG|ESRI):\d+", name):
        _transformer(name)
        return name
    near = closest(name, NAMES)
    raise BadInput(
        f"no coordinate system is called {crs!r}" + (f"; did you mean {near}?" if near else ""),
        where="crs",
        mend="use WGS84, CGCS2000, GCJ-02, BD-09, HK1980, MACAO1920, MACAO2008 or EPSG: and a number",
    )


@lru_cache(maxsize=32)
def _transformer(crs: str) -> Transformer:
    try:
        return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except (CRSError, ProjError) as error:
        raise BadInput(f"PROJ knows no {crs}", where="crs", mend="check the number of the EPSG code") from error


def _gcj(lon: Degrees, lat: Degrees) -> Pair:
    """WGS 84 to GCJ-02."""
    x, y = lon - 105.0, lat - 35.0
    waves = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    root = np.sqrt(np.abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    radians = np.radians(lat)
    magic = 1 - _E2 * np.sin(radians) ** 2
    meridian = _AXIS * (1 - _E2) / (magic * np.sqrt(magic))
    parallel = _AXIS / np.sqrt(magic) * np.cos(radians)
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    return (
        np.where(inside, lon + np.degrees(east / parallel), lon),
        np.where(inside, lat + np.degrees(north / meridian), lat),
    )


def _baidu(lon: Degrees, lat: Degrees) -> Pair:
    """GCJ-02 to BD-09."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _inverse(forward: Callable[[Degrees, Degrees], Pair], x: Degrees, y: Degrees) -> Pair:
    """The position that ``forward`` displaces to (x, y), found by taking the displacement off again and again."""
    lon, lat = x.copy(), y.copy()
    # The displacement changes by less than a hundredth from place to place: each turn gains two digits.
    for _ in range(12):
        east, north = forward(lon, lat)
        lon, lat = lon - (east - x), lat - (north - y)
    return lon, lat


_DMS = re.compile(
    r"^(?P<before>[NSEW]|[东西南北東][经纬經緯]?)?\s*(?P<sign>[+-])?(?P<d>\d+(?:\.\d+)?)\s*[°度]\s*"
    r"(?:(?P<m>\d+(?:\.\d+)?)\s*['′’分])?\s*(?:(?P<s>\d+(?:\.\d+)?)\s*(?:\"|″|”|''|秒))?\s*(?P<after>[NSEW东西南北東])?$"
)


def degrees(text: str) -> float:
    """Decimal degrees of a text in degrees, minutes and seconds; nan if it is none.

    >>> degrees("113°30'36\\"E")
    113.51
    """
    match = _DMS.match(text.strip())
    if not match:
        return float("nan")
    value = float(match["d"]) + float(match["m"] or 0) / 60 + float(match["s"] or 0) / 3600
    negative = match["sign"] == "-" or (match["before"] or match["after"] or "")[:1] in ("S", "W", "南", "西")
    return round(-value if negative else value, 9)
