"""Poor files: few samples, noise for a cloud, missing and contradicting cells. An answer that says so, not an error."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.tracing import Curve, curves_from_rows, make_curve, trace
from tests.mine_tracing.clouds import usual


def rows(curves: list[Curve]) -> list[dict[str, object]]:
    return [
        {
            "section": one.section,
            "distance_km": one.distance_km,
            "discharge_m3s": one.discharge_m3s,
            "time_h": time,
            "concentration": value,
        }
        for one in curves
        for time, value in zip(one.time_h, one.concentration, strict=True)
    ]


def pair() -> list[Curve]:
    return [usual(20.0), usual(30.0)]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_few_samples_are_a_guess_and_said_to_be(count: int) -> None:
    """Finite figures in wide intervals, not identifiable, with a warning of each section."""
    thin = []
    for one in pair():
        places = np.unique(np.linspace(0, len(one.time_h) - 1, count + 2).astype(int)[1:-1])
        places[len(places) // 2] = int(one.concentration.argmax())
        thin.append(make_curve(one.section, one.distance_km, 8.0, one.time_h[places], one.concentration[places]))
    result = trace(thin)
    assert not result.identifiable
    assert result.location_km.low < 0.0 < result.location_km.high
    assert sum("too few samples" in warning for warning in result.warnings) >= 2
    assert all(np.isfinite([result.time_h.low, result.time_h.median, result.time_h.high]))


def test_noise_above_the_cloud_is_no_release() -> None:
    """A quiet section whose noise passes for a pulse does not draw the release to itself."""
    rng = np.random.default_rng(5)
    hours = np.arange(-5.0, 60.0, 0.5)
    quiet = make_curve("quiet", 1.0, 8.0, hours, np.abs(1e-4 * rng.standard_normal(len(hours))))
    result = trace([quiet, *pair()])
    assert [pulse.section for pulse in result.pulses] == [one.section for one in pair()]
    assert result.location_km.low < 10.0


def test_what_is_missing_is_left_out() -> None:
    """Blank and unreadable cells of discharge, distance and time, in all the ways of writing nothing."""
    content = rows(pair())
    plain = trace(curves_from_rows(content))
    content[3]["time_h"] = ""
    content[5]["distance_km"] = None
    for number, word in enumerate(("nan", "NA", "--", "", None, -3.0)):
        content[10 + number]["discharge_m3s"] = word
    result = trace(curves_from_rows(content))
    assert result.location_km.median == pytest.approx(plain.location_km.median, abs=1.0)
    assert any("blank" in warning for warning in result.warnings)
    assert any("zero or less" in warning for warning in result.warnings)
    for row in content:
        row["discharge_m3s"] = "NA"
    assert trace(curves_from_rows(content)).mass is None


def test_two_curves_of_one_place_are_one() -> None:
    """The one with more samples speaks for both; a distance that wavers by metres is one distance."""
    first, second = pair()
    twin = make_curve("other bank", first.distance_km, 8.0, first.time_h[::2], first.concentration[::2])
    result = trace(curves_from_rows(rows([first, twin, second])))
    assert len(result.pulses) == 2
    assert any("other bank" in warning for warning in result.warnings)
    content = rows(pair())
    for number, row in enumerate(content):
        row["distance_km"] = float(str(row["distance_km"])) + 0.01 * (number % 2)
    assert any("differ a little" in warning for warning in trace(curves_from_rows(content)).warnings)
