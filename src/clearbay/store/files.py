"""Whole files that were imported: the same file is known at once the next time."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Select, delete, insert, select

from clearbay.store.clock import micros, now
from clearbay.store.results import ImportedFile, IngestResult
from clearbay.store.tables import imported_file as table

_QUERY: Select[Any] = select(
    table.c.sha256, table.c.source, table.c.name, table.c.rows, table.c.new, table.c.revised, table.c.duplicate,
    table.c.imported_at,
)  # fmt: skip


def _file(row: Any) -> ImportedFile:
    moment = pa.scalar(row.imported_at, pa.timestamp("us")).as_py()
    return ImportedFile(**{**row._mapping, "imported_at": moment})


def find(connection: Connection, sha256: str, source: str) -> ImportedFile | None:
    """The file as imported earlier, or None."""
    row = connection.execute(_QUERY.where(table.c.sha256 == sha256, table.c.source == source)).first()
    return None if row is None else _file(row)


def every(connection: Connection) -> tuple[ImportedFile, ...]:
    """All imported files, oldest first."""
    return tuple(_file(row) for row in connection.execute(_QUERY.order_by(table.c.imported_at, table.c.name)))


def record(connection: Connection, file: ImportedFile, result: IngestResult | None = None) -> None:
    """Remember a file, with what became of its rows."""
    row = {
        "sha256": file.sha256,
        "source": file.source,
        "name": file.name,
        "rows": file.rows,
        "new": result.new if result else file.new,
        "revised": result.revised if result else file.revised,
        "duplicate": result.duplicate if result else file.duplicate,
        "imported_at": micros(file.imported_at or now()),
    }
    connection.execute(delete(table).where(table.c.sha256 == file.sha256, table.c.source == file.source))
    connection.execute(insert(table), [row])
