"""``/api/assessments``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Query, Response

from clearbay.apply import judging, periods, rules
from clearbay.apply.catalogue import Catalogue, parse_bbox, zone_of
from clearbay.apply.desk import Desk
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard
from clearbay.share import encode, exports, paging, parameters, present, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("assessments")


@router.get(
    "/assessments",
    operation_id="assessments",
    summary="Verdicts",
    responses={
        200: {
            "model": schemas.AssessmentPage | schemas.AssessmentMatrix,
            "content": {exports.CSV: {}, exports.PARQUET: {}, exports.GEOJSON: {}},
        },
        **documented(404, 422, 503),
    },
)
def assessments(
    desk: Services,
    standard: parameters.Standard,
    granularity: parameters.Granularity = None,
    period: parameters.PeriodLabel = None,
    from_: Annotated[
        str | None,
        Query(alias="from", description="First period, or any period or date in it.", examples=["2010"], max_length=20),
    ] = None,
    to: Annotated[
        str | None,
        Query(description="Last period, or any period or date in it.", examples=["2019"], max_length=20),
    ] = None,
    depth: parameters.AssessedDepth = None,
    property_: parameters.OneProperty = None,
    bbox: parameters.Bbox = None,
    station: parameters.Stations = None,
    zone: parameters.Zone = None,
    water: parameters.Water = None,
    limit: Annotated[int, Query(description="Rows a page, for JSON rows.", ge=1, le=50_000)] = 5_000,
    cursor: parameters.Cursor = None,
    shape: Annotated[
        Literal["rows", "matrix"],
        Query(description="`matrix`: every station and period at once, as indices, for a map with a time slider."),
    ] = "rows",
    format_: Annotated[
        Literal["json", "csv", "parquet", "geojson"],
        Query(alias="format", description="Anything but `json` is a download of all rows; `geojson` needs a position."),
    ] = "json",
) -> Response:
    """The verdict of a rule set on each station in each period, in order of station and period.

    A station or period without a verdict has no row: what cannot be judged is left out, never guessed. The verdicts of
    an index by day, month or year are its highest hourly value; by hour they are given for one station and a span.
    """
    rule_set = rules.standard_of(standard)
    now = desk.catalogue()
    grain = _granularity(rule_set, granularity, period)
    at_depth = rules.check_depth(rule_set, depth)
    code = rules.check_property(rule_set, property_)
    first, last = _span(period, from_, to, grain)
    chosen = _stations(now, bbox, station, zone, water)
    if shape == "matrix":
        if format_ != "json" or grain == "hour":
            raise BadInput("a matrix is JSON by year, season, month or day", where="shape", mend="use shape=rows")
        return _matrix(desk, rule_set, grain, at_depth, code, chosen, first, last)
    table = desk.assessments.select(rule_set, grain, at_depth, code, stations=chosen, first=first, last=last)
    if format_ != "json":
        return _download(desk.catalogue(), rule_set, table, grain, at_depth, format_, period)
    belongs_to = paging.mark(("assessments", standard, grain, at_depth, code, first, last, bbox, station, zone, water))
    at = paging.read(cursor, belongs_to, (str, str))
    rest = table if at is None else table.slice(_place(table, str(at.key[0]), str(at.key[1])))
    shown = rest.slice(0, limit)
    following = None
    if rest.num_rows > limit:
        end = shown.slice(limit - 1, 1).to_pylist()[0]
        following = paging.write(paging.Cursor(table.num_rows, (end["station"], end["period"])), belongs_to)
    return encode.page(
        encode.records(_spelled(shown, rule_set)),
        table.num_rows,
        following,
        standard=rule_set.id,
        granularity=grain,
        depth=at_depth,
        property=code,
        statistic=judging.statistic(rule_set, grain, at_depth),
    )


def _granularity(standard: Standard, granularity: str | None, period: str | None) -> periods.Granularity:
    said = periods.granularity_of(period) if period else None
    if granularity and said and granularity != said:
        raise BadInput(f"'{period}' is a {said}, not a {granularity}", where="period", mend="leave one of the two out")
    return rules.check_granularity(standard, granularity or said, where="granularity" if granularity else "period")


def _span(
    period: str | None, from_: str | None, to: str | None, granularity: periods.Granularity
) -> tuple[str | None, str | None]:
    """First and last period label, both included."""
    if period:
        if from_ or to:
            raise BadInput("period and from/to exclude each other", where="period", mend="give one or the other")
        return period, period
    first = periods.first_label(from_, granularity, where="from") if from_ else None
    last = periods.last_label(to, granularity, where="to") if to else None
    if first and last and first > last:
        raise BadInput("the first period lies after the last", where="from", mend="exchange from and to")
    return first, last


def _stations(
    now: Catalogue, bbox: str | None, station: str | None, zone: str | None, water: str | None
) -> frozenset[str] | None:
    """Ids of the stations meant; None for all."""
    asked = parameters.names(station)
    if not (bbox or asked or zone or water):
        return None
    for one in asked or ():
        now.entry(one)
    box = parse_bbox(bbox) if bbox else None
    found = now.select(
        ids=asked,
        zone=zone_of(zone).id if zone else None,
        water=now.water_of(water) if water else None,
        bbox=box,
    )
    return frozenset(entry.station.id for entry in found)


def _matrix(
    desk: Desk,
    standard: Standard,
    granularity: str,
    depth: str,
    code: str | None,
    stations: frozenset[str] | None,
    first: str | None,
    last: str | None,
) -> Response:
    matrix = desk.assessments.matrix(standard, granularity, depth, code)
    if stations is not None or first or last:
        matrix = matrix.only(stations, first, last)
    return encode.answer(
        {
            "standard": standard.id,
            "granularity": granularity,
            "depth": depth,
            "property": code,
            "statistic": matrix.statistic,
            "periods": matrix.periods,
            "stations": matrix.stations,
            "grades": matrix.grades,
            "properties": matrix.properties,
            "grade": matrix.grade,
            "worst": matrix.worst,
            "samples": matrix.samples,
        }
    )


def _place(table: pa.Table, station: str, period: str) -> int:
    """How many rows lie at or before the key; the table is in order of station and period."""
    before = pc.less(table.column("station"), station)
    here = pc.and_(pc.equal(table.column("station"), station), pc.less_equal(table.column("period"), period))
    return int(pc.sum(pc.or_(before, here)).as_py() or 0)


def _spelled(table: pa.Table, standard: Standard) -> pa.Table:
    """``table`` with grades by their ids."""
    ids = pa.array([grade.id for grade in standard.grades], pa.string())
    return table.set_column(2, "grade", ids.take(table.column("grade")))


def _download(
    now: Catalogue,
    standard: Standard,
    table: pa.Table,
    granularity: str,
    depth: str,
    format_: str,
    period: str | None,
) -> Response:
    entries = [now.entries[one] for one in pc.unique(table.column("station")).to_pylist()]
    credit = present.credit(entries)
    spelled = _spelled(table, standard)
    name = exports.file_name("assessments", standard.id, period or granularity, depth, suffix=format_)
    about = {
        "attribution": credit.line,
        "licence": "; ".join(credit.licences),
        "standard": f"{standard.code} ({standard.id})",
        "statistic": judging.statistic(standard, granularity, depth)["en"],
    }
    if format_ == "geojson":
        return exports.download(exports.as_geojson(_features(now, spelled), about), exports.GEOJSON, name, credit)
    flat = spelled.set_column(3, "determinants", pc.binary_join(spelled.column("determinants"), ";"))
    if format_ == "csv":
        return exports.download(exports.as_csv([flat]), exports.CSV, name, credit)
    return exports.download(exports.as_parquet(iter([flat]), about), exports.PARQUET, name, credit)


def _features(now: Catalogue, table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            one = now.entries[row["station"]].station
            if one.longitude is not None and one.latitude is not None:
                geometry = {"type": "Point", "coordinates": [one.longitude, one.latitude]}
                properties = {**row, "name": one.name}
                yield {"type": "Feature", "geometry": geometry, "properties": properties}
