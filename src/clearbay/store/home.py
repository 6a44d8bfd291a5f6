"""A home: the directory that holds everything one node knows.

``home.json`` says what it is, ``records.sqlite`` (or a PostgreSQL database) holds the records and the hot
observations, ``history/`` the monthly files, ``evidence/`` files kept as they came, ``scratch/`` what an engine spills.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, select

from clearbay.model.errors import BadInput, StoreError
from clearbay.model.station import Station
from clearbay.store import batch, engine, files, history, hot, merge, stations
from clearbay.store.clock import naive_utc, now
from clearbay.store.reader import Reader
from clearbay.store.records import (
    LOCK_WAIT,
    Records,
    bump,
    check,
    count_revision,
    location,
    numbers,
    prepare,
    renumber,
    revisions,
)
from clearbay.store.results import CompactResult, FileOutcome, ImportedFile, IngestResult, KeepResult
from clearbay.store.steps import step
from clearbay.store.tables import meta
from clearbay.store.trouble import locked, told
from clearbay.store.upkeep import Upkeep
from clearbay.store.writer import Writer

Progress = Callable[[int, int], None]
"""Told how many of how many rows are done."""

BULK = 50_000
"""From this many new rows on, a batch goes straight into history instead of through the hot table, provided that
it does not rewrite more than ``BULK_REWRITE`` times its own size."""
BULK_REWRITE = 4

MANY_BLOCKS = 64
"""Batches after which a writer lays blocks together itself, where no background upkeep does."""

CLOSED = timedelta(days=3)
"""How long after its end a month stays hot: most late data come within days, and each rewrites its month's file."""

MOST_HOT = 16_000_000
"""Hot rows beyond which upkeep moves months into history that are not closed yet: readers hold hot rows in memory, some
45 bytes each."""

Within = Callable[[Connection, int], None]
"""Called inside the transaction of a batch, with the data version that it makes."""

_MANIFEST = "home.json"
_DRAFT = "home.json.part"


class Home:
    """An open home. Safe to share between threads; any number of processes may open the same one."""

    def __init__(self, path: Path, identity: str, records: Records, *, memory_limit: str = engine.MEMORY_LIMIT) -> None:
        self.path = path
        self.identity = identity
        self.records = records
        self.history = path / "history"
        self.evidence = path / "evidence"
        self._engine = engine.connect(path / "scratch" / uuid.uuid4().hex, memory_limit)
        self._reader: Reader | None = None
        self._opened = hot.Opened()
        self._writer = Writer(records, self._opened)
        self._upkeep = Upkeep(records, self._engine, self.history, self._opened, self._writer, path / "upkeep.lock")
        self._batches = 0
        self._registered: tuple[str, frozenset[str]] = ("", frozenset())

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        records_url: str | None = None,
        *,
        lock_wait: float = LOCK_WAIT,
        memory_limit: str = engine.MEMORY_LIMIT,
    ) -> Home:
        """Make a new home; ``records_url`` puts its records into PostgreSQL.

        Raises ``BadInput`` where there is one already, ``StoreError`` where the disk or the database refuses.
        """
        path = Path(path).absolute()
        if (path / _MANIFEST).exists():
            raise BadInput(f"{path} is a clearbay home already", mend="open it, or name another directory")
        url = location(path, records_url)
        with told(f"create the home {path}"):
            for part in ("history", "evidence", "scratch"):
                (path / part).mkdir(parents=True, exist_ok=True)
            address = "sqlite" if records_url is None else url.render_as_string(hide_password=False)
            identity = _draft_manifest(path, address)
            records = Records(url, lock_wait)
            prepare(records, identity)
            step("records prepared")
            os.rename(path / _DRAFT, path / _MANIFEST)
        return cls(path, identity, records, memory_limit=memory_limit)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        lock_wait: float = LOCK_WAIT,
        memory_limit: str = engine.MEMORY_LIMIT,
    ) -> Home:
        """Open a home and clear away what a process that died here has left.

        Raises ``BadInput`` where there is none, ``StoreError`` where its records cannot be used.
        """
        path = Path(path).absolute()
        manifest = _read_manifest(path)
        url = location(path, None if manifest["records"] == "sqlite" else manifest["records"])
        if manifest["records"] == "sqlite" and not (path / "records.sqlite").exists():
            raise StoreError(f"{path} has lost its records.sqlite: restore records and history from the same backup")
        records = Records(url, lock_wait)
        check(records, manifest["home"])
        home = cls(path, manifest["home"], records, memory_limit=memory_limit)
        engine.sweep(path / "scratch")
        home.recover()
        return home

    def close(self) -> None:
        """Let go of connections and memory."""
        self.records.close()
        self._engine.close()

    def __enter__(self) -> Home:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def data_version(self) -> int:
        """Grows by one with every committed change of observations or stations; compaction leaves it alone."""
        with told("read the data version"), self.records.read() as connection:
            return int(connection.execute(select(meta.c.value).where(meta.c.key == "data_version")).scalar_one())

    @property
    def revised(self) -> int:
        """How many batches have changed values that were here, instead of only adding to them."""
        with told("read what was revised"), self.records.read() as connection:
            return revisions(connection)

    def recover(self) -> list[str]:
        """Delete files that belong to no history: those of a process that died, and replaced ones past their grace.

        Costs one look into the directory; takes locks only where there is something to delete, and leaves it for the
        next time where somebody is writing or compacting: what lies there may be theirs.
        """
        try:
            with told("clear leftovers of history away"):
                with self.records.read() as connection:
                    if not history.leftovers(connection, self.history):
                        return []
                with self._upkeep.alone(0.0) as alone:
                    if not alone:
                        return []
                    with self.records.write(patience=0.0) as connection:
                        generation = int(numbers(connection)["generation"])
                        return history.remove_leftovers(connection, self.history, generation)
        except StoreError as error:
            if locked(error):
                return []
            raise

    def register_stations(self, stations_: Iterable[Station], *, replace: bool = True) -> int:
        """Add stations, and correct known ones unless ``replace`` is False; returns how many changed."""
        with told("register stations"), self.records.write() as connection:
            return stations.register(connection, stations_, replace=replace)

    def stations(self) -> tuple[Station, ...]:
        """All registered stations by id."""
        with told("read the stations"), self.records.read() as connection:
            return stations.every(connection)

    def registered(self, ids: Iterable[str]) -> set[str]:
        """Those of the given ids that are registered stations; asked for once, as long as none is taken away."""
        wanted = set(ids)
        with told("look stations up"), self.records.read() as connection:
            forgotten = connection.execute(select(meta.c.value).where(meta.c.key == "forgotten")).scalar_one()
            was, known = self._registered
            known = known if was == forgotten else frozenset()
            unknown = wanted - known
            if unknown:
                known |= stations.registered(connection, unknown)
                self._registered = forgotten, known
        return wanted & known

    def known_file(self, sha256: str, source: str) -> bool:
        """Whether this very file was imported already."""
        return self.imported_file(sha256, source) is not None

    def imported_file(self, sha256: str, source: str) -> ImportedFile | None:
        """What is known of a file imported earlier."""
        with told("look the file up"), self.records.read() as connection:
            return files.find(connection, sha256, source)

    def imported_files(self) -> tuple[ImportedFile, ...]:
        """Every file imported so far, oldest first."""
        with told("list the imported files"), self.records.read() as connection:
            return files.every(connection)

    def record_file(self, sha256: str, source: str, name: str, result: FileOutcome) -> None:
        """Remember a file as imported; ``ingest`` does so itself, in the batch's transaction, where given one."""
        rows = result.new + result.revised + result.duplicate
        file = ImportedFile(sha256, source, name, rows, result.new, result.revised, result.duplicate)
        with told("remember the file"), self.records.write() as connection:
            files.record(connection, file)

    def counts(self) -> tuple[int, int]:
        """How many observations there are (revisions not counted), in how many datastreams."""
        counts = self.reader().datastreams()["count"]
        return int(counts.to_numpy().sum()), len(counts)

    def ingest(
        self,
        readings: pa.Table,
        *,
        source: str,
        result_time: datetime | None = None,
        progress: Progress | None = None,
        file: ImportedFile | None = None,
        within: Within | None = None,
        exact_flags: bool = False,
    ) -> IngestResult:
        """Store a batch of ``READINGS`` in one transaction: observations, versions, ``file`` and what ``within`` does.

        When it returns, the batch survives the loss of the process and of power. ``result_time`` is when the values
        became known (now, if None). ``source`` names where they come from. ``exact_flags``: the flag "not
        evaluated" is meant, and revises another flag. ``within`` is called with the transaction's
        connection and the data version once the observations are in (even where nothing was new); what it writes
        commits with them, and where it raises, nothing is stored. It must not write through the home itself. Raises
        ``BadInput`` for a table that is not ``READINGS`` or whose stations are not registered, ``StoreError`` where the
        store cannot take it now: then nothing of it is stored.
        """
        readings = batch.readings_of(readings)
        moment = naive_utc(result_time) if result_time is not None else now()
        total = readings.num_rows
        if progress:
            progress(0, total)
        try:
            with told(f"store a batch of {source}"), self._writer.transaction() as (connection, before):
                result, made = self._take(connection, before, readings, moment, progress, exact_flags)
                if file is not None:
                    files.record(connection, file, result)
                if within is not None:
                    within(connection, result.data_version)
                step("batch ready to commit")
        except BaseException:
            self._tidy()
            raise
        step("batch committed")
        if made is not None:
            self._opened.keep(*made)
            self._batches += 1
            if self._batches >= MANY_BLOCKS:
                self._lay_together()
        if progress:
            progress(total, total)
        return result

    def _take(
        self,
        connection: Connection,
        before: Mapping[str, str],
        readings: pa.Table,
        moment: datetime,
        progress: Progress | None,
        exact_flags: bool = False,
    ) -> tuple[IngestResult, tuple[hot.Block, pa.Table] | None]:
        version = int(before["data_version"]) + 1
        ledger = self._writer.ledger
        assigned = ledger.assign(connection, readings, version)
        found = batch.classify(
            connection, self._engine, self.history, self._opened, readings, assigned, moment, exact_flags
        )
        duplicate = readings.num_rows - found.fresh.num_rows
        if not found.fresh.num_rows:
            return IngestResult(0, 0, duplicate, found.conflicts, version - 1), None
        made = None
        ledger.state.fold(found.fresh)
        months = merge.months_in(found.fresh) if found.fresh.num_rows >= BULK else {}
        if months and self._bulk(connection, found.fresh.num_rows, months):
            done = duplicate
            for moved in self._into_history(connection, months, found.fresh):
                done += moved
                if progress:
                    progress(min(done, readings.num_rows), readings.num_rows)
            ledger.save(connection, version)
        else:
            made = hot.insert(connection, found.fresh, version, block=int(before["block"]) + 1)
            step("hot rows inserted")
        renumber(connection, "data_version", version)
        if found.revisions:
            count_revision(connection)
        ledger.version = version
        return IngestResult(found.new, found.revisions, duplicate, found.conflicts, version), made

    def _bulk(self, connection: Connection, rows: int, months: dict[int, int]) -> bool:
        rewritten = sum(file.rows for file in history.valid(connection, list(months)))
        return rewritten <= BULK_REWRITE * rows

    def _into_history(self, connection: Connection, months: dict[int, int], incoming: pa.Table) -> Iterable[int]:
        """Rewrite months with incoming rows, portion by portion; yields how many of those went into each."""
        generation = bump(connection, "generation")
        bump(connection, "history_version")
        for portion in merge.chunks(months, history.valid(connection, list(months))):
            gathered = merge.gather(connection, self._opened, portion, incoming)
            written = merge.write(self._engine, self.history, gathered, generation)
            merge.commit(connection, self.history, gathered, written)
            yield sum(months[month] for month in portion)

    def compact(self, progress: Progress | None = None, *, before: datetime | None = None) -> CompactResult:
        """Move hot rows into history; with ``before``, only those of months that ended by then.

        Each portion of months is written without stopping intake and swapped in by one short transaction; a death in
        between loses nothing. Then removes replaced files past their grace. Raises ``StoreError`` where another process
        is compacting.
        """
        try:
            with told("compact the hot rows"), self._upkeep.alone(self.records.lock_wait) as alone:
                self._upkeep.must_be_alone(alone)
                result = self._upkeep.compact(progress, before)
        except BaseException:
            self._tidy()
            raise
        self.recover()
        return result

    def keep(self, *, closed: timedelta = CLOSED, clock: datetime | None = None) -> KeepResult:
        """Background upkeep, for a thread to call every few seconds: cheap where nothing is due.

        Lays small blocks together, moves months into history that ended ``closed`` ago (and earlier ones if more than
        ``MOST_HOT`` rows are hot), removes leftovers. Does nothing where another process is at it. Intake goes on
        meanwhile but for short swaps; a death at any point loses nothing. Raises ``StoreError`` where the store
        refuses.
        """
        try:
            with told("keep the home up"), self._upkeep.alone(0.0) as alone:
                if not alone:
                    return KeepResult(0, 0, 0)
                self._batches = 0
                joined = self._upkeep.gather_blocks()
                moved = self._upkeep.compact(None, (clock or now()) - closed).rows
                with self.records.read() as connection:
                    held = sum(block.rows for block in hot.listed(connection))
                if held > MOST_HOT:
                    moved += self._upkeep.compact(None, None, most=1).rows
        except BaseException:
            self._tidy()
            raise
        return KeepResult(joined, moved, len(self.recover()))

    def _lay_together(self) -> None:
        """Small blocks are laid together by whoever writes, where nobody else does; failing that is no harm."""
        with suppress(StoreError), told("lay blocks together"), self._upkeep.alone(0.0) as alone:
            if alone:
                self._upkeep.gather_blocks()
                self._batches = 0

    def reader(self) -> Reader:
        """The reader of this home; it sees every batch committed before each call."""
        if self._reader is None:
            self._reader = Reader(self.records, self._engine, self.history, self._opened)
        return self._reader

    def _tidy(self) -> None:
        """After a failure: remove the files it had written, if the store can be reached; else the next open does."""
        with suppress(StoreError):
            self.recover()


def _draft_manifest(path: Path, address: str) -> str:
    """Write the manifest beside its place; returns the home's identity, which an interrupted ``create`` hands on."""
    draft = path / _DRAFT
    with suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads(draft.read_text(encoding="utf-8"))
        if content["records"] == address:
            return str(content["home"])
    identity = str(uuid.uuid4())
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # may hold a database's password
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump({"clearbay": 1, "home": identity, "records": address}, stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    return identity


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        content = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
        known = isinstance(content, dict) and content["clearbay"] == 1 and content["home"] and content["records"]
    except FileNotFoundError:
        raise BadInput(f"{path} is no clearbay home", mend=f"make one with `clearbay init {path}`") from None
    except (ValueError, KeyError):
        known = False
    except OSError as error:
        raise StoreError(f"cannot read {path / _MANIFEST}: {error.strerror}") from error
    if not known:
        raise StoreError(f"{path / _MANIFEST} cannot be understood: restore it from a backup, or update clearbay")
    return dict(content)
