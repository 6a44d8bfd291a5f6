"""The tables of devices, and of the heads of evidence chains."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text

from clearbay.store.tables import metadata

chain_head = Table(
    "chain_head",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("link", Text, nullable=False),
)
"""Where an evidence chain stood when the newest commit was made: entries before it, and the last link (hexadecimal)."""

device = Table(
    "device",
    metadata,
    Column("mn", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("config", JSON, nullable=False),
    Column("decided", BigInteger),
    Index(None, "status"),
    Index(None, "station"),
)
"""A device by its MN. ``status`` is ``approved``, ``pending`` or ``refused``; ``config`` as in ``devices.Config``.
The entry ``devices`` of ``meta`` grows with every decision, so that a gateway in another process reads again."""

device_seen = Table(
    "device_seen",
    metadata,
    Column("mn", Text, primary_key=True),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("frames", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("version", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("recent", JSON, nullable=False),
    Index(None, "last_seen"),
)
"""What a gateway last heard of a device: when, how many frames, how many of them could not be read, the version it
speaks, the door it came through and its newest frames (bounded). Written behind, not with each packet."""

gap_request = Table(
    "gap_request",
    metadata,
    Column("mn", Text, primary_key=True),
    Column("command", Text, primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("end", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
)
"""Back-fill asked of a device for a gap: the extraction command, the gap (device's clock as microseconds UTC), how
often it was asked, when last, and what came of it (``asked``, ``answered``, ``refused``, ``given up``)."""
