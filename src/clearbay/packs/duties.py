"""The parts of a playbook that say what somebody has to bring, prove or wait for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clearbay.model.playbook import (
    EVIDENCE_KINDS,
    ROLES,
    Criterion,
    Escalation,
    EvidenceNeed,
    Field,
    Grade,
    Needs,
    Origin,
    Remeasure,
    State,
    Suspension,
    Watch,
)
from clearbay.model.standard import Source
from clearbay.packs.phrases import BASES, known, one_of, term
from clearbay.packs.sheet import Form, head_of, text_of

HIGHEST = 3
"""Levels that a case can be lifted above the jurisdiction that holds it: street, district, city, province."""


def origin(form: Form, sources: Mapping[str, Source], *, default: bool = False) -> Origin:
    """Read where a number comes from; ``default``: what is not said is the operator's default."""
    basis: Any = form.choice("basis", BASES, default="default" if default else "")
    named = form.strings("sources", optional=True)
    note = form.string("note", optional=True)
    form.cell("confidence", optional=True)
    if basis == "law":
        if not named or "confidence" not in form.cells:
            form.problem("basis", "a number of law names its sources and its confidence", "basis")
        confidence: Any = form.confidence() if "confidence" in form.cells else "unverified"
        for name in named:
            if name not in sources:
                form.problem("source", f"{name} is not among the sources at the head of the file", "sources")
        return Origin("law", confidence, named, note)
    for key in ("confidence", "sources"):
        if key in form.cells:
            form.problem("basis", f"an operator's default has no {key}", key)
    return Origin("default", "unverified", (), note)


def needs(form: Form, fields: Mapping[str, Field]) -> Needs:
    """Read what a transition demands; nothing where it says nothing."""
    cell = form.cell("needs", optional=True)
    if cell is None:
        return Needs()
    inner = Form(form.sheet, cell, f"{form.what}: needs")
    named = inner.strings("fields", optional=True)
    known(inner, "fields", named, fields)
    evidence = []
    for one in inner.forms("evidence", lambda _: f"{inner.what}: evidence", optional=True):
        kinds: Any = one_of(one, "kinds", EVIDENCE_KINDS)
        number = one.integer("at_least", optional=True, default=1)
        if number < 1:
            one.problem("range", "at least one piece", "at_least")
        evidence.append(EvidenceNeed(kinds, number))
    made = Needs(
        reason=inner.boolean("reason", default=False),
        assignee=inner.boolean("assignee", default=False),
        fields=named,
        evidence=tuple(evidence),
        remeasured=inner.boolean("remeasured", default=False),
        another_person=inner.boolean("another_person", default=False),
    )
    inner.close()
    return made


def escalation(form: Form) -> Iterator[Escalation]:
    """Read to whom an overdue case goes, step by step."""
    for step in form.forms("escalation", lambda _: f"{form.what}: escalation", optional=True):
        to: Any = step.choice("to", ROLES)
        up = step.integer("up", optional=True, default=0)
        if not 0 <= up <= HIGHEST:
            step.problem("range", f"a case goes up 0 to {HIGHEST} levels", "up")
        cell = step.cell("after", optional=True)
        yield Escalation(to, term(form.sheet, cell, f"{step.what}: after") if cell else None, up)


def remeasure(head: Form, sources: Mapping[str, Source]) -> Remeasure | None:
    """Read when the water counts as clean again; None where the playbook does not measure."""
    if (form := _part(head, "remeasure")) is None:
        return None
    times, over = form.integer("times"), form.number("over_hours", optional=True)
    if times < 1 and "times" in form.cells:
        form.problem("range", "at least one measurement", "times")
    if over < 0 or (times == 1 and over > 0):
        form.problem("range", "one measurement spans no hours; several span none or more", "over_hours")
    made = Remeasure(times, over, origin(form, sources, default=True), form.boolean("suspect", default=False))
    form.close()
    return made


def watch(head: Form, states: Mapping[str, State], sources: Mapping[str, Source]) -> Watch | None:
    """Read how long a closed case is watched, and where a rebound takes it."""
    if (form := _part(head, "watch")) is None:
        return None
    days, times, reopen = form.integer("days"), form.integer("times", optional=True, default=1), form.string("reopen")
    if (days < 1 and "days" in form.cells) or times < 1:
        form.problem("range", "a watch lasts a day at least, and one result at least ends it", "days")
    known(form, "reopen", (reopen,), states)
    made = Watch(days, times, reopen, origin(form, sources, default=True))
    form.close()
    return made


def suspension(head: Form, sources: Mapping[str, Source]) -> Suspension | None:
    """Read who may stop the clocks and why; None where nobody may."""
    if (form := _part(head, "suspend")) is None:
        return None
    by: Any = one_of(form, "by", ROLES)
    reasons = {
        name: text_of(form.sheet, cell, f"{form.what}: {name}") for name, cell in form.mapping("reasons").items()
    }
    if not reasons and "reasons" in form.cells:
        form.problem("missing-key", "a clock stops for a reason: list them", "reasons")
    longest = form.integer("longest_days") if "longest_days" in form.cells else None
    if longest is not None and longest < 1:
        form.problem("range", "a suspension lasts a day at least", "longest_days")
    made = Suspension(by, reasons, longest, origin(form, sources, default=True))
    form.close()
    return made


def grades(head: Form, fields: Mapping[str, Field], sources: Mapping[str, Source]) -> tuple[Grade, ...]:
    """Read the grades of a case, most severe first."""
    found: list[Grade] = []
    for form in head.forms("grades", lambda cell: f"grade {head_of(cell, 'id')}", optional=True):
        id, severity = form.string("id"), form.integer("severity")
        if any(one.id == id for one in found):
            form.problem("duplicate-id", f"{id} is given twice", "id")
        if severity not in (1, 2, 3, 4):
            form.problem("range", "severity is 1 (most severe) to 4", "severity")
        criteria = tuple(_criterion(one, fields, sources) for one in form.forms("any_of", lambda _: "criterion"))
        found.append(Grade(id, form.text(), severity, criteria))
    return tuple(found)


def _criterion(form: Form, fields: Mapping[str, Field], sources: Mapping[str, Source]) -> Criterion:
    name = form.string("field")
    known(form, "field", (name,), fields)
    least = form.number("ge") if "ge" in form.cells else None
    values = form.strings("one_of", optional=True)
    if (least is None) == (not values):
        form.problem("missing-key", "a criterion has either ge or one_of")
    if name in fields and (least is not None) != (fields[name].kind in ("number", "integer")):
        form.problem("not-allowed", f"{name} is a {fields[name].kind}", "field")
    if name in fields and fields[name].kind == "choice":
        known(form, "one_of", values, fields[name].choices)
    text = form.text("text") if "text" in form.cells else None
    return Criterion(name, least, values, origin(form, sources), text)


def _part(head: Form, key: str) -> Form | None:
    cell = head.cell(key, optional=True)
    return Form(head.sheet, cell, key) if cell is not None else None
