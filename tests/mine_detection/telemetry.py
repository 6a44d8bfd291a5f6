"""Hourly telemetry of generated stations, as readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from clearbay.model.observation import READINGS
from clearbay.model.station import Station

HOUR = 3_600_000_000
START = 1_767_225_600_000_000  # 2026-01-01T00:00Z


def station(id: str, medium: str = "river", **more: object) -> Station:
    name = dict.fromkeys(("zh-Hans", "zh-Hant", "en", "pt"), id)
    return Station(id, id, name, medium, "440100", "test.generated", **more)  # type: ignore[arg-type]


def readings(
    series: Mapping[tuple[str, str], Sequence[float]],
    *,
    averaging: str = "hour",
    start: int = START,
    step: int = HOUR,
    flags: Mapping[tuple[str, str], Sequence[int]] | None = None,
) -> pa.Table:
    """Readings of (station, property) series that all begin at ``start``; NaN is a gap."""
    rows = []
    for (place, code), values in series.items():
        for number, value in enumerate(values):
            if not np.isnan(value):
                flag = flags[place, code][number] if flags and (place, code) in flags else 1
                rows.append((place, code, "", averaging, start + number * step, float(value), "", flag))
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    return pa.table(columns, names=READINGS.names).cast(READINGS)


def noise(mean: float, hours: int, *, seed: int = 1, spread: float = 0.05) -> np.ndarray:
    return mean * np.exp(spread * np.random.default_rng(seed).standard_normal(hours))
