"""Tests that look at one value alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clearbay.mine.quality.flags import FAIL, MISSING, NOT_EVALUATED, PASS, SUSPECT, Flags, blank
from clearbay.mine.quality.sequence import Number
from clearbay.mine.quality.series import Times, Values

EARTH = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""


def gross_range(value: Values, fail_low: Number, fail_high: Number, low: Number, high: Number) -> Flags:
    """Outside what the sensor can give or the quantity can be: fail; outside what the user expects: suspect.

    A side that is NaN is open.
    """
    flags = np.full(len(value), PASS, dtype=np.int8)
    flags[(value < low) | (value > high)] = SUSPECT
    flags[(value < fail_low) | (value > fail_high)] = FAIL
    flags[np.isnan(value)] = MISSING
    return flags


def climatology(
    value: Values, fail_low: Number, fail_high: Number, low: Number, high: Number, known: npt.NDArray[np.bool_]
) -> Flags:
    """Outside what the season is used to: suspect, or fail where the season has a wider span for that.

    ``known`` says for which rows the season has any span; the others are not evaluated.
    """
    flags = gross_range(value, fail_low, fail_high, low, high)
    flags[~known & ~np.isnan(value)] = NOT_EVALUATED
    return flags


def months(time: Times, utc_offset: int = 0) -> npt.NDArray[np.intp]:
    """Month of each time, 0 to 11, on a clock ``utc_offset`` minutes east of UTC."""
    local = (time + utc_offset * 60_000_000).astype("datetime64[us]")
    return local.astype("datetime64[M]").astype(np.int64) % 12


def source_flag(given: npt.NDArray[np.int8], value: Values) -> Flags:
    """The flag that came with the value, such as the data flag of HJ 212 in QARTOD's terms."""
    flags = given.copy()
    flags[np.isnan(value)] = MISSING
    return flags


def hour_coverage(minutes: Values, least: Number) -> Flags:
    """An hourly mean that rests on too few minutes of sampling fails."""
    flags = np.where(minutes < least, FAIL, PASS).astype(np.int8)
    flags[np.isnan(minutes) | np.isnan(np.broadcast_to(least, minutes.shape))] = NOT_EVALUATED
    return flags


def location(
    longitude: Values,
    latitude: Values,
    box: tuple[float, float, float, float] | None = None,
    home: tuple[Values, Values] | None = None,
    farthest: float = np.nan,
) -> Flags:
    """A position that is none, or outside ``box`` (west, south, east, north): fail; far from home: suspect.

    ``home`` are the longitudes and latitudes where each row's station is registered, ``farthest`` in metres. A row
    without any position is not evaluated, one with half a position fails.
    """
    flags = blank(len(longitude))
    half = np.isnan(longitude) != np.isnan(latitude)
    whole = ~np.isnan(longitude) & ~np.isnan(latitude)
    flags[whole] = PASS
    if home is not None and not np.isnan(farthest):
        flags[whole & (distance(longitude, latitude, *home) > farthest)] = SUSPECT
    outside = (np.abs(longitude) > 180) | (np.abs(latitude) > 90)
    if box is not None:
        west, south, east, north = box
        outside |= (longitude < west) | (longitude > east) | (latitude < south) | (latitude > north)
    flags[half | outside] = FAIL
    return flags


def distance(longitude: Values, latitude: Values, other_longitude: Values, other_latitude: Values) -> Values:
    """Metres between positions on a sphere (haversine); wrong by at most 0.6 % for the Earth's flattening."""
    one, two = np.radians(latitude), np.radians(other_latitude)
    half = np.sin((two - one) / 2) ** 2
    half = half + np.cos(one) * np.cos(two) * np.sin(np.radians(other_longitude - longitude) / 2) ** 2
    result: Values = 2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return result
