"""Rule sets of the law, read from ``standards/*.yaml`` and ``rules/*.yaml``.

A file of one of the three ``KINDS`` becomes a ``Standard``, any other a ``Rule`` (``limits`` and ``methods`` read what
is its own). Limits come out in the unit of their property; where a standard prints another unit, the printed unit stays
in the clause. An objective's zones come out complete: a zone's limit holds for its subzones unless they have their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from clearbay.model.errors import Problem
from clearbay.model.property import Property
from clearbay.model.rule import Rule, RuleKind, RuleSet
from clearbay.model.standard import Grade, Item, Objective, Operator, Source, Standard
from clearbay.model.station import Jurisdiction, Zone
from clearbay.packs import bounds, limits, methods, parameters
from clearbay.packs.register import MEDIA
from clearbay.packs.sheet import Form, Sheet, head_of, label, read, refuse, sources_of

KINDS = ("class", "attainment", "index")
RULE_KINDS: tuple[str, ...] = get_args(RuleKind)
RULE_MEDIA = (*MEDIA, "sediment", "biota")
"""What a rule set may be about: the media of stations, and what lies or lives in the water at them."""

OPERATORS: tuple[str, ...] = get_args(Operator)
STATISTICS = ("share_of_samples", "annual_mean", "annual_geometric_mean")
DEPTHS = ("mean", "surface", "middle", "bottom")
WATER_TYPES = ("river", "lake", "reservoir")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a standard may refer to."""

    properties: Mapping[str, Property]
    zones: Mapping[str, Zone]
    jurisdictions: Mapping[str, Jurisdiction]


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule set as read, with its sheet of problems and the line on which its force begins."""

    rule_set: RuleSet
    sheet: Sheet
    line: int


def read_standards(paths: Iterable[Path], knowledge: Knowledge, beside: Iterable[RuleSet] = ()) -> dict[str, Standard]:
    """Read and check several standards together, by id, in the order of their files.

    ``beside`` are rule sets accepted already, with which the new ones must not overlap in force. Raises one
    ``PackError`` for all problems of all files; a ``Rule`` is refused here, ``read_rule_sets`` takes it.
    """
    read_ones = _read(paths, knowledge, beside, KINDS)
    return {id: one for id, one in read_ones.items() if isinstance(one, Standard)}


def read_rule_sets(paths: Iterable[Path], knowledge: Knowledge, beside: Iterable[RuleSet] = ()) -> dict[str, RuleSet]:
    """Read and check several rule sets of any kind together, otherwise as ``read_standards``."""
    return _read(paths, knowledge, beside, (*KINDS, *RULE_KINDS))


def _read(
    paths: Iterable[Path], knowledge: Knowledge, beside: Iterable[RuleSet], kinds: Sequence[str]
) -> dict[str, RuleSet]:
    drafts = [_draft(path, knowledge, kinds) for path in paths]
    problems = [problem for draft in drafts for problem in draft.sheet.problems]
    problems += _clashes(drafts, tuple(beside))
    refuse(problems)
    return {draft.rule_set.id: draft.rule_set for draft in drafts}


def _clashes(drafts: Sequence[Draft], beside: Sequence[RuleSet]) -> list[Problem]:
    """Find ids given twice and versions of one family in force on the same day."""
    found, accepted = [], list(beside)
    for draft in drafts:
        new = draft.rule_set
        for old in accepted:
            if old.file == new.file:
                continue
            if old.id == new.id and new.id:
                found.append(Problem(new.file, 1, "duplicate-id", f"{new.id} is given in {old.file} already"))
            elif old.family == new.family and new.family and _overlap(old, new):
                since = max(old.in_force_from, new.in_force_from)
                what = f"{new.id} and {old.id} ({old.file}) of {new.family} are both in force from {since}"
                found.append(Problem(new.file, draft.line, "versions-overlap", what))
        accepted.append(new)
    return found


def _overlap(one: RuleSet, other: RuleSet) -> bool:
    return one.in_force_from <= (other.in_force_to or date.max) and other.in_force_from <= (one.in_force_to or date.max)


def _draft(path: Path, knowledge: Knowledge, kinds: Sequence[str]) -> Draft:
    sheet, cell = read(path)
    head = Form(sheet, cell, "standard")
    sources = sources_of(head)
    kind = head.choice("kind", kinds)
    grades = _grades(head)
    common = _common(head, path, sources, grades, knowledge)
    rule_set: RuleSet
    if kind in RULE_KINDS:
        rule_set = _rule(head, kind, grades, sources, knowledge, common)
    else:
        rule_set = _standard(head, kind, grades, sources, knowledge, common)
    head.close()
    return Draft(rule_set, sheet, head.cells["in_force_from"].line if "in_force_from" in head.cells else 1)


def _common(
    head: Form, path: Path, sources: Mapping[str, Source], grades: tuple[Grade, ...], knowledge: Knowledge
) -> dict[str, Any]:
    """Read what every rule set has: who rules, since when, how well sourced."""
    begins, ends, issued = _force(head)
    jurisdiction = head.string("jurisdiction")
    if jurisdiction and jurisdiction not in knowledge.jurisdictions:
        head.problem("unknown-jurisdiction", f"{jurisdiction} is not a jurisdiction", "jurisdiction")
    media = head.strings("media")
    for medium in media:
        if medium not in RULE_MEDIA:
            head.problem("not-allowed", f"medium {medium!r} is none of {', '.join(RULE_MEDIA)}", "media")
    head.strings("replaces", optional=True)
    rounding, note = _rounding(head)
    return {
        "id": head.string("id"),
        "code": head.string("code"),
        "name": head.text(),
        "jurisdiction": jurisdiction,
        "media": media,
        "in_force_from": begins or date.min,
        "in_force_to": ends,
        "issued": issued,
        "grades": grades,
        "confidence": head.confidence(),
        "sources": tuple(sources.values()),
        "rounding": rounding,
        "notes": (*head.texts("notes"), *note),
        "file": label(path),
        "family": head.string("family"),
    }


def _standard(
    head: Form,
    kind: Any,
    grades: tuple[Grade, ...],
    sources: Mapping[str, Source],
    knowledge: Knowledge,
    common: dict[str, Any],
) -> Standard:
    classes = tuple(grade.id for grade in grades[:-1]) if kind == "class" else tuple(grade.id for grade in grades)
    items = tuple(
        _item(form, classes, sources, knowledge.properties)
        for form in head.forms("items", lambda cell: f"item {head_of(cell, 'property')}", optional=kind != "class")
    )
    _unique(head, "items", "property")
    objectives = tuple(
        _objective(form, sources, knowledge)
        for form in head.forms(
            "objectives", lambda cell: f"objective {head_of(cell, 'id')}", optional=kind != "attainment"
        )
    )
    _unique(head, "objectives", "id")
    given = parameters.read(head, kind, [grade.id for grade in grades], knowledge.properties, knowledge.zones)
    return Standard(kind=kind, items=items, objectives=objectives, parameters=given, **common)


def _rule(
    head: Form,
    kind: Any,
    grades: tuple[Grade, ...],
    sources: Mapping[str, Source],
    knowledge: Knowledge,
    common: dict[str, Any],
) -> Rule:
    levels = tuple(grade.id for grade in grades[:-1])
    found = limits.read(head, levels, sources, knowledge.properties, optional=kind != "limits")
    given = methods.read(head, kind, [grade.id for grade in grades], knowledge.properties)
    return Rule(kind=kind, limits=found, parameters=given, judges=head.string("judges", optional=True), **common)


def _unique(head: Form, key: str, name: str) -> None:
    """Note entries of a list whose name was given above."""
    seen: set[str] = set()
    for cell in head.cells_of(key, optional=True):
        given = head_of(cell, name)
        if given in seen:
            head.sheet.problem(cell.line, "duplicate-id", f"{given} is given twice in {key}")
        seen.add(given)


def _force(head: Form) -> tuple[date | None, date | None, date | None]:
    begins, ends = head.date("in_force_from"), head.date("in_force_to")
    issued = head.date("issued")
    if "in_force_from" in head.cells and head.cells["in_force_from"].value is None:
        head.problem("dates", "in_force_from must be a date", "in_force_from")
    if begins and ends and ends < begins:
        head.problem("dates", f"in force to {ends}, before it begins on {begins}", "in_force_to")
    if begins and issued and begins < issued:
        head.problem("dates", f"in force from {begins}, before it was issued on {issued}", "in_force_from")
    return begins, ends, issued


def _grades(head: Form) -> tuple[Grade, ...]:
    grades: list[Grade] = []
    for form in head.forms("grades", lambda cell: f"grade {head_of(cell, 'id')}"):
        grade = form.string("id")
        if any(grade == other.id for other in grades):
            form.problem("duplicate-id", f"{grade} is given twice", "id")
        light, dark = _colour(form, "colour"), _colour(form, "colour_dark")
        grades.append(Grade(grade, form.text(), light, dark, form.string("short", optional=True)))
    return tuple(grades)


def _colour(form: Form, key: str) -> str:
    colour = form.string(key, optional=True)
    if not _COLOUR.fullmatch(colour):
        form.problem("grade-colour", f"{key} is {colour or 'missing'}, not #rrggbb", key)
    return colour


def _rounding(head: Form) -> tuple[str, tuple[Any, ...]]:
    """Return the rule by which values are rounded before comparison, and what is known about it as a note."""
    cell = head.cell("rounding", optional=True)
    if cell is None:
        return "", ()
    form = Form(head.sheet, cell, "rounding")
    rule, note = form.string("rule"), form.text("text")
    form.confidence()
    form.close()
    return rule, (note,)


def _item(form: Form, classes: Sequence[str], sources: Mapping[str, Source], known: Mapping[str, Property]) -> Item:
    code, op = form.string("property"), form.choice("op", OPERATORS)
    unit, convert, printed = bounds.converter(form, code, known)
    limits = bounds.limits_of(form, "limits", op, classes, convert)
    lake: Any = bounds.limits_of(form, "lake_limits", op, classes, convert) if "lake_limits" in form.cells else None
    water_types = form.strings("water_types", optional=True)
    for kind in water_types:
        if kind not in WATER_TYPES:
            form.problem("not-allowed", f"water type {kind!r} is none of {', '.join(WATER_TYPES)}", "water_types")
    judged, note = form.boolean("judged", default=op != "not_judged"), form.string("note", optional=True)
    if (not judged or op == "not_judged") and not note:
        form.problem("not-judged", "is not judged and says no why in a note", "judged")
    if judged and op == "not_judged":
        form.problem("not-judged", "has no comparison and yet is judged", "judged")
    clause = form.string("clause", optional=True)
    return Item(
        property=code,
        op=op,  # type: ignore[arg-type]
        limits=limits,
        unit=unit,
        confidence=form.confidence(),
        sources=form.sources(sources),
        clause=f"{clause} (printed in {printed})".strip() if printed else clause,
        water_types=water_types,
        lake_limits=lake,
        alternative=_alternative(form, classes, known),
        multiple=form.boolean("multiple", default=True),
        judged=judged,
        note=note,
        confidence_by_class=bounds.confidences_of(form, "confidence_by_class", classes, "unknown-class"),
    )


def _alternative(
    form: Form, classes: Sequence[str], known: Mapping[str, Property]
) -> tuple[str, str, Mapping[str, float]] | None:
    cell = form.cell("alternative", optional=True)
    if cell is None:
        return None
    inner = Form(form.sheet, cell, f"{form.what}: alternative")
    code, op = inner.string("property"), inner.choice("op", ("le", "lt", "ge", "gt"))
    if code and code not in known:
        inner.problem("unknown-property", f"{code} is not in properties.yaml", "property")
    limits: dict[str, float] = {}
    for name, limit in inner.mapping("limits").items():
        if name not in classes:
            form.sheet.problem(limit.line, "unknown-class", f"{inner.what} names {name}, no class with limits")
        elif not bounds.is_number(limit.value):
            form.sheet.problem(limit.line, "wrong-type", f"{inner.what}: a limit is a number, not {limit.value}")
        else:
            limits[name] = float(limit.value)
    inner.close()
    return code, op, limits


def _objective(form: Form, sources: Mapping[str, Source], knowledge: Knowledge) -> Objective:
    code, op = form.string("property"), form.choice("op", ("le", "lt", "ge", "gt"))
    unit, convert, printed = bounds.converter(form, code, knowledge.properties)
    limits: dict[str, float] = {}
    for zone, cell in form.mapping("zones").items():
        if zone not in knowledge.zones:
            form.sheet.problem(cell.line, "unknown-zone", f"{form.what}: {zone} is not a zone")
        elif not bounds.is_number(cell.value):
            form.sheet.problem(cell.line, "wrong-type", f"{form.what}: a limit is a number, not {cell.value}")
        else:
            limits[zone] = convert(cell.value)
    given = bounds.confidences_of(form, "confidence_by_zone", limits, "unknown-zone")
    statistic = form.choice("statistic", STATISTICS)
    share = form.number("share") if statistic == "share_of_samples" else None
    if share is not None and not 0 < share <= 1 and "share" in form.cells:
        form.problem("not-allowed", f"share is {share:g}, not between 0 and 1", "share")
    clause = form.string("clause", optional=True)
    confidence = form.confidence()
    spread = _spread(limits, knowledge.zones)
    return Objective(
        id=form.string("id"),
        name=form.text(),
        property=code,
        op=op,  # type: ignore[arg-type]
        statistic=statistic,
        depth=form.choice("depth", DEPTHS),
        zones={zone: limits[root] for zone, root in spread.items()},
        unit=unit,
        confidence=confidence,
        sources=form.sources(sources),
        share=share,
        clause=f"{clause} (printed in {printed})".strip() if printed else clause,
        note=form.string("note", optional=True),
        confidence_by_zone={zone: given[root] for zone, root in spread.items() if root in given},
    )


def _spread(limits: Mapping[str, float], zones: Mapping[str, Zone]) -> dict[str, str]:
    """Map every zone that a limit covers to the zone that states it: itself, or the nearest one around it."""
    found: dict[str, str] = {}
    for zone in zones:
        root = zone
        while root and root not in limits:
            root = zones[root].parent
        if root:
            found[zone] = root
    return found
