"""Devices, what was heard of them, back-fill asked of them, and the heads of evidence chains."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "chain_head",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_chain_head"),
    )
    op.create_table(
        "device",
        sa.Column("mn", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("decided", sa.BigInteger()),
        sa.PrimaryKeyConstraint("mn", name="pk_device"),
    )
    op.create_index("ix_device_status", "device", ["status"])
    op.create_index("ix_device_station", "device", ["station"])
    op.create_table(
        "device_seen",
        sa.Column("mn", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("frames", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("mn", name="pk_device_seen"),
    )
    op.create_index("ix_device_seen_last_seen", "device_seen", ["last_seen"])
    op.create_table(
        "gap_request",
        sa.Column("mn", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mn", "command", "start", name="pk_gap_request"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("gap_request", "device_seen", "device", "chain_head"):
        op.drop_table(name)
