"""Time to judge the whole Hong Kong marine history, 1986-2022, under both rule sets, from a warm store.

    python benchmarks/assess.py [--runs 9] [--threads 2]

Imports the shipped set into a fresh home (not timed), reads it once, then judges every station-year under GB 3097-1997
and the Hong Kong objectives from the store's relation; prints the median and the spread. Fails above the target.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import clearbay
from clearbay import packs
from clearbay.collect import epd_marine
from clearbay.mine import (
    attainment_classes,
    objective_results,
    period_classes,
    period_items,
    sample_items,
    samples_classes,
    to_arrow,
)
from clearbay.store import Home

MARINE = Path(clearbay.__file__).parent / "data" / "marine_hk" / "epd_marine_1986-2022.csv.gz"
TARGET_S = 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    readings = epd_marine.read(MARINE.read_bytes(), name=MARINE.name).readings
    sea, objectives = packs.standard("cn.gb3097-1997"), packs.standard("hk.wqo-marine")
    zones = {station.id: station.zone for station in packs.stations() if station.id.startswith("hk.epd.marine.")}
    with tempfile.TemporaryDirectory() as folder:
        home = Home.create(Path(folder) / "home")
        home.register_stations([station for station in packs.stations() if station.id in zones])
        home.ingest(readings.drop_columns(["row"]), source="epd-marine", result_time=None, progress=None)
        home.compact()
        relation = home.reader().relation()
        relation.query("observations", f"SET threads = {asked.threads}")

        def classes() -> int:
            return to_arrow(period_classes(period_items(home.reader().relation(), sea), sea)).num_rows

        def attained() -> int:
            return to_arrow(
                attainment_classes(objective_results(home.reader().relation(), objectives, zones), objectives)
            ).num_rows

        tasks = {
            "station-years under GB 3097-1997": classes,
            "station-years under the Hong Kong objectives": attained,
            "both": lambda: classes() + attained(),
            "station-months under GB 3097-1997": lambda: (
                to_arrow(period_classes(period_items(home.reader().relation(), sea, granularity="month"), sea)).num_rows
            ),
            "every sample under GB 3097-1997": lambda: (
                to_arrow(samples_classes(home.reader().relation(), sea)).num_rows
            ),
            "every item of every sample": lambda: to_arrow(sample_items(home.reader().relation(), sea)).num_rows,
        }
        print(f"{readings.num_rows:,} observations, {asked.threads} threads, median of {asked.runs} runs (least-most)")
        medians = {name: timed(name, task, asked.runs) for name, task in tasks.items()}
    within = medians["both"] <= TARGET_S
    print(f"both rule sets in {medians['both']:.2f} s, target {TARGET_S:.0f} s: {'met' if within else 'MISSED'}")
    return 0 if within else 1


def timed(name: str, task, runs: int) -> float:
    task()
    spans = []
    for _ in range(runs):
        start = time.perf_counter()
        rows = task()
        spans.append(time.perf_counter() - start)
    median = statistics.median(spans)
    print(f"  {median:6.3f} s ({min(spans):.3f}-{max(spans):.3f})  {name}: {rows:,} rows")
    return median


if __name__ == "__main__":
    sys.exit(main())
