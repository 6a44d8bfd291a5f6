"""Collect: bytes of one source or format in, one batch of readings out.

Each source is a module with its ``SOURCE`` and one function, ``read(data, *, name, options=None) -> Batch``. Bad rows
and values are listed in the batch and the good ones kept; only what cannot be read at all raises ``BadInput``.
"""

from __future__ import annotations

from clearbay.collect.batch import BadValue, Batch
from clearbay.collect.registry import detect, source, sources
from clearbay.collect.source import Source
from clearbay.collect.suggestion import suggest_mapping

__all__ = ["BadValue", "Batch", "Source", "detect", "source", "sources", "suggest_mapping"]
