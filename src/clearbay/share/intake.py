"""The committer of a serving process: made when the first write comes, closed when the server stops."""

from __future__ import annotations

import threading

from fastapi import FastAPI

from clearbay.store import Home
from clearbay.transmit.committer import Committer
from clearbay.transmit.stages import stages

CHAIN = "doors"
"""The evidence of what came over HTTP; a gateway beside this process has its own."""


class Intake:
    """Gives the one committer of this process. Safe to share between threads."""

    def __init__(self, home: Home, *, chain: str = CHAIN) -> None:
        self._home, self._chain = home, chain
        self._lock = threading.Lock()
        self._committer: Committer | None = None

    @property
    def committer(self) -> Committer:
        """The committer; ``StoreError`` where another process holds its evidence."""
        found = self._committer
        if found is not None:
            return found
        with self._lock:
            if self._committer is None:
                # What arrives while one group is written is the next: who waits alone need not linger for others.
                self._committer = Committer(self._home, chain=self._chain, linger_s=0.0, stages=stages(self._home))
            return self._committer

    def close(self, timeout: float = 30.0) -> None:
        """Commit what waits and let go."""
        with self._lock:
            if self._committer is not None:
                self._committer.close(timeout)
                self._committer = None


def intake(app: FastAPI) -> Intake:
    """The intake of an application over a home."""
    found: Intake = app.state.intake
    return found
