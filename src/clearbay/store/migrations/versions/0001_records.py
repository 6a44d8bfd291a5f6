"""The first tables: meta, station, datastream, hot, latest, imported_file, history_file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "station",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("longitude", sa.Double()),
        sa.Column("latitude", sa.Double()),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("water", sa.JSON(none_as_null=True)),
        sa.Column("water_type", sa.Text(), nullable=False),
        sa.Column("utc_offset", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_station"),
    )
    op.create_table(
        "datastream",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("property", sa.Text(), nullable=False),
        sa.Column("depth", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name="fk_datastream_station_station"),
        sa.PrimaryKeyConstraint("id", name="pk_datastream"),
        sa.UniqueConstraint("station", "property", "depth", name="uq_datastream_station_property_depth"),
    )
    op.create_index("ix_datastream_version", "datastream", ["version"])
    op.create_table(
        "hot",
        sa.Column("datastream", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("censoring", sa.Text(), nullable=False),
        sa.Column("flag", sa.SmallInteger(), nullable=False),
        sa.Column("result_time", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["datastream"], ["datastream.id"], name="fk_hot_datastream_datastream"),
        sa.PrimaryKeyConstraint("datastream", "time", "revision", name="pk_hot"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hot_version", "hot", ["version"])
    op.create_table(
        "latest",
        sa.Column("datastream", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("censoring", sa.Text(), nullable=False),
        sa.Column("flag", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("result_time", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["datastream"], ["datastream.id"], name="fk_latest_datastream_datastream"),
        sa.PrimaryKeyConstraint("datastream", name="pk_latest"),
    )
    op.create_table(
        "imported_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.Column("revised", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "source", name="pk_imported_file"),
    )
    op.create_table(
        "history_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_history_file"),
    )
    op.create_index("ix_history_file_month", "history_file", ["month"])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("history_file", "imported_file", "latest", "hot", "datastream", "station", "meta"):
        op.drop_table(name)
