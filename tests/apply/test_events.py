"""Events from the intake's transaction to the API, and from a history at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from clearbay.apply.alarms import alarm_of
from clearbay.apply.desk import Desk
from clearbay.apply.events import Events
from clearbay.cli import app as commands
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.text import LANGUAGES
from clearbay.share.app import api
from clearbay.store import Home
from clearbay.transmit.committer import Committer, Parcel
from clearbay.transmit.detection import DetectionStage
from tests.mine_detection.telemetry import HOUR, noise, readings, station

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
BEGIN = round((NOW - timedelta(hours=60)).timestamp()) * 1_000_000
PLACE = "test.generated.s1"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as found:
        found.register_stations([station(PLACE, longitude=113.2, latitude=23.1)])
        yield found


def ammonia(*, spill: bool = True) -> np.ndarray:
    values = noise(0.4, 60)
    if spill:
        values[50:56] = 2.4
    return values


def test_from_arrival_to_the_api_in_one_transaction(home: Home) -> None:
    """A value's event can be read as soon as the sender hears that it is stored."""
    values = ammonia()
    with Committer(home, linger_s=0.0, stages=[DetectionStage(home)]) as committer:
        committer.submit(Parcel("test", readings({(PLACE, "NH3N"): values[:50]}, start=BEGIN))).result(60)
        assert Events(home).find()[1] == 0
        begin = time.monotonic()
        late = readings({(PLACE, "NH3N"): values[50:51]}, start=BEGIN + 50 * HOUR)
        committer.submit(Parcel("test", late)).result(60)
        (event,), _ = Events(home).find(status="open")
        took = time.monotonic() - begin
        assert committer.tally.stage_trouble == ""
        assert took < 60
        assert event.record.origin == "live"
        assert event.record.generated
        assert event.record.change == "new"
        rest = readings({(PLACE, "NH3N"): values[51:]}, start=BEGIN + 51 * HOUR)
        committer.submit(Parcel("test", rest)).result(60)
    (event,), total = Events(home).find(status="all")
    assert total == 1
    assert event.record.ended is not None
    assert [step.what for step in event.problem.timeline][-1] == "ended"
    assert all(set(reason) == set(LANGUAGES) for reason in event.reasons)
    assert "NH3N" not in event.title["en"]


def test_a_history_gives_the_same_event_as_the_stream(home: Home) -> None:
    """What the intake found live, a scan finds in the history; an imported history opens nothing by itself."""
    values = ammonia()
    stage = DetectionStage(home)
    old = readings({(PLACE, "NH3N"): values}, start=BEGIN - 2000 * HOUR)
    with Committer(home, linger_s=0.0, stages=[stage]) as committer:
        committer.submit(Parcel("import", old)).result(60)
    assert Events(home).find()[1] == 0
    assert Events(home).scan() == 1
    (scanned,), _ = Events(home).find()
    assert Events(home).scan() == 1  # the same again replaces what was found
    assert Events(home).find()[1] == 1
    other = Home.create(home.path.parent / "other")
    other.register_stations(home.stations())
    live = DetectionStage(other, most_age=None)
    for hour in range(60):
        part = readings({(PLACE, "NH3N"): values[hour : hour + 1]}, start=BEGIN + (hour - 2000) * HOUR)
        with Committer(other, linger_s=0.0, stages=[live]) as committer:
            committer.submit(Parcel("live", part)).result(60)
    (streamed,), _ = Events(other).find()
    other.close()
    assert streamed.problem.as_dict() == scanned.problem.as_dict()
    assert (streamed.record.opened, streamed.record.ended) == (scanned.record.opened, scanned.record.ended)


def test_a_restart_goes_on_with_the_open_event(home: Home) -> None:
    """A new process takes the open event over and reads the baseline from the history."""
    values = ammonia()
    with Committer(home, linger_s=0.0, stages=[DetectionStage(home)]) as committer:
        committer.submit(Parcel("t", readings({(PLACE, "NH3N"): values[:53]}, start=BEGIN))).result(60)
    with Committer(home, linger_s=0.0, stages=[DetectionStage(home)]) as committer:
        later = readings({(PLACE, "NH3N"): values[53:]}, start=BEGIN + 53 * HOUR)
        committer.submit(Parcel("t", later)).result(60)
    (event,), total = Events(home).find(status="all")
    assert total == 1
    assert event.record.ended is not None


def test_a_silent_station_is_found_by_the_clock(home: Home) -> None:
    """A patrol opens an event for a station that stopped, and its next word ends it."""
    stage = DetectionStage(home)
    stage.push(readings({(PLACE, "DO"): noise(8, 40)}, start=BEGIN))
    stage.patrol(NOW - timedelta(hours=2))
    (event,), _ = Events(home).find(status="open")
    assert event.record.kind == "silence"
    assert event.record.severity == 1
    stage.push(readings({(PLACE, "DO"): [8.0]}, start=BEGIN + 58 * HOUR))
    stage.patrol(NOW)
    assert Events(home).find(status="open")[1] == 0


@pytest.fixture
def scanned(home: Home) -> Home:
    home.ingest(readings({(PLACE, "NH3N"): ammonia()}, start=BEGIN), source="test")
    Events(home).scan()
    return home


def test_the_api_tells_an_event(scanned: Home) -> None:
    """List, detail with series and timeline, detectors, changes as they come, and the end by hand."""
    stage = DetectionStage(scanned)
    with TestClient(api(Desk(scanned), is_open=True), client=("127.0.0.1", 1), base_url="http://127.0.0.1") as client:
        items = client.get("/api/events", params={"status": "all"}).json()
        (item,) = items["items"]
        assert item["status"] == "ended"
        assert item["kind"] == "exceedance"
        detail = client.get(f"/api/events/{item['id']}").json()
        assert max(detail["series"]["value"]) == 2.4
        assert detail["timeline"][0]["what"] == "new"
        assert client.get("/api/events", params={"bbox": "0,0,1,1", "status": "all"}).json()["total"] == 0
        assert client.get("/api/events", params={"status": "all", "to": "2001"}).json()["total"] == 0
        assert client.get("/api/events/detectors").json()["total"] == 9
        assert client.get("/api/events/999").status_code == 404
        assert client.post(f"/api/events/{item['id']}/end").status_code == 422
        stage.push(readings({(PLACE, "NH3N"): np.full(3, 5.0)}, start=BEGIN + 60 * HOUR))
        stage.patrol(NOW)
        opened = client.get("/api/events").json()["items"][0]
        assert client.post(f"/api/events/{opened['id']}/end").json()["status"] == "ended"
        known, version = Events(scanned).changed_since(1)
        assert opened["id"] in {one.id for one in known}
        assert Events(scanned).changed_since(version) == ([], version)


def test_changes_are_heard_as_they_come(scanned: Home) -> None:
    """The stream tells what changed since a version, in server-sent events, and ends when it was asked to."""
    with TestClient(api(Desk(scanned))) as client:
        heard = client.get("/api/events/stream", params={"since": 0, "seconds": 0})
        assert heard.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in heard.headers
        (line,) = [line for line in heard.text.splitlines() if line.startswith("data: ")]
        assert json.loads(line[6:])["kind"] == "exceedance"
        version = heard.text.strip().rpartition("id: ")[2].splitlines()[0]
        again = client.get("/api/events/stream", params={"seconds": 0}, headers={"Last-Event-ID": version})
        assert "data: " not in again.text


def test_an_event_can_be_traced(scanned: Home) -> None:
    """Its leading member is the alarm: section, property, and the time from its beginning."""
    (event,), _ = Events(scanned).find()
    alarm = alarm_of(scanned, event.id)
    assert (alarm.station, alarm.property) == (PLACE, "NH3N")
    assert alarm.start < alarm.end
    with pytest.raises(UnknownName):
        alarm_of(scanned, "nothing")
    with pytest.raises(BadInput):
        Events(scanned).end(event.id)


def test_the_commands_tell_events(scanned: Home) -> None:
    """list, show, scan and target from the shell."""
    place = ["--home", str(scanned.path)]
    for words in (
        ["list", "--status", "all", *place],
        ["show", "1", *place],
        ["scan", "--kind", "exceedance", "--json", *place],
        ["target", PLACE, "cn.gb3838", "II", *place],
    ):
        result = CliRunner().invoke(commands, ["events", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
    assert Events(scanned).records.targets() == {PLACE: ("cn.gb3838", "II")}
