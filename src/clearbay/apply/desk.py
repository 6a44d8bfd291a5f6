"""The application services over one open home: what the API, the command line and the map ask."""

from __future__ import annotations

from collections.abc import Iterator

from clearbay import packs
from clearbay.apply import catalogue, search
from clearbay.apply.assessments import Assessments
from clearbay.apply.catalogue import Catalogue
from clearbay.apply.kept import Kept
from clearbay.apply.network import Waters
from clearbay.apply.observations import Observations
from clearbay.apply.places import places
from clearbay.apply.timeline import Timeline, density
from clearbay.apply.tracing import Tracer
from clearbay.collect import spellings_of
from clearbay.model.text import Text
from clearbay.store import Home


class Desk:
    """Services that share one home, one catalogue and one memory. Safe to use from many threads."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.waters = Waters(home)
        self.tracer = Tracer(home, self.waters)
        self.assessments = Assessments(home, self.catalogue)
        self._catalogues: Kept[int, Catalogue] = Kept(2)
        self._indexes: Kept[str, search.Index] = Kept(2)
        self._timelines: Kept[tuple[int, str | None, str], Timeline] = Kept(32)

    def catalogue(self) -> Catalogue:
        """What the home holds now."""
        return self._catalogues.get(self.home.data_version, lambda: catalogue.read(self.home))

    def observations(self) -> Observations:
        """The observations that the home holds now."""
        return Observations(self.home.reader(), self.catalogue())

    def index(self) -> search.Index:
        """Names of everything here, ready to be searched."""
        now = self.catalogue()
        return self._indexes.get(now.names, lambda: search.Index(_names(now)))

    def timeline(self, medium: str | None, granularity: str) -> Timeline:
        """The density of observations in time."""
        now = self.catalogue()
        return self._timelines.get(
            (now.version, medium, granularity), lambda: density(self.home, now, medium, granularity)
        )


def _names(now: Catalogue) -> Iterator[tuple[search.Hit, tuple[str, ...]]]:
    zones = packs.zones()
    jurisdictions = packs.jurisdictions()
    for entry in now.entries.values():
        one = entry.station
        context: Text | None = one.water or (zones[one.zone].name if one.zone in zones else None)
        if context is None and one.jurisdiction in jurisdictions:
            context = jurisdictions[one.jurisdiction].name
        yield search.Hit("station", one.id, one.name, context, one.longitude, one.latitude), (one.code,)
    for zone in zones.values():
        located = [entry for entry in now.select(zone=zone.id) if entry.located]
        parent = zones[zone.parent].name if zone.parent in zones else None
        if parent is None and zone.jurisdiction in jurisdictions:
            parent = jurisdictions[zone.jurisdiction].name
        longitude = _middle([entry.station.longitude for entry in located])
        latitude = _middle([entry.station.latitude for entry in located])
        yield search.Hit("zone", zone.id, zone.name, parent, longitude, latitude), ()
    for place in places():
        yield search.Hit("place", place.id, place.name, place.kind, place.longitude, place.latitude), ()
    for standard in packs.standards().values():
        yield search.Hit("standard", standard.id, standard.name, None), (standard.code,)
    for one_property in packs.properties().values():
        written = (one_property.unit_label, *spellings_of(one_property.code))
        yield search.Hit("property", one_property.code, one_property.name, None), written


def _middle(degrees: list[float | None]) -> float | None:
    known = [one for one in degrees if one is not None]
    return (min(known) + max(known)) / 2 if known else None
