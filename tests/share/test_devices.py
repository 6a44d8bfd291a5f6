"""``/api/devices``: what operators see of devices, and what they decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from clearbay.apply.desk import Desk
from clearbay.model.observation import READINGS
from clearbay.share.app import api
from clearbay.share.guard import install
from clearbay.store import Home
from clearbay.store.clock import now
from clearbay.store.devices import Channel, Config, Devices, Heard, Seen
from clearbay.store.keys import Keys
from tests.store.homes import station

MN, WAITING = "010000A8900016F000169DC0", "010000A8900016F000169DC1"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as made:
        made.register_stations([station("A"), station("S", programme="simulated.generated")])
        channels = (Channel("w01018", "CODCr"), Channel("w21003", "NH3N"))
        devices = Devices(made)
        devices.decide(MN, "approved", station="A", config=Config(channels=channels, password="secret", utc_offset=0))
        moment = int(now().timestamp() * 1e6)
        devices.note(
            {
                MN: Seen(moment, moment, 3, 0, "2017", "tls", (Heard(moment, "##good", True),)),
                WAITING: Seen(
                    moment, moment, 1, 1, "2005", "tcp", (Heard(moment, "##who", False, "waits for approval"),)
                ),
            },
            [WAITING],
        )
        yield made


@pytest.fixture
def client(home: Home) -> Iterator[TestClient]:
    app = api(Desk(home))
    install(app, Keys(home), is_open=True)
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000)) as found:
        yield found


def hours(home: Home, back: range, *, flag: int = 1, code: str = "CODCr") -> None:
    """Hour values of the last hours, counted back from the last whole one."""
    start = now().replace(minute=0, second=0, microsecond=0)
    rows = [
        {"station": "A", "property": code, "depth": "", "averaging": "hour", "time": start - timedelta(hours=one),
         "value": 1.0, "censoring": "", "flag": flag}
        for one in back
    ]  # fmt: skip
    home.ingest(pa.Table.from_pylist(rows, schema=READINGS), source="test")


def test_devices_are_listed_with_their_state(client: TestClient) -> None:
    """Known and waiting devices are listed, and filters choose among them."""
    told = client.get("/api/devices").json()
    assert [(one["mn"], one["status"]) for one in told["items"]] == [(MN, "approved"), (WAITING, "pending")]
    first = told["items"][0]
    assert (first["station"], first["online"], first["version"], first["transport"]) == (
        "A",
        True,
        "2017",
        {"door": "tls"},
    )
    assert client.get("/api/devices?status=pending").json()["total"] == 1
    assert client.get(f"/api/devices?q={MN.lower()}").json()["total"] == 1
    assert client.get("/api/devices?online=false").json()["total"] == 0
    page = client.get("/api/devices?limit=1").json()
    assert [one["mn"] for one in client.get(f"/api/devices?limit=1&cursor={page['next']}").json()["items"]] == [WAITING]


def test_a_pending_device_shows_what_it_sent(client: TestClient) -> None:
    """Who decides upon a device sees when it came, how often, and what it sent."""
    told = client.get(f"/api/devices/{WAITING}").json()
    assert told["pending"]["frames"] == 1
    assert told["pending"]["sample"] == "##who"
    assert told["last_frames"][0]["why"] == "waits for approval"


def test_secrets_are_not_shown(client: TestClient) -> None:
    """Password and key are never told, only whether there is one."""
    answer = client.get(f"/api/devices/{MN}")
    assert "secret" not in answer.text
    assert answer.json()["plan"]["password_set"] is True


def test_days_count_what_was_owed_and_what_came(client: TestClient, home: Home) -> None:
    """A day in the past owes 24 hours a channel; received and valid are counted from the observations, so that the same
    value twice counts once, and one that has been judged bad is no longer valid."""
    hours(home, range(24, 72))
    hours(home, range(24, 72), code="NH3N", flag=4)
    hours(home, range(24, 72))
    days = {day["date"]: day for day in client.get(f"/api/devices/{MN}").json()["days"]}
    whole = days[(now().date() - timedelta(days=2)).isoformat()]
    assert (whole["expected"], whole["received"], whole["valid"]) == (48, 48, 24)
    assert (whole["transmission_rate"], whole["validity_rate"]) == (1.0, 0.5)
    assert whole["late"] == 48
    assert whole["delay_p50_s"] > 3600


def test_silence_is_an_alarm(client: TestClient, home: Home) -> None:
    """A device that was not heard for longer than its plan allows is offline, and says so in four languages."""
    long_ago = int((now() - timedelta(hours=5)).timestamp() * 1e6)
    Devices(home).note({MN: Seen(long_ago, long_ago, 3, 0, "2017", "tcp")})
    told = client.get(f"/api/devices/{MN}").json()
    assert told["online"] is False
    (silent,) = [alarm for alarm in told["alarms"] if alarm["kind"] == "silent"]
    assert "5.0" in silent["text"]["zh-Hant"]
    assert set(silent["text"]) == {"zh-Hans", "zh-Hant", "en", "pt"}


def test_answers_about_devices_are_not_kept(client: TestClient, home: Home) -> None:
    """What was heard changes without any observation: no old answer is taken for the present one."""
    first = client.get("/api/devices")
    again = client.get("/api/devices", headers={"If-None-Match": first.headers.get("ETag", '"x"')})
    assert again.status_code == 200


def test_approval_names_a_station_and_a_plan(client: TestClient, home: Home) -> None:
    """An approval makes the station, if asked to, and sets the plan; unknown codes and bad units are refused."""
    body: dict[str, Any] = {"channels": [{"code": "w01018"}], "minutes": 10}
    assert client.post(f"/api/devices/{WAITING}/approve", json=body).status_code == 422
    body["new_station"] = {"name": "Works 7", "medium": "river", "longitude": 113.5, "latitude": 22.5}
    told = client.post(f"/api/devices/{WAITING}/approve", json=body).json()
    assert (told["status"], told["name"]["en"], told["plan"]["minutes"]) == ("approved", "Works 7", 10)
    assert told["channels"] == [{"code": "w01018", "property": "CODCr", "unit": ""}]
    for channel in ({"code": "w99999"}, {"code": "a21026"}, {"code": "w01018", "unit": "m"}):
        answer = client.post(f"/api/devices/{WAITING}/approve", json={"channels": [channel]})
        assert answer.status_code in (404, 422)
    for wrong in ({"minutes": 7}, {"key": "short"}, {"station": "Z"}, {"crc": ["none"]}, {"other": 1}):
        assert client.post(f"/api/devices/{WAITING}/approve", json=wrong).status_code in (404, 422)


def test_refusal(client: TestClient, home: Home) -> None:
    """A refused device stays in the list as such."""
    assert client.post(f"/api/devices/{MN}/refuse").json()["status"] == "refused"
    assert Devices(home).get(MN).status == "refused"
    assert client.get("/api/devices/nobody").status_code == 404


def test_deciding_needs_a_key(home: Home) -> None:
    """Without a key nobody approves or refuses."""
    app = api(Desk(home))
    install(app, Keys(home))
    with TestClient(app) as outside:
        assert outside.post(f"/api/devices/{MN}/refuse").status_code == 401
        assert outside.get("/api/devices").status_code == 200
