"""The analytical engine: one DuckDB in memory, which holds nothing itself and reads what others own."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import duckdb

MEMORY_LIMIT = "2GB"
"""What the engine may take before it spills to disk; a whole process stays under 3 GB with it."""


def connect(scratch: Path, memory_limit: str = MEMORY_LIMIT) -> duckdb.DuckDBPyConnection:
    """A fresh engine; ``scratch`` is where it spills what does not fit into memory."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = {literal(memory_limit)}")
    connection.execute(f"SET temp_directory = {literal(str(scratch))}")
    connection.execute("SET preserve_insertion_order = false")  # every ordered answer asks for its order
    connection.execute("SET parquet_metadata_cache = true")  # safe: a name of history is never used twice
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def sweep(scratch: Path, age: timedelta = timedelta(days=2)) -> None:
    """Remove what engines of processes that died left in the scratch directory; a living one is never that old."""
    limit = time.time() - age.total_seconds()
    for entry in scratch.iterdir() if scratch.is_dir() else ():
        if entry.stat().st_mtime < limit:
            shutil.rmtree(entry, ignore_errors=True)


def literal(text: str) -> str:
    """Text as an SQL literal.

    >>> literal("Tai O's")
    "'Tai O''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def parquet(directory: Path, names: Sequence[str]) -> str:
    """The SQL that scans these files as one table."""
    files = ", ".join(literal(str(directory / name)) for name in names)
    return f"read_parquet([{files}])"
