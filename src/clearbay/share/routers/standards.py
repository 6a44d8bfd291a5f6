"""``/api/standards``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from clearbay import packs
from clearbay.apply.rules import standard_of, versions
from clearbay.share import encode, present, schemas
from clearbay.share.context import noun
from clearbay.share.problems import documented

router = noun("standards")


@router.get(
    "/standards",
    operation_id="standards",
    summary="All rule sets",
    responses={200: {"model": schemas.Listing[schemas.StandardSummary]}, **documented(422)},
)
def standards() -> Response:
    """Every rule set in brief: its grades with their colours, its dates in force, what it judges."""
    items = [present.summary(one) for one in packs.standards().values()]
    return encode.page(items, len(items))


@router.get(
    "/standards/{id}",
    operation_id="standard",
    summary="One rule set in full",
    responses={200: {"model": schemas.StandardDetail}, **documented(404, 422)},
)
def standard(
    name: Annotated[str, Path(alias="id", description="Id of the rule set.", examples=["cn.gb3097-1997"])],
) -> Response:
    """Limits, objectives, rounding, sources and the confidence of each number. A family answers its newest version."""
    return encode.answer(present.detail(versions(standard_of(name, where="id"))[-1]))
