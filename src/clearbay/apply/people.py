"""What people may do: one table of tasks, and what a person is told of people.

A task names the roles that may do it and the role of an API key that may. Within cases the playbooks say more: which
role takes which step. An ``operator`` may do everything, within their jurisdiction.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from clearbay import packs
from clearbay.apply.cases import access
from clearbay.model.case import Actor
from clearbay.model.person import Person
from clearbay.model.playbook import ROLES
from clearbay.model.territory import COUNTRY, covers, level, parents
from clearbay.model.text import LANGUAGES, Text
from clearbay.store import Home
from clearbay.store.keys import Role as KeyRole
from clearbay.store.people import People
from clearbay.store.tables_cases import case_file
from clearbay.store.trouble import told

_OFFICIALS = ("duty_officer", "handler", "inspector", "reviewer", "auditor")


@dataclass(frozen=True, slots=True)
class Task:
    """Something that can be done: by people of these roles (an operator always may), by keys from this role on."""

    roles: tuple[str, ...]
    key: KeyRole
    why: str
    country: bool = False
    """A person must be of the whole country: what is decided is not bound to a place."""


TASKS: Mapping[str, Task] = {
    "cases.read": Task(
        (*_OFFICIALS, "enterprise", "public"), "read", "Everybody sees what is theirs; which cases, the engine says."
    ),
    "cases.open": Task(
        ("duty_officer", "handler", "inspector", "reviewer", "enterprise", "public"),
        "operate",
        "The playbook says who opens its cases; an auditor acts on nothing.",
    ),
    "cases.act": Task(
        ("duty_officer", "handler", "inspector", "reviewer", "enterprise", "public"),
        "operate",
        "The playbook says which role takes which step.",
    ),
    "cases.warn": Task(
        ("duty_officer", "reviewer"), "operate", "A warning to the public is given by whoever answers for it."
    ),
    "cases.lead": Task(_OFFICIALS, "read", "Figures on found, judged and handled, of what one sees."),
    "devices.read": Task(
        (*_OFFICIALS, "enterprise"), "read", "Devices and their frames; an enterprise sees those of its stations."
    ),
    "devices.approve": Task(
        ("duty_officer",), "operate", "Who lets a device send decides whose values count as measured."
    ),
    "review.read": Task(
        (*_OFFICIALS, "enterprise"), "read", "Who flagged what and why; an enterprise sees its own stations' reviews."
    ),
    "review.set": Task(
        ("duty_officer", "reviewer"),
        "operate",
        "A flag decides what assessments count.",
    ),
    "events.end": Task(("duty_officer", "reviewer"), "operate", "Who ends an event says that the problem is over."),
    "observations.push": Task((), "push", "Readings come from programs, by key; an operator may mend by hand.", True),
    "things.change": Task((), "operate", "Stations and datastreams are the operator's.", True),
    "people.list": Task(_OFFICIALS, "operate", "Who dispatches must see to whom; names and roles, nothing else."),
    "people.manage": Task((), "operate", "Accounts are the operator's, within their jurisdiction."),
}
"""Task -> who may do it, and why."""


def may(roles: frozenset[str] | tuple[str, ...], task: str) -> bool:
    """Whether somebody with these roles may do a task.

    >>> may(("duty_officer",), "devices.approve"), may(("public",), "devices.read"), may(("operator",), "people.manage")
    (True, False, True)
    """
    return "operator" in roles or not set(roles).isdisjoint(TASKS[task].roles)


def tasks_of(roles: frozenset[str] | tuple[str, ...]) -> list[str]:
    """Every task that somebody with these roles may do."""
    return [task for task in TASKS if may(roles, task)]


def sees_station(actor: Actor, id: str, jurisdiction: str) -> bool:
    """Whether what belongs to a station (its devices, its reviews) is somebody's to see: their own, or in their
    jurisdiction. ``id`` empty: a device that nobody has given a station."""
    if not actor.roles:
        return False
    if id and id in actor.stations:
        return True
    return not actor.roles <= access.OWN_ONLY and (not id or covers(actor.jurisdiction, jurisdiction))


def decides_over(actor: Actor, jurisdiction: str) -> bool:
    """Whether somebody may decide over what lies in a jurisdiction; what lies in none is the country's."""
    return bool(actor.roles) and covers(actor.jurisdiction, jurisdiction)


def place(code: str) -> dict[str, object] | None:
    """A jurisdiction with its name; one that no register names is told by the nearest around it and its own code."""
    if not code:
        return None
    known = packs.jurisdictions()
    if code in known:
        return {"code": code, "name": dict(known[code].name)}
    around = next((known[one].name for one in parents(code) if one in known and one != COUNTRY), None)
    name: Text = {one: f"{around[one]} {code}" if around else code for one in LANGUAGES}
    return {"code": code, "name": dict(name)}


def account(person: Person) -> dict[str, object]:
    """A person as they see themselves, and as whoever manages accounts sees them."""
    return {
        "id": person.id,
        "name": person.name,
        "roles": [role for role in ROLES if role in person.roles],
        "jurisdiction": place(person.jurisdiction),
        "level": level(person.jurisdiction),
        "email": person.email,
        "language": person.language,
        "stations": list(person.stations),
    }


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to whom a case can be given, and how many open ones they have, as far as the one who asks sees them."""

    person: Person
    open_cases: int


def colleagues(
    home: Home, actor: Actor, *, role: str = "", text: str = "", at: str = "", limit: int = 100
) -> tuple[list[Colleague], int]:
    """People within the actor's jurisdiction who can sign in, and how many there are.

    ``at`` keeps those whose jurisdiction lies around or within a place: who can be given a case held there.
    """
    found = [
        one
        for one in People(home).every(within=actor.jurisdiction, text=text, disabled=False)
        if (not role or role in one.roles) and (not at or covers(one.jurisdiction, at) or covers(at, one.jurisdiction))
    ]
    shown = found[:limit]
    query = (
        select(case_file.c.assignee, func.count())
        .where(case_file.c.status == "open", case_file.c.assignee.in_([one.id for one in shown]))
        .where(access.visible(actor))
        .group_by(case_file.c.assignee)
    )
    with told("list the people"), home.records.read() as connection:
        counts = {id: int(count) for id, count in connection.execute(query)}
    return [Colleague(one, counts.get(one.id, 0)) for one in shown], len(found)


DEMONSTRATED = "450000"
"""Where the generated basin lies, and so the cases that are opened for it."""
_NOTE = "demonstration-password"
_ACCOUNTS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("duty", "Duty officer", ("duty_officer",), DEMONSTRATED),
    ("handler", "Handler", ("handler", "inspector"), DEMONSTRATED),
    ("reviewer", "Reviewer", ("reviewer",), DEMONSTRATED),
    ("leader", "Leader", ("auditor",), DEMONSTRATED),
    ("district", "District", ("duty_officer", "handler"), "450305"),
    ("neighbour", "Neighbour", ("duty_officer", "handler"), "440000"),
    ("citizen", "Citizen", ("public",), DEMONSTRATED),
)


def demonstrate(home: Home) -> tuple[tuple[str, ...], str]:
    """Accounts to try things with in the home of a demonstration, each named as such, and their one password.

    Made once; a home with accounts of its own gets none (and the answer is empty). The password is kept in the home,
    for what it opens is made up.
    """
    from clearbay.apply import passwords

    people, path = People(home), home.path / _NOTE
    if path.exists():
        return tuple(login for login, *_ in _ACCOUNTS), path.read_text(encoding="utf-8").strip()
    if people.any():
        return (), ""
    password = passwords.made_up()
    encoded = passwords.encode(password)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(f"{password}\n")
    for login, name, roles, at in _ACCOUNTS:
        people.add(Person(login, f"{name} (demonstration)", roles, at), by=None, password=encoded)
    return tuple(login for login, *_ in _ACCOUNTS), password
