"""What stands on the river: sections, outlets, plants, intakes and beaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from clearbay.mine.network.queries import Place
from clearbay.model.text import Text

Kind = Literal["section", "outlet", "plant", "intake", "beach"]
KINDS: tuple[Kind, ...] = ("section", "outlet", "plant", "intake", "beach")


@dataclass(frozen=True)
class Permit:
    """What an outlet may discharge: water in m3 a day, and concentrations by property code."""

    flow_m3_day: float = float("nan")
    limits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """A place on the network with what is known of it.

    ``place`` is where it drains to or is read; ``off_m`` how far its own point lies from the line. For an outlet:
    ``fingerprint`` are the concentrations (mg/L, or the property's unit) that its raw waste water usually has,
    ``permit`` what it may discharge, ``findings`` how often it was found at fault, ``windows`` the hours (on the clock
    of the trace) in which its own records show a discharge out of the ordinary; ``quiet`` says that its records of
    the time were read and show none.
    """

    id: str
    kind: Kind
    name: Text
    longitude: float
    latitude: float
    place: Place
    off_m: float = 0.0
    station: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: Mapping[str, float] = field(default_factory=dict)
    permit: Permit = Permit()
    findings: int = 0
    windows: tuple[tuple[float, float], ...] | None = None
