"""Warming up: what a visitor asks for first is computed before anybody asks."""

from __future__ import annotations

import logging
from threading import Event

from clearbay import packs
from clearbay.apply import rules
from clearbay.apply.desk import Desk
from clearbay.model.errors import ClearbayError

_log = logging.getLogger(__name__)


def warm(desk: Desk, stop: Event) -> None:
    """Fill the memory of ``desk`` in the order in which a visitor meets things, until ``stop`` is set.

    A failure here hurts nobody: the request that needs the thing will meet it, and say so.
    """
    try:
        desk.catalogue()
        desk.index()
        present = {entry.station.medium for entry in desk.catalogue().entries.values() if entry.observations}
        standards = [one for one in packs.standards().values() if present.intersection(one.media)]
        standards.sort(key=lambda one: "sea" not in one.media)
        usual = [(one, rules.granularities(one)[0], rules.depths(one)[0]) for one in standards]
        more = [
            (one, granularity, rules.depths(one)[0])
            for one in standards
            for granularity in rules.granularities(one)[1:]
            if granularity != "hour"
        ]
        for standard, granularity, depth in [*usual, *more]:
            if stop.is_set():
                return
            desk.assessments.matrix(standard, granularity, depth)
        for medium in (None, *sorted(present)):
            if stop.is_set():
                return
            desk.timeline(medium, "year")
    except ClearbayError as error:
        _log.warning("warming up stopped: %s", error)
    except Exception:
        _log.exception("warming up failed")
