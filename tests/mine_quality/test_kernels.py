"""Each kernel against what one would write from the words, and against known values."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay.mine.quality import TESTS, Config, batch
from clearbay.mine.quality.climate import derived
from clearbay.mine.quality.point import distance, hour_coverage, location
from clearbay.mine.quality.seawater import oxygen_solubility, practical_salinity
from clearbay.mine.quality.series import Rows, extreme
from clearbay.model.errors import BadInput
from clearbay.model.text import LANGUAGES


def table(values: list[float], seconds: list[int] | None = None, **columns: object) -> pa.Table:
    """A series of minutes, or at the seconds given."""
    at = [60 * place for place in range(len(values))] if seconds is None else seconds
    given_ = {name: pa.array(column) for name, column in columns.items()}
    return pa.table(
        {"time": pa.array([1_000_000 * one for one in at], pa.int64()), "value": pa.array(values), **given_}
    )


def flags(form: dict, *args: object, **columns: object) -> list[int]:
    """The flags of the one test of a configuration."""
    (test,) = form
    return batch(table(*args, **columns), Config.read(form))[test].to_pylist()  # type: ignore[arg-type]


def test_every_test_can_be_shown() -> None:
    """Names in four languages, a meaning, a source and a confidence; parameters with units."""
    for test in TESTS.values():
        assert set(test.name) == set(LANGUAGES)
        assert all((test.meaning, test.source, test.confidence))
        assert all(one.meaning for one in test.parameters)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([30, 60, 60, 90, 600]), st.sampled_from([1.0, 1.1, 1.2, 2.0, 9.0, math.nan])),
        max_size=40,
    ),
    st.sampled_from([60, 100, 180, 300]),
    st.sampled_from([0.0, 0.15, 0.25]),
)
def test_flat_lines_and_still_signals_are_what_the_words_say(rows: list, length: int, tolerance: float) -> None:
    """A value at a time, looking back over its window."""
    at = np.cumsum([step for step, _ in rows]).tolist()
    values = [value for _, value in rows]
    flat, still = [], []
    for place, (now, value) in enumerate(zip(at, values, strict=True)):
        if math.isnan(value):
            flat.append(9)
            still.append(9)
            continue
        window = [(t, v) for t, v in zip(at[: place + 1], values, strict=False) if t >= now - length]
        known = [v for _, v in window if not math.isnan(v)]
        spread = max(known) - min(known)
        reach = now - window[0][0]
        quiet = spread < tolerance or (tolerance == 0 and spread == 0)
        flat.append(3 if quiet and now - at[0] >= length and reach > 0 and 2 * reach >= length else 1)
        known = [v for t, v in zip(at[: place + 1], values, strict=False) if t > now - length and not math.isnan(v)]
        deviation = float(np.std(known))
        still.append(2 if len(known) < 2 else 3 if deviation < 0.06 else 1)
    assert flags({"flat_line": {"suspect_threshold": length, "tolerance": tolerance}}, values, at) == flat
    assert flags({"attenuated_signal": {"suspect_threshold": 0.06, "test_period": length}}, values, at) == still


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=50), st.data())
def test_extremes_of_windows(values: list[float], data: st.DataObject) -> None:
    """Those of each window, whatever its length."""
    last = np.array(data.draw(st.lists(st.integers(0, len(values) - 1), min_size=1, max_size=20)))
    first = np.array([data.draw(st.integers(0, one)) for one in last.tolist()])
    found = extreme(np.array(values), first, last, np.maximum)
    assert found.tolist() == [max(values[low : high + 1]) for low, high in zip(first, last, strict=True)]


def test_windows_of_many_long_series() -> None:
    """Series that together span more time than 64 bits hold are looked at in portions."""
    century = 100 * 365 * 86_400_000_000
    starts = np.arange(3000, dtype=np.int64) * 7
    time = np.stack([starts, starts + 60_000_000, starts + century], axis=1).ravel()
    rows = Rows(time, np.ones(9000), np.full(3000, 3), starts, 100)
    first = rows.windows(120.0, closed=True).reshape(3000, 3) - np.arange(3000)[:, None] * 3
    assert (first == [0, 0, 2]).all()


def test_held_values_are_told_from_fresh_ones() -> None:
    """A four-hourly measurement published hourly: the three repeats of each are suspect, the fresh one passes."""
    values = [float(value) for value in range(10) for _ in range(4)]
    found = flags({"held_value": {"share": 0.5, "points": 24, "least": 8}}, values)
    assert found[:8] == [2] * 8
    assert found[8:] == [1, 3, 3, 3] * 8
    assert set(flags({"held_value": {}}, [float(value) for value in range(40)])) == {1, 2}


def test_neighbours_are_compared_with_what_came_before() -> None:
    """With the median of the newest values of the related stations; too old ones and too few do not count."""
    form = {"neighbours": [{"stations": ["a", "b", "c"], "property": "DO", "within": 600, "suspect_threshold": 1,
                            "fail_threshold": 3, "least": 2}]}  # fmt: skip
    rows = table([7.0, 7.2, 7.1, 9.0, 12.0, 7.0], [0, 0, 0, 60, 60, 7000], station=["a", "b", "c", "a", "b", "c"],
                 property=["DO"] * 6)  # fmt: skip
    assert batch(rows, Config.read(form))["neighbour"].to_pylist() == [2, 2, 1, 3, 4, 2]


@pytest.mark.parametrize(
    ("rule", "values", "suspect"),
    [
        ({"whole": "TN", "parts": ["NH3N", "NO3N"]}, {"TN": 2, "NH3N": 1, "NO3N": 0.9}, False),
        ({"whole": "TN", "parts": ["NH3N", "NO3N"]}, {"TN": 2, "NH3N": 1.2, "NO3N": 1.2}, True),
        ({"whole": "DO_sat", "kind": "oxygen_saturation", "parts": ["DO", "water_temp", "salinity"]},
         {"DO_sat": 100, "DO": 9.09, "water_temp": 20, "salinity": 0}, False),
        ({"whole": "DO_sat", "kind": "oxygen_saturation", "parts": ["DO", "water_temp", "salinity"]},
         {"DO_sat": 60, "DO": 9.09, "water_temp": 20}, True),
        ({"whole": "DO_sat", "kind": "oxygen_saturation", "parts": ["DO", "water_temp", "salinity"]},
         {"DO_sat": 110, "DO": 9.09, "water_temp": 20}, False),
        ({"whole": "salinity", "kind": "salinity", "parts": ["conductivity", "water_temp"]},
         {"salinity": 35, "conductivity": 42914, "water_temp": 15}, False),
        ({"whole": "salinity", "kind": "salinity", "parts": ["conductivity", "water_temp"]},
         {"salinity": 20, "conductivity": 42914, "water_temp": 15}, True),
    ],
)  # fmt: skip
def test_rules_between_properties(rule: dict, values: dict, suspect: bool) -> None:
    """Kept, or broken by more than the tolerance; salinity that was not measured may be anything it can be."""
    config = Config.read({"consistency": [{"id": "rule", "relative": 0.05, **rule}]})
    rows = table([float(one) for one in values.values()], [0] * len(values), property=list(values))
    assert batch(rows, config)["consistency"].to_pylist() == [3 if suspect else 1] * len(values)


def test_what_is_below_detection_is_given_the_benefit() -> None:
    """Ammonia below 3 may be nothing at all, so total nitrogen of 2 does not contradict it."""
    config = Config.read({"consistency": [{"id": "n", "whole": "TN", "parts": ["NH3N"]}]})
    rows = table([2.0, 3.0], [0, 0], property=["TN", "NH3N"], censoring=["", "<"])
    assert batch(rows, config)["consistency"].to_pylist() == [1, 1]
    rows = table([2.0, 3.0], [0, 0], property=["TN", "NH3N"], censoring=["<", ""])
    assert batch(rows, config)["consistency"].to_pylist() == [3, 3]


def test_equations_of_water() -> None:
    """Fresh water of 20 Cel holds 9.09 mg/L; the conductivity of standard sea water is salinity 35; nothing beyond."""
    assert oxygen_solubility(np.array([0.0, 20.0, 20.0]), np.array([0.0, 0.0, 35.0])).round(2).tolist() == [
        14.62,
        9.09,
        7.4,
    ]
    assert np.isnan(oxygen_solubility(np.array([41.0]), np.array([0.0])))
    assert practical_salinity(np.array([42914.0]), np.array([15 / 1.00024]))[0] == pytest.approx(35, abs=1e-6)
    # TEOS-10's check values for 10 dbar; the surface differs by less than 0.01.
    found = practical_salinity(np.array([34548.7, 34727.5]), np.array([28.7856, 28.4329]))
    assert found == pytest.approx([20.009869599086951, 20.265511864874270], abs=0.01)
    assert np.isnan(practical_salinity(np.array([500.0]), np.array([20.0])))


def test_places_and_hours() -> None:
    """Half a position fails, one far from home is suspect, none is not evaluated; 45 minutes make an hour."""
    nan = math.nan
    longitude, latitude = np.array([114.0, 114.1, 200.0, nan, nan]), np.array([22.0, 22.0, 22.0, 22.0, nan])
    home = np.full(5, 114.0), np.full(5, 22.0)
    assert location(longitude, latitude, home=home, farthest=1000).tolist() == [1, 3, 4, 4, 2]
    assert distance(*(np.array([one]) for one in (114.0, 22.0, 114.0, 23.0)))[0] == pytest.approx(111_195, rel=1e-4)
    assert hour_coverage(np.array([60, 45, 44, nan]), 45.0).tolist() == [1, 1, 4, 2]


def test_a_climatology_from_history() -> None:
    """The span of a month with enough values; others are not evaluated."""
    rng = np.random.default_rng(4)
    seconds = (np.arange(700) * 3600).tolist()
    history = table(rng.normal(20, 1, 700).tolist(), seconds)
    form = derived(history)
    assert [entry["months"] for entry in form["climatology"]["config"]] == [[1]]
    assert flags(form, [20.0, 40.0, 20.0], [0, 3600, 40 * 86400]) == [1, 3, 2]
    with pytest.raises(BadInput, match="no month"):
        derived(history.slice(0, 5))
