"""The clock of a running server: what time makes due for cases is done within a minute, files never finished go."""

from __future__ import annotations

import logging
from threading import Event

from clearbay.apply.cases import Casework
from clearbay.apply.cases.tick import tick
from clearbay.model.errors import ClearbayError
from clearbay.store import Home
from clearbay.store.uploads import Uploads

EVERY = 60.0
"""Seconds between two looks; the shortest deadline is an hour."""

_log = logging.getLogger(__name__)


def beat(home: Home, stop: Event, every: float = EVERY) -> None:
    """Look after the cases of a home until told to stop; trouble is logged, and the next look tries again."""
    casework, uploads = Casework(home), Uploads(home)
    while not stop.wait(every):
        try:
            tick(casework)
            uploads.sweep(casework.clock())
        except ClearbayError as error:
            _log.warning("the cases could not be looked after: %s", error)
