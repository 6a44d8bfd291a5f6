"""Cases of events, figures of cases, notices and their outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa
import yaml
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017
_AT_ONCE = 5000


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables; fill the figures of the cases that there are from their timelines."""
    op.create_table(
        "case_finding",
        sa.Column("event", sa.Integer(), autoincrement=False, nullable=False),
        *_whole("case"),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        *_whole("severity"),
        sa.Column("trace_at", sa.BigInteger()),
        *_whole("traces"),
        sa.Column("traced", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["case_file.number"], name="fk_case_finding_case_case_file"),
        sa.PrimaryKeyConstraint("event", name="pk_case_finding"),
    )
    op.create_index("ix_case_finding_case", "case_finding", ["case"])
    op.create_index("ix_case_finding_trace_at", "case_finding", ["trace_at"])
    op.create_index("ix_case_file_event", "case_file", ["event"])
    op.create_table(
        "case_pace",
        sa.Column("case", sa.Integer(), autoincrement=False, nullable=False),
        *_text("playbook", "jurisdiction", "status", "stage"),
        sa.Column("generated", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in ("judged", "handled", "closed", "due")),
        *_whole("reopened", "met", "late"),
        sa.ForeignKeyConstraint(["case"], ["case_file.number"], name="fk_case_pace_case_case_file"),
        sa.PrimaryKeyConstraint("case", name="pk_case_pace"),
    )
    op.create_index("ix_case_pace_opened", "case_pace", ["opened"])
    op.create_table(
        "notice",
        *_whole("id"),
        *_text("person", "kind"),
        *_whole("case", "seq"),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("read", sa.BigInteger()),
        sa.ForeignKeyConstraint(["case"], ["case_file.number"], name="fk_notice_case_case_file"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("person", "case", "seq", "kind", name="uq_notice_person_case_seq_kind"),
    )
    op.create_index("ix_notice_person_id", "notice", ["person", "id"])
    op.create_index("ix_notice_person_read", "notice", ["person", "read"])
    op.create_table(
        "notice_way",
        *_text("person", "way"),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        *_text("address", "secret"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "way", name="pk_notice_way"),
    )
    op.create_table(
        "notice_push",
        *_text("endpoint", "person", "p256dh", "auth", "agent"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name="pk_notice_push"),
    )
    op.create_index("ix_notice_push_person", "notice_push", ["person"])
    op.create_table(
        "notice_outbox",
        *_whole("id", "notice"),
        *_text("way", "target", "state"),
        *_whole("tries"),
        sa.Column("next", sa.BigInteger(), nullable=False),
        *_text("error"),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger()),
        sa.ForeignKeyConstraint(["notice"], ["notice.id"], name="fk_notice_outbox_notice_notice"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_outbox"),
        sa.UniqueConstraint("notice", "way", "target", name="uq_notice_outbox_notice_way_target"),
    )
    op.create_index("ix_notice_outbox_state_next", "notice_outbox", ["state", "next"])
    _fill(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_case_file_event", "case_file")
    for name in ("notice_outbox", "notice_push", "notice_way", "notice", "case_pace", "case_finding"):
        op.drop_table(name)


def _fill(connection: Any) -> None:
    stages = _stages(connection)
    held: list[dict[str, Any]] = []
    pace = sa.table("case_pace", *(sa.column(name) for name in _COLUMNS))
    for row in _rows(connection, stages):
        held.append(row)
        if len(held) >= _AT_ONCE:
            connection.execute(sa.insert(pace), held)
            held = []
    if held:
        connection.execute(sa.insert(pace), held)
    # Events found before cases opened by themselves open none.
    version = connection.execute(sa.text("SELECT value FROM meta WHERE key = 'events_version'")).scalar()
    if version is not None:
        connection.execute(
            sa.text("INSERT INTO meta (key, value) VALUES ('findings_seen', :value)"), {"value": str(version)}
        )


_COLUMNS = (
    "case", "playbook", "jurisdiction", "status", "stage", "generated", "opened", "judged", "handled", "closed", "due",
    "reopened", "met", "late",
)  # fmt: skip


def _stages(connection: Any) -> dict[tuple[str, int], dict[str, str]]:
    found = {}
    for id, version, text in connection.execute(sa.text("SELECT id, version, text FROM case_playbook")):
        content = yaml.safe_load(text) or {}
        found[id, version] = {str(one.get("id")): str(one.get("stage")) for one in content.get("states", ())}
    return found


def _rows(connection: Any, stages: dict[tuple[str, int], dict[str, str]]) -> Iterator[dict[str, Any]]:
    file = sa.table(
        "case_file",
        *(sa.column(name) for name in ("number", "playbook", "playbook_version", "jurisdiction", "status", "stage",
                                       "opened", "due", "reopened")),
        sa.column("generated", sa.Boolean()),
    )  # fmt: skip
    cases = {row.number: row for row in connection.execute(sa.select(file))}
    clocks: dict[int, dict[str, int]] = {}
    counted = 'SELECT "case", outcome, COUNT(*) FROM case_clock GROUP BY "case", outcome'
    for number, outcome, count in connection.execute(sa.text(counted)):
        clocks.setdefault(number, {})[outcome] = count
    actions = connection.execute(sa.text('SELECT "case", payload FROM case_action ORDER BY "case", seq'))
    for number, group in groupby(actions, key=lambda row: row[0]):
        case = cases[number]
        stage_of = stages.get((case.playbook, case.playbook_version), {})
        first: dict[str, int] = {}
        for _, payload in group:
            said = orjson.loads(bytes(payload))
            stage = stage_of.get(said["to"], "found")
            time = (datetime.fromisoformat(said["time"]) - _EPOCH) // timedelta(microseconds=1)
            if stage != "found":
                first.setdefault("judged", time)
            if stage in ("handled", "closed"):
                first.setdefault(stage, time)
        yield {
            "case": number,
            "playbook": case.playbook,
            "jurisdiction": case.jurisdiction,
            "status": case.status,
            "stage": case.stage,
            "generated": case.generated,
            "opened": case.opened,
            **{name: first.get(name) for name in ("judged", "handled", "closed")},
            "due": case.due,
            "reopened": case.reopened,
            "met": clocks.get(number, {}).get("met", 0),
            "late": clocks.get(number, {}).get("late", 0),
        }
