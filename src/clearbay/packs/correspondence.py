"""The crosswalk, read from ``crosswalk.yaml``: one vocabulary of indicators for the laws of the three places.

Texts that many entries share (a method, a depth, a statistic) stand once at the head of the file and are named by id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clearbay.model.crosswalk import Correspondence, Crosswalk, Indicator, UseGrade, WaterUse
from clearbay.model.errors import BadInput
from clearbay.model.property import Property
from clearbay.model.rule import Rule, RuleSet
from clearbay.model.standard import Standard
from clearbay.model.text import Text
from clearbay.packs import units
from clearbay.packs.sheet import Form, head_of, read, sources_of, text_of

VOCABULARIES = ("methods", "depths", "statistics", "remarks")


def limited(rule_set: RuleSet) -> frozenset[str]:
    """Properties on which a rule set sets limits, or from which its number is made."""
    if isinstance(rule_set, Standard):
        named = rule_set.parameters.get("pollutants", ())
        codes = [str(code) for code in named] if isinstance(named, list | tuple) else []
        return frozenset(
            [*codes, *(item.property for item in rule_set.items), *(one.property for one in rule_set.objectives)]
        )
    return frozenset([*(limit.property for limit in rule_set.limits), *_named(rule_set)])


def _named(rule: Rule) -> list[str]:
    """Properties in the tables of an index, a formula or a score."""
    codes: list[str] = []
    for key in ("hourly", "daily", "terms", "items"):
        entries = rule.parameters.get(key, ())
        if isinstance(entries, list):
            codes += [str(entry["property"]) for entry in entries if isinstance(entry, Mapping)]
    percentiles = rule.parameters.get("percentiles", {})
    return codes + [str(code) for code in percentiles] if isinstance(percentiles, Mapping) else codes


@dataclass(frozen=True, slots=True)
class _Known:
    """What an entry may refer to."""

    properties: Mapping[str, Property]
    families: Mapping[str, frozenset[str]]
    grades: Mapping[str, frozenset[str]]
    texts: Mapping[str, Mapping[str, Text]]


def read_crosswalk(path: Path, properties: Mapping[str, Property], rule_sets: Mapping[str, RuleSet]) -> Crosswalk:
    """Read and check the crosswalk; raise ``PackError`` naming every line that breaks a rule."""
    sheet, cell = read(path)
    head = Form(sheet, cell, "crosswalk")
    sources = sources_of(head)
    texts = {
        kind: {name: text_of(sheet, one, f"{kind} {name}") for name, one in head.mapping(kind).items()}
        for kind in VOCABULARIES
    }
    families: dict[str, frozenset[str]] = {}
    grades: dict[str, frozenset[str]] = {}
    for one in rule_sets.values():
        families[one.family] = families.get(one.family, frozenset()) | limited(one)
        grades[one.family] = grades.get(one.family, frozenset()) | {grade.id for grade in one.grades}
    known = _Known(properties, families, grades, texts)
    uses: dict[str, WaterUse] = {}
    for form in head.forms("uses", lambda cell: f"use {head_of(cell, 'id')}"):
        id = form.string("id")
        if id in uses:
            form.problem("duplicate-id", f"{id} is given twice", "id")
        demanded = tuple(
            UseGrade(_family(entry, known), _grade(entry, known), entry.confidence(), entry.sources(sources),
                     _remark(entry, known))
            for entry in form.forms("grades", lambda cell: f"use {id} under {head_of(cell, 'rule')}")  # noqa: B023
        )  # fmt: skip
        uses[id] = WaterUse(id, form.text(), demanded)
    indicators: dict[str, Indicator] = {}
    for form in head.forms("indicators", lambda cell: f"indicator {head_of(cell, 'id')}"):
        id, code, unit = form.string("id"), form.string("property"), form.string("unit")
        if id in indicators:
            form.problem("duplicate-id", f"{id} is given twice", "id")
        _check_unit(form, code, unit, known)
        entries = tuple(
            _entry(entry, code, known)
            for entry in form.forms("entries", lambda cell: f"entry {head_of(cell, 'rule')}", optional=False)
        )
        indicators[id] = Indicator(
            id=id,
            name=form.text() if "name" in form.cells else _name(form, code, known),
            property=code,
            unit=unit,
            entries=entries,
            difference=_remark(form, known, "difference"),
            confidence=form.confidence(),
            sources=form.sources(sources),
        )
    head.close()
    sheet.settle()
    return Crosswalk(indicators, uses)


def _name(form: Form, code: str, known: _Known) -> Text:
    """An indicator without a name of its own is called as its property is."""
    return known.properties[code].name if code in known.properties else form.text()


def _check_unit(form: Form, code: str, unit: str, known: _Known) -> None:
    if code and code not in known.properties:
        form.problem("unknown-property", f"{code} is not in properties.yaml", "property")
    elif code and unit:
        try:
            units.factor(unit, known.properties[code].unit, code)
        except BadInput as error:
            form.problem("unit-mismatch" if units.is_known(unit) else "unknown-unit", error.what, "unit")


def _family(form: Form, known: _Known) -> str:
    family = form.string("rule")
    if family and family not in known.families:
        form.problem("unknown-rule", f"no rule set is of the family {family}", "rule")
    return family


def _grade(form: Form, known: _Known) -> str:
    family, grade = form.string("rule"), form.string("grade")
    if family in known.grades and grade not in known.grades[family]:
        form.problem("unknown-class", f"{grade} is no grade of {family}", "grade")
    return grade


def _entry(form: Form, lead: str, known: _Known) -> Correspondence:
    family = _family(form, known)
    code = form.string("property", optional=True) or lead
    if family in known.families and code not in known.families[family]:
        form.problem("unknown-property", f"{family} says nothing of {code}", "rule")
    return Correspondence(
        family=family,
        property=code,
        comparable=form.boolean("comparable", default=True),
        method=_shared(form, known, "method", "methods"),
        depth=_shared(form, known, "depth", "depths"),
        statistic=_shared(form, known, "statistic", "statistics"),
        note=_remark(form, known),
    )


def _remark(form: Form, known: _Known, key: str = "note") -> Text | None:
    """A text of its own, or one of the shared remarks by id."""
    if key in form.cells and isinstance(form.cells[key].value, dict):
        return form.text(key)
    return _shared(form, known, key, "remarks")


def _shared(form: Form, known: _Known, key: str, kind: str) -> Text | None:
    name = form.string(key, optional=True)
    if name and name not in known.texts[kind]:
        form.problem("not-allowed", f"{key} {name!r} is not among the {kind} at the head of the file", key)
    return known.texts[kind].get(name)
