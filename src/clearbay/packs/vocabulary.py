"""Observed properties, read from ``properties.yaml``."""

from __future__ import annotations

from pathlib import Path

from clearbay.model.errors import BadInput
from clearbay.model.property import Property
from clearbay.packs import units
from clearbay.packs.sheet import Form, head_of, read, sources_of

GROUPS = (
    "oxygen", "nutrients", "physical", "biology", "bacteria", "ions", "organics", "metals", "radioactivity", "air",
)  # fmt: skip


def read_properties(path: Path) -> dict[str, Property]:
    """Read and check the observed properties; raise ``PackError`` naming every line that breaks a rule."""
    sheet, cell = read(path)
    head = Form(sheet, cell, "properties")
    sources_of(head)
    found: dict[str, Property] = {}
    for form in head.forms("properties", lambda cell: f"property {head_of(cell, 'code')}"):
        code, unit = form.string("code"), form.string("unit")
        if code in found:
            form.problem("duplicate-id", f"{code} is given twice", "code")
        if unit:
            try:
                units.parse(unit)
            except BadInput as error:
                form.problem("unknown-unit", error.what, "unit")
        hj = form.string("hj", optional=True)
        found[code] = Property(
            code=code,
            name=form.text(),
            unit=unit,
            unit_label=form.string("unit_label"),
            hj=hj,
            hj_confidence=form.confidence("hj_confidence") if hj or "hj_confidence" in form.cells else "",
            cf=form.string("cf", optional=True),
            group=form.choice("group", GROUPS),
            decimals=form.integer("decimals"),
        )
    head.close()
    sheet.settle()
    return found
