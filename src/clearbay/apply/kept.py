"""A small memory of computed values: least recently used goes first, and equal questions are computed once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Thread-safe memory in which the first caller computes and every other caller of the same key waits for it.

    A failure is not kept: it reaches everyone who waited, and the next caller tries again.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._held: OrderedDict[K, Future[V]] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of ``key``, computed by ``make`` where nobody has done so yet."""
        with self._lock:
            future = self._held.get(key)
            mine = future is None
            if future is None:
                future = self._held[key] = Future()
            self._held.move_to_end(key)
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        if mine:
            try:
                future.set_result(make())
            except BaseException as error:
                with self._lock:
                    if self._held.get(key) is future:
                        del self._held[key]
                future.set_exception(error)
        return future.result()

    def peek(self, key: K) -> V | None:
        """The value of ``key`` if it is ready; never computes, never waits."""
        with self._lock:
            future = self._held.get(key)
        if future is None or not future.done() or future.exception() is not None:
            return None
        return future.result()

    def __len__(self) -> int:
        with self._lock:
            return len(self._held)
