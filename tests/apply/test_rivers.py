"""Networks and traces over a home: import, snapping, queries, an alarm to its suspects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from clearbay.apply.demonstration import ID, keep_demonstration, stations_of
from clearbay.apply.network import Waters
from clearbay.apply.tracing import Alarm, Tracer
from clearbay.mine.network.basin import generate
from clearbay.mine.network.incidents import Incident, World
from clearbay.mine.network.settlement import settle
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.observation import READINGS
from clearbay.store import Home
from tests.collect_geo.writers import geojson, geopackage

LINES = [[(113.0, 23.0), (113.01, 23.0), (113.02, 23.0)], [(113.01, 23.02), (113.01, 23.0)]]
ROWS = [{"osm_id": "1", "waterway": "river"}, {"osm_id": "2", "waterway": "stream"}]
ZERO = datetime(2026, 3, 1)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as opened:
        yield opened


def test_a_network_comes_in_and_answers(home: Home, tmp_path: Path) -> None:
    """Import, snap an outlet with its distance, ask upstream and downstream by reach, site and station."""
    waters = Waters(home)
    record, _ = waters.import_file(geopackage(tmp_path / "rivers.gpkg", LINES, ROWS), title="Sha")
    assert (record.reaches, record.layout, record.name["pt"]) == (3, "osm", "Sha")
    (tmp_path / "o.csv").write_text(
        "id,name,longitude,latitude,usual_NH3N,limit_NH3N,permit_m3_day,findings\n"
        "o1,Works,113.0102,23.01,40,4,500,2\no2,Far,114,23,,,,\n"
    )
    report = waters.snap_file(tmp_path / "o.csv", kind="outlet")
    assert [(one.id, one.reach) for one in report.placed] == [("o1", "2")]
    assert report.placed[0].off_m == pytest.approx(20.5, rel=0.02)
    assert report.missed[0][0] == "o2"
    basin = waters.basin()
    site = basin.sites[0]
    assert (dict(site.fingerprint), site.permit.flow_m3_day, site.findings) == ({"NH3N": 40.0}, 500.0, 2)
    above = waters.along(basin, "1:2", "upstream").as_dict()
    assert {one["reach"] for one in above["items"]} == {"1:1", "1:2", "2"}
    assert above["sites"][0]["km"] == pytest.approx(1.025 + 1.107, rel=0.01)
    below = waters.along(basin, "o1", "downstream", 1.5)
    assert [basin.network.name(at) for at in below.reached.reach] == ["2", "1:2"]


def test_catchments_are_tied_to_their_reaches(home: Home, tmp_path: Path) -> None:
    """Areas that name a reach are counted upstream with their size."""
    waters = Waters(home)
    rivers = geojson(tmp_path / "rivers.geojson", LINES, ROWS)
    ring = [[113.0, 23.0], [113.01, 23.0], [113.01, 23.01], [113.0, 23.01], [113.0, 23.0]]
    (tmp_path / "land.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"properties":{"reach":"2"},"geometry":'
        f'{{"type":"Polygon","coordinates":[{ring}]}}}}]}}'
    )
    record, _ = waters.import_file(rivers, catchments=tmp_path / "land.geojson")
    assert record.catchments == 1
    found = waters.along(waters.basin(), "1:2", "upstream").as_dict()["catchments"]
    assert found["count"] == 1
    assert found["area_km2"] == pytest.approx(1.138, rel=0.01)


def test_what_is_not_there_is_said(home: Home, tmp_path: Path) -> None:
    """No network, points instead of lines, lines instead of points, an unknown reach."""
    waters = Waters(home)
    with pytest.raises(UnknownName, match="no river network"):
        waters.basin()
    points = geojson(tmp_path / "points.geojson", [[(113.0, 23.0)]], [{"id": "x"}])
    with pytest.raises(BadInput, match="no lines"):
        waters.import_file(points)
    rivers = geojson(tmp_path / "rivers.geojson", LINES, ROWS)
    waters.import_file(rivers)
    with pytest.raises(BadInput, match="no points"):
        waters.snap_file(rivers, kind="outlet")
    with pytest.raises(UnknownName, match="no reach 'x'"):
        waters.along(waters.basin(), "x", "upstream")


def readings(incident: Incident) -> pa.Table:
    """What the sections measured, as readings."""
    columns: dict[str, list[object]] = {name: [] for name in READINGS.names}
    for station, by_code in incident.series.items():
        for code, values in by_code.items():
            count = len(values)
            columns["station"] += [station] * count
            columns["property"] += [code] * count
            columns["time"] += [ZERO + timedelta(hours=float(hour)) for hour in incident.time_h]
            columns["value"] += values.tolist()
    count = len(columns["station"])
    filled = {"depth": "", "censoring": "", "flag": 1, "averaging": "hour"}
    return pa.table({name: columns[name] or [filled[name]] * count for name in READINGS.names}, schema=READINGS)


def test_an_alarm_leads_to_suspects(tmp_path: Path) -> None:
    """The generated basin in a home, an incident of its own water in the observations: ranked outlets come out."""
    basin = generate(catchments=2_000)
    sites = settle(basin)
    world = World(basin, sites)
    incident = next(one for seed in range(1, 300) if (one := world.incident(seed)) is not None)
    with Home.create(tmp_path / "home") as home:
        record = keep_demonstration(home, catchments=2_000)
        assert keep_demonstration(home, catchments=2_000).generation == record.generation
        assert record.generated
        assert {one.id for one in stations_of(basin, sites)} <= {one.id for one in home.stations()}
        home.ingest(readings(incident), source="generated")
        tracer = Tracer(home, Waters(home))
        start = ZERO + timedelta(hours=incident.alarm_h)
        end = ZERO + timedelta(hours=incident.until_h + 1)
        finding = tracer.trace(Alarm(incident.alarm, incident.code, start, end))
        answer = finding.as_dict(lines=True)
        assert answer["generated"] is True
        assert answer["network"] == ID
        outlets = [one["outlet"] for one in answer["suspects"]]
        assert incident.outlet.id in outlets
        total = sum(one["probability"] for one in answer["suspects"]) + answer["none_of_them"]
        assert total == pytest.approx(1.0)
        assert sum(one["p"] for one in answer["posterior"]) == pytest.approx(1.0, abs=0.05)
        assert {one["reach"] for one in answer["posterior"]} <= set(answer["lines"])
        for suspect in answer["suspects"]:
            for item in suspect["evidence"]:
                assert set(item["what"]) == {"zh-Hans", "zh-Hant", "en", "pt"}
                assert np.isfinite(item["weight"])
        with pytest.raises(BadInput, match="no observations"):
            tracer.trace(Alarm(incident.alarm, "Hg", start, end))
        with pytest.raises(UnknownName, match="no section"):
            tracer.trace(Alarm("hk.epd.river.JR11", "NH3N", start, end))
