"""The table of manual reviews: who set which flag over which span, when and why, and who took it back."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text

from clearbay.store.tables import metadata

review = Table(
    "review",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("station", Text, nullable=False),
    Column("property", Text, nullable=False),
    Column("depth", Text, nullable=False),
    Column("averaging", Text, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("flag", SmallInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("changed", BigInteger),
    Column("reverted", BigInteger),
    Column("reverted_by", Text),
    Column("reverted_key", Text),
    Column("reverted_reason", Text),
    Column("reverted_changed", BigInteger),
    Index(None, "station", "property"),
)
"""``start`` is included in the span, ``end`` is not. ``made`` is the ``result_time`` of the revisions that carry the
flag. ``changed`` (and ``reverted_changed``) say how many values changed, None until that is done: a process that dies
in between leaves it to the next. ``key`` is the API key that was used, empty on the spot."""
