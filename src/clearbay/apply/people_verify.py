"""Whether the accounts in the records are those that the chain ``people`` tells of."""

from __future__ import annotations

from pathlib import Path

import orjson
from sqlalchemy import Connection, select

from clearbay.store import audit, chain
from clearbay.store.cases import ACTION, VOID
from clearbay.store.chain import Position
from clearbay.store.people import COLUMNS, digest
from clearbay.store.tables_people import person


def altered(connection: Connection, directory: Path, known: Position | None) -> str:
    """Whose account is not what its newest entry made of it, in words; empty where all are.

    The chain itself must have been verified before. Entries that never counted are passed over.
    """
    told: dict[str, tuple[int, str]] = {}
    found: list[tuple[int, str, str]] = []
    void: list[tuple[int, int]] = []
    committed = known.entries if known else 0
    for entry in chain.entries(directory, audit.CHAIN):
        said = orjson.loads(entry.data)
        if entry.kind == VOID:
            void.append((said["void"][0], said["void"][1]))
        elif entry.kind == ACTION and entry.seq < committed and "digest" in said["data"]:
            found.append((entry.seq, said["about"], said["data"]["digest"]))
    for seq, about, made in found:
        if not any(first <= seq < after for first, after in void):
            told[about] = seq, made
    held = {row.id: row for row in connection.execute(select(person))}
    for id in sorted({*held, *told}):
        if id not in told:
            return f"the account {id} is in no entry of the chain"
        if id not in held:
            return f"the account {id} (entry {told[id][0]}) is missing from the records"
        if digest({name: held[id]._mapping[name] for name in COLUMNS}) != told[id][1]:
            return f"the account {id} is not what entry {told[id][0]} made of it"
    return ""
