"""Packets that come in parts (PNUM, PNO), put together in a bounded store."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from clearbay.collect.hj212 import segment as segments
from clearbay.collect.hj212.packet import Packet, read
from clearbay.collect.hj212.versions import PART

Key = tuple[str, str, str, str]
"""MN, QN, ST and CN: what the parts of one packet share."""


@dataclass(slots=True)
class _Group:
    count: int
    size: int = 0
    parts: dict[int, Packet] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Parts that were given up before the last one came: whose, how many of how many, and the parts themselves."""

    key: Key
    count: int
    parts: tuple[Packet, ...]


class Assembler:
    """Holds parts until all are there; gives up the group that has waited longest when it holds too much.

    ``groups`` and ``characters`` bound what is held. A part that comes again replaces the one before. There is no clock
    here: whoever has one calls ``give_up`` for the devices that have gone.
    """

    def __init__(self, *, groups: int = 1000, characters: int = 4_000_000) -> None:
        self._limits = (max(1, groups), max(1, characters))
        self._held: OrderedDict[Key, _Group] = OrderedDict()
        self._size = 0
        self._lost: deque[Unfinished] = deque()
        self._lost_size = 0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def size(self) -> int:
        """Characters held."""
        return self._size

    def add(self, packet: Packet) -> Packet | None:
        """Return a packet that is whole: the one given, or all parts as one when it is the last; None until then."""
        if not packet.is_part or packet.pnum is None or packet.pno is None:
            return packet
        key = (packet.mn, packet.qn, packet.st, packet.cn)
        group = self._held.get(key)
        if group is not None and group.count != packet.pnum:
            self._drop(key)
            group = None
        if group is None:
            group = self._held[key] = _Group(packet.pnum)
        before = group.parts.get(packet.pno)
        change = len(packet.segment) - (len(before.segment) if before is not None else 0)
        group.parts[packet.pno] = packet
        group.size += change
        self._size += change
        self._held.move_to_end(key)
        if len(group.parts) == group.count:
            del self._held[key]
            self._size -= group.size
            return whole([group.parts[number] for number in sorted(group.parts)])
        self._make_room()
        return None

    def lost(self) -> tuple[Unfinished, ...]:
        """What was given up since the last call; of that, the newest is kept within the same bounds as what is held."""
        lost = tuple(self._lost)
        self._lost.clear()
        self._lost_size = 0
        return lost

    def give_up(self, mn: str | None = None) -> tuple[Unfinished, ...]:
        """Give up the unfinished groups of one device, or of all; return all that were given up."""
        for key in [key for key in self._held if mn is None or key[0] == mn]:
            self._drop(key)
        return self.lost()

    def _make_room(self) -> None:
        groups, characters = self._limits
        while len(self._held) > groups or self._size > characters:
            self._drop(next(iter(self._held)))

    def _drop(self, key: Key) -> None:
        group = self._held.pop(key)
        self._size -= group.size
        self._lost.append(Unfinished(key, group.count, tuple(group.parts.values())))
        self._lost_size += group.size
        while len(self._lost) > self._limits[0] or self._lost_size > self._limits[1]:
            self._lost_size -= sum(len(part.segment) for part in self._lost.popleft().parts)


def whole(parts: Iterable[Packet]) -> Packet:
    """One packet of the contents of all parts in their order, without PNUM and PNO.

    A part that repeats DataTime and one that goes on without it read the same.
    """
    members = list(parts)
    first = members[0]
    fields, _ = segments.split(first.segment)
    for name in ("PNUM", "PNO"):
        fields.pop(name, None)
    if first.flag is not None:
        fields["Flag"] = str(first.flag & ~PART)
    contents = (segments.split(member.segment)[1].strip(";") for member in members)
    joined = segments.join(fields, ";".join(content for content in contents if content))
    return read(segments.encode_text(joined))
