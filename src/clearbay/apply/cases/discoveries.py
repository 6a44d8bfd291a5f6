"""From discoveries to cases: events open cases by themselves, and cases are told who may have done it.

``Discoveries`` is called every half second by whoever runs the node (``clearbay serve``), away from the intake. What
was looked at is kept in the records, so nothing is lost while nobody runs, and any number of processes may look:
each step of an event is said once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from clearbay.apply.alarms import AFTER, alarm_of
from clearbay.apply.cases import openers
from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.opening import Opening, opening
from clearbay.apply.cases.tick import SYSTEM
from clearbay.apply.cases.work import Work
from clearbay.apply.events import Events, EventView
from clearbay.apply.tracing import Finding, Tracer
from clearbay.model.errors import BadInput, ClearbayError, StoreError, UnknownName
from clearbay.model.text import LANGUAGES, Language
from clearbay.store import findings
from clearbay.store.cases import micros, moment_of

FIELD = "suspects"
"""The field of a playbook into which suspects are written; one without it is told none."""
SHOWN = 5
FIRST, LONGEST = timedelta(seconds=20), timedelta(minutes=30)
"""From one trace of an event to the next: more values make it better, and less so the more there are."""
CLAIM = timedelta(minutes=5)
LAG = 500
"""Versions of the events after which it is written down how far they were looked at, though none concerned a case."""
MOVED = 0.05
"""Probability by which a suspect must have moved for the case to be told again, where the order is the same."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Looked:
    """What a look did: ids of the cases opened, brought back, added to; and how many steps could not be taken."""

    opened: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    failed: int = 0


class Discoveries:
    """Takes the events of a home to its cases, and traces them."""

    def __init__(self, casework: Casework, tracer: Tracer | None = None) -> None:
        self.casework = casework
        self.events = Events(casework.home)
        self.tracer = tracer
        self._seen: int | None = None
        self._kept = 0

    def look(self) -> Looked:
        """Take every event that changed since the last look, whoever looked, to its case."""
        done = Looked()
        version = self.events.records.version
        if self._seen is None:
            with self.casework.home.records.read() as connection:
                self._seen = self._kept = findings.seen(connection)
        if version == self._seen:
            return done
        changed, version = self.events.changed_since(self._seen)
        changed.sort(key=lambda one: one.record.version)
        with self.casework.home.records.read() as connection:
            held = findings.of_events(connection, [one.record.id for one in changed if one.record.id is not None])
        rule, targets = opening(self.casework.home.path), self.events.records.targets()
        for event in changed:
            known = held.get(event.record.id or 0)
            if known is None and not openers.concerns(event, rule, self.casework.clock()):
                continue
            self._take(event, rule, targets, done)
        if done.opened or done.told or done.reopened or version - self._kept >= LAG:
            self._keep(version)
        self._seen = version
        return done

    def _take(self, event: EventView, rule: Opening, targets: Mapping[str, tuple[str, str]], done: Looked) -> None:
        try:
            taken = openers.from_event(self.casework, event, rule, targets)
        except StoreError:
            raise  # the records are busy or gone: the next look takes it
        except ClearbayError as error:
            _log.warning("event %s opens no case: %s", event.id, error)
            done.failed += 1
            return
        if taken is not None:
            kind = done.opened if taken.opened else done.reopened if taken.reopened else done.told
            kind.append(taken.case.id)

    def _keep(self, version: int) -> None:
        with self.casework.home.records.write() as connection:
            findings.keep_seen(connection, version)
        self._kept = version

    # -- suspects --------------------------------------------------------------------------------------------------

    def refine(self) -> str | None:
        """Trace the event that has waited longest, and tell its case; the case's id, or None where nothing is due."""
        if self.tracer is None:
            return None
        home, now = self.casework.home, self.casework.clock()
        moment = micros(now) or 0
        with home.records.read() as connection:
            if (due := findings.due(connection, moment)) is None:
                return None
        with home.records.write() as connection:
            if not findings.claim(connection, due, micros(now + CLAIM) or 0):
                return None
        again: datetime | None = None
        version = home.data_version
        told = None
        try:
            event = self.events.get(str(due.event))
            ended = moment_of(event.record.ended)
            if ended is None or now < ended + AFTER:
                again = now + min(FIRST * 2 ** min(due.traces, 20), LONGEST)
            if version != due.traced:
                told = self._tell(due, event, self.tracer.trace(alarm_of(home, event.id)))
        except UnknownName:
            again = None  # its station is on no river here: there is nothing to be traced
        except BadInput as error:
            _log.info("event %s cannot be traced yet: %s", due.event, error)
        with home.records.write() as connection:
            findings.traced(connection, due.event, version=version, again=micros(again))
        return told

    def _tell(self, due: findings.Finding, event: EventView, found: Finding) -> str | None:
        with self.casework.cases.read() as reading:
            case = openers.numbered(reading, due.case)
        if case is None or case.status != "open" or FIELD not in self.casework.playbook_of_case(case).fields:
            return None
        language = opening(self.casework.home.path).language or openers.language_of(event.station)
        ranked = suspects(found)
        line = spoken(ranked, found.incident.unknown, language)

        def change(work: Work) -> None:
            if work.case.status != "open" or not line:
                return
            told = [one for one in work.writing.actions(work.case.number) if _fills(one.data)]
            if told and told[-1].actor != SYSTEM.id:
                return  # a person has written it since, and knows better
            if told and not better(told[-1].data.get("suspects"), ranked):
                return
            if changed := work.set_fields({FIELD: line}):
                names = {"event": event.id, "suspects": ranked, "none_of_them": found.incident.unknown}
                work.record("trace", data={"fields": changed, **names})

        before = case.version
        after = self.casework.change(SYSTEM, case.id, change)
        return case.id if after.version != before else None


def suspects(found: Finding) -> list[dict[str, Any]]:
    """The likeliest outlets: id, name in four languages, probability, km upstream."""
    return [
        {
            "outlet": one.site.id,
            "name": dict(one.site.name),
            "probability": round(one.probability, 3),
            "km": round(one.distance_km, 2),
        }
        for one in found.incident.suspects[:SHOWN]
        if one.probability >= 0.005
    ]


def spoken(ranked: Sequence[Mapping[str, Any]], unknown: float, language: Language) -> str:
    """Suspects in one line, the likeliest first; their ids stand in the action that says it.

    >>> spoken([{"outlet": "o7", "name": {"en": "Dye works"}, "probability": 0.624}], 0.05, "en")
    'Dye works 62 %; none of them 5 %'
    """
    names = [one["name"].get(language) or one["outlet"] for one in ranked]
    parts = [f"{name} {one['probability']:.0%}".replace("%", " %") for name, one in zip(names, ranked, strict=True)]
    if parts and unknown >= 0.005:
        parts.append(f"{_NONE[language]} {unknown:.0%}".replace("%", " %"))
    return "; ".join(parts)


_NONE: Mapping[str, str] = dict(zip(LANGUAGES, ("以上皆非", "以上皆非", "none of them", "nenhum deles"), strict=True))


def better(before: object, after: Sequence[Mapping[str, Any]]) -> bool:
    """Whether suspects say something new: another order among the first three, or a probability that moved."""
    if not isinstance(before, list):
        return True
    old = [(one.get("outlet"), float(one.get("probability", 0.0))) for one in before if isinstance(one, dict)]
    new = [(one["outlet"], one["probability"]) for one in after]
    if [name for name, _ in old[:3]] != [name for name, _ in new[:3]]:
        return True
    known = dict(old)
    return any(abs(share - known.get(name, 0.0)) >= MOVED for name, share in new)


def _fills(data: Mapping[str, object]) -> bool:
    changed = data.get("fields")
    return isinstance(changed, dict) and FIELD in changed
