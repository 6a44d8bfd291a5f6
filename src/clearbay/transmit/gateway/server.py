"""The gateway's server: who may send, what becomes of each frame, and when the answer leaves.

Frames of all connections gather while the group before is being committed; their answers leave when they are durable.
Trouble of the store (full disk, locked database) loses nothing that was answered: what was read is handed over again
until it is taken, and meanwhile nothing more is read from the devices.
"""

from __future__ import annotations

import asyncio
import resource
import ssl
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from clearbay.collect.hj212 import Frame, acknowledgement
from clearbay.collect.hj212.commands import ANSWERS, MEASURED
from clearbay.collect.hj212.crc import STANDARD
from clearbay.collect.hj212.packet import Head, head_of, packet_of
from clearbay.collect.hj212.sm4 import decrypted, is_encrypted
from clearbay.model.errors import BadInput, ClearbayError, StoreError
from clearbay.store import Home
from clearbay.store.clock import now as this_moment
from clearbay.store.devices import GapRequest, GapRequests
from clearbay.transmit.committer import Committer, Outcome
from clearbay.transmit.gateway import gaps
from clearbay.transmit.gateway.connection import STRANGE_FRAMES, Connection
from clearbay.transmit.gateway.gathering import Gathering
from clearbay.transmit.gateway.requests import Asker, worth_asking
from clearbay.transmit.gateway.roster import Known, Roster


@dataclass(frozen=True, slots=True)
class Settings:
    """How a gateway behaves; times in seconds.

    ``linger``: how long the first frame of a group waits for others. ``most_values``: values of one group.
    ``waiting_values``: read but not durable, over all connections, before reading stops. ``idle``: silence after
    which a connection of a known device is closed; ``idle_stranger``: one that has not sent a good packet yet.
    ``again``: pause before what the store refused is handed over again. ``backfill``: how far back gaps are asked for
    (zero: not at all), looked for every ``backfill_every``. ``approve_all``: unknown devices are approved as they come,
    which is for demonstrations and tests.
    """

    linger: float = 0.004
    most_values: int = 20_000
    waiting_values: int = 100_000
    most_connections: int = 20_000
    idle: float = 3 * 3600.0
    idle_stranger: float = 120.0
    again: float = 2.0
    write_behind: float = 5.0
    look: float = 1.0
    backfill: timedelta = timedelta(hours=48)
    backfill_every: float = 300.0
    approve_all: bool = False


@dataclass(slots=True)
class Tally:
    """What a gateway has done since it began."""

    frames: int = 0
    taken: int = 0
    refused: int = 0
    values: int = 0
    answered: int = 0
    asked: int = 0
    troubles: int = 0
    trouble: str = ""


@dataclass(slots=True, eq=False)
class _Approval:
    st: str
    held: list[tuple[Connection, Frame]] = field(default_factory=list)


_HELD = 100
"""Frames of a device that may wait for its approval, where all are approved."""


class Gateway:
    """A gateway of one home. Everything but ``start``'s helpers runs in the event loop's one thread."""

    def __init__(
        self,
        home: Home,
        committer: Committer,
        settings: Settings | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.home, self.committer = home, committer
        self.settings = settings or Settings()
        self.tally = Tally()
        self.roster = Roster(home)
        self.connections: set[Connection] = set()
        self._tell = tell
        self._servers: list[asyncio.Server] = []
        self._by_mn: dict[str, tuple[Connection, Head]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._gathering = Gathering()
        self._flying: Gathering | None = None
        self._flush_timer: asyncio.TimerHandle | None = None
        self._waiting: set[Connection] = set()
        self._approvals: dict[str, _Approval] = {}
        self._approving = False
        self._requests = GapRequests(home)
        self._changed_requests: list[GapRequest] = []
        self.asker = Asker(self._changed_requests.append)
        self._stopping = False
        self._writing = threading.Lock()

    # The outside: start, stop.

    async def start(self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> tuple[str, int]:
        """Listen; returns the address. May be called more than once, for several doors."""
        loop = asyncio.get_running_loop()
        door = "tls" if tls else "tcp"
        server = await loop.create_server(
            lambda: Connection(self, door), host, port, ssl=tls, backlog=4096,
            ssl_handshake_timeout=20 if tls else None,
        )  # fmt: skip
        self._servers.append(server)
        if not self._tasks:
            for work in (self._write_behind(), self._look(), self._sweep(), self._backfill()):
                self._begin(work)
        address = server.sockets[0].getsockname()
        return address[0], address[1]

    async def stop(self) -> None:
        """Listen no more, commit and answer what was read, write down what was heard."""
        self._stopping = True
        for server in self._servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        self._flush()
        deadline = self.time() + 30
        while (
            (self._flying is not None or self._gathering.packets) and self.time() < deadline and not self.tally.trouble
        ):
            await asyncio.sleep(0.005)
        for connection in list(self.connections):
            if connection.transport is not None:
                connection.transport.close()
        with suppress(ClearbayError):
            await asyncio.to_thread(self._write_down)

    def time(self) -> float:
        """Seconds of a clock that never goes back."""
        return time.monotonic()

    # Connections.

    def joined(self, connection: Connection) -> bool:
        """A connection begins; False where there are too many."""
        if len(self.connections) >= self.settings.most_connections:
            self._trouble(f"{len(self.connections)} connections: no more are taken")
            return False
        self.connections.add(connection)
        return True

    def left(self, connection: Connection) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        self._waiting.discard(connection)
        for mn in connection.mns:
            if self._by_mn.get(mn, (None,))[0] is connection:
                del self._by_mn[mn]
                self.asker.gone(mn)

    @property
    def full(self) -> bool:
        """Whether so much is read and not durable that reading must stop."""
        weight = self._gathering.weight + (self._flying.weight if self._flying else 0)
        return weight >= self.settings.waiting_values or self.committer.full

    def wait(self, connection: Connection) -> None:
        """Read from this (paused) connection again when there is room."""
        if connection in self._waiting:
            connection.resume()
        else:
            self._waiting.add(connection)

    # Frames.

    def take(self, connection: Connection, frame: Frame) -> None:
        """Decide upon one frame."""
        self.tally.frames += 1
        if not frame.ok:
            self._refuse(connection, frame, "", frame.fault)
            return
        try:
            head = head_of(frame.segment)
        except BadInput as error:
            self._refuse(connection, frame, "", str(error))
            return
        known = self.roster.find(head.mn)
        if known is None:
            if self.settings.approve_all:
                self._hold(connection, frame, head)
                return
            why = self.roster.stranger(head.mn, frame.raw, connection.door, head.version)
            self._refuse(connection, frame, "", why)
            return
        why = self._objection(known, head, frame)
        if why:
            self._refuse(connection, frame, head.mn, why, head.version)
            return
        try:
            why = self._taken(connection, frame, known, head)
        except ClearbayError as error:
            self._refuse(connection, frame, head.mn, str(error), head.version)
            return
        connection.good = True
        self.tally.taken += 1
        self.roster.heard(head.mn, frame.raw, connection.door, head.version, why, read=True)
        self._by_mn[head.mn] = connection, head
        connection.speaks_for(head.mn)

    def _objection(self, known: Known, head: Head, frame: Frame) -> str:
        config = known.config
        if known.status != "approved":
            return "this device is refused here"
        if frame.check != STANDARD and frame.check not in config.crc:
            return f"the check is {frame.check}, which this device may not use"
        if config.password and head.pw != config.password:
            return "PW is wrong"
        if config.version and head.version != config.version:
            return f"speaks HJ 212-{head.version}, {config.version} is laid down for it"
        return ""

    def _refuse(self, connection: Connection, frame: Frame, mn: str, why: str, version: str = "") -> None:
        """No answer: the device will send it again, or somebody will look at the list of devices."""
        self.tally.refused += 1
        if not mn and len(connection.mns) == 1 and not frame.ok:
            mn = connection.mns[0]  # damaged on the way: whose it is can only be told by the connection
        if mn and self.roster.find(mn) is not None:
            self.roster.heard(mn, frame.raw, connection.door, version, why)
            if connection.good:
                self._gathering.keep(frame.raw)
                self._soon()
        connection.strange += 1
        if not connection.good and connection.strange >= STRANGE_FRAMES:
            connection.close()

    def _taken(self, connection: Connection, frame: Frame, known: Known, head: Head) -> str:
        """Take a packet of a known device; returns what was left out of it. Raises where it cannot be read."""
        if known.config.key and is_encrypted(head.cp):
            head = decrypted(head, known.config.key)
        if head.cn in ANSWERS:
            self.asker.answered(head)
            self._gathering.keep(frame.raw)
            self._soon()
            return ""
        answer = acknowledgement(head)
        why = ""
        if head.is_part:
            why = self._part(connection, frame, known, head, answer)
        elif head.cn in MEASURED:
            why = self._gathering.add(head, known.origin, frame.crc, frame.check)
            self._gathering.keep(frame.raw, connection, answer)
        else:
            # Device status, running times, noise, sampling, alarms, heartbeat: kept as they came, and acknowledged.
            self._gathering.keep(frame.raw, connection, answer)
        self._soon()
        return why

    def _part(self, connection: Connection, frame: Frame, known: Known, head: Head, answer: bytes | None) -> str:
        """One of several parts: its values are taken at once, where their time is known; all of them when it is whole.

        A part is answered once its own values are safe. A part without DataTime that comes before the one that has it
        waits, unanswered.
        """
        packet = packet_of(head, frame.crc, frame.check)
        key = (head.mn, head.qn, head.st, head.cn)
        time_ = packet.content.field("DataTime") or connection.part_times.get(key)
        held = connection.part_answers.pop(key, [])
        if time_ is None:
            held.append((frame.raw, answer))
        else:
            connection.part_times[key] = time_
            self._gathering.keep(frame.raw, connection, answer)
            if head.cn in MEASURED:
                own = head if packet.content.field("DataTime") else head._replace(cp=f"DataTime={time_};{head.cp}")
                self._gathering.add_packet(packet_of(own, frame.crc, frame.check), known.origin)
        whole = connection.assembler.add(packet)
        why = ""
        if whole is not None:
            # Once more as a whole: a part cannot tell what began in the part before it. Repeated values are one.
            if head.cn in MEASURED:
                why = self._gathering.add_packet(whole, known.origin)
            for raw, own_answer in held:
                self._gathering.keep(raw, connection, own_answer)
            connection.part_times.pop(key, None)
        elif held:
            connection.part_answers[key] = held
        for bounded in (connection.part_times, connection.part_answers):
            while len(bounded) > 8:
                bounded.pop(next(iter(bounded)))
        return why

    # Groups.

    def _soon(self) -> None:
        """Hand over what gathers: at once when it is much, else after a moment, else when the group before is done."""
        if self._flying is not None or self._stopping:
            return
        if self._gathering.weight >= self.settings.most_values:
            self._flush()
        elif self._flush_timer is None:
            self._flush_timer = asyncio.get_running_loop().call_later(self.settings.linger, self._flush)

    def _flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        if self._flying is not None or not self._gathering.packets:
            return
        self._flying, self._gathering = self._gathering, Gathering()
        self._hand_over()

    def _hand_over(self) -> None:
        if self._flying is None:
            return
        loop = asyncio.get_running_loop()

        def back(future: Future[Outcome]) -> None:
            with suppress(RuntimeError):  # the loop may be closed by now
                loop.call_soon_threadsafe(self._landed, future)

        self.committer.submit(self._flying.parcel()).add_done_callback(back)

    def _landed(self, future: Future[Outcome]) -> None:
        flying = self._flying
        if flying is None:
            return
        error = future.exception()
        if isinstance(error, StoreError):
            self.tally.troubles += 1
            self._trouble(str(error))
            if not self._stopping:
                asyncio.get_running_loop().call_later(self.settings.again, self._hand_over)
            return
        self._flying = None
        if error is not None:  # a fault of ours: nothing was stored and nothing is answered, so devices send it again
            self._trouble(f"a group of {flying.packets} packets was lost: {error}")
        else:
            outcome = future.result()
            for bad in outcome.refused[:1000]:
                self._note_refused(flying, bad.row, f"{bad.column} {bad.value}: {bad.why}")
            self.tally.values += len(flying.columns)
            self.tally.answered += len(flying.answers)
            if self.tally.trouble:
                self._tell("the store takes data again")
            self.tally.trouble = self.committer.tally.stage_trouble
            flying.answer()
        if self._gathering.packets:
            if self._gathering.weight >= self.settings.most_values or self._stopping:
                self._flush()
            else:
                self._soon()
        if self._waiting and not self.full:
            waiting, self._waiting = self._waiting, set()
            for connection in waiting:
                connection.resume()

    def _note_refused(self, flying: Gathering, row: int, why: str) -> None:
        station = flying.columns.origin_of(row)
        for known in self.roster.at(station):
            self.roster.complain(known.mn, why)

    def _trouble(self, text: str) -> None:
        if text != self.tally.trouble:
            self._tell(text)
        self.tally.trouble = text

    # Approval of everybody, for demonstrations.

    def _hold(self, connection: Connection, frame: Frame, head: Head) -> None:
        approval = self._approvals.setdefault(head.mn, _Approval(head.st))
        if len(approval.held) < _HELD:
            approval.held.append((connection, frame))
        if not self._approving:
            self._approving = True
            self._begin(self._approve())

    async def _approve(self) -> None:
        while self._approvals:
            await asyncio.sleep(0.05)  # devices come in crowds: one decision for all of them
            approvals, self._approvals = self._approvals, {}
            try:
                await asyncio.to_thread(self.roster.approve_all, {mn: one.st for mn, one in approvals.items()})
            except ClearbayError as error:
                self._trouble(str(error))
                for mn, one in approvals.items():
                    self._approvals.setdefault(mn, one)
                await asyncio.sleep(self.settings.again)
                continue
            for approval in approvals.values():
                for connection, frame in approval.held:
                    if self.roster.find(head_of(frame.segment).mn) is not None:
                        self.take(connection, frame)
        self._approving = False

    # What goes on beside.

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._trouble(f"a part of the gateway has failed: {task.exception()!r}")

    async def _write_behind(self) -> None:
        while True:
            await asyncio.sleep(self.settings.write_behind)
            try:
                await asyncio.to_thread(self._write_down)
            except ClearbayError as error:
                self._trouble(str(error))

    def _write_down(self) -> None:
        with self._writing:
            self.roster.flush()
            count = len(self._changed_requests)
            changed = {(one.mn, one.command, one.start): one for one in self._changed_requests[:count]}
            self._requests.put(changed.values())
            del self._changed_requests[:count]

    async def _look(self) -> None:
        """See what operators have decided, and send what is due to devices."""
        while True:
            await asyncio.sleep(self.settings.look)
            with suppress(ClearbayError):
                await asyncio.to_thread(self.roster.refresh)
            for mn, (connection, _) in list(self._by_mn.items()):
                if self.asker.busy(mn) and (frame := self.asker.due(mn)) is not None:
                    self.tally.asked += 1
                    connection.send(frame)

    async def _sweep(self) -> None:
        """Close connections that have been silent for too long."""
        while True:
            await asyncio.sleep(min(30.0, self.settings.idle_stranger / 2, self.settings.idle / 2))
            now = self.time()
            for connection in list(self.connections):
                limit = self.settings.idle if connection.good else self.settings.idle_stranger
                if now - connection.last > limit:
                    connection.close()

    async def _backfill(self) -> None:
        """Look for gaps of the devices that are here, and put requests for them in line."""
        while self.settings.backfill:
            await asyncio.sleep(self.settings.backfill_every)
            with suppress(ClearbayError):
                await self.look_for_gaps()

    async def look_for_gaps(self, now: datetime | None = None) -> int:
        """Put requests for the gaps of the connected devices in line; returns how many."""
        owing = [
            gaps.Owing(mn, known.origin.station, known.config, known.since)
            for mn in self._by_mn
            if (known := self.roster.find(mn)) is not None and known.config.backfill and not self.asker.busy(mn)
        ]
        if not owing:
            return 0
        moment = now or this_moment()
        found = await asyncio.to_thread(
            lambda: (
                list(gaps.find(self.home, owing, moment, self.settings.backfill)),
                {(one.mn, one.command, one.start): one for one in self._requests.every()},
            )
        )
        asked = 0
        for mn, command, first, last, _ in found[0]:
            known, there = self.roster.find(mn), self._by_mn.get(mn)
            if known is None or there is None:
                continue
            shift = known.config.utc_offset * 60_000_000
            before = found[1].get((mn, command, first + shift))
            if worth_asking(before, time.time()):
                request = GapRequest(
                    mn, command, first + shift, last + shift, before.tries if before else 0, 0, "found"
                )
                self.asker.ask(replace(request), there[1])
                asked += 1
        return asked


def tls_context(cert: str, key: str, client_ca: str | None = None) -> ssl.SSLContext:
    """A server's TLS context; with ``client_ca``, devices must show a certificate of that authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
        if client_ca:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise BadInput(
            f"the certificate or key cannot be used ({error})", where="TLS", mend="give PEM files that belong together"
        ) from error
    return context


def raise_file_limit(wanted: int) -> int:
    """Raise the number of files this process may have open, as far as the system lets it; returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < ceiling:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
