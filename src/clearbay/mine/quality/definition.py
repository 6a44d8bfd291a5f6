"""What people should know of a quality test before they trust its flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from clearbay.model.standard import Confidence
from clearbay.model.text import Text

Standing = Literal["causal", "revises", "batch"]
"""``causal``: the flag of a value hangs on it and what came before, and stands. ``revises``: what comes next may change
it, and the stream says so. ``batch``: needs a whole period."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its unit (``value`` is the unit of the property, ``flags`` none), meaning, and default.

    ``required`` ones have none: the manuals leave them to the operator, and clearbay does not guess.
    """

    name: str
    unit: str
    meaning: str
    default: Any = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class QualityTest:
    """A registered test; ``scope`` is what it looks at: one value, a series, several stations, one sample."""

    id: str
    name: Text
    standard: Literal["QARTOD", "HJ", "clearbay"]
    scope: Literal["value", "series", "stations", "sample", "period"]
    standing: Standing
    parameters: tuple[Parameter, ...]
    source: str
    confidence: Confidence
    meaning: str
    note: str = ""
    aliases: tuple[str, ...] = ()
