"""Playbooks: kinds of cases, read from ``playbooks/*.yaml`` or from a file of an operator's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from clearbay.model.clock import Term
from clearbay.model.errors import Problem
from clearbay.model.playbook import (
    ENDS,
    FIELD_KINDS,
    OPENINGS,
    POWERS,
    ROLES,
    STAGES,
    Deadline,
    Field,
    Playbook,
    Power,
    State,
    Transition,
)
from clearbay.model.standard import Source
from clearbay.packs import duties
from clearbay.packs.phrases import known, one_of, term
from clearbay.packs.sheet import Form, Sheet, head_of, label, parse, read, refuse, sources_of, text_of

_ID = re.compile(r"[a-z][a-z0-9-]{0,60}")
_PREFIX = re.compile(r"[A-Z]{2,4}")


def read_playbooks(paths: Iterable[Path], beside: Mapping[str, Playbook] | None = None) -> dict[str, Playbook]:
    """Read and check playbooks together, by id; ``beside`` are accepted ones, whose ids and prefixes are taken.

    Raises one ``PackError`` that names file, line and rule of every problem of every file.
    """
    found: dict[str, Playbook] = {}
    problems: list[Problem] = []
    prefixes = {one.prefix: one.id for one in (beside or {}).values()}
    for path in paths:
        sheet, cell = read(path)
        head = Form(sheet, cell, "playbook")
        one = _playbook(head, label(path), path.read_text(encoding="utf-8"))
        if one.id in found or one.id in (beside or {}):
            head.problem("duplicate-id", f"a playbook is called {one.id} already", "id")
        if prefixes.setdefault(one.prefix, one.id) != one.id:
            head.problem("duplicate-id", f"cases of {prefixes[one.prefix]} begin with {one.prefix} already", "prefix")
        head.close()
        problems += sheet.problems
        found[one.id] = one
    refuse(problems)
    return found


def parse_playbook(text: str, name: str) -> Playbook:
    """Read a playbook from its text, as it was kept with the cases that were opened under it."""
    sheet, cell = parse(text, Sheet(name))
    head = Form(sheet, cell, "playbook")
    one = _playbook(head, name, text)
    head.close()
    sheet.settle()
    return one


def _playbook(head: Form, file: str, text: str) -> Playbook:
    for key, pattern, shown in (("id", _ID, "small letters, digits and -"), ("prefix", _PREFIX, "2-4 capitals")):
        if (value := head.string(key)) and not pattern.fullmatch(value):
            head.problem("not-allowed", f"{key} {value!r} is written in {shown}", key)
    version = head.integer("version")
    if version < 1 and "version" in head.cells:
        head.problem("range", "versions are counted from 1", "version")
    sources = sources_of(head) if "sources" in head.cells else {}
    head.cell("sources", optional=True)
    fields = _fields(head)
    states = _states(head)
    initial = head.string("initial")
    known(head, "initial", (initial,), states)
    transitions = _transitions(head, states, fields)
    deadlines = _deadlines(head, states, fields, sources)
    _reachable(head, initial, states, transitions)
    opens: Any = one_of(head, "opens", OPENINGS)
    opened_by: Any = one_of(head, "opened_by", ROLES)
    severity = head.integer("severity", optional=True, default=2)
    if severity not in (1, 2, 3, 4):
        head.problem("range", "severity is 1 (most severe) to 4", "severity")
    remeasure = duties.remeasure(head, sources)
    asked = [one for one in transitions.values() if one.needs.remeasured]
    if asked and remeasure is None:
        head.problem("missing-key", f"remeasure is missing, which the transition {asked[0].id} asks for")
    return Playbook(
        id=head.string("id"),
        version=version,
        prefix=head.string("prefix"),
        name=head.text(),
        purpose=head.text("purpose"),
        opens=opens,
        opened_by=opened_by,
        initial=initial,
        fields=fields,
        states=states,
        transitions=transitions,
        deadlines=deadlines,
        powers=_powers(head),
        suspension=duties.suspension(head, sources),
        remeasure=remeasure,
        watch=duties.watch(head, states, sources),
        grades=duties.grades(head, fields, sources),
        sources=sources,
        notes=head.texts("notes"),
        severity=severity,
        file=file,
        text=text,
    )


def _fields(head: Form) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for form in head.forms("fields", lambda cell: f"field {head_of(cell, 'id')}", optional=True):
        id, kind = form.string("id"), form.choice("kind", FIELD_KINDS)
        if id in found:
            form.problem("duplicate-id", f"{id} is given twice", "id")
        choices = {
            name: text_of(form.sheet, cell, f"{form.what}: {name}")
            for name, cell in form.mapping("choices", optional=kind != "choice").items()
        }
        if (kind == "choice") != bool(choices):
            form.problem("not-allowed", "a choice has choices, and nothing else has", "choices")
        found[id] = Field(id, form.text(), kind, form.boolean("required", default=False), choices)  # type: ignore[arg-type]
    return found


def _states(head: Form) -> dict[str, State]:
    found: dict[str, State] = {}
    for form in head.forms("states", lambda cell: f"state {head_of(cell, 'id')}"):
        id, stage = form.string("id"), form.choice("stage", STAGES)
        if id in found:
            form.problem("duplicate-id", f"{id} is given twice", "id")
        hint = form.text("hint") if "hint" in form.cells else None
        found[id] = State(id, form.text(), stage, hint)  # type: ignore[arg-type]
    return found


def _transitions(head: Form, states: Mapping[str, State], fields: Mapping[str, Field]) -> dict[str, Transition]:
    found: dict[str, Transition] = {}
    for form in head.forms("transitions", lambda cell: f"transition {head_of(cell, 'id')}"):
        id, leaves, to = form.string("id"), form.strings("from"), form.string("to")
        if id in found or id in POWERS or id in ("open", "suspend", "resume"):
            form.problem("duplicate-id", f"{id} is the name of another action", "id")
        known(form, "from", leaves, states)
        known(form, "to", (to,), states)
        by: Any = one_of(form, "by", ROLES)
        needs = duties.needs(form, fields)
        found[id] = Transition(id, form.text(), leaves, to, by, needs)
    return found


def _deadlines(
    head: Form, states: Mapping[str, State], fields: Mapping[str, Field], sources: Mapping[str, Source]
) -> dict[str, Deadline]:
    found: dict[str, Deadline] = {}
    for form in head.forms("deadlines", lambda cell: f"deadline {head_of(cell, 'id')}", optional=True):
        id, starts, met = form.string("id"), form.strings("starts"), form.strings("met")
        if id in found:
            form.problem("duplicate-id", f"{id} is given twice", "id")
        known(form, "starts", starts, states)
        known(form, "met", met, states)
        if both := set(starts) & set(met):
            form.problem("not-allowed", f"{', '.join(sorted(both))} cannot both start and meet it", "met")
        when: dict[str, tuple[str, ...]] = {}
        for name in form.mapping("when", optional=True):
            inner = Form(form.sheet, form.cells["when"], f"{form.what}: when")
            when[name] = inner.strings(name)
            known(form, "when", (name,), fields)
            if name in fields and fields[name].kind == "choice":
                known(form, "when", when[name], fields[name].choices)
        length = form.cell("term")
        on_transfer: Any = form.choice("on_transfer", ("continue", "restart"), default="continue")
        found[id] = Deadline(
            id=id,
            name=form.text(),
            starts=starts,
            met=met,
            term=term(form.sheet, length, f"{form.what}: term") if length else Term(1, "days"),
            origin=duties.origin(form, sources),
            when=when,
            on_transfer=on_transfer,
            escalation=tuple(duties.escalation(form)),
        )
    return found


def _powers(head: Form) -> dict[str, Power]:
    found: dict[str, Power] = {}
    for name, cell in head.mapping("powers").items():
        form = Form(head.sheet, cell, f"power {name}")
        if name not in POWERS:
            form.problem("not-allowed", f"{name} is none of {', '.join(POWERS)}")
        by: Any = one_of(form, "by", ROLES)
        found[name] = Power(by, form.boolean("reason", default=name in ("transfer", "merge", "split", "reopen")))
        form.close()
    return found


def _reachable(head: Form, initial: str, states: Mapping[str, State], transitions: Mapping[str, Transition]) -> None:
    onward: dict[str, set[str]] = {name: set() for name in states}
    back: dict[str, set[str]] = {name: set() for name in states}
    for one in transitions.values():
        for origin in one.leaves:
            if origin in states and one.to in states:
                onward[origin].add(one.to)
                back[one.to].add(origin)
    ends = [name for name, state in states.items() if state.stage in ENDS]
    if not ends and states:
        head.problem("reachable", "no state is an end (closed or refused)", "states")
    forth = _closure([initial] if initial in states else [], onward)
    leads = _closure(ends, back)
    lines = {head_of(cell, "id"): cell.line for cell in head.cells_of("states", optional=True)}
    for name in states:
        if initial in states and name not in forth:
            head.sheet.problem(lines[name], "reachable", f"state {name}: no way leads here from {initial}")
        if ends and name not in leads:
            head.sheet.problem(lines[name], "reachable", f"state {name}: no way leads from here to an end")


def _closure(begin: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, ahead = set[str](), list(begin)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += edges.get(name, ())
    return found
