"""Mutated frames by the million: what the suite does in seconds and ``benchmarks/hj212.py --fuzz N`` for hours."""

from __future__ import annotations

import random
from dataclasses import dataclass

from clearbay.collect.hj212 import (
    MAX_FRAME,
    Assembler,
    Framer,
    acknowledgement,
    decode,
    encode,
    frame_as_json,
    from_json,
    take,
)
from clearbay.collect.hj212.columns import Columns, Origin
from clearbay.collect.hj212.commands import MEASURED
from clearbay.collect.hj212.packet import framed, head_of
from clearbay.model.errors import BadInput
from tests.collect_hj212 import vectors
from tests.collect_hj212.streams import WHOLE

ORIGIN = Origin("s", units=(("a21026", "ug/m3"),))
SEEDS = [
    *WHOLE,
    vectors.packet("DataTime=20260101080000;w01018-Avg=1,w01018-Flag=N", cn="2061", flag=7, more="PNUM=2;PNO=1;"),
    vectors.packet("w21003-Rtd=1,w21003-Flag=D", flag=9),
]
MARKS = [
    b"##",
    b"\r\n",
    b"&&",
    b"CP=&&",
    b";",
    b",",
    b"=",
    b"-",
    b"\x00",
    b"\xff",
    b"9999",
    b"0000",
    b"-Flag=",
    b"DataTime=",
]


@dataclass
class Outcome:
    """What became of the mutated frames."""

    fed: int = 0
    read: int = 0
    refused: int = 0
    held_most: int = 0


def mutated(chance: random.Random) -> bytes:
    """A packet with a few random changes; now and then its check is made right again, so that damage gets through."""
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + chance.randrange(1, 40)]
            case 2:
                data[place:place] = chance.choice(MARKS)
            case 3:
                data[place:place] = data[place : place + chance.randrange(1, 200)]
            case 4:
                other = chance.choice(SEEDS)
                data[place:] = other[chance.randrange(len(other)) :]
            case _:
                data[place : place + 1] = chance.choice(b"0123456789.;,=&-").to_bytes(1, "big")
    if chance.random() < 0.5 and len(data) > 12:
        return framed(bytes(data[6:-6]).replace(b"\n", b"")[:9999])
    return bytes(data)


def fuzz(count: int, seed: int = 0) -> Outcome:
    """Feed ``count`` mutated frames through everything, in random pieces; raise what nobody raises on purpose."""
    chance, outcome = random.Random(seed), Outcome()
    columns = Columns()
    framer, assembler = Framer(["modbus-swapped"]), Assembler(groups=50, characters=100_000)
    while outcome.fed < count:
        stream = b"".join(mutated(chance) for _ in range(32))
        outcome.fed += 32
        place = 0
        while place < len(stream):
            size = chance.choice((1, 7, 100, 1500, 65536))
            found = framer.feed(stream[place : place + size])
            place += size
            outcome.held_most = max(outcome.held_most, framer.pending)
            assert framer.pending <= MAX_FRAME
            for frame in found:
                try:
                    packet = decode(frame)
                except BadInput:
                    outcome.refused += 1
                    continue
                outcome.read += 1
                head = head_of(frame.segment)
                assert acknowledgement(head) == acknowledgement(packet)
                if head.cn in MEASURED:
                    columns.add(head, ORIGIN)
                if len(columns) > 5_000:
                    assert columns.table().num_rows == len(columns)
                    columns = Columns()
                assert encode(packet)[6:-2] == frame.raw[6:]
                if outcome.read % 8 == 0:
                    assert from_json(frame_as_json(frame)) == packet
                    whole = assembler.add(packet)
                    if whole is not None:
                        take(whole, "s", units={"a21026": "ug/m3"})
    return outcome
