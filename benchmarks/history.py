"""A trace in a home with the telemetry of years: 20,000 catchments, 5,000 outlets that measure themselves, 470 million
observations. Everything in it is generated.

``python benchmarks/history.py [--million 470] [--home DIR]`` fills a home month by month through the store's own intake
(``Home.ingest``), so it takes minutes and some gigabytes; a home that is there already is used as it is. Then five
incidents are traced, each as a request would be, with the outlets' own records of the time read as evidence.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from clearbay.apply.demonstration import ID, _record, demonstration, stations_of
from clearbay.apply.network import Waters
from clearbay.apply.tracing import Alarm, Tracer
from clearbay.mine.network import Site, to_tables
from clearbay.mine.network.basin import NAME
from clearbay.mine.network.incidents import BACKGROUND, World
from clearbay.model.observation import READINGS
from clearbay.model.station import Station
from clearbay.store import Home
from clearbay.store.network import Networks
from network import readings

FIRST = datetime(2021, 1, 1)
CODES = ("flow", "NH3N", "CODCr")
"""What an outlet measures every hour."""
LEVELS = {"flow": 0.05, "NH3N": 4.0, "CODCr": 30.0}


def made(home: Home, outlets: int) -> World:
    """The generated basin with outlets that measure themselves."""
    basin, sites = demonstration(outlets=outlets)
    own = tuple(replace(site, station=site.id) if site.kind == "outlet" else site for site in sites)
    tables = to_tables(basin.network, basin.xy, basin.start)
    tables["catchments"] = basin.catchments
    home.register_stations([*stations_of(basin, own), *(_outlet(site) for site in own if site.kind == "outlet")])
    Networks(home).keep(
        ID,
        tables,
        title=NAME,
        layout="generated",
        source="generated for a benchmark",
        generated=True,
        warnings=(),
        sites=[_record(basin, site) for site in own],
    )
    return World(basin, own)


def _outlet(site: Site) -> Station:
    return Station(site.id, site.id, site.name, "effluent", "", "generated.basin", site.longitude, site.latitude)


def month(world: World, number: int, rng: np.random.Generator, *, sections: bool) -> pa.Table:
    """Hourly values of a month: all outlets, and the sections where nothing else is played in it."""
    year, left = divmod(number, 12)
    begin = datetime(FIRST.year + year, left + 1, 1)
    end = datetime(FIRST.year + (number + 1) // 12, (number + 1) % 12 + 1, 1)
    hours = int((end - begin) / timedelta(hours=1))
    streams = [(site.id, code, LEVELS[code]) for site in world.outlets for code in CODES]
    if sections:
        streams += [
            (site.station or site.id, code, level) for site in world.sections for code, level in BACKGROUND.items()
        ]
    count = len(streams)
    level = np.array([one[2] for one in streams], dtype=np.float32)
    values = level[:, None] * np.exp(0.2 * rng.standard_normal((count, hours), dtype=np.float32))
    clock = np.datetime64(begin, "us") + (np.arange(hours) * 3_600_000_000).astype("m8[us]")

    def coded(words: list[str]) -> pa.Array:
        names = sorted(set(words))
        place = {name: at for at, name in enumerate(names)}
        index = np.repeat(np.array([place[word] for word in words], dtype=np.int32), hours)
        return pa.DictionaryArray.from_arrays(index, pa.array(names)).cast(pa.string())

    rows = count * hours
    columns = {
        "station": coded([one[0] for one in streams]),
        "property": coded([one[1] for one in streams]),
        "depth": coded([""] * count),
        "averaging": coded(["hour"] * count),
        "time": np.tile(clock, count),
        "value": np.round(values.astype(np.float64), 4).ravel(),
        "censoring": coded([""] * count),
        "flag": np.ones(rows, dtype=np.int8),
    }
    return pa.table({name: columns[name] for name in READINGS.names}).cast(READINGS)


def filled(home: Home, million: float, outlets: int) -> None:
    """Fill a home month by month."""
    begin = time.perf_counter()
    world = made(home, outlets)
    rng = np.random.default_rng(1)
    rows = number = 0
    while rows < million * 1e6:
        left = million * 1e6 - rows
        table = month(world, number, rng, sections=left > 4 * 1.2e7)
        home.ingest(table, source="generated")
        rows += table.num_rows
        number += 1
        print(f"  {rows / 1e6:,.0f} million after {time.perf_counter() - begin:,.0f} s", flush=True)
    last = datetime(FIRST.year + number // 12, number % 12 + 1, 1)
    seed, played = 1, 0
    while played < 5:
        incident = world.incident(seed)
        if incident is not None:
            zero = last - timedelta(days=105 - 20 * played)
            home.ingest(readings(incident, zero), source="generated")
            (home.path / f"incident-{played}.txt").write_text(f"{seed} {zero.isoformat()}")
            played += 1
        seed += 1


def traced(home: Home, outlets: int) -> None:
    """Five requests, the first of a process and the others."""
    basin, sites = demonstration(outlets=outlets)
    world = World(basin, sites)
    size = sum(file.stat().st_size for file in home.path.rglob("*") if file.is_file())
    print(f"GENERATED home: {home.counts()[0]:,} observations, {size / 1e9:.1f} GB, {outlets:,} outlets")
    begin = time.perf_counter()
    tracer = Tracer(home, Waters(home))
    Waters(home).basin(ID)
    print(f"network opened in {time.perf_counter() - begin:.2f} s")
    for turn in ("first", "again"):
        taken = []
        for number in range(5):
            seed, when = (home.path / f"incident-{number}.txt").read_text().split()
            incident, zero = world.incident(int(seed)), datetime.fromisoformat(when)
            assert incident is not None
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
            if turn == "first":
                print(f"  among {len(found.incident.suspects):,} outlets upstream: {1e3 * taken[-1]:,.0f} ms")
        print(
            f"trace request, {turn} time: median {1e3 * statistics.median(taken):,.0f} ms, "
            f"max {1e3 * max(taken):,.0f} ms"
        )


def main() -> None:
    """Fill, then trace."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--million", type=float, default=470.0)
    parser.add_argument("--outlets", type=int, default=5_000)
    parser.add_argument("--home", type=Path, help="where it is kept; left out: thrown away")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clearbay-history-") as directory:
        path = given.home or Path(directory) / "home"
        if not path.exists():
            free = os.statvfs(path.parent).f_bavail * os.statvfs(path.parent).f_frsize
            if free < given.million * 1e6 * 12:
                raise SystemExit(f"not enough room in {path.parent} for {given.million:g} million observations")
            with Home.create(path) as home:
                filled(home, given.million, given.outlets)
        with Home.open(path) as home:
            traced(home, given.outlets)


if __name__ == "__main__":
    main()
