"""How the process of a gateway runs: the event loop, and when Python looks for garbage."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

YOUNG, MIDDLE, OLD = 50_000, 20, 50
"""Objects, and rounds, before Python looks through the young, the middle-aged and the old ones. A packet leaves a few
dozen objects behind that go by themselves; by default Python would look through all it knows several times a minute,
and no answer leaves meanwhile."""


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The fastest event loop that there is here."""
    try:
        import uvloop
    except ImportError:  # it does not exist for every system
        return None
    return uvloop.new_event_loop


@contextmanager
def settled() -> Iterator[None]:
    """What is loaded by now stays: leave it out of every look for garbage, until the gateway stops."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
