"""Lists and counts of cases, as far as a person may see them: the duty officer's desk among them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, Text, and_, bindparam, false, func, or_, select, true, tuple_, union
from sqlalchemy import case as when

from clearbay.apply.cases import access
from clearbay.apply.cases.casework import Casework
from clearbay.model.case import Actor, Case
from clearbay.model.errors import BadInput
from clearbay.model.territory import stem
from clearbay.store.cases import CHAIN, NEVER, PARTIES_VERSION, Reading, case_of, micros
from clearbay.store.tables import meta
from clearbay.store.tables_cases import case_file, case_party
from clearbay.store.tables_devices import chain_head

T = TypeVar("T")

LONGEST = 500
"""Cases on the longest page."""

_AT_ONCE = 5000
"""Numbers named in one condition: databases take no more than some ten thousand."""

NEW = timedelta(hours=24)
"""How long a case counts as new, and one that got worse as such."""

SOON = timedelta(days=1)
"""How near a deadline is that comes soon."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of cases and where the next begins; ``next`` is empty behind the last."""

    cases: tuple[Case, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What a duty officer sees first: open cases by what is most urgent, and how many there are of each sort.

    ``counts``: open, late, soon (due within a day), new, worse, mine, and one for each stage.
    """

    counts: Mapping[str, int]
    page: Page


@dataclass(frozen=True, slots=True)
class Choice:
    """Which cases are wanted: of a status (or ``all``), a kind, a stage, a station, a person, a place; with a text in
    title or id; late ones only; of one event. ``only`` is a sort that the desk counts: ``soon``, ``new``, ``worse``.
    Filters narrow what a person may see, they never widen it."""

    status: str = "open"
    playbook: str = ""
    stage: str = ""
    station: str = ""
    assignee: str = ""
    jurisdiction: str = ""
    text: str = ""
    late: bool = False
    event: str = ""
    only: str = ""


EVERYTHING = Choice()
"""Every open case."""


def page(casework: Casework, actor: Actor, choice: Choice = EVERYTHING, *, after: str = "", limit: int = 50) -> Page:
    """Cases that a person may see, the most urgent first; ``after`` is the ``next`` of the page before."""
    if not 1 <= limit <= LONGEST:
        raise BadInput(f"a page has 1 to {LONGEST} cases", where="limit", mend="ask for fewer, and go on with next")
    conditions = _conditions(casework, choice)
    with casework.cases.read() as reading:
        if after:
            conditions.append(tuple_(case_file.c.sort, case_file.c.number) > tuple_(*_behind(reading, actor, after)))
        rows = _rows(reading, _parts(reading, actor), conditions, limit + 1)
    cases = tuple(case_of(row) for row in rows[:limit])
    more = len(rows) > limit
    return Page(cases, f"{rows[limit - 1].sort}.{rows[limit - 1].id}" if more else "")


def total(casework: Casework, actor: Actor, choice: Choice = EVERYTHING) -> int:
    """How many cases there are that a person may see."""
    conditions = _conditions(casework, choice)
    with casework.cases.read() as reading:
        return sum(
            int(reading.connection.scalar(select(func.count()).select_from(case_file).where(part, *conditions)) or 0)
            for part in _parts(reading, actor)
        )


def _conditions(casework: Casework, choice: Choice) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if choice.status != "all":
        if choice.status not in ("open", "closed", "merged"):
            raise BadInput(f"{choice.status!r} is no status", where="status", mend="open, closed, merged or all")
        found.append(case_file.c.status == choice.status)
    for name in ("playbook", "stage", "station", "assignee", "event"):
        if value := getattr(choice, name):
            found.append(case_file.c[name] == value)
    if choice.jurisdiction:
        found.append(access.within(case_file.c.jurisdiction, choice.jurisdiction))
    moment = casework.clock()
    if choice.late:
        found.append(case_file.c.sort < micros(moment))
    if choice.only == "soon":
        found.append(case_file.c.sort.between(micros(moment), micros(moment + SOON)))
    elif choice.only:
        if choice.only not in ("new", "worse"):
            raise BadInput(f"{choice.only!r} is no sort", where="only", mend="soon, new or worse")
        since = case_file.c.opened if choice.only == "new" else case_file.c.worse
        found.append(since >= micros(moment - NEW))
    if choice.text:
        pattern = "%" + choice.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found.append(or_(case_file.c.title.like(pattern, escape="\\"), case_file.c.id.like(pattern, escape="\\")))
    return found


def desk(casework: Casework, actor: Actor, *, limit: int = 50) -> Desk:
    """The desk of a person: counts over every open case that they may see, and the most urgent of them.

    What lies within a jurisdiction is the same for all who work there: it is computed once for each state of the cases,
    and again every ``FRESH`` seconds, for deadlines pass without anybody acting.
    """
    moment = casework.clock()
    with casework.cases.read() as reading:
        first, *beyond = _parts(reading, actor) or [false()]
        stamp = int(reading.connection.scalar(_STAMP) or 0)
        key = ("desk", actor.jurisdiction if _shared(actor) else actor.id, _shared(actor), limit)
        state = (stamp, int(moment.timestamp() // FRESH))
        counts, rows = _memory.get(reading, key, state, lambda: _looked(reading, [first], moment, limit))
        if beyond:
            more, others = _looked(reading, beyond, moment, limit)
            counts = {name: number + more[name] for name, number in counts.items()}
            rows = _sorted([*rows, *others])
        mine = int(reading.connection.scalar(_MINE, {"b_id": actor.id}) or 0)
    cases = tuple(case_of(row) for row in rows[:limit])
    following = f"{rows[limit - 1].sort}.{rows[limit - 1].id}" if len(rows) > limit else ""
    return Desk({**counts, "mine": mine}, Page(cases, following))


FRESH = 5
"""Seconds after which a desk is counted anew though nobody has acted."""

_STAMP = select(chain_head.c.entries).where(chain_head.c.chain == CHAIN)
_MINE = select(func.count()).where(case_file.c.assignee == bindparam("b_id"), case_file.c.status == "open")
_low, _high, _id = bindparam("b_low", type_=Text), bindparam("b_high", type_=Text), bindparam("b_id", type_=Text)
_outside = or_(case_file.c.jurisdiction < _low, case_file.c.jurisdiction >= _high)
_SHARED = (
    select(case_file.c.number)
    .join(case_party, case_party.c.case == case_file.c.number)
    .where(case_party.c.jurisdiction >= _low, case_party.c.jurisdiction < _high, _outside)
)
_OWN = union(
    select(case_file.c.number).where(case_file.c.assignee == _id, _outside),
    select(case_file.c.number).where(case_file.c.opened_by == _id, _outside),
)
_PARTIES = select(meta.c.value).where(meta.c.key == PARTIES_VERSION)
"""What a person may see beyond their jurisdiction: little, and found by its number; asked for in one condition with the
rest it would cost a whole scan. What a jurisdiction shares is looked for when a party has changed somewhere: a case
that moves to another jurisdiction leaves its old one behind as a party."""

Looked = tuple[dict[str, int], list[Any]]


@dataclass(slots=True)
class _Slot:
    """Something looked up in one state of the records."""

    lock: Lock = field(default_factory=Lock)
    state: object = None
    value: Any = None


class _Memory:
    """What was looked up, by database and key, for as long as its state holds: one looks, who asks for the same waits
    for it, and nobody else does."""

    def __init__(self, most: int = 1000) -> None:
        self._most, self._lock = most, Lock()
        self._held: WeakKeyDictionary[Engine, OrderedDict[Hashable, _Slot]] = WeakKeyDictionary()

    def get(self, reading: Reading, key: Hashable, state: object, look: Callable[[], T]) -> T:
        """What ``look`` finds, or found in this state before."""
        with self._lock:
            slots = self._held.setdefault(reading.connection.engine, OrderedDict())
            slot = slots.setdefault(key, _Slot())
            slots.move_to_end(key)
            while len(slots) > self._most:
                slots.popitem(last=False)
        with slot.lock:
            if slot.state != state or slot.value is None:
                slot.value, slot.state = look(), state
            found: T = slot.value
            return found


_memory = _Memory()


def _shared(actor: Actor) -> bool:
    """Whether somebody looks at a jurisdiction, not only at what is theirs."""
    return bool(actor.roles) and not actor.roles <= access.OWN_ONLY


def _looked(reading: Reading, parts: Sequence[ColumnElement[bool]], moment: datetime, limit: int) -> Looked:
    now, soon, lately = micros(moment), micros(moment + SOON), micros(moment - NEW)
    sort = case_file.c.sort
    assert now is not None
    assert soon is not None
    query = select(
        case_file.c.stage,
        func.count(),
        func.sum(when((sort < now, 1), else_=0)),
        func.sum(when((and_(sort >= now, sort < soon), 1), else_=0)),
        func.sum(when((case_file.c.opened >= lately, 1), else_=0)),
        func.sum(when((case_file.c.worse >= lately, 1), else_=0)),
    ).group_by(case_file.c.stage)
    counts = dict.fromkeys(("open", "late", "soon", "new", "worse", "found", "judged", "handled"), 0)
    is_open = case_file.c.status == "open"
    for part in parts:
        for stage, *numbers in reading.connection.execute(query.where(is_open, part)):
            for name, number in zip(("open", "late", "soon", "new", "worse"), numbers, strict=True):
                counts[name] += int(number or 0)
            counts[stage] += int(numbers[0])
    return counts, _rows(reading, parts, [is_open], limit + 1)


def _sorted(rows: Iterable[Any]) -> list[Any]:
    return sorted({row.number: row for row in rows}.values(), key=lambda row: (row.sort, row.number))


def _rows(
    reading: Reading, parts: Sequence[ColumnElement[bool]], conditions: Sequence[ColumnElement[bool]], limit: int
) -> list[Any]:
    """The first rows over parts of what a person may see, each part read in order from an index of its own."""
    order = (case_file.c.sort, case_file.c.number)
    queries = (select(case_file).where(part, *conditions).order_by(*order).limit(limit) for part in parts)
    return _sorted(row for query in queries for row in reading.connection.execute(query))[:limit]


def _parts(reading: Reading, actor: Actor) -> list[ColumnElement[bool]]:
    """What a person may see, in disjoint parts that indexes serve: held within their jurisdiction; shared with it or
    theirs by name beyond it. Together they are ``access.visible``."""
    own = or_(case_file.c.assignee == actor.id, case_file.c.opened_by == actor.id)
    if not actor.roles:
        return []
    if actor.roles <= access.OWN_ONLY:
        return [own]
    begin = stem(actor.jurisdiction)
    if not begin:
        return [true()]
    inside = access.within(case_file.c.jurisdiction, actor.jurisdiction)
    if len(begin) >= 4:
        inside = and_(case_file.c.area == begin[:4], inside)
    high = begin[:-1] + chr(ord(begin[-1]) + 1)
    given = {"b_low": begin, "b_high": high, "b_id": actor.id}
    run = reading.connection.execute
    version = reading.connection.scalar(_PARTIES)
    shared: frozenset[int] = _memory.get(
        reading, ("shared", begin), version or "0", lambda: frozenset(row.number for row in run(_SHARED, given))
    )
    beyond = sorted(shared | {row.number for row in run(_OWN, given)})
    parts = [beyond[place : place + _AT_ONCE] for place in range(0, len(beyond), _AT_ONCE)]
    return [inside, *(case_file.c.number.in_(part) for part in parts)]


def _behind(reading: Reading, actor: Actor, after: str) -> tuple[int, int]:
    """Where a page begins. It names the case that the page before ended with by its id: the number by which cases are
    ordered counts all of the node's, and would tell how many others there are."""
    sort, _, id = after.partition(".")
    number = reading.connection.scalar(select(case_file.c.number).where(case_file.c.id == id, access.visible(actor)))
    if number is None or not sort.isdecimal() or int(sort) > NEVER:
        raise BadInput(f"{after[:80]!r} is no place in this list", where="after", mend="give the 'next' of a page")
    return int(sort), int(number)
