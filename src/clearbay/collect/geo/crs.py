"""Coordinates of any named system as longitude and latitude."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from clearbay.model.errors import BadInput

WGS84 = CRS.from_epsg(4326)


def to_wgs84(xy: NDArray[np.float64], system: str | int | None, where: str) -> tuple[NDArray[np.float64], str]:
    """Points as WGS 84 longitude and latitude, and a note where the system had to be assumed.

    ``system`` is what the file says: WKT, an authority's name, an EPSG number, None for silence. Silent coordinates
    that could be degrees are taken as such; others are refused, not guessed. A third dimension is dropped by the
    caller.
    """
    if not len(xy):
        return xy, ""
    if not np.isfinite(xy).all():
        raise BadInput("some coordinates are no numbers", where=where, mend="repair these geometries")
    degrees = bool(np.abs(xy[:, 0]).max() <= 360.0 and np.abs(xy[:, 1]).max() <= 90.0)
    if system is None or system == "":
        if not degrees:
            raise BadInput(
                f"coordinates such as {xy[0, 0]:.1f}, {xy[0, 1]:.1f} are no degrees, and the file names no system",
                where=where,
                mend="add the .prj file, or convert it to EPSG:4326",
            )
        return xy, f"{where} names no coordinate system; its degrees were taken as WGS 84"
    try:
        crs = CRS.from_user_input(system)
        if crs.is_geographic and crs.equals(WGS84, ignore_axis_order=True):
            return xy, ""
        x, y = Transformer.from_crs(crs, WGS84, always_xy=True).transform(xy[:, 0], xy[:, 1])
    except (CRSError, ProjError) as error:
        raise BadInput(
            f"its coordinate system cannot be used ({str(error).splitlines()[0][:120]})",
            where=where,
            mend="convert it to EPSG:4326",
        ) from error
    moved = np.stack([x, y], axis=1)
    if not np.isfinite(moved).all():
        raise BadInput("points lie outside their coordinate system", where=where, mend="check which system it is in")
    return moved, ""
