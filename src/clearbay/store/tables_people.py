"""The tables of people: accounts, sessions, failed sign-ins, and sign-ins under way at an identity provider.

Nothing here opens a door by itself: of a password its Argon2id hash is kept, of a session, a state and a browser's
mark their SHA-256. (The verifier of a sign-in under way is kept as it is: it must be sent, and opens nothing without
the code.) Times are microseconds UTC.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from clearbay.store.tables import metadata

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("stations", JSON, nullable=False),
    Column("password", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("provider", Text),
    Column("subject", Text),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("disabled", BigInteger),
    UniqueConstraint("provider", "subject"),
    Index(None, "jurisdiction"),
)
"""``password`` is the encoded Argon2id hash, empty where the person signs in elsewhere."""

person_session = Table(
    "person_session",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Column("person", Text, ForeignKey("person.id"), nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("agent", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("via", Text, nullable=False),
    Index(None, "person"),
)
"""``hash`` is the SHA-256 of what the cookie carries, ``id`` its first digits; ``ends`` is the absolute end."""

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index(None, "last"),
)
"""Failures in a row of an account (known or not, by the hash of what was typed) and of an address."""

sign_in_flow = Table(
    "sign_in_flow",
    metadata,
    Column("state", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Index(None, "made"),
)
"""A sign-in that has gone to an identity provider and not come back; each is used once."""
