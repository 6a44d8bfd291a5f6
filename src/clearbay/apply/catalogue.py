"""What a home holds, as one consistent picture of a data version: stations, their series, counts and spans."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from clearbay import packs
from clearbay.apply.names import unknown
from clearbay.apply.search import fold
from clearbay.model.errors import BadInput
from clearbay.model.observation import JUDGED
from clearbay.model.station import Station, Zone
from clearbay.model.text import Text
from clearbay.store import Home

BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees of WGS 84; west greater than east crosses the 180th meridian."""


@dataclass(frozen=True, slots=True)
class Series:
    """One datastream: what is measured at which depth of a station, how often, from when to when (UTC)."""

    station: str
    property: str
    depth: str
    averaging: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A station with what the home holds of it."""

    station: Station
    series: tuple[Series, ...]
    observations: int
    first: datetime | None
    last: datetime | None

    @property
    def judged(self) -> tuple[Series, ...]:
        """The series that assessments judge: samples and hourly means."""
        return tuple(one for one in self.series if one.averaging in JUDGED)

    @property
    def located(self) -> bool:
        """True where the position is known; it is never guessed."""
        return self.station.longitude is not None and self.station.latitude is not None


@dataclass(frozen=True)
class Catalogue:
    """Every station of a home at one data version, sorted by id; ``revised`` counts the batches that changed values."""

    version: int
    entries: Mapping[str, Entry]
    revised: int = 0
    _stamps: dict[tuple[str, ...], str] = field(default_factory=dict, repr=False, compare=False)

    def stamp(self, media: Collection[str] | None = None) -> str:
        """A name for what the home holds of these media (None: of all): as long as it is the same, so are the
        observations that assessments judge, whatever arrives of other media or averagings."""
        key = ("*",) if media is None else tuple(sorted(media))
        if key not in self._stamps:
            told = hashlib.blake2b(str(self.revised).encode(), digest_size=12)
            for entry in self.entries.values():
                if media is None or entry.station.medium in media:
                    told.update(repr((entry.station, entry.judged if media is not None else entry.series)).encode())
            self._stamps[key] = told.hexdigest()
        return self._stamps[key]

    @cached_property
    def names(self) -> str:
        """A name for the stations as such: the same as long as none is added or described anew."""
        told = hashlib.blake2b(digest_size=12)
        for entry in self.entries.values():
            told.update(repr(entry.station).encode())
        return told.hexdigest()

    def entry(self, station: str, *, where: str = "station") -> Entry:
        """The station called ``station``; UnknownName with the closest ids where there is none."""
        found = self.entries.get(station)
        if found is None:
            raise unknown("station", station, self.entries, where=where, listing="/api/stations")
        return found

    @cached_property
    def observations(self) -> int:
        """Observations in the home (newest revisions)."""
        return sum(entry.observations for entry in self.entries.values())

    @cached_property
    def span(self) -> tuple[datetime, datetime] | None:
        """First and last time of any observation, UTC; None for an empty home."""
        first = [entry.first for entry in self.entries.values() if entry.first]
        last = [entry.last for entry in self.entries.values() if entry.last]
        return (min(first), max(last)) if first and last else None

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """Every series, sorted by their names: the order of the pages of observations."""
        return tuple(one for entry in self.entries.values() for one in entry.series)

    @cached_property
    def zones(self) -> Mapping[str, tuple[str, ...]]:
        """Station ids by zone; a zone holds the stations of its subzones too."""
        found: dict[str, list[str]] = {}
        for entry in self.entries.values():
            for zone in lineage(entry.station.zone):
                found.setdefault(zone, []).append(entry.station.id)
        return {zone: tuple(ids) for zone, ids in found.items()}

    @cached_property
    def generated(self) -> bool:
        """True where some stations are generated ones: their programme has ``generated`` as one of its parts."""
        return any("generated" in programme.split(".") for programme in self.sources)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Programmes whose stations are here, in order."""
        return tuple(sorted({entry.station.programme for entry in self.entries.values()}))

    def water_of(self, name: str, *, where: str = "water") -> str:
        """The water body called ``name`` in any language; UnknownName with the closest names where none is here."""
        known = {one for entry in self.entries.values() for one in names_of(entry.station.water)}
        if fold(name) not in known:
            raise unknown("water body", fold(name), known, where=where, listing="/api/stations")
        return fold(name)

    def select(
        self,
        *,
        medium: str | None = None,
        zone: str | None = None,
        bbox: BBox | None = None,
        located: bool | None = None,
        water: str | None = None,
        ids: Iterable[str] | None = None,
    ) -> tuple[Entry, ...]:
        """Stations that meet every condition given, in order of id.

        A zone includes its subzones; a box leaves out what has no position. ``water`` is the name of a water body in
        any language, as ``water_of`` gives it.
        """
        found: Iterable[Entry] = self.entries.values()
        if ids is not None:
            asked = frozenset(ids)
            found = [entry for entry in found if entry.station.id in asked]
        if medium:
            found = [entry for entry in found if entry.station.medium == medium]
        if zone:
            members = frozenset(self.zones.get(zone, ()))
            found = [entry for entry in found if entry.station.id in members]
        if water:
            found = [entry for entry in found if water in names_of(entry.station.water)]
        if located is not None:
            found = [entry for entry in found if entry.located is located]
        if bbox is not None:
            found = [entry for entry in found if inside(entry.station, bbox)]
        return tuple(found)


def names_of(text: Text | None) -> frozenset[str]:
    """The spellings of a name in all languages, without case, accents or width."""
    return frozenset(fold(one) for one in text.values()) if text else frozenset()


def lineage(zone: str) -> tuple[str, ...]:
    """A zone and the zones it is a part of, innermost first; nothing for a station without a zone."""
    known = packs.zones()
    found: list[str] = []
    while zone and zone not in found:
        found.append(zone)
        zone = known[zone].parent if zone in known else ""
    return tuple(found)


def inside(station: Station, bbox: BBox) -> bool:
    """True where the station has a position in the box, edges included."""
    if station.longitude is None or station.latitude is None:
        return False
    west, south, east, north = bbox
    across = west <= station.longitude <= east if west <= east else not east < station.longitude < west
    return across and south <= station.latitude <= north


def parse_bbox(text: str, *, where: str = "bbox") -> BBox:
    """``113.8,22.1,114.5,22.6`` as west, south, east, north; BadInput saying what is wrong with it."""
    mend = "write west,south,east,north in degrees, for instance 113.8,22.1,114.5,22.6"
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        raise BadInput(f"'{text[:80]}' is not a box: its parts are not all numbers", where=where, mend=mend) from None
    if len(parts) != 4:
        raise BadInput(f"a box has four numbers, {len(parts)} given", where=where, mend=mend)
    west, south, east, north = parts
    if not (-180 <= west <= 180 and -180 <= east <= 180):
        raise BadInput("a longitude lies between -180 and 180", where=where, mend=mend)
    if not (-90 <= south <= north <= 90):
        raise BadInput("latitudes lie between -90 and 90, south first", where=where, mend=mend)
    return west, south, east, north


def zone_of(zone: str, *, where: str = "zone") -> Zone:
    """The zone called ``zone``; UnknownName with the closest ids where no pack has it."""
    known = packs.zones()
    if zone not in known:
        raise unknown("zone", zone, known, where=where, listing="/api/zones")
    return known[zone]


def read(home: Home) -> Catalogue:
    """The picture of what ``home`` holds now. The version is read first: a later batch makes a new picture."""
    version = home.data_version
    table = home.reader().datastreams()
    names = ("station", "property", "depth", "averaging", "count", "first", "last")
    columns = (table.column(name).to_pylist() for name in names)
    by_station: dict[str, list[Series]] = {}
    for values in zip(*columns, strict=True):
        by_station.setdefault(values[0], []).append(Series(*values))
    entries: dict[str, Entry] = {}
    for station in sorted(home.stations(), key=lambda one: one.id):
        series = tuple(sorted(by_station.get(station.id, ()), key=lambda one: (one.property, one.depth, one.averaging)))
        entries[station.id] = Entry(
            station,
            series,
            sum(one.count for one in series),
            min((one.first for one in series), default=None),
            max((one.last for one in series), default=None),
        )
    return Catalogue(version, entries, home.revised)
