"""Jurisdictions and zones, read from ``jurisdictions.yaml`` and ``zones/*.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

from clearbay.model.station import Jurisdiction, Zone
from clearbay.packs.sheet import Form, Sheet, head_of, read, refuse, sources_of

_HINTS = get_type_hints(Jurisdiction)
LEVELS: tuple[str, ...] = get_args(_HINTS["level"])
LEGAL_SYSTEMS: tuple[str, ...] = get_args(_HINTS["legal_system"])
ZONE_KINDS = ("water_control_zone", "subzone", "basin", "sea_area", "functional_zone")


def read_jurisdictions(path: Path) -> dict[str, Jurisdiction]:
    """Read and check the jurisdictions, by code."""
    sheet, cell = read(path)
    head = Form(sheet, cell, "jurisdictions")
    sources = sources_of(head)
    found: dict[str, Jurisdiction] = {}
    for form in head.forms("jurisdictions", lambda cell: f"jurisdiction {head_of(cell, 'code')}"):
        code = form.string("code")
        if code in found:
            form.problem("duplicate-id", f"{code} is given twice", "code")
        form.sources(sources, "source")
        form.confidence()
        parent = form.string("parent", optional=True)
        if parent and parent not in found:
            form.problem("unknown-jurisdiction", f"parent {parent} is not given above", "parent")
        level: Any = form.choice("level", LEVELS)
        legal_system: Any = form.choice("legal_system", LEGAL_SYSTEMS)
        found[code] = Jurisdiction(code, form.text(), level, parent, legal_system)
    head.close()
    sheet.settle()
    return found


def read_zones(paths: Iterable[Path], jurisdictions: Mapping[str, Jurisdiction]) -> dict[str, Zone]:
    """Read and check the zones of several files together, by id; a parent stands above its children."""
    found: dict[str, Zone] = {}
    sheets: list[Sheet] = []
    for path in paths:
        sheet, cell = read(path)
        sheets.append(sheet)
        head = Form(sheet, cell, "zones")
        sources = sources_of(head)
        for form in head.forms("zones", lambda cell: f"zone {head_of(cell, 'id')}"):
            zone, parent = form.string("id"), form.string("parent", optional=True)
            if zone in found:
                form.problem("duplicate-id", f"{zone} is given twice", "id")
            if parent and parent not in found:
                form.problem("unknown-zone", f"parent {parent} is not given above", "parent")
            jurisdiction = form.string("jurisdiction")
            if jurisdiction and jurisdiction not in jurisdictions:
                form.problem("unknown-jurisdiction", f"{jurisdiction} is not a jurisdiction", "jurisdiction")
            form.sources(sources, "source")
            form.confidence()
            found[zone] = Zone(zone, form.text(), form.choice("kind", ZONE_KINDS), jurisdiction, parent)
        head.close()
    refuse([problem for sheet in sheets for problem in sheet.problems])
    return found
