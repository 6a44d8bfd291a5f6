"""How fast the water of a reach runs, how that is known, and how far it can be off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.tracing.celerity import UNKNOWN_FLOW
from clearbay.mine.tracing.literature import (
    GRAVITY,
    VELOCITY_AREA,
    VELOCITY_FACTOR,
    VELOCITY_FLOOR,
    VELOCITY_RIVER,
    typical_velocity,
)

BASES = ("jobson1996", "modelled", "measured")
"""How a velocity is known: by regression on discharge, by a hydraulic model, or measured (a dye test, a calibration).

Their places in this tuple are the codes kept with a network."""
SPREADS = np.array([VELOCITY_RIVER.value, 0.25, 0.10])
"""Standard deviation of the logarithm of a velocity, by basis; the first from literature, the others judgement.

A travel time calibrated within 10 % is ``measured``; a network may carry a spread of its own for each reach."""


def filled_velocity(
    given: NDArray[np.float64], basis: NDArray[np.int8], discharge: NDArray[np.float64], area: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Velocities in m/s and their bases, the missing ones by Jobson's regression without slope.

    With drainage ``area`` (km2) its own, with ``discharge`` (m3/s) alone the form in which the area nearly cancels,
    with neither that of a stream of 3 m3/s. The regression takes the discharge as the annual mean.
    """
    velocity = np.asarray(given, dtype=float).copy()
    how = np.asarray(basis, dtype=np.int8).copy()
    missing = ~(np.isfinite(velocity) & (velocity > 0))
    how[missing] = 0
    flow = np.where(np.isfinite(discharge) & (discharge > 0), discharge, UNKNOWN_FLOW)
    with_area = missing & np.isfinite(area) & (area > 0) & np.isfinite(discharge) & (discharge > 0)
    velocity[missing] = typical_velocity(flow[missing])
    if with_area.any():
        velocity[with_area] = _with_area(flow[with_area], area[with_area])
    return velocity, how


def _with_area(flow: NDArray[np.float64], area_km2: NDArray[np.float64]) -> NDArray[np.float64]:
    area = area_km2 * 1e6
    dimensionless = area**1.25 * np.sqrt(GRAVITY) / flow
    value: NDArray[np.float64] = (
        VELOCITY_FLOOR.value + VELOCITY_FACTOR.value * dimensionless**VELOCITY_AREA.value * flow / area
    )
    return value
