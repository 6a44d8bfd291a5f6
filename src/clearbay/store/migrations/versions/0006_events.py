"""Events, and the river network."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    events(op)
    networks(op)


def events(op: Any) -> None:
    """Events, and the class of water asked of stations."""
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("property", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("worst", sa.Integer(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("sure", sa.Float(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("generated", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_ended_opened", "event", ["ended", "opened"])
    op.create_index("ix_event_station", "event", ["station"])
    op.create_index("ix_event_version", "event", ["version"])
    op.create_table(
        "event_target",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("station", name="pk_event_target"),
    )


def networks(op: Any) -> None:
    """River networks and the sites on them."""
    op.create_table(
        "network",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.JSON, nullable=False),
        sa.Column("layout", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("generated", sa.Boolean, nullable=False),
        sa.Column("reaches", sa.Integer, nullable=False),
        sa.Column("catchments", sa.Integer, nullable=False),
        sa.Column("warnings", sa.JSON, nullable=False),
        sa.Column("imported_at", sa.BigInteger, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_network"),
    )
    op.create_table(
        "network_site",
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.JSON, nullable=False),
        sa.Column("longitude", sa.Double, nullable=False),
        sa.Column("latitude", sa.Double, nullable=False),
        sa.Column("reach", sa.Text, nullable=False),
        sa.Column("below_km", sa.Double, nullable=False),
        sa.Column("off_m", sa.Double, nullable=False),
        sa.Column("station", sa.Text),
        sa.Column("details", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("network", "id", name="pk_network_site"),
        sa.ForeignKeyConstraint(["network"], ["network.id"], name="fk_network_site_network_network"),
    )
    op.create_index("ix_network_site_station", "network_site", ["station"])
