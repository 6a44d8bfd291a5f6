"""The records' schema."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from clearbay.model.errors import StoreError
from clearbay.store import Home, records, trouble
from clearbay.store.tables import HEAD, metadata


def test_migrations_lead_to_the_tables(home: Home) -> None:
    """A database brought up by the shipped migrations is the one that the code describes."""
    with home.records.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_the_head_is_the_newest_migration() -> None:
    """``HEAD`` names the last shipped migration."""
    assert ScriptDirectory(str(Path(records.__file__).parent / "migrations")).get_current_head() == HEAD


def test_sqlite_is_durable(home: Home) -> None:
    """WAL for readers who never wait, FULL so that what was acknowledged survives a loss of power."""
    if home.records.dialect == "sqlite":
        with home.records.read() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_writer_sees_the_store_alone(home: Home) -> None:
    """Counters are bumped under the writer's lock, and a transaction that fails leaves them as they were."""
    before = home.data_version
    try:
        with home.records.write() as connection:
            assert records.bump(connection, "data_version") == before + 1
            raise RuntimeError
    except RuntimeError:
        pass
    assert home.data_version == before


def test_trouble_names_the_way_out() -> None:
    """What a disk says becomes a sentence an operator can act on."""
    full = trouble.said(OSError(28, "No space left on device"), "store")
    denied = trouble.said(PermissionError(13, "Permission denied"), "store")
    assert isinstance(full, StoreError)
    assert "free some space" in str(full)
    assert "may not write" in str(denied)
