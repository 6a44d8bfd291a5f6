"""The store at fifty million observations: how fast it takes them in and gives them back.

    python benchmarks/store.py [--rows N] [--home DIR]

All observations here are GENERATED: stations that stand nowhere, values from a random walk through plausible ranges.
They are taken in by the ordinary intake of the store, a month at a time, and read in a process of their own. Compared
with plain DuckDB SQL over the same files, written as a person would write it who knows where the files lie.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from clearbay.model.observation import READINGS
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES
from clearbay.store import Home, engine, history

ROWS = 50_000_000
RANGES = {"DO": (2, 12), "pH": (6.5, 9), "water_temp": (8, 33), "CODMn": (0.5, 8), "NH3N": (0.01, 3), "TP": (0.01, 0.5)}
FIRST, LAST = datetime(2024, 1, 1), datetime(2026, 1, 1)
YEAR = {"start": datetime(2024, 1, 1), "end": datetime(2025, 1, 1)}
STEP = timedelta(hours=4)
MEDIAN_OF = 7
TARGETS = {"ratio": 1.3, "ratio_hot": 1.3, "latest_ms": 10.0, "series_year_ms": 50.0, "peak_gb": 3.0}


def main() -> int:
    """Fill a home, measure it, print what was found; exit status 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS, help="observations to generate (default: 50 million)")
    parser.add_argument("--home", type=Path, help="keep the generated home here, or use the one that lies here")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.home)))
        return 0
    place = arguments.home or Path(tempfile.mkdtemp(prefix="clearbay-bench-")) / "home"
    try:
        if not (place / "home.json").exists():
            fill(place, arguments.rows)
        command = [sys.executable, __file__, "--measure", "--home", str(place)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    finally:
        if arguments.home is None:
            shutil.rmtree(place.parent, ignore_errors=True)
    return report(found)


def fill(place: Path, rows: int) -> None:
    """Take generated observations in, month by month."""
    steps = int((LAST - FIRST) / STEP)
    stations = max(1, round(rows / (steps * len(RANGES))))
    random = np.random.default_rng(1)
    with Home.create(place) as home:
        home.register_stations(made_up(number) for number in range(stations))
        names = pa.array([f"generated.sea.S{number:04d}" for number in range(stations)])
        total = stations * steps * len(RANGES)
        begun, done = time.monotonic(), 0
        edges = [datetime(FIRST.year + month // 12, month % 12 + 1, 1) for month in range(25)]
        for first, last in pairwise(edges):
            batch = month_of_readings(names, first, last, random)
            done += home.ingest(batch, source="generated").new
            seconds = time.monotonic() - begun
            left = seconds / done * (total - done)
            print(
                f"\r{done:,} of {total:,} generated observations, {done / seconds:,.0f} a second, {left:.0f} s left ",
                end="", file=sys.stderr, flush=True,
            )  # fmt: skip
        size = sum(path.stat().st_size for path in home.history.iterdir()) / 1e6
        print(f"\ntaken in within {seconds:.0f} s, {size:.0f} MB of history, peak {peak_gb():.2f} GB", file=sys.stderr)


def made_up(number: int) -> Station:
    """A station that stands nowhere, and says so in its name."""
    code = f"S{number:04d}"
    name = dict.fromkeys(LANGUAGES, f"Generated {code}")
    return Station(f"generated.sea.{code}", code, name, "sea", "100000", "generated")


def month_of_readings(names: pa.Array, first: datetime, last: datetime, random: np.random.Generator) -> pa.Table:
    """Every station, every property, every four hours of a month."""
    times = np.arange(np.datetime64(first, "us"), np.datetime64(last, "us"), np.timedelta64(STEP))
    series = len(names) * len(RANGES)
    rows = series * len(times)
    codes = np.repeat(np.arange(series), len(times))
    low, high = (np.array([pair[side] for pair in RANGES.values()])[codes % len(RANGES)] for side in (0, 1))
    values = np.round(low + (high - low) * random.beta(2, 3, rows), 2)
    below = random.random(rows) < 0.02
    return pa.Table.from_arrays(
        [
            names.take(pa.array(codes // len(RANGES))),
            pa.array(list(RANGES)).take(pa.array(codes % len(RANGES))),
            pa.array([""]).take(pa.array(np.zeros(rows, dtype=np.int8))),
            pa.array(["hour"]).take(pa.array(np.zeros(rows, dtype=np.int8))),
            pa.array(np.tile(times, series)),
            pa.array(values),
            pa.array(["", "<"]).take(pa.array(below.astype(np.int8))),
            pa.array(np.ones(rows, dtype=np.int8)),
        ],
        schema=READINGS,
    )


GROUPED = "station, property, date_trunc('month', time) AS month, avg(value) AS mean, count(*) AS samples"


def measure(place: Path) -> dict[str, Any]:
    """Everything that is timed, in a process that did nothing else."""
    random = np.random.default_rng(2)
    with Home.open(place) as home:
        reader = home.reader()
        found: dict[str, Any] = {"observations": home.counts()[0], "datastreams": home.counts()[1]}
        found["latest_first_ms"] = once(reader.latest)
        found["latest_ms"] = median(reader.latest, 50)

        names = home.stations()
        years = []
        for _ in range(40):
            station, code = names[random.integers(len(names))].id, list(RANGES)[random.integers(len(RANGES))]
            years.append(once(partial(reader.observations, stations=[station], properties=[code], **YEAR)))
        found["series_year_first_ms"] = years[0]
        found["series_year_ms"] = statistics.median(years)
        found["series_year_worst_ms"] = max(years[1:])

        with home.records.read() as connection:
            files = [file.name for file in history.valid(connection) if file.kind == "current"]
        plain = engine.connect(place / "scratch" / "plain")
        scan = engine.parquet(home.history, files)

        def by_sql(columns: str = GROUPED) -> None:
            plain.sql(f"SELECT {columns} FROM {scan} GROUP BY ALL").to_arrow_table()

        def by_reader() -> None:
            reader.relation().query("observations", f"SELECT {GROUPED} FROM observations GROUP BY ALL").to_arrow_table()

        found["plain_s"], found["reader_s"], found["ratio"] = compare(by_sql, by_reader)
        by_number = GROUPED.replace("station, property", "datastream")
        found["plain_by_number_s"] = median(lambda: by_sql(by_number), 3) / 1e3

        now = month_of_readings(pa.array([one.id for one in names]), datetime(2025, 12, 31), LAST, random)
        home.ingest(now.append_column("row", pa.array(range(now.num_rows))), source="generated, a hot day")
        found["hot_rows"] = now.num_rows
        found["latest_after_batch_ms"] = once(reader.latest)
        found["plain_hot_s"], found["reader_hot_s"], found["ratio_hot"] = compare(by_sql, by_reader)
    found["peak_gb"] = peak_gb()
    return found


def compare(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float, float]:
    """Median seconds of two things done in turns, and the second's as a multiple of the first's."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(MEDIAN_OF + 1):
        for place, act in enumerate((one, other)):
            spent = once(act) / 1e3
            if turn:  # the first turn warms both up
                times[place].append(spent)
    first, second = (statistics.median(spent) for spent in times)
    return first, second, second / first


def once(act: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1e3


def median(act: Callable[[], object], times: int) -> float:
    """Median milliseconds of several times."""
    return statistics.median(once(act) for _ in range(times))


def peak_gb() -> float:
    """The most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def report(found: dict[str, Any]) -> int:
    """Print the findings; the exit status."""
    f = found
    missed = [name for name, limit in TARGETS.items() if f[name] > limit]
    print(f"generated observations   {f['observations']:,} in {f['datastreams']:,} datastreams")
    print(f"monthly means, reader    {f['reader_s']:.2f} s; plain DuckDB SQL on the same files {f['plain_s']:.2f} s")
    print(f"  ratio                  {f['ratio']:.2f} (target {TARGETS['ratio']})")
    print(f"  plain SQL by number    {f['plain_by_number_s']:.2f} s (grouped by datastream number, without names)")
    with_hot = f"with {f['hot_rows']:,} hot rows"
    print(f"{with_hot:<24} {f['reader_hot_s']:.2f} s; plain SQL, which knows nothing of them, {f['plain_hot_s']:.2f} s")
    print(f"  ratio                  {f['ratio_hot']:.2f} (target {TARGETS['ratio_hot']})")
    print(f"latest of all            {f['latest_ms']:.2f} ms (target {TARGETS['latest_ms']:.0f}); "
          f"first {f['latest_first_ms']:.0f} ms, after a batch of all {f['latest_after_batch_ms']:.0f} ms")  # fmt: skip
    print(f"a series, a year         {f['series_year_ms']:.1f} ms (target {TARGETS['series_year_ms']:.0f}); "
          f"first {f['series_year_first_ms']:.0f} ms, worst after it {f['series_year_worst_ms']:.0f} ms")  # fmt: skip
    print(f"peak memory, reading     {f['peak_gb']:.2f} GB (target {TARGETS['peak_gb']:.0f})")
    print("all targets met" if not missed else f"MISSED: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
