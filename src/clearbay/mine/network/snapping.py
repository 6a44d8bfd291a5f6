"""Points brought onto the network: the nearest reach, how far along it, and how far off the point lay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from clearbay.mine.network.csr import Index

METRES = 111_195.0
"""Metres in a degree of a great circle of the mean Earth."""


@dataclass(frozen=True)
class Snapped:
    """For each point: the reach (-1: none near enough), the part of the reach above it (0 to 1), the distance in m."""

    reach: Index
    part: NDArray[np.float64]
    off_m: NDArray[np.float64]


class Lines:
    """The lines of a network, ready to be searched; equirectangular about their own middle latitude."""

    def __init__(self, xy: NDArray[np.float64], start: NDArray[np.int64]) -> None:
        self._scale = np.array([np.cos(np.radians(float(np.median(xy[:, 1])))), 1.0])
        number = np.repeat(np.arange(len(start) - 1), np.diff(start))
        self._lines = shapely.linestrings(xy * self._scale, indices=number)
        self._tree = shapely.STRtree(self._lines)

    def snap(self, points: NDArray[np.float64], *, within_m: float = 2000.0) -> Snapped:
        """The nearest reach of each point (longitude, latitude), if it lies within ``within_m`` metres."""
        reach = np.full(len(points), -1, dtype=np.int32)
        part, off = np.zeros(len(points)), np.full(len(points), np.nan)
        if len(points):
            # Longitudes shrink with the point's own latitude, not the network's: a wide box, then exact.
            asked = shapely.points(points * self._scale)
            which, found = self._tree.query_nearest(asked, all_matches=False)
            line = self._lines[found]
            along = shapely.line_locate_point(line, asked[which], normalized=True)
            foot = shapely.get_coordinates(shapely.line_interpolate_point(line, along, normalized=True)) / self._scale
            aside = foot - points[which]
            aside[:, 0] *= np.cos(np.radians(points[which, 1]))
            metres = METRES * np.hypot(aside[:, 0], aside[:, 1])
            near = metres <= within_m
            off[which] = metres
            reach[which[near]] = found[near]
            part[which[near]] = along[near]
        return Snapped(reach, part, off)
