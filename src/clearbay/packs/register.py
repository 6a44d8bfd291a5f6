"""Registers of stations: who measures where, read from ``registers/registers.yaml`` and its CSV files.

A register's rows are CSV because people edit them in a spreadsheet; the YAML beside them says whose stations they are,
under which terms, and what is known to be odd in them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from clearbay.model.station import Jurisdiction, Medium, Station, Zone
from clearbay.model.text import LANGUAGES, Text
from clearbay.packs.sheet import Form, Sheet, head_of, label, read, refuse

MEDIA: tuple[str, ...] = get_args(Medium)
COLUMNS = (
    "code", "zone", "longitude", "latitude",
    *(f"{part}_{language}" for part in ("name", "water") for language in LANGUAGES),
    "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Register:
    """A programme's list of stations: its names, authority and terms; ``corrections`` maps station id to what was
    corrected or left open in its row.
    """

    id: str
    name: Text
    authority: Text
    medium: Medium
    jurisdiction: str
    source: str
    licence: str
    attribution: str
    confidence: str
    notes: tuple[Text, ...]
    stations: tuple[Station, ...]
    corrections: Mapping[str, str]


def read_registers(
    path: Path, zones: Mapping[str, Zone], jurisdictions: Mapping[str, Jurisdiction]
) -> dict[str, Register]:
    """Read and check the registers listed in a file, with the stations of each, by programme id."""
    sheet, cell = read(path)
    sheets, found = [sheet], dict[str, Register]()
    head = Form(sheet, cell, "registers")
    for form in head.forms("registers", lambda cell: f"register {head_of(cell, 'id')}"):
        programme, medium = form.string("id"), form.choice("medium", MEDIA)
        jurisdiction = form.string("jurisdiction")
        if programme in found:
            form.problem("duplicate-id", f"{programme} is given twice", "id")
        if jurisdiction and jurisdiction not in jurisdictions:
            form.problem("unknown-jurisdiction", f"{jurisdiction} is not a jurisdiction", "jurisdiction")
        file, offset = form.string("file"), form.integer("utc_offset")
        stations: list[Station] = []
        corrections: dict[str, str] = {}
        if not (path.parent / file).is_file():
            form.problem("missing-file", f"there is no {file} beside {path.name}", "file")
        else:
            rows = Sheet(label(path.parent / file))
            sheets.append(rows)
            for station, note in _stations(path.parent / file, rows, programme, medium, jurisdiction, offset, zones):
                stations.append(station)
                corrections |= {station.id: note} if note else {}
        found[programme] = Register(
            id=programme,
            name=form.text(),
            authority=form.text("authority"),
            medium=medium,  # type: ignore[arg-type]
            jurisdiction=jurisdiction,
            source=form.string("source"),
            licence=form.string("licence"),
            attribution=form.string("attribution"),
            confidence=form.confidence(),
            notes=form.texts("notes"),
            stations=tuple(stations),
            corrections=corrections,
        )
    head.close()
    refuse([problem for sheet in sheets for problem in sheet.problems])
    return found


def _stations(
    path: Path, sheet: Sheet, programme: str, medium: Any, jurisdiction: str, offset: int, zones: Mapping[str, Zone]
) -> Iterator[tuple[Station, str]]:
    seen: set[str] = set()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            sheet.problem(1, "syntax", f"columns missing: {', '.join(missing)}")
            return
        for row in rows:
            line = rows.line_num
            code, zone = row["code"], row["zone"]
            if code in seen:
                sheet.problem(line, "duplicate-id", f"{code} is given twice")
            seen.add(code)
            if zone and zone not in zones:
                sheet.problem(line, "unknown-zone", f"{zone} is not a zone")
            name = _text(row, "name")
            if not all(name.values()):
                sheet.problem(line, "language", f"{code}: a name is missing in one of the four languages")
            water = _text(row, "water")
            if any(water.values()) and not all(water.values()):
                sheet.problem(line, "language", f"{code}: the water's name is missing in one of the four languages")
            longitude, latitude = _position(sheet, line, row)
            station = Station(
                id=f"{programme}.{code}",
                code=code,
                name=name,
                medium=medium,
                jurisdiction=jurisdiction,
                programme=programme,
                longitude=longitude,
                latitude=latitude,
                zone=zone,
                water=water if any(water.values()) else _zone_name(zone, zones),
                water_type="river" if medium == "river" else "",
                utc_offset=offset,
            )
            yield station, row["note"]


def _text(row: Mapping[str, str], part: str) -> Text:
    return {language: (row[f"{part}_{language}"] or "").strip() for language in LANGUAGES}


def _position(sheet: Sheet, line: int, row: Mapping[str, str]) -> tuple[float | None, float | None]:
    if not row["longitude"] and not row["latitude"]:
        return None, None
    try:
        longitude, latitude = float(row["longitude"]), float(row["latitude"])
    except ValueError:
        longitude = latitude = 999.0
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        sheet.problem(line, "position", f"{row['code']}: {row['longitude']}, {row['latitude']} is not a position")
    return longitude, latitude


def _zone_name(zone: str, zones: Mapping[str, Zone]) -> Text | None:
    """Name the water of a station without one of its own by its outermost zone."""
    while zone in zones and zones[zone].parent:
        zone = zones[zone].parent
    return zones[zone].name if zone in zones else None


def read_water_types(path: Path) -> dict[tuple[str, str], str]:
    """Read the register of section types: (province, section) -> river or lake; empty where there is no register."""
    if not path.is_file():
        return {}
    sheet, types = Sheet(label(path)), dict[tuple[str, str], str]()
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        for row in rows:
            kind = row.get("water_type") or ""
            if kind not in ("river", "lake", ""):
                sheet.problem(rows.line_num, "not-allowed", f"water_type is {kind!r}, which is neither river nor lake")
            types[row.get("province") or "", row.get("section") or ""] = kind
    sheet.settle()
    return types
