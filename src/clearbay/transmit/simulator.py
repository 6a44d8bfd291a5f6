"""Devices that are none: connections that send generated HJ 212 packets and measure how they are answered.

Whatever they send is generated. Their MNs begin with ``SIMULATED``, which no real device's can, and a station made for
one belongs to the programme ``simulated.generated``, which everything that shows it repeats.
"""

from __future__ import annotations

import asyncio
import math
import time
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from clearbay.collect.hj212.packet import framed
from clearbay.transmit.gateway.roster import SIMULATED

CHANNELS: tuple[tuple[str, float, float], ...] = (
    ("w01018", 18.0, 4.0), ("w21003", 0.6, 0.2), ("w21011", 0.12, 0.04), ("w21001", 1.8, 0.5), ("w01001", 7.4, 0.3),
    ("w01010", 22.0, 3.0), ("w00000", 30.0, 8.0), ("w20122", 0.02, 0.005), ("w20123", 0.05, 0.01),
    ("w21016", 0.004, 0.001),
)  # fmt: skip
"""Codes of the generated values, with the middle and the swing of each."""

PERIODS = {"2011": 1, "2051": 60, "2061": 3600}
"""Seconds between two packets of a device, on its own clock, by command."""
KINDS = {"2011": "Rtd", "2051": "Avg", "2061": "Avg"}


@dataclass(frozen=True, slots=True)
class Script:
    """What is sent: the command, how many channels, the first DataTime (China's time), the first device's number."""

    command: str = "2061"
    channels: int = len(CHANNELS)
    start: datetime = datetime(2026, 1, 1)
    first_device: int = 1

    def mn(self, device: int) -> str:
        """MN of a simulated device, from 0."""
        return f"{SIMULATED}{self.first_device + device:015d}"

    def time(self, step: int) -> datetime:
        """DataTime of a packet by its number, from 0."""
        return self.start + timedelta(seconds=PERIODS[self.command] * step)

    def value(self, device: int, step: int, channel: int) -> float:
        """The generated value: a daily swing about a middle, and a little that changes with each packet."""
        _, middle, swing = CHANNELS[channel]
        angle = (step * PERIODS[self.command] / 86_400 + device * 0.013 + channel * 0.1) * 2 * math.pi
        ripple = ((step * 7919 + device * 104_729 + channel * 1_299_709) % 1000) / 1000 - 0.5
        return round(middle + swing * (0.8 * math.sin(angle) + 0.4 * ripple), 4)

    def packet(self, device: int, step: int) -> bytes:
        """The packet in its frame; its QN tells the step."""
        kind, value = KINDS[self.command], self.value
        groups = ";".join(
            [f"{CHANNELS[place][0]}-{kind}={value(device, step, place)},{CHANNELS[place][0]}-Flag=N"
             for place in range(self.channels)]
        )  # fmt: skip
        head = f"QN={qn_of(step)};ST=32;CN={self.command};PW=123456;MN={self.mn(device)};Flag=5;"
        return framed(f"{head}CP=&&DataTime={self.time(step):%Y%m%d%H%M%S};{groups}&&".encode())


_QN_EPOCH = datetime(2026, 1, 1)


def qn_of(step: int) -> str:
    """A QN for a packet by its number, the same each time it is sent."""
    moment = _QN_EPOCH + timedelta(milliseconds=step)
    return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"


def step_of(qn: str) -> int:
    """The number of a packet by its QN."""
    moment = datetime.strptime(qn[:14], "%Y%m%d%H%M%S") + timedelta(milliseconds=int(qn[14:17]))
    return (moment - _QN_EPOCH) // timedelta(milliseconds=1)


@dataclass(slots=True)
class Report:
    """What came of a simulation; latencies in seconds from the packet's writing to its answer."""

    devices: int = 0
    sent: int = 0
    acked: int = 0
    resent: int = 0
    reconnects: int = 0
    held_back: int = 0
    seconds: float = 0.0
    latencies: array[float] = field(default_factory=lambda: array("d"))

    def quantile(self, share: float) -> float:
        """The latency below which a share of the answers came; 0 where there were none."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def as_json(self) -> dict[str, object]:
        """For people who read with programs."""
        quantiles = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
        ordered = sorted(self.latencies)
        return {
            "devices": self.devices, "sent": self.sent, "acked": self.acked, "unanswered": self.sent - self.acked,
            "resent": self.resent, "reconnects": self.reconnects, "held_back": self.held_back,
            "seconds": round(self.seconds, 2), "rate": round(self.acked / self.seconds, 1) if self.seconds else 0.0,
            "latency_ms": {
                name: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None
                for name, share in quantiles.items()
            },
        }  # fmt: skip


class SimulatedDevice(asyncio.Protocol):
    """One connection: sends the next packet when told to, keeps what is not answered, and sends it again."""

    __slots__ = ("_rest", "acked", "number", "open", "simulation", "step", "transport")

    def __init__(self, simulation: Simulation, number: int) -> None:
        self.simulation, self.number = simulation, number
        self.transport: asyncio.Transport | None = None
        self.open: dict[int, float] = {}
        self.acked: list[int] = []
        self.step = 0
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send again what was not answered before the connection was lost."""
        self.transport = transport = cast(asyncio.Transport, transport)
        self._rest = b""
        now = time.perf_counter()
        for step in self.open:
            self.open[step] = now
            transport.write(self.simulation.script.packet(self.number, step))
            self.simulation.report.resent += 1

    def connection_lost(self, exc: Exception | None) -> None:
        """Come back, unless all is over."""
        self.transport = None
        self.simulation.lost(self)

    def data_received(self, data: bytes) -> None:
        """Take answers."""
        self._rest += data
        if b"\r\n" not in data:
            return
        *lines, self._rest = self._rest.split(b"\r\n")
        now, report = time.perf_counter(), self.simulation.report
        for line in lines:
            if b";CN=9014;" not in line:
                continue
            at = line.find(b"QN=") + 3
            step = step_of(line[at : at + 17].decode())
            sent = self.open.pop(step, None)
            if sent is not None:
                report.acked += 1
                report.latencies.append(now - sent)
                if self.simulation.keeps:
                    self.acked.append(step)
        if not self.simulation.rate:
            self.fill()

    def send(self) -> bool:
        """Send the next packet; False where too much is unanswered or the connection is down."""
        if self.transport is None or len(self.open) >= self.simulation.window:
            return False
        self.open[self.step] = time.perf_counter()
        self.transport.write(self.simulation.script.packet(self.number, self.step))
        self.step += 1
        self.simulation.report.sent += 1
        return True

    def fill(self) -> None:
        """Send as much as may be unanswered."""
        while not self.simulation.over and self.simulation.more() and self.send():
            pass


class Simulation:
    """Many simulated devices against one gateway.

    ``rate``: packets a second over all devices; 0: each device sends the next as soon as one is answered. ``window``:
    packets of one device that may be unanswered. ``most``: packets over all, if not until told to stop. ``keeps``:
    remember which packets were answered (``acked`` of each device).
    """

    def __init__(
        self, script: Script, devices: int, *, rate: float = 0.0, window: int = 8, most: int | None = None,
        keeps: bool = False, resend: float = 10.0,
    ) -> None:  # fmt: skip
        self.script, self.rate, self.window, self.most, self.keeps = script, rate, window, most, keeps
        self.report = Report(devices)
        self.devices = [SimulatedDevice(self, number) for number in range(devices)]
        self.over = self._ending = False
        self._resend = resend
        self._address: Callable[[], tuple[str, int]] = lambda: ("127.0.0.1", 0)
        self._tasks: set[asyncio.Task[None]] = set()

    def more(self) -> bool:
        """Whether there is anything left to send."""
        return not self._ending and (self.most is None or self.report.sent < self.most)

    def finish(self) -> None:
        """Send nothing new; what is unanswered is still waited for."""
        self._ending = True

    def lost(self, device: SimulatedDevice) -> None:
        """A connection broke."""
        if not self.over:
            self.report.reconnects += 1
            self._begin(device)

    def _begin(self, device: SimulatedDevice) -> None:
        task = asyncio.get_running_loop().create_task(self._connect(device))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, device: SimulatedDevice) -> None:
        pause = 0.02
        while not self.over:
            try:
                await asyncio.get_running_loop().create_connection(lambda: device, *self._address())
            except OSError:
                await asyncio.sleep(pause)
                pause = min(2 * pause, 0.5)
            else:
                if not self.rate:
                    device.fill()
                return

    async def run(self, address: Callable[[], tuple[str, int]], seconds: float, *, settle: float = 15.0) -> Report:
        """Send for some seconds (or ``most`` packets), then wait up to ``settle`` seconds for answers that are due."""
        self._address = address
        begin = time.perf_counter()
        for at in range(0, len(self.devices), 200):  # a flood of connections would overflow the listener's queue
            await asyncio.gather(*(self._connect(device) for device in self.devices[at : at + 200]))
        if self.rate:
            begin = time.perf_counter()
        resender = asyncio.get_running_loop().create_task(self._again())
        due, turn, last = 0.0, 0, begin
        while (now := time.perf_counter()) - begin < seconds and self.more():
            due, last = due + (now - last) * self.rate, now
            tries = 0
            while due >= 1 and self.more() and tries < len(self.devices):
                if self.devices[turn % len(self.devices)].send():
                    due -= 1
                    tries = 0
                else:
                    tries += 1
                turn += 1
            if due >= 1:  # every device waits for answers: the gateway is behind, and the packets are not sent at all
                self.report.held_back += int(due)
                due -= int(due)
            await asyncio.sleep(0.005)
        sending = time.perf_counter() - begin
        self._ending = True
        stop = time.perf_counter() + settle
        while any(device.open for device in self.devices) and time.perf_counter() < stop:
            await asyncio.sleep(0.01)
        self.report.seconds = max(sending, time.perf_counter() - begin if not self.rate else 0.0)
        self.over = True
        resender.cancel()
        for device in self.devices:
            if device.transport is not None:
                device.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return self.report

    async def _again(self) -> None:
        """What is not answered in time is sent again, as devices do."""
        while True:
            await asyncio.sleep(min(1.0, self._resend / 4))
            now = time.perf_counter()
            for device in self.devices:
                if device.transport is None:
                    continue
                for step, since in list(device.open.items()):
                    if now - since > self._resend:
                        device.open[step] = now
                        device.transport.write(self.script.packet(device.number, step))
                        self.report.resent += 1


def script_ending_now(command: str, steps: int, now: datetime | None = None) -> Script:
    """A script whose packets, this many a device, end about now on China's clock."""
    period = PERIODS[command]
    present = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None) + timedelta(hours=8)
    seconds = int((present - datetime(2000, 1, 1)).total_seconds()) // period * period - period * max(1, steps)
    return Script(command, start=datetime(2000, 1, 1) + timedelta(seconds=seconds))
