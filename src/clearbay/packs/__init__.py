"""Knowledge as data: properties, standards, places, registers and layers, in validated, dated, sourced YAML.

Everything is read on first use, checked against the rules of ``clearbay.packs.rules`` in one pass, and kept. A pack
that breaks a rule is refused with ``PackError``, which names file, line and rule of every problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from clearbay.model.errors import UnknownName
from clearbay.model.property import Property
from clearbay.model.station import Jurisdiction, Station, Zone
from clearbay.packs import geography, units, vocabulary
from clearbay.packs import registers as _registers
from clearbay.packs.registers import Register
from clearbay.packs.sheet import DATA

__all__ = [
    "Register",
    "jurisdictions",
    "properties",
    "registers",
    "stations",
    "unit_factor",
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


@cache
def registers() -> Mapping[str, Register]:
    """Return the registers of stations by programme (``hk.epd.marine``)."""
    found = _registers.read_registers(DATA / "registers" / "registers.yaml", zones(), jurisdictions())
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
def _water_types() -> Mapping[tuple[str, str], str]:
    return _registers.read_water_types(DATA / "registers" / "cnemc_water_types.csv")


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
