"""Who is told what: decided in the transaction of each action of a case, and stored with it.

The nearest wins: a case of a district is told to the district's duty officers, to the city's only where the district
has none, and so on upwards; where nobody holds a role at all, to the operators whose place covers it. Nobody is told
what they did themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from clearbay.apply.notices.settings import settings
from clearbay.model.case import Action, Case
from clearbay.model.errors import BadInput
from clearbay.model.playbook import Playbook
from clearbay.model.territory import parents
from clearbay.store.cases import iso
from clearbay.store.notices import browsers_of, put, ways_of
from clearbay.store.tables_people import person

KINDS = ("assigned", "new", "late", "escalated", "worse", "rebound", "reopened", "transfer", "joined", "contributed",
         "comment")  # fmt: skip
"""What people are told; ``try`` (a test of a way) is none of a case."""
_WORDS = 400
"""Characters of a person's text that a notice carries; the case has the whole of it."""


@dataclass(frozen=True, slots=True)
class _Told:
    kind: str
    people: tuple[str, ...]
    more: Mapping[str, Any]


def announce(connection: Connection, home: Path, playbook: Playbook, case: Case, action: Action) -> int:
    """Tell everybody whom an action concerns, within its transaction; returns how many notices that made."""
    found = list(_found(connection, playbook, case, action))
    told: dict[str, _Told] = {}
    for one in found:
        for who in one.people:
            if who and who != action.actor:
                told.setdefault(who, one)  # the first is the most telling
    if not told:
        return 0
    known = _reachable(connection, told)
    ways, browsers = ways_of(connection, known), browsers_of(connection, known)
    mail = _sends_mail(home)
    said = _said(playbook, case, action)
    for who, one in told.items():
        if who not in known:
            continue
        mine = ways.get(who, {})
        out: list[tuple[str, str]] = []
        if mail and (mine["email"].on if "email" in mine else bool(known[who])):
            out.append(("email", ""))
        if "webhook" in mine and mine["webhook"].on:
            out.append(("webhook", ""))
        out += [("push", browser.endpoint) for browser in browsers.get(who, ())]
        put(connection, who, one.kind, case.number, action.seq, action.time, {**said, **one.more}, out)
    return sum(who in known for who in told)


def _found(connection: Connection, playbook: Playbook, case: Case, action: Action) -> Iterable[_Told]:
    data, kind = action.data, action.kind
    given = data.get("assignee")
    if isinstance(given, dict) and given.get("id"):
        yield _Told("assigned", (str(given["id"]),), {})

    def duty(place: str = "") -> tuple[str, ...]:
        return nearest(connection, "duty_officer", place or case.jurisdiction)

    mine = (case.assignee,) if case.assignee else ()
    if kind == "open":
        yield _Told("new", duty(), {})
    elif kind == "overdue":
        steps = data.get("steps")
        for step in reversed(steps if isinstance(steps, list) else []):
            yield from _late(connection, playbook, case, step, mine or duty())
    elif kind == "again" and data.get("change") in ("worse", "again"):
        yield _Told("worse", (*mine, *duty()), {})
    elif kind == "rebound":
        yield _Told("rebound", (*mine, *duty()), {})
    elif kind == "reopen":
        yield _Told("reopened", (*mine, *duty()), {})
    elif kind == "transfer":
        yield _Told("transfer", duty(), {"from": data.get("from", "")})
        if decides := str(data.get("decides", "")):
            yield _Told("escalated", duty(decides), {"level": 1})
    elif kind == "join":
        yield _Told("joined", duty(str(data.get("jurisdiction", ""))), {})
    elif kind == "contribute":
        yield _Told("contributed", mine or duty(), {})
    elif kind == "comment":
        yield _Told("comment", mine or duty(), {})


def _late(
    connection: Connection, playbook: Playbook, case: Case, step: Mapping[str, Any], holders: tuple[str, ...]
) -> Iterable[_Told]:
    deadline = playbook.deadlines.get(str(step.get("deadline", "")))
    more = {"due": step.get("due"), "deadline": dict(deadline.name) if deadline else None, "level": step.get("level")}
    if not step.get("level"):
        yield _Told("late", holders, more)
    else:
        place = str(step.get("jurisdiction") or case.jurisdiction)
        yield _Told("escalated", nearest(connection, str(step.get("to", "")), place), more)


def _said(playbook: Playbook, case: Case, action: Action) -> dict[str, Any]:
    """What the words of a notice are made from; texts that exist in four languages are kept in all of them."""
    deadline = playbook.deadlines.get(case.due_for)
    return {
        "case": case.id,
        "title": case.title,
        "playbook": dict(playbook.name),
        "state": dict(playbook.states[case.state].name),
        "severity": case.severity,
        "jurisdiction": case.jurisdiction,
        "generated": case.generated,
        "by": action.actor_name or action.actor,
        # What an event says is told in its title, in whatever language it is read; a person's words are their own.
        "text": "" if case.origin == "event" and action.kind == "open" else action.text[:_WORDS],
        "due": iso(case.due),
        "deadline": dict(deadline.name) if deadline else None,
    }


def nearest(connection: Connection, role: str, jurisdiction: str) -> tuple[str, ...]:
    """Who has a role at a place, or, where nobody has, at the nearest place around it; operators failing that."""
    places = (jurisdiction, *parents(jurisdiction))
    query = select(person.c.id, person.c.roles, person.c.jurisdiction).where(
        person.c.jurisdiction.in_(places), person.c.disabled.is_(None)
    )
    rows = list(connection.execute(query))
    for wanted in (role, "operator"):
        for place in places:
            if found := tuple(sorted(row.id for row in rows if row.jurisdiction == place and wanted in row.roles)):
                return found
    return ()


def _reachable(connection: Connection, people: Iterable[str]) -> dict[str, str]:
    """Accounts that are in use, with their e-mail addresses."""
    query = select(person.c.id, person.c.email).where(person.c.id.in_(list(people)), person.c.disabled.is_(None))
    return {row.id: row.email for row in connection.execute(query)}


def _sends_mail(home: Path) -> bool:
    try:
        return settings(home).mail is not None
    except BadInput:
        return False  # a mistake in the file stops no case; `clearbay notices check` tells of it
