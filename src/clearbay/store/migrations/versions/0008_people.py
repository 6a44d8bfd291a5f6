"""People: accounts, sessions, failed sign-ins, sign-ins under way at an identity provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "person",
        *_text("id", "name"),
        sa.Column("roles", sa.JSON(), nullable=False),
        *_text("jurisdiction", "email", "language"),
        sa.Column("stations", sa.JSON(), nullable=False),
        *_text("password"),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.Text()),
        sa.Column("subject", sa.Text()),
        *_times("created", "changed"),
        sa.Column("disabled", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("provider", "subject", name="uq_person_provider_subject"),
    )
    op.create_index("ix_person_jurisdiction", "person", ["jurisdiction"])
    op.create_table(
        "person_session",
        *_text("hash", "id", "person"),
        *_times("made", "seen", "ends"),
        *_text("agent", "address", "via"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_person_session_person_person"),
        sa.PrimaryKeyConstraint("hash", name="pk_person_session"),
    )
    op.create_index("ix_person_session_person", "person_session", ["person"])
    op.create_table(
        "sign_in_failure",
        *_text("subject"),
        sa.Column("failures", sa.Integer(), nullable=False),
        *_times("last", "until"),
        sa.PrimaryKeyConstraint("subject", name="pk_sign_in_failure"),
    )
    op.create_index("ix_sign_in_failure_last", "sign_in_failure", ["last"])
    op.create_table(
        "sign_in_flow",
        *_text("state", "provider", "browser", "nonce", "verifier"),
        *_times("made"),
        sa.PrimaryKeyConstraint("state", name="pk_sign_in_flow"),
    )
    op.create_index("ix_sign_in_flow_made", "sign_in_flow", ["made"])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("sign_in_flow", "sign_in_failure", "person_session", "person"):
        op.drop_table(name)
