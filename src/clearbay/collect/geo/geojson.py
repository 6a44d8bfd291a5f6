"""GeoJSON (RFC 7946), and its older form with a ``crs`` member."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from clearbay.collect.geo.parts import gathered
from clearbay.model.errors import BadInput
from clearbay.model.shapes import Shapes


def read(path: Path) -> Shapes:
    """The features of a FeatureCollection, or one Feature."""
    try:
        content = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadInput(f"it is no JSON: {error}", where=path.name, mend="export it again") from error
    if isinstance(content, dict) and content.get("type") == "Feature":
        content = {**content, "type": "FeatureCollection", "features": [content]}
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        raise BadInput("it is no FeatureCollection", where=path.name, mend="export it as GeoJSON features")
    features = content.get("features")
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise BadInput("`features` is no list of features", where=path.name, mend="export it again")
    try:
        geometries = np.array([_geometry(one.get("geometry")) for one in features], dtype=object)
    except (TypeError, ValueError, KeyError, IndexError, shapely.errors.ShapelyError) as error:
        raise BadInput(f"a geometry cannot be read ({error})", where=path.name, mend="repair it") from error
    rows: list[dict[str, Any]] = [one.get("properties") or {} for one in features]
    names = dict.fromkeys(key for row in rows for key in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    if "id" not in columns and any("id" in one for one in features):
        columns["id"] = [one.get("id") for one in features]
    crs = content.get("crs")
    named = crs.get("properties", {}).get("name") if isinstance(crs, dict) else None
    return gathered(geometries, columns, named or 4326, path.name)


def _geometry(value: dict[str, Any] | None) -> Any:
    if not value:
        return None
    kind, points = value["type"], value["coordinates"]
    if kind == "LineString":  # the usual one, without the detour through text
        return shapely.linestrings(np.array([point[:2] for point in points], dtype=float)) if points else None
    if kind == "Point":
        return shapely.points(np.array(points[:2], dtype=float)) if points else None
    return shapely.from_geojson(orjson.dumps(value))
