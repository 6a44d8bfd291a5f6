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
from typing import TypeVar

from clearbay.model.calendar import Calendar
from clearbay.model.crosswalk import Crosswalk
from clearbay.model.errors import UnknownName
from clearbay.model.playbook import Playbook
from clearbay.model.property import Property
from clearbay.model.rule import NotSourced, Rule, RuleSet
from clearbay.model.standard import Standard
from clearbay.model.station import Jurisdiction, Station, Zone
from clearbay.model.target import Target
from clearbay.model.territory import COUNTRY, is_code, parents
from clearbay.packs import (
    absent,
    basemap,
    casework,
    correspondence,
    geography,
    goals,
    register,
    rulebook,
    units,
    vocabulary,
    workdays,
)
from clearbay.packs import quality as quality_pack
from clearbay.packs.basemap import Layer
from clearbay.packs.register import Register
from clearbay.packs.sheet import DATA

__all__ = [
    "Layer",
    "Register",
    "calendar_of",
    "calendars",
    "crosswalk",
    "home_playbooks",
    "jurisdictions",
    "layers",
    "legal_system",
    "load_calendar",
    "load_playbook",
    "load_rule_set",
    "load_standard",
    "not_sourced",
    "parse_playbook",
    "playbooks",
    "properties",
    "quality",
    "registers",
    "rule",
    "rule_set",
    "rule_sets",
    "rule_versions",
    "standard",
    "standards",
    "stations",
    "targets",
    "unit_factor",
    "versions",
    "water_type",
    "zones",
]


_Version = TypeVar("_Version", Standard, RuleSet)


@cache
def properties() -> Mapping[str, Property]:
    """Return the observed properties by code, in the order of the pack."""
    return MappingProxyType(vocabulary.read_properties(DATA / "properties.yaml"))


@cache
def quality() -> quality_pack.Quality:
    """Return the shipped numbers of quality control: gross ranges and rules between properties."""
    return quality_pack.read_quality(DATA / "quality", properties())


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """Return the jurisdictions by GB/T 2260 code."""
    return MappingProxyType(geography.read_jurisdictions(DATA / "jurisdictions.yaml"))


def legal_system(code: str) -> str:
    """Return whose law rules in a jurisdiction, registered or not: ``cn``, ``hk`` or ``mo``.

    A district or street is ruled as the city or province around it; ``UnknownName`` for a code that lies nowhere.
    """
    known = jurisdictions()
    around = [one for one in (code, *parents(code)) if one in known and (one != COUNTRY or code == COUNTRY)]
    if is_code(code) and around:
        return known[around[0]].legal_system
    raise UnknownName(f"{code!r} lies in no jurisdiction we know", mend="give a GB/T 2260 code such as 440300")


@cache
def calendars() -> Mapping[str, Calendar]:
    """Return the calendars of working days by the id of their legal system: ``cn``, ``hk``, ``mo``."""
    return MappingProxyType(workdays.read_calendars(sorted((DATA / "calendars").glob("*.yaml"))))


def calendar_of(code: str) -> Calendar:
    """Return the calendar by which offices of a jurisdiction work; ``UnknownName`` for a code that lies nowhere."""
    return calendars()[legal_system(code)]


def load_calendar(path: str | Path) -> Calendar:
    """Read a calendar of one's own; ``PackError`` names file, line and rule of every problem."""
    return next(iter(workdays.read_calendars([Path(path)]).values()))


@cache
def playbooks() -> Mapping[str, Playbook]:
    """Return the shipped playbooks by id: how each kind of case goes."""
    return MappingProxyType(casework.read_playbooks(sorted((DATA / "playbooks").glob("*.yaml"))))


def load_playbook(path: str | Path) -> Playbook:
    """Read a playbook of one's own; ``PackError`` names file, line and rule of every problem.

    It must fit beside the shipped ones: its id and the prefix of its cases are new.
    """
    path = Path(path)
    beside = {} if path.is_relative_to(DATA) else playbooks()
    return next(iter(casework.read_playbooks([path], beside).values()))


@lru_cache(maxsize=256)
def parse_playbook(text: str, name: str) -> Playbook:
    """Read a playbook from its text; ``name`` is what messages call it. Kept, for it is asked for with every case."""
    return casework.parse_playbook(text, name)


def home_playbooks(directory: str | Path) -> Mapping[str, Playbook]:
    """Return the shipped playbooks and those of a directory of one's own (``*.yaml``), by id.

    A file there may not take a shipped id or prefix: who wants a shipped playbook changed gives it a name of its own.
    """
    own = casework.read_playbooks(sorted(Path(directory).glob("*.yaml")), playbooks())
    return MappingProxyType({**playbooks(), **own})


@cache
def zones() -> Mapping[str, Zone]:
    """Return the zones by id; a subzone names its zone as parent."""
    return MappingProxyType(geography.read_zones(sorted((DATA / "zones").glob("*.yaml")), jurisdictions()))


def _knowledge() -> rulebook.Knowledge:
    return rulebook.Knowledge(properties(), zones(), jurisdictions())


@cache
def standards() -> Mapping[str, Standard]:
    """Return the rule sets by which a station is judged on the map, by id, in the order of their files."""
    paths = sorted((DATA / "standards").glob("*.yaml"))
    return MappingProxyType(rulebook.read_standards(paths, _knowledge()))


@cache
def rule_sets() -> Mapping[str, RuleSet]:
    """Return every rule set by id: ``standards()``, and those that a kernel of their own applies.

    The others are limits of air and effluents, air indices, statistics, ratings, formulas and scores (``Rule``), and
    standards of what no station on the map measures (sediment, shellfish, beaches).
    """
    paths = sorted((DATA / "rules").glob("*.yaml"))
    beside = standards()
    return MappingProxyType({**beside, **rulebook.read_rule_sets(paths, _knowledge(), tuple(beside.values()))})


def rule_versions(family: str) -> tuple[RuleSet, ...]:
    """Return the dated versions of a rule of any kind (``cn.gb3095``), oldest first; ``UnknownName`` where none is."""
    return _versions(family, rule_sets())


def versions(family: str) -> tuple[Standard, ...]:
    """Return the dated versions of a standard (``hk.aqhi``), oldest first; ``UnknownName`` where there is none."""
    return _versions(family, {id: one for id, one in rule_sets().items() if isinstance(one, Standard)})


def _versions(family: str, among: Mapping[str, _Version]) -> tuple[_Version, ...]:
    found = sorted((one for one in among.values() if one.family == family), key=lambda one: one.in_force_from)
    if not found:
        known = ", ".join(sorted({one.family for one in among.values()}))
        raise UnknownName(f"no rule is called {family!r}", mend=f"known: {known}")
    return tuple(found)


def rule_set(id: str, on: date | None = None) -> RuleSet:
    """Return any rule set by its id, or by its family the version in force ``on`` a day, else the newest.

    Raises ``UnknownName`` with the known ids, also where no version of the family was in force on that day.
    """
    known = rule_sets()
    if id in known:
        return known[id]
    if any(one.family == id for one in known.values()):
        dated = rule_versions(id)
        if on is None:
            return dated[-1]
        for one in dated:
            if one.in_force_from <= on <= (one.in_force_to or date.max):
                return one
        raise UnknownName(f"no version of {id} was in force on {on}", mend=f"the first begins {dated[0].in_force_from}")
    raise UnknownName(f"no rule set is called {id!r}", where="standard", mend=f"known: {', '.join(known)}")


def standard(id: str, on: date | None = None) -> Standard:
    """Return a rule set that judges samples and stations, as ``rule_set``; ``UnknownName`` for one of another kind."""
    found = rule_set(id, on)
    if isinstance(found, Standard):
        return found
    known = ", ".join(id for id, one in rule_sets().items() if isinstance(one, Standard))
    raise UnknownName(f"{id} judges no samples ({found.kind})", where="standard", mend=f"those that do: {known}")


def rule(id: str, on: date | None = None) -> Rule:
    """Return a rule that a kernel of its own applies, as ``rule_set``; ``UnknownName`` for a standard."""
    found = rule_set(id, on)
    if isinstance(found, Rule):
        return found
    known = ", ".join(id for id, one in rule_sets().items() if isinstance(one, Rule))
    raise UnknownName(f"{id} is a standard of kind {found.kind}", where="rule", mend=f"rules: {known}")


def load_standard(path: str | Path) -> Standard:
    """Read a standard from a file of one's own; ``PackError`` names file, line and rule of every problem.

    It must fit beside the shipped ones: its id is new, and no version of the same family is in force on the same day.
    """
    path = Path(path)
    return next(iter(rulebook.read_standards([path], _knowledge(), _beside(path)).values()))


def load_rule_set(path: str | Path) -> RuleSet:
    """Read a rule set of any kind from a file of one's own, as ``load_standard``."""
    path = Path(path)
    return next(iter(rulebook.read_rule_sets([path], _knowledge(), _beside(path)).values()))


def _beside(path: Path) -> tuple[RuleSet, ...]:
    return () if path.is_relative_to(DATA) else tuple(rule_sets().values())


@cache
def crosswalk() -> Crosswalk:
    """Return the one vocabulary: indicators and uses of water, with the rule sets of the three places beside them."""
    return correspondence.read_crosswalk(DATA / "crosswalk.yaml", properties(), rule_sets())


@cache
def targets() -> Mapping[str, Target]:
    """Return the targets by id: an indicator, a number and a day."""
    return MappingProxyType(goals.read_targets(DATA / "targets.yaml", properties(), rule_sets(), jurisdictions()))


@cache
def not_sourced() -> Mapping[str, NotSourced]:
    """Return by id the rules for which no source was found: where they apply, what was searched, where to find them."""
    return MappingProxyType(absent.read_not_sourced(DATA / "not-sourced.yaml", properties(), jurisdictions()))


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
