"""Readings that programs push."""

import httpx
import pytest

from clearbay.store import Home
from clearbay.store.keys import Keys
from tests.doors.conftest import MAPPING
from tests.sta.served import copy, served


@pytest.fixture(scope="module")
def pushing(tmp_path_factory):
    """A client with a key of the role push, and one without any."""
    home = copy(tmp_path_factory.mktemp("push"))
    (home / "mappings").mkdir()
    (home / "mappings" / "lab.yaml").write_text(MAPPING, encoding="utf-8")
    with Home.open(home) as opened:
        key, _ = Keys(opened).add("lab", "push")
    with served(home, is_open=False) as url, httpx.Client(base_url=url, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


def reading(**more):
    return {"station": "hk.epd.marine.DM1", "property": "DO", "depth": "surface", "time": "2024-01-01T08:00:00+08:00",
            "value": 7.1} | more  # fmt: skip


def test_good_rows_are_kept_and_bad_ones_told(pushing):
    """Each refused row has its place, the reason and the way out."""
    rows = [
        reading(),
        reading(time="2024-01-02T08:00:00+08:00", value="<0.2"),
        reading(property="氨氮", value=500, unit="ug/L"),
        reading(station="nobody"),
        reading(property="DOX"),
        reading(time="2024-01-02 08:00"),
        reading(value="wet"),
        reading(unit="m"),
        reading(colour="blue"),
        reading(depth="deep"),
        reading(flag=7),
        "x",
    ]
    answer = pushing.post("/api/push", json=rows)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["accepted"] == 3
    assert [one["row"] for one in told["refused"]] == list(range(3, 12))
    assert all(one["why"] and one["mend"] for one in told["refused"])
    found = pushing.get(
        "/api/observations",
        params={"station": "hk.epd.marine.DM1", "property": "NH3N", "from": "2024", "depth": "surface"},
    ).json()["items"]
    assert [one["value"] for one in found] == [0.5]
    again = pushing.post("/api/push", json={"readings": rows[:3]}).json()
    assert again == {"accepted": 3, "refused": [], "data_version": told["data_version"]}


def test_a_table_is_read_by_a_mapping_of_the_home(pushing):
    """CSV by ``mapping=``; stations that the table reveals are registered; a mapping that is not there is told."""
    table = "site,when,DO,NH3N\nZ,2024-01-01 08:00,7.1,wet\n"
    head = {"Content-Type": "text/csv"}
    answer = pushing.post("/api/push", content=table, headers=head, params={"mapping": "lab"})
    assert answer.json()["accepted"] == 1
    assert answer.json()["refused"][0]["column"] == "NH3N"
    assert pushing.get("/api/stations/local.lab.Z").status_code == 200
    refused = pushing.post("/api/push", content=table, headers=head, params={"mapping": "../lab"})
    assert refused.status_code == 422
    assert "lab" in refused.json()["mend"]


def test_a_key_is_needed(pushing):
    """401 without a key; what is no list is told."""
    assert pushing.post("/api/push", json=[reading()], headers={"Authorization": ""}).status_code == 401
    assert pushing.post("/api/push", json="x").status_code == 422
