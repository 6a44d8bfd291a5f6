"""The table of API keys: only a hash of each key is kept."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text, UniqueConstraint

from clearbay.store.tables import metadata

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("last_used", BigInteger),
    Column("revoked", BigInteger),
    UniqueConstraint("hash"),
)
"""``hash`` is the SHA-256 of the key as hexadecimal text. Times are microseconds UTC; ``revoked`` is None while the
key is good."""
