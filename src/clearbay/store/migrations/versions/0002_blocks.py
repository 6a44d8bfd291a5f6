"""Hot observations in blocks; averaging of a datastream."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    # SQLite makes a table anew to change its constraints, which the tables that refer to it must not see.
    for name in ("hot", "latest"):
        op.execute(f"CREATE TABLE kept_{name} AS SELECT * FROM {name}")
        op.drop_table(name)
    with op.batch_alter_table("datastream") as batch:
        batch.add_column(sa.Column("averaging", sa.Text(), nullable=False, server_default=""))
        batch.drop_constraint("uq_datastream_station_property_depth", type_="unique")
        batch.create_unique_constraint(
            "uq_datastream_station_property_depth_averaging", ["station", "property", "depth", "averaging"]
        )
    op.add_column("history_file", sa.Column("layout", sa.Integer(), nullable=False, server_default="1"))
    _hot_and_latest()
    for name in ("hot", "latest"):
        op.execute(f"INSERT INTO {name} SELECT * FROM kept_{name}")
        op.drop_table(f"kept_{name}")


def _hot_and_latest() -> None:
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
