"""Which event has which case, in the records: read and written within the transaction that changes the case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from clearbay.model.text import Text
from clearbay.store.tables import meta
from clearbay.store.tables_cases import case_file
from clearbay.store.tables_findings import case_finding

SEEN = "findings_seen"
"""Entry of ``meta``: the events' version up to which cases know them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An event that has a case: columns of ``case_finding``, with the number of the case."""

    event: int
    case: int
    title: Text
    told: Sequence[Any]
    severity: int
    trace_at: int | None
    traces: int
    traced: int


def seen(connection: Connection) -> int:
    """The events' version up to which cases know them; 0 before the first look."""
    return int(connection.execute(select(meta.c.value).where(meta.c.key == SEEN)).scalar_one_or_none() or 0)


def keep_seen(connection: Connection, version: int) -> None:
    """Remember how far the events were looked at; never backwards."""
    held = connection.execute(select(meta.c.value).where(meta.c.key == SEEN)).scalar_one_or_none()
    if held is None:
        connection.execute(insert(meta).values(key=SEEN, value=str(version)))
    elif int(held) < version:
        connection.execute(update(meta).where(meta.c.key == SEEN).values(value=str(version)))


def of_events(connection: Connection, events: Iterable[int]) -> dict[int, Finding]:
    """What is known of events that have a case."""
    wanted = list(events)
    found: dict[int, Finding] = {}
    for at in range(0, len(wanted), 5000):
        query = select(case_finding).where(case_finding.c.event.in_(wanted[at : at + 5000]))
        found |= {row.event: Finding(**row._mapping) for row in connection.execute(query)}
    return found


def titles(connection: Connection, cases: Iterable[int]) -> dict[int, Text]:
    """Titles in four languages of cases (by number) that an event opened; the first event's."""
    wanted = list(cases)
    query = select(case_finding.c.case, case_finding.c.title).where(case_finding.c.case.in_(wanted))
    found: dict[int, Text] = {}
    for row in connection.execute(query.order_by(case_finding.c.event)):
        found.setdefault(row.case, row.title)
    return found


def put(connection: Connection, finding: Finding) -> None:
    """Store what is known of an event, over what was."""
    connection.execute(delete(case_finding).where(case_finding.c.event == finding.event))
    row = {name: getattr(finding, name) for name in Finding.__dataclass_fields__}
    connection.execute(insert(case_finding), [{**row, "title": dict(finding.title), "told": list(finding.told)}])


def due(connection: Connection, now: int) -> Finding | None:
    """The open case's event that has waited longest to be traced; None where none is due."""
    query = (
        select(case_finding)
        .join(case_file, case_file.c.number == case_finding.c.case)
        .where(case_finding.c.trace_at <= now, case_file.c.status == "open")
        .order_by(case_finding.c.trace_at)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else Finding(**row._mapping)


def claim(connection: Connection, finding: Finding, until: int) -> bool:
    """Take on the trace of an event; False where somebody else has."""
    mine = (case_finding.c.event == finding.event) & (case_finding.c.trace_at == finding.trace_at)
    return bool(connection.execute(update(case_finding).where(mine).values(trace_at=until)).rowcount)


def traced(connection: Connection, event: int, *, version: int, again: int | None) -> None:
    """Remember a trace: of which version of the events, and when it is worth another."""
    values = {"traced": version, "traces": case_finding.c.traces + 1, "trace_at": again}
    connection.execute(update(case_finding).where(case_finding.c.event == event).values(values))
