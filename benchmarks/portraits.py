"""Section, basin and city portraits from a history of 470 million GENERATED observations on disk.

    python benchmarks/portraits.py [--rows 470000000] [--runs 3] [--threads 2] [--folder DIR]

Writes hourly readings of 540 generated sections with the store's own writer (one Parquet file a month; not timed),
then, in a fresh process a run, judges every section's year under GB 3838-2002 and counts the shares of the classes of
every basin and city, from files to answers. Prints median and spread, the memory that the process held at its peak,
and checks the answers against the same readings summed by NumPy. Fails above 60 s or 6 GB for the full size.
With ``--folder`` the files are kept there and used again; else they are deleted at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import generated
from clearbay import packs
from clearbay.apply.engines import open_history
from clearbay.mine import period_classes, period_items, to_arrow
from clearbay.mine.shares import class_shares

ROWS = 470_000_000
TARGET_S, TARGET_GB = 60.0, 6.0
YEAR = "2015"
CHECKED = ("generated.section.0007", "generated.section.0333")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.once:
        print(json.dumps(portraits(asked.folder, asked.threads)))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not list(folder.glob("*.parquet")):
            start = time.perf_counter()
            written = generated.write(folder, asked.rows)
            print(f"generated {written.rows:,} observations, {written.bytes / 1e6:,.0f} MB in {written.months} files,")
            print(f"  in {time.perf_counter() - start:.0f} s (not counted)")
        return measure(folder, asked.runs, asked.threads)


def measure(folder: Path, runs: int, threads: int) -> int:
    found = []
    for _ in range(runs):
        command = [sys.executable, __file__, "--once", "--folder", folder, "--threads", str(threads)]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout))
        print("  {wall:6.1f} s, {cpu:6.1f} s of processor, {peak:.2f} GB".format(**found[-1]), flush=True)
    one = found[0]
    median, peak = statistics.median(run["wall"] for run in found), max(run["peak"] for run in found)
    print(f"{one['rows']:,} generated observations, {threads} threads, load before {one['load']:.1f}:")
    print(f"  median {median:.1f} s, peak {peak:.2f} GB; target {TARGET_S:.0f} s, {TARGET_GB:.0f} GB at {ROWS:,}")
    print(f"  {one['sections']:,} section-years, {one['basins']:,} basin and {one['cities']:,} city shares")
    wrong = check(folder, one)
    print("answers equal those summed by NumPy" if not wrong else f"WRONG: {wrong}")
    missed = median > TARGET_S * max(1.0, one["rows"] / ROWS) or peak > TARGET_GB
    if missed:
        print("MISSED")
    return bool(wrong or missed)


def portraits(folder: Path, threads: int) -> dict:
    """One run, files to answers."""
    load = os.getloadavg()[0]
    standard = packs.standard("cn.gb3838-2002")
    members = generated.areas()
    start, cpu = time.perf_counter(), time.process_time()
    with open_history(str(folder), threads=threads) as opened:
        items = to_arrow(period_items(opened.frame, standard, water_type="river", profiles=opened.profiles))
    classes = to_arrow(period_classes(items, standard))
    basins, cities = (to_arrow(class_shares(classes, areas)) for areas in members)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    sample = items.to_pylist()
    return {
        "wall": wall,
        "cpu": cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "load": load,
        "rows": opened.history.rows,
        "sections": classes.num_rows,
        "basins": basins.num_rows,
        "cities": cities.num_rows,
        "sample": {
            f"{row['station']} {row['property']}": [row["value"], row["n"], row["n_censored"]]
            for row in sample
            if row["station"] in CHECKED and row["period"] == YEAR
        },
        "shares": sum(basins.column("share").to_pylist()) / len({(r["area"], r["period"]) for r in basins.to_pylist()}),
        "judged": sum(row["stations"] for row in cities.to_pylist()),
    }


def check(folder: Path, found: dict) -> str:
    """What differs between the answers and plain sums over two sections' first year; empty where nothing does."""
    if abs(found["shares"] - 1.0) > 1e-9 or found["judged"] != found["sections"]:
        return f"shares sum to {found['shares']}, cities hold {found['judged']} of {found['sections']}"
    plain = generated.plain_year(folder, CHECKED, int(YEAR))
    if plain.keys() != found["sample"].keys():
        return "other items"
    for name, (value, number, censored) in plain.items():
        mean, n, n_censored = found["sample"][name]
        if abs(mean - value) > 1e-11 * max(1.0, abs(value)) or (n, n_censored) != (number, censored):
            return f"{name}: {mean}, {n}, {n_censored} against {value}, {number}, {censored}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
