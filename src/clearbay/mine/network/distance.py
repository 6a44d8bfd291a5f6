"""Lengths on the ellipsoid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

_GEOD = Geod(ellps="WGS84")
Floats = NDArray[np.float64]


def step_km(xy: Floats) -> Floats:
    """Length in km from each point (longitude, latitude) to the next; one fewer than points."""
    if len(xy) < 2:
        return np.zeros(0)
    _, _, metres = _GEOD.inv(xy[:-1, 0], xy[:-1, 1], xy[1:, 0], xy[1:, 1])
    value: Floats = np.asarray(metres, dtype=float) / 1000.0
    return value


def line_km(xy: Floats, start: NDArray[np.int64]) -> Floats:
    """Length in km of each line ``xy[start[k]:start[k + 1]]``."""
    steps = np.append(step_km(xy), 0.0)
    ends = start[1:] - 1
    steps[ends] = 0.0  # from the last point of a line to the first of the next
    value: Floats = np.add.reduceat(steps, start[:-1]) if len(start) > 1 else np.zeros(0)
    return value


def ring_area_km2(xy: Floats, start: NDArray[np.int64]) -> Floats:
    """Area of each ring, on a sphere of the mean Earth's radius about each ring's own latitude (0.5 % or better)."""
    count = len(start) - 1
    ring = np.repeat(np.arange(count), np.diff(start))
    middle = np.bincount(ring, weights=xy[:, 1], minlength=count) / np.maximum(np.diff(start), 1)
    x = xy[:, 0] * np.cos(np.radians(middle[ring])) * 111.195
    y = xy[:, 1] * 111.195
    after = np.arange(1, len(xy) + 1)
    after[start[1:] - 1] = start[:-1]
    cross = x * y[after] - x[after] * y
    value: Floats = 0.5 * np.abs(np.bincount(ring, weights=cross, minlength=count))
    return value
