"""Cases as JSON: the one shape in which the command line, the API and a bundle tell them. Times are UTC with Z."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from clearbay.apply.cases.conditions import Move
from clearbay.apply.cases.dossier import Dossier
from clearbay.apply.cases.work import described
from clearbay.model.case import Action, Case, Party, Running
from clearbay.model.playbook import Deadline, Origin, Playbook
from clearbay.store.cases import iso


def case(one: Case, playbook: Playbook | None = None, *, now: datetime | None = None) -> dict[str, Any]:
    """A case in brief; with its playbook, the names of its state and kind in four languages."""
    limit = one.limit
    told: dict[str, Any] = {
        "id": one.id,
        "playbook": one.playbook,
        "playbook_version": one.playbook_version,
        "title": one.title,
        "text": one.text,
        "state": one.state,
        "stage": one.stage,
        "status": one.status,
        "severity": one.severity,
        "grade": one.grade,
        "jurisdiction": one.jurisdiction,
        "assignee": {"id": one.assignee, "name": one.assignee_name} if one.assignee else None,
        "station": one.station or None,
        "property": one.property or None,
        "limit": None
        if limit is None
        else {
            "op": limit.op,
            "value": limit.value,
            "unit": limit.unit,
            "standard": limit.standard,
            "grade": limit.grade,
        },
        "longitude": one.place.longitude,
        "latitude": one.place.latitude,
        "place": one.place.text,
        "event": one.event or None,
        "origin": one.origin,
        "fields": dict(one.fields),
        "opened": iso(one.opened),
        "opened_by": one.opened_by,
        "entered": iso(one.entered),
        "updated": iso(one.updated),
        "version": one.version,
        "due": iso(one.due),
        "due_for": one.due_for or None,
        "late": None if now is None else one.status == "open" and one.due is not None and one.due < now,
        "escalated": one.escalated,
        "suspended": iso(one.suspended),
        "suspended_for": one.suspended_for or None,
        "closed": iso(one.closed),
        "reopened": one.reopened,
        "worse": iso(one.worse),
        "watch_until": iso(one.watch_until),
        "merged_into": one.merged_into or None,
        "split_from": one.split_from or None,
        "generated": one.generated,
    }
    if playbook is not None:
        told["kind"] = dict(playbook.name)
        told["state_name"] = dict(playbook.states[one.state].name)
        if one.due_for in playbook.deadlines:
            told["due_name"] = dict(playbook.deadlines[one.due_for].name)
    return told


def dossier(one: Dossier, *, now: datetime | None = None, payloads: bool = False) -> dict[str, Any]:
    """A case with everything that belongs to it; ``payloads``: with the very bytes that were chained, as text."""
    return {
        **case(one.case, one.playbook, now=now),
        "parties": [party(each) for each in one.parties],
        "clocks": [clock(each, one.playbook, now) for each in one.clocks],
        "timeline": [action(each, one.playbook, payloads=payloads) for each in one.actions],
        "evidence": [described(each) for each in one.evidence],
    }


def party(one: Party) -> dict[str, Any]:
    """Another jurisdiction's part."""
    return {
        "jurisdiction": one.jurisdiction,
        "part": one.part,
        "task": one.task,
        "since": iso(one.since),
        "done": iso(one.done),
    }


def clock(one: Running, playbook: Playbook, now: datetime | None = None) -> dict[str, Any]:
    """A clock, with the deadline it counts and what of it is uncertain."""
    deadline = playbook.deadlines.get(one.deadline)
    return {
        "deadline": one.deadline,
        "name": dict(deadline.name) if deadline else None,
        "term": _term(deadline) if deadline else None,
        "origin": origin(deadline.origin) if deadline else None,
        "started": iso(one.started),
        "due": iso(one.due),
        "outcome": one.outcome,
        "late": one.outcome == "late"
        or (now is not None and one.outcome == "running" and one.due is not None and one.due < now),
        "ended": iso(one.ended),
        "paused": one.outcome == "running" and bool(one.pauses) and one.pauses[-1][1] is None,
        "calendars": [name for _, name in one.legs],
        "warnings": [
            f"the calendar {calendar} of {year} is {status.replace('_', ' ')}: this deadline may move"
            for calendar, year, status in one.uncertain
        ],
        "uncertain": [
            {"calendar": calendar, "year": year, "status": status} for calendar, year, status in one.uncertain
        ],
    }


def action(one: Action, playbook: Playbook, *, payloads: bool = False) -> dict[str, Any]:
    """One entry of the timeline."""
    step = playbook.transitions.get(one.kind)
    told: dict[str, Any] = {
        "seq": one.seq,
        "time": iso(one.time),
        "actor": {"id": one.actor, "name": one.actor_name},
        "kind": one.kind,
        "name": dict(step.name) if step else None,
        "from": one.before,
        "to": one.after,
        "text": one.text,
        "data": dict(one.data),
        "entry": one.entry,
        "link": one.link,
    }
    if payloads:
        told["payload"] = orjson.loads(one.payload)
    return told


def move(one: Move) -> dict[str, Any]:
    """A step that leads on."""
    return {
        "id": one.transition.id,
        "name": dict(one.transition.name),
        "to": one.transition.to,
        "by": list(one.transition.by),
        "allowed": one.allowed,
        "missing": list(one.missing),
    }


def playbook(one: Playbook) -> dict[str, Any]:
    """A playbook in full."""
    return {
        "id": one.id,
        "version": one.version,
        "prefix": one.prefix,
        "name": dict(one.name),
        "purpose": dict(one.purpose),
        "opens": list(one.opens),
        "opened_by": list(one.opened_by),
        "initial": one.initial,
        "severity": one.severity,
        "fields": [
            {
                "id": each.id,
                "name": dict(each.name),
                "kind": each.kind,
                "required": each.required,
                "choices": {name: dict(text) for name, text in each.choices.items()},
            }
            for each in one.fields.values()
        ],
        "states": [
            {
                "id": each.id,
                "name": dict(each.name),
                "stage": each.stage,
                "hint": dict(each.hint) if each.hint else None,
            }
            for each in one.states.values()
        ],
        "transitions": [_transition(each) for each in one.transitions.values()],
        "deadlines": [_deadline(each) for each in one.deadlines.values()],
        "powers": {name: list(power.by) for name, power in one.powers.items()},
        "suspend": None
        if one.suspension is None
        else {
            "by": list(one.suspension.by),
            "reasons": {name: dict(text) for name, text in one.suspension.reasons.items()},
            "longest_days": one.suspension.longest_days,
            "origin": origin(one.suspension.origin),
        },
        "remeasure": None
        if one.remeasure is None
        else {
            "times": one.remeasure.times,
            "over_hours": one.remeasure.over_hours,
            "origin": origin(one.remeasure.origin),
        },
        "watch": None
        if one.watch is None
        else {
            "days": one.watch.days,
            "times": one.watch.times,
            "reopen": one.watch.reopen,
            "origin": origin(one.watch.origin),
        },
        "grades": [
            {
                "id": each.id,
                "name": dict(each.name),
                "severity": each.severity,
                "any_of": [
                    {"field": rule.field, "ge": rule.ge, "one_of": list(rule.one_of), "origin": origin(rule.origin)}
                    for rule in each.any_of
                ],
            }
            for each in one.grades
        ],
        "sources": [{"id": each.id, "ref": each.ref, "note": each.note} for each in one.sources.values()],
        "notes": [dict(each) for each in one.notes],
        "file": one.file,
    }


def origin(one: Origin) -> dict[str, Any]:
    """Where a number of a playbook comes from."""
    return {"basis": one.basis, "confidence": one.confidence, "sources": list(one.sources), "note": one.note}


def _term(one: Deadline) -> dict[str, Any]:
    return {"amount": one.term.amount, "unit": one.term.unit}


def _transition(one: Any) -> dict[str, Any]:
    needs = one.needs
    return {
        "id": one.id,
        "name": dict(one.name),
        "from": list(one.leaves),
        "to": one.to,
        "by": list(one.by),
        "needs": {
            "reason": needs.reason,
            "assignee": needs.assignee,
            "fields": list(needs.fields),
            "evidence": [{"kinds": list(each.kinds), "at_least": each.at_least} for each in needs.evidence],
            "remeasured": needs.remeasured,
            "another_person": needs.another_person,
        },
    }


def _deadline(one: Deadline) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": dict(one.name),
        "starts": list(one.starts),
        "met": list(one.met),
        "term": _term(one),
        "when": {name: list(values) for name, values in one.when.items()},
        "on_transfer": one.on_transfer,
        "origin": origin(one.origin),
        "escalation": [
            {
                "to": step.to,
                "up": step.up,
                "after": None if step.after is None else {"amount": step.after.amount, "unit": step.after.unit},
            }
            for step in one.escalation
        ],
    }
