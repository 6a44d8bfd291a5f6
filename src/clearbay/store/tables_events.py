"""The tables of events: problems discovered, and what a class of water is asked of a station."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Index, Integer, Table, Text

from clearbay.store.tables import metadata

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("family", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("property", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("worst", Integer, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("sure", Float, nullable=False),
    Column("change", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("generated", Boolean, nullable=False),
    Column("content", JSON, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index(None, "ended", "opened"),
    Index(None, "station"),
    Index(None, "version"),
)
"""An event. ``opened`` is when the problem began, ``found`` when it was discovered, ``ended`` NULL while it is open;
``change`` the newest of new, worse, lowered, ended; ``origin`` is ``live``, ``scan`` or ``manual``; ``content`` its
members and timeline; ``version`` the events' version that wrote it last."""

event_target = Table(
    "event_target",
    metadata,
    Column("station", Text, primary_key=True),
    Column("family", Text, nullable=False),
    Column("grade", Text, nullable=False),
)
"""The class of a family of standards that is asked of a station's water."""
