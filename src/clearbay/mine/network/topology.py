"""Which line flows into which, from nothing but the lines: where one ends, another begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from clearbay.mine.network.csr import Index

GRID = 1e-7
"""Degrees (about a centimetre) within which two points are one."""
NAMED = 3


@dataclass(frozen=True)
class Drawn:
    """Lines that meet at their ends only: points, bounds, the line given that each is a piece of, and their links."""

    xy: NDArray[np.float64]
    start: NDArray[np.int64]
    line: NDArray[np.int64]
    link_from: Index
    link_to: Index
    warnings: tuple[str, ...]


def joined(xy: NDArray[np.float64], start: NDArray[np.int64], *, join_m: float = 0.0) -> Drawn:
    """Split lines where another begins or ends on one of their points, and link ends to beginnings.

    Water runs as the line is drawn. ``join_m``: ends this near each other are one (0: only the same point). Lines of
    one point or that return to their beginning at once are left out and said.
    """
    warnings: list[str] = []
    keys = np.round(xy / GRID).astype(np.int64)
    node = keys[:, 0] * 4_000_000_000 + keys[:, 1]
    ends = np.zeros(len(xy), dtype=bool)
    ends[start[:-1]] = ends[start[1:] - 1] = True
    if join_m > 0.0:
        node = _merged(xy, node, ends, join_m)
    inner = ~ends & np.isin(node, node[ends])
    # Each inner meeting point is the end of one piece and the beginning of the next.
    cut = np.flatnonzero(inner)
    line_of_point = np.repeat(np.arange(len(start) - 1), np.diff(start))
    order = np.sort(np.concatenate([np.arange(len(xy)), cut]), kind="stable")
    doubled = np.flatnonzero(np.diff(order) == 0) + 1
    bounds = np.sort(np.concatenate([np.searchsorted(order, start[:-1]), doubled, [len(order)]]))
    line = line_of_point[order[bounds[:-1]]]
    xy, node = xy[order], node[order]
    first, last = node[bounds[:-1]], node[bounds[1:] - 1]
    bad = (np.diff(bounds) < 2) | ((first == last) & (np.diff(bounds) <= 3))
    if bad.any():
        warnings.append(f"{int(bad.sum())} lines of no length were left out")
        keep = np.flatnonzero(~bad)
        points = np.concatenate([np.arange(bounds[k], bounds[k + 1]) for k in keep]) if len(keep) else np.zeros(0, int)
        lengths = np.diff(bounds)[keep]
        xy, line, first, last = xy[points], line[keep], first[keep], last[keep]
        bounds = np.concatenate([[0], np.cumsum(lengths)])
    link_from, link_to = _links(first, last)
    warnings += _meetings(first, last, xy, bounds)
    return Drawn(xy, bounds.astype(np.int64), line, link_from, link_to, tuple(warnings))


def _links(first: NDArray[np.int64], last: NDArray[np.int64]) -> tuple[Index, Index]:
    """Pairs of lines (above, below): the end of one is the beginning of the other."""
    order = np.argsort(first, kind="stable")
    low = np.searchsorted(first[order], last, side="left")
    high = np.searchsorted(first[order], last, side="right")
    count = high - low
    above = np.repeat(np.arange(len(first)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    below = order[np.repeat(low, count) + offset]
    return above.astype(np.int32), below.astype(np.int32)


def _meetings(
    first: NDArray[np.int64], last: NDArray[np.int64], xy: NDArray[np.float64], start: NDArray[np.int64]
) -> list[str]:
    """A warning where lines run head to head and none goes on: one of them may be drawn against the flow."""
    places, count = np.unique(last, return_counts=True)
    stuck = places[(count > 1) & ~np.isin(places, first)]
    if not len(stuck):
        return []
    at = [int(start[1:][last == place][0]) - 1 for place in stuck[:NAMED]]
    where = "; ".join(f"{xy[k, 0]:.5f}, {xy[k, 1]:.5f}" for k in at)
    return [
        f"at {len(stuck)} points lines end and none goes on ({where}{'; …' if len(stuck) > NAMED else ''}): "
        "a shared mouth, or a line drawn against the flow"
    ]


def _merged(
    xy: NDArray[np.float64], node: NDArray[np.int64], ends: NDArray[np.bool_], join_m: float
) -> NDArray[np.int64]:
    """Node numbers in which ends within ``join_m`` metres of each other, or of a point of a line, share one."""
    lowest, representative = np.unique(node, return_index=True)
    points = xy[representative]
    scale = np.array([np.cos(np.radians(points[:, 1].mean())), 1.0]) * 111_195.0
    tree = shapely.STRtree(shapely.points(points * scale))
    asked = np.flatnonzero(np.isin(lowest, node[ends]))
    near, other = tree.query(shapely.points(points[asked] * scale), predicate="dwithin", distance=join_m)
    parent = np.arange(len(lowest))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = int(parent[at])
        return at

    for one, two in zip(asked[near].tolist(), other.tolist(), strict=True):
        low, high = sorted((root(one), root(two)))
        parent[high] = low
    final = np.array([root(at) for at in range(len(lowest))])
    merged: NDArray[np.int64] = lowest[final][np.searchsorted(lowest, node)]
    return merged
