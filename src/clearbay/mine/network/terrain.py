"""A generated piece of land: hexagons of a few square kilometres that drain to one mouth.

Each cell gives its water to the neighbour on the cheapest way to the mouth over rough ground, which makes a branching
network; cells are taken in the order in which that way reaches them until there are enough, which makes the outline.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Terrain:
    """Cells numbered outwards from the mouth (0): centre, the cell below (-1), six corners and its area in km2."""

    centre: Floats
    below: NDArray[np.int64]
    corners: Floats
    area_km2: Floats


def terrain(
    rng: np.random.Generator,
    cells: int,
    *,
    mouth: tuple[float, float],
    spacing_km: float = 2.35,
    roughness: float = 1.0,
) -> Terrain:
    """Land of so many cells, up the slope and to the west of ``mouth`` (longitude, latitude)."""
    tall = int(np.sqrt(cells * 0.95))
    wide = int(2.2 * cells / tall)
    east = spacing_km / (111.195 * np.cos(np.radians(mouth[1])))
    north = spacing_km * np.sqrt(3.0) / 2.0 / 111.195
    column, line = np.meshgrid(np.arange(wide), np.arange(tall))
    shift = 0.5 * (line % 2)
    jitter = rng.uniform(-0.22, 0.22, (2, tall, wide))
    x = mouth[0] + (column - (wide - 1) + shift + jitter[0]) * east
    y = mouth[1] + (line - int(0.35 * tall) + jitter[1]) * north
    ground = np.exp(roughness * _rough(rng, tall, wide))
    order, below = _drained(ground, tall, wide, start=(int(0.35 * tall), wide - 1), cells=cells)
    flat_x, flat_y = x.ravel(), y.ravel()
    corners = np.empty((len(order), 6, 2))
    around = _around(order, tall, wide)
    for side in range(6):
        one, two = around[:, side], around[:, (side + 1) % 6]
        for axis, values in ((0, flat_x), (1, flat_y)):
            here = values[order]
            corners[:, side, axis] = (here + _beyond(values, one, here) + _beyond(values, two, here)) / 3.0
    km_x = corners[:, :, 0] * east_km(mouth[1])
    km_y = corners[:, :, 1] * 111.195
    cross = km_x * np.roll(km_y, -1, axis=1) - np.roll(km_x, -1, axis=1) * km_y
    number = np.full(tall * wide, -1, dtype=np.int64)
    number[order] = np.arange(len(order))
    return Terrain(
        np.stack([flat_x[order], flat_y[order]], axis=1),
        np.where(below >= 0, number[np.maximum(below, 0)], -1),
        corners,
        0.5 * np.abs(cross.sum(axis=1)),
    )


def east_km(latitude: float) -> float:
    """Kilometres in a degree of longitude."""
    return float(111.195 * np.cos(np.radians(latitude)))


def _rough(rng: np.random.Generator, tall: int, wide: int) -> Floats:
    """Noise of unit variance with long waves stronger than short ones."""
    wave = np.hypot(np.fft.fftfreq(tall)[:, None] * tall, np.fft.fftfreq(wide)[None, :] * tall)
    wave[0, 0] = 1.0
    field = np.fft.ifft2(np.fft.fft2(rng.standard_normal((tall, wide))) * wave**-1.1).real
    value: Floats = (field - field.mean()) / field.std()
    return value


_EVEN = ((1, 0), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1))
_ODD = ((1, 0), (1, 1), (0, 1), (-1, 0), (0, -1), (1, -1))
"""Neighbours (columns, lines) of a cell counter-clockwise from the east, on even and odd lines."""


def _around(cells: NDArray[np.int64], tall: int, wide: int) -> NDArray[np.int64]:
    """The six neighbours of cells; -1 beyond the edge."""
    line, column = cells // wide, cells % wide
    steps = np.where((line % 2 == 0)[:, None, None], np.array(_EVEN)[None], np.array(_ODD)[None])
    columns, lines = column[:, None] + steps[:, :, 0], line[:, None] + steps[:, :, 1]
    inside = (columns >= 0) & (columns < wide) & (lines >= 0) & (lines < tall)
    value: NDArray[np.int64] = np.where(inside, lines * wide + columns, -1)
    return value


def _beyond(values: Floats, at: NDArray[np.int64], here: Floats) -> Floats:
    value: Floats = np.where(at >= 0, values[np.maximum(at, 0)], here)
    return value


def _drained(
    ground: Floats, tall: int, wide: int, *, start: tuple[int, int], cells: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cells in the order in which the cheapest way from the mouth reaches them, and the one below each."""
    around = _around(np.arange(tall * wide), tall, wide).tolist()
    cost = ground.ravel().tolist()
    best = [np.inf] * (tall * wide)
    below = [-1] * (tall * wide)
    mouth = start[0] * wide + start[1]
    best[mouth] = 0.0
    heap = [(0.0, mouth)]
    order: list[int] = []
    done = bytearray(tall * wide)
    while heap and len(order) < cells:
        far, at = heapq.heappop(heap)
        if done[at]:
            continue
        done[at] = 1
        order.append(at)
        here = cost[at]
        for near in around[at]:
            if near >= 0 and not done[near]:
                way = far + here + cost[near]
                if way < best[near]:
                    best[near] = way
                    below[near] = at
                    heapq.heappush(heap, (way, near))
    taken = np.array(order)
    return taken, np.array(below)[taken]
