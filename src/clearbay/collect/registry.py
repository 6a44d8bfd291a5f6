"""Which sources there are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from clearbay.collect import cnemc, epd_air, epd_aqhi, epd_marine, epd_river, table
from clearbay.collect.source import Source, closest
from clearbay.model.errors import UnknownName

MODULES = (epd_marine, epd_river, epd_air, epd_aqhi, cnemc, table)


@cache
def sources() -> Mapping[str, Source]:
    """Every source by its id."""
    return MappingProxyType({module.SOURCE.id: module.SOURCE for module in MODULES})


def source(id: str) -> Source:
    """One source; ``UnknownName`` with those there are."""
    if id not in sources():
        near = closest(id, sources())
        raise UnknownName(
            f"no source is called {id!r}" + (f"; did you mean {near!r}?" if near else ""),
            where="source",
            mend=f"known: {', '.join(sources())}",
        )
    return sources()[id]


def source_of(programme: str) -> Source | None:
    """The source whose stations belong to a programme; None where a table of somebody's own may have brought them."""
    return next((known for known in sources().values() if known.programme == programme), None)


def detect(data: bytes) -> str | None:
    """The source whose layout a file shows, or None; the general reader is never guessed."""
    return next((id for id, known in sources().items() if known.sniff(data)), None)
