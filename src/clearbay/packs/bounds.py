"""Limits as a pack prints them, checked and brought into the unit of their property."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from clearbay.model.errors import BadInput
from clearbay.model.property import Property
from clearbay.packs import units
from clearbay.packs.sheet import CONFIDENCES, Cell, Form

Limit = float | tuple[float, float]


def converter(form: Form, code: str, properties: Mapping[str, Property]) -> tuple[str, Callable[[float], float], str]:
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


def limits_of(
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
    found: dict[str, Limit] = {}
    for name in classes:
        if name in cells and cells[name].value is not None:
            read = _limit(form, cells[name], op, convert)
            if read is not None:
                found[name] = read
    _check_order(form, key, op, found, cells)
    return found


def _limit(form: Form, cell: Cell, op: str, convert: Callable[[float], float]) -> Limit | None:
    if op == "range":
        ends = [end.value for end in cell.value] if isinstance(cell.value, list) else []
        if len(ends) != 2 or not all(is_number(end) for end in ends) or ends[0] >= ends[1]:
            form.sheet.problem(cell.line, "range", f"{form.what}: a range is [low, high]")
            return None
        return convert(ends[0]), convert(ends[1])
    if not is_number(cell.value):
        form.sheet.problem(cell.line, "wrong-type", f"{form.what}: a limit is a number, not {cell.value}")
        return None
    return convert(cell.value)


def is_number(value: object) -> bool:
    """Say whether a cell holds a number (in YAML a boolean is none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_order(form: Form, key: str, op: str, found: Mapping[str, Limit], cells: Mapping[str, Cell]) -> None:
    names = list(found)
    for better, worse in pairwise(names):
        one, two = found[better], found[worse]
        if isinstance(one, tuple) and isinstance(two, tuple):
            kept = two[0] <= one[0] and one[1] <= two[1]
        elif isinstance(one, tuple) or isinstance(two, tuple):
            kept = False
        else:
            kept = one <= two if op in ("le", "lt") else one >= two if op in ("ge", "gt") else True
        if not kept:
            what = f"{key} of {worse} ({_plain(two)}) must not be stricter than of {better} ({_plain(one)})"
            form.sheet.problem(cells[worse].line, "limits-order", f"{form.what}: {what}")


def _plain(limit: Limit) -> str:
    return f"{limit[0]:g} to {limit[1]:g}" if isinstance(limit, tuple) else f"{limit:g}"


def confidences_of(form: Form, key: str, allowed: Iterable[str], rule: str) -> dict[str, Any]:
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
