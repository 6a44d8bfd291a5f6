"""One vocabulary for several laws: which property of one rule set stands for which of another, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clearbay.model.standard import Confidence
from clearbay.model.text import Text


@dataclass(frozen=True, slots=True)
class Correspondence:
    """How one family of rule sets sees an indicator.

    ``comparable`` is False where the number measures something else than the indicator's own property (another method,
    another organism), so that the two must not be held against each other; ``note`` then says why. ``method``,
    ``depth`` and ``statistic`` are None where the rule set does not say, or where it makes no difference.
    """

    family: str
    property: str
    comparable: bool
    method: Text | None
    depth: Text | None
    statistic: Text | None
    note: Text | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that several laws limit: its unit for comparing, how each law sees it, what differs between them."""

    id: str
    name: Text
    property: str
    unit: str
    entries: tuple[Correspondence, ...]
    difference: Text | None
    confidence: Confidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UseGrade:
    """The grade that one family demands for a use of water, with how well that is sourced."""

    family: str
    grade: str
    confidence: Confidence
    sources: tuple[str, ...]
    note: Text | None


@dataclass(frozen=True, slots=True)
class WaterUse:
    """A use of water (bathing, fishing, ports) and the grade that each family demands for it."""

    id: str
    name: Text
    grades: tuple[UseGrade, ...]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The whole vocabulary: indicators by id, uses by id."""

    indicators: Mapping[str, Indicator]
    uses: Mapping[str, WaterUse]
