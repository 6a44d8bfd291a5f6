"""The API of rivers and traces holds to its shapes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from clearbay.apply.demonstration import keep_demonstration
from clearbay.apply.desk import Desk
from clearbay.share import river_shapes
from clearbay.share.app import api
from clearbay.share.schemas import Page
from clearbay.store import Home


@pytest.fixture(scope="module")
def rivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path: Path = tmp_path_factory.mktemp("rivers") / "home"
    with Home.create(path) as home:
        keep_demonstration(home, catchments=2_000)
        yield TestClient(api(Desk(home)))


def test_networks_and_their_sites(rivers: TestClient) -> None:
    """What there is, said to be generated."""
    found = river_shapes.Networks.model_validate(rivers.get("/api/network").json()).networks
    assert [(one.id, one.generated, one.catchments, one.sections) for one in found] == [
        ("demonstration", True, 2_000, 74)
    ]
    sites = rivers.get("/api/network/sites", params={"kind": "intake"}).json()
    assert {one.kind for one in Page[river_shapes.SiteShape].model_validate(sites).items} == {"intake"}


def test_reaches_are_lines_those_with_most_water_first(rivers: TestClient) -> None:
    """GeoJSON by box, by river and by id."""
    answer = rivers.get("/api/network/reaches", params={"limit": 50})
    assert answer.headers["content-type"] == "application/geo+json"
    found = answer.json()
    flows = [one["properties"]["discharge"] for one in found["features"]]
    assert (found["generated"], len(flows), flows) == (True, 50, sorted(flows, reverse=True))
    name = found["features"][3]["id"]
    one = rivers.get("/api/network/reaches", params={"ids": name}).json()
    assert [each["id"] for each in one["features"]] == [name]
    x, y = one["features"][0]["geometry"]["coordinates"][0]
    box = rivers.get("/api/network/reaches", params={"bbox": f"{x - 0.01},{y - 0.01},{x + 0.01},{y + 0.01}"}).json()
    assert name in {each["id"] for each in box["features"]}
    assert 0 < box["total"] < found["total"]
    river = rivers.get("/api/network/reaches", params={"river": "Qinglan"}).json()
    assert {each["properties"]["river"] for each in river["features"]} == {"青岚河（生成） Qinglan River (generated)"}


def test_section_reach_catchment_source(rivers: TestClient) -> None:
    """From a section to the reaches, catchments and outlets above it, and down again from an outlet."""
    asked = {"station": "generated.basin.S01", "items": "true"}
    found = river_shapes.Along.model_validate(rivers.get("/api/network/upstream", params=asked).json())
    assert found.items is not None
    assert found.catchments is not None
    assert len(found.items) == found.reaches
    land = rivers.get("/api/network/catchments", params={"station": "generated.basin.S01"}).json()
    assert land["total"] == found.catchments.count
    source = next(site for site in found.sites if site.kind == "outlet")
    below = river_shapes.Along.model_validate(
        rivers.get("/api/network/downstream", params={"station": source.id}).json()
    )
    back = next(site for site in below.sites if site.id == "generated.basin.S01")
    assert back.km == pytest.approx(source.km)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/network/upstream", 422),
        ("/api/network/upstream?reach=a&station=b", 422),
        ("/api/network/upstream?reach=nobody", 404),
        ("/api/network/reaches?network=nobody", 404),
        ("/api/trace", 422),
        ("/api/trace?event=nothing", 404),
        ("/api/trace?station=nobody&property=NH3N&from=2026-03-01", 404),
        ("/api/trace?station=generated.basin.S01&property=gold&from=2026-03-01", 404),
        ("/api/trace?station=generated.basin.S01&property=NH3N&from=2026-03-01", 422),
    ],
)
def test_what_cannot_be_answered_is_a_problem(rivers: TestClient, path: str, status: int) -> None:
    """Problems say what, where and how to mend it."""
    answer = rivers.get(path)
    assert answer.status_code == status
    assert answer.json()["mend"]
