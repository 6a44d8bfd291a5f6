"""Telemetry into the store: groups of readings from many datastreams, each group durable before it is answered.

    python benchmarks/ingest.py [--minutes N] [--devices K] [--records URL]

All readings here are GENERATED: devices that stand nowhere, ten pollutants each, a mean a minute. A group holds one
value of each of 10,000 datastreams and goes through the whole intake (validation too), while a thread of the same
process keeps the home up. Measured beside it: the floor (writing and syncing as many bytes as a group leaves on the
disk), a table with one row a value, as the store had it before, and the last hour sent again, once unchanged.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from clearbay.collect.batch import ROW_READINGS, Batch
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES
from clearbay.store import Home
from clearbay.transmit.intake import take_in

CODES = ("CODCr", "NH3N", "TP", "TN", "pH", "flow", "SS", "Cu", "Zn", "Pb")
GROUP = 10_000
START = datetime(2026, 1, 10)
TARGETS = {"cpu_ms": 80.0, "again_ratio": 3.0, "peak_gb": 1.5}


class Devices:
    """Generated devices, and what they report in a minute; the same minute always reports the same."""

    def __init__(self, count: int) -> None:
        self.names = [f"generated.outlet.{number:05d}" for number in range(count)]
        self._stations, self._codes = pa.array(self.names), pa.array(CODES)

    def stations(self) -> list[Station]:
        """As stations, which say in their names that they are generated."""
        return [
            Station(name, name[-5:], dict.fromkeys(LANGUAGES, f"Generated {name[-5:]}"), "effluent", "440000",
                    "generated")
            for name in self.names
        ]  # fmt: skip

    def groups(self, minute: int) -> list[pa.Table]:
        """The readings of one minute in groups."""
        series = len(self.names) * len(CODES)
        values = np.round(np.random.default_rng(minute).gamma(2, 5, series), 3)
        moment = np.datetime64(START + timedelta(minutes=minute), "us")
        tables = []
        for first in range(0, series, GROUP):
            numbers = np.arange(first, min(first + GROUP, series))
            count = len(numbers)
            tables.append(
                pa.Table.from_arrays(
                    [
                        self._stations.take(pa.array(numbers // len(CODES))),
                        self._codes.take(pa.array(numbers % len(CODES))),
                        pa.repeat("", count),
                        pa.repeat("minute", count),
                        pa.array(np.full(count, moment)),
                        pa.array(values[numbers]),
                        pa.repeat("", count),
                        pa.array(np.ones(count, dtype=np.int8)),
                        pa.array(np.arange(count)),
                    ],
                    schema=ROW_READINGS,
                )
            )
        return tables


class Spent:
    """Seconds of the clock and of this thread's processor, one pair a group."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def of(self, act: Callable[[], object]) -> None:
        """Do something and note what it took."""
        wall, cpu = time.perf_counter(), time.thread_time()
        act()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.thread_time() - cpu)

    def __str__(self) -> str:
        wall, cpu = sorted(self.wall), statistics.median(self.cpu)
        return (
            f"{cpu * 1e3:6.1f} ms of processor a group (mean {statistics.mean(self.cpu) * 1e3:.1f}); by the clock "
            f"{statistics.median(wall) * 1e3:.1f} ms, 99 % {wall[int(len(wall) * 0.99)] * 1e3:.0f} ms, "
            f"worst {wall[-1] * 1e3:.0f} ms"
        )


def main() -> int:
    """Fill a home and print what it took; exit status 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60, help="minutes of generated readings (default: 60)")
    parser.add_argument("--devices", type=int, default=5_000, help="generated devices of ten values (default: 5,000)")
    parser.add_argument("--records", help="PostgreSQL address for the records (default: SQLite)")
    parser.add_argument("--place", type=Path, help="directory to work in, on the disk to be measured")
    arguments = parser.parse_args()
    devices = Devices(arguments.devices)
    with tempfile.TemporaryDirectory(dir=arguments.place) as place:
        return run(devices, arguments.minutes, Path(place), arguments.records)


def run(devices: Devices, minutes: int, place: Path, records: str | None) -> int:
    """Everything that is measured."""
    new, again, kept = Spent(), Spent(), Spent()
    stop = threading.Event()
    with Home.create(place / "home", records) as home:
        home.register_stations(devices.stations())
        for table in devices.groups(0):  # numbers the datastreams, once in a device's life
            take_in(home, Batch("generated", table, None))

        def keep() -> None:
            while not stop.wait(1.0):
                kept.of(lambda: home.keep(closed=timedelta(days=36500)))

        keeper = threading.Thread(target=keep)
        keeper.start()
        taken, begun = 0, time.perf_counter()
        try:
            for minute in range(1, minutes + 1):
                for table in devices.groups(minute):
                    taken += table.num_rows
                    new.of(lambda table=table: take_in(home, Batch("generated", table, None)))  # type: ignore[misc]
            seconds = time.perf_counter() - begun
            for minute in range(max(1, minutes - 59), minutes + 1):
                for table in devices.groups(minute):
                    again.of(lambda table=table: take_in(home, Batch("generated", table, None)))  # type: ignore[misc]
        finally:
            stop.set()
            keeper.join()
        with home.records.read() as connection:
            size, rows, blocks = connection.exec_driver_sql(
                "SELECT sum(length(bytes)), sum(rows), count(*) FROM hot_block"
            ).one()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        assert rows == taken + len(devices.names) * len(CODES), "a value is missing or there twice"
        looked = Spent()
        looked.of(lambda: home.reader().latest())
        looked.of(lambda: home.reader().observations(stations=[devices.names[7]], properties=["TP"]))
        looked.of(lambda: home.reader().observations(stations=[devices.names[8]], properties=["TP"]))
        seen = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    floor = floor_of(place / "floor", int(size / rows * GROUP))
    before = row_a_value(place / "rows.sqlite", devices)
    ratio = statistics.mean(again.cpu) / statistics.mean(new.cpu)
    found = {"cpu_ms": statistics.mean(new.cpu) * 1e3, "again_ratio": ratio, "peak_gb": peak}
    missed = [name for name, limit in TARGETS.items() if found[name] > limit]
    print(f"generated readings  {taken:,} of {len(devices.names) * len(CODES):,} datastreams in {seconds:.1f} s, "
          f"made ones included: {taken / seconds:,.0f} a second")  # fmt: skip
    print(f"new                 {new}")
    print(f"the last hour again {again}; {ratio:.2f} times a new one (target {TARGETS['again_ratio']:.0f})")
    print(f"upkeep, {len(kept.cpu)} times   {kept}" if kept.cpu else "upkeep              never due")
    print(f"floor               {floor}")
    print(f"one row a value     {before}")
    print(f"{size / rows:.1f} bytes a value in {blocks} blocks; peak memory {peak:.2f} GB (target "
          f"{TARGETS['peak_gb']}), with a reader {seen:.2f} GB")  # fmt: skip
    print(f"reader              latest of all, first {looked.wall[0] * 1e3:.0f} ms; a series, first "
          f"{looked.wall[1] * 1e3:.0f} ms, then {looked.wall[2] * 1e3:.0f} ms")  # fmt: skip
    print("all targets met" if not missed else f"MISSED: {', '.join(missed)}")
    return 1 if missed else 0


def floor_of(path: Path, size: int) -> Spent:
    """Writing and syncing as many bytes as a group leaves."""
    spent, content = Spent(), os.urandom(size)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write() -> None:
        os.write(handle, content)
        os.fsync(handle)

    for _ in range(50):
        spent.of(write)
    os.close(handle)
    return spent


def row_a_value(path: Path, devices: Devices) -> Spent:
    """A table keyed by datastream and time with statistics beside it: the statements the store used before."""
    spent = Spent()
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in (
        "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-32768",
        "CREATE TABLE datastream (id INTEGER PRIMARY KEY, count INT, first INT, last INT, version INT)",
        "CREATE INDEX of_datastream ON datastream (version)",
        "CREATE TABLE latest (datastream INTEGER PRIMARY KEY, time INT, value REAL)",
        "CREATE TABLE hot (datastream INT, time INT, revision INT, value REAL, censoring TEXT, flag INT,"
        " result_time INT, until INT, version INT, PRIMARY KEY (datastream, time, revision)) WITHOUT ROWID",
        "CREATE INDEX of_hot ON hot (version)",
    ):  # fmt: skip
        connection.execute(statement)
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO datastream VALUES (?, 0, 0, 0, 0)", ((i,) for i in range(len(devices.names) * len(CODES)))
    )
    connection.execute("COMMIT")

    def store(first: int, minute: int) -> None:
        ids = range(first, first + GROUP)
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO hot VALUES (?, ?, 1, 1.5, '', 1, ?, NULL, ?)", ((i, minute, minute, minute) for i in ids)
        )
        connection.executemany(
            "UPDATE datastream SET count = count + 1, last = ?, version = ? WHERE id = ?",
            ((minute, minute, i) for i in ids),
        )
        connection.executemany(
            "INSERT INTO latest VALUES (?, ?, 1.5) ON CONFLICT (datastream) DO UPDATE SET time = excluded.time,"
            " value = excluded.value WHERE excluded.time >= latest.time",
            ((i, minute) for i in ids),
        )
        connection.execute("COMMIT")

    for minute in range(1, 5):
        for first in range(0, len(devices.names) * len(CODES), GROUP):
            spent.of(lambda first=first, minute=minute: store(first, minute))  # type: ignore[misc]
    connection.close()
    return spent


if __name__ == "__main__":
    raise SystemExit(main())
