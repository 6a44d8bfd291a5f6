"""``/api/network``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import Query, Response

from clearbay.apply.catalogue import parse_bbox
from clearbay.apply.network import Basin, Direction
from clearbay.mine.network import bounds_of, points_of
from clearbay.model.errors import BadInput
from clearbay.share import encode, exports, parameters, river_shapes
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented
from clearbay.share.schemas import Page

router = noun("network")

NetworkId = Annotated[str | None, Query(description="Which network, where there are several.", max_length=64)]
Reach = Annotated[str | None, Query(description="Id of a reach.", max_length=100)]
Station = Annotated[
    str | None,
    Query(
        description="Id of a station or site on the network.",
        max_length=100,
        examples=["generated.basin.S29"],
        json_schema_extra={"x-show": True},
    ),
]
Km = Annotated[float | None, Query(description="Only as far as this along the rivers, in km.", ge=0, le=20_000)]
Limit = Annotated[int, Query(description="At most so many, those with the most water first.", ge=1, le=20_000)]
Kind = Annotated[
    Literal["section", "outlet", "plant", "intake", "beach"] | None, Query(description="Only sites of this kind.")
]


@router.get(
    "/network",
    operation_id="networks",
    summary="River networks",
    responses={200: {"model": river_shapes.Networks}, **documented(422, 503)},
)
def networks(desk: Services) -> Response:
    """Every river network of this home, and how many sites of each kind stand on it."""
    return encode.answer(
        {
            "networks": [
                {
                    "id": one.id,
                    "name": dict(one.name),
                    "generated": one.generated,
                    "reaches": one.reaches,
                    "catchments": one.catchments,
                    "sections": one.sites.get("section", 0),
                    "outlets": one.sites.get("outlet", 0),
                    "sites": dict(one.sites),
                    "warnings": list(one.warnings),
                }
                for one in desk.waters.records()
            ]
        }
    )


@router.get(
    "/network/reaches",
    operation_id="reaches",
    summary="Reaches as lines",
    responses={200: {"content": {exports.GEOJSON: {}}}, **documented(404, 422, 503)},
)
def reaches(
    desk: Services,
    network: NetworkId = None,
    bbox: parameters.Bbox = None,
    river: Annotated[
        str | None, Query(description="Only reaches whose river has this in its name.", max_length=100)
    ] = None,
    ids: Annotated[str | None, Query(description="Only these, separated by commas.", max_length=20_000)] = None,
    limit: Limit = 4_000,
) -> Response:
    """Lines with length, discharge, velocity and how that is known: those with the most water first."""
    basin = desk.waters.basin(network)
    found = basin.network
    wanted = parameters.names(ids)
    keep = np.zeros(len(found), dtype=bool) if wanted else np.ones(len(found), dtype=bool)
    if wanted:
        keep[[found.find(one) for one in wanted]] = True
    if river is not None:
        keep &= basin.of_river(river)
    if bbox is not None:
        west, south, east, north = parse_bbox(bbox)
        box = basin.boxes
        keep &= (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
    rows = np.flatnonzero(keep)
    size = np.where(np.isfinite(found.discharge[rows]), found.discharge[rows], found.area_km2[rows])
    rows = rows[np.argsort(-np.nan_to_num(size), kind="stable")][:limit]
    table = basin.tables["lines"]
    features = [
        {
            "type": "Feature",
            "id": found.name(at),
            "properties": {
                "river": found.river[at].as_py(),
                "length_km": float(found.length_km[at]),
                "discharge": _finite(found.discharge[at]),
                "velocity_ms": float(found.velocity[at]),
                "velocity_basis": basin.basis(at),
                "next": found.name(int(found.main[at])) if found.main[at] >= 0 else None,
            },
            "geometry": {
                "type": "LineString",
                "coordinates": np.round(points_of(table, at).astype(float), 5).tolist(),
            },
        }
        for at in rows.tolist()
    ]
    return _geojson(basin, features, int(keep.sum()))


@router.get(
    "/network/catchments",
    operation_id="catchments",
    summary="The land that drains to a place",
    responses={200: {"content": {exports.GEOJSON: {}}}, **documented(404, 422, 503)},
)
def catchments(
    desk: Services,
    network: NetworkId = None,
    reach: Reach = None,
    station: Station = None,
    km: Km = None,
    limit: Limit = 4_000,
) -> Response:
    """Catchments of the reaches upstream of a reach or station, the nearest first, each with its way to the place."""
    basin, name = _asked(desk, network, reach, station)
    table = basin.tables.get("catchments")
    if table is None:
        return _geojson(basin, [], 0)
    reached = desk.waters.along(basin, name, "upstream", km).reached
    far = np.full(len(basin.network), np.nan)
    hours = far.copy()
    far[reached.reach], hours[reached.reach] = reached.near_km, reached.near_h
    owner = table["reach"].to_numpy()
    rows = np.flatnonzero(np.isfinite(far[owner]))
    total = len(rows)
    rows = rows[np.argsort(far[owner[rows]], kind="stable")][:limit]
    points, start = bounds_of(table.select(["ring"]).rename_columns(["points"]))
    names, area = table["id"], table["area_km2"].to_numpy()
    features = [
        {
            "type": "Feature",
            "id": names[at].as_py(),
            "properties": {
                "reach": basin.network.name(int(owner[at])),
                "area_km2": float(area[at]),
                "km": float(far[owner[at]]),
                "hours": float(hours[owner[at]]),
            },
            "geometry": {
                "type": "Polygon",
                "coordinates": [np.round(points[start[at] : start[at + 1]].astype(float), 5).tolist()],
            },
        }
        for at in rows.tolist()
    ]
    return _geojson(basin, features, total)


@router.get(
    "/network/sites",
    operation_id="sites",
    summary="Sections, outlets, plants, intakes and beaches",
    responses={200: {"model": Page[river_shapes.SiteShape]}, **documented(404, 422, 503)},
)
def sites(desk: Services, network: NetworkId = None, kind: Kind = None, bbox: parameters.Bbox = None) -> Response:
    """What stands on a network: on which reach, how far off its line, and what is known of it."""
    basin = desk.waters.basin(network)
    box = parse_bbox(bbox) if bbox else None
    found = [
        {
            "id": one.id,
            "kind": one.kind,
            "name": dict(one.name),
            "longitude": one.longitude,
            "latitude": one.latitude,
            "reach": basin.network.name(one.place.reach),
            "above_lower_end_km": one.place.below_km,
            "off_m": one.off_m,
            "station": one.station,
            "details": dict(one.details),
        }
        for one in basin.sites
        if (kind is None or one.kind == kind)
        and (box is None or (box[0] <= one.longitude <= box[2] and box[1] <= one.latitude <= box[3]))
    ]
    return encode.page(found, len(found))


@router.get(
    "/network/upstream",
    operation_id="upstream",
    summary="Where the water of a place comes from",
    responses={200: {"model": river_shapes.Along}, **documented(404, 422, 503)},
)
def upstream(
    desk: Services,
    network: NetworkId = None,
    reach: Reach = None,
    station: Station = None,
    km: Km = None,
    items: Annotated[bool, Query(description="List every reach, too.")] = False,
) -> Response:
    """Reaches, catchments and sites above a reach or station, with distances and hours of travel."""
    return _along(desk, "upstream", network, reach, station, km, items)


@router.get(
    "/network/downstream",
    operation_id="downstream",
    summary="Where the water of a place goes to",
    responses={200: {"model": river_shapes.Along}, **documented(404, 422, 503)},
)
def downstream(
    desk: Services,
    network: NetworkId = None,
    reach: Reach = None,
    station: Station = None,
    km: Km = None,
    items: Annotated[bool, Query(description="List every reach, too.")] = False,
) -> Response:
    """Reaches and sites below a reach or station, with distances and hours of travel."""
    return _along(desk, "downstream", network, reach, station, km, items)


def _along(
    desk: Services,
    direction: Direction,
    network: str | None,
    reach: str | None,
    station: str | None,
    km: float | None,
    items: bool,
) -> Response:
    basin, name = _asked(desk, network, reach, station)
    return encode.answer(desk.waters.along(basin, name, direction, km).as_dict(reaches=items))


def _asked(desk: Services, network: str | None, reach: str | None, station: str | None) -> tuple[Basin, str]:
    if (reach is None) == (station is None):
        raise BadInput("give `reach` or `station`", where="reach, station", mend="one of the two")
    name = reach or station or ""
    return desk.waters.basin(network, holding=name), name


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def _geojson(basin: Basin, features: list[dict[str, Any]], total: int) -> Response:
    answer = encode.answer(
        {
            "type": "FeatureCollection",
            "network": basin.record.id,
            "generated": basin.record.generated,
            "total": total,
            "features": features,
        }
    )
    answer.headers["Content-Type"] = exports.GEOJSON
    return answer
