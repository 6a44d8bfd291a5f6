"""Warming up: what a visitor asks for first is computed before anybody asks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event

from clearbay import packs
from clearbay.apply import rules
from clearbay.apply.desk import Desk
from clearbay.apply.observations import Selection
from clearbay.apply.outline import outline, view_of
from clearbay.model.errors import ClearbayError

_log = logging.getLogger(__name__)


def warm(desk: Desk, stop: Event) -> None:
    """Fill the memory of ``desk`` in the order in which a visitor meets things, until ``stop`` is set.

    A failure here hurts nobody: the request that needs the thing will meet it, and say so.
    """
    try:
        for step in steps(desk):
            if stop.is_set():
                return
            step()
    except ClearbayError as error:
        _log.warning("warming up stopped: %s", error)
    except Exception:
        _log.exception("warming up failed")


def steps(desk: Desk) -> Iterator[Callable[[], object]]:
    """What there is to warm, first things first: usual verdicts, time slider, search, other periods, the data,
    rivers."""
    present = {entry.station.medium for entry in desk.catalogue().entries.values() if entry.observations}
    standards = [one for one in packs.standards().values() if present.intersection(one.media)]
    standards.sort(key=lambda one: "sea" not in one.media)  # the map opens at sea
    for standard in standards:
        yield partial(desk.assessments.matrix, standard, rules.granularities(standard)[0], rules.depths(standard)[0])
        if standard is standards[0]:
            yield partial(outline, view_of(None))
    for medium in (*sorted(present), None):
        yield partial(desk.timeline, medium, "year")
    yield desk.index
    for standard in standards:
        for granularity in rules.granularities(standard)[1:]:
            if granularity != "hour":
                yield partial(desk.assessments.matrix, standard, granularity, rules.depths(standard)[0])
            else:
                yield partial(desk.assessments.hours, standard)
    yield partial(desk.observations().page, Selection(), 1)
    for river in desk.waters.records():
        yield partial(desk.waters.basin, river.id)
