"""Streaming and batch give the same flags, however a series is cut."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay.mine.quality import Config, Stream, batch
from clearbay.model.errors import BadInput

FORM = {
    "tests": {
        "source_flag": {},
        "gross_range": {"fail_span": [0, 14], "suspect_span": [2, 12]},
        "climatology": {"config": [{"months": [1], "vspan": [3, 9]}]},
        "spike": {"suspect_threshold": 1, "fail_threshold": 3},
        "rate_of_change": {"suspect_threshold": 0.01, "fail_threshold": 0.05},
        "flat_line": {"suspect_threshold": 120, "fail_threshold": 240, "tolerance": 0.11},
        "attenuated_signal": {"suspect_threshold": 0.7, "fail_threshold": 0.05, "test_period": 300, "min_obs": 3},
        "gap": {"suspect_threshold": 100, "fail_threshold": 300},
        "held_value": {"share": 0.5, "points": 6, "least": 2},
    },
    "stations": {
        "b": {"spike": {"suspect_threshold": 0.5, "method": "differential"}, "flat_line": False},
        "c": {"TN": {"attenuated_signal": {"suspect_threshold": 0.3, "test_period": 200, "check_type": "range"}}},
    },
    "consistency": [{"id": "nitrogen", "whole": "TN", "parts": ["NH3N"], "relative": 0.1}],
    "neighbours": [{"stations": ["a", "b", "c"], "property": "TN", "within": 200, "suspect_threshold": 2, "least": 2}],
}
CONFIG = Config.read(FORM)
SMALL = Config.read(FORM | {"most_points": 4})


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Values of several series in an order of arrival that is mostly but not always that of time."""
    rows = draw(st.integers(0, 60))
    steps = draw(st.lists(st.sampled_from([0, 30, 60, 60, 60, 90, 400, -60]), min_size=rows, max_size=rows))
    values = draw(
        st.lists(st.sampled_from([4.0, 4.0, 4.1, 4.2, 5.5, 7.0, 15.0, float("nan")]), min_size=rows, max_size=rows)
    )
    words = {
        name: draw(st.lists(st.sampled_from(choice), min_size=rows, max_size=rows))
        for name, choice in {
            "station": "aaabc", "property": ["TN", "TN", "NH3N"], "depth": ["", "", "bottom"],
            "censoring": ["", "", "<"],
        }.items()
    }  # fmt: skip
    flags = draw(st.lists(st.sampled_from([2, 2, 1, 3]), min_size=rows, max_size=rows))
    time = 1_706_600_000 + np.cumsum(np.array(steps, dtype=np.int64)) if rows else np.empty(0, np.int64)
    return pa.table(
        {
            **{name: pa.array(column, pa.string()) for name, column in words.items()},
            "time": pa.array(time * 1_000_000).cast(pa.timestamp("us")),
            "value": pa.array(values, pa.float64()),
            "flag": pa.array(flags, pa.int8()),
        }
    )


def pushed(table: pa.Table, cuts: list[int], config: Config, *, restart: bool) -> pa.Table:
    """The last word on each row of a table that arrives in pieces."""
    stream = Stream(config)
    edges = sorted({0, table.num_rows, *(cut % (table.num_rows + 1) for cut in cuts)})
    parts = []
    place: dict[tuple[object, ...], int] = {}
    names = ("station", "property", "depth", "time")
    flags: dict[str, list[int]] = {}
    for low, high in pairwise(edges):
        part = table.slice(low, high - low)
        done = stream.push(part)
        parts.append(done.flags)
        whole = pa.concat_tables(parts)
        flags = flags or {test: [] for test in whole.column_names}
        for test in whole.column_names:
            flags[test] += done.flags[test].to_pylist()
        for revised in done.revised.to_pylist():
            at = place[tuple(revised[name] for name in names)]
            for test in whole.column_names:
                flags[test][at] = revised[test]
        for row, given_ in enumerate(part.to_pylist(), low):
            place.setdefault(tuple(given_[name] for name in names), row)  # the first is the one that is not late
        if restart:
            stream = Stream(config, stream.state())
    if not flags:
        return batch(table, config, order="arrival")
    return pa.table({test: pa.array(column, pa.int8()) for test, column in flags.items()})


@settings(max_examples=120, deadline=None)
@given(tables(), st.lists(st.integers(0, 1000), max_size=8), st.booleans(), st.sampled_from([CONFIG, SMALL]))
def test_any_cut_gives_the_flags_of_the_whole(table: pa.Table, cuts: list[int], restart: bool, config: Config) -> None:
    """Cut a table anywhere, restart from the saved state in between: the final flags are those of one batch."""
    whole = batch(table, config, order="arrival")
    found = pushed(table, cuts, config, restart=restart)
    assert found.to_pydict() == whole.to_pydict()


def test_long_series_with_fine_thresholds() -> None:
    """A year of hours cut into uneven pieces, with deviations all around the threshold."""
    rng = np.random.default_rng(3)
    time = np.arange(9000) * 3_600_000_000
    value = 1e4 + np.cumsum(rng.normal(0, 1e-3, 9000)) + np.where(rng.random(9000) < 0.01, 1e6, 0)
    table = pa.table({"time": pa.array(time).cast(pa.timestamp("us")), "value": value})
    config = Config.read(
        {
            "attenuated_signal": {"suspect_threshold": 3e-3, "fail_threshold": 2e-3, "test_period": 86400},
            "flat_line": {"suspect_threshold": 36000, "fail_threshold": 72000, "tolerance": 4e-3},
        }
    )
    cuts = sorted(rng.integers(0, 9000, 40).tolist())
    assert pushed(table.append_column("station", pa.repeat("", 9000)).append_column("property", pa.repeat("", 9000))
                  .append_column("depth", pa.repeat("", 9000)), cuts, config, restart=False).to_pydict() == batch(
        table, config).to_pydict()  # fmt: skip


def test_the_newest_value_is_judged_for_spikes_when_the_next_arrives() -> None:
    """Until then it is not evaluated; then its flag comes as a revision."""
    stream = Stream(Config.read({"spike": {"suspect_threshold": 1}}))
    for number, value in enumerate([1.0, 9.0]):
        done = stream.push(pa.table({"time": pa.array([number * 1_000_000]), "value": [value]}))
        assert done.flags["spike"].to_pylist() == [2]
        assert done.revised.num_rows == 0
    done = stream.push(pa.table({"time": pa.array([2_000_000]), "value": [1.0]}))
    assert done.revised.select(["value", "spike", "before", "aggregate"]).to_pylist() == [
        {"value": 9.0, "spike": 3, "before": 2, "aggregate": 3}
    ]


def test_a_late_partner_revises_its_sample() -> None:
    """Total nitrogen passes alone; the ammonia that arrives after it shows the contradiction."""
    stream = Stream(Config.read({"consistency": [{"id": "n", "whole": "TN", "parts": ["NH3N"], "relative": 0.1}]}))
    first = pa.table({"station": ["a"], "property": ["TN"], "time": pa.array([0]), "value": [1.0]})
    assert stream.push(first).flags["consistency"].to_pylist() == [2]
    second = pa.table({"station": ["a"], "property": ["NH3N"], "time": pa.array([0]), "value": [3.0]})
    done = stream.push(second)
    assert done.flags["consistency"].to_pylist() == [3]
    assert done.revised.select(["property", "consistency"]).to_pylist() == [{"property": "TN", "consistency": 3}]


def test_memory_does_not_grow_with_time() -> None:
    """However long a series runs, no more is remembered than its tests look back over."""
    stream = Stream(Config.read({"flat_line": {"suspect_threshold": 600}, "most_points": 50}))
    sizes = []
    for start in range(0, 5000, 500):
        time = pa.array((start + np.arange(500)) * 60_000_000)
        stream.push(pa.table({"time": time, "value": np.arange(500.0)}))
        sizes.append(int(stream.memory.count.sum()))
    assert max(sizes) == min(sizes) <= 50


def test_a_state_of_another_configuration_is_refused() -> None:
    """Flags of two configurations never mix; damaged bytes are no state."""
    state = Stream(CONFIG).state()
    with pytest.raises(BadInput, match="another configuration"):
        Stream(SMALL, state)
    with pytest.raises(BadInput, match="cannot be read"):
        Stream(CONFIG, state[:100])
