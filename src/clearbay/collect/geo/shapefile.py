"""Shapefile (Esri white paper J-7855, July 1998): .shp with geometries, .dbf with attributes, .prj, .cpg.

A reader of its own, as the format is small: numbers of a million rows are read as arrays, where the libraries that
are free of GDAL go value by value.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from clearbay.collect.geo.parts import gathered
from clearbay.collect.octets import encoding_of
from clearbay.model.errors import BadInput
from clearbay.model.shapes import Shapes

_POINTS, _LINES, _AREAS = {1, 11, 21}, {3, 13, 23}, {5, 15, 25}
_CODEPAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x03: "cp1252", 0x57: "cp1252"}


def read(path: Path) -> Shapes:
    """The features of a Shapefile: the .shp with its companions beside it, or all of them in one .zip."""
    files = _zipped(path) if path.suffix.lower() == ".zip" else _beside(path)
    try:
        geometries = _geometries(files[".shp"])
        columns = _attributes(files[".dbf"], files.get(".cpg", b"")) if ".dbf" in files else {}
    except (struct.error, ValueError, IndexError) as error:
        raise BadInput(f"it is no sound Shapefile ({error})", where=path.name, mend="export it again") from error
    if columns and len(next(iter(columns.values()))) != len(geometries):
        raise BadInput(
            f"{len(geometries)} geometries but {len(next(iter(columns.values())))} rows of attributes",
            where=path.name,
            mend="the .shp and .dbf must come from one export",
        )
    return gathered(geometries, columns, files.get(".prj", b"").decode("utf-8", "replace").strip(), path.name)


def _beside(path: Path) -> dict[str, bytes]:
    near = {
        one.suffix.lower(): one
        for one in path.parent.glob("*")
        if one.stem == path.stem and one.suffix.lower() in {".shp", ".dbf", ".prj", ".cpg"}
    }
    if ".shp" not in near:
        raise BadInput("its .shp is missing", where=path.name, mend="keep .shp, .dbf and .prj beside each other")
    return {kind: one.read_bytes() for kind, one in near.items()}


def _zipped(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            inside = [name for name in archive.namelist() if name.lower().endswith(".shp")]
            if len(inside) != 1:
                raise BadInput(
                    f"it holds {len(inside)} Shapefiles", where=path.name, mend="unpack it and name the .shp"
                )
            stem = inside[0][:-4]
            return {
                name[-4:].lower(): archive.read(name)
                for name in archive.namelist()
                if name[:-4] == stem and name[-4:].lower() in {".shp", ".dbf", ".prj", ".cpg"}
            }
    except zipfile.BadZipFile as error:
        raise BadInput(f"it cannot be unpacked ({error})", where=path.name, mend="load it again") from error


def _geometries(data: bytes) -> Any:
    if len(data) < 100 or struct.unpack(">i", data[:4])[0] != 9994:
        raise ValueError("the .shp does not begin as one")
    kind = struct.unpack("<i", data[32:36])[0]
    if kind not in _POINTS | _LINES | _AREAS:
        raise ValueError(f"shape type {kind} is none of points, lines, areas")
    points: list[Any] = []
    line_of: list[int] = []  # feature of each part
    lengths: list[int] = []
    at, feature = 100, 0
    missing = []
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(">i", data, at + 4)
        body, at = at + 8, at + 8 + 2 * size
        if size < 2 or at > len(data):
            raise ValueError(f"record {feature + 1} is cut")
        (own,) = struct.unpack_from("<i", data, body)
        if own == 0:
            missing.append(feature)
        elif own in _POINTS:
            points.append(np.frombuffer(data, "<f8", 2, body + 4))
            line_of.append(feature)
            lengths.append(1)
        else:
            parts, count = struct.unpack_from("<2i", data, body + 36)
            if parts < 1 or count < 1:
                missing.append(feature)
            else:
                bounds = (*struct.unpack_from(f"<{parts}i", data, body + 44), count)
                points.append(np.frombuffer(data, "<f8", 2 * count, body + 44 + 4 * parts))
                line_of += [feature] * parts
                lengths += [bounds[k + 1] - bounds[k] for k in range(parts)]
        feature += 1
    result = np.full(feature, None, dtype=object)
    if not points:
        return result
    xy = np.concatenate(points).reshape(-1, 2)
    owner = np.array(line_of)
    if kind in _POINTS:
        result[owner] = shapely.points(xy)
        return result
    part = np.repeat(np.arange(len(lengths)), lengths)
    if kind in _LINES:
        short = np.array(lengths) < 2
        if short.any():
            raise ValueError(f"a line of feature {owner[short.argmax()] + 1} has one point")
        several = shapely.multilinestrings(shapely.linestrings(xy, indices=part), indices=owner)
    else:
        # Only outlines matter here: every ring stands for itself, holes too, and the largest counts.
        several = shapely.multipolygons(shapely.polygons(shapely.linearrings(xy, indices=part)), indices=owner)
    result[np.setdiff1d(np.arange(feature), missing)] = several
    return result


def _attributes(data: bytes, codepage: bytes) -> Mapping[str, Sequence[Any]]:
    rows, start, width = struct.unpack_from("<IHH", data, 4)
    named = codepage.decode("ascii", "ignore").strip().lower()
    encoding = _known(named) or _CODEPAGES.get(data[29]) or encoding_of(data[start : start + 200_000])
    fields = []
    at, offset = 32, 1
    while data[at] != 0x0D:
        name = data[at : at + 11].split(b"\0", 1)[0].decode(encoding, "replace").strip()
        kind, length = chr(data[at + 11]), data[at + 16]
        fields.append((name, kind, offset, length))
        at, offset = at + 32, offset + length
    if start + rows * width > len(data):
        raise ValueError("the .dbf is cut")
    table = np.frombuffer(data, dtype=np.uint8, count=rows * width, offset=start).reshape(rows, width)
    return {name: _column(table, kind, offset, length, encoding) for name, kind, offset, length in fields}


def _known(name: str) -> str:
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return ""
    return name


def _column(table: Any, kind: str, offset: int, length: int, encoding: str) -> Sequence[Any]:
    cells = np.ascontiguousarray(table[:, offset : offset + length]).view(f"S{length}").ravel()
    if kind in "NF":
        text = np.char.strip(cells)
        empty = (text == b"") | np.char.startswith(text, b"*")
        numbers = np.where(empty, b"nan", text).astype(float)
        whole = np.isfinite(numbers) & (numbers == np.round(numbers)) & (np.abs(numbers) < 2**53)
        if whole.all() and not any(b"." in one for one in text[:1]):
            return list(numbers.astype(np.int64).tolist())
        return list(numbers.tolist())
    return [bytes(one).decode(encoding, "replace").strip() for one in cells.tolist()]
