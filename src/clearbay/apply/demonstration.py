"""The generated demonstration basin in a home: its rivers, what stands on them, and its sections as stations."""

from __future__ import annotations

from clearbay.mine.network import Site, to_tables
from clearbay.mine.network.basin import NAME, SEED, GeneratedBasin, generate
from clearbay.mine.network.settlement import OUTLETS, PROGRAMME, settle
from clearbay.model.station import Station
from clearbay.store import Home
from clearbay.store.network import NetworkRecord, Networks, SiteRecord

ID = "demonstration"
_RELEASE = 1
"""Raised when the generator makes another basin from the same numbers, so that homes take the new one."""
_JURISDICTION = "450000"


def demonstration(*, outlets: int = OUTLETS, catchments: int | None = None) -> tuple[GeneratedBasin, tuple[Site, ...]]:
    """The basin and its sites, made anew: the same each time."""
    basin = generate() if catchments is None else generate(catchments=catchments)
    return basin, settle(basin, outlets=outlets)


def keep_demonstration(home: Home, *, outlets: int = OUTLETS, catchments: int | None = None) -> NetworkRecord:
    """Put the generated basin into a home, unless it is there already. About a second."""
    source = f"generated, seed {SEED}, {outlets} outlets, release {_RELEASE}"
    if catchments is not None:
        source += f", {catchments} catchments"
    networks = Networks(home)
    for record in networks.every():
        if record.id == ID and record.source == source:
            return record
    basin, sites = demonstration(outlets=outlets, catchments=catchments)
    tables = to_tables(basin.network, basin.xy, basin.start)
    tables["catchments"] = basin.catchments
    home.register_stations(stations_of(basin, sites))
    return networks.keep(
        ID,
        tables,
        title=NAME,
        layout="generated",
        source=source,
        generated=True,
        warnings=("generated data: no such river exists", *basin.network.warnings),
        sites=[_record(basin, site) for site in sites],
    )


def stations_of(basin: GeneratedBasin, sites: tuple[Site, ...]) -> list[Station]:
    """The sections as stations that can measure."""
    found = []
    for site in sites:
        if site.kind != "section":
            continue
        river = int(basin.river_of[site.place.reach])
        found.append(
            Station(
                id=site.station or site.id,
                code=site.id.rsplit(".", 1)[-1],
                name=site.name,
                medium="river",
                jurisdiction=_JURISDICTION,
                programme=PROGRAMME,
                longitude=site.longitude,
                latitude=site.latitude,
                water=basin.rivers[river] if river >= 0 else None,
                water_type="river",
            )
        )
    return found


def _record(basin: GeneratedBasin, site: Site) -> SiteRecord:
    return SiteRecord(
        id=site.id,
        kind=site.kind,
        name=site.name,
        longitude=site.longitude,
        latitude=site.latitude,
        reach=basin.network.name(site.place.reach),
        below_km=site.place.below_km,
        off_m=site.off_m,
        station=site.station,
        details=site.details,
    )
