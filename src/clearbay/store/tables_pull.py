"""The table of sources that are fetched on a schedule: what is known of each between two tries."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from clearbay.store.tables import metadata

pulled_source = Table(
    "pulled_source",
    metadata,
    Column("id", Text, primary_key=True),
    Column("etag", Text),
    Column("modified", Text),
    Column("failures", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("trouble", Text, nullable=False),
)
"""``due`` is when it is asked next (microseconds UTC); ``trouble`` is the newest failure in words, else empty."""
