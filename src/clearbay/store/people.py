"""The people of a home. Every change is one entry of the audit chain ``people``, with a digest of what it made of them.

Whatever changes what a person may do, or how they prove who they are, ends all their sessions in the same transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from clearbay.model.case import Actor
from clearbay.model.errors import Conflict, UnknownName
from clearbay.model.person import Person, checked
from clearbay.model.territory import stem
from clearbay.store import audit
from clearbay.store.cases import canonical, micros, moment_of
from clearbay.store.home import Home
from clearbay.store.tables_people import person, person_session
from clearbay.store.trouble import told

_RIGHTS = ("roles", "jurisdiction", "stations")
"""What a person may do: where it changes, their sessions end."""


class People:
    """The accounts of a home. Safe to share between threads and processes."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def add(self, one: Person, *, by: Actor | None, password: str = "", must_change: bool = False) -> Person:
        """Make an account; ``password`` is its encoded hash, empty for one who signs in elsewhere.

        Raises ``BadInput`` for what cannot be, ``Conflict`` where the login or the provider's subject is taken.
        """
        moment = datetime.now(UTC)
        made = replace(checked(one), created=moment, changed=moment, password=bool(password), must_change=must_change)
        with told("make an account"), self._home.records.write() as connection:
            if connection.scalar(select(person.c.id).where(person.c.id == one.id)) is not None:
                raise Conflict(f"there is a {one.id!r} already", where="id", mend="choose another login")
            if one.provider and _by_subject(connection, one.provider, one.subject) is not None:
                raise Conflict("this identity has an account already", where="subject", mend="sign in with it")
            row = {**_row(made), "password": password}
            connection.execute(insert(person), [row])
            audit.note(
                self._home, connection, "person added", by=by, about=one.id, data={**_said(made), "digest": digest(row)}
            )
        return made

    def change(self, id: str, *, by: Actor | None, **changes: Any) -> Person:
        """Change name, roles, jurisdiction, e-mail, language, stations, provider and subject, or ``disabled``
        (True or False)."""
        with told("change an account"), self._home.records.write() as connection:
            row = _held(connection, id)
            old = of_row(row)
            given = dict(changes)
            if "disabled" in given:
                off = given.pop("disabled")
                given["disabled"] = (old.disabled or datetime.now(UTC)) if off else None
            new = checked(replace(old, **given))
            said = _said(new)
            changed = {name: value for name, value in said.items() if value != _said(old)[name]}
            if not changed:
                return old
            new = replace(new, changed=datetime.now(UTC))
            if new.provider:
                holder = _by_subject(connection, new.provider, new.subject)
                if holder not in (None, id):
                    raise Conflict("this identity has an account already", where="subject", mend="sign in with it")
            stored = {**_row(new), "password": row.password}
            connection.execute(update(person).where(person.c.id == id).values(stored))
            ended = 0
            if new.disabled or any(name in changed for name in (*_RIGHTS, "provider", "subject")):
                ended = drop_sessions(connection, id)
            data = {"changed": changed, "sessions_ended": ended, "digest": digest(stored)}
            kind = "person disabled" if new.disabled and not old.disabled else "person changed"
            audit.note(self._home, connection, kind, by=by, about=id, data=data)
        return new

    def set_password(self, id: str, encoded: str, *, by: Actor | None, must_change: bool = False) -> Person:
        """Give a person another password (its encoded hash; empty: none); ends all their sessions."""
        with told("change a password"), self._home.records.write() as connection:
            row = _held(connection, id)
            new = replace(of_row(row), password=bool(encoded), must_change=must_change, changed=datetime.now(UTC))
            stored = {**_row(new), "password": encoded}
            connection.execute(update(person).where(person.c.id == id).values(stored))
            ended = drop_sessions(connection, id)
            data = {"must_change": must_change, "sessions_ended": ended, "digest": digest(stored)}
            audit.note(self._home, connection, "password changed", by=by, about=id, data=data)
        return new

    def rehashed(self, id: str, old: str, encoded: str) -> None:
        """Keep the same password under newer parameters, where it is still the one that was checked."""
        with told("keep a password"), self._home.records.write() as connection:
            row = _held(connection, id)
            if row.password != old:
                return
            stored = {**_row(of_row(row)), "password": encoded}
            connection.execute(update(person).where(person.c.id == id).values(password=encoded))
            audit.note(self._home, connection, "password rehashed", by=None, about=id, data={"digest": digest(stored)})

    def find(self, id: str) -> Person | None:
        """The person with a login, or None."""
        return None if (found := self.credentials(id)) is None else found[0]

    def get(self, id: str) -> Person:
        """The person with a login; ``UnknownName`` where there is none."""
        found = self.find(id)
        if found is None:
            raise unknown(id)
        return found

    def credentials(self, id: str) -> tuple[Person, str] | None:
        """A person and their encoded password."""
        with told("read the accounts"), self._home.records.read() as connection:
            row = connection.execute(select(person).where(person.c.id == id)).first()
        return None if row is None else (of_row(row), str(row.password))

    def by_subject(self, provider: str, subject: str) -> Person | None:
        """Who somebody at an identity provider is here."""
        with told("read the accounts"), self._home.records.read() as connection:
            id = _by_subject(connection, provider, subject)
        return None if id is None else self.find(id)

    def every(
        self, *, within: str = "", text: str = "", limit: int | None = None, disabled: bool | None = None
    ) -> list[Person]:
        """People by login: of a jurisdiction and what lies in it, with a text in login or name, disabled or not."""
        query = select(person).order_by(person.c.id).limit(limit)
        if begin := stem(within or "100000"):
            high = begin[:-1] + chr(ord(begin[-1]) + 1)
            query = query.where(person.c.jurisdiction >= begin, person.c.jurisdiction < high)
        if text:
            pattern = "%" + text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            query = query.where(
                or_(person.c.id.like(pattern, escape="\\"), func.lower(person.c.name).like(pattern, escape="\\"))
            )
        if disabled is not None:
            query = query.where(person.c.disabled.is_not(None) if disabled else person.c.disabled.is_(None))
        with told("list the accounts"), self._home.records.read() as connection:
            return [of_row(row) for row in connection.execute(query)]

    def any(self) -> bool:
        """Whether the home has an account at all."""
        with told("read the accounts"), self._home.records.read() as connection:
            return connection.execute(select(person.c.id).limit(1)).first() is not None


def drop_sessions(connection: Connection, id: str, *, but: str = "") -> int:
    """End the sessions of a person (all, or all but one by its hash); returns how many there were."""
    where = (person_session.c.person == id, person_session.c.hash != but)
    return int(connection.execute(delete(person_session).where(*where)).rowcount)


def unknown(id: str) -> UnknownName:
    """What everybody is told of somebody who is not there, or not theirs to see."""
    return UnknownName(f"nobody here is called {id[:60]!r}", where="id", mend="see `clearbay user list`")


def of_row(row: Any) -> Person:
    """The person that a row of ``person`` stands for."""
    return Person(
        id=row.id,
        name=row.name,
        roles=tuple(row.roles),
        jurisdiction=row.jurisdiction,
        email=row.email,
        language=row.language,
        stations=tuple(row.stations),
        password=bool(row.password),
        must_change=bool(row.must_change),
        provider=row.provider or "",
        subject=row.subject or "",
        created=moment_of(row.created),
        changed=moment_of(row.changed),
        disabled=moment_of(row.disabled),
    )


def digest(row: Mapping[str, Any]) -> str:
    """A digest of everything that the records say of a person, the hash of their password too."""
    held = {str(name): list(value) if isinstance(value, tuple) else value for name, value in row.items()}
    return hashlib.sha256(canonical(held)).hexdigest()


COLUMNS = tuple("".join(list(column.name)) for column in person.c)
"""The columns that a digest is made of."""


def _row(one: Person) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "roles": list(one.roles),
        "jurisdiction": one.jurisdiction,
        "email": one.email,
        "language": one.language,
        "stations": list(one.stations),
        "must_change": one.must_change,
        "provider": one.provider or None,
        "subject": one.subject or None,
        "created": micros(one.created),
        "changed": micros(one.changed),
        "disabled": micros(one.disabled),
    }


def _said(one: Person) -> dict[str, Any]:
    """What the chain says of a person: what they may do; of name and e-mail only that they changed would be too
    little to settle a dispute, so they are there too."""
    return {
        "name": one.name,
        "roles": sorted(one.roles),
        "jurisdiction": one.jurisdiction,
        "email": one.email,
        "language": one.language,
        "stations": sorted(one.stations),
        "provider": one.provider,
        "subject": one.subject,
        "disabled": one.disabled is not None,
    }


def _held(connection: Connection, id: str) -> Any:
    row = connection.execute(select(person).where(person.c.id == id)).first()
    if row is None:
        raise unknown(id)
    return row


def _by_subject(connection: Connection, provider: str, subject: str) -> str | None:
    query = select(person.c.id).where(person.c.provider == provider, person.c.subject == subject)
    return connection.scalar(query)
