"""``/api/health``."""

from __future__ import annotations

from fastapi import Request, Response

from clearbay import __version__
from clearbay.share import encode, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("health")


@router.get(
    "/health",
    operation_id="health",
    summary="State of the server",
    responses={200: {"model": schemas.Health}, **documented(422, 503)},
)
def health(request: Request, desk: Services) -> Response:
    """Release, data version and extent of the data. The data version grows with each committed batch."""
    now = desk.catalogue()
    first, last = now.span or (None, None)
    return encode.answer(
        {
            "status": "ok",
            "version": __version__,
            "data_version": now.version,
            "observations": now.observations,
            "stations": len(now.entries),
            "time_from": encode.time(first),
            "time_to": encode.time(last),
            "generated": now.generated,
            "open": request.app.state.gate.is_open,
        }
    )
