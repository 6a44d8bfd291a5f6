"""Stations and the waters, zones and jurisdictions they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clearbay.model.text import Text

Medium = Literal["sea", "river", "lake", "air", "effluent"]


@dataclass(frozen=True, slots=True)
class Station:
    """A place where something is measured.

    ``id`` is ``<authority>.<programme>.<code>`` (``hk.epd.marine.DM1``). ``longitude``/``latitude`` are WGS 84
    degrees, or None where the position is unknown: it is never guessed. ``zone`` is the id of the zone whose
    rules apply, ``water_type`` tells lakes and reservoirs from rivers where the rules differ. ``utc_offset`` is
    the station's own time zone in minutes east of UTC.
    """

    id: str
    code: str
    name: Text
    medium: Medium
    jurisdiction: str
    programme: str
    longitude: float | None = None
    latitude: float | None = None
    zone: str = ""
    water: Text | None = None
    water_type: Literal["", "river", "lake"] = ""
    utc_offset: int = 480

    @property
    def generated(self) -> bool:
        """True where what it measures is made up, for demonstrations and tests: its programme says so."""
        return "generated" in self.programme.split(".")


@dataclass(frozen=True, slots=True)
class Zone:
    """A named area with rules of its own (a Hong Kong Water Control Zone, a basin, a bay)."""

    id: str
    name: Text
    kind: str
    jurisdiction: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Who rules here: a GB/T 2260 code, its names and the code of the level above."""

    code: str
    name: Text
    level: Literal["country", "province", "sar", "city", "district", "street"]
    parent: str = ""
    legal_system: Literal["cn", "hk", "mo"] = "cn"
