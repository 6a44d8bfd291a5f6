"""``/api/timeline``."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Response

from clearbay.share import encode, parameters, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("timeline")


@router.get(
    "/timeline",
    operation_id="timeline",
    summary="Density of observations in time",
    responses={200: {"model": schemas.Timeline}, **documented(422, 503)},
)
def timeline(
    desk: Services,
    medium: parameters.Medium = None,
    granularity: Annotated[
        Literal["year", "season", "month", "day"], Query(description="Length of a period; seasons are quarters.")
    ] = "year",
) -> Response:
    """Observations in each period from the first to the last; a period without any is there with 0."""
    found = desk.timeline(medium, granularity)
    return encode.answer({"periods": found.periods, "counts": found.counts})
