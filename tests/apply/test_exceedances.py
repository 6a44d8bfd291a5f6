"""Exceedances of a history found by the database are those that the detector finds value by value."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.apply.events import Events
from clearbay.apply.exceedances import exceedances
from clearbay.mine.detection.stream import Stream
from clearbay.store import Home
from clearbay.transmit.detection import DetectionStage
from tests.mine_detection.telemetry import HOUR, START, readings, station


def wild(seed: int, size: int, middle: float) -> np.ndarray:
    """A series that crosses its limit often, with gaps."""
    rng = np.random.default_rng(seed)
    values = middle * np.exp(0.25 * np.cumsum(rng.standard_normal(size)) / np.sqrt(np.arange(1, size + 1)))
    values[rng.random(size) < 0.1] = np.nan
    return np.asarray(values)


def test_the_database_and_the_detector_find_the_same(tmp_path: Path) -> None:
    """Signal by signal, over rivers and sea, hourly and sampled values, flags, censored values and low limits."""
    river, sea = station("test.generated.r"), station("test.generated.s", "sea")
    with Home.create(tmp_path / "home") as home:
        home.register_stations([river, sea])
        rng = np.random.default_rng(3)
        series = {
            (river.id, "NH3N"): wild(1, 400, 1.0),
            (river.id, "DO"): wild(2, 400, 5.0),
            (sea.id, "DIN"): wild(3, 400, 0.3),
        }
        flags = {key: rng.choice([1, 1, 1, 1, 2, 3, 4], len(values)).tolist() for key, values in series.items()}
        home.ingest(readings(series, flags=flags), source="t")
        sampled = readings(series, averaging="", step=720 * HOUR, start=START - 40 * 8760 * HOUR)
        marks = pa.array(rng.choice(["", "", "<"], sampled.num_rows))
        home.ingest(sampled.set_column(6, "censoring", marks).cast(sampled.schema), source="t")
        events = Events(home)
        table = home.reader().observations()
        end = pc.max(table["time"]).as_py() + timedelta(microseconds=1)
        found = exceedances(home, events._station, {}, start=pc.min(table["time"]).as_py(), end=end)
        slow = Stream(events._station, {}, only=frozenset({"exceedance"})).push(table)
        assert len(slow) > 50
        assert found == slow


def test_a_scan_leaves_what_was_found_live(tmp_path: Path) -> None:
    """An event that the intake opened is not told a second time by a scan of the same history."""
    place = station("test.generated.r")
    with Home.create(tmp_path / "home") as home:
        home.register_stations([place])
        bad = readings({(place.id, "NH3N"): np.full(12, 4.0)})
        stage = DetectionStage(home, most_age=None)
        stage.push(bad)
        home.ingest(bad, source="t", within=lambda connection, _: stage.within(connection, 0))
        assert Events(home).find()[1] == 1
        assert Events(home).scan(kinds=["exceedance"]) == 0
        assert Events(home).find()[1] == 1
