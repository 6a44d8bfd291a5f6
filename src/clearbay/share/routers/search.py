"""``/api/search``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from clearbay.share import encode, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("search")


@router.get(
    "/search",
    operation_id="search",
    summary="Search by name",
    responses={200: {"model": schemas.Listing[schemas.HitShape]}, **documented(422, 503)},
)
def search(
    desk: Services,
    q: Annotated[
        str,
        Query(
            description="Words of a name, code or id in any of the four languages, whatever their case, accents, width "
            "or Chinese script. All of them must be found.",
            examples=["deep bay", "深圳湾"],
            max_length=200,
        ),
    ] = "",
    limit: Annotated[int, Query(description="Most hits to answer.", ge=1, le=200)] = 20,
) -> Response:
    """Stations, zones, places, properties and rule sets whose names fit, best first."""
    hits = desk.index().search(q, limit)
    return encode.page(
        [
            {
                "kind": hit.kind,
                "id": hit.id,
                "name": hit.name,
                "context": hit.context,
                "longitude": hit.longitude,
                "latitude": hit.latitude,
            }
            for hit in hits
        ],
        len(hits),
    )
