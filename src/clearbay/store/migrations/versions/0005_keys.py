"""API keys, SensorThings entities, what observations carry beside their values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("last_used", sa.BigInteger()),
        sa.Column("revoked", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("hash", name="uq_api_key_hash"),
    )
    op.create_table(
        "sta_entity",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True)),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_sta_entity"),
    )
    op.create_index("ix_sta_entity_version", "sta_entity", ["version"])
    op.create_table(
        "sta_observation",
        sa.Column("datastream", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("feature", sa.Text()),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("datastream", "time", name="pk_sta_observation"),
    )
    op.create_index("ix_sta_observation_feature", "sta_observation", ["feature"])
    op.execute("INSERT INTO meta (key, value) VALUES ('sta_version', '0'), ('sta_number', '0')")
    op.create_table(
        "pulled_source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("modified", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pulled_source"),
    )
