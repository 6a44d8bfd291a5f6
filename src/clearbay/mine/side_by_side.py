"""The limits of every rule set for one property, on one day and for one use of the water, side by side in one unit.

What corresponds to what comes from the crosswalk; numbers, clauses and confidence from the rule sets in force on the
day. What cannot stand beside the others is listed with the reason: no version in force, no number (an index, an item
that one sample cannot decide), nothing demanded for the use, or a rule that applies and was not sourced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from clearbay import packs
from clearbay.mine.comparison import REASONS, Absent, Comparison, Line, Why
from clearbay.model.crosswalk import Correspondence, Indicator, UseGrade
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.rule import Rule, RuleSet
from clearbay.model.standard import Item, Objective, Standard


def indicator_of(property: str) -> Indicator:
    """The indicator that a property leads, else the first in which it stands; UnknownName where none."""
    if property not in packs.properties():
        raise UnknownName(f"no property is called {property!r}", where="property", mend="see docs/glossary.md")
    found = packs.crosswalk().indicators.values()
    leading = [one for one in found if one.property == property]
    within = [one for one in found if any(entry.property == property for entry in one.entries)]
    if not leading and not within:
        raise BadInput(f"no rule set says anything of {property}", where="property", mend="choose another property")
    return (leading or within)[0]


def side_by_side(property: str, *, on: date, use: str = "") -> Comparison:
    """The limits of all rule sets for ``property`` in force ``on`` a day, for a use of the water (by id) or for all.

    Lines come in the crosswalk's order, the comparable ones first, each rule set's limits from the best grade to the
    worst. Units are the indicator's own; a property that cannot be converted to it keeps its own.
    """
    uses = packs.crosswalk().uses
    if use and use not in uses:
        raise UnknownName(f"no use of water is called {use!r}", where="use", mend="one of " + ", ".join(uses))
    indicator = indicator_of(property)
    demanded = {one.family: one for one in uses[use].grades} if use else {}
    lines: list[Line] = []
    absent: list[Absent] = []
    for entry in sorted(indicator.entries, key=lambda one: not one.comparable):
        try:
            rule_set = packs.rule_set(entry.family, on)
        except UnknownName as error:
            known = packs.rule_versions(entry.family)[0].jurisdiction
            absent.append(Absent(entry.family, known, "not_in_force", REASONS["not_in_force"], error.what))
            continue
        found = [_in_unit(line, indicator.unit) for line in _lines(rule_set, entry)]
        if not found:
            index = isinstance(rule_set, Rule) or rule_set.kind == "index"
            why: Why = "index" if index else "not_judged"
            absent.append(
                Absent(rule_set.id, rule_set.jurisdiction, why, REASONS[why], _said(rule_set, entry.property))
            )
        elif use and entry.family not in demanded:
            absent.append(Absent(rule_set.id, rule_set.jurisdiction, "no_grade_for_use", REASONS["no_grade_for_use"]))
        else:
            lines += [line for line in found if not use or line.grade == demanded[entry.family].grade]
    if use:
        lines = [replace(line, use_confidence=_use_confidence(line, demanded)) for line in lines]
    absent += _not_sourced(indicator)
    return Comparison(indicator, property, indicator.unit, on, use, tuple(lines), _once(absent))


def _once(absent: Iterable[Absent]) -> tuple[Absent, ...]:
    """Each rule set once, by its first reason."""
    first: dict[str, Absent] = {}
    for one in absent:
        first.setdefault(one.rule_set, one)
    return tuple(first.values())


def _use_confidence(line: Line, demanded: dict[str, UseGrade]) -> str:
    return str(demanded[packs.rule_set(line.rule_set).family].confidence)


def _not_sourced(indicator: Indicator) -> Iterator[Absent]:
    """Rules nobody has found a text of that would judge this property, or may: theirs are not known."""
    codes = {indicator.property, *(entry.property for entry in indicator.entries)}
    media = {medium for entry in indicator.entries for medium in packs.rule_versions(entry.family)[0].media}
    for one in packs.not_sourced().values():
        if one.limits and media.intersection(one.media) and (not one.properties or codes.intersection(one.properties)):
            yield Absent(one.id, one.jurisdiction, "not_sourced", one.known)


def _said(rule_set: RuleSet, code: str) -> str:
    items = rule_set.items if isinstance(rule_set, Standard) else ()
    return next((item.note for item in items if item.property == code), "")


def _lines(rule_set: RuleSet, entry: Correspondence) -> Iterator[Line]:
    """Every limit of a rule set for the property of an entry, in the property's own unit."""
    if isinstance(rule_set, Standard):
        for item in rule_set.items:
            if item.property == entry.property:
                yield from _of_item(rule_set, item, entry)
        for objective in rule_set.objectives:
            if objective.property == entry.property:
                yield from _of_objective(rule_set, objective, entry)
        return
    for limit in rule_set.limits:
        if limit.property != entry.property:
            continue
        for grade, value in limit.limits.items():
            low, high = _ends(limit.op, value)
            parts = {
                "built from": limit.built_from, "built to": limit.built_to,
                "warmer than °C": limit.warmer_than, "at most °C": limit.at_most,
            }  # fmt: skip
            condition = ", ".join(f"{name} {value}" for name, value in parts.items() if value is not None)
            yield replace(
                _line(rule_set, entry, grade, limit.op, low, high, limit.unit, limit.confidence, limit.sources),
                clause=limit.clause,
                averaging=limit.averaging,
                allowed=limit.allowed,
                condition=condition,
                condition_confidence=limit.condition_confidence,
                remark=limit.note,
                informative=limit.informative,
            )


def _of_item(standard: Standard, item: Item, entry: Correspondence) -> Iterator[Line]:
    tables = [("", item.limits)] if item.lake_limits is None else [("river", item.limits), ("lake", item.lake_limits)]
    for kind, limits in tables:
        for grade, value in limits.items():
            low, high = _ends(item.op, value)
            confidence: str = item.confidence_by_class.get(grade, item.confidence)
            yield replace(
                _line(standard, entry, grade, item.op, low, high, item.unit, confidence, item.sources),
                clause=item.clause,
                remark=item.note,
                water_type=kind or ("lake" if item.water_types and "river" not in item.water_types else ""),
            )


def _of_objective(standard: Standard, objective: Objective, entry: Correspondence) -> Iterator[Line]:
    """One line for each limit and confidence, with the zones in which it holds."""
    grouped: dict[tuple[float, str], list[str]] = {}
    for zone, value in objective.zones.items():
        confidence: str = objective.confidence_by_zone.get(zone, objective.confidence)
        grouped.setdefault((value, confidence), []).append(zone)
    for (value, confidence), zones in grouped.items():
        low, high = _ends(objective.op, value)
        line = _line(standard, entry, standard.grades[0].id, objective.op, low, high, objective.unit, confidence,
                     objective.sources)  # fmt: skip
        yield replace(line, clause=objective.clause, zones=tuple(zones), remark=objective.note)


def _line(
    rule_set: RuleSet, entry: Correspondence, grade: str, op: str, low: float | None, high: float | None, unit: str,
    confidence: str, sources: tuple[str, ...],
) -> Line:  # fmt: skip
    return Line(
        rule_set=rule_set.id,
        jurisdiction=rule_set.jurisdiction,
        property=entry.property,
        grade=grade,
        op=op,
        low=low,
        high=high,
        unit=unit,
        comparable=entry.comparable,
        confidence=confidence,
        sources=sources,
        method=entry.method,
        depth=entry.depth,
        statistic=entry.statistic,
        note=entry.note,
    )


def _ends(op: str, value: float | tuple[float, float]) -> tuple[float | None, float | None]:
    if isinstance(value, tuple):
        return value
    return (value, None) if op in ("ge", "gt") else (None, value)


def _in_unit(line: Line, unit: str) -> Line:
    try:
        scale, offset = packs.unit_factor(line.unit, unit, line.property)
    except BadInput:
        return line
    low, high = (None if end is None else float(f"{end * scale + offset:.12g}") for end in (line.low, line.high))
    return replace(line, low=low, high=high, unit=unit)
