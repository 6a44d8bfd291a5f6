"""Collect: bytes of one source or format in, one batch of readings out.

Each source is a module with its ``SOURCE`` and one function, ``read(data, *, name, options=None) -> Batch``. Bad rows
and values are listed in the batch and the good ones kept; only what cannot be read at all raises ``BadInput``.
"""

from __future__ import annotations

from clearbay.collect.batch import BadValue, Batch
from clearbay.collect.registry import detect, source, source_of, sources
from clearbay.collect.source import Source
from clearbay.collect.suggestion import suggest_mapping
from clearbay.collect.words import spellings_of

__all__ = [
    "BadValue",
    "Batch",
    "Source",
    "detect",
    "source",
    "source_of",
    "sources",
    "spellings_of",
    "suggest_mapping",
]
