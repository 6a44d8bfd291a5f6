"""``/api/meta``."""

from __future__ import annotations

from fastapi import Response

from clearbay import __version__, packs
from clearbay.apply.periods import GRANULARITIES
from clearbay.apply.rules import DEPTHS
from clearbay.model.text import LANGUAGES
from clearbay.share import encode, present, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("meta")


@router.get(
    "/meta",
    operation_id="meta",
    summary="Everything to start with",
    responses={200: {"model": schemas.Meta}, **documented(422, 503)},
)
def meta(desk: Services) -> Response:
    """Rule sets, properties, media, depths, languages, sources and the span of the data, in one answer."""
    now = desk.catalogue()
    first, last = now.span or (None, None)
    return encode.answer(
        {
            "version": __version__,
            "data_version": now.version,
            "languages": LANGUAGES,
            "time": {"from": encode.time(first), "to": encode.time(last)},
            "rule_sets": [present.summary(one) for one in packs.standards().values()],
            "properties": [present.property_(one) for one in packs.properties().values()],
            "depths": DEPTHS,
            "media": present.media(now),
            "granularities": GRANULARITIES,
            "sources": [present.data_source(programme) for programme in now.sources],
        }
    )
