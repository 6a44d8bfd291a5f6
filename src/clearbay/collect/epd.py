"""What the four sources of Hong Kong's Environmental Protection Department share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyarrow as pa

from clearbay import packs
from clearbay.collect.numbers import parse
from clearbay.collect.readings import Measured, mapped
from clearbay.collect.sheet import Sheet, fold
from clearbay.collect.source import closest
from clearbay.collect.times import instants
from clearbay.model.errors import BadInput
from clearbay.model.station import Medium, Station

LICENCE = "DATA.GOV.HK terms of use: free, also commercially, with attribution, as is"
ATTRIBUTION = "Environmental Protection Department, Hong Kong SAR Government, via DATA.GOV.HK"
JURISDICTION = "810000"

DATES = ("%Y-%m-%d", "%d/%m/%Y")
"""Dates as the department prints them; never month first."""

DATE_MEND = "write it as 2019-07-31 or 31/7/2019"

_UNIT = re.compile(r"^(?P<name>.*\S)\s*\((?P<unit>[^()]+)\)$")


def heading(header: str) -> tuple[str, str]:
    """Split a header into name and unit: ``Silica (as SiO₂) (mg/L)`` is ``Silica (as SiO₂)`` in ``mg/L``."""
    match = _UNIT.match(header.strip())
    return (match["name"], match["unit"]) if match else (header.strip(), "")


def measured(
    sheet: Sheet, codes: Mapping[str, str], keys: Iterable[str], whole: Mapping[str, str]
) -> tuple[tuple[Measured, ...], tuple[str, ...]]:
    """The columns of a sheet that are known, read, and a note for each that is not.

    ``codes`` gives properties by a header's name without its unit, ``whole`` by the whole header (where two columns
    differ in their unit only), ``keys`` the columns that are no values.
    """
    known = {fold(name): code for name, code in codes.items()}
    exact = {fold(name): code for name, code in whole.items()}
    aside = {fold(name) for name in keys}
    columns, notes = [], []
    for header in sheet.headers:
        name, unit = heading(header)
        if fold(header) in aside:
            continue
        if code := exact.get(fold(header)) or known.get(fold(name)):
            cells = sheet.column(header)
            columns.append(Measured(header, code, unit, cells, parse(cells)))
        else:
            near = closest(fold(name), known)
            notes.append(f"column {header!r} is not known and was left out" + (f" (closest: {near!r})" if near else ""))
    if not columns:
        raise BadInput(
            "no column holds a property that this source knows",
            where=sheet.name,
            mend=f"expected headers such as {', '.join(list(codes)[:4])}; for another layout use --source table",
        )
    return tuple(columns), tuple(notes)


def station_ids(texts: pa.Array, prefix: str) -> pa.Array:
    """Station ids for printed codes: null where the cell is empty."""
    codes = texts.dictionary_encode().dictionary.to_pylist()
    return mapped(texts, {code: f"{prefix}.{code.upper()}" for code in codes if code})


def dates(texts: pa.Array) -> pa.Array:
    """The start of each local day, in UTC."""
    return instants(texts, formats=DATES)


def unregistered(ids: pa.Array, names: Mapping[str, str], programme: str, medium: Medium) -> tuple[Station, ...]:
    """Stations of a file that the register does not know: named as printed, position unknown."""
    known = {station.id for station in packs.stations(programme)}
    new = [id for id in ids.unique().to_pylist() if id is not None and id not in known]
    return tuple(
        Station(
            id=id,
            code=id.removeprefix(f"{programme}."),
            name={"zh-Hans": name, "zh-Hant": name, "en": name, "pt": name},
            medium=medium,
            jurisdiction=JURISDICTION,
            programme=programme,
        )
        for id in sorted(new)
        for name in [names.get(id) or id.removeprefix(f"{programme}.")]
    )
