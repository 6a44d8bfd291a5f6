"""Files that come in parts, and complaints that are followed by a code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "upload",
        *_text("id", "request", "owner", "case", "complaint"),
        sa.Column("length", sa.BigInteger(), nullable=False),
        *_text("sha256", "name", "media_type", "kind"),
        sa.Column("taken", sa.BigInteger()),
        sa.Column("longitude", sa.Double()),
        sa.Column("latitude", sa.Double()),
        *_text("place", "note", "key"),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("request", name="uq_upload_request"),
    )
    op.create_index("ix_upload_owner", "upload", ["owner"])
    op.create_index("ix_upload_expires", "upload", ["expires"])
    op.create_table(
        "complaint",
        *_text("hash", "reporter", "case", "language"),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_complaint"),
        sa.UniqueConstraint("reporter", name="uq_complaint_reporter"),
        sa.UniqueConstraint("case", name="uq_complaint_case"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("complaint")
    op.drop_table("upload")
