"""Incidents on a network: where, when, how much, who."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.network import Site
from clearbay.mine.tracing.chain import Section, read_chain
from clearbay.mine.tracing.evidence import Other
from clearbay.mine.tracing.forecast import arrivals
from clearbay.mine.tracing.incident import trace_incident
from clearbay.model.errors import BadInput
from tests.mine_tracing.basins import cloud, outlet, river, site


def outlets(network: object) -> list[Site]:
    return [
        outlet(network, name, reach, NH3N=40.0, TP=5.0)  # type: ignore[arg-type]
        for name, reach in (("o35", "s35"), ("o25", "s25"), ("oA", "a8"), ("oB", "b5"), ("below", "s2"))
    ]


def test_two_sections_find_the_place_the_time_and_the_mass() -> None:
    """With two sections on the way the velocity is measured, and the truth lies within the intervals."""
    network = river()
    upper, lower = site(network, "S8", "section", "s8"), site(network, "S4", "section", "s4")
    every = outlets(network)
    read = [cloud(network, one, every[1], speed=1.3) for one in (upper, lower)]
    found = trace_incident(network, read, every, code="NH3N", anchor="S4")
    assert found.section.site.id == "S8"
    assert found.identifiable
    assert "o25" in [one.site.id for one in found.suspects[:2]]
    assert found.distance_km.low <= 34.0 <= found.distance_km.high
    assert found.time_h.low <= 40.0 <= found.time_h.high
    assert found.mass is not None
    assert found.mass.low <= 2e5 <= found.mass.high
    assert found.probability.sum() == pytest.approx(1.0)
    assert sum(one.probability for one in found.suspects) + found.unknown == pytest.approx(1.0)


def test_one_section_is_not_called_identifiable() -> None:
    """One section and a velocity by regression: suspects are ranked, the place is not claimed."""
    network = river()
    every = outlets(network)
    read = [cloud(network, site(network, "S8", "section", "s8"), every[1])]
    found = trace_incident(network, read, every, code="NH3N")
    assert not found.identifiable
    assert any("one section" in warning for warning in found.warnings)
    assert {one.site.id for one in found.suspects} == {"o35", "o25", "oA", "oB"}


def test_calibrated_travel_times_make_one_section_enough() -> None:
    """Where the way's travel time is known within a tenth, one section locates."""
    network = river(spread=0.1)
    every = outlets(network)
    read = [cloud(network, site(network, "S8", "section", "s8"), every[1])]
    found = trace_incident(network, read, every, code="NH3N")
    assert found.identifiable
    assert found.suspects[0].site.id in {"o25", "oB"}
    assert found.distance_km.low <= 34.0 <= found.distance_km.high


def test_a_section_that_saw_nothing_shuts_out_what_lies_above_it() -> None:
    """Watched branches are excluded, unless the watch slept when the cloud would have passed."""
    network = river()
    every = outlets(network)
    lower = site(network, "S8", "section", "s8")
    watch = site(network, "S18", "section", "s18")
    read = [cloud(network, lower, every[2]), cloud(network, watch, every[2])]
    found = trace_incident(network, read, every, code="NH3N")
    assert found.suspects[0].site.id == "oA"
    assert found.suspects[0].probability > 0.8
    asleep = trace_incident(network, read, every, code="NH3N", watched={"S18": np.array([0.0, 1.0, 2.0])})
    assert asleep.suspects[0].probability < 0.7


def test_the_fingerprint_tells_works_apart() -> None:
    """Of two works at the same distance the one whose water has what rose is the likelier, and the clue says so."""
    network = river()
    one = outlet(network, "dye", "s25", NH3N=20.0, TP=2.0)
    two = outlet(network, "plating", "s25", NH3N=20.0, Cu=40.0)
    read = [cloud(network, site(network, "S8", "section", "s8"), one)]
    dose = read_chain(network, read).pulses[0].dose
    others = {"TP": Other(0.1 * dose, 0.01 * dose), "Cu": Other(0.0, 0.001 * dose)}
    found = trace_incident(network, read, [one, two], code="NH3N", others=others)
    assert [each.site.id for each in found.suspects] == ["dye", "plating"]
    assert found.suspects[0].probability > 3 * found.suspects[1].probability
    clue = next(each for each in found.suspects[0].clues if each.kind == "fingerprint")
    assert clue.weight > 0
    assert clue.facts["seen"] == ["NH3N", "TP"]


def test_records_of_the_time_speak_for_and_against() -> None:
    """A discharge out of the ordinary at the right hours raises an outlet, a quiet record lowers it."""
    from dataclasses import replace

    network = river(spread=0.1)
    one, two = outlet(network, "one", "s25", NH3N=20.0), outlet(network, "two", "s26", NH3N=20.0)
    read = [cloud(network, site(network, "S8", "section", "s8"), one)]
    shown = [replace(one, windows=((30.0, 50.0),)), replace(two, windows=())]
    found = {each.site.id: each for each in trace_incident(network, read, shown, code="NH3N").suspects}
    assert found["one"].probability > 4 * found["two"].probability


def test_a_lasting_release_is_not_taken_for_an_old_cloud() -> None:
    """Hours of discharge widen the curve; where travel times are known the duration takes up what the age cannot."""
    network = river(spread=0.1)
    every = outlets(network)
    read = [cloud(network, site(network, "S8", "section", "s8"), every[1], lasting_h=10.0)]
    found = trace_incident(network, read, every, code="NH3N")
    assert found.time_h.low <= 40.0 <= found.time_h.high
    assert found.duration_h.high >= 8.0


def test_pulses_that_are_no_single_cloud_are_left_aside() -> None:
    """A pulse above that comes after the one below is another matter, and is said to be."""
    network = river()
    every = outlets(network)
    lower, upper = site(network, "S8", "section", "s8"), site(network, "S15", "section", "s15")
    read = [cloud(network, lower, every[1]), cloud(network, upper, every[0], release_h=80.0)]
    found = trace_incident(network, read, every, code="NH3N", anchor="S8")
    assert found.section.site.id == "S8"
    assert any("S15" in warning and "left aside" in warning for warning in found.warnings)


def test_first_raised_values_are_an_alarm_not_a_curve() -> None:
    """At the alarm there is no curve yet: outlets upstream are named, with wide intervals and a warning."""
    network = river()
    every = outlets(network)
    full = cloud(network, site(network, "S8", "section", "s8"), every[1])
    over = int(np.flatnonzero(full.curve.concentration > 0.6)[0])
    hours, value = full.curve.time_h[: over + 1], full.curve.concentration[: over + 1]
    early = Section(full.site, type(full.curve)("S8", 0.0, float("nan"), hours, value))
    found = trace_incident(network, [early], every, code="NH3N", anchor="S8")
    assert any("no curve yet" in warning for warning in found.warnings)
    assert {one.site.id for one in found.suspects} == {"o35", "o25", "oA", "oB"}
    with pytest.raises(BadInput, match="no section shows a pulse"):
        trace_incident(network, [cloud(network, full.site, every[4])], every, code="NH3N", anchor="S8")


def test_what_comes_next_is_forecast_with_intervals() -> None:
    """The cloud's arrival below, with the velocity that the sections measured: truth within, nearest first."""
    network = river()
    every = outlets(network)
    upper, lower = site(network, "S12", "section", "s12"), site(network, "S8", "section", "s8")
    read = [cloud(network, one, every[1], speed=1.3) for one in (upper, lower)]
    found = trace_incident(network, read, every, code="NH3N")
    intakes = [site(network, "far", "intake", "s1"), site(network, "near", "intake", "s5")]
    coming = arrivals(network, found, [*intakes, site(network, "above", "intake", "s30")])
    assert [one.site.id for one in coming] == ["near", "far"]
    peak = 40.0 + 2.0 * (25 - 5) / 3.6 / 0.4 / 1.3
    assert coming[0].peak_h.low <= peak <= coming[0].peak_h.high
    assert coming[0].arrival_h.median < coming[0].peak_h.median < coming[0].end_h.median
    assert coming[0].peak is not None
    assert coming[1].peak is not None
    assert coming[1].peak.median < coming[0].peak.median
