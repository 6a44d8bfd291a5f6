"""The generated demonstration basin: land, rivers and water that exist nowhere.

It stands in for a network that nobody may ship, in the hinterland of the Pearl River, and says so in every name. All
numbers here are parameters of a generator and no statement about any place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clearbay.mine.network import words
from clearbay.mine.network.distance import line_km
from clearbay.mine.network.network import Network, Reaches, build
from clearbay.mine.network.terrain import Terrain, terrain
from clearbay.mine.network.velocity import BASES
from clearbay.model.text import Text

MOUTH = (112.55, 23.15)
SEED = 20_000
CATCHMENTS, RIVERS = 20_000, 120
RUNOFF = 0.022
"""m3/s of each km2: a wet country."""
ARMS = 3
"""Places on the main stem where the river runs in two arms around an island."""
NAME: Text = {
    "zh-Hans": "示范流域（生成数据，非真实河流）",
    "zh-Hant": "示範流域（生成數據，非真實河流）",
    "en": "Demonstration basin (generated, no real river)",
    "pt": "Bacia de demonstração (gerada, não é um rio real)",
}
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GeneratedBasin:
    """A generated basin: its network, the lines and catchments, rivers by name.

    ``true_velocity`` is what the water does in this invented world, in the network's order: the network itself holds
    what an office would know of it. ``cell`` is the catchment of each reach (-1: a side arm), in the same order;
    ``rivers`` the names by the number in ``river_of``.
    """

    network: Network
    xy: Floats
    start: NDArray[np.int64]
    land: Terrain
    catchments: pa.Table
    cell: NDArray[np.int64]
    river_of: NDArray[np.int64]
    rivers: tuple[Text, ...]
    true_velocity: Floats


def generate(*, seed: int = SEED, catchments: int = CATCHMENTS, rivers: int = RIVERS) -> GeneratedBasin:
    """Make the basin; the same for the same numbers. Some two seconds for 20,000 catchments."""
    rng = np.random.default_rng(seed)
    land = terrain(rng, catchments, mouth=MOUTH)
    count = len(land.below)
    drained = land.area_km2.copy()
    below = land.below.tolist()
    for at in range(count - 1, 0, -1):
        drained[below[at]] += drained[at]
    stem, mouth_of = _stems(land.below, drained)
    named = np.argsort(-drained[mouth_of], kind="stable")[:rivers]
    number = np.full(len(mouth_of), -1, dtype=np.int64)
    number[named] = np.arange(len(named))
    river_of = number[stem]
    names = tuple(words.river(k) for k in range(len(named)))
    discharge = RUNOFF * drained * np.exp(0.15 * rng.standard_normal(len(mouth_of)))[stem]
    # A tributary may not carry more than the river it joins.
    for at in range(1, count):
        discharge[at] = min(discharge[at], 0.95 * discharge[below[at]]) if below[at] >= 0 else discharge[at]
    slope = np.clip(0.012 * drained**-0.38 * np.exp(0.35 * rng.standard_normal(count)), 5e-5, 0.05)
    xy, start = _lines(rng, land)
    ids = [f"G{at:05d}" for at in range(count)]
    link_from = np.flatnonzero(land.below >= 0)
    link_to = land.below[link_from]
    arms = _arms(land, drained, stem, rng)
    velocity = _velocity(rng, discharge, slope, stem)
    cell = np.arange(count)
    for k, (above, around) in enumerate(arms):
        # The arm leaves below ``above``, runs beside ``around`` and comes back at its lower end.
        line = xy[start[around] : start[around + 1]].copy()
        bend = np.sin(np.linspace(0, np.pi, len(line))) * 0.006
        line[:, 1] += bend
        xy, start = np.concatenate([xy, line]), np.append(start, len(xy) + len(line))
        link_from = np.concatenate([link_from, [above, count + k]])
        link_to = np.concatenate([link_to, [count + k, land.below[around]]])
        whole = discharge[around]
        discharge = np.append(discharge, 0.35 * whole)
        discharge[around] = 0.65 * whole
        slope, velocity = np.append(slope, slope[around]), np.append(velocity, 0.9 * velocity[around])
        drained, river_of = np.append(drained, drained[around]), np.append(river_of, river_of[around])
        cell = np.append(cell, -1)
        ids.append(f"G{count + k:05d}")
    known, basis = _known(rng, velocity, river_of)
    reaches = Reaches(
        id=pa.array(ids),
        length_km=line_km(xy, start),
        link_from=link_from.astype(np.int32),
        link_to=link_to.astype(np.int32),
        discharge=discharge,
        slope=slope,
        velocity=known,
        basis=basis,
        area_km2=drained,
        river=pa.array([names[k]["zh-Hans"] + " " + names[k]["en"] if k >= 0 else "" for k in river_of.tolist()]),
    )
    network = build(reaches)
    place = np.empty(len(network.row), dtype=np.int32)
    place[network.row] = np.arange(len(network.row), dtype=np.int32)
    ring = np.concatenate([land.corners, land.corners[:, :1]], axis=1).reshape(count, -1)
    table = pa.table(
        {
            "id": pa.array([f"C{at:05d}" for at in range(count)]),
            "reach": place[:count],
            "area_km2": land.area_km2,
            "ring": pa.LargeListArray.from_arrays(
                pa.array(np.arange(count + 1) * ring.shape[1]), pa.array(ring.astype(np.float32).ravel())
            ),
        }
    )
    return GeneratedBasin(
        network,
        xy,
        start,
        land,
        table,
        cell[network.row],
        river_of[network.row],
        names,
        velocity[network.row],
    )


def _stems(below: NDArray[np.int64], drained: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The river of each cell, the larger branch going on with the name, and the lowest cell of each river."""
    count = len(below)
    main = np.full(count, -1)
    order = np.argsort(drained, kind="stable")
    order = order[below[order] >= 0]
    main[below[order]] = order  # the last written, the largest, stays
    stem = np.zeros(count, dtype=np.int64)
    mouths = [0]
    follows = main[np.maximum(below, 0)] == np.arange(count)
    for at in range(1, count):
        if follows[at]:
            stem[at] = stem[below[at]]
        else:
            stem[at] = len(mouths)
            mouths.append(at)
    return stem, np.array(mouths)


def _lines(rng: np.random.Generator, land: Terrain) -> tuple[Floats, NDArray[np.int64]]:
    """A winding line of seven points from each cell's centre to the one below; from the mouth a little out."""
    count = len(land.below)
    here = land.centre
    there = np.where(
        (land.below >= 0)[:, None], land.centre[np.maximum(land.below, 0)], here + np.array([0.012, -0.004])
    )
    part = np.linspace(0.0, 1.0, 7)[None, :, None]
    line = here[:, None, :] * (1 - part) + there[:, None, :] * part
    aside = np.stack([-(there - here)[:, 1], (there - here)[:, 0]], axis=1)
    swing = rng.normal(0, 0.10, (count, 1)) * np.sin(np.pi * part[:, :, 0])
    swing = swing + rng.normal(0, 0.09, (count, 1)) * np.sin(2 * np.pi * part[:, :, 0])
    line = line + swing[:, :, None] * aside[:, None, :]
    return line.reshape(-1, 2), np.arange(count + 1) * 7


def _arms(land: Terrain, drained: Floats, stem: NDArray[np.int64], rng: np.random.Generator) -> list[tuple[int, int]]:
    """Pairs of reaches of the main stem: where an arm leaves, and which reach it runs beside."""
    main = np.flatnonzero((stem == 0) & (drained > 0.1 * drained[0]) & (land.below >= 0))
    main = main[land.below[land.below[main]] >= 0]
    chosen = rng.choice(main, min(ARMS, len(main)), replace=False) if len(main) else main
    return [(int(at), int(land.below[at])) for at in chosen]


def _velocity(rng: np.random.Generator, discharge: Floats, slope: Floats, stem: NDArray[np.int64]) -> Floats:
    """What the water does: Manning's formula in channels whose width and roughness vary from river to river."""
    rivers = int(stem.max()) + 1
    width = 6.0 * np.sqrt(discharge) * np.exp(rng.normal(0, 0.2, rivers)[stem] + rng.normal(0, 0.2, len(stem)))
    rough = 0.07 * np.exp(rng.normal(0, 0.25, rivers)[stem] + rng.normal(0, 0.1, len(stem)))
    depth = (discharge * rough / (width * np.sqrt(slope))) ** 0.6
    value: Floats = np.clip(discharge / (width * depth), 0.05, 2.5)
    return value


def _known(rng: np.random.Generator, velocity: Floats, river_of: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int8]]:
    """What an office knows: a model of the ten largest rivers, off by a quarter; of the others nothing."""
    bias = rng.normal(0, 0.25, RIVERS + 1)
    modelled = (river_of >= 0) & (river_of < 10)
    known = np.where(modelled, velocity * np.exp(bias[river_of]), np.nan)
    basis = np.where(modelled, BASES.index("modelled"), 0).astype(np.int8)
    return known, basis
