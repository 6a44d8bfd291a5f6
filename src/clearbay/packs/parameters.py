"""What a standard needs beyond items and objectives: coefficients and bands of an index, exceptions, uses.

Each kind of standard knows its own parameters; a misspelt one would be silently lost, so unknown ones are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from clearbay.model.property import Property
from clearbay.model.station import Zone
from clearbay.packs.sheet import CONFIDENCES, Cell, Form, head_of, text_of

KNOWN: Mapping[str, frozenset[str]] = {
    "class": frozenset(
        {"assessed_separately", "multiple_class", "class_use", "exceptions", "months", "recent_samples", "decimals"}
        | {"month_samples", "bathing_limit", "single_sample_limit"}
    ),
    "attainment": frozenset(
        {"zone_in_force_from", "published_stations", "sheltered_stations", "tolo_chla_mg_m3", "tolo_chla_confidence"}
    ),
    "index": frozenset(
        {"pollutants", "averaging_hours", "beta", "larger_of", "band_max", "above", "parameters_confidence"}
        | {"reference_temperature_K", "reference_pressure_kPa", "categories"}
    ),
}
"""By kind of standard: its parameters. Each may be followed by ``<name>_confidence``."""

NEEDED: Mapping[str, frozenset[str]] = {
    "index": frozenset({"pollutants", "averaging_hours", "beta", "band_max", "above", "parameters_confidence"})
}


def read(
    head: Form, kind: str, grades: Sequence[str], properties: Mapping[str, Property], zones: Mapping[str, Zone]
) -> dict[str, object]:
    """Read the ``parameters`` of a standard as plain values, dates as ISO 8601 text."""
    cell = head.cell("parameters", optional=kind != "index")
    if cell is None:
        return {}
    form = Form(head.sheet, cell, "parameters")
    known = KNOWN.get(kind, frozenset())
    for name in sorted(NEEDED.get(kind, frozenset())):
        form.cell(name)
    for name, value in form.cells.items():
        stem = name.removesuffix("_confidence")
        if name not in known and stem not in known:
            form.problem("unknown-key", f"a standard of kind {kind} has no parameter {name}", name)
        elif name.endswith("_confidence"):
            _confidence(form, name, value)
    _members(form, ("pollutants", "larger_of", "assessed_separately", "beta"), properties, "unknown-property")
    _members(form, ("zone_in_force_from", "tolo_chla_mg_m3", "tolo_chla_confidence"), zones, "unknown-zone")
    _members(form, ("multiple_class", "class_use", "above"), grades, "unknown-class")
    _bands(form, grades)
    _exceptions(form, grades, properties)
    _texts(form)
    return {name: plain_of(value) for name, value in form.cells.items()}


def _confidence(form: Form, name: str, cell: Cell) -> None:
    stated = cell.value.values() if isinstance(cell.value, dict) else [cell]
    for one in stated:
        if one.value not in CONFIDENCES:
            form.problem("confidence", f"{name}: {one.value} is not a confidence", name)


def _members(form: Form, names: Iterable[str], known: Iterable[str], rule: str) -> None:
    """Note the members of lists, mappings and single words that nobody knows."""
    allowed = set(known)
    for name in names:
        value = form.cells[name].value if name in form.cells else ()
        members = [value] if isinstance(value, str) else [m.value if isinstance(m, Cell) else m for m in value or ()]
        for member in members:
            if member not in allowed:
                form.problem(rule, f"{name} names {member}", name)


def _bands(form: Form, grades: Sequence[str]) -> None:
    """Check that an index's bands are its grades but the open last one, with strictly growing upper ends."""
    if "band_max" not in form.cells:
        return
    bands = form.mapping("band_max")
    if list(bands) != list(grades[:-1]):
        form.problem("bands-order", f"bands are {', '.join(bands)}, grades {', '.join(grades)}", "band_max")
    ends = [cell.value for cell in bands.values()]
    if not all(isinstance(end, int | float) for end in ends):
        form.problem("wrong-type", "the upper end of a band is a number", "band_max")
    elif any(two <= one for one, two in pairwise(ends)):
        form.problem("bands-order", "the upper ends of the bands must grow", "band_max")
    above = form.cells.get("above")
    if above is not None and grades and above.value != grades[-1]:
        form.problem("bands-order", f"above must be the last grade, {grades[-1]}", "above")


def _exceptions(form: Form, grades: Sequence[str], properties: Mapping[str, Property]) -> None:
    """Check what replaces single limits in a named case (an oyster's copper): case, property, class, limit."""
    for case, cell in form.mapping("exceptions", optional=True).items():
        inner = Form(form.sheet, cell, f"exceptions {case}")
        for code in inner.cells:
            if code not in properties:
                inner.problem("unknown-property", f"{code} is not in properties.yaml", code)
            for name, limit in inner.mapping(code).items():
                if name not in grades[:-1]:
                    inner.problem("unknown-class", f"{code} names {name}", code)
                if not isinstance(limit.value, int | float):
                    inner.problem("wrong-type", f"{code}: a limit is a number", code)


def _texts(form: Form) -> None:
    for cell in form.cells_of("categories", optional=True):
        inner = Form(form.sheet, cell, f"category {head_of(cell, 'grades')}")
        inner.text()
        inner.strings("grades")
        inner.close()
    for name, cell in form.mapping("class_use", optional=True).items():
        text_of(form.sheet, cell, f"class_use {name}")


def plain_of(cell: Cell) -> object:
    """Return a cell as plain values: mappings, lists, numbers and text, dates as ISO 8601 text."""
    value: Any = cell.value
    if isinstance(value, dict):
        return {name: plain_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain_of(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
