"""Chores of a process that takes data in: what must be done now and then, whether or not anything arrives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence


class Care:
    """A thread that does every chore each ``every_s`` seconds; ``troubled`` is told of one that failed, in words.

    A chore that fails is tried again the next time, and keeps no other from being done.
    """

    def __init__(self, chores: Sequence[Callable[[], object]], every_s: float, troubled: Callable[[str], None]) -> None:
        self._chores, self._every, self._troubled = tuple(chores), every_s, troubled
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="care", daemon=True)
        self._thread.start()

    def close(self, timeout: float = 60.0) -> None:
        """Let the chore in hand end, and stop."""
        self._stop.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            for chore in self._chores:
                if self._stop.is_set():
                    return
                try:
                    chore()
                except Exception as error:
                    self._troubled(f"{getattr(chore, '__qualname__', chore)}: {error!r}")
