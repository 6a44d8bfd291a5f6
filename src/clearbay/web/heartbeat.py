"""What a running server does by itself: what time makes due within a minute, what was discovered at once."""

from __future__ import annotations

import logging
from threading import Event

from clearbay.apply.cases import Casework
from clearbay.apply.cases.discoveries import Discoveries
from clearbay.apply.cases.tick import tick
from clearbay.apply.desk import Desk
from clearbay.apply.notices.postman import Postman
from clearbay.model.errors import ClearbayError
from clearbay.store import Home
from clearbay.store.uploads import Uploads

EVERY = 60.0
"""Seconds between two looks; the shortest deadline is an hour."""

POST = 1.0
"""Seconds between two looks into the outbox."""
LOOK = 0.5
"""Seconds between two looks at the events: one read of one row where nothing changed."""

_log = logging.getLogger(__name__)


def beat(home: Home, stop: Event, every: float = EVERY) -> None:
    """Look after the cases of a home until told to stop; trouble is logged, and the next look tries again."""
    casework, uploads, postman = Casework(home), Uploads(home), Postman(home)
    while not stop.wait(every):
        try:
            tick(casework)
            uploads.sweep(casework.clock())
            postman.tidy()
        except ClearbayError as error:
            _log.warning("the cases could not be looked after: %s", error)
        except Exception:  # a thread that ends in silence would escalate nothing ever again
            _log.exception("the cases could not be looked after")


def discover(desk: Desk, stop: Event, every: float = LOOK) -> None:
    """Take events to cases and cases to their suspects until told to stop: new events first, traces one by one."""
    found = Discoveries(Casework(desk.home), desk.tracer)
    while not stop.wait(every):
        try:
            found.look()
            found.refine()
        except ClearbayError as error:
            _log.warning("events could not be taken to cases: %s", error)
        except Exception:  # a thread that ends in silence would open no case ever again
            _log.exception("taking events to cases failed")
            stop.wait(LOOK)


def post(home: Home, stop: Event, every: float = POST) -> None:
    """Take what waits in the outbox out of the node until told to stop."""
    postman = Postman(home)
    while not stop.wait(every):
        try:
            postman.deliver()
        except ClearbayError as error:
            _log.warning("the outbox could not be looked after: %s", error)
        except Exception:  # a thread that ends in silence would send nothing ever again
            _log.exception("the outbox could not be looked after")
