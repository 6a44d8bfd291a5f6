"""The clocks of a case: started and met by its states, stopped and handed over by people, escalated by time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from clearbay import packs
from clearbay.mine.clock import due as compute
from clearbay.model.case import Case, Running
from clearbay.model.clock import Leg, Pause, Term
from clearbay.model.playbook import Deadline, Playbook

Clocks = tuple[Running, ...]


def entered(playbook: Playbook, clocks: Clocks, case: Case, now: datetime, *, ends: bool) -> Clocks:
    """The clocks after a case came into its present state at ``now``; ``ends``: nothing more is to be done."""
    found = []
    for clock in clocks:
        deadline = playbook.deadlines.get(clock.deadline)
        if clock.outcome != "running":
            found.append(clock)
        elif deadline is not None and case.state in deadline.met:
            found.append(ended(clock, now))
        else:
            found.append(replace(clock, outcome="void", ended=now, next=None) if ends else clock)
    if ends:
        return tuple(found)
    running = {clock.deadline for clock in found if clock.outcome == "running"}
    for deadline in playbook.deadlines.values():
        if case.state in deadline.starts and deadline.id not in running and applies(deadline, case.fields):
            calendar = packs.calendar_of(case.jurisdiction).id
            number = max((clock.id for clock in found), default=0) + 1
            fresh = Running(number, deadline.id, now, ((now, calendar),), (), None)
            found.append(renewed(fresh, deadline))
    return tuple(found)


def applies(deadline: Deadline, fields: Mapping[str, str]) -> bool:
    """Whether a deadline is for cases with these fields."""
    return all(fields.get(name, "") in values for name, values in deadline.when.items())


def ended(clock: Running, now: datetime) -> Running:
    """A clock whose deadline was met now: in time, or late."""
    late = clock.due is not None and now > clock.due
    pauses = tuple((since, until if until is not None else now) for since, until in clock.pauses)
    return replace(clock, outcome="late" if late else "met", ended=now, next=None, pauses=pauses)


def voided(clocks: Clocks, now: datetime) -> Clocks:
    """The clocks of a case that went on elsewhere."""
    return tuple(
        replace(one, outcome="void", ended=now, next=None) if one.outcome == "running" else one for one in clocks
    )


def paused(playbook: Playbook, clocks: Clocks, now: datetime) -> Clocks:
    """The clocks, standing still from ``now`` on."""
    return _changed(playbook, clocks, lambda one: replace(one, pauses=(*one.pauses, (now, None))))


def resumed(playbook: Playbook, clocks: Clocks, now: datetime) -> Clocks:
    """The clocks, running again from ``now`` on."""

    def close(one: Running) -> Running:
        return replace(one, pauses=tuple((since, now if until is None else until) for since, until in one.pauses))

    return _changed(playbook, clocks, close)


def handed_over(playbook: Playbook, clocks: Clocks, to: str, now: datetime) -> Clocks:
    """The clocks of a case that another jurisdiction holds from ``now`` on: they run on under its calendar, or anew."""
    calendar = packs.calendar_of(to).id
    found: list[Running] = []
    anew: list[Deadline] = []
    for one in clocks:
        deadline = playbook.deadlines.get(one.deadline)
        if one.outcome != "running" or deadline is None:
            found.append(one)
        elif deadline.on_transfer == "restart":
            found.append(replace(one, outcome="void", ended=now, next=None))
            anew.append(deadline)
        else:
            found.append(renewed(replace(one, legs=(*one.legs, (now, calendar))), deadline))
    for deadline in anew:
        number = max(clock.id for clock in found) + 1
        found.append(renewed(Running(number, deadline.id, now, ((now, calendar),), (), None), deadline))
    return tuple(found)


def inherited(clocks: Iterable[Running]) -> Clocks:
    """The running clocks of a case for the one split from it: splitting never buys time."""
    running = [one for one in clocks if one.outcome == "running"]
    return tuple(replace(one, id=number) for number, one in enumerate(running, 1))


def nearest(clocks: Iterable[Running]) -> tuple[datetime | None, str]:
    """The nearest deadline of a case, and which it is."""
    running = [(one.due, one.deadline) for one in clocks if one.outcome == "running" and one.due is not None]
    return min(running) if running else (None, "")


def moments(clock: Running, deadline: Deadline) -> tuple[datetime, ...]:
    """When a clock becomes overdue, and when each further escalation comes."""
    if clock.due is None:
        return ()
    found = [clock.due]
    for step in deadline.escalation:
        if step.after is not None:
            at = _due(clock.due, step.after, clock)
            found.append(at if at is not None else clock.due)
        else:
            found.append(clock.due)
    return tuple(found)


def renewed(clock: Running, deadline: Deadline) -> Running:
    """A clock with its deadline computed anew, and the next thing that happens to it."""
    legs, pauses = _legs(clock), _pauses(clock)
    found = compute(clock.started, deadline.term, legs, pauses)
    clock = replace(clock, due=found.at, uncertain=found.uncertain)
    return replace(clock, next=following(clock, deadline))


def following(clock: Running, deadline: Deadline) -> datetime | None:
    """When the next escalation of a running clock is due; None when all are done or it stands still."""
    steps = moments(clock, deadline)
    still = bool(clock.pauses) and clock.pauses[-1][1] is None
    return steps[clock.step] if clock.outcome == "running" and not still and clock.step < len(steps) else None


def _changed(playbook: Playbook, clocks: Clocks, change: object) -> Clocks:
    found = []
    for one in clocks:
        deadline = playbook.deadlines.get(one.deadline)
        if one.outcome == "running" and deadline is not None:
            one = renewed(change(one), deadline)  # type: ignore[operator]
        found.append(one)
    return tuple(found)


def _due(start: datetime, term: Term, clock: Running) -> datetime | None:
    legs = _legs(clock)
    begin = [leg for leg in legs if leg.since <= start][-1]
    return compute(start, term, [begin, *(leg for leg in legs if leg.since > start)], _pauses(clock)).at


def _legs(clock: Running) -> Sequence[Leg]:
    calendars = packs.calendars()
    return [Leg(since, calendars[name]) for since, name in clock.legs]


def _pauses(clock: Running) -> Sequence[Pause]:
    return [Pause(since, until) for since, until in clock.pauses]
