"""Standards of the law, read from ``standards/*.yaml``.

Limits come out in the unit of their property; where a standard prints another unit, the printed unit stays in the
clause. An objective's zones come out complete: a zone's limit holds for its subzones unless they have their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from clearbay.model.errors import BadInput, Problem
from clearbay.model.property import Property
from clearbay.model.standard import Grade, Item, Objective, Operator, Source, Standard
from clearbay.model.station import Jurisdiction, Zone
from clearbay.packs import parameters, units
from clearbay.packs.register import MEDIA
from clearbay.packs.sheet import CONFIDENCES, Cell, Form, Sheet, head_of, label, read, refuse, sources_of

KINDS = ("class", "attainment", "index")
OPERATORS: tuple[str, ...] = get_args(Operator)
STATISTICS = ("share_of_samples", "annual_mean", "annual_geometric_mean")
DEPTHS = ("mean", "surface", "middle", "bottom")
WATER_TYPES = ("river", "lake", "reservoir")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

Limit = float | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a standard may refer to."""

    properties: Mapping[str, Property]
    zones: Mapping[str, Zone]
    jurisdictions: Mapping[str, Jurisdiction]


@dataclass(frozen=True, slots=True)
class Draft:
    """A standard as read, with its sheet of problems and the line on which its force begins."""

    standard: Standard
    sheet: Sheet
    line: int


def read_standards(paths: Iterable[Path], knowledge: Knowledge, beside: Iterable[Standard] = ()) -> dict[str, Standard]:
    """Read and check several standards together, by id, in the order of their files.

    ``beside`` are standards accepted already, with which the new ones must not overlap in force. Raises one
    ``PackError`` for all problems of all files.
    """
    drafts = [_draft(path, knowledge) for path in paths]
    problems = [problem for draft in drafts for problem in draft.sheet.problems]
    problems += _clashes(drafts, tuple(beside))
    refuse(problems)
    return {draft.standard.id: draft.standard for draft in drafts}


def _clashes(drafts: Sequence[Draft], beside: Sequence[Standard]) -> list[Problem]:
    """Find ids given twice and versions of one family in force on the same day."""
    found, accepted = [], list(beside)
    for draft in drafts:
        new = draft.standard
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


def _overlap(one: Standard, other: Standard) -> bool:
    return one.in_force_from <= (other.in_force_to or date.max) and other.in_force_from <= (one.in_force_to or date.max)


def _draft(path: Path, knowledge: Knowledge) -> Draft:
    sheet, cell = read(path)
    head = Form(sheet, cell, "standard")
    sources = sources_of(head)
    kind: Any = head.choice("kind", KINDS)
    grades = _grades(head)
    begins, ends, issued = _force(head)
    jurisdiction = head.string("jurisdiction")
    if jurisdiction and jurisdiction not in knowledge.jurisdictions:
        head.problem("unknown-jurisdiction", f"{jurisdiction} is not a jurisdiction", "jurisdiction")
    media = head.strings("media")
    for medium in media:
        if medium not in MEDIA:
            head.problem("not-allowed", f"medium {medium!r} is none of {', '.join(MEDIA)}", "media")
    head.strings("replaces", optional=True)
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
    rounding, note = _rounding(head)
    standard = Standard(
        id=head.string("id"),
        code=head.string("code"),
        name=head.text(),
        kind=kind,
        jurisdiction=jurisdiction,
        media=media,
        in_force_from=begins or date.min,
        in_force_to=ends,
        issued=issued,
        grades=grades,
        confidence=head.confidence(),
        sources=tuple(sources.values()),
        items=items,
        objectives=objectives,
        rounding=rounding,
        parameters=parameters.read(head, kind, [grade.id for grade in grades], knowledge.properties, knowledge.zones),
        notes=(*head.texts("notes"), *note),
        file=label(path),
        family=head.string("family"),
    )
    head.close()
    return Draft(standard, sheet, head.cells["in_force_from"].line if "in_force_from" in head.cells else 1)


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


def _factor(form: Form, code: str, properties: Mapping[str, Property]) -> tuple[str, Callable[[float], float], str]:
    """Return the property's unit, the way from the printed unit to it, and the printed unit where they differ."""
    printed = form.string("unit")
    if code not in properties:
        if code:
            form.problem("unknown-property", f"{code} is not in properties.yaml", "property")
        return printed, float, ""
    unit = properties[code].unit
    if not printed or printed == unit:
        return unit, float, ""
    try:
        scale, offset = units.factor(printed, unit, code)
    except BadInput as error:
        known = units.is_known(printed)
        form.problem("unit-mismatch" if known else "unknown-unit", error.what, "unit")
        return unit, float, ""
    exact = [Fraction(number).limit_denominator(10**15) for number in (scale, offset)]
    return unit, lambda value: float(Fraction(str(value)) * exact[0] + exact[1]), printed


def _item(form: Form, classes: Sequence[str], sources: Mapping[str, Source], known: Mapping[str, Property]) -> Item:
    code, op = form.string("property"), form.choice("op", OPERATORS)
    unit, convert, printed = _factor(form, code, known)
    limits = _limits(form, "limits", op, classes, convert)
    lake: Any = _limits(form, "lake_limits", op, classes, convert) if "lake_limits" in form.cells else None
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
        confidence_by_class=_confidences(form, "confidence_by_class", classes, "unknown-class"),
    )


def _limits(
    form: Form, key: str, op: str, classes: Sequence[str], convert: Callable[[float], float]
) -> dict[str, Limit]:
    """Read one limit for each class; ``null`` says that a class has none. Checks their order."""
    cells = form.mapping(key)
    if op == "not_judged" and not cells:
        return {}
    for name, cell in cells.items():
        if name not in classes:
            form.sheet.problem(cell.line, "unknown-class", f"{form.what}: {key} names {name}, no class with limits")
    missing = [name for name in classes if name not in cells]
    if missing and key in form.cells:
        form.problem("unknown-class", f"{key} says nothing of {', '.join(missing)} (null where it has none)", key)
    limits: dict[str, Limit] = {}
    for name in classes:
        if name in cells and cells[name].value is not None:
            limit = _limit(form, cells[name], op, convert)
            if limit is not None:
                limits[name] = limit
    _check_order(form, key, op, limits, cells)
    return limits


def _limit(form: Form, cell: Cell, op: str, convert: Callable[[float], float]) -> Limit | None:
    if op == "range":
        ends = [end.value for end in cell.value] if isinstance(cell.value, list) else []
        if len(ends) != 2 or not all(_is_number(end) for end in ends) or ends[0] >= ends[1]:
            form.sheet.problem(cell.line, "range", f"{form.what}: a range is [low, high]")
            return None
        return convert(ends[0]), convert(ends[1])
    if not _is_number(cell.value):
        form.sheet.problem(cell.line, "wrong-type", f"{form.what}: a limit is a number, not {cell.value}")
        return None
    return convert(cell.value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_order(form: Form, key: str, op: str, limits: Mapping[str, Limit], cells: Mapping[str, Cell]) -> None:
    names = list(limits)
    for better, worse in pairwise(names):
        one, two = limits[better], limits[worse]
        if isinstance(one, tuple) and isinstance(two, tuple):
            kept = two[0] <= one[0] and one[1] <= two[1]
        elif isinstance(one, tuple) or isinstance(two, tuple):
            kept = False
        else:
            kept = one <= two if op in ("le", "lt") else one >= two if op in ("ge", "gt") else True
        if not kept:
            what = (
                f"{form.what}: {key} of {worse} ({_plain(two)}) must not be stricter than of {better} ({_plain(one)})"
            )
            form.sheet.problem(cells[worse].line, "limits-order", what)


def _plain(limit: Limit) -> str:
    return f"{limit[0]:g} to {limit[1]:g}" if isinstance(limit, tuple) else f"{limit:g}"


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
        elif not _is_number(limit.value):
            form.sheet.problem(limit.line, "wrong-type", f"{inner.what}: a limit is a number, not {limit.value}")
        else:
            limits[name] = float(limit.value)
    inner.close()
    return code, op, limits


def _confidences(form: Form, key: str, allowed: Iterable[str], rule: str) -> dict[str, Any]:
    """Read the confidence of single classes or zones."""
    found: dict[str, Any] = {}
    allowed = set(allowed)
    for name, cell in form.mapping(key, optional=True).items():
        if name not in allowed:
            form.sheet.problem(cell.line, rule, f"{form.what}: {key} names {name}, which has no limit here")
        if cell.value not in CONFIDENCES:
            form.sheet.problem(cell.line, "confidence", f"{form.what}: {cell.value} is not a confidence")
        found[name] = cell.value
    return found


def _objective(form: Form, sources: Mapping[str, Source], knowledge: Knowledge) -> Objective:
    code, op = form.string("property"), form.choice("op", ("le", "lt", "ge", "gt"))
    unit, convert, printed = _factor(form, code, knowledge.properties)
    limits: dict[str, float] = {}
    for zone, cell in form.mapping("zones").items():
        if zone not in knowledge.zones:
            form.sheet.problem(cell.line, "unknown-zone", f"{form.what}: {zone} is not a zone")
        elif not _is_number(cell.value):
            form.sheet.problem(cell.line, "wrong-type", f"{form.what}: a limit is a number, not {cell.value}")
        else:
            limits[zone] = convert(cell.value)
    given = _confidences(form, "confidence_by_zone", limits, "unknown-zone")
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
