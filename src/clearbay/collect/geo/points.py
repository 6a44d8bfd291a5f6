"""Points from a table: CSV with longitude and latitude."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from clearbay.collect.octets import encoding_of, unpacked
from clearbay.model.errors import BadInput
from clearbay.model.shapes import Shapes

LONGITUDE = ("longitude", "lon", "lng", "x", "经度", "經度")
LATITUDE = ("latitude", "lat", "y", "纬度", "緯度")


def read(path: Path) -> Shapes:
    """One point a row; rows without a position are left out and said. Degrees in WGS 84."""
    data = unpacked(path.read_bytes(), path.name)
    text = data.decode(encoding_of(data), errors="replace").removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    rows = list(csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count)))
    names = [name.strip() for name in (rows[0] if rows else {}) if name]
    columns = {name: [_clean(row, name) for row in rows] for name in names}
    known = {name.lower(): name for name in names}
    x = next((known[name] for name in LONGITUDE if name in known), None)
    y = next((known[name] for name in LATITUDE if name in known), None)
    if x is None or y is None:
        raise BadInput(
            f"no columns of coordinates among {', '.join(names) or 'none'}",
            where=path.name,
            mend="name them longitude and latitude",
        )
    places, kept, bad = [], [], []
    for row, (east, north) in enumerate(zip(columns[x], columns[y], strict=True)):
        try:
            place = (float(east), float(north))
            good = abs(place[0]) <= 180 and abs(place[1]) <= 90
        except ValueError:
            good = False
        if good:
            places.append(place)
            kept.append(row)
        else:
            bad.append(row + 2)
    if not places:
        raise BadInput("not one row has a position", where=path.name, mend="give longitude and latitude in degrees")
    notes = (f"{path.name}: {len(bad)} rows without a position were left out (line {bad[0]})",) if bad else ()
    return Shapes(
        path.name,
        "point",
        {name: [values[row] for row in kept] for name, values in columns.items()},
        np.array(places),
        np.arange(len(places) + 1),
        np.arange(len(places)),
        len(places),
        notes,
    )


def _clean(row: dict[str, str], name: str) -> str:
    return next((value or "" for key, value in row.items() if key and key.strip() == name), "").strip()
