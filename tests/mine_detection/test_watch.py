from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay.mine.detection.threshold import skill
from clearbay.mine.detection.watch import Taught, Watch, teach
from tests.mine_detection.plants import NAMES, plant

VALUES, SPILLS = plant()
HALF = len(VALUES) // 2


@pytest.fixture(scope="module")
def taught() -> Taught:
    return teach(NAMES, VALUES[:HALF], SPILLS[:HALF], weeks=HALF / 10080)


def test_spills_of_unseen_time_are_found(taught: Taught) -> None:
    """What labels of the first half teach finds the events of the second, with few false alarms."""
    found = Watch(taught).push(VALUES)
    reached = skill(SPILLS[HALF:], found.event[HALF:], HALF / 10080)
    assert reached.recall == 1.0
    assert reached.f1 > 0.8
    assert reached.delay <= 3
    assert taught.basis == "labels"


def test_nothing_but_the_quiet_past_is_needed() -> None:
    """Without labels the threshold is set by how often the past would have raised an alarm."""
    calm, _ = plant(seed=8, every=10_000)
    quiet = teach(NAMES, calm, weeks=len(calm) / 10080)
    found = Watch(quiet).push(VALUES)
    assert skill(SPILLS[HALF:], found.event[HALF:], HALF / 10080).recall >= 0.9
    assert quiet.basis == "quiet"
    assert quiet.learner is None


def test_the_sensor_that_moved_is_named(taught: Taught) -> None:
    """The contributors of an event are the sensors that strayed, most surprised first."""
    found = Watch(taught).push(VALUES)
    first = int(np.flatnonzero(SPILLS[HALF:])[10]) + HALF
    sensor = (first // 500 - 1) % 3
    assert found.contributors(NAMES, first)[0] == NAMES[sensor]


@given(st.lists(st.integers(0, 900), max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=4, deadline=None)
def test_cutting_the_stream_changes_nothing(taught: Taught, cuts: list[int], random: object) -> None:
    """A stream cut anywhere gives the same scores, events and sensors, to the last bit, gaps included."""
    values = VALUES[HALF - 300 : HALF + 600].copy()
    values[random.randrange(900) :: 37, random.randrange(4)] = np.nan  # type: ignore[attr-defined]
    whole = Watch(taught).push(values)
    stream = Watch(taught)
    pieces = [stream.push(part) for part in np.split(values, sorted(cuts))]
    for name in ("score", "event", "sensors", "residuals"):
        assert np.array_equal(np.concatenate([getattr(piece, name) for piece in pieces]), getattr(whole, name)), name


def test_an_event_does_not_become_the_new_normal() -> None:
    """A sensor that stays away is still away after two hours; after the hold it is believed."""
    values, _ = plant(2000, every=5000)
    values[1000:, 2] += 40
    taught = teach(NAMES, values[:1000], weeks=0.1)
    found = Watch(taught).push(values)
    assert abs(found.residuals[1200, 2]) > 20
    assert abs(found.residuals[1900, 2]) < 5


@pytest.mark.parametrize("rows", [3, 130, 300])
def test_short_and_dull_tables_raise_nothing(rows: int) -> None:
    """Too little to learn from, a constant sensor, a silent one: no event and no failure."""
    values = np.stack([np.ones(rows), np.full(rows, np.nan), np.arange(rows, dtype=float)], axis=1)
    found = Watch(teach(("a", "b", "c"), values, weeks=0.01)).push(values)
    assert not found.event.any()
    assert np.isfinite(found.score).all()
