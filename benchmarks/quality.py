"""A million values through five QARTOD tests: ``clearbay.mine.quality`` beside ioos_qc and saqc, in one process.

    pip install ioos_qc==3.0.0 saqc==2.9.1      # for this benchmark only
    python benchmarks/quality.py [--values 1000000] [--runs 3] [--group]

Gross range, spike, rate of change, flat line and attenuated signal, with the same thresholds, on a series made here:
minute values that drift and swing, with spikes, stuck stretches, slow ones and missing values. The flags of ioos_qc are
compared one by one; where they differ, the exact standard deviation of the window (in rational numbers) says who is
right. saqc knows one flag, not two, and its tests of constants and variance mark whole windows where QARTOD's mark the
value at their end: its range, and spike and rate written as its generic tests, are compared, the other two only timed.
Its test of variance takes the better part of a millisecond a value, so all five are timed on a part of the values, and
the other four on the whole, each beside ours of the same tests.

``--group``: besides, how long a group of 10,000 new values over 50,000 series takes in a gateway, under the shipped
configuration. Prints times and ratios; fails where flags differ without being right, or below 20 times.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from clearbay.mine.quality import Config, Stream, batch

TARGET = 20.0
GROUP_TARGET_MS = 20.0
STEP = 60
PART = 5_000
TESTS: dict[str, dict[str, Any]] = {
    "gross_range": {"fail_span": [0, 14], "suspect_span": [5.5, 9]},
    "spike": {"suspect_threshold": 0.5, "fail_threshold": 1.0},
    "rate_of_change": {"suspect_threshold": 0.005, "fail_threshold": 0.02},
    "flat_line": {"suspect_threshold": 3600, "fail_threshold": 10800, "tolerance": 0.001},
    "attenuated_signal": {"suspect_threshold": 0.02, "fail_threshold": 0.005, "test_period": 3600, "min_obs": 30},
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--values", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--group", action="store_true")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    values = made(asked.values)
    print(f"{asked.values:,} generated minute values, five tests, best of {asked.runs} runs")
    ours, mine = timed(lambda: clearbay(values), asked.runs)
    print(f"clearbay   {ours:7.3f} s  {asked.values / ours:12,.0f} values/s")
    good = True
    try:
        good &= beside_ioos(values, ours, mine)
    except ImportError:
        print("ioos_qc    not installed: pip install ioos_qc==3.0.0")
    try:
        good &= beside_saqc(values, mine, asked.runs)
    except ImportError:
        print("saqc       not installed: pip install saqc==2.9.1")
    if asked.group:
        good &= grouped() <= GROUP_TARGET_MS
    print("ok" if good else f"below {TARGET:g} times, or flags differ")
    return 0 if good else 1


def beside_ioos(values: Any, ours: float, mine: dict[str, Any]) -> bool:
    """The same five tests by ioos_qc, flag by flag."""
    theirs, found = timed(lambda: ioos(values), 1)
    ratio = theirs / ours
    print(f"ioos_qc    {theirs:7.3f} s  {len(values) / theirs:12,.0f} values/s  {ratio:6.1f} times as long")
    return all([compared(test, mine, flags, values) for test, flags in found.items()]) and ratio >= TARGET


def beside_saqc(values: Any, mine: dict[str, Any], runs: int) -> bool:
    """All five tests on a part, four of them on the whole."""
    part = values[:PART]
    ours, _ = timed(lambda: clearbay(part), runs)
    theirs, _ = timed(lambda: (saqc(part), variance(part)), 1)
    ratio = theirs / ours
    print(
        f"saqc       {theirs:7.3f} s for {len(part):,} values, five tests; ours {ours:.4f} s: {ratio:.0f} times as long"
    )
    four = {test: form for test, form in TESTS.items() if test != "attenuated_signal"}
    ours, _ = timed(lambda: clearbay(values, four), runs)
    theirs, found = timed(lambda: saqc(values), 1)
    print(f"saqc       {theirs:7.3f} s without its variance; ours {ours:.3f} s: {theirs / ours:.1f} times as long")
    return all([compared(test, mine, flags, values) for test, flags in found.items()]) and ratio >= TARGET


def made(count: int) -> Any:
    """Generated values, always the same."""
    random = np.random.default_rng(1)
    drift = np.cumsum(random.normal(0, 0.02, count))
    values = 7 + np.sin(np.arange(count) / 500) + 0.1 * (drift - np.linspace(0, drift[-1], count))
    values = np.round(values, 3)
    values[random.integers(0, count, count // 500)] += 3
    for start in random.integers(0, max(count - 300, 1), count // 5000):
        values[start : start + 300] = values[start]
    values[random.integers(0, count, count // 2000)] = np.nan
    return values


def timed(call: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The shortest of some runs, and what came out."""
    best, found = float("inf"), None
    for _ in range(runs):
        start = time.perf_counter()
        found = call()
        best = min(best, time.perf_counter() - start)
    return best, found


def clearbay(values: Any, tests: dict[str, Any] = TESTS) -> dict[str, Any]:
    """Everything: reading the configuration, the five tests, the aggregate."""
    times = pa.array(np.arange(len(values), dtype=np.int64) * STEP * 1_000_000).cast(pa.timestamp("us"))
    flags = batch(pa.table({"time": times, "value": values}), Config.read(tests))
    return {test: flags[test].to_numpy() for test in flags.column_names}


def ioos(values: Any) -> dict[str, Any]:
    """The same tests by ioos_qc, and its aggregate."""
    from ioos_qc import qartod

    times = np.datetime64("1970-01-01", "s") + np.arange(len(values)) * np.timedelta64(STEP, "s")
    rate = TESTS["rate_of_change"]
    found = {
        "gross_range": qartod.gross_range_test(values, **TESTS["gross_range"]),
        "spike": qartod.spike_test(values, **TESTS["spike"]),
        "rate_of_change": qartod.rate_of_change_test(values, times, rate["suspect_threshold"], rate["fail_threshold"]),
        "flat_line": qartod.flat_line_test(values, times, **TESTS["flat_line"]),
        "attenuated_signal": qartod.attenuated_signal_test(values, times, **TESTS["attenuated_signal"]),
    }
    found["aggregate"] = qartod.qartod_compare([np.ma.filled(flags, 0) for flags in found.values()])
    return {test: np.ma.filled(flags, 0) for test, flags in found.items()}


def saqc(values: Any) -> dict[str, Any]:
    """The nearest that saqc has, at the thresholds of "fail" only: half the work."""
    import pandas
    from saqc import SaQC

    data = pandas.Series(values, index=pandas.date_range("1970", periods=len(values), freq=f"{STEP}s"), name="v")
    range_, spike, rate = TESTS["gross_range"]["fail_span"], TESTS["spike"], TESTS["rate_of_change"]
    flat = TESTS["flat_line"]
    # saqc writes words of its own (min among them) into the globals of a function: these get globals of their own.
    jump = eval(f"lambda v: (v - (v.shift(1) + v.shift(-1)) / 2).abs() > {spike['fail_threshold']}", {})
    steep = eval(f"lambda v: v.diff().abs() / {STEP} > {rate['fail_threshold']}", {})
    fresh = SaQC(data)
    found = {
        "gross_range": fresh.flagRange("v", min=range_[0], max=range_[1]),
        "spike": fresh.flagGeneric("v", func=jump),
        "rate_of_change": fresh.flagGeneric("v", func=steep),
    }
    fresh.flagConstants("v", thresh=flat["tolerance"], window=f"{flat['fail_threshold']}s")
    return {test: np.where(done.flags["v"].to_numpy() > 0, 4, 0) for test, done in found.items()}


def variance(values: Any) -> Any:
    """The nearest that saqc has to the test of an attenuated signal."""
    import pandas
    from saqc import SaQC

    still = TESTS["attenuated_signal"]
    data = pandas.Series(values, index=pandas.date_range("1970", periods=len(values), freq=f"{STEP}s"), name="v")
    return SaQC(data).flagByVariance("v", window=f"{still['test_period']}s", thresh=still["fail_threshold"] ** 2)


def compared(test: str, ours: dict[str, Any], theirs: Any, values: Any) -> bool:
    """Whether flags agree; for attenuated signals, whether ours are the right ones where they do not."""
    mine = ours[test]
    if set(np.unique(theirs)) <= {0, 4}:  # a peer with one flag: compare what fails
        differ = np.flatnonzero((mine == 4) != (theirs == 4))
    else:
        differ = np.flatnonzero(mine != theirs)
    right = test in ("attenuated_signal", "aggregate") and all(exact(ours, place, values) for place in differ.tolist())
    verdict = "" if not len(differ) else " (ours are right)" if right else " (ours are wrong)"
    print(f"           {test:<18} {len(differ):,} of {len(mine):,} flags differ{verdict}")
    return not len(differ) or right


def exact(ours: dict[str, Any], place: int, values: Any) -> bool:
    """Whether the flag of an attenuated signal is that of the window's exact standard deviation."""
    form = TESTS["attenuated_signal"]
    window = values[max(place + 1 - form["test_period"] // STEP, 0) : place + 1]
    known = [Fraction(value) for value in window[~np.isnan(window)].tolist()]
    mean = sum(known) / len(known)
    variance = sum((value - mean) ** 2 for value in known) / len(known)
    limits = [Fraction(form[name]) ** 2 for name in ("suspect_threshold", "fail_threshold")]
    flag = 4 if variance < limits[1] else 3 if variance < limits[0] else 1
    return bool(ours["attenuated_signal"][place] == flag)


def grouped() -> float:
    """Median milliseconds of a group of 10,000 values: 1,000 stations with ten properties, of 5,000 in turn."""
    from clearbay import packs

    properties = ["CODCr", "NH3N", "TN", "TP", "pH", "DO", "water_temp", "flow", "conductivity", "turbidity"]
    stream = Stream(Config.read({}, base=packs.quality().form()))
    random = np.random.default_rng(2)
    taken = []
    for hour in range(4):
        for first in range(0, 5000, 1000):
            stations = np.repeat([f"generated.{number:04}" for number in range(first, first + 1000)], 10)
            table = pa.table(
                {
                    "station": stations,
                    "property": np.tile(properties, 1000),
                    "time": pa.repeat(pa.scalar(hour * 3_600_000_000).cast(pa.timestamp("us")), 10_000),
                    "value": random.gamma(5, 1, 10_000),
                    "flag": pa.repeat(pa.scalar(1, pa.int8()), 10_000),
                }
            )
            start = time.perf_counter()
            stream.push(table)
            if hour:  # the first hour makes the series known
                taken.append((time.perf_counter() - start) * 1000)
    median = statistics.median(taken)
    print(f"stream     {median:.1f} ms a group of 10,000 values over 50,000 series (worst {max(taken):.1f} ms)")
    return median


if __name__ == "__main__":
    sys.exit(main())
