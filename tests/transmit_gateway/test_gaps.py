"""Gaps, and how they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from clearbay.collect.hj212.packet import head_of
from clearbay.store import Home
from clearbay.store.devices import Config, GapRequest, GapRequests
from clearbay.transmit.gateway import Settings, gaps
from clearbay.transmit.gateway.requests import AGAIN_S, ANSWER_S, EXECUTE_S, REPEATS, Asker, worth_asking
from tests.store.homes import station

from .stand import MN, PLAN, Device, approved, eventually, hour, packet, running, segment

NOW = datetime(2024, 1, 3, 12, 30)
HEAD = head_of(segment("DataTime=20240101000000"))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as made:
        made.register_stations(station(name) for name in "ABC")
        yield made


def starts(found: np.ndarray, offset: int = 480) -> list[str]:
    return [str(np.datetime64(int(one) + offset * 60_000_000, "us"))[:16] for one in found]


def test_periods_are_due_when_they_ended_a_while_ago() -> None:
    """An hour is owed twenty minutes after its end; periods begin on the device's clock."""
    (plan,) = gaps.plans(Config(), timedelta(hours=3))
    assert starts(gaps.due(plan, datetime(2024, 1, 3, 12, 30), 0), 0) == ["2024-01-03T10:00", "2024-01-03T11:00"]
    assert starts(gaps.due(plan, datetime(2024, 1, 3, 12, 15), 0), 0) == ["2024-01-03T10:00"]
    days = gaps.plans(Config(hours=False, days=True), timedelta(days=2))[0]
    assert starts(gaps.due(days, datetime(2024, 1, 3, 19, 30), 480)) == [
        "2024-01-02T00:00",
        "2024-01-03T00:00",
    ]


def test_nothing_is_owed_from_before_the_approval() -> None:
    """Only what falls behind the approval is asked for."""
    (plan,) = gaps.plans(Config(), timedelta(hours=48))
    assert len(gaps.due(plan, NOW, 480, NOW - timedelta(hours=3))) == 2


def test_runs_are_unbroken_and_bounded() -> None:
    """Neighbouring periods are asked for together, a day's worth at most."""
    found = gaps.runs(np.array([0, 1, 2, 5, *range(10, 40)]) * 3_600_000_000, 3600)
    assert [(a // 3_600_000_000, b // 3_600_000_000) for a, b in found] == [(0, 2), (5, 5), (10, 33), (34, 39)]


def test_a_missing_channel_is_a_gap(home: Home) -> None:
    """A period lacks where any channel of the plan does; any value will do for a device without channels."""
    approved(home)
    with running(home) as it, Device(it.port) as device:
        device.send(*(hour(number) for number in (0, 1, 3)), hour(2, codes=("w01018",)))
        device.lines(4)
    owing = gaps.Owing(MN, "A", PLAN, datetime(2023, 12, 31, 16))
    now = datetime(2023, 12, 31, 16) + timedelta(hours=5, minutes=30)
    found = list(gaps.find(home, [owing], now, timedelta(hours=48)))
    assert [(command, starts(np.array([first, last]))) for _, command, first, last, _ in found] == [
        ("2061", ["2024-01-01T02:00", "2024-01-01T02:00"]), ("2061", ["2024-01-01T04:00", "2024-01-01T04:00"]),
    ]  # fmt: skip
    whole = gaps.Owing(MN, "A", Config(), datetime(2023, 12, 31, 16))
    assert len(list(gaps.find(home, [whole], now, timedelta(hours=48)))) == 1


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def asked(**changes: object) -> GapRequest:
    given = {"mn": MN, "command": "2061", "start": 1_704_067_200_000_000, "end": 1_704_070_800_000_000, "tries": 0,
             "asked": 0, "outcome": "found"} | changes  # fmt: skip
    return GapRequest(**given)  # type: ignore[arg-type]


def test_a_request_is_repeated_and_given_up() -> None:
    """Without 9011 a request is sent again three times, then given up; only one is open at a time."""
    clock, told = Clock(), list[GapRequest]()
    asker = Asker(told.append, clock)
    asker.ask(asked(), HEAD)
    asker.ask(asked(start=1), HEAD)
    frame = asker.due(MN)
    assert frame is not None
    assert (
        b"CN=2061;PW=123456;MN=" + MN.encode() + b";Flag=5;CP=&&BeginTime=20240101000000,EndTime=20240101010000&&"
        in frame
    )
    for _ in range(REPEATS):
        assert asker.due(MN) is None
        clock.now += ANSWER_S
        assert asker.due(MN) == frame
    clock.now += ANSWER_S
    second = asker.due(MN)
    assert second not in (None, frame)
    assert [one.outcome for one in told] == ["asked", "no answer", "asked"]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([("9011", "QnRtn=1"), ("9012", "ExeRtn=1")], "answered"),
        ([("9011", "QnRtn=1"), ("9012", "ExeRtn=100")], "no data"),
        ([("9011", "QnRtn=1"), ("9012", "ExeRtn=5")], "failed (5)"),
        ([("9011", "QnRtn=2")], "refused (2)"),
        ([("9012", "ExeRtn=1")], "answered"),
    ],
)
def test_answers_end_a_request(answers: list[tuple[str, str]], outcome: str) -> None:
    """9011 says whether, 9012 how it went."""
    told = list[GapRequest]()
    asker = Asker(told.append, Clock())
    asker.ask(asked(), HEAD)
    frame = asker.due(MN)
    assert frame is not None
    qn = frame[9:26].decode()
    assert not asker.answered(head_of(segment("QnRtn=1", cn="9011", qn="20000101000000000")))
    for command, cp in answers:
        assert asker.answered(head_of(segment(cp, cn=command, qn=qn)))
    assert told[-1].outcome == outcome
    assert not asker.busy(MN)


def test_who_never_ends_does_not_block_the_next() -> None:
    """A device that says 9011 and then nothing is not waited for endlessly; one that has left is forgotten."""
    clock, told = Clock(), list[GapRequest]()
    asker = Asker(told.append, clock)
    asker.ask(asked(), HEAD)
    frame = asker.due(MN)
    assert frame is not None
    asker.answered(head_of(segment("QnRtn=1", cn="9011", qn=frame[9:26].decode())))
    clock.now += EXECUTE_S
    assert asker.due(MN) is None
    assert told[-1].outcome == "no end"
    asker.ask(asked(), HEAD)
    asker.due(MN)
    asker.gone(MN)
    assert told[-1].outcome == "connection lost"


def test_a_gap_is_not_asked_for_for_ever() -> None:
    """Once there is no data, or three tries were made, or the last was a short while ago, a gap rests."""
    assert worth_asking(None, 0)
    assert not worth_asking(asked(tries=1, outcome="no data"), 1e9)
    assert not worth_asking(asked(tries=3, outcome="no answer"), 1e9)
    assert worth_asking(asked(tries=2, outcome="answered"), AGAIN_S)
    assert not worth_asking(asked(tries=2, outcome="answered", asked=1_000_000), AGAIN_S)


def test_the_gateway_fills_a_gap(home: Home) -> None:
    """A connected device with a gap is asked for it, and what it sends late is taken; it is not asked twice."""
    approved(home)
    settings = Settings(look=0.02, write_behind=0.05, backfill_every=3600.0)
    with running(home, settings) as it, Device(it.port) as device:
        device.send(hour(0), hour(2))
        device.lines(2)
        known = it.gateway.roster.find(MN)
        assert known is not None
        known.since = datetime(2023, 12, 31, 16)
        now = known.since + timedelta(hours=3, minutes=30)
        assert it.call(it.gateway.look_for_gaps(now)) == 1
        request = device.line()
        assert "CN=2061" in request
        assert "BeginTime=20240101010000,EndTime=20240101010000" in request
        qn = request[9:26]
        device.send(
            packet("QnRtn=1", cn="9011", st="91", flag=4, qn=qn), hour(1, qn=qn, flag=4),
            packet("ExeRtn=1", cn="9012", st="91", flag=4, qn=qn),
        )  # fmt: skip
        eventually(lambda: [one.outcome for one in GapRequests(home).every()] == ["answered"])
        eventually(lambda: home.counts()[0] == 9)
        assert it.call(it.gateway.look_for_gaps(now)) == 0
        assert it.call(it.gateway.look_for_gaps(now + timedelta(hours=1))) == 1
