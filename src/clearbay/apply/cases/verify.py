"""Whether the evidence stands: every chain of a home, every case against its chain, every file against its hash.

What is compared: each link of each chain with the entry it stands on; the newest link with the head that the records
keep; each recorded action with its entry in the chain, byte by byte, both ways; each case's row, clocks and parties
with the digest that its newest action chained; each piece of evidence with what the chain says of it, and its file with
its SHA-256; each account with the digest that its newest entry in the chain ``people`` made. The first thing that does
not hold is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, select

from clearbay.apply.cases.work import described
from clearbay.apply.people_verify import altered
from clearbay.model.case import Evidence
from clearbay.store import Home, chain
from clearbay.store.audit import CHAIN as PEOPLE
from clearbay.store.cases import (
    ACTION,
    CASE_COLUMNS,
    CHAIN,
    CLOCK_COLUMNS,
    PARTY_COLUMNS,
    VOID,
    Reading,
    digest,
    unknown,
)
from clearbay.store.chain import BrokenLink, Position
from clearbay.store.evidence import Files
from clearbay.store.tables_cases import case_action, case_clock, case_evidence, case_file, case_party
from clearbay.store.tables_devices import chain_head
from clearbay.store.trouble import told


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything holds: entries by chain, how many cases, actions and files were compared, and the head of each chain.

    ``pending`` are entries that a death kept from counting and that no later write has named void yet.
    """

    entries: dict[str, int]
    heads: dict[str, str]
    cases: int
    actions: int
    files: int
    pending: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that does not hold: in which chain or table, at which entry or case, and what is wrong."""

    where: str
    entry: int | None
    why: str
    file: str = ""
    offset: int | None = None


Pieces = dict[str, dict[int, dict[str, Any]]]
"""Evidence as the chain says it: by case, by its number within the case."""


@dataclass(frozen=True, slots=True)
class Audited:
    """The audit chain, walked to its end."""

    entries: int
    head: str
    actions: int
    pending: int
    evidence: Pieces


def verify(home: Home, case: str = "", *, files: bool = True) -> Whole | Broken:
    """Check a home, or one case of it (the whole audit chain all the same: a case stands on what came before it).

    ``files`` False leaves the evidence files unread. ``UnknownName`` for a case that is not there.
    """
    try:
        return _verify(home, case, files)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return Broken("records", None, f"a row cannot be read for what it is: {error!r}")


def _verify(home: Home, case: str, files: bool) -> Whole | Broken:
    with told("verify the evidence"), home.records.read() as connection:
        known = {
            row.chain: Position(row.entries, bytes.fromhex(row.link)) for row in connection.execute(select(chain_head))
        }
        names = [CHAIN] if case else sorted({CHAIN, *known, *_names(home.evidence)})
        counts, heads = dict[str, int](), dict[str, str]()
        pending = actions = 0
        proven: Pieces = {}
        for name in names:
            if name == CHAIN:
                found = _audit(connection, home.evidence, known.get(name))
                if isinstance(found, Broken):
                    return found
                counts[name], heads[name], actions, pending = found.entries, found.head, found.actions, found.pending
                proven = found.evidence
                continue
            other = chain.verify(home.evidence, name, known=known.get(name))
            if isinstance(other, BrokenLink):
                return _named(name, other)
            counts[name], heads[name] = other.entries, other.head.hex()
            if name == PEOPLE and (why := altered(connection, home.evidence, known.get(name))):
                return Broken("table person", None, why)
        number = None
        if case:
            number = connection.scalar(select(case_file.c.number).where(case_file.c.id == case))
            if number is None:
                raise unknown(case)
        states = _states(connection, number)
        if isinstance(states, Broken):
            return states
        pieces = _evidence(connection, home, {case: proven.get(case, {})} if case else proven, number, files)
        if isinstance(pieces, Broken):
            return pieces
        if case:
            actions = len(Reading(connection).actions(int(number or 0)))
        return Whole(counts, heads, states, actions, pieces, pending)


def _named(name: str, broken: BrokenLink) -> Broken:
    return Broken(f"chain {name}", broken.seq, broken.why, broken.file, broken.offset)


def _names(directory: Path) -> Iterator[str]:
    for path in directory.glob("*-*.chain"):
        yield path.stem.rpartition("-")[0]


def _audit(connection: Connection, directory: Path, known: Position | None) -> Broken | Audited:
    """Walk the audit chain and the recorded actions side by side, each link computed anew."""
    query = select(case_action.c.entry, case_action.c.link, case_action.c.payload).order_by(case_action.c.entry)
    rows = iter(connection.execute(query.execution_options(yield_per=5000)))
    row: Any = next(rows, None)
    at, link = 0, chain.genesis(CHAIN)
    waiting: list[int] = []
    evidence: Pieces = {}
    actions = read = 0
    for entry in chain.entries(directory, CHAIN):
        if entry.seq != at or chain.link(link, entry.kind, entry.time, entry.data) != entry.link:
            return _diagnosed(directory, known, at)
        at, link = at + 1, entry.link
        read += len(entry.data) + chain.ENTRY_BYTES
        if row is not None and row.entry == entry.seq:
            if _bytes(row.payload) != entry.data or row.link != entry.link.hex() or entry.kind != ACTION:
                return Broken(
                    f"chain {CHAIN}", entry.seq, f"the recorded action is not the chained one ({_case(entry.data)})"
                )
            row = next(rows, None)
            actions += 1
            if b'"evidence":[{' in entry.data:
                said = orjson.loads(entry.data)
                evidence.setdefault(said["case"], {}).update({piece["id"]: piece for piece in said["evidence"]})
        elif entry.kind == VOID:
            first, after = orjson.loads(entry.data)["void"]
            waiting = [one for one in waiting if not first <= one < after]
        elif entry.kind == ACTION:
            waiting.append(entry.seq)
        else:
            return Broken(f"chain {CHAIN}", entry.seq, f"an entry of kind {entry.kind} has no place in this chain")
        if known is not None and at == known.entries and link != known.link:
            return Broken(f"chain {CHAIN}", at - 1, "this is not the entry whose link the records keep as the newest")
    if at < (known.entries if known else 0) or not _walked(directory, read):
        whole = chain.verify(directory, CHAIN, known=known)
        if isinstance(whole, BrokenLink):
            return _named(CHAIN, whole)
    if row is not None:
        return Broken(f"chain {CHAIN}", row.entry, "the records hold an action that the chain does not")
    committed = known.entries if known else 0
    lost = [one for one in waiting if one < committed]
    if lost:
        return Broken(f"chain {CHAIN}", lost[0], "the chain holds an action that the records have lost")
    return Audited(at, link.hex(), actions, len(waiting), evidence)


def _walked(directory: Path, read: int) -> bool:
    """Whether the entries read are all that the segments hold: sound heads, and no byte beside them."""
    for path in chain.segments(directory, CHAIN):
        with path.open("rb") as stream:
            head = stream.read(chain.HEAD_BYTES)
        size = path.stat().st_size
        if not head.startswith(chain.MAGIC) or size <= chain.HEAD_BYTES:
            return False
        read -= size - chain.HEAD_BYTES
    return read == 0


def _diagnosed(directory: Path, known: Position | None, at: int) -> Broken:
    found = chain.verify(directory, CHAIN, known=known)
    if isinstance(found, BrokenLink):
        return _named(CHAIN, found)
    return Broken(f"chain {CHAIN}", at, "the entry does not fit its link")


def _bytes(payload: object) -> bytes:
    """What a column of bytes holds, even where somebody has put text there."""
    return payload.encode() if isinstance(payload, str) else bytes(payload)  # type: ignore[call-overload]


def _case(payload: bytes) -> str:
    try:
        return str(orjson.loads(payload)["case"])
    except (ValueError, KeyError, TypeError):
        return "no case"


def _states(connection: Connection, number: int | None) -> Broken | int:
    """Hold each case's row, clocks and parties against the digest that its newest action chained."""
    one = [] if number is None else [case_file.c.number == number]
    newest = select(case_action.c.payload).where(
        case_action.c.case == case_file.c.number, case_action.c.seq == case_file.c.version
    )
    columns = [case_file.c[name] for name in CASE_COLUMNS]
    query = select(*columns, newest.scalar_subquery().label("payload")).where(*one).order_by(case_file.c.number)
    clocks = _Grouped(_rows(connection, case_clock, number, "id", columns=CLOCK_COLUMNS))
    parties = _Grouped(_rows(connection, case_party, number, "since", "jurisdiction", columns=PARTY_COLUMNS))
    at_number, at_id, at_version = (CASE_COLUMNS.index(name) for name in ("number", "id", "version"))
    count = 0
    for row in connection.execute(query.execution_options(yield_per=5000)):
        count += 1
        *values, payload = row
        id = values[at_id]
        held = dict(zip(CASE_COLUMNS, values, strict=True))
        running = [dict(zip(CLOCK_COLUMNS, one[1:], strict=True)) for one in clocks.of(values[at_number])]
        parts = [dict(zip(PARTY_COLUMNS, one[1:], strict=True)) for one in parties.of(values[at_number])]
        if payload is None:
            return Broken(f"case {id}", None, f"the newest action (number {values[at_version]}) is missing")
        said = orjson.loads(payload)
        if said["case"] != id or said["digest"] != digest(held, running, parts):
            return Broken(f"case {id}", None, "its state in the records is not the one that was chained")
    if clocks.left() or parties.left():
        return Broken("table case_clock", None, "there are clocks or parties of a case that is not there")
    return count


def _evidence(connection: Connection, home: Home, proven: Pieces, number: int | None, read: bool) -> Broken | int:
    """Hold each piece of evidence against the chain's words, both ways, and its file against its hash."""
    ids = {row.number: row.id for row in connection.execute(select(case_file.c.number, case_file.c.id))}
    numbers = {id: held for held, id in ids.items()}
    evidence = _Grouped(_rows(connection, case_evidence, number, "id"))
    found: dict[str, dict[int, Evidence]] = {}
    for case in evidence.cases():
        id = ids.get(case, "")
        found[id] = {one.id: one for one in Reading(connection).evidence(case)}
    store, checked, count = Files(home), set[str](), 0
    for id in sorted({*found, *proven}, key=lambda one: numbers.get(one, 0)):
        held, chained = found.get(id, {}), proven.get(id, {})
        for piece in sorted({*held, *chained}):
            count += 1
            if piece not in held:
                return Broken(f"case {id}", None, f"evidence {piece} was chained and is not in the records")
            one = held[piece]
            if chained.get(piece) != described(one):
                return Broken(f"case {id}", None, f"evidence {piece} in the records is not what was chained")
            if read and one.sha256 not in checked:
                now = store.digest(one.sha256)
                if now != one.sha256:
                    why = "is missing" if now is None else f"has changed: its SHA-256 is now {now}"
                    path = store.path(one.sha256).relative_to(home.path)
                    return Broken(f"case {id}", None, f"the file of evidence {piece} ({one.name}) {why}", str(path))
                checked.add(one.sha256)
    return count


def _rows(
    connection: Connection, table: Any, number: int | None, *order: str, columns: Sequence[str] = ()
) -> Iterable[Any]:
    """Rows of a table (the case first, then ``columns``, or all of it) in the order of cases."""
    wanted = [table.c.case, *(table.c[name] for name in columns)] if columns else [table]
    query = select(*wanted).order_by(table.c.case, *(table.c[name] for name in order))
    if number is not None:
        query = query.where(table.c.case == number)
    return connection.execute(query.execution_options(yield_per=5000))


class _Grouped:
    """Rows of a table in the order of cases, handed out case by case."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = iter(rows)
        self._next: Any = next(self._rows, None)

    def of(self, number: int) -> list[Any]:
        """The rows of a case; cases must be asked for in order."""
        found = []
        while self._next is not None and self._next.case == number:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found

    def cases(self) -> Iterator[int]:
        """The cases that have rows, one after another."""
        while self._next is not None:
            number = int(self._next.case)
            self.of(number)
            yield number

    def left(self) -> bool:
        """Whether rows are left that nobody asked for."""
        return self._next is not None
