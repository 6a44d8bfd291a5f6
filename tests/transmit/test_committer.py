"""Group commit: what is acknowledged is durable, one bad parcel sinks nobody, and doors hear when it is full."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from clearbay.model.errors import BadInput, StoreError
from clearbay.store import Home
from clearbay.store.chain import Verified, entries, verify
from clearbay.store.chain_heads import recorded
from clearbay.transmit.committer import Committer, Parcel
from tests.store.homes import readings, station

WAIT = 60


def parcel(*rows: tuple[Any, ...], raw: tuple[bytes, ...] = (), stations: tuple[Any, ...] = ()) -> Parcel:
    return Parcel("test", readings(*rows), stations, raw)


def test_what_is_acknowledged_is_stored_with_its_evidence(home: Home) -> None:
    """When the future resolves, readings and evidence are there, and the store knows the head of the evidence."""
    with Committer(home) as committer:
        done = committer.submit(parcel(("A", "2020-01-05", 1.0), raw=(b"frame",))).result(WAIT)
        assert (done.new, done.refused, done.data_version) == (1, (), home.data_version)
        head = recorded(home, "intake")
        assert head is not None
        assert verify(home.evidence, "intake", known=head) == Verified(1, head.link)
    assert [entry.data for entry in entries(home.evidence, "intake")] == [b"frame"]
    assert home.reader().observations()["value"].to_pylist() == [1.0]


def test_parcels_that_wait_are_one_transaction(home: Home) -> None:
    """Whatever waits together is committed together: the data version grows by one."""
    with Committer(home, linger_s=WAIT, most_values=40) as committer:
        before = home.data_version
        futures = [committer.submit(parcel(("A", f"2020-01-05 00:{minute:02}", 1.0))) for minute in range(40)]
        outcomes = [future.result(WAIT) for future in futures]
    assert {outcome.parcels for outcome in outcomes} == {40}
    assert home.data_version == before + 1


def test_one_bad_parcel_sinks_nobody(home: Home) -> None:
    """Rows that cannot be stored are listed for their own parcel, the rest of all parcels is kept."""
    with Committer(home, linger_s=0.2) as committer:
        good = committer.submit(parcel(("A", "2020-01-05", 1.0)))
        bad = committer.submit(parcel(("B", "2020-01-05", 2.0), ("Z", "2020-01-05", 3.0), ("B", "2999-01-01", 4.0)))
        shapeless = committer.submit(Parcel("test", pa.table({"value": [1.0]})))
        assert good.result(WAIT).refused == ()
        assert [(one.row, one.column) for one in bad.result(WAIT).refused] == [(1, "station"), (2, "time")]
        with pytest.raises(BadInput, match="no column"):
            shapeless.result(WAIT)
    assert sorted(home.reader().observations()["value"].to_pylist()) == [1.0, 2.0]


def test_stations_may_come_with_a_parcel(home: Home) -> None:
    """A parcel may bring the stations that its readings name."""
    with Committer(home) as committer:
        done = committer.submit(parcel(("N", "2020-01-05", 1.0), stations=(station("N"),))).result(WAIT)
    assert (done.new, done.refused) == (1, ())


def test_stages_change_flags_and_hear_of_the_commit(home: Home) -> None:
    """A stage sees every reading before it is stored, its hook again inside the transaction; a fault in either is told
    and stops no reading."""
    heard: list[int] = []

    class Suspicious:
        def __call__(self, table: pa.Table) -> pa.Table:
            place = table.schema.get_field_index("flag")
            return table.set_column(place, "flag", pc.add(table["flag"], pa.scalar(2, pa.int8())))

        def on_commit(self, connection: Any, table: pa.Table) -> None:
            heard.extend(table["flag"].to_pylist())
            raise RuntimeError("a fault in a hook")

    def faulty(table: pa.Table) -> pa.Table:
        raise RuntimeError("a fault in a stage")

    with Committer(home, stages=[Suspicious(), faulty]) as committer:
        committer.submit(parcel(("A", "2020-01-05", 1.0))).result(WAIT)
        assert "a fault" in committer.tally.stage_trouble
    assert heard == [3]
    assert home.reader().observations()["flag"].to_pylist() == [3]


def test_trouble_of_the_store_reaches_those_who_wait(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store cannot take a group, its senders hear why, nothing is stored, and the next group is taken."""

    def refuse(*_: Any, **__: Any) -> None:
        raise StoreError("the disk is full")

    with Committer(home) as committer:
        with monkeypatch.context() as patch:
            patch.setattr(home, "ingest", refuse)
            with pytest.raises(StoreError, match="disk is full"):
                committer.submit(parcel(("A", "2020-01-05", 1.0))).result(WAIT)
            assert committer.tally.trouble == "the disk is full"
        assert committer.submit(parcel(("A", "2020-01-05", 1.0))).result(WAIT).new == 1
        assert committer.tally.trouble == ""


def test_doors_wait_while_it_is_full(home: Home) -> None:
    """Beyond its bound the committer is full; ``room`` returns when it has caught up."""
    hold = threading.Event()

    def slow(table: pa.Table) -> pa.Table:
        hold.wait(WAIT)
        return table

    async def story(committer: Committer) -> None:
        first = committer.submit(parcel(("A", "2020-01-05", 1.0)))
        while committer._values:  # until the thread has taken the first
            await asyncio.sleep(0.001)
        rest = [committer.submit(parcel(("B", f"2020-01-0{day}", 1.0))) for day in range(1, 6)]
        assert committer.full
        waiter = asyncio.ensure_future(committer.room())
        await asyncio.sleep(0)
        assert not waiter.done()
        hold.set()
        await asyncio.wait_for(waiter, WAIT)
        assert not committer.full
        for future in (first, *rest):
            await asyncio.wrap_future(future)

    with Committer(home, linger_s=0.0, waiting_values=5, stages=[slow]) as committer:
        asyncio.run(story(committer))


def test_who_has_gone_away_disturbs_nobody(home: Home) -> None:
    """A sender that no longer waits takes nothing from the others."""
    with Committer(home, linger_s=0.2) as committer:
        gone = committer.submit(parcel(("A", "2020-01-05", 1.0)))
        there = committer.submit(parcel(("B", "2020-01-05", 1.0)))
        assert gone.cancel()
        assert there.result(WAIT).new == 1


def test_closing_commits_what_waits(home: Home) -> None:
    """What was handed over before ``close`` is committed; what comes after is refused."""
    committer = Committer(home, linger_s=WAIT)
    future = committer.submit(parcel(("A", "2020-01-05", 1.0)))
    assert committer.close(WAIT)
    assert future.result(0).new == 1
    with pytest.raises(StoreError, match="closing"):
        committer.submit(parcel(("A", "2020-01-06", 1.0))).result(0)


def test_two_names_let_two_processes_write(home: Home, opened: Callable[[], Home]) -> None:
    """Committers at one home need a chain each."""
    with Committer(home, chain="hj212"), Committer(opened(), chain="doors") as second:
        assert second.submit(parcel(("A", "2020-01-05", 1.0), raw=(b"x",))).result(WAIT).new == 1
        with pytest.raises(StoreError, match="another process"):
            Committer(home, chain="doors")


@pytest.fixture
def opened(home: Home) -> Any:
    homes: list[Home] = []

    def again() -> Home:
        homes.append(Home.open(home.path))
        return homes[-1]

    yield again
    for one in homes:
        one.close()
