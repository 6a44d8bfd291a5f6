"""Knowledge as data: properties, standards, places, registers and layers, in validated, dated, sourced YAML.

Everything is read on first use, checked against the rules of ``clearbay.packs.rules`` in one pass, and kept. A pack
that breaks a rule is refused with ``PackError``, which names file, line and rule of every problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from clearbay.model.errors import UnknownName
from clearbay.model.property import Property
from clearbay.model.standard import Standard
from clearbay.model.station import Jurisdiction, Station, Zone
from clearbay.packs import basemap, geography, register, rulebook, units, vocabulary
from clearbay.packs.basemap import Layer
from clearbay.packs.register import Register
from clearbay.packs.sheet import DATA

__all__ = [
    "Layer",
    "Register",
    "jurisdictions",
    "layers",
    "load_standard",
    "properties",
    "registers",
    "standard",
    "standards",
    "stations",
    "unit_factor",
    "versions",
    "water_type",
    "zones",
]


@cache
def properties() -> Mapping[str, Property]:
    """Return the observed properties by code, in the order of the pack."""
    return MappingProxyType(vocabulary.read_properties(DATA / "properties.yaml"))


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """Return the jurisdictions by GB/T 2260 code."""
    return MappingProxyType(geography.read_jurisdictions(DATA / "jurisdictions.yaml"))


@cache
def zones() -> Mapping[str, Zone]:
    """Return the zones by id; a subzone names its zone as parent."""
    return MappingProxyType(geography.read_zones(sorted((DATA / "zones").glob("*.yaml")), jurisdictions()))


def _knowledge() -> rulebook.Knowledge:
    return rulebook.Knowledge(properties(), zones(), jurisdictions())


@cache
def standards() -> Mapping[str, Standard]:
    """Return the rule sets by id, in the order of their files."""
    paths = sorted((DATA / "standards").glob("*.yaml"))
    return MappingProxyType(rulebook.read_standards(paths, _knowledge()))


def versions(family: str) -> tuple[Standard, ...]:
    """Return the dated versions of a rule (``hk.aqhi``), oldest first; ``UnknownName`` where there is none."""
    found = sorted((one for one in standards().values() if one.family == family), key=lambda one: one.in_force_from)
    if not found:
        known = ", ".join(sorted({one.family for one in standards().values()}))
        raise UnknownName(f"no rule is called {family!r}", mend=f"known: {known}")
    return tuple(found)


def standard(id: str, on: date | None = None) -> Standard:
    """Return a rule set by its id, or by its family (``hk.aqhi``) the version in force ``on`` a day, else the newest.

    Raises ``UnknownName`` with the known ids, also where no version of the family was in force on that day.
    """
    if id in standards():
        return standards()[id]
    if any(one.family == id for one in standards().values()):
        dated = versions(id)
        if on is None:
            return dated[-1]
        for one in dated:
            if one.in_force_from <= on <= (one.in_force_to or date.max):
                return one
        raise UnknownName(f"no version of {id} was in force on {on}", mend=f"the first begins {dated[0].in_force_from}")
    raise UnknownName(f"no rule set is called {id!r}", where="standard", mend=f"known: {', '.join(standards())}")


def load_standard(path: str | Path) -> Standard:
    """Read a rule set from a file of one's own; ``PackError`` names file, line and rule of every problem.

    It must fit beside the shipped ones: its id is new, and no version of the same family is in force on the same day.
    """
    path = Path(path)
    beside = () if path.is_relative_to(DATA) else tuple(standards().values())
    return next(iter(rulebook.read_standards([path], _knowledge(), beside).values()))


@cache
def registers() -> Mapping[str, Register]:
    """Return the registers of stations by programme (``hk.epd.marine``)."""
    found = register.read_registers(DATA / "registers" / "registers.yaml", zones(), jurisdictions())
    return MappingProxyType(found)


@cache
def stations(programme: str | None = None) -> tuple[Station, ...]:
    """Return the registered stations of a programme, or of all; ``UnknownName`` for a programme with no register."""
    if programme is None:
        return tuple(station for register in registers().values() for station in register.stations)
    if programme not in registers():
        raise UnknownName(
            f"no register of stations is called {programme!r}", mend=f"known: {', '.join(sorted(registers()))}"
        )
    return registers()[programme].stations


@cache
def layers() -> tuple[Layer, ...]:
    """Return the layers of the base map in their order of drawing."""
    return basemap.read_layers(DATA / "layers.yaml", DATA.parents[1] / "data" / "geo")


@cache
def _water_types() -> Mapping[tuple[str, str], str]:
    return register.read_water_types(DATA / "registers" / "cnemc_water_types.csv")


def water_type(programme: str, province: str, section: str) -> str:
    """Return ``river`` or ``lake`` for a section of the national network, empty where the register does not say.

    The register was learned from published classes (a lake's total phosphorus limits differ); it is evidence, not law.
    """
    if programme not in ("cn.cnemc", "cnemc"):
        return ""
    return _water_types().get((province, section), "")


@lru_cache(maxsize=4096)
def unit_factor(from_unit: str, to_unit: str, property_code: str) -> tuple[float, float]:
    """Return (scale, offset) so that ``value * scale + offset`` is in ``to_unit``.

    A chemical basis (``mg/L as NH4``) and molar units are converted only when the unit states them, with the
    property's own basis. Raises ``UnknownName`` for an unknown unit or property, ``BadInput`` where no factor exists.
    """
    if property_code not in properties():
        raise UnknownName(
            f"no property is called {property_code!r}", where="property", mend="see clearbay.packs.properties()"
        )
    return units.factor(from_unit, to_unit, property_code)
