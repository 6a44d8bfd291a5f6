"""Geometries to the parts of ``Shapes``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from clearbay.collect.geo.crs import to_wgs84
from clearbay.model.errors import BadInput
from clearbay.model.shapes import Geometry, Shapes

_KINDS: dict[int, Geometry] = {0: "point", 4: "point", 1: "line", 2: "line", 5: "line", 3: "area", 6: "area"}


def gathered(
    geometries: NDArray[Any], columns: Mapping[str, Sequence[Any]], system: str | int | None, name: str
) -> Shapes:
    """Features with shapely geometries as ``Shapes``: holes and heights dropped, empty ones left out and counted.

    Raises BadInput where there is nothing, or geometries of several kinds.
    """
    empty = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    notes = []
    if empty.any():
        notes.append(f"{name}: {int(empty.sum())} features without a geometry were left out")
        keep = np.flatnonzero(~empty)
        geometries = geometries[keep]
        columns = {key: [values[at] for at in keep.tolist()] for key, values in columns.items()}
    if not len(geometries):
        raise BadInput("there is not one feature in it", where=name, mend="check the file, or name another --layer")
    kinds = {_KINDS.get(int(number)) for number in np.unique(shapely.get_type_id(geometries))}
    if len(kinds) != 1 or None in kinds:
        raise BadInput("points, lines and areas are mixed in it", where=name, mend="keep one kind of geometry a file")
    (kind,) = kinds
    single, feature = shapely.get_parts(geometries, return_index=True)
    if kind == "area":
        single = shapely.get_exterior_ring(single)
    xy, part = shapely.get_coordinates(single, return_index=True)
    start = np.zeros(len(single) + 1, dtype=np.int64)
    np.cumsum(np.bincount(part, minlength=len(single)), out=start[1:])
    xy, note = to_wgs84(xy, system, name)
    if note:
        notes.append(note)
    assert kind is not None
    return Shapes(name, kind, columns, xy, start, feature.astype(np.int64), len(geometries), tuple(notes))
