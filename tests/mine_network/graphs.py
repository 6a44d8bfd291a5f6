"""Networks made by hand and at random, and the plain answers that the fast ones are held against."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clearbay.mine.network import Network, Reaches, build


def reaches(
    links: Sequence[tuple[int, int]], lengths: Sequence[float], flows: Sequence[float] | None = None
) -> Reaches:
    """Reaches ``r0``, ``r1`` … with links as pairs."""
    count = len(lengths)
    nothing = np.full(count, np.nan)
    return Reaches(
        id=pa.array([f"r{at}" for at in range(count)]),
        length_km=np.array(lengths, dtype=float),
        link_from=np.array([one for one, _ in links], dtype=np.int32),
        link_to=np.array([two for _, two in links], dtype=np.int32),
        discharge=np.array(flows, dtype=float) if flows is not None else nothing,
        slope=nothing,
        velocity=nothing,
        basis=np.zeros(count, dtype=np.int8),
        area_km2=nothing,
        river=pa.array([""] * count),
    )


def network(
    links: Sequence[tuple[int, int]], lengths: Sequence[float], flows: Sequence[float] | None = None
) -> Network:
    """The same, built."""
    return build(reaches(links, lengths, flows))


def random_links(rng: np.random.Generator, count: int, sides: int, loops: int) -> list[tuple[int, int]]:
    """A random forest with some bifurcations, and some links that run in a circle."""
    links = [(at, int(rng.integers(max(at - 6, 0), at))) for at in range(1, count) if rng.random() < 0.95]
    links += [(at, int(rng.integers(0, at))) for at in rng.integers(1, count, sides).tolist()]
    links += [(int(rng.integers(0, at)), at) for at in rng.integers(1, count, loops).tolist()]
    return links


def names(built: Network, rows: Sequence[int]) -> set[str]:
    """Ids of reaches."""
    return {built.name(row) for row in rows}


def reachable(links: Sequence[tuple[str, str]], start: str) -> set[str]:
    """Everything that following links from ``start`` leads to, ``start`` too."""
    below: dict[str, list[str]] = {}
    for one, two in links:
        below.setdefault(one, []).append(two)
    found, waiting = {start}, [start]
    while waiting:
        for other in below.get(waiting.pop(), []):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def shortest(links: Sequence[tuple[str, str]], length: dict[str, float], start: str) -> dict[str, float]:
    """Km from the lower end of ``start`` up to the lower end of every reach above it, by the shortest way."""
    above: dict[str, list[str]] = {}
    for one, two in links:
        above.setdefault(two, []).append(one)
    best = {start: 0.0}
    heap = [(0.0, start)]
    while heap:
        far, at = heapq.heappop(heap)
        if far > best[at]:
            continue
        for other in above.get(at, []):
            way = far + length[at]
            if way < best.get(other, np.inf):
                best[other] = way
                heapq.heappush(heap, (way, other))
    return best
