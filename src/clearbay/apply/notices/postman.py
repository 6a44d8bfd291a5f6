"""Takes what waits in the outbox out of the node: at least once, with growing patience, and told where it fails.

A letter that was taken on and not settled (the process died) is due again after ``LEASE``; the receiver knows it by its
id, which is the same each time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from clearbay.apply.notices import ways
from clearbay.apply.notices.outside import Failed
from clearbay.apply.notices.settings import settings
from clearbay.apply.notices.ways import Envelope
from clearbay.model.errors import BadInput, ClearbayError
from clearbay.store import Home, findings
from clearbay.store.notices import Letter, Notices
from clearbay.store.people import People

LEASE = timedelta(minutes=5)
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=3)
TRIES = 12
"""Attempts before a letter is dead: about a day, by growing steps."""
AT_ONCE = 40
KEPT = timedelta(days=60)
"""How long the outbox remembers what was sent."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Delivered:
    """What a round did: letters sent, to be tried again, given up."""

    sent: int = 0
    again: int = 0
    dead: int = 0


class Postman:
    """Delivers the letters of a home. Any number of processes may have one."""

    def __init__(self, home: Home, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.home, self.clock = home, clock
        self.notices = Notices(home)

    def deliver(self, limit: int = AT_ONCE) -> Delivered:
        """Send what is due, each way on its own so that none waits for another; returns what became of it."""
        done = Delivered()
        now = self.clock()
        letters = self.notices.due(now, limit)
        if not letters:
            return done
        mine = self.notices.claim(letters, now + LEASE)
        by_way: dict[str, list[Letter]] = {}
        for one in mine:
            by_way.setdefault(one.way, []).append(one)
        with ThreadPoolExecutor(max(1, len(by_way)), thread_name_prefix="post") as pool:
            list(pool.map(lambda part: self._round(part, done), by_way.values()))
        return done

    def tidy(self) -> int:
        """Take letters away that were sent long ago; returns how many."""
        return self.notices.forget(self.clock() - KEPT)

    def _round(self, letters: Sequence[Letter], done: Delivered) -> None:
        with ways.carrier(letters[0].way, self.home, self.clock) as carry:
            for one in letters:
                now = self.clock()
                state, error, again = "sent", "", now
                try:
                    envelope = self.envelope(one)
                    carry(envelope)
                except Failed as failure:
                    error = str(failure)
                    dead = failure.for_good or one.tries + 1 >= TRIES
                    state = "dead" if dead else "waiting"
                    again = now + min(FIRST * 2 ** min(one.tries, 20), LONGEST)
                    if one.way == "push" and failure.status in (404, 410):
                        self.notices.drop_browser(one.target)  # the browser has gone
                except ClearbayError as trouble:
                    state, error, again = "waiting", str(trouble), now + LONGEST
                except Exception as trouble:  # one letter that cannot be written stops no other
                    _log.exception("letter %s cannot be delivered", one.id)
                    state, error = "dead", f"{type(trouble).__name__}: {trouble}"
                self.notices.settle([(one, state, error, again)], self.clock())
                done.sent += state == "sent"
                done.again += state == "waiting"
                done.dead += state == "dead"

    def envelope(self, letter: Letter) -> Envelope:
        """What a letter says, to whom; ``Failed`` for good where nobody is there any more."""
        notice = self.notices.told_of(letter.notice)
        person = People(self.home).find(notice.person) if notice is not None else None
        if notice is None or person is None or person.disabled is not None:
            raise Failed("there is no such account any more", for_good=True)
        with self.home.records.read() as connection:
            titles = findings.titles(connection, [notice.case]).get(notice.case)
        try:
            config = settings(self.home.path)
        except BadInput as error:
            raise Failed(f"{error.where}: {error.what}") from None
        return ways.envelope(self.home, config, notice, person, titles, letter)
