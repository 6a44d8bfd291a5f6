"""Pollutant codes (HJ 525 water, HJ 524 air) as properties, and the unit in which a device reports each.

Which code is which property stands in clearbay.packs. The units are those of HJ 212-2017, annex B, as far as they were
read: Hg, Cd, Cr6, As and Pb in ug/L, other concentrations in water mg/L, waste water flow in L/s. For the rest (all air
codes, conductivity, codes of platform practice) no unit was read; a value of theirs becomes a reading only with a unit
that whoever knows the device states, because ug/m3 and mg/m3 look the same and differ a thousandfold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from clearbay import packs

MICROGRAMS = frozenset({"Hg", "Cd", "Cr6", "As", "Pb"})
"""Reported in ug/L by default, though GB limits stand in mg/L (HJ 212-2017, annex B)."""

_STATED = {
    "w00000": ("flow", "L/s"),
    "w01001": ("pH", "[pH]"),
    "w01010": ("water_temp", "Cel"),
    "w02003": ("FecalColi", "{count}/L"),
}
"""Codes with a unit of their own in annex B: property and unit. w00000 is the flow of waste water."""


@dataclass(frozen=True, slots=True)
class Pollutant:
    """A code: its property, the unit it is reported in (empty where none was read) and how sure the code is."""

    code: str
    property: str
    unit: str
    confidence: str


@cache
def pollutants() -> Mapping[str, Pollutant]:
    """Every code that stands for a property, by code."""
    found = {code: Pollutant(code, name, unit, "primary") for code, (name, unit) in _STATED.items()}
    for known in packs.properties().values():
        if known.hj and known.hj not in found:
            found[known.hj] = Pollutant(known.hj, known.code, _unit(known.hj, known.code), known.hj_confidence)
    return MappingProxyType(found)


def _unit(hj: str, name: str) -> str:
    known = packs.properties()[name]
    if not hj.startswith("w") or known.hj_confidence != "primary":
        return ""
    if name in MICROGRAMS:
        return "ug/L"
    return "mg/L" if known.unit == "mg/L" else ""
