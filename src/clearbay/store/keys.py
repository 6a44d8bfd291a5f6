"""API keys of a home: made once, shown once, kept as a hash.

A key carries 256 random bits, so that a plain SHA-256 of it cannot be searched and no salt or slow hash is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import pyarrow as pa
from sqlalchemy import insert, select, update

from clearbay.model.case import Actor
from clearbay.model.errors import BadInput, StoreError, UnknownName
from clearbay.store import audit
from clearbay.store.clock import micros, now
from clearbay.store.home import Home
from clearbay.store.tables_keys import api_key
from clearbay.store.trouble import told

Role = Literal["read", "push", "operate"]
"""What a key may do; each role may also do what those before it may."""
ROLES: tuple[Role, ...] = get_args(Role)

PREFIX = "clearbay_"
"""Begins every key, so that a leaked one is recognised by a search for it."""

STALE = 1.0
"""Seconds after which the list of good keys is read again: a revoked key works no longer than this."""
NOTED = 60.0
"""Seconds between two notes of a key's last use: a write to disk for every request would cost more than it tells."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is listed: everything but the key itself. Times are naive UTC; ``revoked`` None: it is good."""

    id: str
    name: str
    role: Role
    created: datetime
    last_used: datetime | None
    revoked: datetime | None

    def may(self, role: Role) -> bool:
        """Whether the key's role covers ``role``."""
        return covers(self.role, role)


def covers(held: Role, wanted: Role) -> bool:
    """Whether someone who holds a role may do what another asks for.

    >>> covers("operate", "push"), covers("read", "push")
    (True, False)
    """
    return ROLES.index(held) >= ROLES.index(wanted)


class Keys:
    """The keys of one home. Safe to share between threads; keys made or revoked by other processes are seen."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._good: dict[str, Key] = {}
        self._read_at = -STALE
        self._noted: dict[str, float] = {}

    def add(self, name: str, role: Role, *, by: Actor | None = None) -> tuple[str, Key]:
        """Make a key; returns its text, which nobody can ask for again, and what is kept of it."""
        name = name.strip()
        if role not in ROLES:
            raise BadInput(f"no role is called {role!r}", where="role", mend=f"use one of {', '.join(ROLES)}")
        if not name or len(name) > 200:
            raise BadInput("a key needs a name of at most 200 characters", where="name", mend="say who or what uses it")
        text = PREFIX + secrets.token_urlsafe(32)
        digest = _digest(text)
        moment = now()
        row = {"id": digest[:12], "hash": digest, "name": name, "role": role, "created": micros(moment)}
        with told("keep the new key"), self.home.records.write() as connection:
            connection.execute(insert(api_key).values(row))
            data = {"key": digest[:12], "name": name, "role": role}
            audit.note(self.home, connection, "key added", by=by, about=f"key:{digest[:12]}", data=data)
        self._forget()
        return text, Key(digest[:12], name, role, moment, None, None)

    def every(self) -> tuple[Key, ...]:
        """All keys, revoked ones too, oldest first."""
        with told("list the keys"), self.home.records.read() as connection:
            rows = connection.execute(select(api_key).order_by(api_key.c.created, api_key.c.id)).all()
        return tuple(_key(row) for row in rows)

    def revoke(self, id: str, *, by: Actor | None = None) -> Key:
        """Make a key useless for good; ``UnknownName`` where no key has this id. Revoking twice changes nothing."""
        with told("revoke the key"), self.home.records.write() as connection:
            row = connection.execute(select(api_key).where(api_key.c.id == id)).first()
            if row is None:
                raise UnknownName(f"no key has the id {id!r}", where="id", mend="`clearbay key list` shows the ids")
            if row.revoked is None:
                connection.execute(update(api_key).where(api_key.c.id == id).values(revoked=micros(now())))
                data = {"key": id, "name": row.name, "role": row.role}
                audit.note(self.home, connection, "key revoked", by=by, about=f"key:{id}", data=data)
                row = connection.execute(select(api_key).where(api_key.c.id == id)).one()
        self._forget()
        return _key(row)

    def recall(self, text: str) -> Key | None:
        """The good key with this text from memory alone; None where the memory is stale or has no such key."""
        if time.monotonic() - self._read_at > STALE:
            return None
        return self._match(text)

    def find(self, text: str) -> Key | None:
        """The good key with this text, or None. May read the database."""
        if not text.startswith(PREFIX) or len(text) > 200:
            return None
        if time.monotonic() - self._read_at > STALE:
            self._read()
        return self._match(text)

    def used(self, key: Key) -> None:
        """Note that a key was used: at most once a minute, and never at the price of waiting for another writer."""
        moment = time.monotonic()
        with self._lock:
            if moment - self._noted.get(key.id, -NOTED) < NOTED:
                return
            self._noted[key.id] = moment
        try:
            with told("note the use of a key"), self.home.records.write(patience=0.0) as connection:
                connection.execute(update(api_key).where(api_key.c.id == key.id).values(last_used=micros(now())))
        except StoreError:
            with self._lock:
                self._noted.pop(key.id, None)  # somebody is writing: the next use notes it

    def due(self, key: Key) -> bool:
        """Whether ``used`` would write now."""
        return time.monotonic() - self._noted.get(key.id, -NOTED) >= NOTED

    def _match(self, text: str) -> Key | None:
        digest = _digest(text)
        found: Key | None = None
        # Every hash is compared, in constant time each, so that the time taken says nothing of any key.
        for held, key in self._good.items():
            if hmac.compare_digest(held, digest):
                found = key
        return found

    def _read(self) -> None:
        with told("read the keys"), self.home.records.read() as connection:
            rows = connection.execute(select(api_key).where(api_key.c.revoked.is_(None))).all()
        good = {row.hash: _key(row) for row in rows}
        with self._lock:
            self._good, self._read_at = good, time.monotonic()

    def _forget(self) -> None:
        with self._lock:
            self._read_at = -STALE


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _key(row: object) -> Key:
    mapping = row._mapping  # type: ignore[attr-defined]
    return Key(
        mapping["id"],
        mapping["name"],
        mapping["role"],
        _moment(mapping["created"]) or now(),
        _moment(mapping["last_used"]),
        _moment(mapping["revoked"]),
    )


def _moment(micros_: int | None) -> datetime | None:
    found: datetime | None = pa.scalar(micros_, pa.timestamp("us")).as_py()
    return found
