"""Cases that findings open: an event of the detectors, a value beyond a limit. The same finding opens one case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import or_

from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.drafts import Draft
from clearbay.apply.cases.tick import SYSTEM
from clearbay.apply.cases.work import Work
from clearbay.mine.remeasure import Result, word
from clearbay.model.case import Case, Limit, Place
from clearbay.model.errors import BadInput
from clearbay.store.cases import iso
from clearbay.store.tables_cases import case_file

PLAYBOOK = "pollution-alarm"


def from_event(casework: Casework, event: Mapping[str, Any], *, limit: Limit | None = None) -> tuple[Case, bool]:
    """The case of an event of the detectors (as ``/api/events`` tells one), and whether it was opened now.

    An event that has a case already, or whose station and property have an open one, is added to that: said again where
    it got worse, not where nothing changed.
    """
    title = event.get("title") or {}
    text = title.get("en", "") if isinstance(title, Mapping) else str(title)
    reasons = [one.get("en", "") if isinstance(one, Mapping) else str(one) for one in event.get("reasons") or ()]
    place = Place(event.get("longitude"), event.get("latitude"))
    draft = Draft(
        PLAYBOOK,
        text or f"event {event['id']}",
        text="\n".join(reasons),
        station=str(event.get("station") or ""),
        property=str(event.get("property") or ""),
        limit=limit,
        place=place,
        severity=int(event.get("severity") or 0),
        event=str(event["id"]),
        origin="event",
        generated=bool(event.get("generated")),
    )
    return _once(casework, draft, str(event["id"]), {"event": event["id"], "change": event.get("change", "")})


def from_exceedance(
    casework: Casework, station: str, property: str, limit: Limit, result: Result, *, title: str = ""
) -> tuple[Case, bool]:
    """The case of a value beyond a limit, and whether it was opened now; ``BadInput`` for a value within it."""
    if word(result, limit) != "beyond":
        raise BadInput(
            f"{result.value:g} {limit.unit} is not beyond the limit", where="value", mend="nothing to be done"
        )
    sign = "above" if limit.op == "le" else "below"
    text = title or f"{property} {result.value:g} {limit.unit} {sign} {limit.value:g} at {station}"
    draft = Draft(PLAYBOOK, text, station=station, property=property, limit=limit, origin="exceedance")
    said = {"time": iso(result.time), "value": result.value}
    return _once(casework, draft, "", said)


def _once(casework: Casework, draft: Draft, event: str, said: Mapping[str, Any]) -> tuple[Case, bool]:
    same = [case_file.c.event == event] if event else []
    if draft.station and draft.property:
        same.append((case_file.c.station == draft.station) & (case_file.c.property == draft.property))
    held: list[Case] = []
    if same:
        with casework.cases.read() as reading:
            held = reading.select(or_(*same), case_file.c.status == "open", case_file.c.playbook == draft.playbook)
    if not held:
        return casework.open(SYSTEM, draft, key=f"event {event}" if event else ""), True

    def change(work: Work) -> None:
        severity = draft.severity or work.case.severity
        if severity < work.case.severity:
            work.case = replace(work.case, severity=severity, worse=work.now)
            work.record("again", data=dict(said))
        elif work.case.event != event or not event:
            newest = [one.data for one in work.writing.actions(work.case.number) if one.kind == "again"]
            if not newest or newest[-1] != dict(said):
                work.record("again", data=dict(said))

    return casework.change(SYSTEM, held[0].id, change), False
