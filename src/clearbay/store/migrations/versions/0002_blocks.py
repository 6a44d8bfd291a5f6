"""Hot observations in blocks; averaging of a datastream."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROWS = 100_000


def upgrade() -> None:
    """Create the tables, and bring what the old ones hold into them."""
    op.create_table(
        "hot_block",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("revising", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hot_block"),
    )
    op.create_index("ix_hot_block_version", "hot_block", ["version"])
    op.create_table(
        "datastream_state",
        sa.Column("segment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("segment", name="pk_datastream_state"),
    )
    op.add_column("history_file", sa.Column("layout", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("history_file", sa.Column("first", sa.BigInteger()))
    op.add_column("history_file", sa.Column("last", sa.BigInteger()))
    connection = op.get_bind()
    _counters(connection)
    _state(connection)
    _blocks(connection)
    op.drop_table("hot")
    op.drop_table("latest")  # SQLite makes datastream anew, which nothing that refers to it must see
    with op.batch_alter_table("datastream") as batch:
        for name in ("count", "first", "last"):
            batch.drop_column(name)
        batch.add_column(sa.Column("averaging", sa.Text(), nullable=False, server_default=""))
        batch.drop_constraint("uq_datastream_station_property_depth", type_="unique")
        batch.create_unique_constraint(
            "uq_datastream_station_property_depth_averaging", ["station", "property", "depth", "averaging"]
        )


def _counters(connection: sa.Connection) -> None:
    version = connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'data_version'").scalar()
    if version is not None:  # else the home is being made, and gets its counters when it has its tables
        insert = sa.text("INSERT INTO meta (key, value) VALUES (:key, :value)")
        counters = {"block": "0", "state_version": version, "forgotten": "0"}
        connection.execute(insert, [{"key": key, "value": value} for key, value in counters.items()])


def _state(connection: sa.Connection) -> None:
    from clearbay.store import hot, state

    query = (
        "SELECT d.id, d.count, d.first, d.last, l.value, l.censoring, l.flag, l.revision, l.result_time"
        " FROM datastream d JOIN latest l ON l.datastream = d.id"
    )
    rows: Any = connection.exec_driver_sql(query).all()
    if not rows:
        return
    ids, *columns = zip(*rows, strict=True)
    known = state.State()
    known.grow(max(ids) + 1)
    for name, column in zip(state.KINDS, columns, strict=True):
        values = [hot.CENSORINGS.index(word) for word in column] if name == "censoring" else column
        known.columns[name][list(ids)] = np.array(values, dtype=state.KINDS[name][0])
    known.touched = set(range(max(ids) // state.SEGMENT + 1))
    state.save(connection, known)


def _blocks(connection: sa.Connection) -> None:
    from clearbay.store import hot

    version = int(connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'data_version'").scalar() or 0)
    result = connection.exec_driver_sql(
        "SELECT datastream, time, revision, value, censoring, flag, result_time FROM hot ORDER BY time"
    )
    while rows := result.fetchmany(_ROWS):
        table = pa.table(dict(zip(hot.HOT.names, map(list, zip(*rows, strict=True)), strict=True)))
        hot.insert(connection, hot.conformed(table), version, level=1)
