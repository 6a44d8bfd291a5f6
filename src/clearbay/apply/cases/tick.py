"""What time does to cases: overdue ones are escalated, suspensions end, closed ones are watched for a rebound.

``tick`` is called every minute or so by whoever runs the node, and may be called at any time by anybody: it does what
is due and nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clearbay.apply.cases import access, clocks
from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.proof import results_of
from clearbay.apply.cases.work import Work
from clearbay.mine.remeasure import Result, rebound
from clearbay.model.case import Actor, Case, Party, Running
from clearbay.model.playbook import Deadline
from clearbay.model.territory import parents
from clearbay.store.cases import iso, micros
from clearbay.store.tables_cases import case_clock, case_file

SYSTEM = Actor(access.NODE, "clearbay", frozenset({"operator"}), "100000")
"""Who acts where nobody does: the node's own clock."""

AT_ONCE = 200
"""Cases taken on by one transaction, so that people never wait long behind the clock."""


@dataclass(slots=True)
class Ticked:
    """What a tick did: ids of the cases that became overdue or were escalated, went on after a suspension, were
    reopened by a rebound, or whose watch ended in peace."""

    escalated: list[str] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    calm: list[str] = field(default_factory=list)


def tick(casework: Casework) -> Ticked:
    """Do what has become due by now."""
    done = Ticked()
    moment = casework.clock()
    while _resume(casework, moment, done):
        pass
    while _escalate(casework, moment, done):
        pass
    _watch(casework, moment, done)
    return done


def _work(casework: Casework, writing: object, case: Case) -> Work:
    return casework._work(writing, SYSTEM, case, writing.parties(case.number))  # type: ignore[arg-type, attr-defined]


def _resume(casework: Casework, moment: datetime, done: Ticked) -> bool:
    ripe = []
    with casework.cases.read() as reading:
        for case in reading.select(case_file.c.suspended.is_not(None), case_file.c.status == "open"):
            rule = casework.playbook_of(reading, case).suspension
            end = _end(case, rule.longest_days if rule else None)
            if end is not None and end <= moment:
                ripe.append(case.id)
    for id in ripe:

        def change(work: Work) -> None:
            since = work.case.suspended
            if since is not None:
                work.resume()
                work.record("resume", text="", data={"days": (work.now - since).days, "longest": True})
                done.resumed.append(work.case.id)

        casework.change(SYSTEM, id, change)
    return False


def _end(case: Case, longest: int | None) -> datetime | None:
    return case.suspended + timedelta(days=longest) if case.suspended is not None and longest is not None else None


def _escalate(casework: Casework, moment: datetime, done: Ticked) -> bool:
    due = select(case_clock.c.case).where(case_clock.c.next <= micros(moment)).distinct().limit(AT_ONCE)
    with casework.cases.read() as reading:
        numbers = [row.case for row in reading.connection.execute(due)]
    if not numbers:
        return False
    with casework.cases.write() as writing:
        for case in writing.select(case_file.c.number.in_(numbers)):
            work = _work(casework, writing, case)
            said: list[dict[str, Any]] = []
            changed: list[Running] = []
            for clock in work.clocks:
                deadline = work.playbook.deadlines.get(clock.deadline)
                if deadline is None or clock.next is None or clock.next > moment:
                    changed.append(clock)
                    continue
                clock, steps = _stepped(work, clock, deadline, moment)
                changed.append(clock)
                said += steps
            work.put(tuple(changed))
            if said:
                raised = max((one["level"] for one in said), default=0)
                work.case = replace(work.case, escalated=max(work.case.escalated, raised))
                work.record("overdue", data={"steps": said})
                done.escalated.append(case.id)
    return len(numbers) == AT_ONCE


def _stepped(work: Work, clock: Running, deadline: Deadline, moment: datetime) -> tuple[Running, list[dict[str, Any]]]:
    """A clock after every step that was due, and what each of them says."""
    said: list[dict[str, Any]] = []
    while clock.next is not None and clock.next <= moment:
        at, step = clock.next, clock.step
        entry: dict[str, Any] = {"deadline": deadline.id, "due": iso(clock.due), "at": iso(at), "level": step}
        if step:
            rule = deadline.escalation[step - 1]
            around = parents(work.case.jurisdiction)
            place = around[min(rule.up, len(around)) - 1] if rule.up and around else work.case.jurisdiction
            entry |= {"to": rule.to, "jurisdiction": place}
            if place != work.case.jurisdiction:
                work.writing.put_party(work.case.number, Party(place, "superior", deadline.id, work.now))
        said.append(entry)
        clock = replace(clock, step=step + 1)
        clock = replace(clock, next=clocks.following(clock, deadline))
    return clock, said


def _watch(casework: Casework, moment: datetime, done: Ticked) -> None:
    """Look at the newest results of every watched case, one reading of the store for each property."""
    with casework.cases.read() as reading:
        watched = reading.select(case_file.c.watch_until.is_not(None))
        books = {case.id: casework.playbook_of(reading, case) for case in watched}
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in watched:
        groups[case.property].append(case)
    for property, cases in groups.items():
        since = min(case.closed or case.updated for case in cases)
        table = casework.home.reader().observations(
            stations={case.station for case in cases}, properties=[property], start=since
        )
        rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        for row in table.to_pylist():
            rows[row["station"]].append(row)
        for case in cases:
            watch, closed = books[case.id].watch, case.closed or case.updated
            if watch is None or case.limit is None or case.watch_until is None:
                continue
            results = [
                one for one in results_of(rows[case.station], closed) if one.time <= min(case.watch_until, moment)
            ]
            found = rebound(results, case.limit, watch.times)
            if found:
                _reopen(casework, case, found, done)
            elif case.watch_until <= moment:
                _calm(casework, case, results, done)


def _reopen(casework: Casework, case: Case, found: tuple[Result, ...], done: Ticked) -> None:
    def change(work: Work) -> None:
        if work.case.status == "closed" and work.case.watch_until is not None:
            results = [{"time": iso(one.time), "value": one.value} for one in found]
            casework.reopen_work(work, kind="rebound", text="", data={"results": results})
            done.reopened.append(case.id)

    casework.change(SYSTEM, case.id, change)


def _calm(casework: Casework, case: Case, results: list[Result], done: Ticked) -> None:
    def change(work: Work) -> None:
        if work.case.status == "closed" and work.case.watch_until is not None:
            newest = max((one.time for one in results), default=None)
            work.case = replace(work.case, watch_until=None, watch_seen=newest)
            # A watch without a single result proves nothing, and the record says how many there were.
            work.record("watched", data={"results": len(results), "newest": iso(newest)})
            done.calm.append(case.id)

    casework.change(SYSTEM, case.id, change)
