from __future__ import annotations

import random

import pytest

from clearbay.collect.hj212 import Assembler, Packet, Unfinished, decode, frames
from clearbay.collect.hj212.packet import framed
from tests.collect_hj212.vectors import STANDARD, packet


def part(number: int, count: int, cp: str, qn: str = "20160801085857223") -> Packet:
    data = packet(cp, flag=7, more=f"PNUM={count};PNO={number};", cn="2051").replace(b"20160801085857223", qn.encode())
    (frame,) = frames(framed(data[6:-6]))
    return decode(frame)


PARTS = [
    part(1, 3, "DataTime=20260101080000;w01018-Avg=1,w01018-Flag=N"),
    part(2, 3, "DataTime=20260101080000;w21003-Avg=2,w21003-Flag=D;"),
    part(3, 3, "w21011-Avg=3"),
]


@pytest.mark.parametrize("seed", range(6))
def test_parts_in_any_order_make_one_packet(seed: int) -> None:
    """Rows in the order of PNO; a part without DataTime goes on with the one before; PNUM and bit D are gone."""
    order = random.Random(seed).sample(PARTS, 3)
    assembler = Assembler()
    assert [assembler.add(member) for member in order[:2]] == [None, None]
    joined = assembler.add(order[2])
    assert joined is not None
    assert [(row.code, row.value, row.flag) for row in joined.data] == [
        ("w01018", 1.0, "N"),
        ("w21003", 2.0, "D"),
        ("w21011", 3.0, ""),
    ]
    assert len({row.time for row in joined.data}) == 1
    assert (joined.pnum, joined.pno, joined.flag, joined.is_part) == (None, None, 5, False)
    assert (len(assembler), assembler.size) == (0, 0)


def test_a_part_sent_again_counts_once() -> None:
    """A repeated part replaces the one before."""
    assembler = Assembler()
    for member in (PARTS[0], PARTS[0], PARTS[1]):
        assert assembler.add(member) is None
    joined = assembler.add(PARTS[2])
    assert joined is not None
    assert len(joined.data) == 3


def test_whole_packets_pass() -> None:
    """What is no part, or the only one, comes back at once."""
    (frame,) = frames(STANDARD)
    assert Assembler().add(decode(frame)) == decode(frame)
    single = part(1, 1, "")
    assert Assembler().add(single) == single


def test_the_store_is_bounded() -> None:
    """Whoever never sends the last part is given up, the longest waiting first, and listed."""
    assembler = Assembler(groups=3)
    lost: list[Unfinished] = []
    for number in range(10):
        assembler.add(part(1, 2, "a-Rtd=1", qn=f"2026010108000{number:04d}"))
        assert len(assembler) <= 3
        lost += assembler.lost()
    assert [one.key[1][-1] for one in lost] == list("0123456")
    assert assembler.lost() == ()
    small = Assembler(characters=400)
    for number in range(10):
        small.add(part(1, 2, "a-Rtd=1", qn=f"2026010108000{number:04d}"))
        assert small.size <= 400
    assert 1 <= len(small.give_up("010000A8900016F000169DC0")) < 10
    assert (len(small), small.size) == (0, 0)


def test_a_changed_count_begins_anew() -> None:
    """Parts that contradict each other on PNUM are not mixed."""
    assembler = Assembler()
    assembler.add(part(1, 3, "a-Rtd=1"))
    assert assembler.add(part(1, 2, "a-Rtd=1")) is None
    assert [one.count for one in assembler.lost()] == [3]
