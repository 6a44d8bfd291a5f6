"""One connection: bytes into frames, and not a byte more from a device while the store is behind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from clearbay.collect.hj212 import CHECKS, Assembler, Framer
from clearbay.collect.hj212.parts import Key

if TYPE_CHECKING:
    from clearbay.transmit.gateway.server import Gateway

ACCEPT = tuple(CHECKS)
"""Every check is read at first; whether a device may use it is known once its MN is."""

MOST_MNS = 200
"""Devices that one connection may speak for (a collector on site may serve several)."""
STRANGE_FRAMES = 100
"""Frames of unknown or refused devices, or that are none, after which a connection that brought no other is closed."""
UNSENT = 1 << 20
"""Bytes that may wait to be sent to a device that does not read; beyond it, it is not listened to any more."""


class Connection(asyncio.Protocol):
    """The protocol object of one device's connection. What it holds is bounded: one unfinished frame, a few parts."""

    __slots__ = (
        "_assembler", "_paused", "door", "framer", "gateway", "good", "last", "mns", "part_answers", "part_times",
        "peer", "strange", "transport",
    )  # fmt: skip

    def __init__(self, gateway: Gateway, door: str) -> None:
        self.gateway, self.door = gateway, door
        self.framer = Framer(ACCEPT)
        self.transport: asyncio.Transport | None = None
        self.peer = ""
        self.mns: tuple[str, ...] = ()
        self.good = False
        self.strange = 0
        self.last = 0.0
        self.part_times: dict[Key, str] = {}
        self.part_answers: dict[Key, list[tuple[bytes, bytes | None]]] = {}
        self._assembler: Assembler | None = None
        self._paused = 0

    @property
    def assembler(self) -> Assembler:
        """Where packets in parts wait for their other parts."""
        if self._assembler is None:
            self._assembler = Assembler(groups=8, characters=64_000)
        return self._assembler

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to listen, or refuse where there are too many."""
        self.transport = transport = cast(asyncio.Transport, transport)
        transport.set_write_buffer_limits(high=UNSENT)
        address = transport.get_extra_info("peername")
        self.peer = str(address[0]) if address else ""
        self.last = self.gateway.time()
        if not self.gateway.joined(self):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.gateway.left(self)
        self.transport = None

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        gateway = self.gateway
        self.last = gateway.time()
        for frame in self.framer.feed(data):
            gateway.take(self, frame)
        if gateway.full:
            self.pause()
            gateway.wait(self)

    def eof_received(self) -> bool:
        """The device will send no more: read what was held back; answers still owed to it can leave."""
        for frame in self.framer.finish():
            self.gateway.take(self, frame)
        return True

    def pause_writing(self) -> None:
        """The device does not read its answers: listen to it no more until it does."""
        self.pause()

    def resume_writing(self) -> None:
        """It reads again."""
        self.resume()

    def pause(self) -> None:
        """Stop reading from the socket; as many times as this is called, ``resume`` must be."""
        self._paused += 1
        if self._paused == 1 and self.transport is not None:
            self.transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        self._paused -= 1
        if self._paused == 0 and self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def speaks_for(self, mn: str) -> bool:
        """Remember a device that speaks through this connection; True where it is new here."""
        if mn in self.mns:
            return False
        self.mns = (*self.mns[-MOST_MNS + 1 :], mn)
        return True

    def send(self, data: bytes) -> None:
        """Write to the device, if it is still there."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def close(self) -> None:
        """Hang up."""
        if self.transport is not None:
            self.transport.abort()
