"""The rivers of a home: networks brought in, sites put on them, and what lies up or down from a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clearbay.apply.kept import Kept
from clearbay.collect.geo import read_shapes
from clearbay.mine.network import (
    BASES,
    KINDS,
    Layout,
    Lines,
    Network,
    Permit,
    Place,
    Reached,
    Site,
    bounds_of,
    build,
    downstream,
    from_tables,
    ring_area_km2,
    survey,
    to_tables,
    upstream,
)
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.shapes import Shapes
from clearbay.model.text import LANGUAGES, Text
from clearbay.store import Home
from clearbay.store.network import NetworkRecord, Networks, SiteRecord

Direction = Literal["upstream", "downstream"]
DEFAULT = "main"
"""The id of a network imported without one."""


@dataclass(frozen=True)
class Basin:
    """A network in memory with its sites."""

    record: NetworkRecord
    network: Network
    sites: tuple[Site, ...]
    tables: Mapping[str, pa.Table]

    @cached_property
    def lines(self) -> Lines:
        """The lines, ready to be searched; costs a second for a hundred thousand reaches."""
        points, start = bounds_of(self.tables["lines"])
        return Lines(points.astype(np.float64), start)

    @cached_property
    def by_reach(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Sites by reach: their numbers in the order of their reaches, and those reaches."""
        reach = np.array([site.place.reach for site in self.sites], dtype=np.int32)
        order = np.argsort(reach, kind="stable")
        return order, reach[order]

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """West, south, east and north of each reach."""
        points, start = bounds_of(self.tables["lines"])
        low = np.minimum.reduceat(points, start[:-1], axis=0)
        high = np.maximum.reduceat(points, start[:-1], axis=0)
        return np.concatenate([low, high], axis=1).astype(np.float64)

    def of_river(self, name: str) -> NDArray[np.bool_]:
        """Which reaches belong to a river with this in its name."""
        rivers = (
            self.network.river.dictionary_encode() if self.network.river.type == pa.string() else self.network.river
        )
        hit = [name.casefold() in (word or "").casefold() for word in rivers.dictionary.to_pylist()]
        codes = rivers.indices.fill_null(0).to_numpy()
        found: NDArray[np.bool_] = np.array([*hit, False])[codes]
        return found

    def basis(self, at: int) -> str:
        """How the velocity of a reach is known."""
        return BASES[int(self.network.basis[at])]

    def place(self, name: str, direction: Direction = "upstream") -> Place:
        """The place that a site, a station or a reach of that id has; a reach is meant with all its length."""
        for site in self.sites:
            if name in (site.id, site.station):
                return site.place
        at = self.network.find(name)
        return Place(at, 0.0 if direction == "upstream" else float(self.network.length_km[at]))

    def section(self, station: str) -> Site | None:
        """The section at which a station reads, if it is on this network."""
        return next(
            (site for site in self.sites if site.kind == "section" and station in (site.station, site.id)), None
        )

    def on(self, reached: Reached, place: Place, direction: Direction) -> list[tuple[Site, float, float, float]]:
        """Sites on the reaches reached, nearest first: the site, km, hours of travel, spread of their logarithm."""
        order, reaches = self.by_reach
        low = np.searchsorted(reaches, reached.reach, side="left")
        high = np.searchsorted(reaches, reached.reach, side="right")
        found = []
        for k in np.flatnonzero(high > low).tolist():
            at = int(reached.reach[k])
            length, hours = float(self.network.length_km[at]), self.network.hours(at)
            for number in order[low[k] : high[k]].tolist():
                site = self.sites[number]
                if at == place.reach:
                    within = site.place.below_km - place.below_km
                    within = within if direction == "upstream" else -within
                    if within < 0:
                        continue
                else:
                    within = site.place.below_km if direction == "upstream" else length - site.place.below_km
                found.append(
                    (
                        site,
                        float(reached.near_km[k]) + within,
                        float(reached.near_h[k]) + within / length * hours,
                        float(reached.doubt[k]),
                    )
                )
        return sorted(found, key=lambda entry: entry[1])


@dataclass(frozen=True)
class Along:
    """An answer to "what lies upstream (downstream) of here"."""

    basin: Basin
    place: Place
    direction: Direction
    reached: Reached
    sites: list[tuple[Site, float, float, float]]

    def as_dict(self, *, reaches: bool = True) -> dict[str, Any]:
        """The shape that files and interfaces carry; without ``reaches`` only how many there are."""
        network, reached = self.basin.network, self.reached
        at = self.place.reach
        length = network.length_km[reached.reach]
        far = reached.near_km + length
        own = (
            self.place.below_km
            if self.direction == "downstream"
            else float(network.length_km[at]) - self.place.below_km
        )
        far[reached.reach == at] = own
        catchments = self.basin.tables.get("catchments")
        answer: dict[str, Any] = {
            "network": self.basin.record.id,
            "generated": self.basin.record.generated,
            "from": {"reach": network.name(at), "above_lower_end_km": self.place.below_km},
            "direction": self.direction,
            "reaches": len(reached),
            "length_km": float((far - reached.near_km).sum()),
            "rivers": len(
                {river for river in network.river.take(pa.array(reached.reach)).unique().to_pylist() if river}
            ),
        }
        if catchments is not None and self.direction == "upstream":
            inside = np.isin(catchments["reach"].to_numpy(), reached.reach)
            answer["catchments"] = {
                "count": int(inside.sum()),
                "area_km2": float(catchments["area_km2"].to_numpy()[inside].sum()),
            }
        if reaches:
            answer["items"] = [
                {
                    "reach": name,
                    "river": river,
                    "near_km": near,
                    "far_km": beyond,
                    "hours": hours,
                    "share": share,
                    "velocity_ms": velocity,
                    "velocity_basis": BASES[basis],
                }
                for name, river, near, beyond, hours, share, velocity, basis in zip(
                    network.id.take(pa.array(reached.reach)).to_pylist(),
                    network.river.take(pa.array(reached.reach)).to_pylist(),
                    reached.near_km.tolist(),
                    far.tolist(),
                    reached.near_h.tolist(),
                    reached.share.tolist(),
                    network.velocity[reached.reach].tolist(),
                    network.basis[reached.reach].tolist(),
                    strict=True,
                )
            ]
        answer["sites"] = [
            {
                "id": site.id,
                "kind": site.kind,
                "name": dict(site.name),
                "longitude": site.longitude,
                "latitude": site.latitude,
                "reach": network.name(site.place.reach),
                "km": km,
                "hours": {"median": hours, "interval": [hours * exp(-1.645 * doubt), hours * exp(1.645 * doubt)]},
            }
            for site, km, hours, doubt in self.sites
        ]
        answer["warnings"] = list(network.warnings)
        return answer


@dataclass(frozen=True)
class SnapReport:
    """What became of sites brought onto a network: those placed, and those too far from any reach (m)."""

    placed: tuple[SiteRecord, ...]
    missed: tuple[tuple[str, float], ...]
    notes: tuple[str, ...]


class Waters:
    """The networks of one home, those last used kept in memory."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._store = Networks(home)
        self._basins: Kept[tuple[str, int], Basin] = Kept(3)

    def records(self) -> tuple[NetworkRecord, ...]:
        """Every network of the home."""
        return self._store.every()

    def basin(self, name: str | None = None, *, holding: str | None = None) -> Basin:
        """A network by its id; without one the only one, or that on which ``holding`` (a station or site) is."""
        if name is not None:
            return self._open(self._store.record(name))
        records = self.records()
        if not records:
            raise UnknownName(
                "this home has no river network", where="network", mend="bring one in with `clearbay network import`"
            )
        if len(records) == 1:
            return self._open(records[0])
        if holding is not None:
            for record in records:
                basin = self._open(record)
                if any(holding in (site.id, site.station) for site in basin.sites):
                    return basin
            for record in records:
                basin = self._open(record)
                try:
                    basin.network.find(holding)
                except UnknownName:
                    continue
                return basin
        known = ", ".join(record.id for record in records)
        raise BadInput("this home has several networks", where="--network", mend=f"choose one of: {known}")

    def _open(self, record: NetworkRecord) -> Basin:
        return self._basins.get((record.id, record.version), lambda: self._read(record))

    def _read(self, record: NetworkRecord) -> Basin:
        tables = self._store.tables(record)
        network = from_tables(tables)
        kept = self._store.sites(record.id)
        rows = {name: at for at, name in enumerate(network.id.to_pylist())} if len(kept) > 40 else None
        sites = []
        for one in kept:
            try:
                at = rows[one.reach] if rows is not None else network.find(one.reach)
            except (KeyError, UnknownName):
                continue  # the network was replaced by one without that reach
            sites.append(site_of(one, at))
        return Basin(record, network, tuple(sites), tables)

    def along(self, basin: Basin, name: str, direction: Direction, km: float | None = None) -> Along:
        """What lies up- or downstream of a reach, site or station, as far as ``km``."""
        place = basin.place(name, direction)
        query = upstream if direction == "upstream" else downstream
        reached = query(basin.network, place, km if km is not None else np.inf)
        sites = basin.on(reached, place, direction)
        return Along(basin, place, direction, reached, [entry for entry in sites if km is None or entry[1] <= km])

    def import_file(
        self,
        path: Path,
        *,
        name: str = DEFAULT,
        title: str | None = None,
        layout: Layout | None = None,
        layer: str | None = None,
        join_m: float = 0.0,
        catchments: Path | None = None,
    ) -> tuple[NetworkRecord, Network]:
        """Read a network from a map file and keep it, in place of one of the same name."""
        shapes = read_shapes(path, layer=layer)
        found = survey(shapes, layout, join_m=join_m)
        try:
            network = build(found.reaches)
        except BadInput as error:
            raise BadInput(error.what, where=path.name, mend=error.mend) from error
        tables = to_tables(network, found.xy, found.start)
        warnings = list(network.warnings)
        if catchments is not None:
            tables["catchments"], notes = _catchments(read_shapes(catchments), network)
            warnings += notes
        words = dict.fromkeys(LANGUAGES, title or path.stem)
        record = self._store.keep(
            name,
            tables,
            title=words,
            layout=found.layout,
            source=path.name,
            generated=False,
            warnings=warnings,
        )
        return record, network

    def snap_file(
        self, path: Path, *, kind: str, network: str | None = None, layer: str | None = None, within_m: float = 2000.0
    ) -> SnapReport:
        """Put the points of a map file or table on the network as sites of ``kind``."""
        shapes = read_shapes(path, layer=layer)
        if shapes.geometry != "point":
            raise BadInput(f"it holds {shapes.geometry}s, no points", where=path.name, mend="give one point a site")
        drafts = [_draft(shapes, at, kind) for at in range(shapes.features)]
        first = shapes.start[np.searchsorted(shapes.feature, np.arange(shapes.features))]
        return self._snap(self.basin(network), drafts, shapes.xy[first], within_m, shapes.notes)

    def snap_stations(self, *, network: str | None = None, within_m: float = 2000.0) -> SnapReport:
        """Put every river station of the home that has a position on the network, as a section."""
        stations = [
            one
            for one in self._home.stations()
            if one.medium == "river" and one.longitude is not None and one.latitude is not None
        ]
        drafts = [
            SiteRecord(one.id, "section", one.name, one.longitude or 0.0, one.latitude or 0.0, "", 0, 0, one.id, {})
            for one in stations
        ]
        points = np.array([(one.longitude, one.latitude) for one in drafts], dtype=float).reshape(-1, 2)
        return self._snap(self.basin(network), drafts, points, within_m, ())

    def _snap(
        self,
        basin: Basin,
        drafts: Sequence[SiteRecord],
        points: NDArray[np.float64],
        within_m: float,
        notes: tuple[str, ...],
    ) -> SnapReport:
        snapped = basin.lines.snap(points, within_m=within_m)
        placed, missed = [], []
        for draft, at, part, off in zip(drafts, snapped.reach, snapped.part, snapped.off_m, strict=True):
            if at < 0:
                missed.append((draft.id, float(off)))
                continue
            below = float(basin.network.length_km[at]) * (1.0 - float(part))
            placed.append(
                SiteRecord(
                    draft.id,
                    draft.kind,
                    draft.name,
                    draft.longitude,
                    draft.latitude,
                    basin.network.name(at),
                    below,
                    float(off),
                    draft.station,
                    draft.details,
                )
            )
        if placed:
            self._store.put_sites(basin.record.id, placed)
        return SnapReport(tuple(placed), tuple(missed), notes)


def site_of(record: SiteRecord, reach: int) -> Site:
    """A kept site on its reach."""
    details = record.details
    permit = details.get("permit") or {}
    return Site(
        id=record.id,
        kind=record.kind,  # type: ignore[arg-type]
        name=record.name,
        longitude=record.longitude,
        latitude=record.latitude,
        place=Place(reach, record.below_km),
        off_m=record.off_m,
        station=record.station,
        details=details,
        fingerprint=details.get("fingerprint") or {},
        permit=Permit(float(permit.get("flow_m3_day", "nan")), permit.get("limits") or {}),
        findings=int(details.get("findings", 0)),
    )


_TEXTS = {"industry", "owner", "address", "river"}


def _draft(shapes: Shapes, at: int, kind: str) -> SiteRecord:
    """A site from a row: ``usual_CODE`` is its fingerprint, ``limit_CODE`` and ``permit_m3_day`` its permit."""
    if kind not in KINDS:
        raise BadInput(f"{kind!r} is no kind of site", where="--kind", mend=f"one of: {', '.join(KINDS)}")
    row = {key: values[at] for key, values in shapes.columns.items()}
    low = {str(key).strip().lower(): (str(key).strip(), value) for key, value in row.items()}
    name = _said(low, "id", "code", "编码") or _said(low, "name", "名称") or f"{shapes.name}:{at + 1}"
    title = _said(low, "name", "名称", "title") or name
    details: dict[str, Any] = {key: _said(low, key) for key in _TEXTS if _said(low, key)}
    numbers: dict[str, dict[str, float]] = {"usual_": {}, "limit_": {}}
    for key, (spelling, value) in low.items():
        for prefix, found in numbers.items():
            if key.startswith(prefix) and str(value if value is not None else "").strip():
                found[spelling[len(prefix) :]] = _number(value, shapes.name, spelling, at)
    if numbers["usual_"]:
        details["fingerprint"] = numbers["usual_"]
    flow = _said(low, "permit_m3_day")
    if numbers["limit_"] or flow:
        details["permit"] = {"limits": numbers["limit_"]}
        if flow:
            details["permit"]["flow_m3_day"] = _number(flow, shapes.name, "permit_m3_day", at)
    findings = _said(low, "findings")
    if findings:
        details["findings"] = int(_number(findings, shapes.name, "findings", at))
    point = shapes.xy[shapes.start[np.searchsorted(shapes.feature, at)]]
    station = _said(low, "station") or None
    title_ = {language: _said(low, f"name:{language}", f"name_{language}") or title for language in LANGUAGES}
    words: Text = {language: title_[language] for language in LANGUAGES}
    return SiteRecord(name, kind, words, float(point[0]), float(point[1]), "", 0.0, 0.0, station, details)


def _said(row: Mapping[str, tuple[str, Any]], *names: str) -> str:
    for name in names:
        value = row.get(name.lower(), ("", None))[1]
        if value is not None and str(value).strip():
            return str(value).strip()
    return ""


def _number(value: Any, file: str, column: str, row: int) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise BadInput(
            f"{value!r} is no number", where=f"{file}, {column}, row {row + 1}", mend="give a number"
        ) from None


def _catchments(shapes: Shapes, network: Network) -> tuple[pa.Table, list[str]]:
    """Areas by the reach that each drains to."""
    if shapes.geometry != "area":
        raise BadInput(f"it holds {shapes.geometry}s, no areas", where=shapes.name, mend="catchments are areas")
    owner = shapes.column("reach", "reach_id", "HYRIV_ID", "COMID")
    if owner is None:
        raise BadInput("no column names the reach", where=shapes.name, mend="add a column reach with reach ids")
    rows = {name: at for at, name in enumerate(network.id.to_pylist())}
    areas = ring_area_km2(shapes.xy, shapes.start)
    total = np.bincount(shapes.feature, weights=areas, minlength=shapes.features)
    # The largest ring stands for a catchment of several.
    best = np.lexsort((-areas, shapes.feature))
    best = best[np.searchsorted(shapes.feature[best], np.arange(shapes.features))]
    reach = np.array([rows.get(str(name), -1) for name in owner], dtype=np.int32)
    lost = int((reach < 0).sum())
    keep = np.flatnonzero(reach >= 0)
    ids = shapes.column("id", "code", "HYBAS_ID") or list(owner)
    starts, ends = shapes.start[best[keep]], shapes.start[best[keep] + 1]
    points = (
        np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)]) if len(keep) else np.zeros(0, int)
    )
    flat = pa.array(np.ascontiguousarray(shapes.xy[points], dtype=np.float32).ravel())
    bounds = 2 * np.concatenate([[0], np.cumsum(ends - starts)])
    table = pa.table(
        {
            "id": pa.array([str(ids[at]) for at in keep.tolist()], pa.string()),
            "reach": reach[keep],
            "area_km2": total[keep],
            "ring": pa.LargeListArray.from_arrays(pa.array(bounds), flat),
        }
    )
    return table, [f"{lost} catchments name a reach that is not in the network"] if lost else []
