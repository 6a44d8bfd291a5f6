"""A rule set of the law as a value: items, limits, dates, sources, confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from clearbay.model.text import Text

Confidence = Literal["primary", "two_sources", "one_source_official", "one_source", "unverified"]
"""How well a number of the law is sourced, best first; shown wherever a result built on it is shown."""

Operator = Literal["le", "lt", "ge", "gt", "range", "not_judged"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number was read."""

    id: str
    ref: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """One verdict a standard can give, best first; ``id`` is what tables print (``I`` … ``V+``)."""

    id: str
    name: Text
    colour: str
    colour_dark: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One property's limits, one for each class; a class without a limit is not judged by this item.

    ``limits`` maps class id to a number, or to (low, high) for ``range``. ``water_types`` restricts the item (TN
    applies to lakes only); ``lake_limits`` replaces ``limits`` for lakes and reservoirs. ``alternative`` is a second
    property whose limit satisfies the class just as well (DO by saturation). ``judged`` is False where one sample
    cannot decide (a rise over a baseline), with ``note`` saying why. ``confidence_by_class`` names the classes whose
    limit is better or worse sourced than ``confidence`` says.
    """

    property: str
    op: Operator
    limits: Mapping[str, float | tuple[float, float]]
    unit: str
    confidence: Confidence
    sources: tuple[str, ...]
    clause: str = ""
    water_types: tuple[str, ...] = ()
    lake_limits: Mapping[str, float] | None = None
    alternative: tuple[str, str, Mapping[str, float]] | None = None
    multiple: bool = True
    judged: bool = True
    note: str = ""
    confidence_by_class: Mapping[str, Confidence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective that is attained or not, over a year, in some zones.

    ``statistic`` names a function of ``clearbay.mine`` (``share_of_samples``, ``annual_geometric_mean``,
    ``annual_mean``); ``zones`` maps zone id to its limit; ``depth`` is ``mean`` (water-column mean), ``surface``,
    ``middle`` or ``bottom``; ``share`` the share of samples that must comply (for ``share_of_samples``).
    ``confidence_by_zone`` names the zones whose limit is better or worse sourced than ``confidence`` says.
    """

    id: str
    name: Text
    property: str
    op: Operator
    statistic: str
    depth: str
    zones: Mapping[str, float]
    unit: str
    confidence: Confidence
    sources: tuple[str, ...]
    share: float | None = None
    clause: str = ""
    note: str = ""
    confidence_by_zone: Mapping[str, Confidence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standard:
    """A rule set in force from a date to a date (``None``: still in force).

    ``kind`` is ``class`` (single-factor classes), ``attainment`` (objectives attained or not) or ``index`` (AQHI).
    ``parameters`` carries what an index needs (coefficients, bands), as validated by the pack's schema. ``family``
    names the rule whose dated versions share it (``hk.aqhi``); no two of them are in force on the same day.
    """

    id: str
    code: str
    name: Text
    kind: Literal["class", "attainment", "index"]
    jurisdiction: str
    media: tuple[str, ...]
    in_force_from: date
    in_force_to: date | None
    issued: date | None
    grades: tuple[Grade, ...]
    confidence: Confidence
    sources: tuple[Source, ...]
    items: tuple[Item, ...] = ()
    objectives: tuple[Objective, ...] = ()
    rounding: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    file: str = ""
    family: str = ""
