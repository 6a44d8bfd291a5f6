"""Small tables of hourly air readings, and the shipped year of a real station."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

DONGSI = Path(__file__).parents[1] / "data" / "prsa_dongsi_2016.csv.gz"
NAMES = {"PM2.5": "PM2_5", "PM10": "PM10", "SO2": "SO2", "NO2": "NO2", "CO": "CO", "O3": "O3"}


def table(rows: Sequence[tuple[str, str, datetime, float]]) -> pa.Table:
    """Readings from (station, property, time, value)."""
    stations, codes, times, values = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "station": pa.array(stations, pa.string()),
            "property": pa.array(codes, pa.string()),
            "depth": pa.array([""] * len(rows), pa.string()),
            "time": pa.array(times, pa.timestamp("us")),
            "value": pa.array(values, pa.float64()),
            "censoring": pa.array([""] * len(rows), pa.string()),
            "flag": pa.array([2] * len(rows), pa.int8()),
        }
    )


def day(values: Mapping[str, Sequence[float | None]], begin: datetime, station: str = "A") -> pa.Table:
    """Readings of consecutive hours that begin at ``begin`` local time (UTC+8) and are labelled by their end."""
    first = begin - timedelta(hours=8) + timedelta(hours=1)
    return table(
        [
            (station, code, first + timedelta(hours=hour), float(value))
            for code, hours in values.items()
            for hour, value in enumerate(hours)
            if value is not None
        ]
    )


@cache
def dongsi() -> pa.Table:
    """The real year: hours labelled by their start, CO brought to mg/m3, missing values not rows."""
    with gzip.open(DONGSI) as file:
        wide = pa.csv.read_csv(file)
    times = wide.column("time").cast(pa.timestamp("us")).to_numpy() - np.timedelta64(8, "h")
    parts = []
    for name, code in NAMES.items():
        values = wide.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False) / (1000 if code == "CO" else 1)
        there = ~np.isnan(values)
        count = int(there.sum())
        parts.append(
            pa.table(
                {
                    "station": pa.array(["Dongsi"] * count),
                    "property": pa.array([code] * count),
                    "depth": pa.array([""] * count),
                    "time": pa.array(times[there], pa.timestamp("us")),
                    "value": pa.array(values[there]),
                    "censoring": pa.array([""] * count),
                    "flag": pa.array([2] * count, pa.int8()),
                }
            )
        )
    return pa.concat_tables(parts)
