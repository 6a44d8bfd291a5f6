"""Sessions of people: made at sign-in, known by a cookie, ended by time, by their owner, or with what they rest on."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, delete, insert, select, update

from clearbay.model.case import Actor
from clearbay.model.errors import StoreError, UnknownName
from clearbay.model.person import Person
from clearbay.store import audit
from clearbay.store.cases import micros, moment_of
from clearbay.store.home import Home
from clearbay.store.people import drop_sessions, of_row
from clearbay.store.tables_people import person, person_session
from clearbay.store.trouble import told

IDLE = timedelta(hours=12)
"""A session unused for so long is over: a shift, so that nobody signs in twice in one."""
LONGEST = timedelta(days=7)
"""A session is over then, however much it is used."""
MOST = 50
"""Sessions that one person may have; the oldest gives way."""

STALE = 1.0
"""Seconds for which a session is believed without looking: one that another process ended works no longer than this."""
NOTED = timedelta(minutes=5)
"""Between two notes of a session's last use: a write to disk for every request would cost more than it tells."""
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is listed: everything but what the cookie carries. Times are UTC with a zone."""

    id: str
    hash: str
    person: str
    made: datetime
    seen: datetime
    ends: datetime
    agent: str
    address: str
    via: str


Found = tuple[Session, Person]


class Sessions:
    """The sessions of one home. Safe to share between threads; what other processes do is seen within ``STALE``."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Found]] = OrderedDict()

    def begin(self, one: Person, *, agent: str, address: str, via: str) -> tuple[str, Session]:
        """Begin a session; returns what the cookie is to carry (256 random bits), and what is kept of it."""
        text = secrets.token_urlsafe(32)
        digest = hashed(text)
        moment = datetime.now(UTC)
        made = Session(
            digest[:12], digest, one.id, moment, moment, moment + LONGEST, _plain(agent), _plain(address), via
        )
        with told("begin a session"), self._home.records.write() as connection:
            old = [row.hash for row in connection.execute(_newest(one.id))]
            gone = [*old[MOST - 1 :], *self._over(connection)]
            if gone:
                connection.execute(delete(person_session).where(person_session.c.hash.in_(gone)))
            connection.execute(insert(person_session), [_row(made)])
            data = {"session": made.id, "via": via, "address": made.address}
            audit.note(self._home, connection, "signed in", by=one.actor, about=one.id, data=data)
        return text, made

    def recall(self, text: str) -> Found | None:
        """The live session that a cookie names, from memory alone; None where memory has none that is fresh."""
        with self._lock:
            held = self._kept.get(hashed(text))
        if held is None or time.monotonic() - held[0] > STALE:
            return None
        return held[1] if _live(held[1]) else None

    def find(self, text: str) -> Found | None:
        """The live session that a cookie names and whose it is, or None. May read the database."""
        if not text or len(text) > 100:
            return None
        if (known := self.recall(text)) is not None:
            return known
        digest = hashed(text)
        query = select(person_session, person).join(person, person.c.id == person_session.c.person)
        query = query.where(person_session.c.hash == digest).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
        with told("read a session"), self._home.records.read() as connection:
            row = connection.execute(query).first()
        found = None if row is None else (_session(_part(row, "person_session")), of_row(_part(row, "person")))
        with self._lock:
            if found is None or not _live(found):
                self._kept.pop(digest, None)
                return None
            self._kept[digest] = time.monotonic(), found
            self._kept.move_to_end(digest)
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        return found

    def due(self, session: Session) -> bool:
        """Whether ``used`` would write now."""
        return datetime.now(UTC) - session.seen >= NOTED

    def used(self, session: Session) -> None:
        """Note that a session was used, never at the price of waiting for another writer."""
        try:
            with told("note the use of a session"), self._home.records.write(patience=0.0) as connection:
                where = person_session.c.hash == session.hash
                connection.execute(update(person_session).where(where).values(seen=micros(datetime.now(UTC))))
        except StoreError:
            return  # somebody is writing: the next use notes it
        self._drop(session.hash)

    def every(self, id: str) -> list[Session]:
        """The live sessions of a person, newest first."""
        with told("list the sessions"), self._home.records.read() as connection:
            rows = connection.execute(_newest(id)).all()
        moment = datetime.now(UTC)
        return [one for one in map(_session, rows) if _lasting(one, moment)]

    def end(self, owner: str, id: str, *, by: Actor | None) -> None:
        """End one session of a person, by its id; ``UnknownName`` where they have none of it."""
        with told("end a session"), self._home.records.write() as connection:
            where = (person_session.c.person == owner, person_session.c.id == id)
            hashes = list(connection.scalars(select(person_session.c.hash).where(*where)))
            if not hashes:
                raise UnknownName(f"there is no session {id[:40]!r}", where="id", mend="see the list of sessions")
            connection.execute(delete(person_session).where(*where))
            audit.note(self._home, connection, "signed out", by=by, about=owner, data={"session": id})
        for one in hashes:
            self._drop(one)

    def end_all(self, owner: str, *, by: Actor | None, but: str = "") -> int:
        """End all sessions of a person, or all but one (by its hash); returns how many there were."""
        with told("end the sessions"), self._home.records.write() as connection:
            count = drop_sessions(connection, owner, but=but)
            if count:
                audit.note(self._home, connection, "sessions ended", by=by, about=owner, data={"count": count})
        self.forget()
        return count

    def forget(self) -> None:
        """Believe no session without looking: somebody's rights or password have changed."""
        with self._lock:
            self._kept.clear()

    def _drop(self, digest: str) -> None:
        with self._lock:
            self._kept.pop(digest, None)

    def _over(self, connection: Any) -> list[str]:
        """Sessions that are over, a few at a time: nobody needs them."""
        moment = datetime.now(UTC)
        over = (person_session.c.ends <= micros(moment)) | (person_session.c.seen <= micros(moment - IDLE))
        return list(connection.scalars(select(person_session.c.hash).where(over).limit(100)))


def hashed(text: str) -> str:
    """What is kept of a secret of 256 random bits: it cannot be searched, so it needs neither salt nor slowness."""
    return hashlib.sha256(text.encode()).hexdigest()


def _live(found: Found) -> bool:
    return found[1].disabled is None and _lasting(found[0], datetime.now(UTC))


def _lasting(session: Session, moment: datetime) -> bool:
    return moment < session.ends and moment - session.seen < IDLE


def _newest(id: str) -> Any:
    return (
        select(person_session)
        .where(person_session.c.person == id)
        .order_by(person_session.c.made.desc(), person_session.c.hash)
    )


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:200]


def _row(one: Session) -> dict[str, Any]:
    times = {name: micros(getattr(one, name)) for name in ("made", "seen", "ends")}
    return times | {name: getattr(one, name) for name in ("hash", "id", "person", "agent", "address", "via")}


def _session(row: Any) -> Session:
    made, seen, ends = moment_of(row.made), moment_of(row.seen), moment_of(row.ends)
    assert made is not None
    assert seen is not None
    assert ends is not None
    return Session(row.id, row.hash, row.person, made, seen, ends, row.agent, row.address, row.via)


class _part:
    """The columns of one table in a row of a join."""

    def __init__(self, row: Any, table: str) -> None:
        self._row, self._table = row._mapping, table

    def __getattr__(self, name: str) -> Any:
        return self._row[f"{self._table}_{name}"]
