"""Group commit: whatever arrives while one group is written becomes the next, with one transaction for all of it.

The order within a group is: check, run the stages, write the evidence and flush it, commit the readings together with
the head of the evidence, and only then tell those who wait. So nothing is acknowledged that a sudden death can take,
and evidence without readings was never acknowledged: it is harmless.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from clearbay.collect.batch import ROW_READINGS, BadValue
from clearbay.model.errors import BadInput, ClearbayError, StoreError
from clearbay.model.station import Station
from clearbay.store import Home, IngestResult
from clearbay.store.chain import Chain, Position
from clearbay.store.chain_heads import record, recorded
from clearbay.store.clock import now as this_moment
from clearbay.transmit.care import Care
from clearbay.transmit.intake import flagged, refusals

Stage = Callable[[pa.Table], pa.Table]
"""Changes a group's readings before they are stored (``ROW_READINGS``, rows kept in number and order), as quality
control does with their flags; behind them it may put earlier values that it revises (``row`` -1). The method
``on_commit(connection, table)`` of one that has it is called inside the transaction, unless its ``idle`` says that it
has nothing to write."""

_FRAME = 0


@dataclass(slots=True, eq=False)
class Parcel:
    """What one sender hands over: ``readings`` (``ROW_READINGS``), ``stations`` they may name that nobody has
    registered yet, and ``raw``, the bytes that came, for the evidence. ``source`` names the door.

    ``kept`` is set once ``raw`` is safe in the evidence: the same parcel handed over again, after trouble of the store,
    is not written there twice.
    """

    source: str
    readings: pa.Table
    stations: tuple[Station, ...] = ()
    raw: tuple[bytes, ...] = ()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel, now safe on disk.

    ``new``, ``revised`` and ``duplicate`` count the readings of the whole group it was committed with (``parcels``
    in number); ``refused`` lists this parcel's own readings that were left out.
    """

    new: int
    revised: int
    duplicate: int
    refused: tuple[BadValue, ...] = ()
    data_version: int = 0
    parcels: int = 1


@dataclass(slots=True)
class Tally:
    """What a committer has done since it began, and its newest trouble in words (empty after a good group)."""

    groups: int = 0
    parcels: int = 0
    values: int = 0
    failed: int = 0
    trouble: str = ""
    stage_trouble: str = ""


@dataclass(slots=True, eq=False)
class _Waiting:
    parcel: Parcel
    future: Future[Outcome]
    size: int
    since: float
    table: pa.Table = field(default=None, repr=False)
    bad: list[BadValue] = field(default_factory=list)


class Committer:
    """One thread that commits for a whole process; one per process, home and ``chain``.

    ``linger_s``: how long the first of a group waits for others. ``most_values``: readings in one transaction.
    ``waiting_values``: from so many readings waiting on, ``full`` is true and doors stop reading from their sockets.
    ``care_s``: seconds between the chores of an intake that runs (``Home.keep``, and the method ``patrol`` of stages
    that have it). ``chain`` names the evidence; two processes at one home use two names. Raises ``StoreError`` where
    another process has it, or where the evidence does not reach what the store recorded of it.
    """

    def __init__(
        self,
        home: Home,
        *,
        chain: str = "intake",
        linger_s: float = 0.02,
        most_values: int = 20_000,
        waiting_values: int = 200_000,
        stages: Sequence[Stage] = (),
        care_s: float = 20.0,
    ) -> None:
        self.home, self.tally = home, Tally()
        self._linger, self._most, self._limit = linger_s, most_values, waiting_values
        self._stages = tuple(stages)
        self._hooks = tuple(
            (stage, hook) for stage in stages if (hook := getattr(stage, "on_commit", None)) is not None
        )
        self._recorded: Position | None = recorded(home, chain)
        self._chain = Chain.open(home.evidence, chain, known=self._recorded)
        self._registered = {station.id for station in home.stations()}
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._queue: list[_Waiting] = []
        self._values = 0
        self._closing = False
        self._rooms: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()
        patrols = [patrol for stage in stages if (patrol := getattr(stage, "patrol", None)) is not None]
        self._care = Care((home.keep, *patrols), care_s, self._troubled)

    def submit(self, parcel: Parcel) -> Future[Outcome]:
        """Hand over a parcel; never blocks.

        The future gets an ``Outcome`` once the readings are durable, ``StoreError`` where the store could not take them
        now (nothing of them was stored), ``BadInput`` where they are no ``ROW_READINGS``.
        """
        waiting = _Waiting(parcel, Future(), max(1, parcel.readings.num_rows, len(parcel.raw)), time.monotonic())
        with self._lock:
            if self._closing:
                waiting.future.set_exception(StoreError("the intake is closing: send it again when it is back"))
                return waiting.future
            self._queue.append(waiting)
            self._values += waiting.size
            self._arrived.notify()
        return waiting.future

    @property
    def full(self) -> bool:
        """Whether so much waits that doors should stop reading."""
        return self._values >= self._limit

    async def room(self) -> None:
        """Return when there is room again (at once where there is)."""
        with self._lock:
            if not self.full or self._closing:
                return
            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            self._rooms.append((loop, future))
        await future

    def close(self, timeout: float = 60.0) -> bool:
        """Commit what waits, then let go of the evidence; False where that took longer than ``timeout`` seconds."""
        with self._lock:
            self._closing = True
            self._arrived.notify()
        self._care.close(timeout)
        self._thread.join(timeout)
        if self._thread.is_alive():
            return False
        self._chain.close()
        return True

    def __enter__(self) -> Committer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _troubled(self, words: str) -> None:
        self.tally.stage_trouble = words

    def _run(self) -> None:
        while group := self._next():
            # From here on nobody can cancel: those who did before are not committed.
            group = [waiting for waiting in group if waiting.future.set_running_or_notify_cancel()]
            try:
                self._commit(group)
            except BaseException as error:  # whatever it is, those who wait must hear of it
                self._fail(group, error)

    def _next(self) -> list[_Waiting]:
        """The next group, or an empty one when closed and drained."""
        with self._lock:
            while not self._queue and not self._closing:
                self._arrived.wait()
            until = (self._queue[0].since if self._queue else 0.0) + self._linger
            while self._values < self._most and not self._closing and (left := until - time.monotonic()) > 0:
                self._arrived.wait(left)
            size = count = 0
            for waiting in self._queue:
                if count and size + waiting.size > self._most:
                    break
                size, count = size + waiting.size, count + 1
            group, self._queue = self._queue[:count], self._queue[count:]
            self._values -= size
            rooms, self._rooms = ([], self._rooms) if self.full and not self._closing else (self._rooms, [])
        for loop, future in rooms:
            with suppress(RuntimeError):  # the loop may be closed by now
                loop.call_soon_threadsafe(_wake, future)
        return group

    def _commit(self, group: list[_Waiting]) -> None:
        sound = [waiting for waiting in group if self._shaped(waiting)]
        if not sound:
            return
        self._register(sound)
        table = self._checked(sound)
        for stage in self._stages:
            try:
                table = stage(table)
            except Exception as error:  # a fault in quality control must not stop the readings
                self.tally.stage_trouble = f"{getattr(stage, '__name__', type(stage).__name__)}: {error!r}"
        self._keep([waiting.parcel for waiting in sound if not waiting.parcel.kept])
        result = self._stored(table, sound)
        self.tally.groups += 1
        self.tally.parcels += len(sound)
        self.tally.values += table.num_rows
        self.tally.trouble = ""
        for waiting in sound:
            waiting.future.set_result(
                Outcome(
                    result.new, result.revised, result.duplicate, tuple(waiting.bad), result.data_version, len(sound)
                )
            )

    def _keep(self, parcels: Sequence[Parcel]) -> None:
        raw = [frame for parcel in parcels for frame in parcel.raw]
        if raw:
            self._chain.append(raw, kind=_FRAME)
            self._chain.sync()
        for parcel in parcels:
            parcel.kept = True

    def _stored(self, table: pa.Table, group: list[_Waiting]) -> IngestResult:
        source = ", ".join(sorted({waiting.parcel.source for waiting in group}))
        result = self.home.ingest(table, source=source, within=lambda connection, _: self._within(connection, table))
        self._recorded = self._chain.position
        return result

    def _within(self, connection: Connection, table: pa.Table) -> None:
        if self._chain.position != self._recorded:
            record(connection, self._chain.name, self._chain.position)
        for stage, hook in self._hooks:
            if getattr(stage, "idle", False):
                continue
            try:
                with connection.begin_nested():
                    hook(connection, table)
            except Exception as error:
                self.tally.stage_trouble = f"{getattr(hook, '__qualname__', hook)}: {error!r}"

    def _shaped(self, waiting: _Waiting) -> bool:
        """Bring a parcel's readings into the one shape, or tell its sender that they have none."""
        try:
            waiting.table = shaped(waiting.parcel.readings)
        except ClearbayError as error:
            waiting.future.set_exception(error)
            return False
        return True

    def _register(self, group: list[_Waiting]) -> None:
        arriving = {
            station.id: station
            for waiting in group
            for station in waiting.parcel.stations
            if station.id not in self._registered
        }
        if arriving:
            self.home.register_stations(arriving.values(), replace=False)
            self._registered |= arriving.keys()

    def _checked(self, group: list[_Waiting]) -> pa.Table:
        """All readings of a group that can be stored; the others are listed with their parcel."""
        table = pa.concat_tables([waiting.table for waiting in group]).combine_chunks()
        named = {name for name in pc.unique(table["station"]).to_pylist() if name is not None}
        if unknown := named - self._registered:
            self._registered |= self.home.registered(unknown)
        refused, bad = refusals(table, named & self._registered, this_moment())
        if not refused.any():
            return table
        self._blame(group, table, refused, bad)
        return table.filter(pa.array(~refused))

    def _blame(
        self, group: list[_Waiting], table: pa.Table, refused: npt.NDArray[np.bool_], bad: Sequence[BadValue]
    ) -> None:
        ends = np.cumsum([waiting.table.num_rows for waiting in group])
        # ``bad`` is sorted by the parcels' own row numbers, which repeat: ask again, one parcel at a time.
        for place in np.unique(np.searchsorted(ends, np.flatnonzero(refused), side="right")).tolist():
            own = group[place].table
            group[place].bad += refusals(own, self._registered, this_moment())[1]

    def _fail(self, group: list[_Waiting], error: BaseException) -> None:
        """One by one after trouble that may lie in one parcel; trouble of the store is told to all."""
        open_ = [waiting for waiting in group if not waiting.future.done()]
        if not isinstance(error, StoreError) and len(open_) > 1:
            for waiting in open_:
                waiting.bad.clear()
                try:
                    self._commit([waiting])
                except BaseException as own:
                    self._fail([waiting], own)
            return
        self.tally.failed += len(open_)
        self.tally.trouble = str(error)
        told_ = error if isinstance(error, ClearbayError) else StoreError(f"the intake failed: {error!r}")
        for waiting in open_:
            waiting.future.set_exception(told_)


def shaped(readings: pa.Table) -> pa.Table:
    """Readings as ``ROW_READINGS`` with a flag each; ``BadInput`` for a table that is none."""
    if readings.schema.equals(ROW_READINGS) and not readings["flag"].null_count:
        return readings
    if "averaging" in ROW_READINGS.names and "averaging" not in readings.schema.names:
        readings = readings.append_column("averaging", pa.repeat("", readings.num_rows))
    table = flagged(readings)
    columns = []
    for part in ROW_READINGS:
        if part.name == "row" and "row" not in table.schema.names:
            columns.append(pa.array(np.arange(table.num_rows, dtype=np.int64)))
            continue
        column = table[part.name]
        if pa.types.is_timestamp(column.type) and column.type.tz:
            column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.timestamp("us"))
        try:
            columns.append(column.cast(part.type) if column.type != part.type else column)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise BadInput(f"column {part.name} is no {part.type}: {error}", where="readings") from error
    return pa.table(columns, names=ROW_READINGS.names)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
