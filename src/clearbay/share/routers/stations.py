"""``/api/stations``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pyarrow as pa
from fastapi import Path, Query, Response

from clearbay import packs
from clearbay.apply.applicability import fits
from clearbay.apply.catalogue import Entry, Series, parse_bbox, zone_of
from clearbay.model.text import LANGUAGES
from clearbay.share import encode, exports, paging, parameters, present, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("stations")

FORMATS: dict[str, dict[str, str]] = {exports.GEOJSON: {}, exports.CSV: {}}


@router.get(
    "/stations",
    operation_id="stations",
    summary="Stations",
    responses={
        200: {"model": schemas.Page[schemas.StationShape], "content": FORMATS},
        **documented(404, 422, 503),
    },
)
def stations(
    desk: Services,
    medium: parameters.Medium = None,
    zone: parameters.Zone = None,
    water: parameters.Water = None,
    bbox: parameters.Bbox = None,
    located: Annotated[
        bool | None, Query(description="Only stations with (true) or without (false) a known position.")
    ] = None,
    q: Annotated[
        str | None,
        Query(description="Only stations that a search for this finds, in any of the four languages.", max_length=200),
    ] = None,
    limit: Annotated[int, Query(description="Stations a page, for JSON.", ge=1, le=20_000)] = 5_000,
    cursor: parameters.Cursor = None,
    format_: Annotated[
        Literal["json", "geojson", "csv"],
        Query(alias="format", description="`geojson` has the located stations only, `csv` all of them."),
    ] = "json",
) -> Response:
    """Stations that meet every condition given, in order of id.

    A zone includes its subzones. A box leaves out stations without a position: they are listed with `located=false`.
    """
    now = desk.catalogue()
    entries = now.select(
        medium=medium,
        zone=zone_of(zone).id if zone else None,
        water=now.water_of(water) if water else None,
        bbox=parse_bbox(bbox) if bbox else None,
        located=located,
        ids=[hit.id for hit in desk.index().search(q, limit=100_000) if hit.kind == "station"] if q else None,
    )
    if format_ != "json":
        return _download(entries, format_)
    belongs_to = paging.mark(("stations", medium, zone, water, bbox, located, q))
    at = paging.read(cursor, belongs_to, (str,))
    rest = entries if at is None else [entry for entry in entries if entry.station.id > str(at.key[0])]
    shown = rest[:limit]
    total = len(entries)
    following = None
    if len(rest) > limit:
        following = paging.write(paging.Cursor(total, (shown[-1].station.id,)), belongs_to)
    return encode.page([present.station(entry) for entry in shown], total, following)


@router.get(
    "/stations/{id}",
    operation_id="station",
    summary="One station",
    responses={200: {"model": schemas.StationDetail}, **documented(404, 422, 503)},
)
def station(
    desk: Services,
    name: Annotated[str, Path(alias="id", description="Id of the station.", examples=["hk.epd.marine.DM1"])],
) -> Response:
    """Its series with their newest values, its source, and the rule sets that can judge it, with what is missing."""
    entry = desk.catalogue().entry(name, where="id")
    properties = packs.properties()
    newest = {
        (row["property"], row["depth"], row["averaging"]): {
            key: row[key] for key in ("time", "value", "censoring", "flag")
        }
        for row in encode.records(desk.home.reader().latest(stations=[name]))
    }
    answer: dict[str, Any] = present.station(entry) | {
        "datastreams": [
            {
                "property": one.property,
                "depth": one.depth,
                "averaging": one.averaging,
                "unit": properties[one.property].unit if one.property in properties else "",
                "count": one.count,
                "first": encode.time(one.first),
                "last": encode.time(one.last),
                "latest": newest.get((one.property, one.depth, one.averaging)),
            }
            for one in sorted(entry.series, key=_foremost)
        ],
        "rule_sets": [
            {"id": fit.standard.id, "applicable": fit.applicable, "missing": fit.missing, "why": fit.why}
            for fit in fits(entry)
        ],
        "source": present.data_source(entry.station.programme),
    }
    return encode.answer(answer)


def _foremost(one: Series) -> tuple[str, str, int]:
    """By property and depth, what is judged first: whoever shows one series of each shows that."""
    return one.property, one.depth, ("", "hour", "day", "minute", "instant").index(one.averaging)


def _download(entries: tuple[Entry, ...], format_: str) -> Response:
    credit = present.credit(entries)
    if format_ == "geojson":
        about = {"name": "clearbay stations", "attribution": credit.line, "licence": "; ".join(credit.licences)}
        parts = exports.as_geojson(_features(entries), about)
        return exports.download(parts, exports.GEOJSON, exports.file_name("stations", suffix="geojson"), credit)
    rows = [_flat(entry) for entry in entries]
    table = pa.Table.from_pylist(rows, schema=_SCHEMA)
    return exports.download(exports.as_csv([table]), exports.CSV, exports.file_name("stations", suffix="csv"), credit)


def _features(entries: tuple[Entry, ...]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if entry.located:
            properties = present.station(entry)
            position = [properties.pop("longitude"), properties.pop("latitude")]
            geometry = {"type": "Point", "coordinates": position}
            yield {"type": "Feature", "id": properties["id"], "geometry": geometry, "properties": properties}


_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "code", *(f"name_{language}" for language in LANGUAGES))),
        *((name, pa.string()) for name in ("medium", "programme", "jurisdiction", "zone", "water_type")),
        *((name, pa.float64()) for name in ("longitude", "latitude")),
        ("first", pa.timestamp("us")),
        ("last", pa.timestamp("us")),
        ("observations", pa.int64()),
    ]
)


def _flat(entry: Entry) -> dict[str, Any]:
    one = entry.station
    shown = {name: getattr(one, name) for name in _SCHEMA.names if hasattr(one, name)}
    names = {f"name_{language}": one.name[language] for language in LANGUAGES}
    return shown | names | {"first": entry.first, "last": entry.last, "observations": entry.observations}
