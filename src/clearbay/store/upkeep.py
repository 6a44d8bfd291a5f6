"""What keeps a home quick: small blocks are laid together, closed months become history, leftovers go.

Everything costly is prepared without the writer's lock and then swapped in by a short transaction; if somebody else has
changed the same things meanwhile, the swap is dropped. One process at a time: a file lock, which a dying process gives
back by itself.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from sqlalchemy import Connection

from clearbay.model.errors import StoreError
from clearbay.store import history, hot, merge
from clearbay.store.clock import month_of
from clearbay.store.history import HistoryFile
from clearbay.store.hot import Block, Opened
from clearbay.store.records import Records, bump, numbers
from clearbay.store.results import CompactResult
from clearbay.store.steps import step
from clearbay.store.writer import Writer

FAN = 8
"""Blocks of a level that are laid together to one of the next: a value is rewritten once a level, and a reader meets
fewer than ``FAN`` blocks of each."""

LARGEST = 4_000_000
"""Rows a block may have: 140 MB opened, 10 to 40 MB as it lies."""


class _Changed(Exception):
    """Somebody else has changed what was being prepared."""


class Upkeep:
    """The background work on one home."""

    def __init__(
        self,
        records: Records,
        engine: duckdb.DuckDBPyConnection,
        history_directory: Path,
        opened: Opened,
        writer: Writer,
        lock: Path,
    ) -> None:
        self._records = records
        self._engine = engine
        self._history = history_directory
        self._opened = opened
        self._writer = writer
        self._lock = lock

    @contextmanager
    def alone(self, patience: float) -> Iterator[bool]:
        """Whether nobody else keeps this home up, waiting for so many seconds; held until the block ends."""
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            limit = time.monotonic() + patience
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    held = True
                except BlockingIOError:
                    held = False
                if held or time.monotonic() >= limit:
                    break
                time.sleep(0.02)
            yield held
        finally:
            os.close(handle)

    def gather_blocks(self) -> int:
        """Lay small blocks together; returns how many went into others. The caller is ``alone``."""
        done = 0
        while (chosen := self._due()) and self._lay_together(chosen):
            done += len(chosen)
        return done

    def _due(self) -> list[Block]:
        with self._records.read() as connection:
            blocks = hot.listed(connection)
        for level in sorted({block.level for block in blocks}):
            ripe = [block for block in blocks if block.level == level]
            if len(ripe) >= FAN and sum(block.rows for block in ripe) <= LARGEST:
                return ripe
            if len(ripe) >= FAN and sum(block.rows for block in ripe[:FAN]) <= LARGEST:
                return ripe[:FAN]
        return []

    def _lay_together(self, blocks: Sequence[Block]) -> bool:
        with self._records.read() as connection:
            tables = [self._opened.rows(connection, block) for block in blocks]
        made = hot.prepared(
            hot.together(tables), max(block.version for block in blocks), max(block.level for block in blocks) + 1
        )
        try:
            with self._writer.transaction() as (connection, now):
                self._save_state(connection, now, made.block.version)
                if hot.remove(connection, blocks) != len(blocks):
                    raise _Changed
                block, rows = hot.put(connection, made)
                step("blocks laid together")
        except _Changed:
            return False
        self._opened.keep(block, rows)
        return True

    def _save_state(self, connection: Connection, now: Mapping[str, str], needed: int) -> None:
        """Keep the state where blocks as new as ``needed`` are about to go, from which it would follow otherwise."""
        if int(now["state_version"]) < needed:
            self._writer.ledger.save(connection, int(now["data_version"]))

    def compact(
        self, progress: Callable[[int, int], None] | None, before: datetime | None, most: int | None = None
    ) -> CompactResult:
        """Move hot rows into history, portion by portion; see ``Home.compact``. The caller is ``alone``."""
        rows = count = written = size = 0
        with self._records.read() as connection:
            months = hot.months(connection, self._opened)
            if before is not None:
                months = {month: number for month, number in months.items() if month < month_of(before)}
            portions = list(merge.chunks(months, history.valid(connection, list(months))))
        total = sum(months.values())
        for portion in portions[:most]:
            moved, files = self._portion(portion)
            rows, count = rows + moved, count + len({file.month for file in files})
            written, size = written + len(files), size + sum(file.bytes for file in files)
            step("compaction committed")
            if progress:
                progress(min(rows, total), total)
        return CompactResult(rows, count, written, size)

    def _portion(self, portion: Sequence[int]) -> tuple[int, list[HistoryFile]]:
        with self._records.write() as connection:
            generation = bump(connection, "generation")
        with self._records.read() as connection:
            seen = numbers(connection)["history_version"]
            gathered = merge.gather(connection, self._opened, portion, None)
        files = merge.write(self._engine, self._history, gathered, generation)
        try:
            with self._writer.transaction() as (connection, now):
                if now["history_version"] != seen:
                    raise _Changed
                self._swap(connection, now, gathered, files)
        except _Changed:
            # A large import has rewritten history meanwhile. Under the lock nobody can do so again.
            with self._writer.transaction() as (connection, now):
                gathered = merge.gather(connection, self._opened, portion, None)
                files = merge.write(self._engine, self._history, gathered, bump(connection, "generation"))
                self._swap(connection, now, gathered, files)
        return gathered.moved, files

    def _swap(
        self, connection: Connection, now: Mapping[str, str], gathered: merge.Gathered, files: list[HistoryFile]
    ) -> None:
        self._save_state(connection, now, max((block.version for block in gathered.blocks), default=0))
        bump(connection, "history_version")
        if not merge.commit(connection, self._history, gathered, files):
            raise _Changed
        step("compaction ready to commit")

    def must_be_alone(self, held: bool) -> None:
        """Raises ``StoreError`` where another process keeps this home up."""
        if not held:
            raise StoreError("another process is compacting this home: nothing was changed; run it again later")
