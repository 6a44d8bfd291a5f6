"""What a gateway has read and not yet committed: one parcel for all connections, and the answers it owes for it."""

from __future__ import annotations

from typing import Protocol

from clearbay.collect.hj212.columns import Columns, Origin
from clearbay.collect.hj212.packet import Head, Packet
from clearbay.transmit.committer import Parcel


class Receiver(Protocol):
    """Whoever gets the answers."""

    def send(self, data: bytes) -> None:
        """Write bytes to the device, if it is still there."""


class Gathering:
    """Readings, frames for the evidence, and answers that may leave once both are safe."""

    __slots__ = ("_parcel", "answers", "columns", "packets", "raw", "size")

    def __init__(self) -> None:
        self.columns = Columns()
        self.raw: list[bytes] = []
        self.answers: list[tuple[Receiver, bytes]] = []
        self.packets = 0
        self.size = 0
        self._parcel: Parcel | None = None

    def add(self, head: Head, origin: Origin, crc: str, check: str) -> str:
        """Take the readings of a packet; see ``Columns.add``."""
        return self.columns.add(head, origin, crc, check)

    def add_packet(self, packet: Packet, origin: Origin) -> str:
        """Take the readings of a packet that was read."""
        return self.columns.add_packet(packet, origin)

    def keep(self, raw: bytes, receiver: Receiver | None = None, answer: bytes | None = None) -> None:
        """Keep a frame as evidence, and the answer that is owed for it."""
        self.raw.append(raw)
        self.size += len(raw)
        self.packets += 1
        if receiver is not None and answer is not None:
            self.answers.append((receiver, answer))

    @property
    def weight(self) -> int:
        """How much it is, in values: a packet without values weighs one."""
        return max(len(self.columns), self.packets)

    def parcel(self) -> Parcel:
        """Everything as one parcel; the same each time it is asked for."""
        if self._parcel is None:
            self._parcel = Parcel("hj212", self.columns.table(), raw=tuple(self.raw))
        return self._parcel

    def answer(self) -> None:
        """Send the answers, those of a connection in one write."""
        by_receiver: dict[Receiver, list[bytes]] = {}
        for receiver, answer in self.answers:
            by_receiver.setdefault(receiver, []).append(answer)
        for receiver, answers in by_receiver.items():
            receiver.send(b"".join(answers))
