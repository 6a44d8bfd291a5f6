"""Points, lines or areas with their attributes, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Geometry = Literal["point", "line", "area"]


@dataclass(frozen=True)
class Shapes:
    """Features read from a map file.

    ``columns`` are the attributes by the names of the file, one value a feature. A feature has one or more *parts*
    (points; lines; outer rings of areas): ``xy[start[k]:start[k + 1]]`` are the longitudes and latitudes (WGS 84) of
    part ``k``, which belongs to feature ``feature[k]``. ``notes`` tell what was mended or left out on the way in.
    """

    name: str
    geometry: Geometry
    columns: Mapping[str, Sequence[Any]]
    xy: NDArray[np.float64]
    start: NDArray[np.int64]
    feature: NDArray[np.int64]
    features: int
    notes: tuple[str, ...] = field(default=())

    def column(self, *names: str) -> Sequence[Any] | None:
        """The first of these columns that the file has, whatever its case."""
        known = {key.lower(): key for key in self.columns}
        for name in names:
            if name.lower() in known:
                return self.columns[known[name.lower()]]
        return None
