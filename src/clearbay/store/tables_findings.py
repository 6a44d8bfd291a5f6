"""The tables that tie cases to what was found: which event has which case, and the narrow row that figures read."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from clearbay.store.tables import metadata

case_finding = Table(
    "case_finding",
    metadata,
    Column("event", Integer, primary_key=True, autoincrement=False),
    Column("case", Integer, ForeignKey("case_file.number"), nullable=False),
    Column("title", JSON, nullable=False),
    Column("told", JSON, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("trace_at", BigInteger),
    Column("traces", Integer, nullable=False),
    Column("traced", BigInteger, nullable=False),
    Index(None, "case"),
    Index(None, "trace_at"),
)
"""The case of an event of the detectors. ``title`` in the four languages; ``told`` the newest step of the event that
its case says, ``severity`` the worst that it was told; ``trace_at`` when it is traced next (NULL: not any more),
``traces`` how often it was, ``traced`` the home's data version when it was last."""

case_pace = Table(
    "case_pace",
    metadata,
    Column("case", Integer, ForeignKey("case_file.number"), primary_key=True, autoincrement=False),
    Column("playbook", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("generated", Boolean, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("judged", BigInteger),
    Column("handled", BigInteger),
    Column("closed", BigInteger),
    Column("due", BigInteger),
    Column("reopened", Integer, nullable=False),
    Column("met", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Index(None, "opened"),
)
"""What figures need of each case, in a row so narrow that a hundred thousand are read at once. ``judged``, ``handled``
and ``closed`` are when it first left the stage of being found, first was being handled, first closed; ``met`` and
``late`` how many of its clocks ended so."""

TABLES = (case_finding, case_pace)
