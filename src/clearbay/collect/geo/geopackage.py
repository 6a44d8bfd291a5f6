"""GeoPackage (OGC 12-128): an SQLite file with geometries as WKB behind a small header.

Read with the SQLite of Python: no further library is needed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import numpy as np
import shapely

from clearbay.collect.geo.parts import gathered
from clearbay.model.errors import BadInput
from clearbay.model.shapes import Shapes

_ENVELOPES = (0, 32, 48, 48, 64)
"""Bytes of the envelope after the 8 bytes of the header, by the three bits that tell its kind."""


def read(path: Path, *, layer: str | None = None) -> Shapes:
    """The features of one table; without ``layer`` the file must have just one."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as connection:
            table, column, system = _layer(connection, path.name, layer)
            cursor = connection.execute(f"SELECT * FROM {_quoted(table)}")
            names = [entry[0] for entry in cursor.description]
            rows = cursor.fetchall()
    except sqlite3.DatabaseError as error:
        raise BadInput(f"it is no sound GeoPackage ({error})", where=path.name, mend="export it again") from error
    values = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {name: () for name in names}
    blobs = values.pop(column)
    try:
        geometries = shapely.from_wkb(np.array([_wkb(blob) for blob in blobs], dtype=object))
    except (shapely.errors.ShapelyError, ValueError, IndexError) as error:
        raise BadInput(
            f"a geometry cannot be read ({error})", where=f"{path.name}, {table}", mend="repair it"
        ) from error
    return gathered(geometries, values, system, f"{path.name}, {table}" if layer else path.name)


def _layer(connection: sqlite3.Connection, name: str, wanted: str | None) -> tuple[str, str, str | int | None]:
    try:
        found = connection.execute(
            "SELECT g.table_name, g.column_name, s.definition, s.organization, s.organization_coordsys_id, g.srs_id "
            "FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id ORDER BY 1"
        ).fetchall()
    except sqlite3.OperationalError:
        raise BadInput("an SQLite file, but no GeoPackage", where=name, mend="export it as GeoPackage") from None
    names = [row[0] for row in found]
    if wanted is not None and wanted not in names:
        raise BadInput(f"it has no layer {wanted!r}", where=name, mend=f"it has: {', '.join(names) or 'none'}")
    chosen = [row for row in found if wanted in (None, row[0])]
    if len(chosen) != 1:
        raise BadInput(
            f"it has {len(found)} layers: {', '.join(names)}" if found else "it has no layer of features",
            where=name,
            mend="choose one with --layer" if found else "export one with features",
        )
    table, column, definition, authority, number, code = chosen[0]
    if code in (0, -1) or definition is None:
        return table, column, None
    if str(authority).upper() == "EPSG" and number:
        return table, column, int(number)
    return table, column, str(definition)


def _wkb(blob: bytes | None) -> bytes | None:
    if blob is None:
        return None
    if blob[:2] != b"GP":
        raise ValueError("without the header of GeoPackage")
    flags = blob[3]
    if flags & 0x10:
        return None
    return bytes(blob[8 + _ENVELOPES[(flags >> 1) & 0x07] :])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
