"""Cases that findings open: an event of the detectors, a value beyond a limit. The same finding opens one case.

What an event has told its case already is kept with the event's row in ``case_finding``, in the transaction that
changes the case: however often, and by however many processes, an event is brought here, each of its steps is said
once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from clearbay import packs
from clearbay.apply.cases import access
from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.drafts import Draft
from clearbay.apply.cases.opening import Opening
from clearbay.apply.cases.tick import SYSTEM
from clearbay.apply.cases.work import Work
from clearbay.apply.events import EventView
from clearbay.mine.detection.bounds import bound
from clearbay.mine.detection.problems import Member, Step
from clearbay.mine.remeasure import Result, word
from clearbay.model.case import Actor, Case, Limit, Place
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.station import Station
from clearbay.model.territory import COUNTRY
from clearbay.model.text import Language, Text
from clearbay.store import findings
from clearbay.store.cases import Reading, Writing, iso
from clearbay.store.findings import Finding
from clearbay.store.tables_cases import case_file

PLAYBOOK = "pollution-alarm"
SAID = ("new", "worse", "lowered", "ended", "again")
"""Steps of an event that its case says; that a neighbour joined it changes nothing for who handles it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LANGUAGES: Mapping[str, Language] = {"cn": "zh-Hans", "hk": "zh-Hant", "mo": "zh-Hant"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event: its case, and whether that was opened by it, or came back because of it."""

    case: Case
    opened: bool = False
    reopened: bool = False


def concerns(event: EventView, rule: Opening, now: datetime) -> bool:
    """Whether an event opens a case by itself."""
    record = event.record
    least = rule.kinds.get(record.kind)
    if least is None or record.worst < least or record.origin not in rule.origins:
        return False
    return record.ended is None or now - _moment(record.ended) <= rule.age


def from_event(
    casework: Casework, event: EventView, rule: Opening, targets: Mapping[str, tuple[str, str]] | None = None
) -> Taken | None:
    """Bring an event to its case, and open one where it has none; None where the case says all of it already.

    It is added to the open case of its station and property, brings a closed one back that is still watched, and opens
    a new one otherwise. ``targets`` are the classes asked of stations (``store.events.Events.targets``).
    """
    steps = [one for one in event.problem.timeline if one.what in SAID]
    if not steps or event.record.id is None:
        return None
    newest = _step(steps[-1])
    with casework.cases.write() as writing:
        held = findings.of_events(writing.connection, [event.record.id]).get(event.record.id)
        case = numbered(writing, held.case) if held is not None else None
        if held is not None and case is not None and case.station and case.station != event.record.station:
            held = case = None  # an older event of this number was taken out of the records
        if held is not None and list(held.told) == newest:
            return None
        taken = _bring(casework, writing, event, rule, _fresh(steps, held), held, case, targets or {})
        worst = max(event.record.worst, held.severity if held else 0)
        kept = Finding(event.record.id, taken.case.number, event.title, newest, worst, None, 0, 0)
        if held is not None:
            kept = replace(kept, title=held.title, trace_at=held.trace_at, traces=held.traces, traced=held.traced)
        if held is None or held.trace_at is not None or taken.reopened or taken.opened:
            kept = replace(kept, trace_at=_micros(casework.clock()) if event.leading.property else None)
        findings.put(writing.connection, kept)
    return taken


def _bring(
    casework: Casework,
    writing: Writing,
    event: EventView,
    rule: Opening,
    steps: Sequence[Step],
    held: Finding | None,
    case: Case | None,
    targets: Mapping[str, tuple[str, str]],
) -> Taken:
    goes_on = event.record.ended is None
    if case is None:
        case = _same(writing, event, rule)
    if case is not None and case.status == "open":
        return Taken(_say(casework, writing, case, event, steps, targets))
    if case is not None:
        beyond = goes_on and any(
            one.kind == "exceedance" and one.on and case.closed is not None and _moment(one.last) > case.closed
            for one in event.problem.members
        )
        worse = held is not None and event.record.severity > held.severity
        if (beyond and case.watch_until is not None) or (goes_on and worse and case.stage == "refused"):
            return Taken(_again(casework, writing, case, event, steps), reopened=True)
        if held is not None and not (beyond and case.stage == "closed"):
            return Taken(case)
    made = _opened(casework, writing, event, rule, targets)
    return Taken(made if goes_on else _say(casework, writing, made, event, steps[-1:], targets), opened=True)


def _same(writing: Writing, event: EventView, rule: Opening) -> Case | None:
    """The open case of the same station and property; or the closed one that is still watched."""
    station, property = event.record.station, event.leading.property
    if not station or not property:
        return None
    here = (
        case_file.c.station == station,
        case_file.c.property == property,
        case_file.c.playbook == rule.playbook,
    )
    found = writing.select(*here, case_file.c.status == "open", limit=1)
    if not found:
        watched = (case_file.c.status == "closed", case_file.c.watch_until.is_not(None))
        found = writing.select(*here, *watched, order=(case_file.c.number.desc(),), limit=1)
    return found[0] if found else None


def numbered(reading: Reading, number: int) -> Case | None:
    """A case by its number, or the one in which it went on."""
    found = reading.select(case_file.c.number == number)
    seen: set[str] = set()
    while found and found[0].merged_into and found[0].merged_into not in seen:
        seen.add(found[0].merged_into)
        found = reading.select(case_file.c.id == found[0].merged_into)
    return found[0] if found else None


def _opened(
    casework: Casework, writing: Writing, event: EventView, rule: Opening, targets: Mapping[str, tuple[str, str]]
) -> Case:
    language = rule.language or language_of(event.station)
    station = event.station
    jurisdiction = station.jurisdiction if station is not None and _system(station) else COUNTRY
    draft = Draft(
        rule.playbook,
        event.title[language][:300],
        text="\n".join(one[language] for one in event.reasons),
        jurisdiction=jurisdiction,
        station=event.record.station if station is not None else "",
        property=event.leading.property if event.leading.property in packs.properties() else "",
        limit=limit_of(event, targets),
        place=Place(station.longitude, station.latitude) if station is not None else Place(),
        severity=5 - event.record.severity if event.record.ended is None else 5 - event.record.worst,
        event=event.id,
        origin="event",
        generated=event.record.generated,
    )
    return casework.open_within(writing, SYSTEM, draft)


def _say(
    casework: Casework,
    writing: Writing,
    case: Case,
    event: EventView,
    steps: Sequence[Step],
    targets: Mapping[str, tuple[str, str]],
) -> Case:
    limit = limit_of(event, targets) if case.limit is None else None

    def change(work: Work) -> None:
        severity = 5 - event.record.severity if event.record.ended is None else work.case.severity
        if severity < work.case.severity:
            work.case = replace(work.case, severity=severity, worse=work.now)
        said = _said(event, steps)
        if limit is not None and work.case.station == event.record.station:
            # What began as a sudden change has passed a limit: now it is known what shows that the water is clean.
            work.case = replace(work.case, property=event.leading.property, limit=limit)
            said["aim"] = {"property": event.leading.property, "op": limit.op, "limit": limit.value, "unit": limit.unit}
        work.record("again", data=said)

    return casework.change_within(writing, SYSTEM, case.id, change)


def _again(casework: Casework, writing: Writing, case: Case, event: EventView, steps: Sequence[Step]) -> Case:
    def change(work: Work) -> None:
        work.case = replace(work.case, severity=min(work.case.severity, 5 - event.record.severity))
        casework.reopen_work(work, kind="rebound", text="", data=_said(event, steps))

    return casework.change_within(writing, SYSTEM, case.id, change)


def _said(event: EventView, steps: Sequence[Step]) -> dict[str, Any]:
    return {
        "event": event.id,
        "change": steps[-1].what if steps else event.record.change,
        "severity": 5 - event.record.severity,
        "peak": event.leading.peak,
        "steps": [{"time": iso(_moment(one.time)), "what": one.what, "severity": 5 - one.severity} for one in steps],
    }


def _fresh(steps: Sequence[Step], held: Finding | None) -> Sequence[Step]:
    """The steps that the case does not know."""
    if held is None:
        return steps[-1:]
    known = [place for place, one in enumerate(steps) if _step(one) == list(held.told)]
    return steps[known[-1] + 1 :] if known else steps[-1:]


def _step(one: Step) -> list[Any]:
    return [one.time, one.what, one.severity]


def limit_of(event: EventView, targets: Mapping[str, tuple[str, str]]) -> Limit | None:
    """The limit that an event is held against: the exceeded one, or the one that applies to its leading series.

    None where no rule speaks of single values there, and where the lower end of a range was passed: who judges the case
    says then what shows that the water is clean.
    """
    leading = event.leading
    if leading.property not in packs.properties():
        return None
    unit = packs.properties()[leading.property].unit
    here = _bound_of(event, leading, targets)
    if here is None:
        return None
    ranged = here.low > -1e300 and here.high < 1e300
    low = bool(leading.detail.get("below")) if leading.kind == "exceedance" else here.high >= 1e300
    if ranged and (low or leading.kind != "exceedance"):
        return None
    return Limit("ge" if low else "le", here.limit, unit, here.standard, here.grade)


def _bound_of(event: EventView, leading: Member, targets: Mapping[str, tuple[str, str]]) -> Any:
    if event.station is None:
        return None
    series = (leading.property, leading.depth, leading.averaging)
    return bound(event.station, *series, leading.last, targets)


def language_of(station: Station | None) -> Language:
    """In which language the node itself writes about a place, where nobody has chosen one."""
    return _LANGUAGES.get(_system(station), "zh-Hans")


def _system(station: Station | None) -> str:
    """Whose law rules at a station; empty where its jurisdiction lies nowhere that we know."""
    try:
        return packs.legal_system(station.jurisdiction) if station is not None else ""
    except UnknownName:
        return ""


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
    here = (case_file.c.station == station, case_file.c.property == property, case_file.c.playbook == PLAYBOOK)

    def change(work: Work) -> None:
        newest = [one.data for one in work.writing.actions(work.case.number) if one.kind == "again"]
        if not newest or newest[-1] != said:
            work.record("again", data=said)

    with casework.cases.write() as writing:
        held = writing.select(*here, case_file.c.status == "open", limit=1)
        if not held:
            return casework.open_within(writing, SYSTEM, draft), True
        return casework.change_within(writing, SYSTEM, held[0].id, change), False


def case_of(casework: Casework, actor: Actor, event: str) -> Case | None:
    """The case of an event, or the newest that was opened for it by hand; None where there is none that this person
    may see."""
    with casework.cases.read() as reading:
        found = None
        if event.isdecimal() and len(event) < 10:
            held = findings.of_events(reading.connection, [int(event)]).get(int(event))
            found = numbered(reading, held.case) if held is not None else None
        if found is None:
            order = (case_file.c.number.desc(),)
            found = next(iter(reading.select(case_file.c.event == event, order=order, limit=1)), None)
        if found is None or not access.sees(actor, found, reading.parties(found.number)):
            return None
        return found


def titles(casework: Casework, cases: Sequence[Case]) -> Mapping[int, Text]:
    """Titles in the four languages, by number, of those of the cases that an event opened."""
    numbers = [one.number for one in cases if one.origin == "event"]
    if not numbers:
        return {}
    with casework.cases.read() as reading:
        return findings.titles(reading.connection, numbers)


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
