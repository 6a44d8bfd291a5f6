"""A generated plant: four sensors with noise, a daily wave and a pump, and spills whose rows are known."""

from __future__ import annotations

import numpy as np

NAMES = ("chlorine", "ph", "conductivity", "flow")


def plant(rows: int = 6000, *, seed: int = 7, every: int = 500, spill: int = 25) -> tuple[np.ndarray, np.ndarray]:
    """Values (rows x sensors), and which rows are spills."""
    rng = np.random.default_rng(seed)
    day = np.sin(np.arange(rows) * 2 * np.pi / 1440)
    pump = np.repeat(rng.integers(0, 2, rows // 50 + 1), 50)[:rows]
    values = np.stack(
        [
            0.2 + 0.01 * day + 0.004 * rng.standard_normal(rows),
            8.3 + 0.05 * day + 0.01 * rng.standard_normal(rows),
            210 + 2 * day + 0.5 * rng.standard_normal(rows),
            1500 + 300 * pump + 20 * rng.standard_normal(rows),
        ],
        axis=1,
    )
    spills = np.zeros(rows, dtype=bool)
    for number, start in enumerate(range(every, rows - spill, every)):
        spills[start : start + spill] = True
        sensor = number % 3
        values[start : start + spill, sensor] *= (1.3, 0.97, 1.06)[sensor]
    return np.round(values, 3), spills
