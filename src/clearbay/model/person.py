"""A person of a home: who may sign in, as what, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from clearbay.model.case import Actor
from clearbay.model.errors import BadInput
from clearbay.model.playbook import ROLES
from clearbay.model.territory import COUNTRY, is_code
from clearbay.model.text import LANGUAGES

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,40}")
_EMAIL = re.compile(r"[^@\s<>\",;:\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

MOST_STATIONS = 500
"""Stations of one enterprise's person at most."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the home knows them; never their password. Times are UTC with a zone.

    ``id`` is the login. ``stations`` are those that are theirs (of an enterprise). ``password``: whether they have one;
    ``must_change``: it was given to them, and the next sign-in sets another. ``provider`` and ``subject`` say who they
    are at an identity provider (empty: nowhere). ``disabled``: since when they may not sign in.
    """

    id: str
    name: str
    roles: tuple[str, ...]
    jurisdiction: str = COUNTRY
    email: str = ""
    language: str = ""
    stations: tuple[str, ...] = ()
    password: bool = False
    must_change: bool = False
    provider: str = ""
    subject: str = ""
    created: datetime | None = None
    changed: datetime | None = None
    disabled: datetime | None = None

    @property
    def actor(self) -> Actor:
        """Who acts when they act; one who is disabled has no role at all."""
        roles = frozenset() if self.disabled else frozenset(self.roles)
        return Actor(self.id, self.name, roles, self.jurisdiction, self.stations)


def checked(person: Person) -> Person:
    """The same person where everything about them can be; ``BadInput`` names the first thing that cannot."""
    if not _LOGIN.fullmatch(person.id):
        raise BadInput(
            f"{person.id[:60]!r} is no login",
            where="id",
            mend="2 to 41 of a-z, 0-9, dot, dash and underscore, beginning with a letter or a digit",
        )
    if not person.name.strip() or len(person.name) > 100 or _CONTROL.search(person.name):
        raise BadInput("a person needs a name of at most 100 characters", where="name", mend="as others know them")
    if not person.roles:
        raise BadInput("a person needs a role", where="roles", mend=f"one or more of {', '.join(ROLES)}")
    for role in person.roles:
        if role not in ROLES:
            raise BadInput(f"no role is called {role[:40]!r}", where="roles", mend=f"one of {', '.join(ROLES)}")
    if not is_code(person.jurisdiction):
        raise BadInput(
            f"{person.jurisdiction[:40]!r} is no jurisdiction",
            where="jurisdiction",
            mend="a code of GB/T 2260 such as 440300, or 9 digits for a street",
        )
    if person.email and not _EMAIL.fullmatch(person.email):
        raise BadInput(f"{person.email[:100]!r} is no e-mail address", where="email", mend="leave it out, or mend it")
    if person.language and person.language not in LANGUAGES:
        raise BadInput(f"no language {person.language[:20]!r}", where="language", mend=f"one of {', '.join(LANGUAGES)}")
    if len(person.stations) > MOST_STATIONS or any(not one or len(one) > 200 for one in person.stations):
        raise BadInput("these stations cannot be", where="stations", mend=f"at most {MOST_STATIONS} ids of stations")
    return person
