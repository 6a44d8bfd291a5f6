"""The audit chain ``people``: who signed in, who was made what by whom, who decided over devices, reviews and keys.

An entry is written in the transaction that does what it tells of, and is on disk before that transaction commits: what
was done cannot be missing from the chain. An entry whose transaction never committed is named void by the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from clearbay.model.case import Actor
from clearbay.store import chain_heads
from clearbay.store.cases import ACTION, VOID, canonical, iso, micros
from clearbay.store.chain import Chain, Position
from clearbay.store.home import Home
from clearbay.store.tables_devices import chain_head

CHAIN = "people"
SEGMENT = 256 * 1024
"""Bytes of a segment: a write reads the last one over before it appends, so it is small."""

SYSTEM = Actor("system", "clearbay", frozenset(), "")
"""Who did what nobody in particular did: a sign-in that failed, a session that the node ended."""


def note(
    home: Home,
    connection: Connection,
    kind: str,
    *,
    by: Actor | None,
    about: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Chain one entry within a transaction under the writer's lock.

    ``kind`` says what was done, ``by`` who did it (None: the node itself), ``about`` to whom or what.
    """
    actor = by or SYSTEM
    moment = datetime.now(UTC)
    content = {
        "kind": kind,
        "time": iso(moment),
        "actor": {"id": actor.id, "name": actor.name},
        "about": about,
        "data": dict(data or {}),
    }
    row = connection.execute(select(chain_head.c.entries, chain_head.c.link).where(chain_head.c.chain == CHAIN)).first()
    known = None if row is None else Position(row.entries, bytes.fromhex(row.link))
    with Chain.open(home.evidence, CHAIN, known=known, segment_bytes=SEGMENT) as chain:
        first, after = known.entries if known else 0, chain.position.entries
        if after > first:
            chain.append([canonical({"void": [first, after]})], kind=VOID)
        chain.append([canonical(content)], kind=ACTION, time=micros(moment))
        chain.sync()
        chain_heads.record(connection, CHAIN, chain.position)
