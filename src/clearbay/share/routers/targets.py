"""``/api/targets``."""

from __future__ import annotations

from fastapi import Response

from clearbay import packs
from clearbay.apply import goals
from clearbay.share import encode, portrait_shapes, portrayed
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented
from clearbay.share.schemas import Listing

router = noun("targets")


@router.get(
    "/targets",
    operation_id="targets",
    summary="Targets",
    responses={200: {"model": Listing[portrait_shapes.TargetShape]}, **documented(422, 503)},
)
def targets(desk: Services) -> Response:
    """Each target with its number and deadline, where it stands by the data here, year by year, or why there is no
    answer: a target without data is never called reached."""
    now = desk.catalogue()
    found = [goals.progress(desk.home, desk.assessments, now, one) for one in packs.targets().values()]
    return encode.page([portrayed.progress(one) for one in found], len(found))
