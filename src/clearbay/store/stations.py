"""The register of stations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, select

from clearbay.model.station import Station
from clearbay.store.records import bump
from clearbay.store.tables import station as table


def _row(station: Station) -> dict[str, Any]:
    return {
        "id": station.id,
        "code": station.code,
        "name": dict(station.name),
        "medium": station.medium,
        "jurisdiction": station.jurisdiction,
        "programme": station.programme,
        "longitude": station.longitude,
        "latitude": station.latitude,
        "zone": station.zone,
        "water": None if station.water is None else dict(station.water),
        "water_type": station.water_type,
        "utc_offset": station.utc_offset,
    }


def every(connection: Connection) -> tuple[Station, ...]:
    """All registered stations by id."""
    return tuple(Station(**row._mapping) for row in connection.execute(select(table).order_by(table.c.id)))


def register(connection: Connection, stations: Iterable[Station], *, replace: bool) -> int:
    """Add stations and, with ``replace``, correct those that differ; returns how many changed.

    A change gets a data version of its own, because answers built on the register change with it.
    """
    known = {station.id: _row(station) for station in every(connection)}
    given = {station.id: _row(station) for station in stations}
    added = [row for key, row in given.items() if key not in known]
    changed = [row for key, row in given.items() if replace and key in known and known[key] != row]
    if added:
        connection.execute(insert(table), added)
    for row in changed:
        connection.execute(table.update().where(table.c.id == row["id"]).values(row))
    if added or changed:
        bump(connection, "data_version")
    return len(added) + len(changed)


def registered(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the given ids that are registered."""
    wanted = sorted(set(ids))
    found: set[str] = set()
    for at in range(0, len(wanted), 500):  # a statement takes only so many parameters
        found.update(connection.execute(select(table.c.id).where(table.c.id.in_(wanted[at : at + 500]))).scalars())
    return found
