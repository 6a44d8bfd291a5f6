"""Targets, read from ``targets.yaml``: an indicator, a number, a day, and how to compute where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

from clearbay.model.errors import BadInput
from clearbay.model.property import Property
from clearbay.model.rule import RuleSet
from clearbay.model.standard import Standard
from clearbay.model.station import Jurisdiction
from clearbay.model.target import Measured, Target
from clearbay.packs import units
from clearbay.packs.register import MEDIA
from clearbay.packs.sheet import Form, head_of, read, sources_of

MEASURED: tuple[str, ...] = get_args(Measured)


def read_targets(
    path: Path,
    properties: Mapping[str, Property],
    rule_sets: Mapping[str, RuleSet],
    jurisdictions: Mapping[str, Jurisdiction],
) -> dict[str, Target]:
    """Read and check the targets, by id; raise ``PackError`` naming every line that breaks a rule."""
    sheet, cell = read(path)
    head = Form(sheet, cell, "targets")
    sources = sources_of(head)
    found: dict[str, Target] = {}
    for form in head.forms("targets", lambda cell: f"target {head_of(cell, 'id')}"):
        id, jurisdiction = form.string("id"), form.string("jurisdiction")
        if id in found:
            form.problem("duplicate-id", f"{id} is given twice", "id")
        if jurisdiction and jurisdiction not in jurisdictions:
            form.problem("unknown-jurisdiction", f"{jurisdiction} is not a jurisdiction", "jurisdiction")
        media = form.strings("media")
        for medium in media:
            if medium not in MEDIA:
                form.problem("not-allowed", f"medium {medium!r} is none of {', '.join(MEDIA)}", "media")
        measured: Any = form.choice("measured", MEASURED)
        code, unit, standard, grades = "", "", "", tuple[str, ...]()
        if measured == "annual_mean":
            code, unit = _mean(form, properties)
        else:
            standard, grades = _grades(form, rule_sets)
        deadline = form.date("deadline")
        if deadline is None and "deadline" in form.cells:
            form.problem("dates", "a target has a day by which it is to be reached", "deadline")
        named = form.sources(sources)
        op: Any = form.choice("op", ("le", "ge"))
        found[id] = Target(
            id=id,
            name=form.text(),
            jurisdiction=jurisdiction,
            media=media,
            measured=measured,
            op=op,
            limit=form.number("limit"),
            unit=unit,
            deadline=deadline or date.max,
            confidence=form.confidence(),
            sources=tuple(sources[name] for name in named if name in sources),
            property=code,
            standard=standard,
            grades=grades,
            places=form.integer("places") if "places" in form.cells else None,
            clause=form.string("clause", optional=True),
            note=form.text("note") if "note" in form.cells else None,
        )
    head.close()
    sheet.settle()
    return found


def _mean(form: Form, properties: Mapping[str, Property]) -> tuple[str, str]:
    code, unit = form.string("property"), form.string("unit")
    if code and code not in properties:
        form.problem("unknown-property", f"{code} is not in properties.yaml", "property")
    elif code and unit:
        try:
            units.factor(unit, properties[code].unit, code)
        except BadInput as error:
            known = units.is_known(unit)
            form.problem("unit-mismatch" if known else "unknown-unit", error.what, "unit")
    return code, unit


def _grades(form: Form, rule_sets: Mapping[str, RuleSet]) -> tuple[str, tuple[str, ...]]:
    family, grades = form.string("standard"), form.strings("grades")
    of_family = [one for one in rule_sets.values() if one.family == family and isinstance(one, Standard)]
    if family and not of_family:
        form.problem("unknown-rule", f"no standard is of the family {family}", "standard")
    known = {grade.id for one in of_family for grade in one.grades}
    for grade in grades:
        if of_family and grade not in known:
            form.problem("unknown-class", f"{grade} is no grade of {family}", "grades")
    return family, grades
