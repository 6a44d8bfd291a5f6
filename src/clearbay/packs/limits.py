"""Limits by averaging time and level (air, effluents), read from the ``limits`` block of a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from clearbay.model.property import Property
from clearbay.model.rule import Averaging, Limit
from clearbay.model.standard import Source
from clearbay.packs import bounds
from clearbay.packs.sheet import Form, head_of

AVERAGING: tuple[str, ...] = get_args(Averaging)
OPERATORS = ("le", "lt", "ge", "gt", "range")


def read(
    head: Form, levels: Sequence[str], sources: Mapping[str, Source], known: Mapping[str, Property], *, optional: bool
) -> tuple[Limit, ...]:
    """Read the limits of a rule; two of the same property and averaging time must not hold in the same case."""
    found: list[Limit] = []
    for form in head.forms(
        "limits", lambda cell: f"limit {head_of(cell, 'property')} {head_of(cell, 'averaging')}", optional=optional
    ):
        one = _limit(form, levels, sources, known)
        if any(_meet(one, other) for other in found):
            form.problem("condition", "holds in a case for which a limit is given above", "property")
        found.append(one)
    return tuple(found)


def _limit(form: Form, levels: Sequence[str], sources: Mapping[str, Source], known: Mapping[str, Property]) -> Limit:
    code, op = form.string("property"), form.choice("op", OPERATORS, default="le")
    unit, convert, printed = bounds.converter(form, code, known)
    clause = form.string("clause", optional=True)
    allowed = form.integer("allowed") if "allowed" in form.cells else None
    if allowed is not None and allowed < 0:
        form.problem("not-allowed", "a number of exceedances is not below zero", "allowed")
    built_from, built_to = form.date("built_from", optional=True), form.date("built_to", optional=True)
    if built_from and built_to and built_to < built_from:
        form.problem("condition", f"built to {built_to}, before {built_from}", "built_to")
    warmer_than, at_most = _degrees(form, "warmer_than"), _degrees(form, "at_most")
    conditional = built_from or built_to or warmer_than is not None or at_most is not None
    averaging: Any = form.choice("averaging", AVERAGING)
    return Limit(
        property=code,
        averaging=averaging,
        op=op,  # type: ignore[arg-type]
        limits=bounds.limits_of(form, "levels", op, levels, convert),
        unit=unit,
        confidence=form.confidence(),
        sources=form.sources(sources),
        clause=f"{clause} (printed in {printed})".strip() if printed else clause,
        note=form.string("note", optional=True),
        allowed=allowed,
        built_from=built_from,
        built_to=built_to,
        warmer_than=warmer_than,
        at_most=at_most,
        condition_confidence=form.confidence("condition_confidence") if conditional else "",
        informative=form.boolean("informative", default=False),
    )


def _degrees(form: Form, key: str) -> float | None:
    return form.number(key) if key in form.cells else None


def _meet(one: Limit, other: Limit) -> bool:
    """Whether some plant on some day falls under both."""
    if (one.property, one.averaging) != (other.property, other.averaging):
        return False
    apart = (
        bool(one.built_to and other.built_from and one.built_to < other.built_from)
        or bool(other.built_to and one.built_from and other.built_to < one.built_from)
        or (one.at_most is not None and other.warmer_than is not None and one.at_most <= other.warmer_than)
        or (other.at_most is not None and one.warmer_than is not None and other.at_most <= one.warmer_than)
    )
    return not apart
