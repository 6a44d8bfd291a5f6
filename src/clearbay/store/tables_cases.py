"""The tables of cases: where each stands, what was done, what proves it, which clocks run.

``case_action.payload`` holds the very bytes that the audit chain holds; ``case_file.head`` is the link of the case's
newest action. Times are microseconds UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from clearbay.store.tables import metadata

case_playbook = Table(
    "case_playbook",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("text", Text, nullable=False),
)
"""Every playbook under which a case was ever opened here, word for word: a case ends under the rules it began with."""

case_file = Table(
    "case_file",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("request", Text),
    Column("playbook", Text, nullable=False),
    Column("playbook_version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("grade", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("assignee", Text, nullable=False),
    Column("assignee_name", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("property", Text, nullable=False),
    Column("limit", JSON(none_as_null=True)),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("place", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("entered", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("due", BigInteger),
    Column("due_for", Text, nullable=False),
    Column("escalated", SmallInteger, nullable=False),
    Column("suspended", BigInteger),
    Column("suspended_for", Text, nullable=False),
    Column("closed", BigInteger),
    Column("reopened", Integer, nullable=False),
    Column("worse", BigInteger),
    Column("watch_until", BigInteger),
    Column("watch_seen", BigInteger),
    Column("merged_into", Text, nullable=False),
    Column("split_from", Text, nullable=False),
    Column("generated", Boolean, nullable=False),
    Column("sort", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
    UniqueConstraint("id"),
    UniqueConstraint("series", "serial"),
    UniqueConstraint("request"),
    Index("ix_case_file_desk", "status", "area", "sort", "number"),
    Index("ix_case_file_all", "status", "sort", "number"),
    Index("ix_case_file_count", "status", "area", "jurisdiction", "stage", "sort", "opened", "worse"),
    Index("ix_case_file_assignee", "assignee", "status", "sort"),
    Index("ix_case_file_opened_by", "opened_by", "jurisdiction", "number"),
    Index("ix_case_file_station", "station", "property", "status"),
    Index("ix_case_file_watch", "watch_until"),
    Index("ix_case_file_suspended", "suspended"),
    Index("ix_case_file_updated", "updated"),
    Index("ix_case_file_event", "event"),
)
"""``area`` is the city's (or SAR's) four digits of ``jurisdiction``: a desk reads one city in the order of its
deadlines. ``sort`` is ``due``, or the end of time where nothing is due; ``request`` a client's own key for opening it,
so that a request sent twice opens one case."""

case_party = Table(
    "case_party",
    metadata,
    Column("case", Integer, ForeignKey("case_file.number"), primary_key=True, autoincrement=False),
    Column("jurisdiction", Text, primary_key=True),
    Column("part", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("done", BigInteger),
    Index(None, "jurisdiction"),
)

case_clock = Table(
    "case_clock",
    metadata,
    Column("case", Integer, ForeignKey("case_file.number"), primary_key=True, autoincrement=False),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("deadline", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("legs", JSON, nullable=False),
    Column("pauses", JSON, nullable=False),
    Column("due", BigInteger),
    Column("outcome", Text, nullable=False),
    Column("ended", BigInteger),
    Column("step", SmallInteger, nullable=False),
    Column("next", BigInteger),
    Column("uncertain", JSON, nullable=False),
    Index(None, "next"),
)
"""``next`` is when the next escalation is due, None when there is none: what a tick looks for."""

case_action = Table(
    "case_action",
    metadata,
    Column("case", Integer, ForeignKey("case_file.number"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("request", Text),
    Column("entry", BigInteger, nullable=False),
    Column("link", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("entry"),
    UniqueConstraint("case", "request"),
)
"""The timeline. Everything an action says stands in ``payload``; ``entry`` and ``link`` are its place in the chain."""

case_evidence = Table(
    "case_evidence",
    metadata,
    Column("case", Integer, ForeignKey("case_file.number"), primary_key=True, autoincrement=False),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("added", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("taken", BigInteger),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("place", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "sha256"),
)
"""Evidence of a case; the file itself lies in ``evidence/files`` under its SHA-256."""

TABLES = (case_playbook, case_file, case_party, case_clock, case_action, case_evidence)
