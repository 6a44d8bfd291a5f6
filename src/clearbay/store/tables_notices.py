"""The tables of notices: who was told what, by which ways people want to be told, and what still has to be sent."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from clearbay.store.tables import metadata

notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("case", Integer, ForeignKey("case_file.number"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("data", JSON, nullable=False),
    Column("read", BigInteger),
    UniqueConstraint("person", "case", "seq", "kind"),
    Index(None, "person", "id"),
    Index(None, "person", "read"),
)
"""What a person was told of an action (``seq``) of a case. ``data`` is what the words are made from, in whatever
language they are asked for; ``read`` when the person had seen it."""

notice_way = Table(
    "notice_way",
    metadata,
    Column("person", Text, primary_key=True),
    Column("way", Text, primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("address", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)
"""How a person wants to be told beside the page itself: ``way`` is ``email`` or ``webhook``, ``address`` where (empty:
the account's own), ``secret`` what signs a webhook's messages."""

notice_push = Table(
    "notice_push",
    metadata,
    Column("endpoint", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Index(None, "person"),
)
"""Browsers that take pushed messages: where, and the keys that only they can read by (RFC 8291)."""

notice_outbox = Table(
    "notice_outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("notice", Integer, ForeignKey("notice.id"), nullable=False),
    Column("way", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next", BigInteger, nullable=False),
    Column("error", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("sent", BigInteger),
    UniqueConstraint("notice", "way", "target"),
    Index(None, "state", "next"),
)
"""What has to leave this node: written with the action it tells of, ``state`` ``waiting``, ``sent`` or ``dead``;
``next`` when it is tried again."""

TABLES = (notice, notice_way, notice_push, notice_outbox)
