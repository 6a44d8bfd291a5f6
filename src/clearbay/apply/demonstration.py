"""The generated demonstration basin in a home: its rivers, what stands on them, and its sections as stations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from clearbay.mine.network import Site, to_tables
from clearbay.mine.network.basin import NAME, SEED, GeneratedBasin, generate
from clearbay.mine.network.incidents import Incident, World
from clearbay.mine.network.settlement import OUTLETS, PROGRAMME, settle
from clearbay.model.errors import BadInput
from clearbay.model.observation import READINGS, Flag
from clearbay.model.station import Station
from clearbay.store import Home
from clearbay.store.network import NetworkRecord, Networks, SiteRecord
from clearbay.store.results import ImportedFile
from clearbay.transmit.detection import DetectionStage

ID = "demonstration"
INCIDENT = 41
"""The seed of the incident that a demonstration shows: one that raises an alarm, with many outlets upstream."""
_SOURCE = "generated-incident"
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


def keep_incident(home: Home, *, ends: datetime | None = None, seed: int = INCIDENT) -> bool:
    """Put what the sections of the generated basin measure of one incident into a home, up to ``ends`` (UTC; now).

    Its events are opened as they would have been live. Once per home: False where it is there already.
    """
    digest = hashlib.sha256(f"{_SOURCE} {seed} {_RELEASE}".encode()).hexdigest()
    if home.known_file(digest, _SOURCE):
        return False
    basin, sites = demonstration()
    world = World(basin, sites)
    incident = world.incident(seed)
    if incident is None:
        raise BadInput(f"incident {seed} raises no alarm", where="seed", mend="choose another")
    moment = (ends or datetime.now(UTC).replace(tzinfo=None)).replace(minute=0, second=0, microsecond=0)
    concerned = [site.id for site in world.concerned(incident)]
    table = readings_of(incident, moment - timedelta(hours=float(np.ceil(incident.until_h))), concerned)
    stage = DetectionStage(home, most_age=None)
    stage.push(table)
    file = ImportedFile(digest, _SOURCE, f"generated incident {seed}", table.num_rows, table.num_rows, 0, 0)
    home.ingest(table, source=_SOURCE, file=file)
    with home.records.write() as connection:
        stage.within(connection, 0)
    return True


def readings_of(incident: Incident, zero: datetime, sections: Sequence[str]) -> pa.Table:
    """What sections measured, hour by hour, as readings; ``zero`` is hour 0 (UTC)."""
    hours = len(incident.time_h)
    moments = np.datetime64(zero, "us") + (incident.time_h * 3.6e9).astype("timedelta64[us]")
    streams = [(station, code, values) for station in sections for code, values in incident.series[station].items()]
    count = hours * len(streams)
    table = pa.table(
        {
            "station": np.repeat([one[0] for one in streams], hours),
            "property": np.repeat([one[1] for one in streams], hours),
            "depth": pa.array([""] * count),
            "averaging": pa.array(["hour"] * count),
            "time": np.tile(moments, len(streams)),
            "value": np.round(np.concatenate([one[2] for one in streams]), 5),
            "censoring": pa.array([""] * count),
            "flag": np.full(count, int(Flag.PASS), dtype=np.int8),
        }
    )
    table = table.sort_by([("time", "ascending"), ("station", "ascending")])
    return table.select(READINGS.names).cast(READINGS)


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
