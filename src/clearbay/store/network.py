"""River networks of a home: arrays in Arrow files that are mapped into memory, sites in the records."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from sqlalchemy import JSON, cast, delete, func, insert, select
from sqlalchemy import Text as TextColumn

from clearbay.model.errors import BadInput, StoreError, UnknownName
from clearbay.model.text import Text
from clearbay.store.clock import micros, now
from clearbay.store.home import Home
from clearbay.store.records import bump
from clearbay.store.steps import step
from clearbay.store.tables_network import network, network_site
from clearbay.store.trouble import told

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class NetworkRecord:
    """What the records say of a network; its arrays are in ``folder``."""

    id: str
    name: Text
    layout: str
    source: str
    generated: bool
    reaches: int
    catchments: int
    warnings: tuple[str, ...]
    imported_at: int
    generation: int
    version: int
    sites: Mapping[str, int]


@dataclass(frozen=True)
class SiteRecord:
    """A site as it is kept."""

    id: str
    kind: str
    name: Text
    longitude: float
    latitude: float
    reach: str
    below_km: float
    off_m: float
    station: str | None
    details: Mapping[str, Any]


class Networks:
    """The networks of one home. Any number of processes may read while one writes."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.path / "network"

    def every(self) -> tuple[NetworkRecord, ...]:
        """All networks by id."""
        with told("list the networks"), self._home.records.read() as connection:
            rows = connection.execute(select(network).order_by(network.c.id)).all()
            counted = connection.execute(
                select(network_site.c.network, network_site.c.kind, func.count()).group_by(
                    network_site.c.network, network_site.c.kind
                )
            ).all()
        sites: dict[str, dict[str, int]] = {}
        for one, kind, count in counted:
            sites.setdefault(one, {})[kind] = int(count)
        return tuple(
            NetworkRecord(
                **{**row._mapping, "warnings": tuple(row.warnings), "generated": bool(row.generated)},
                sites=sites.get(row.id, {}),
            )
            for row in rows
        )

    def record(self, name: str) -> NetworkRecord:
        """One network's record; UnknownName where there is none."""
        every = self.every()
        for one in every:
            if one.id == name:
                return one
        known = ", ".join(one.id for one in every) or "none"
        raise UnknownName(f"no network {name!r} in this home", where="network", mend=f"there are: {known}")

    def tables(self, record: NetworkRecord) -> dict[str, pa.Table]:
        """The arrays of a network, mapped and not copied: nothing is read before it is used."""
        folder = self._folder / record.id / str(record.generation)
        found = {}
        with told(f"open the network {record.id}"):
            for path in sorted(folder.glob("*.arrow")):
                with pa.memory_map(str(path)) as source:
                    found[path.stem] = pa.ipc.open_file(source).read_all()
        if not found:
            raise StoreError(f"the files of network {record.id} are missing in {folder}: import it again")
        return found

    def sites(self, name: str) -> tuple[SiteRecord, ...]:
        """Every site of a network, by id."""
        # JSON is read as text and decoded here: the drivers' own decoding takes most of a second for 10,000 sites.
        columns = [
            cast(column, TextColumn) if isinstance(column.type, JSON) else column
            for column in network_site.c
            if column.name != "network"
        ]
        with told("read the sites"), self._home.records.read() as connection:
            rows = connection.execute(
                select(*columns).where(network_site.c.network == name).order_by(network_site.c.id)
            ).all()
        return tuple(
            SiteRecord(
                one,
                kind,
                orjson.loads(words),
                longitude,
                latitude,
                reach,
                below_km,
                off_m,
                station,
                orjson.loads(details),
            )
            for one, kind, words, longitude, latitude, reach, below_km, off_m, station, details in rows
        )

    def keep(
        self,
        name: str,
        tables: Mapping[str, pa.Table],
        *,
        title: Text,
        layout: str,
        source: str,
        generated: bool,
        warnings: Iterable[str],
        sites: Iterable[SiteRecord] | None = None,
    ) -> NetworkRecord:
        """Keep a network, in place of one of the same name. ``sites`` None leaves those there are.

        The files are written and forced to disk beside the old ones; the record turns to them in one transaction.
        """
        if not _NAME.fullmatch(name):
            raise BadInput(
                f"{name!r} cannot name a network", where="--id", mend="use small letters, digits, dots and hyphens"
            )
        with told(f"keep the network {name}"):
            with self._home.records.write() as connection:
                generation = bump(connection, "generation")
            folder = self._folder / name / str(generation)
            draft = folder.with_name(f"{generation}.part")
            draft.mkdir(parents=True)
            try:
                for key, table in tables.items():
                    _write(draft / f"{key}.arrow", table)
                os.rename(draft, folder)
                step("network files written")
                with self._home.records.write() as connection:
                    version = bump(connection, "data_version")
                    row = {
                        "id": name,
                        "name": dict(title),
                        "layout": layout,
                        "source": source,
                        "generated": generated,
                        "reaches": tables["reaches"].num_rows,
                        "catchments": tables["catchments"].num_rows if "catchments" in tables else 0,
                        "warnings": list(warnings),
                        "imported_at": micros(now()),
                        "generation": generation,
                        "version": version,
                    }
                    old = connection.execute(select(network.c.id).where(network.c.id == name)).scalar()
                    if old is None:
                        connection.execute(insert(network), [row])
                    else:
                        connection.execute(network.update().where(network.c.id == name).values(row))
                    if sites is not None:
                        connection.execute(delete(network_site).where(network_site.c.network == name))
                        _insert(connection, name, sites)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                shutil.rmtree(folder, ignore_errors=True)
                raise
        self._sweep(name, generation)
        return self.record(name)

    def put_sites(self, name: str, sites: Iterable[SiteRecord]) -> None:
        """Add sites to a network, each in place of one of the same id."""
        given = list(sites)
        self.record(name)
        with told("keep the sites"), self._home.records.write() as connection:
            for at in range(0, len(given), 500):
                ids = [one.id for one in given[at : at + 500]]
                connection.execute(
                    delete(network_site).where(network_site.c.network == name, network_site.c.id.in_(ids))
                )
            _insert(connection, name, given)
            version = bump(connection, "data_version")
            connection.execute(network.update().where(network.c.id == name).values(version=version))

    def _sweep(self, name: str, generation: int) -> None:
        """Remove older folders; a reader that has one mapped keeps what it has."""
        with suppress(OSError):
            for folder in (self._folder / name).iterdir():
                number = folder.name.removesuffix(".part")
                if number.isdigit() and int(number) < generation:
                    shutil.rmtree(folder, ignore_errors=True)


def _insert(connection: Any, name: str, sites: Iterable[SiteRecord]) -> None:
    rows = [
        {
            "network": name,
            "id": one.id,
            "kind": one.kind,
            "name": dict(one.name),
            "longitude": one.longitude,
            "latitude": one.latitude,
            "reach": one.reach,
            "below_km": one.below_km,
            "off_m": one.off_m,
            "station": one.station,
            "details": dict(one.details),
        }
        for one in sites
    ]
    if rows:
        connection.execute(insert(network_site), rows)


def _write(path: Path, table: pa.Table) -> None:
    """An Arrow file in one batch, without compression, so that columns can be mapped."""
    with path.open("wb") as stream:
        with pa.ipc.new_file(stream, table.schema) as writer:
            batch = table.combine_chunks()
            writer.write_table(batch, max_chunksize=max(batch.num_rows, 1))
        stream.flush()
        os.fsync(stream.fileno())
