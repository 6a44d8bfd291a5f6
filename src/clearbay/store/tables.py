"""The tables of the records: the same in SQLite and in PostgreSQL.

Times are microseconds since 1970-01-01T00:00Z in 64-bit integers: exact, compact, and one cast away from Arrow.
``version`` columns hold the ``data_version`` at which a row last changed, so that a reader fetches only what is new.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

HEAD = "0010"
"""The newest revision of the schema, as Alembic numbers it."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""``home`` (its identity), ``data_version``, ``history_version``, ``generation`` (of history files), ``block`` (the
last number given to one), ``state_version`` (up to which ``datastream_state`` holds),
``forgotten`` (how often stations or datastreams were taken away), ``revised`` (batches that changed values, once there
was one)."""

station = Table(
    "station",
    metadata,
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", JSON, nullable=False),
    Column("medium", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("programme", Text, nullable=False),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("zone", Text, nullable=False),
    Column("water", JSON(none_as_null=True)),
    Column("water_type", Text, nullable=False),
    Column("utc_offset", Integer, nullable=False),
)

datastream = Table(
    "datastream",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("station", Text, ForeignKey("station.id"), nullable=False),
    Column("property", Text, nullable=False),
    Column("depth", Text, nullable=False),
    Column("averaging", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    UniqueConstraint("station", "property", "depth", "averaging"),
    Index(None, "version"),
)
"""The number of each datastream; ``version`` is the data version in which it appeared."""

datastream_state = Table(
    "datastream_state",
    metadata,
    Column("segment", Integer, primary_key=True, autoincrement=False),
    Column("bytes", LargeBinary, nullable=False),
)
"""Count, span and newest observation of every datastream as of the data version ``state_version`` (in ``meta``), as
columns; what came later is in blocks. See ``state``."""

hot_block = Table(
    "hot_block",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("level", SmallInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("revising", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Index(None, "version"),
)
"""Observations not yet in history, many a row, never changed. ``version`` is the newest data version among them; a
``level`` above 0 is made of smaller blocks, all of them no newer than the kept state. See ``hot``."""

imported_file = Table(
    "imported_file",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("new", BigInteger, nullable=False),
    Column("revised", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
)

history_file = Table(
    "history_file",
    metadata,
    Column("name", Text, primary_key=True),
    Column("month", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("retired_at", BigInteger),
    Column("layout", Integer, nullable=False),
    Column("first", BigInteger),
    Column("last", BigInteger),
    Index(None, "month"),
)
"""Which Parquet files are history now. ``kind`` is ``current`` (the newest revision of each observation) or
``superseded`` (all earlier ones); ``retired_at`` is set once a newer file has taken its place. Files of ``layout`` 1
have no column ``averaging``: all they hold are sample values. ``first`` and ``last`` are the edges of their times (None
where they were not noted)."""
