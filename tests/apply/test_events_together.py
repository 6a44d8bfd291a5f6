"""Several processes at one home: one event a problem, whoever takes the readings in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection

from clearbay.apply.demonstration import ID, keep_demonstration
from clearbay.apply.events import Events
from clearbay.apply.network import Waters
from clearbay.mine.network import downstream
from clearbay.store import Home
from clearbay.transmit.committer import Committer, Parcel
from clearbay.transmit.detection import DetectionStage
from clearbay.transmit.rivers import Rivers
from tests.mine_detection.telemetry import HOUR, noise, readings, station

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
BEGIN = round((NOW - timedelta(hours=40)).timestamp()) * 1_000_000
PLACE = "test.generated.s1"

OTHER = """
import sys
from pathlib import Path
from clearbay.store import Home
from clearbay.transmit.committer import Committer, Parcel
from clearbay.transmit.detection import DetectionStage
from tests.apply.test_events_together import BEGIN, PLACE
from tests.mine_detection.telemetry import HOUR, noise, readings

with Home.open(Path(sys.argv[1])) as home, Committer(home, chain="other", stages=[DetectionStage(home)]) as committer:
    begin = int(sys.argv[3])
    for hour in range(12):
        committer.submit(Parcel("t", readings({(PLACE, "TP"): noise(0.1, 1)}, start=begin + hour * HOUR))).result(60)
    print("warm", flush=True)
    sys.stdin.readline()
    for hour in range(12, 24):
        committer.submit(Parcel("t", readings({(PLACE, "TP"): [2.5]}, start=begin + hour * HOUR))).result(60)
    print(committer.tally.stage_trouble, flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as found:
        found.register_stations([station(PLACE, longitude=113.2, latitude=23.1)])
        yield found


def test_two_processes_open_one_event(home: Home) -> None:
    """Two processes that each see one property of a station go bad at once make one event of it together."""
    command = [sys.executable, "-c", OTHER, str(home.path), "x", str(BEGIN)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        with Committer(home, chain="this", stages=[DetectionStage(home)]) as committer:
            for hour in range(12):
                part = readings({(PLACE, "NH3N"): noise(0.4, 1)}, start=BEGIN + hour * HOUR)
                committer.submit(Parcel("t", part)).result(60)
            assert other.stdout.readline().strip() == "warm"
            other.stdin.write("go\n")
            other.stdin.flush()
            for hour in range(12, 24):
                part = readings({(PLACE, "NH3N"): [6.0]}, start=BEGIN + hour * HOUR)
                committer.submit(Parcel("t", part)).result(60)
            assert other.stdout.readline().strip() == ""
            assert other.wait(60) == 0
            assert committer.tally.stage_trouble == ""
    (event,), total = Events(home).find()
    assert total == 1
    assert {one.property for one in event.problem.members} == {"NH3N", "TP"}


def test_what_one_ends_the_other_knows(home: Home) -> None:
    """An event goes on in whichever stage sees the next value; one ended by a person is over for all."""
    first, second = DetectionStage(home), DetectionStage(home)
    bad = readings({(PLACE, "NH3N"): np.full(3, 6.0)}, start=BEGIN)

    def told(stage: DetectionStage, start: int, values: list[float]) -> None:
        stage.push(readings({(PLACE, "NH3N"): np.array(values)}, start=start))
        with home.records.write() as connection:
            stage.within(connection, 0)

    first.push(bad)
    with home.records.write() as connection:
        first.within(connection, 0)
    told(second, BEGIN + 3 * HOUR, [7.0, 7.0, 7.0])
    (event,), _ = Events(home).find(status="open")
    assert len(event.problem.members) == 1
    assert event.problem.members[0].peak == 7.0
    told(first, BEGIN + 6 * HOUR, [0.2, 0.2, 0.2])
    assert Events(home).find(status="open")[1] == 0
    told(second, BEGIN + 9 * HOUR, [7.0, 7.0, 7.0])  # within the hours in which it is the same again
    (again,), _ = Events(home).find(status="open")
    assert again.id == event.id
    Events(home).end(event.id)
    told(first, BEGIN + 12 * HOUR, [7.0, 7.0, 7.0])
    (new,), _ = Events(home).find(status="open")
    assert new.id != event.id


def test_a_transaction_that_was_rolled_back_is_told_again(home: Home) -> None:
    """What was signalled in a transaction that came to nothing opens its event in the next one."""

    class Undone(Exception):
        pass

    stage = DetectionStage(home)
    stage.push(readings({(PLACE, "NH3N"): np.full(3, 6.0)}, start=BEGIN))

    def undone(connection: Connection) -> None:
        stage.within(connection, 0)
        raise Undone

    with pytest.raises(Undone), home.records.write() as connection:
        undone(connection)
    assert Events(home).find()[1] == 0
    stage.push(readings({(PLACE, "NH3N"): [0.4]}, start=BEGIN + 3 * HOUR))
    with home.records.write() as connection:
        stage.within(connection, 0)
    (event,), total = Events(home).find(status="open")
    assert total == 1
    assert event.problem.members[0].peak == 6.0


def test_neighbours_are_told_along_the_water(home: Home) -> None:
    """Two sections of one way of the water share an event; sections of different ways do not, however near."""
    keep_demonstration(home)
    basin = Waters(home).basin(ID)
    sections = [site for site in basin.sites if site.kind == "section" and site.station]
    rivers = Rivers(home)
    apart = {
        (one.station, two.station): rivers.between(one.station, two.station)
        for one in sections[:30]
        for two in sections[:30]
        if one.station and two.station and one.id < two.id
    }
    above, below = min((pair for pair, one in apart.items() if one), key=lambda pair: apart[pair][0])  # type: ignore[index]
    elsewhere = next(
        two for (one, two), far in apart.items() if one == above and far is not None and far[0] == float("inf")
    )
    km, hours = apart[above, below] or (0.0, 0.0)
    assert 0.0 < km < 80.0
    assert hours > 0.0
    assert rivers.between(above, PLACE) is None
    lower = next(site for site in sections if site.station == below)
    upper = next(site for site in sections if site.station == above)
    down = downstream(basin.network, upper.place).reach.tolist()
    up = downstream(basin.network, lower.place).reach.tolist()
    assert lower.place.reach in down or upper.place.reach in up
    bad = {(id, "NH3N"): np.full(3, 6.0) for id in (above, below, elsewhere)}
    with Committer(home, stages=[DetectionStage(home)]) as committer:
        committer.submit(Parcel("t", readings(bad, start=BEGIN))).result(60)
        assert committer.tally.stage_trouble == ""
    found, _ = Events(home).find(status="open")
    together = [{one.station for one in event.problem.members} for event in found]
    assert {above, below} in together
    assert {elsewhere} in together
