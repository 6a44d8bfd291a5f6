"""``/api/jurisdictions``."""

from __future__ import annotations

from typing import Literal

from fastapi import Response
from pydantic import Field

from clearbay import packs
from clearbay.share import encode
from clearbay.share.context import noun
from clearbay.share.problems import documented
from clearbay.share.schemas import Answer, Listing, LocalText

router = noun("jurisdictions")


class JurisdictionShape(Answer):
    """Who rules somewhere."""

    code: str = Field(description="GB/T 2260", examples=["440300"])
    name: LocalText
    level: Literal["country", "province", "sar", "city", "district", "street"]
    parent: str = Field(description="Code of the level above; empty for the country")


@router.get(
    "/jurisdictions",
    operation_id="jurisdictions",
    summary="Jurisdictions",
    responses={200: {"model": Listing[JurisdictionShape]}, **documented(422, 503)},
)
def jurisdictions() -> Response:
    """Those that a register here names. Districts and streets need no name to be used: their codes say where they
    belong.
    """
    found = packs.jurisdictions().values()
    items = [{"code": one.code, "name": one.name, "level": one.level, "parent": one.parent} for one in found]
    return encode.page(items, len(items))
