"""The whole inversion."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import clearbay
from clearbay.mine.tracing import Curve, Velocity, curves_from_rows, make_curve, trace
from clearbay.mine.tracing.literature import typical_velocity
from clearbay.model.errors import BadInput
from tests.mine_tracing.clouds import fickian, usual

DYE_TEST = Path(clearbay.__file__).parent / "data" / "tracer" / "antietam_btc_tidy.csv"


@pytest.fixture(scope="module")
def dye_test() -> tuple[Curve, ...]:
    """The eight curves of 1970-03-24, released at 0 km and 0 h."""
    with DYE_TEST.open(encoding="utf-8") as file:
        return curves_from_rows(
            {
                "section": row["series"],
                "distance_km": row["distance_km"],
                "discharge_m3s": row["discharge_m3s"],
                "time_h": row["time_since_injection_h"],
                "concentration": row["c_observed"],
            }
            for row in csv.DictReader(file)
        )


def test_dye_test_by_pairs(dye_test: tuple[Curve, ...]) -> None:
    """Two adjacent sections of the real dye test locate the release within 20 % in the median, under 100 ms each."""
    errors, covered, seconds = [], [], []
    for pair in pairwise(dye_test):
        begin = time.thread_time()
        result = trace(pair)
        seconds.append(time.thread_time() - begin)
        errors.append(abs(result.location_km.median) / pair[0].distance_km)
        covered.append(result.location_km.low <= 0 <= result.location_km.high)
        assert result.basis == "rivers"
    assert np.median(errors) <= 0.20
    assert sum(covered) >= 6
    assert np.median(seconds) < 0.1


def test_dye_test_by_single_sections(dye_test: tuple[Curve, ...]) -> None:
    """One section of the real dye test comes within 40 % in the median, and says that it cannot know."""
    errors = []
    for curve in dye_test:
        result = trace([curve])
        errors.append(abs(result.location_km.median) / curve.distance_km)
        assert result.location_km.low <= 0 <= result.location_km.high
        assert not result.identifiable
        assert any("not identifiable from one section" in warning for warning in result.warnings)
    assert np.median(errors) <= 0.40


def test_uniform_curves_with_noise() -> None:
    """Curves of one advection-dispersion solution with 5 % noise give place and time within 2.5 %, in under 50 ms."""
    places, times, seconds = [], [], []
    for seed in range(0, 2000, 100):
        curves = [fickian(distance, seed=seed) for distance in (15.0, 20.0, 30.0)]
        begin = time.thread_time()
        result = trace(curves)
        seconds.append(time.thread_time() - begin)
        places.append(abs(result.location_km.median - 10.0) / 5.0)
        times.append(abs(result.time_h.median) / (5.0 / 1.8))
    assert np.median(places) < 0.025
    assert np.median(times) < 0.025
    assert np.median(seconds) < 0.05


def test_two_sections_do_not_prove_the_river_above_them() -> None:
    """Two curves of a uniform river give its median, but keep the interval open for a river that is not."""
    result = trace([fickian(15.0), fickian(20.0)])
    assert result.location_km.median == pytest.approx(10.0, abs=0.3)
    assert result.distance_km.high / result.distance_km.low > 1.5
    assert any("on trust" in warning for warning in result.warnings)


def test_a_shift_of_origin_and_clock_shifts_the_answer() -> None:
    """Distances from another origin, or times on another clock, move the answer and change nothing else."""
    here = trace([usual(20.0), usual(30.0)])
    there = trace([usual(120.0, start_km=100.0, release_h=1000.0), usual(130.0, start_km=100.0, release_h=1000.0)])
    assert there.location_km.median - here.location_km.median == pytest.approx(100.0, abs=1e-3)
    assert there.time_h.median - here.time_h.median == pytest.approx(1000.0, abs=1e-3)


def test_the_unit_of_concentration_scales_only_the_mass() -> None:
    """A thousand times the concentration is a thousand times the mass, at the same place and time."""
    curves = [usual(20.0), usual(30.0)]
    scaled = [replace(curve, concentration=1000 * curve.concentration) for curve in curves]
    small, large = trace(curves), trace(scaled)
    assert large.location_km.median == pytest.approx(small.location_km.median)
    assert small.mass is not None
    assert large.mass is not None
    assert large.mass.median == pytest.approx(1000 * small.mass.median)


def test_order_of_sections_and_samples_is_no_matter() -> None:
    """Sections and samples in any order give the same answer."""
    curves = [usual(20.0), usual(30.0)]
    mixed = [
        make_curve(c.section, c.distance_km, c.discharge_m3s, c.time_h[::-1], c.concentration[::-1])
        for c in curves[::-1]
    ]
    assert trace(mixed).location_km == trace(curves).location_km


def test_a_known_velocity_makes_one_section_enough() -> None:
    """With a velocity calibrated elsewhere, one section locates the release as well as its age is known."""
    speed = float(typical_velocity(np.array(8.0)))
    result = trace([usual(20.0)], known=Velocity(speed, 0.1))
    assert result.location_km.low < 0.0 < result.location_km.high
    assert (
        result.distance_km.high / result.distance_km.low
        < trace([usual(20.0)]).distance_km.high / trace([usual(20.0)]).distance_km.low
    )


def test_a_lasting_release_gives_its_beginning() -> None:
    """A release of 15 h: the time told is its beginning, its duration is told, and the truth is covered."""
    result = trace([usual(20.0, lasting_h=15.0, samples=120), usual(30.0, lasting_h=15.0, samples=120)])
    assert result.duration_h == pytest.approx(15.0, rel=0.15)
    assert result.time_h.low < 0.0 < result.time_h.high
    assert result.location_km.low < 0.0 < result.location_km.high


def test_a_section_without_a_pulse_is_evidence() -> None:
    """A watched section that saw nothing bounds the release from above."""
    quiet = make_curve("quiet", 12.0, 8.0, np.linspace(-200, 200, 900), np.zeros(900))
    result = trace([quiet, usual(20.0, start_km=15.0), usual(30.0, start_km=15.0)])
    assert result.location_km.low > 11.5
    assert any("quiet" in warning for warning in result.warnings)


def test_nothing_to_trace_is_bad_input() -> None:
    """Without any pulse there is no answer, and the reason is told."""
    with pytest.raises(BadInput, match="no section shows a pulse"):
        trace([make_curve("A", 1, 1, range(20), np.zeros(20))])


def test_the_answer_has_the_promised_shape() -> None:
    """Medians, intervals, identifiable and warnings under the names promised, low before high."""
    content = trace([usual(20.0), usual(30.0)]).as_dict()
    for name in ("location_km", "time_h", "mass"):
        entry = content[name]
        assert isinstance(entry, dict)
        low, high = entry["interval"]
        assert low <= entry["median"] <= high
    assert isinstance(content["identifiable"], bool)
    assert isinstance(content["warnings"], list)
