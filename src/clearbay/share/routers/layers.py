"""``/api/layers`` and ``/api/outline``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Response

from clearbay import packs
from clearbay.apply.names import unknown
from clearbay.apply.outline import outline as outline_of
from clearbay.apply.outline import view_of
from clearbay.share import encode, exports, schemas
from clearbay.share.context import noun
from clearbay.share.problems import documented

router = noun("layers")


@router.get(
    "/layers",
    operation_id="layers",
    summary="Layers of the base map",
    responses={200: {"model": schemas.Listing[schemas.LayerShape]}, **documented(422)},
)
def layers() -> Response:
    """What can be switched on the map, from the sea bed to the air, with its licence and whom to thank."""
    items = [
        {
            "id": layer.id,
            "group": layer.group,
            "name": layer.name,
            "geometry": layer.geometry,
            "url": f"/api/layers/{layer.id}",
            "attribution": layer.attribution,
            "licence": layer.licence,
            "default": layer.default,
            "order": layer.order,
        }
        for layer in packs.layers()
    ]
    return encode.page(items, len(items))


@router.get(
    "/outline",
    operation_id="outline",
    summary="The shore of a view, coarsely",
    responses={200: {"model": schemas.OutlineShape}, **documented(422)},
)
def outline(
    at: Annotated[
        str | None,
        Query(
            description="Where the map looks: longitude, latitude and zoom. Left out: the view of a newcomer.",
            examples=["114.18,22.36,10"],
            max_length=60,
        ),
    ] = None,
) -> Response:
    """Land about a view, simplified to less than its pixels: enough for a first drawing while the layers come."""
    return encode.answer(outline_of(view_of(at)))


@router.get(
    "/layers/{id}",
    operation_id="layer",
    summary="One layer as GeoJSON",
    responses={200: {"content": {exports.GEOJSON: {}}, "description": "A FeatureCollection"}, **documented(404, 422)},
)
def layer(
    name: Annotated[str, Path(alias="id", description="Id of the layer.", examples=["coastline"])],
) -> Response:
    """The features of a layer, WGS 84."""
    known = {one.id: one for one in packs.layers()}
    if name not in known:
        raise unknown("layer", name, known, where="id", listing="/api/layers")
    return Response(known[name].path.read_bytes(), media_type=exports.GEOJSON)
