"""Signing in with a password: every failure makes the next attempt wait longer, for the account and for the address.

An attempt takes its place before the password is looked at, so that many at once gain nothing. Whether a login exists
cannot be told: not by the answer, not by the waiting, not by the time taken.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from clearbay.apply import passwords
from clearbay.model.errors import BadInput
from clearbay.model.person import Person
from clearbay.store import Home, audit
from clearbay.store.people import People
from clearbay.store.sessions import Session, Sessions, hashed
from clearbay.store.tables_people import sign_in_failure
from clearbay.store.trouble import told

FREE = 5
"""Failures of an account that cost nothing: people mistype."""
FREE_ADDRESS = 20
"""Of an address: behind one address there may be a whole office."""
LONGEST_WAIT = 900
"""Seconds that an attempt waits at most. An account whose name is known to others can be slowed by them no further."""
FORGOTTEN = 86_400
"""Seconds after which a row of failures is forgotten."""


class Waiting(BadInput):
    """Too many failures; ``seconds`` are left to wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            "too many failed sign-ins", where="password", mend=f"wait {seconds:.0f} seconds, then try once more"
        )


class Refused(BadInput):
    """Login and password do not belong together; nothing more is said."""

    def __init__(self) -> None:
        super().__init__(
            "login and password do not belong together", where="password", mend="try again, or ask the operator"
        )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, what their cookie is to carry, and their session."""

    person: Person
    text: str
    session: Session


class SignIn:
    """Signing in to a home. Safe to share between threads and processes."""

    def __init__(self, home: Home, sessions: Sessions) -> None:
        self._home, self._sessions = home, sessions
        self._people = People(home)

    def attempt(self, login: str, password: str, *, agent: str, address: str) -> SignedIn:
        """Sign in; raises ``Refused``, or ``Waiting`` where too many have failed."""
        login = login.strip().casefold()[:100]
        subjects = (f"account {hashed(login)[:32]}", f"address {hashed(network_of(address))[:32]}")
        self._take_place(subjects)
        known = self._people.credentials(login)
        encoded = known[1] if known is not None and known[0].disabled is None else ""
        if not passwords.verify(encoded, password) or known is None:
            self._failed(known[0] if known else None, address, subjects)
            raise Refused
        self._clear(*subjects)
        if passwords.outdated(encoded):
            self._people.rehashed(known[0].id, encoded, passwords.encode(password))
        text, session = self._sessions.begin(known[0], agent=agent, address=address, via="password")
        return SignedIn(known[0], text, session)

    def confirm(self, person: Person, password: str, *, address: str) -> None:
        """Check the password of one who is signed in, as slowly as at the door."""
        subjects = (f"account {hashed(person.id)[:32]}", f"address {hashed(network_of(address))[:32]}")
        self._take_place(subjects)
        known = self._people.credentials(person.id)
        if not passwords.verify(known[1] if known else "", password):
            self._failed(person, address, subjects)
            raise Refused
        self._clear(*subjects)

    def _take_place(self, subjects: tuple[str, str]) -> None:
        """Count an attempt as a failure before it is one; ``Waiting`` where it comes too early."""
        moment = time.time_ns() // 1000
        with told("sign in"), self._home.records.write() as connection:
            held = {row.subject: row for row in connection.execute(_of(subjects))}
            wait = max((row.until - moment for row in held.values()), default=0)
            if wait > 0:
                raise Waiting(wait / 1e6)
            connection.execute(delete(sign_in_failure).where(sign_in_failure.c.last < moment - FORGOTTEN * 1_000_000))
            for subject, free in zip(subjects, (FREE, FREE_ADDRESS), strict=True):
                count = held[subject].failures + 1 if subject in held else 1
                until = moment + int(pause(count, free) * 1_000_000)
                _put(connection, subject, count, moment, until)

    def _clear(self, account: str, address: str) -> None:
        """A success clears the account's failures, and takes back the one that this attempt cost its address: others
        behind it may be guessing still."""
        with told("sign in"), self._home.records.write() as connection:
            connection.execute(delete(sign_in_failure).where(sign_in_failure.c.subject == account))
            row = connection.execute(_of((address,))).first()
            if row is not None:
                _put(connection, address, max(row.failures - 1, 0), row.last, row.last)

    def _failed(self, person: Person | None, address: str, subjects: tuple[str, str]) -> None:
        """Let the waiting begin now, however long the password took, and note it. What was typed as a login that nobody
        has is not written down: it may be a password."""
        moment = time.time_ns() // 1000
        with told("sign in"), self._home.records.write() as connection:
            for row in connection.execute(_of(subjects)).all():
                free = FREE if row.subject == subjects[0] else FREE_ADDRESS
                until = max(row.until, moment + int(pause(row.failures, free) * 1_000_000))
                _put(connection, row.subject, row.failures, row.last, until)
            about = person.id if person else ""
            data = {"address": address[:200], "known": person is not None}
            audit.note(self._home, connection, "sign-in failed", by=None, about=about, data=data)


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the network, for one machine has any number of addresses in it.

    >>> network_of("203.0.113.5"), network_of("2001:db8:0:1::7"), network_of("")
    ('203.0.113.5', '2001:db8:0:1::/64', '')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def pause(count: int, free: int) -> float:
    """Seconds to wait after so many failures in a row.

    >>> [pause(count, 5) for count in (4, 5, 6, 7, 30)]
    [0.0, 1.0, 2.0, 4.0, 900.0]
    """
    return 0.0 if count < free else min(2.0 ** min(count - free, 30), float(LONGEST_WAIT))


def _of(subjects: tuple[str, ...]) -> Any:
    return select(sign_in_failure).where(sign_in_failure.c.subject.in_(subjects))


def _put(connection: Connection, subject: str, count: int, last: int, until: int) -> None:
    values = {"failures": count, "last": last, "until": until}
    if not connection.execute(
        update(sign_in_failure).where(sign_in_failure.c.subject == subject).values(values)
    ).rowcount:
        connection.execute(insert(sign_in_failure).values(subject=subject, **values))
