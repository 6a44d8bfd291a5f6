from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay.mine.detection.catalogue import detectors
from clearbay.mine.detection.signal import FAMILIES, Signal
from clearbay.mine.detection.stream import Stream, batch
from clearbay.model.text import LANGUAGES
from tests.mine_detection.telemetry import HOUR, START, noise, readings, station

PLACES = {one.id: one for one in (station("s1"), station("s2"), station("o1", "effluent"))}


def told(signals: list[Signal], kind: str) -> list[tuple[int, bool]]:
    """Hour and on/off of each signal of a kind."""
    return [((one.time - START) // HOUR, one.on) for one in signals if one.kind == kind]


def first(signals: list[Signal], kind: str) -> int:
    return next(hour for hour, on in told(signals, kind) if on)


def test_three_hours_running_are_an_exceedance() -> None:
    """Over the limit once or twice is none; the third hour opens it, since the first; back within it, it ends."""
    values = noise(0.5, 60, spread=0.01)
    values[20:22] = 1.2
    values[30:36] = 1.2
    found = [one for one in batch(readings({("s1", "NH3N"): values}), PLACES) if one.kind == "exceedance"]
    assert first(found, "exceedance") == 32
    assert (found[0].since - START) // HOUR == 30
    assert found[0].baseline == 1.0  # class III of GB 3838, assumed and said so
    assert found[0].detail["standard"] == "cn.gb3838-2002"
    assert found[0].detail["assumed"]
    assert told(found, "exceedance")[-1] == (38, False)


def test_the_class_asked_of_a_section_is_the_one_judged() -> None:
    """A section of class II is over earlier than one of class III."""
    values = np.full(10, 0.7)
    table = readings({("s1", "NH3N"): values})
    assert not told(batch(table, PLACES), "exceedance")
    assert told(batch(table, PLACES, {"s1": ("cn.gb3838", "II")}), "exceedance")


def test_a_lone_suspect_spike_opens_nothing() -> None:
    """A wild value that quality control suspects needs a second one; a failed one is not judged at all."""
    values = noise(0.3, 100)
    values[60] = 0.9
    flags = np.ones(100, dtype=int)
    for flag in (3, 4):
        flags[60] = flag
        table = readings({("s1", "NH3N"): values}, flags={("s1", "NH3N"): flags.tolist()})
        assert not told(batch(table, PLACES), "change")


def test_a_level_that_shifts_is_told_at_once() -> None:
    """An hourly mean ten scales off is a sudden change in its own hour; it ends when the level is back."""
    values = noise(0.2, 120)
    values[80:90] *= 2.5
    found = batch(readings({("s1", "TP"): values}), PLACES)
    assert first(found, "change") == 80
    assert not told(found, "change")[-1][1]


def test_a_daily_wave_is_no_change() -> None:
    """What the hour of day usually adds is not told, nor is plain noise: no event in two quiet months."""
    hours = np.arange(24 * 60)
    values = 8 + 1.5 * np.sin(hours * 2 * np.pi / 24) + 0.1 * np.random.default_rng(0).standard_normal(len(hours))
    found = batch(readings({("s1", "DO"): values, ("s2", "TP"): noise(0.1, len(hours))}), PLACES)
    assert not [one for one in found if one.kind in ("change", "multivariate")]


def test_a_slow_trend_is_a_drift() -> None:
    """Three weeks one way are told; the same noise without a trend is not."""
    values = noise(200, 24 * 30, spread=0.01)
    assert not told(batch(readings({("s1", "conductivity"): values}), PLACES), "drift")
    values = values * (1 + 0.01 * np.arange(len(values)) / 24)
    assert told(batch(readings({("s1", "conductivity"): values}), PLACES), "drift")


def test_what_never_occurred_together_is_told() -> None:
    """Two sensors that always move together and part, each within its own range."""
    rng = np.random.default_rng(2)
    common = rng.standard_normal(400)
    one, two = 8 + 0.3 * common, 20 + 2 * common + 0.2 * rng.standard_normal(400)
    one[300:312] = 8 + 0.3 * 2.2
    two[300:312] = 20 - 2 * 2.2
    found = batch(readings({("s1", "DO"): one, ("s1", "water_temp"): two}), PLACES)
    hours = [hour for hour, on in told(found, "multivariate") if on]
    assert hours
    assert 300 <= hours[0] <= 306


def test_silence_is_told_when_the_station_speaks_again_or_is_waited_for() -> None:
    """A history tells a gap from its end; a clock tells it while it lasts, once."""
    values = noise(8, 60)
    values[30:45] = np.nan
    assert told(batch(readings({("s1", "DO"): values}), PLACES), "silence") == [(34, True), (45, False)]
    stream = Stream(PLACES.get)
    stream.push(readings({("s1", "DO"): noise(8, 30)}))
    assert not stream.waited(START + 32 * HOUR)
    assert len(stream.waited(START + 40 * HOUR)) == 1
    assert not stream.waited(START + 41 * HOUR)


def _office(hours: int) -> np.ndarray:
    """True in office hours of working days in Guangzhou."""
    local = np.arange(hours) + 8
    days = local // 24 + 3  # 2026-01-01 was a Thursday
    return (local % 24 >= 9) & (local % 24 < 17) & (days % 7 < 5)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("constant", np.where(np.arange(80) > 30, 41.5, noise(40, 80))),
        ("inspection_drop", noise(40, 24 * 30) * np.where(_office(24 * 30), 0.4, 1.0)),
    ],
)
def test_data_of_an_outlet_that_cannot_be_true(kind: str, values: np.ndarray) -> None:
    """Constant values and a drop in inspection hours are told of an outlet, never of a river."""
    assert told(batch(readings({("o1", "CODCr"): values}), PLACES), kind)
    assert not told(batch(readings({("s1", "CODCr"): values}), PLACES), kind)


def test_values_pinned_under_the_limit_are_told() -> None:
    """Nine in ten just under the limit and none above; the limit is the one asked of the outlet."""
    asked = {"o1": ("cn.gb3838", "V")}
    values = 40 * np.random.default_rng(0).uniform(0.93, 0.999, 80)
    assert told(batch(readings({("o1", "CODCr"): values}), PLACES, asked), "pinned")
    assert not told(batch(readings({("o1", "CODCr"): values * 0.5}), PLACES, asked), "pinned")


def test_a_load_too_even_for_its_flow_is_told() -> None:
    """Concentrations that are computed from the flow give themselves away."""
    flow = noise(0.5, 100, spread=0.4)
    honest = {("o1", "flow"): flow, ("o1", "CODCr"): noise(40, 100, seed=3, spread=0.1)}
    made = {("o1", "flow"): flow, ("o1", "CODCr"): 20 / flow}
    assert not told(batch(readings(honest), PLACES), "load_balance")
    assert told(batch(readings(made), PLACES), "load_balance")


def _lively() -> pa.Table:
    """Something of everything."""
    ammonia = noise(0.5, 400)
    ammonia[100:120] *= 4
    ammonia[200:210] = np.nan
    oxygen = noise(8, 400, seed=2)
    oxygen[105:118] = 1.5
    oxygen[200:210] = np.nan
    series = {
        ("s1", "NH3N"): ammonia,
        ("s1", "DO"): oxygen,
        ("s2", "TP"): noise(0.1, 400, seed=4) * (1 + 0.02 * np.arange(400) / 24),
        ("o1", "CODCr"): np.where(np.arange(400) > 300, 40.0, noise(40, 400, seed=5)),
        ("o1", "flow"): noise(1, 400, seed=6),
    }
    return readings(series).sort_by([("time", "ascending"), ("station", "ascending"), ("property", "ascending")])


LIVELY = _lively()
WHOLE = batch(LIVELY, PLACES)


@given(st.lists(st.integers(0, LIVELY.num_rows), max_size=8))
@settings(max_examples=8, deadline=None)
def test_a_stream_says_what_the_history_says(cuts: list[int]) -> None:
    """However the arrivals are cut, the signals are those of the whole, to the last bit."""
    stream, found, begin = Stream(PLACES.get), [], 0
    moments = pc.unique(LIVELY.column("time")).to_pylist()
    for cut in [*sorted(cuts), LIVELY.num_rows]:
        until = moments[min(cut * len(moments) // LIVELY.num_rows, len(moments) - 1)]
        last = cut == LIVELY.num_rows
        end = LIVELY.num_rows if last else pc.sum(pc.less(LIVELY.column("time"), pa.scalar(until))).as_py()
        found += stream.push(LIVELY.slice(begin, max(end - begin, 0)))
        begin = max(begin, end)
    same = found + stream.flush() == WHOLE
    assert same
    assert {one.kind for one in WHOLE} >= {"exceedance", "change", "drift", "multivariate", "constant", "silence"}


def test_a_value_told_twice_is_judged_once() -> None:
    """A repeated or overtaken value changes no judgement."""
    stream = Stream(PLACES.get)
    found = stream.push(LIVELY)
    assert stream.push(LIVELY) == []
    same = found + stream.flush() == WHOLE
    assert same


def test_every_detector_is_registered_in_four_languages() -> None:
    """What can be told has a name, parameters and a source."""
    assert set(detectors()) == set(FAMILIES)
    for one in detectors().values():
        assert set(one.name) == set(LANGUAGES)
        assert one.parameters
        assert one.source
