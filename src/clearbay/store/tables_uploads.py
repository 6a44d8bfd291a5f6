"""The tables of files on their way in, and of complaints that their reporters follow without an account."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Table, Text, UniqueConstraint

from clearbay.store.tables import metadata

upload = Table(
    "upload",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("complaint", Text, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("taken", BigInteger),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("place", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("evidence", Integer),
    UniqueConstraint("request"),
    Index(None, "owner"),
    Index(None, "expires"),
)
"""A file that comes in parts. ``request`` is its owner's own name for it, so that it is begun once; ``complaint`` the
reporter of a complaint where no account stands behind it; ``sha256`` what the sender says it will be (empty: not said);
``evidence`` its number in the case once it is whole. How much of it is here says the part on the disk. Times are
microseconds UTC."""

complaint = Table(
    "complaint",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("reporter", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    UniqueConstraint("reporter"),
    UniqueConstraint("case"),
)
"""``hash`` is the SHA-256 of the code with which a complaint is followed; ``reporter`` is who acts in the case for
whoever holds the code. The code itself, of 120 bits, is kept nowhere."""
