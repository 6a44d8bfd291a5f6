"""How fast networks are: a million reaches from the store, upstream of 100,000, a trace among 5,000 outlets.

Run with ``python benchmarks/network.py [--reaches 1000000]``. The rivers are generated.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from clearbay.apply.demonstration import ID, demonstration, keep_demonstration
from clearbay.apply.network import Waters
from clearbay.apply.tracing import Alarm, Tracer
from clearbay.mine.network import Place, Reaches, build, from_tables, to_tables, upstream
from clearbay.mine.network.incidents import Incident, World
from clearbay.model.observation import READINGS
from clearbay.model.text import LANGUAGES
from clearbay.store import Home
from clearbay.store.network import Networks

ZERO = datetime(2026, 3, 1)


def best(work: Callable[[], object], times: int = 7) -> tuple[float, float]:
    """Median and slowest seconds of some runs."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken), max(taken)


def large(home: Home, count: int) -> None:
    """A random forest of so many reaches, a few with two arms, kept and opened again."""
    rng = np.random.default_rng(1)
    below = np.maximum(np.arange(count) - 1 - rng.geometric(0.25, count), -1)
    linked = np.flatnonzero(below >= 0)
    sides = rng.choice(linked, count // 1000, replace=False)
    area = rng.uniform(10, 50_000, count)
    nothing = np.full(count, np.nan)
    start = np.arange(count + 1, dtype=np.int64) * 4
    begin = time.perf_counter()
    network = build(
        Reaches(
            id=pa.array(np.arange(count).astype(str)),
            length_km=rng.uniform(0.5, 6, count),
            link_from=np.concatenate([linked, sides]).astype(np.int32),
            link_to=np.concatenate([below[linked], np.maximum(below[sides] - 3, 0)]).astype(np.int32),
            discharge=area * 0.02,
            slope=nothing,
            velocity=nothing,
            basis=np.zeros(count, dtype=np.int8),
            area_km2=area,
            river=pa.array([""] * count),
        )
    )
    print(f"{count:,} reaches, {len(network.side_from):,} side arms: built in {time.perf_counter() - begin:.1f} s")
    begin = time.perf_counter()
    networks = Networks(home)
    networks.keep(
        "large",
        to_tables(network, rng.uniform(100, 120, (4 * count, 2)), start),
        title=dict.fromkeys(LANGUAGES, "generated"),
        layout="generic",
        source="generated",
        generated=True,
        warnings=(),
    )
    print(f"kept in {time.perf_counter() - begin:.1f} s")

    def load() -> object:
        found = from_tables(networks.tables(networks.record("large")))
        # Touch every column, as mapping alone reads nothing.
        return float(found.mouth_km.sum() + found.mouth_h.sum() + found.last.sum() + found.velocity.sum())

    median, worst = best(load)
    print(f"loaded from the store, every number touched: {1e3 * median:.0f} ms (slowest {1e3 * worst:.0f} ms)")
    found = from_tables(networks.tables(networks.record("large")))
    size = found.last - np.arange(count)
    at = int(np.abs(size - count // 10).argmin())
    median, worst = best(lambda: upstream(found, Place(at)))
    print(f"upstream of {len(upstream(found, Place(at))):,} reaches: {1e3 * median:.2f} ms (slowest {1e3 * worst:.2f})")
    plain = build_without_sides(found)
    median, worst = best(lambda: upstream(plain, Place(at)))
    print(f"the same without bifurcations ({size[at]:,} reaches): {1e3 * median:.2f} ms (slowest {1e3 * worst:.2f} ms)")
    median, worst = best(lambda: found.find(found.name(count - 1)))
    print(f"a reach by its id: {1e3 * median:.2f} ms")


def build_without_sides(network: object) -> object:
    """The network as if every bifurcation had its main arm only."""
    from dataclasses import replace

    nothing = np.zeros(0, dtype=np.int32)
    return replace(network, side_from=nothing, side_to=nothing)  # type: ignore[type-var]


def trace(home: Home, outlets: int) -> None:
    """A trace request on the generated basin with telemetry of all its sections."""
    begin = time.perf_counter()
    keep_demonstration(home, outlets=outlets)
    print(f"generated basin with {outlets:,} outlets made and kept in {time.perf_counter() - begin:.1f} s")
    basin, sites = demonstration(outlets=outlets)
    world = World(basin, sites)
    incidents: list[tuple[Incident, datetime]] = []
    seed = 1
    while len(incidents) < 5:
        incident = world.incident(seed)
        seed += 1
        if incident is not None:
            zero = ZERO + timedelta(days=30 * len(incidents))
            home.ingest(readings(incident, zero), source="generated")
            incidents.append((incident, zero))
    observations = home.counts()[0]
    begin = time.perf_counter()
    tracer = Tracer(home, Waters(home))
    taken = []
    for incident, zero in incidents:
        alarm = Alarm(
            incident.alarm,
            incident.code,
            zero + timedelta(hours=incident.alarm_h),
            zero + timedelta(hours=incident.until_h + 1),
        )
        begin = time.perf_counter()
        found = tracer.trace(alarm, network=ID)
        found.as_dict(lines=True)
        taken.append(time.perf_counter() - begin)
        print(
            f"  trace among {len(found.incident.suspects):,} outlets upstream of {alarm.station}:"
            f" {1e3 * taken[-1]:.0f} ms"
        )
    print(
        f"trace request ({len(basin.network):,} reaches, {outlets:,} outlets, {observations:,} observations):"
        f" first {1e3 * taken[0]:.0f} ms, then {1e3 * statistics.median(taken[1:]):.0f} ms"
    )


def readings(incident: Incident, zero: datetime) -> pa.Table:
    """What the sections measured."""
    parts = []
    moments = np.array([np.datetime64(zero, "us")] * len(incident.time_h)) + (incident.time_h * 3.6e9).astype("m8[us]")
    for station, by_code in incident.series.items():
        for code, values in by_code.items():
            count = len(values)
            columns = {
                "station": [station] * count,
                "property": [code] * count,
                "depth": [""] * count,
                "averaging": ["hour"] * count,
                "time": moments,
                "value": values,
                "censoring": [""] * count,
                "flag": [1] * count,
            }
            parts.append(pa.table({name: columns[name] for name in READINGS.names}, schema=READINGS))
    return pa.concat_tables(parts).combine_chunks()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reaches", type=int, default=1_000_000)
    parser.add_argument("--outlets", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, Home.create(Path(directory) / "home") as home:
        large(home, options.reaches)
        trace(home, options.outlets)


if __name__ == "__main__":
    main()
