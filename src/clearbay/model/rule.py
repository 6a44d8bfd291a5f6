"""Rules of the law beyond classes of a sample: limits by averaging time, air indices, statistics, ratings, formulas.

A ``Standard`` judges samples and periods of a station in one of three ways that every room knows. A ``Rule`` is read
by one kernel of ``clearbay.mine`` of its own: its ``limits`` and ``parameters`` carry all that the kernel needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from clearbay.model.standard import Confidence, Grade, Operator, Source, Standard
from clearbay.model.text import Text

RuleKind = Literal["limits", "air_index", "statistics", "rating", "formula", "scores"]
"""``limits``: by averaging time and level; ``air_index``: sub-indices from breakpoints; ``statistics``: percentiles
and validity; ``rating``: of an area by the shares of its classes; ``formula``: one number from several properties;
``scores``: points an item, summed."""

Averaging = Literal["sample", "10min", "hour", "8h", "mda8", "day", "quarter", "peak_season", "year"]
"""Over what a limit's value is taken. ``8h`` is a running mean, ``mda8`` the largest of a day's."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One property's limit over one averaging time, for each level of a rule.

    ``limits`` maps a level to a number, or to (low, high) for ``range``; a level without a limit is not in it.
    ``allowed`` is how many values a calendar year may exceed it, None where the rule names no number. A limit may hold
    only for plants built within ``built_from`` and ``built_to``, or only while the water is warmer than ``warmer_than``
    or at most ``at_most`` degrees Celsius; ``condition_confidence`` is that of this condition, empty where there is
    none. ``informative`` limits stand in an annex and bind nobody.
    """

    property: str
    averaging: Averaging
    op: Operator
    limits: Mapping[str, float | tuple[float, float]]
    unit: str
    confidence: Confidence
    sources: tuple[str, ...]
    clause: str = ""
    note: str = ""
    allowed: int | None = None
    built_from: date | None = None
    built_to: date | None = None
    warmer_than: float | None = None
    at_most: float | None = None
    condition_confidence: str = ""
    informative: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in force from a date to a date (``None``: still in force), with grades best first.

    ``judges`` names the family of standards whose classes a ``rating`` is made of, or from whose limits a ``formula``
    or ``statistics`` takes its base; empty where the rule needs none. Everything else is as in ``Standard``.
    """

    id: str
    code: str
    name: Text
    kind: RuleKind
    jurisdiction: str
    media: tuple[str, ...]
    in_force_from: date
    in_force_to: date | None
    issued: date | None
    grades: tuple[Grade, ...]
    confidence: Confidence
    sources: tuple[Source, ...]
    limits: tuple[Limit, ...] = ()
    rounding: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    judges: str = ""
    file: str = ""
    family: str = ""


RuleSet: TypeAlias = Standard | Rule
"""Anything that a pack of the law can be."""


@dataclass(frozen=True, slots=True)
class NotSourced:
    """A rule that applies somewhere and that no source was found for: what was searched, where its text could be had.

    ``jurisdiction`` and ``media`` say where it would apply, ``properties`` what it would judge (empty: not known);
    ``limits`` is False for a rule of method, which sets none.
    """

    id: str
    name: Text
    jurisdiction: str
    media: tuple[str, ...]
    properties: tuple[str, ...]
    known: Text
    searched: Text
    obtainable: Text
    sources: tuple[Source, ...]
    limits: bool = True
