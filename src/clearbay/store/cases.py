"""Cases in the records: every change is one transaction that chains what was done before it counts as done.

Order of a write: under the writer's lock the action's bytes go into the audit chain ``cases`` and are flushed to disk,
then the rows are committed together with the chain's head. A death in between leaves an entry that no row knows; the
next write names it void, in the chain itself. So nothing that a person was told is done can be missing from the chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from clearbay.model.case import Action, Case, Evidence, Limit, Party, Place, Running
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.territory import stem
from clearbay.store import chain_heads
from clearbay.store.chain import Chain, Position
from clearbay.store.home import Home
from clearbay.store.tables import meta
from clearbay.store.tables_cases import (
    case_action,
    case_clock,
    case_evidence,
    case_file,
    case_party,
    case_playbook,
)
from clearbay.store.tables_devices import chain_head
from clearbay.store.tables_findings import case_pace
from clearbay.store.trouble import told

CHAIN = "cases"
SEGMENT = 1024 * 1024
"""Bytes of a segment of the audit chain: a write reads the last one over before it appends, so it is small."""

ACTION, VOID = 1, 2
"""Kinds of entries: something done to a case; entries that a death kept from ever counting, named void."""

_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def behind(newest: int, moment: datetime) -> int:
    """The next number of something that people see: the seconds since 2020, or the first behind the newest. It tells
    when, not how many there are.

    >>> behind(7, datetime(2020, 1, 1, 0, 1, tzinfo=UTC)), behind(60, datetime(2020, 1, 1, 0, 1, tzinfo=UTC))
    (60, 61)
    """
    return max(newest + 1, int((moment - _SINCE).total_seconds()))


NEVER = 2**62
"""``sort`` of a case that nothing is due for: behind all others."""

# Statements that every action needs, made once: building them anew costs more than running them.
_NUMBER: BindParameter[int] = bindparam("b_number")
_CASE = select(case_file).where(case_file.c.id == bindparam("b_id"))
_HANDS = select(case_file.c.number, case_file.c.jurisdiction, case_file.c.assignee, case_file.c.opened_by)
_HANDS = _HANDS.where(case_file.c.id == bindparam("b_id"))
_PARTIES = select(case_party).where(case_party.c.case == _NUMBER)
_CLOCKS = select(case_clock).where(case_clock.c.case == _NUMBER).order_by(case_clock.c.id)
_HEAD = select(case_file.c.head).where(case_file.c.number == _NUMBER)
_UPDATE = update(case_file).where(case_file.c.number == _NUMBER)
_INSERT_ACTION = insert(case_action)
_INSERT_CLOCK = insert(case_clock)
_DROP_CLOCK = delete(case_clock).where(case_clock.c.case == _NUMBER, case_clock.c.id == bindparam("b_clock"))
PARTIES_VERSION = "parties_version"
"""Entry of ``meta`` that grows with every change of a party: who beyond their own place sees which case."""
_PARTIES_CHANGED = (
    update(meta).where(meta.c.key == PARTIES_VERSION).values(value=cast(cast(meta.c.value, BigInteger) + 1, Text))
)
_INSERT_PACE = insert(case_pace)
_UPDATE_PACE = (
    update(case_pace)
    .where(case_pace.c.case == _NUMBER)
    .values(
        **{
            name: func.coalesce(case_pace.c[name], bindparam(f"b_{name}", type_=BigInteger))
            for name in ("judged", "handled", "closed")
        }
    )
)
_BOOK = select(case_playbook.c.text).where(
    case_playbook.c.id == bindparam("b_id"), case_playbook.c.version == bindparam("b_version")
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def canonical(content: Mapping[str, Any]) -> bytes:
    """The bytes by which a record is hashed and chained: JSON in UTF-8, keys sorted, no blanks."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def micros(moment: datetime | None) -> int | None:
    """Microseconds since the epoch, None for None."""
    return None if moment is None else (moment - _EPOCH) // _MICRO


def moment_of(number: int | None) -> datetime | None:
    """The time that a number of microseconds stands for, in UTC."""
    return None if number is None else _EPOCH + timedelta(microseconds=number)


def iso(moment: datetime | None) -> str | None:
    """A time as the chain and the API write it: ``2026-03-02T08:00:00.000000Z``."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Cases:
    """The cases of a home. Safe to share between threads; any number of processes may write, one after another."""

    def __init__(self, home: Home) -> None:
        self.home = home

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """One transaction on cases: all of it is chained and stored, or nothing is."""
        with told("write the cases"), self.home.records.write() as connection:
            known = _known(connection)
            with Chain.open(self.home.evidence, CHAIN, known=known, segment_bytes=SEGMENT) as chain:
                writing = Writing(connection, chain, self.home.path)
                writing.name_void(known)
                yield writing
                chain.sync()
                if chain.position != known:
                    chain_heads.record(connection, CHAIN, chain.position)

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """A view of one moment."""
        with told("read the cases"), self.home.records.read() as connection:
            yield Reading(connection)


def _known(connection: Connection) -> Position | None:
    query = select(chain_head.c.entries, chain_head.c.link).where(chain_head.c.chain == CHAIN)
    row = connection.execute(query).first()
    return None if row is None else Position(row.entries, bytes.fromhex(row.link))


class Reading:
    """Reads of cases within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._heads: dict[int, str] = {}
        self._parties: dict[int, tuple[Party, ...]] = {}

    def case(self, id: str) -> Case:
        """The case of that id; ``UnknownName`` where there is none."""
        row = self.connection.execute(_CASE, {"b_id": id}).first()
        if row is None:
            raise unknown(id)
        self._heads[row.number] = row.head
        return case_of(row)

    def hands(self, id: str) -> Any:
        """In whose hands a case is: number, jurisdiction, assignee and opener; None where there is none."""
        return self.connection.execute(_HANDS, {"b_id": id}).first()

    def requested(self, request: str) -> Case | None:
        """The case that a client's request has opened already."""
        row = self.connection.execute(select(case_file).where(case_file.c.request == request)).first()
        return None if row is None else case_of(row)

    def acted(self, number: int, request: str) -> bool:
        """Whether a client's request was carried out on this case already."""
        query = select(case_action.c.seq).where(case_action.c.case == number, case_action.c.request == request)
        return self.connection.execute(query).first() is not None

    def select(
        self, *conditions: Any, order: Sequence[Any] = (case_file.c.number,), limit: int | None = None
    ) -> list[Case]:
        """Cases by conditions on ``case_file``."""
        query = select(case_file).where(*conditions).order_by(*order).limit(limit)
        return [case_of(row) for row in self.connection.execute(query)]

    def parties(self, number: int) -> tuple[Party, ...]:
        """The other jurisdictions of a case, in the order in which they came."""
        if number not in self._parties:
            found = [_party(row) for row in self.connection.execute(_PARTIES, {"b_number": number})]
            self._parties[number] = tuple(sorted(found, key=lambda one: (one.since, one.jurisdiction)))
        return self._parties[number]

    def clocks(self, number: int) -> tuple[Running, ...]:
        """All clocks of a case, those that have ended too."""
        return tuple(clock_of(row) for row in self.connection.execute(_CLOCKS, {"b_number": number}))

    def actions(self, number: int) -> tuple[Action, ...]:
        """Everything that was done to a case, oldest first."""
        query = select(case_action).where(case_action.c.case == number).order_by(case_action.c.seq)
        return tuple(action_of(row) for row in self.connection.execute(query))

    def evidence(self, number: int) -> tuple[Evidence, ...]:
        """The evidence of a case, oldest first."""
        query = select(case_evidence).where(case_evidence.c.case == number).order_by(case_evidence.c.id)
        return tuple(_evidence(row) for row in self.connection.execute(query))

    def playbook(self, id: str, version: int) -> str:
        """The text of a playbook under which a case was opened here; ``UnknownName`` where none was."""
        text = self.connection.scalar(_BOOK, {"b_id": id, "b_version": version})
        if text is None:
            raise UnknownName(f"no case was opened here under version {version} of {id}", where="playbook")
        return str(text)

    def head(self, number: int) -> str:
        """The link of a case's newest action."""
        if number not in self._heads:
            self._heads[number] = str(self.connection.scalar(_HEAD, {"b_number": number}) or "")
        return self._heads[number]


class Writing(Reading):
    """Reads and changes of cases within one transaction under the writer's lock."""

    def __init__(self, connection: Connection, chain: Chain, home: Path) -> None:
        super().__init__(connection)
        self.chain = chain
        self.home = home

    def name_void(self, known: Position | None) -> None:
        """Name the entries void that were chained but never committed."""
        first, after = known.entries if known else 0, self.chain.position.entries
        if after > first:
            self.chain.append([canonical({"void": [first, after]})], kind=VOID)

    def keep_playbook(self, id: str, version: int, text: str) -> None:
        """Keep a playbook's text; ``BadInput`` where the same version was in use with another text."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        query = select(case_playbook.c.sha256).where(case_playbook.c.id == id, case_playbook.c.version == version)
        held = self.connection.scalar(query)
        if held is None:
            row = {"id": id, "version": version, "sha256": digest, "text": text}
            self.connection.execute(insert(case_playbook), [row])
        elif held != digest:
            raise BadInput(
                f"version {version} of the playbook {id} is in use here with another text",
                where="playbook",
                mend="give the changed playbook a higher version; cases opened before end under the old one",
            )

    def next_number(self, moment: datetime) -> int:
        """The number of a case opened at a moment: its seconds since 2020, or the first behind the newest case's.

        It stands in sealed bundles. A count would tell whoever holds one how many cases other places have.
        """
        newest = int(self.connection.scalar(select(func.max(case_file.c.number))) or 0)
        return behind(newest, moment)

    def next_serial(self, series: str) -> int:
        """The next serial number within a series (playbook, year, place): it tells nothing of other places."""
        query = select(func.max(case_file.c.serial)).where(case_file.c.series == series)
        return int(self.connection.scalar(query) or 0) + 1

    def create(self, case: Case, series: str, serial: int, request: str) -> None:
        """Store a new case, before its first action."""
        row = {**row_of(case), "series": series, "serial": serial, "request": request or None, "head": ""}
        self.connection.execute(insert(case_file), [row])
        self.connection.execute(_INSERT_PACE, [_pace(case, ()) | {"case": case.number}])
        self._heads[case.number] = ""

    def record(
        self,
        case: Case,
        content: Mapping[str, Any],
        *,
        time: datetime,
        clocks: Sequence[Running],
        request: str = "",
    ) -> Action:
        """Chain one action and store it with the case as it stands after it; the case's version is its ``seq``.

        ``content`` says what was done; when, the case's previous link and a digest of its new state are added.
        ``clocks`` are those of the case as they are stored by now.
        """
        parties, stored = self.parties(case.number), row_of(case)
        payload = canonical(
            {
                **content,
                "case": case.id,
                "seq": case.version,
                "time": iso(time),
                "previous": self.head(case.number),
                "digest": digest(stored, [clock_row(one) for one in clocks], [party_row(one) for one in parties]),
            }
        )
        entry, link = self.chain.append([payload], kind=ACTION, time=micros(time))
        self._heads[case.number] = link.hex()
        self.connection.execute(_UPDATE, {**stored, "head": link.hex(), "b_number": case.number})
        self.connection.execute(_UPDATE_PACE, _pace(case, clocks) | _reached(case, time) | {"b_number": case.number})
        row: dict[str, Any] = {"case": case.number, "seq": case.version, "request": request or None, "entry": entry}
        row |= {"link": link.hex(), "payload": payload}
        self.connection.execute(_INSERT_ACTION, [row])
        return _action(case.version, entry, link.hex(), payload)

    def put_clocks(self, number: int, clocks: Iterable[Running]) -> None:
        """Store clocks, over those of the same id."""
        rows = [{**clock_row(one), "case": number} for one in clocks]
        if rows:
            self.connection.execute(_DROP_CLOCK, [{"b_number": number, "b_clock": row["id"]} for row in rows])
            self.connection.execute(_INSERT_CLOCK, rows)

    def put_party(self, number: int, party: Party) -> None:
        """Store a jurisdiction's part, over what it had before."""
        self.drop_party(number, party.jurisdiction)
        self.connection.execute(insert(case_party), [{**party_row(party), "case": number}])

    def drop_party(self, number: int, jurisdiction: str) -> None:
        """Take a jurisdiction's part away."""
        where = (case_party.c.case == number, case_party.c.jurisdiction == jurisdiction)
        self.connection.execute(delete(case_party).where(*where))
        self._parties.pop(number, None)
        if not self.connection.execute(_PARTIES_CHANGED).rowcount:
            self.connection.execute(insert(meta), [{"key": PARTIES_VERSION, "value": "1"}])

    def add_evidence(self, number: int, evidence: Evidence) -> Evidence:
        """Store a piece of evidence; returns it with its number within the case."""
        query = select(func.max(case_evidence.c.id)).where(case_evidence.c.case == number)
        added = replace(evidence, id=int(self.connection.scalar(query) or 0) + 1)
        row = {
            "case": number,
            "id": added.id,
            "seq": added.seq,
            "sha256": added.sha256,
            "name": added.name,
            "media_type": added.media_type,
            "size": added.size,
            "kind": added.kind,
            "added": micros(added.added),
            "by": added.by,
            "taken": micros(added.taken),
            "longitude": added.place.longitude,
            "latitude": added.place.latitude,
            "place": added.place.text,
            "note": added.note,
        }
        self.connection.execute(insert(case_evidence), [row])
        return added


def unknown(id: str) -> UnknownName:
    """What everybody is told of a case that is not there, or not theirs to see: the same words, byte for byte."""
    return UnknownName(f"no case is called {id!r}", where="case", mend="see `clearbay case list`")


def digest(row: Mapping[str, Any], clocks: Sequence[Mapping[str, Any]], parties: Sequence[Mapping[str, Any]]) -> str:
    """A digest of everything that the records say of a case's state."""
    return hashlib.sha256(canonical({"case": row, "clocks": clocks, "parties": parties})).hexdigest()


def _plain(name: str) -> str:
    """A column's name without what SQLAlchemy wraps around reserved words, which JSON keys may not be."""
    return "".join(list(name))


_OF_THE_CHAIN = ("series", "serial", "request", "head")
CASE_COLUMNS = tuple(_plain(column.name) for column in case_file.c if column.name not in _OF_THE_CHAIN)
CLOCK_COLUMNS = tuple(_plain(column.name) for column in case_clock.c if column.name != "case")
PARTY_COLUMNS = tuple(_plain(column.name) for column in case_party.c if column.name != "case")
"""The columns that a digest is made of; ``row_of``, ``clock_row`` and ``party_row`` fill them."""


def row_of(case: Case) -> dict[str, Any]:
    """A case as columns of ``case_file``, all but what belongs to the chain."""
    limit = None if case.limit is None else {
        "op": case.limit.op, "value": case.limit.value, "unit": case.limit.unit,
        "standard": case.limit.standard, "grade": case.limit.grade,
    }  # fmt: skip
    plain = (
        "number", "id", "playbook", "playbook_version", "title", "text", "state", "stage", "status", "severity",
        "grade", "jurisdiction", "assignee", "assignee_name", "station", "property", "event", "origin", "opened_by",
        "version", "due_for", "escalated", "suspended_for", "reopened", "merged_into", "split_from", "generated",
    )  # fmt: skip
    times = ("opened", "entered", "updated", "due", "suspended", "closed", "worse", "watch_until", "watch_seen")
    return {
        **{name: getattr(case, name) for name in plain},
        **{name: micros(getattr(case, name)) for name in times},
        "area": stem(case.jurisdiction)[:4],
        "limit": limit,
        "longitude": case.place.longitude,
        "latitude": case.place.latitude,
        "place": case.place.text,
        "fields": dict(case.fields),
        "sort": NEVER if case.due is None else micros(case.due),
    }


def _pace(case: Case, clocks: Sequence[Running]) -> dict[str, Any]:
    """What figures need of a case as it stands, as columns of ``case_pace``."""
    outcomes = [one.outcome for one in clocks]
    return {
        "playbook": case.playbook,
        "jurisdiction": case.jurisdiction,
        "status": case.status,
        "stage": case.stage,
        "generated": case.generated,
        "opened": micros(case.opened),
        "due": micros(case.due),
        "reopened": case.reopened,
        "met": outcomes.count("met"),
        "late": outcomes.count("late"),
    }


def _reached(case: Case, time: datetime) -> dict[str, int | None]:
    """The stages that a case is seen to have reached at a time; one that it reached before keeps its first time."""
    now = micros(time)
    return {
        "b_judged": None if case.stage == "found" else now,
        "b_handled": now if case.stage == "handled" else None,
        "b_closed": now if case.stage == "closed" else None,
    }


def case_of(row: Any) -> Case:
    """The case that a row of ``case_file`` stands for."""
    held = row._mapping
    names = (
        "number", "id", "playbook", "playbook_version", "title", "text", "state", "stage", "status", "severity",
        "grade", "jurisdiction", "assignee", "assignee_name", "station", "property", "event", "origin", "opened_by",
        "version", "due_for", "escalated", "suspended_for", "reopened", "merged_into", "split_from", "fields",
    )  # fmt: skip
    times = ("opened", "entered", "updated", "due", "suspended", "closed", "worse", "watch_until", "watch_seen")
    return Case(
        **{name: held[name] for name in names},
        **{name: moment_of(held[name]) for name in times},  # type: ignore[arg-type]
        limit=None if held["limit"] is None else Limit(**held["limit"]),
        place=Place(held["longitude"], held["latitude"], held["place"]),
        generated=bool(held["generated"]),
    )


def clock_row(clock: Running) -> dict[str, Any]:
    """A clock as columns of ``case_clock``, without its case."""
    return {
        "id": clock.id,
        "deadline": clock.deadline,
        "started": micros(clock.started),
        "legs": [[micros(since), calendar] for since, calendar in clock.legs],
        "pauses": [[micros(since), micros(until)] for since, until in clock.pauses],
        "due": micros(clock.due),
        "outcome": clock.outcome,
        "ended": micros(clock.ended),
        "step": clock.step,
        "next": micros(clock.next),
        "uncertain": [list(one) for one in clock.uncertain],
    }


def clock_of(row: Any) -> Running:
    """The clock that a row of ``case_clock`` stands for."""
    return Running(
        id=row.id,
        deadline=row.deadline,
        started=_EPOCH + timedelta(microseconds=row.started),
        legs=tuple((_EPOCH + timedelta(microseconds=since), calendar) for since, calendar in row.legs),
        pauses=tuple((_EPOCH + timedelta(microseconds=since), moment_of(until)) for since, until in row.pauses),
        due=moment_of(row.due),
        outcome=row.outcome,
        ended=moment_of(row.ended),
        step=row.step,
        next=moment_of(row.next),
        uncertain=tuple((one[0], one[1], one[2]) for one in row.uncertain),
    )


def party_row(party: Party) -> dict[str, Any]:
    """A part as columns of ``case_party``, without its case."""
    return {
        "jurisdiction": party.jurisdiction,
        "part": party.part,
        "task": party.task,
        "since": micros(party.since),
        "done": micros(party.done),
    }


def _party(row: Any) -> Party:
    since = _EPOCH + timedelta(microseconds=row.since)
    return Party(row.jurisdiction, row.part, row.task, since, moment_of(row.done))


def _evidence(row: Any) -> Evidence:
    return Evidence(
        id=row.id,
        seq=row.seq,
        sha256=row.sha256,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        kind=row.kind,
        added=_EPOCH + timedelta(microseconds=row.added),
        by=row.by,
        taken=moment_of(row.taken),
        place=Place(row.longitude, row.latitude, row.place),
        note=row.note,
    )


def action_of(row: Any) -> Action:
    """The action that a row of ``case_action`` stands for."""
    return _action(row.seq, row.entry, row.link, bytes(row.payload))


def _action(seq: int, entry: int, link: str, payload: bytes) -> Action:
    said = orjson.loads(payload)
    return Action(
        seq=seq,
        time=datetime.fromisoformat(said["time"]),
        actor=said["actor"]["id"],
        actor_name=said["actor"]["name"],
        kind=said["kind"],
        before=said["from"],
        after=said["to"],
        text=said["text"],
        data=said["data"],
        entry=entry,
        link=link,
        payload=payload,
    )
