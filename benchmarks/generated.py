"""A generated history of river sections, in the store's own layout: for benchmarks of size, never for results.

Every name says that it is generated. Sections lie in 5 basins and 40 cities; ten items are measured every hour, and
the values wander around a level of the section's own, so that every class of GB 3838 occurs. The files are written by
the store's writer, one a month.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clearbay.store import history

ITEMS = {
    "pH": (7.6, 0.03, 2), "DO": (7.5, 0.12, 2), "CODMn": (3.6, 0.25, 1), "NH3N": (0.45, 0.45, 3),
    "TP": (0.11, 0.3, 3), "CODCr": (14.0, 0.25, 1), "BOD5": (2.6, 0.3, 1), "F": (0.45, 0.2, 2),
    "VPhenol": (0.0016, 0.3, 4), "Oil": (0.02, 0.4, 2),
}  # fmt: skip
"""Level, spread (of the logarithm) and decimals of each item, in the property's own unit."""

DETECTION = {"NH3N": 0.025, "TP": 0.01, "VPhenol": 0.0003, "Oil": 0.01}
"""Below these a value is reported as ``<L``."""

SECTIONS, BASINS, CITIES = 540, 5, 40
START = datetime(2015, 1, 1)
HOUR = 3_600_000_000
BLOCK = 160
"""Datastreams generated at a time."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was put on disk."""

    rows: int
    bytes: int
    months: int


def write(folder: Path, rows: int) -> Written:
    """Whole months from START on, until ``rows`` are reached."""
    stations = tuple(f"generated.section.{i:04d}" for i in range(SECTIONS))
    streams = [(station, code) for station in stations for code in ITEMS]
    names = {
        "station": pa.array([one[0] for one in streams]).dictionary_encode(),
        "property": pa.array([one[1] for one in streams]).dictionary_encode(),
        "depth": pa.array([""] * len(streams)).dictionary_encode(),
    }
    levels = np.random.default_rng(1).lognormal(0.0, 0.5, SECTIONS)
    total = size = months = 0
    begin = START
    while total < rows:
        end = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        (file,) = history.write(folder, "current", 1, _month(begin, end, levels), names)
        (folder / f"{file.name}.part").rename(folder / file.name)
        total, size, months, begin = total + file.rows, size + file.bytes, months + 1, end
    return Written(total, size, months)


def _month(begin: datetime, end: datetime, levels: np.ndarray) -> Iterator[pa.RecordBatch]:
    """The rows of a month in the order of the files: by datastream, then by time."""
    first = int((begin - datetime(1970, 1, 1)) / timedelta(microseconds=1))
    times = np.arange(first, first + int((end - begin) / timedelta(hours=1)) * HOUR, HOUR)
    random = np.random.default_rng(first // HOUR)
    season = 1.0 + 0.2 * np.cos(2 * np.pi * begin.timetuple().tm_yday / 365.0)
    total = SECTIONS * len(ITEMS)
    codes = list(ITEMS)
    for start in range(0, total, BLOCK):
        streams = np.arange(start, min(start + BLOCK, total), dtype=np.int32)
        yield _block(streams, times, partial(_values, codes, levels, season, random))


def _values(codes, levels, season, random, stream: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    code = codes[stream % len(codes)]
    level, spread, decimals = ITEMS[code]
    # Oxygen and pH stay near their level; what pollutes differs from section to section and with the season.
    own = 1.0 if code == "pH" else levels[stream // len(codes)] ** (-0.3 if code == "DO" else 1.0) * season
    values = np.round(level * own * np.exp(spread * random.standard_normal(number, dtype=np.float32)), decimals)
    least = DETECTION.get(code)
    censored = values < least if least is not None else np.zeros(number, dtype=bool)
    return np.where(censored, least or 0.0, values).astype(np.float64), censored


def _block(streams: np.ndarray, times: np.ndarray, values_of) -> pa.RecordBatch:
    number = len(times)
    pairs = [values_of(int(stream), number) for stream in streams]
    values, censored = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    time = np.tile(times, len(streams))
    flags = np.full(len(values), 1, dtype=np.int8)
    flags[::997] = 4
    marks = pa.DictionaryArray.from_arrays(pa.array(censored.astype(np.int32)), pa.array(["", "<"]))
    return pa.RecordBatch.from_arrays(
        [
            pa.array(np.repeat(streams, number)),
            pa.array(time).cast(pa.timestamp("us")),
            pa.array(values),
            marks,
            pa.array(flags),
            pa.array(np.zeros(len(values), dtype=np.int32)),
            pa.array(time + HOUR).cast(pa.timestamp("us")),
        ],
        names=["datastream", "time", "value", "censoring", "flag", "revision", "result_time"],
    )


def areas() -> tuple[dict[str, str], dict[str, str]]:
    """The basin and the city of each section."""
    stations = [f"generated.section.{i:04d}" for i in range(SECTIONS)]
    basins = {station: f"generated.basin.{i * BASINS // SECTIONS}" for i, station in enumerate(stations)}
    return basins, {station: f"generated.city.{i * CITIES // SECTIONS:02d}" for i, station in enumerate(stations)}


def plain_year(folder: Path, stations: tuple[str, ...], year: int) -> dict[str, tuple[float, int, int]]:
    """Mean (half of a detection limit), number and number of censored values of a local year, by NumPy from the files.

    Keys are ``station property``.
    """
    names = sorted(path for path in folder.glob("*.parquet") if path.name[:4] in (str(year - 1), str(year)))
    columns = ["station", "property", "time", "value", "censoring", "flag"]
    wanted = pc.field("station").isin(list(stations)) & (pc.field("flag") != 4)
    table = pq.read_table(names, columns=columns, filters=wanted)
    local = table["time"].to_numpy() + np.timedelta64(8, "h")
    inside = local.astype("datetime64[Y]").astype(int) + 1970 == year
    censored = table["censoring"].to_numpy(zero_copy_only=False) == "<"
    values = np.where(censored, table["value"].to_numpy() / 2, table["value"].to_numpy())
    series = np.char.add(np.char.add(table["station"].to_numpy(zero_copy_only=False).astype(str), " "),
                         table["property"].to_numpy(zero_copy_only=False).astype(str))  # fmt: skip
    found = {}
    for one in np.unique(series):
        here = (series == one) & inside
        found[str(one)] = (float(math.fsum(values[here]) / here.sum()), int(here.sum()), int(censored[here].sum()))
    return found
