"""Cases, their clocks, parties, evidence and audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_case_file_desk": ["status", "area", "sort", "number"],
    "ix_case_file_all": ["status", "sort", "number"],
    "ix_case_file_count": ["status", "area", "jurisdiction", "stage", "sort", "opened", "worse"],
    "ix_case_file_assignee": ["assignee", "status", "sort"],
    "ix_case_file_opened_by": ["opened_by", "jurisdiction", "number"],
    "ix_case_file_station": ["station", "property", "status"],
    "ix_case_file_watch": ["watch_until"],
    "ix_case_file_suspended": ["suspended"],
    "ix_case_file_updated": ["updated"],
}


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "case_playbook",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        *_text("sha256", "text"),
        sa.PrimaryKeyConstraint("id", "version", name="pk_case_playbook"),
    )
    op.create_table(
        "case_file",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_text("id", "series"),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("request", sa.Text()),
        *_text("playbook"),
        sa.Column("playbook_version", sa.Integer(), nullable=False),
        *_text("title", "text", "state", "stage", "status"),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        *_text("grade", "jurisdiction", "area", "assignee", "assignee_name", "station", "property"),
        sa.Column("limit", sa.JSON(none_as_null=True)),
        sa.Column("longitude", sa.Double()),
        sa.Column("latitude", sa.Double()),
        *_text("place", "event", "origin"),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        *_text("opened_by"),
        sa.Column("entered", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        *_text("due_for"),
        sa.Column("escalated", sa.SmallInteger(), nullable=False),
        sa.Column("suspended", sa.BigInteger()),
        *_text("suspended_for"),
        sa.Column("closed", sa.BigInteger()),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("worse", sa.BigInteger()),
        sa.Column("watch_until", sa.BigInteger()),
        sa.Column("watch_seen", sa.BigInteger()),
        *_text("merged_into", "split_from"),
        sa.Column("generated", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.BigInteger(), nullable=False),
        *_text("head"),
        sa.PrimaryKeyConstraint("number", name="pk_case_file"),
        sa.UniqueConstraint("id", name="uq_case_file_id"),
        sa.UniqueConstraint("series", "serial", name="uq_case_file_series_serial"),
        sa.UniqueConstraint("request", name="uq_case_file_request"),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "case_file", columns)
    op.create_table(
        "case_party",
        sa.Column("case", sa.Integer(), autoincrement=False, nullable=False),
        *_text("jurisdiction", "part", "task"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger()),
        sa.ForeignKeyConstraint(["case"], ["case_file.number"], name="fk_case_party_case_case_file"),
        sa.PrimaryKeyConstraint("case", "jurisdiction", name="pk_case_party"),
    )
    op.create_index("ix_case_party_jurisdiction", "case_party", ["jurisdiction"])
    op.create_table(
        "case_clock",
        sa.Column("case", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *_text("deadline"),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("legs", sa.JSON(), nullable=False),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        *_text("outcome"),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("next", sa.BigInteger()),
        sa.Column("uncertain", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case_file.number"], name="fk_case_clock_case_case_file"),
        sa.PrimaryKeyConstraint("case", "id", name="pk_case_clock"),
    )
    op.create_index("ix_case_clock_next", "case_clock", ["next"])
    op.create_table(
        "case_action",
        sa.Column("case", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("request", sa.Text()),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        *_text("link"),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case_file.number"], name="fk_case_action_case_case_file"),
        sa.PrimaryKeyConstraint("case", "seq", name="pk_case_action"),
        sa.UniqueConstraint("entry", name="uq_case_action_entry"),
        sa.UniqueConstraint("case", "request", name="uq_case_action_case_request"),
    )
    op.create_table(
        "case_evidence",
        sa.Column("case", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        *_text("sha256", "name", "media_type"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *_text("kind"),
        sa.Column("added", sa.BigInteger(), nullable=False),
        *_text("by"),
        sa.Column("taken", sa.BigInteger()),
        sa.Column("longitude", sa.Double()),
        sa.Column("latitude", sa.Double()),
        *_text("place", "note"),
        sa.ForeignKeyConstraint(["case"], ["case_file.number"], name="fk_case_evidence_case_case_file"),
        sa.PrimaryKeyConstraint("case", "id", name="pk_case_evidence"),
    )
    op.create_index("ix_case_evidence_sha256", "case_evidence", ["sha256"])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("case_evidence", "case_action", "case_clock", "case_party", "case_file", "case_playbook"):
        op.drop_table(name)
