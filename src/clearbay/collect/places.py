"""Stations of a table, with the positions it gives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clearbay import packs
from clearbay.collect.batch import LISTED, BadValue
from clearbay.collect.coordinates import degrees, to_wgs84
from clearbay.collect.layout import Layout
from clearbay.collect.numbers import MISSING, NUMBER, parse
from clearbay.collect.sheet import Sheet
from clearbay.model.station import Medium, Station

MOVED = 0.0005
"""Degrees (about 50 m) by which positions of one station may differ before it is said."""


def located(
    sheet: Sheet, layout: Layout, ids: pa.Array
) -> tuple[tuple[Station, ...], tuple[BadValue, ...], tuple[str, ...]]:
    """The stations that no register knows, cells that are no positions, and notes on stations in two places.

    The first position given for a station is taken. A bad position leaves the values of its line standing.
    """
    known = {station.id for station in packs.stations()}
    encoded = ids.dictionary_encode()
    index = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    x, y, moved, bad = _by_station(sheet, layout, index, len(encoded.dictionary))
    names = sheet.text(sheet.need(layout.name)) if layout.name else None
    _, rows = np.unique(index, return_index=True)
    stations, notes = [], []
    for row in rows.tolist():
        id, place = ids[row].as_py(), int(index[row])
        if id is None or id in known:
            continue
        if moved[place]:
            notes.append(f"station {id} stands in more than one place; the first is kept")
        code = id.removeprefix(f"{layout.programme}.") if layout.programme else id.rpartition(".")[2]
        name = (names[row].as_py() or code) if names is not None else code
        located = bool(np.isfinite(x[place]))
        stations.append(
            Station(
                id=id,
                code=code,
                name={"zh-Hans": name, "zh-Hant": name, "en": name, "pt": name},
                medium=_medium(layout.medium),
                jurisdiction=layout.jurisdiction,
                programme=layout.programme or id.rpartition(".")[0] or "local",
                longitude=round(float(x[place]), 7) if located else None,
                latitude=round(float(y[place]), 7) if located else None,
            )
        )
    return tuple(sorted(stations, key=lambda station: station.id)), bad, tuple(notes)


def _by_station(
    sheet: Sheet, layout: Layout, index: npt.NDArray[np.int64], count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_], tuple[BadValue, ...]]:
    """For each station the first position it is given (nan if none), and whether it is given others."""
    lon, lat, bad = _positions(sheet, layout)
    rows = np.flatnonzero(np.isfinite(lon) & (index >= 0))
    place = index[rows]
    x, y, moved = np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, bool)
    # Written backwards, the first row of a station is written last.
    x[place[::-1]], y[place[::-1]] = lon[rows][::-1], lat[rows][::-1]
    off = (np.abs(lon[rows] - x[place]) > MOVED) | (np.abs(lat[rows] - y[place]) > MOVED)
    moved[place[off]] = True
    return x, y, moved, bad


def _medium(name: str) -> Medium:
    known: dict[str, Medium] = {"sea": "sea", "lake": "lake", "air": "air", "effluent": "effluent"}
    return known.get(name, "river")


def _positions(
    sheet: Sheet, layout: Layout
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], tuple[BadValue, ...]]:
    count = sheet.table.num_rows
    if not layout.x:
        nowhere = np.full(count, np.nan)
        return nowhere, nowhere, ()
    headers = (sheet.need(layout.x), sheet.need(layout.y))
    (x, x_bad), (y, y_bad) = (_numbers(sheet.column(header)) for header in headers)
    lon, lat = to_wgs84(x, y, layout.crs)
    given = np.isfinite(x) & np.isfinite(y)
    off = given & ~(np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    bad = []
    for header, wrong in zip(headers, (x_bad, y_bad), strict=True):
        for row in wrong[:LISTED].tolist():
            text = str(sheet.column(header)[row].as_py())
            bad.append(BadValue(row, header, text, "not a coordinate", "write decimal degrees, or metres of the grid"))
    for row in np.flatnonzero(off)[:LISTED].tolist():
        pair = f"{x[row]}, {y[row]}"
        mend = "check which column is x (east, longitude) and which system (crs) it is"
        bad.append(BadValue(row, headers[0], pair, f"no position in {layout.crs}", mend))
    lon, lat = np.where(given & ~off, lon, np.nan), np.where(given & ~off, lat, np.nan)
    return lon, lat, tuple(bad)


def _numbers(cells: pa.Array) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Coordinates of a column (decimal, or degrees, minutes and seconds), and the rows that are neither."""
    parsed = parse(cells)
    value = parsed.value.copy()
    value[parsed.censoring != 0] = np.nan
    for row in np.flatnonzero(parsed.state > MISSING).tolist():
        value[row] = degrees(str(cells[row].as_py()))
    wrong = ((parsed.state != NUMBER) | (parsed.censoring != 0)) & (parsed.state != MISSING) & np.isnan(value)
    return value, np.flatnonzero(wrong)
