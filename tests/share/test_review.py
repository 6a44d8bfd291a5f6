"""``/api/review`` and ``/api/quality/tests``: what reviewers see and decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from clearbay.apply.desk import Desk
from clearbay.mine.quality import TESTS
from clearbay.model.observation import READINGS
from clearbay.share.app import api
from clearbay.share.guard import install
from clearbay.share.routers.review import QualityTestShape, ReviewShape, SeriesShape
from clearbay.store import Home
from clearbay.store.keys import Keys
from tests.store.homes import station

START = datetime(2024, 5, 1)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as made:
        made.register_stations([station("A", utc_offset=0)])
        rows = [
            {"station": "A", "property": code, "depth": "", "averaging": "", "time": START + timedelta(hours=hour),
             "value": value, "censoring": "", "flag": 2}
            for hour in range(6)
            for code, value in (("pH", 77.0 if hour == 3 else 7.7), ("TN", 1.0), ("NH3N", 3.0 if hour == 2 else 0.5))
        ]  # fmt: skip
        made.ingest(pa.Table.from_pylist(rows, schema=READINGS), source="test")
        yield made


@pytest.fixture
def client(home: Home) -> Iterator[TestClient]:
    app = api(Desk(home))
    install(app, Keys(home), is_open=True)
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000)) as found:
        yield found


SETTING = {
    "station": "A", "property": "pH", "from": "2024-05-01T03:00:00Z", "to": "2024-05-01T04:00:00Z", "flag": 4,
    "reason": "a point was lost", "who": "Chan",
}  # fmt: skip


def test_every_test_is_listed_with_its_source(client: TestClient) -> None:
    """Names in four languages, parameters with units, source and confidence."""
    told = client.get("/api/quality/tests").json()
    assert [QualityTestShape.model_validate(one).id for one in told["items"]] == list(TESTS)


def test_a_series_shows_what_each_test_says(client: TestClient) -> None:
    """A pH of 77 fails its range; ammonia above total nitrogen is suspect; what is stored is not touched."""
    told = SeriesShape.model_validate(client.get("/api/review?station=A&property=pH").json())
    assert told.tests["gross_range"] == [1, 1, 1, 4, 1, 1]
    assert told.tests["aggregate"] == [1, 1, 1, 4, 1, 1]
    assert told.flag == [2] * 6
    told = SeriesShape.model_validate(
        client.get("/api/review?station=A&property=NH3N&from=2024-05-01T02:00:00Z").json()
    )
    assert told.tests["consistency"] == [3, 1, 1, 1]
    assert told.whole


def test_a_flag_is_set_and_taken_back(client: TestClient, home: Home) -> None:
    """The answer says what changed; the series shows the review; taking it back restores the flags and is recorded."""
    assert "etag" not in client.get("/api/review?station=A&property=pH").headers  # not the same for everybody
    done = client.post("/api/review", json=SETTING)
    assert done.status_code == 200, done.text
    review = ReviewShape.model_validate(done.json())
    assert (review.changed, review.who, review.reverted) == (1, "Chan", None)
    shown = client.get("/api/review?station=A&property=pH")
    assert shown.status_code == 200
    assert shown.json()["flag"] == [2, 2, 2, 4, 2, 2]
    assert [one["id"] for one in shown.json()["reviews"]] == [review.id]
    back = client.post(f"/api/review/{review.id}/revert", json={"reason": "it was right", "who": "Lei"})
    assert ReviewShape.model_validate(back.json()).reverted_by == "Lei"
    assert client.get("/api/review?station=A&property=pH").json()["flag"] == [2] * 6
    again = client.post(f"/api/review/{review.id}/revert", json={"reason": "again"})
    assert again.status_code == 422
    assert "taken back" in again.json()["detail"]


def test_the_history_pages(client: TestClient) -> None:
    """Newest first, in pages that together are the whole, those taken back left out where asked."""
    for flag in (3, 4, 1):
        client.post("/api/review", json=SETTING | {"flag": flag})
    client.post("/api/review/2/revert", json={"reason": "no"})
    first = client.get("/api/review/history?limit=2").json()
    second = client.get(f"/api/review/history?limit=2&cursor={first['next']}").json()
    assert [one["id"] for one in first["items"] + second["items"]] == [3, 2, 1]
    assert first["total"] == 3
    assert second["next"] is None
    assert [one["id"] for one in client.get("/api/review/history?standing=true&station=A").json()["items"]] == [3, 1]
    assert client.get("/api/review/history?station=B").json()["items"] == []


def test_only_an_operator_may_set_flags(home: Home) -> None:
    """Reading needs no key; writing needs one with the role to operate, whose name stands where nobody is named."""
    app = api(Desk(home))
    push, _ = Keys(home).add("probe", "push")
    operate, _ = Keys(home).add("Ms Chan", "operate")
    install(app, Keys(home), is_open=False)
    with TestClient(app) as client:
        assert client.get("/api/review?station=A&property=pH").status_code == 200
        assert client.post("/api/review", json=SETTING).status_code == 401
        refused = client.post("/api/review", json=SETTING, headers={"Authorization": f"Bearer {push}"})
        assert refused.status_code == 403
        nobody = {key: value for key, value in SETTING.items() if key != "who"}
        done = client.post("/api/review", json=nobody, headers={"Authorization": f"Bearer {operate}"})
        assert done.json()["who"] == "Ms Chan"


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"station": "B"}, 404, "station"),
        ({"property": "TP"}, 404, "datastream"),
        ({"flag": 7}, 422, "flag"),
        ({"reason": ""}, 422, "reason"),
        ({"reason": "  "}, 422, "reason"),
        ({"to": "2024-05-01T02:00:00Z"}, 422, "from"),
        ({"from": "yesterday"}, 422, "from"),
        ({"surprise": 1}, 422, "surprise"),
    ],
)
def test_what_cannot_be_set_is_refused(client: TestClient, change: dict[str, object], status: int, where: str) -> None:
    """With a problem that says where it lies; nothing is recorded."""
    answer = client.post("/api/review", json=SETTING | change)
    assert answer.status_code == status, answer.text
    assert where in answer.json()["where"]
    assert client.get("/api/review/history").json()["total"] == 0
