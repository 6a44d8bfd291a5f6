"""Places that are portrayed: one section, the sections of a river or basin, of a zone, of a city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from clearbay import packs
from clearbay.apply.catalogue import Catalogue
from clearbay.apply.names import unknown
from clearbay.model.standard import Standard
from clearbay.model.text import Text

Kind = Literal["section", "river", "basin", "zone", "city"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_BASINS = frozenset({"cn.cnemc"})
"""Programmes whose stations name the basin they belong to as their water, not the river they lie on."""


@dataclass(frozen=True, slots=True)
class Group:
    """A place and its stations, in order of id. ``above`` names what it is compared within: its siblings share it.

    A section's siblings are those of its zone, else of its water, else of its jurisdiction; a river's those of its
    zone's jurisdiction, a basin's those of its programme; a zone's those of its kind; a city's those of its level.
    """

    kind: Kind
    id: str
    name: Text
    above: str
    stations: tuple[str, ...]


def groups(now: Catalogue, kind: Kind) -> Mapping[str, Group]:
    """Every place of a kind that has stations, by id."""
    match kind:
        case "section":
            found = _sections(now)
        case "river" | "basin":
            found = _waters(now, kind)
        case "zone":
            found = _zones(now)
        case "city":
            found = _cities(now)
    return {group.id: group for group in found if group.stations}


def group_of(now: Catalogue, kind: Kind, name: str, *, where: str = "id") -> Group:
    """The place called ``name``; UnknownName with the closest ids."""
    known = groups(now, kind)
    if name not in known:
        raise unknown(kind, name, known, where=where, listing=f"/api/portraits?kind={kind}")
    return known[name]


def area_of(now: Catalogue, name: str, *, where: str = "area") -> Group:
    """The place of any kind called ``name``, for who gives an id only; the widest kind first."""
    known: dict[str, Group] = {}
    for kind in reversed(KINDS):
        for id, group in groups(now, kind).items():
            known.setdefault(id, group)
    if name not in known:
        raise unknown("area", name, known, where=where, listing="/api/portraits?kind=zone")
    return known[name]


def covered(now: Catalogue, group: Group, standard: Standard) -> tuple[str, ...]:
    """The place's stations that the rule set's media cover."""
    return tuple(one for one in group.stations if now.entries[one].station.medium in standard.media)


def _sections(now: Catalogue) -> Iterable[Group]:
    for entry in now.entries.values():
        one = entry.station
        zone = packs.zones().get(one.zone)
        top = one.zone if zone is None or not zone.parent else zone.parent
        water = f"{one.programme}.{one.water['zh-Hans']}" if one.water else ""
        yield Group("section", one.id, one.name, f"{one.medium}:{top or water or one.jurisdiction}", (one.id,))


def _waters(now: Catalogue, kind: Kind) -> Iterable[Group]:
    found: dict[str, list[str]] = {}
    names: dict[str, tuple[Text, str]] = {}
    for entry in now.entries.values():
        one = entry.station
        inland = one.medium in ("river", "lake")
        if one.water is None or not inland or (one.programme in _BASINS) != (kind == "basin"):
            continue
        id = f"{one.programme}.{one.water['en'].replace(' ', '-')}"
        found.setdefault(id, []).append(one.id)
        names[id] = (one.water, one.programme)
    for id, stations in found.items():
        yield Group(kind, id, names[id][0], names[id][1], tuple(stations))


def _zones(now: Catalogue) -> Iterable[Group]:
    for zone in packs.zones().values():
        above = f"{zone.jurisdiction}:{zone.kind}:{zone.parent}"
        yield Group("zone", zone.id, zone.name, above, now.zones.get(zone.id, ()))


def _cities(now: Catalogue) -> Iterable[Group]:
    known = packs.jurisdictions()
    inside: dict[str, list[str]] = {}
    for entry in now.entries.values():
        if entry.station.generated:  # what is made up says nothing of a real city
            continue
        code = entry.station.jurisdiction
        seen: set[str] = set()
        while code and code not in seen:
            seen.add(code)
            inside.setdefault(code, []).append(entry.station.id)
            code = known[code].parent if code in known else ""
    for code, one in known.items():
        yield Group("city", code, one.name, f"{one.parent}:{one.level}", tuple(inside.get(code, ())))
