"""The flags are those of ioos_qc 3.0.0, recorded once (benchmarks/quality.py compares a million side by side)."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pytest

from clearbay.mine.quality import Config, batch

RECORDED = csv.read_csv(
    Path(__file__).parent.parent / "data" / "ioos_qc_flags.csv",
    convert_options=csv.ConvertOptions(column_types={"value": pa.float64()}),
)

CONFIGS = {
    "gross_range": {"gross_range": {"fail_span": [0, 14], "suspect_span": [6, 8.5]}},
    "spike": {"spike": {"suspect_threshold": 0.3, "fail_threshold": 1.0}},
    "spike_differential": {"spike": {"suspect_threshold": 0.3, "fail_threshold": 1.0, "method": "differential"}},
    "rate_of_change": {"rate_of_change": {"threshold": 0.0003, "fail_threshold": 0.001}},
    "flat_line": {"flat_line": {"suspect_threshold": 3600, "fail_threshold": 7200, "tolerance": 0.001}},
    "attenuated_std": {
        "attenuated_signal": {"suspect_threshold": 0.05, "fail_threshold": 0.006, "test_period": 7200, "min_obs": 4}
    },
    "attenuated_range": {
        "attenuated_signal": {
            "suspect_threshold": 0.15, "fail_threshold": 0.02, "test_period": 7200, "min_obs": 4, "check_type": "range",
        }
    },
    "climatology": {
        "climatology": {
            "config": [
                {"tspan": [3, 3], "period": "month", "vspan": [6.5, 7.5], "fspan": [6, 8.2]},
                {"months": [4], "vspan": [6.2, 7.9]},
            ]
        }
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_every_flag_is_the_one_recorded(name: str) -> None:
    """A test gives the flags of the reference implementation, missing values included."""
    (test,) = CONFIGS[name]
    found = batch(RECORDED.select(["time", "value"]), Config.read(CONFIGS[name]))
    there = RECORDED["value"].is_valid().to_numpy() if test == "climatology" else slice(None)  # it passes missing ones
    np.testing.assert_array_equal(found[test].to_numpy()[there], RECORDED[name].to_numpy()[there])


def test_aggregate_is_the_one_recorded() -> None:
    """Several tests become one flag as in ioos_qc, whose own names a configuration may use."""
    names = ("gross_range", "spike", "rate_of_change", "flat_line", "attenuated_std")
    form = {f"{test}_test": numbers for name in names for test, numbers in CONFIGS[name].items()}
    found = batch(RECORDED.select(["time", "value"]), Config.read({"qartod": form}))
    np.testing.assert_array_equal(found["aggregate"].to_numpy(), RECORDED["aggregate"].to_numpy())
