"""Small map files, written by the rules of their formats and by nothing that reads them here."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyproj import CRS

Line = Sequence[tuple[float, float]]


def geojson(path: Path, lines: Sequence[Line], rows: Sequence[Mapping[str, Any]]) -> Path:
    """A FeatureCollection of lines (or of points, where a line has one point)."""
    features = [
        {
            "type": "Feature",
            "properties": dict(row),
            "geometry": {"type": "Point", "coordinates": line[0]}
            if len(line) == 1
            else {"type": "LineString", "coordinates": [list(point) for point in line]},
        }
        for line, row in zip(lines, rows, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def geopackage(path: Path, lines: Sequence[Line], rows: Sequence[Mapping[str, Any]], *, epsg: int = 4326) -> Path:
    """One layer ``rivers`` of lines, with an envelope in every other geometry header."""
    names = list(rows[0])
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT,"
            " organization_coordsys_id INTEGER, definition TEXT);"
            "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,"
            " srs_id INTEGER, z INTEGER, m INTEGER);"
            f"CREATE TABLE rivers (fid INTEGER, geom BLOB, {', '.join(f'{name} TEXT' for name in names)});"
        )
        connection.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 1, 'EPSG', ?, ?)", (epsg, CRS.from_epsg(epsg).to_wkt())
        )
        connection.execute("INSERT INTO gpkg_geometry_columns VALUES ('rivers', 'geom', 'LINESTRING', 1, 0, 0)")
        for number, (line, row) in enumerate(zip(lines, rows, strict=True)):
            wkb = struct.pack("<BII", 1, 2, len(line)) + b"".join(struct.pack("<2d", *point) for point in line)
            boxed = number % 2 == 1
            header = b"GP" + bytes([0, 0b00000011 if boxed else 0b00000001]) + struct.pack("<i", 1)
            if boxed:
                xs, ys = [point[0] for point in line], [point[1] for point in line]
                header += struct.pack("<4d", min(xs), max(xs), min(ys), max(ys))
            connection.execute(
                f"INSERT INTO rivers VALUES ({', '.join('?' * (2 + len(names)))})",
                (number, header + wkb, *(row[name] for name in names)),
            )
    return path


def shapefile(
    path: Path,
    lines: Sequence[Line],
    rows: Sequence[Mapping[str, Any]],
    *,
    wkt: str | None = None,
    encoding: str = "utf-8",
) -> Path:
    """A Shapefile of lines: .shp, .dbf, .prj and .cpg."""
    body = b""
    for number, line in enumerate(lines, start=1):
        xs, ys = [point[0] for point in line], [point[1] for point in line]
        record = struct.pack("<i4d3i", 3, min(xs), min(ys), max(xs), max(ys), 1, len(line), 0)
        record += b"".join(struct.pack("<2d", *point) for point in line)
        body += struct.pack(">2i", number, len(record) // 2) + record
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, (100 + len(body)) // 2) + struct.pack("<2i8d", 1000, 3, *[0.0] * 8)
    path.write_bytes(head + body)
    fields = []
    for name in rows[0]:
        numeric = all(isinstance(row[name], (int, float)) for row in rows)
        fields.append((name, b"N" if numeric else b"C", 18 if numeric else 40))
    width = 1 + sum(size for _, _, size in fields)
    dbf = struct.pack("<4BIHH20x", 3, 126, 1, 1, len(rows), 32 + 32 * len(fields) + 1, width)
    for name, kind, size in fields:
        dbf += (
            name.encode()[:10].ljust(11, b"\0")
            + kind
            + b"\0" * 4
            + bytes([size, 6 if kind == b"N" else 0])
            + b"\0" * 14
        )
    dbf += b"\r"
    for row in rows:
        dbf += b" "
        for name, kind, size in fields:
            value = row[name]
            text = f"{value:>{size}}" if kind == b"N" else str(value)
            dbf += text.encode(encoding)[:size].ljust(size)
    path.with_suffix(".dbf").write_bytes(dbf)
    path.with_suffix(".prj").write_text(wkt if wkt is not None else CRS.from_epsg(4326).to_wkt("WKT1_ESRI"))
    path.with_suffix(".cpg").write_text(encoding)
    return path
