"""Who writes into a home: one thread at a time, with a ledger of all datastreams that stays true in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection

from clearbay.model.errors import StoreError
from clearbay.store.hot import Opened
from clearbay.store.ledger import Ledger
from clearbay.store.records import Records, numbers


class Writer:
    """The one way of this process to change observations."""

    def __init__(self, records: Records, opened: Opened) -> None:
        self.ledger = Ledger(opened)
        self._records = records
        self._opened = opened
        self._lock = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[tuple[Connection, Mapping[str, str]]]:
        """A transaction under the writer's lock, with ``meta`` as it begins and the ledger up to date.

        A ledger that a failed transaction has touched is thrown away. Not to be entered again from within.
        """
        if not self._lock.acquire(timeout=self._records.lock_wait):
            raise StoreError("another thread is writing into this home for too long: nothing was changed; run it again")
        try:
            with self._records.write() as connection:
                now = numbers(connection)
                self.ledger.follow(connection, now)
                yield connection, now
        except BaseException:
            self.ledger = Ledger(self._opened)
            raise
        finally:
            self._lock.release()
