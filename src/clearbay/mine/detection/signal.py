"""What a detector says of one value: that something is wrong there, how badly, how surely and against what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "exceedance",
    "change",
    "drift",
    "multivariate",
    "silence",
    "constant",
    "pinned",
    "inspection_drop",
    "load_balance",
]

FAMILIES: Mapping[str, str] = {
    "exceedance": "quality",
    "change": "quality",
    "drift": "quality",
    "multivariate": "quality",
    "silence": "silence",
    "constant": "data",
    "pinned": "data",
    "inspection_drop": "data",
    "load_balance": "data",
}
"""Which signals may be one problem: those about the water or air itself, a silent station, data that cannot be true."""

RANK = tuple(FAMILIES)
"""The kind that names a problem is the first of these among its signals."""

Series = tuple[str, str, str, str]
"""Station, property, depth, averaging."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One detector's word on one moment of one series.

    ``on`` is False where a problem it had told is over. ``time`` is microseconds UTC; ``severity`` 1 (notice) to 4
    (emergency); ``sure`` 0 to 1; ``baseline`` what was to be expected (the limit, for an exceedance). ``detail`` holds
    what the reasons are written from, plain values only.
    """

    kind: Kind
    series: Series
    time: int
    on: bool
    severity: int = 0
    sure: float = 0.0
    value: float | None = None
    baseline: float | None = None
    since: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)
