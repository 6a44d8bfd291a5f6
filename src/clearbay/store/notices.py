"""Notices in the records: what people were told, how they want to be told, and what still has to leave the node.

``put`` writes within the transaction of the action that a notice tells of, and its way out with it: what was done and
what is said of it are stored together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from clearbay.store.cases import behind, micros, moment_of
from clearbay.store.home import Home
from clearbay.store.tables_notices import notice, notice_outbox, notice_push, notice_way
from clearbay.store.trouble import told

WAYS = ("email", "webhook", "push")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person was told; ``case`` is the number of the case, ``data`` what the words are made from."""

    id: int
    person: str
    kind: str
    case: int
    seq: int
    time: datetime
    data: Mapping[str, Any]
    read: datetime | None


@dataclass(frozen=True, slots=True)
class Way:
    """How a person wants to be told beside the page: e-mail (``address`` empty: the account's own), or a webhook with
    the secret that signs its messages."""

    person: str
    way: str
    on: bool
    address: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that takes pushed messages."""

    endpoint: str
    person: str
    p256dh: str
    auth: str
    agent: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that has to leave the node; ``target`` is the browser of a pushed message, else empty."""

    id: int
    notice: int
    way: str
    target: str
    state: str
    tries: int
    next: datetime
    error: str
    made: datetime
    sent: datetime | None


def put(
    connection: Connection,
    person: str,
    kind: str,
    case: int,
    seq: int,
    time: datetime,
    data: Mapping[str, Any],
    out: Iterable[tuple[str, str]],
) -> int:
    """Tell a person something, and by which ways (way, target) it leaves the node; returns the notice's id."""
    moment = micros(time)
    id = behind(int(connection.scalar(select(func.max(notice.c.id))) or 0), time)
    row = {
        "id": id,
        "person": person,
        "kind": kind,
        "case": case,
        "seq": seq,
        "time": moment,
        "data": dict(data),
        "read": None,
    }
    connection.execute(insert(notice).values(**row))
    letters = [
        {"notice": id, "way": way, "target": target, "state": "waiting", "tries": 0, "next": moment, "error": "",
         "made": moment, "sent": None}
        for way, target in out
    ]  # fmt: skip
    if letters:
        connection.execute(insert(notice_outbox), letters)
    return id


def ways_of(connection: Connection, people: Iterable[str]) -> dict[str, dict[str, Way]]:
    """The ways that people have chosen, by person and way."""
    found: dict[str, dict[str, Way]] = {}
    query = select(notice_way).where(notice_way.c.person.in_(list(people)))
    for row in connection.execute(query):
        found.setdefault(row.person, {})[row.way] = Way(row.person, row.way, bool(row.is_on), row.address, row.secret)
    return found


def browsers_of(connection: Connection, people: Iterable[str]) -> dict[str, list[Browser]]:
    """The browsers of people that take pushed messages."""
    found: dict[str, list[Browser]] = {}
    query = select(notice_push).where(notice_push.c.person.in_(list(people))).order_by(notice_push.c.since)
    for row in connection.execute(query):
        found.setdefault(row.person, []).append(_browser(row))
    return found


class Notices:
    """The notices of a home. Safe to share between threads; any number of processes may use them."""

    def __init__(self, home: Home) -> None:
        self.home = home

    # -- read ------------------------------------------------------------------------------------------------------

    def of(self, person: str, *, before: int | None = None, unread: bool = False, limit: int = 50) -> list[Notice]:
        """A person's notices, newest first; ``before``: only older than this id."""
        query = select(notice).where(notice.c.person == person).order_by(notice.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(notice.c.id < before)
        if unread:
            query = query.where(notice.c.read.is_(None))
        with told("read the notices"), self.home.records.read() as connection:
            return [_notice(row) for row in connection.execute(query)]

    def counts(self, person: str) -> tuple[int, int]:
        """How many notices a person has, and how many of them are unread."""
        query = select(func.count(), func.count(notice.c.read)).where(notice.c.person == person)
        with told("count the notices"), self.home.records.read() as connection:
            every, seen = connection.execute(query).one()
        return int(every), int(every) - int(seen)

    def seen(self, person: str, ids: Sequence[int] | None, now: datetime) -> int:
        """A person has read these notices of theirs (None: all); returns how many were unread."""
        query = update(notice).where(notice.c.person == person, notice.c.read.is_(None))
        if ids is not None:
            query = query.where(notice.c.id.in_(list(ids)))
        with told("mark notices as read"), self.home.records.write() as connection:
            return int(connection.execute(query.values(read=micros(now))).rowcount)

    # -- ways ------------------------------------------------------------------------------------------------------

    def ways(self, person: str) -> dict[str, Way]:
        """The ways that a person has chosen."""
        with told("read the ways"), self.home.records.read() as connection:
            return ways_of(connection, [person]).get(person, {})

    def set_way(self, way: Way, now: datetime) -> None:
        """Keep a way, over what it was."""
        mine = (notice_way.c.person == way.person, notice_way.c.way == way.way)
        row = {"person": way.person, "way": way.way, "is_on": way.on, "address": way.address, "secret": way.secret}
        with told("keep a way"), self.home.records.write() as connection:
            connection.execute(delete(notice_way).where(*mine))
            connection.execute(insert(notice_way), [row | {"since": micros(now)}])

    def browsers(self, person: str) -> list[Browser]:
        """The browsers of a person, the oldest first."""
        with told("read the browsers"), self.home.records.read() as connection:
            return browsers_of(connection, [person]).get(person, [])

    def add_browser(self, one: Browser) -> None:
        """Keep a browser; whoever signed in there last has it."""
        with told("keep a browser"), self.home.records.write() as connection:
            connection.execute(delete(notice_push).where(notice_push.c.endpoint == one.endpoint))
            row = {
                "endpoint": one.endpoint,
                "person": one.person,
                "p256dh": one.p256dh,
                "auth": one.auth,
                "agent": one.agent,
                "since": micros(one.since),
            }
            connection.execute(insert(notice_push), [row])

    def drop_browser(self, endpoint: str, person: str | None = None) -> bool:
        """Forget a browser (of this person); returns whether it was known."""
        query = delete(notice_push).where(notice_push.c.endpoint == endpoint)
        if person is not None:
            query = query.where(notice_push.c.person == person)
        with told("forget a browser"), self.home.records.write() as connection:
            return bool(connection.execute(query).rowcount)

    # -- outbox ----------------------------------------------------------------------------------------------------

    def due(self, now: datetime, limit: int) -> list[Letter]:
        """What is to be sent by now, the oldest first."""
        query = (
            select(notice_outbox)
            .where(notice_outbox.c.state == "waiting", notice_outbox.c.next <= micros(now))
            .order_by(notice_outbox.c.next, notice_outbox.c.id)
            .limit(limit)
        )
        with told("read the outbox"), self.home.records.read() as connection:
            return [_letter(row) for row in connection.execute(query)]

    def claim(self, letters: Sequence[Letter], until: datetime) -> list[Letter]:
        """Take letters on: those that nobody else has. Whoever dies with them leaves them due again at ``until``."""
        mine = []
        with told("take letters from the outbox"), self.home.records.write() as connection:
            for one in letters:
                same = (
                    notice_outbox.c.id == one.id,
                    notice_outbox.c.state == "waiting",
                    notice_outbox.c.next == micros(one.next),
                )
                if connection.execute(update(notice_outbox).where(*same).values(next=micros(until))).rowcount:
                    mine.append(one)
        return mine

    def settle(self, outcomes: Iterable[tuple[Letter, str, str, datetime]], now: datetime) -> None:
        """Write down what became of letters: (letter, state, error, when it is tried again)."""
        with told("keep the outbox"), self.home.records.write() as connection:
            for one, state, error, again in outcomes:
                values = {
                    "state": state,
                    "tries": notice_outbox.c.tries + 1,
                    "error": error[:500],
                    "next": micros(again),
                    "sent": micros(now) if state == "sent" else None,
                }
                connection.execute(update(notice_outbox).where(notice_outbox.c.id == one.id).values(values))

    def outbox(self, state: str = "", limit: int = 100) -> list[tuple[Letter, Notice]]:
        """Letters with what they tell, the newest first; of one state, or all."""
        query = (
            select(notice_outbox, notice)
            .join(notice, notice.c.id == notice_outbox.c.notice)
            .order_by(notice_outbox.c.id.desc())
            .limit(limit)
        )
        if state:
            query = query.where(notice_outbox.c.state == state)
        with told("read the outbox"), self.home.records.read() as connection:
            rows = connection.execute(query).all()
        width = len(notice_outbox.c)
        return [
            (_letter_of(dict(zip(notice_outbox.c.keys(), row[:width], strict=True))),
             _notice_of(dict(zip(notice.c.keys(), row[width:], strict=True))))
            for row in rows
        ]  # fmt: skip

    def tally(self) -> dict[str, int]:
        """How many letters are waiting, sent and dead."""
        query = select(notice_outbox.c.state, func.count()).group_by(notice_outbox.c.state)
        with told("count the outbox"), self.home.records.read() as connection:
            return {"waiting": 0, "sent": 0, "dead": 0} | {row[0]: int(row[1]) for row in connection.execute(query)}

    def told_of(self, id: int) -> Notice | None:
        """The notice of that id."""
        with told("read a notice"), self.home.records.read() as connection:
            row = connection.execute(select(notice).where(notice.c.id == id)).first()
            return None if row is None else _notice(row)

    def again(self, ids: Sequence[int] | None, now: datetime) -> int:
        """Try dead letters once more (None: all of them); returns how many."""
        query = update(notice_outbox).where(notice_outbox.c.state == "dead")
        if ids is not None:
            query = query.where(notice_outbox.c.id.in_(list(ids)))
        with told("revive letters"), self.home.records.write() as connection:
            return int(connection.execute(query.values(state="waiting", tries=0, next=micros(now))).rowcount)

    def forget(self, before: datetime) -> int:
        """Take letters away that were sent before a time."""
        old = (notice_outbox.c.state == "sent", notice_outbox.c.sent < micros(before))
        with told("tidy the outbox"), self.home.records.write() as connection:
            return int(connection.execute(delete(notice_outbox).where(*old)).rowcount)


def _notice(row: Any) -> Notice:
    return _notice_of(row._mapping)


def _notice_of(row: Mapping[str, Any]) -> Notice:
    return Notice(
        row["id"], row["person"], row["kind"], row["case"], row["seq"], _at(row["time"]), row["data"],
        moment_of(row["read"]),
    )  # fmt: skip


def _letter(row: Any) -> Letter:
    return _letter_of(row._mapping)


def _letter_of(row: Mapping[str, Any]) -> Letter:
    return Letter(
        row["id"], row["notice"], row["way"], row["target"], row["state"], row["tries"], _at(row["next"]),
        row["error"], _at(row["made"]), moment_of(row["sent"]),
    )  # fmt: skip


def _browser(row: Any) -> Browser:
    return Browser(row.endpoint, row.person, row.p256dh, row.auth, row.agent, _at(row.since))


def _at(number: int) -> datetime:
    return datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(microseconds=number)
