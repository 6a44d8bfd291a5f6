"""``/api/observations``."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Query, Response

from clearbay import packs
from clearbay.apply.catalogue import Catalogue, Entry
from clearbay.apply.names import unknown
from clearbay.apply.observations import Key, Selection
from clearbay.model.errors import BadInput
from clearbay.model.observation import JUDGED
from clearbay.share import encode, exports, paging, parameters, present, schemas
from clearbay.share.context import Services, noun
from clearbay.share.problems import documented

router = noun("observations")

_MOST = {"json": 10_000, "columns": 1_000_000}
_USUAL = {"json": 1_000, "columns": 100_000}


@router.get(
    "/observations",
    operation_id="observations",
    summary="Observations",
    responses={
        200: {
            "model": schemas.Page[schemas.ObservationShape] | schemas.SeriesColumns,
            "content": {exports.CSV: {}, exports.PARQUET: {}},
        },
        **documented(404, 422, 503),
    },
)
def observations(
    desk: Services,
    station: parameters.Stations = None,
    property_: parameters.Properties = None,
    depth: parameters.SampleDepth = None,
    averaging: parameters.SampleAveraging = None,
    from_: parameters.From = None,
    to: parameters.To = None,
    as_of: parameters.AsOf = None,
    limit: Annotated[
        int | None,
        Query(
            description="Rows a page: 1,000 unless given and at most 10,000 for `json`; 100,000 and at most 1,000,000 "
            "for `columns`. Downloads are whole unless it is given.",
            ge=1,
            le=1_000_000,
        ),
    ] = None,
    cursor: parameters.Cursor = None,
    format_: Annotated[
        Literal["json", "columns", "csv", "parquet"],
        Query(
            alias="format",
            description="`columns`: one station and one property as columns of equal length, in order of depth and "
            "time: unless `averaging` is given, what assessments judge (samples and hourly means), or else the longest "
            "means there are; `csv` and `parquet`: a download.",
        ),
    ] = "json",
) -> Response:
    """Observations in order of station, property, depth, averaging and time, newest revision of each.

    A page ends anywhere; `next` goes on exactly there, and a page deep in millions of rows is as quick as the first.
    """
    now = desk.catalogue()
    entries, selection = _selection(now, station, property_, depth, from_, to, as_of)
    if averaging is not None:
        selection = replace(selection, averagings=("" if averaging == "sample" else averaging,))
    elif format_ == "columns":
        selection = replace(selection, averagings=_drawn(entries, selection.properties))
    source = desk.observations()
    if format_ in ("csv", "parquet"):
        if cursor:
            raise BadInput("a download has no pages", where="cursor", mend="leave the cursor out")
        credit = present.credit(entries)
        name = exports.file_name("observations", station, property_, from_, to, suffix=format_)
        tables = source.stream(selection, limit)
        if format_ == "csv":
            return exports.download(exports.as_csv(tables), exports.CSV, name, credit)
        about = {"attribution": credit.line, "licence": "; ".join(credit.licences), "time": "UTC"}
        return exports.download(exports.as_parquet(tables, about), exports.PARQUET, name, credit)
    rows = limit or _USUAL[format_]
    if rows > _MOST[format_]:
        mend = f"ask for at most {_MOST[format_]:,} and follow next, or download with format=csv or parquet"
        raise BadInput(f"{rows:,} rows are too many for one page of {format_}", where="limit", mend=mend)
    belongs_to = paging.mark(("observations", selection))
    at = paging.read(cursor, belongs_to, (str, str, str, str, int))
    total = at.total if at else source.count(selection)
    table, after = source.page(selection, rows, _key(at) if at else None)
    following = _cursor(total, after, belongs_to) if after else None
    if format_ == "json":
        return encode.page(encode.records(table), total, following)
    if (
        selection.stations is None
        or selection.properties is None
        or len(selection.stations + selection.properties) != 2
    ):
        raise BadInput(
            "columns hold one series", where="format", mend="give exactly one station and one property, or format=json"
        )
    return _columns(table, (selection.stations or ("",))[0], (selection.properties or ("",))[0], total, following)


def _selection(
    now: Catalogue,
    station: str | None,
    property_: str | None,
    depth: str | None,
    from_: str | None,
    to: str | None,
    as_of: str | None,
) -> tuple[list[Entry], Selection]:
    stations, properties = parameters.names(station), parameters.names(property_)
    entries = [now.entry(one) for one in stations] if stations else list(now.entries.values())
    known = packs.properties()
    for code in properties or ():
        if code not in known:
            raise unknown("property", code, known, where="property", listing="/api/meta")
    offsets = {entry.station.utc_offset for entry in entries}
    offset = offsets.pop() if len(offsets) == 1 else 0
    start = parameters.instant(from_, where="from", utc_offset=offset)
    end = parameters.instant(to, where="to", utc_offset=offset, last=True)
    if start is not None and end is not None and start >= end:
        raise BadInput("the first time does not lie before the last", where="from", mend="exchange from and to")
    depths = None if depth is None else (("",) if depth == "none" else (depth,))
    known_at = parameters.instant(as_of, where="as_of", utc_offset=0, last=True)
    return entries, Selection(stations, properties, depths, None, start, end, known_at)


def _drawn(entries: list[Entry], properties: tuple[str, ...] | None) -> tuple[str, ...]:
    """What a chart shows unless told: what is judged, or else the longest means there are."""
    present = {one.averaging for entry in entries for one in entry.series if properties and one.property in properties}
    if present.isdisjoint(JUDGED):
        return next(((one,) for one in ("day", "minute", "instant") if one in present), JUDGED)
    return JUDGED


def _key(cursor: paging.Cursor) -> Key:
    station, property_, depth, averaging, micros = cursor.key
    return str(station), str(property_), str(depth), str(averaging), paging.moment(int(micros))


def _cursor(total: int, after: Key, belongs_to: str) -> str:
    return paging.write(paging.Cursor(total, (*after[:4], paging.micros(after[4]))), belongs_to)


def _columns(table: pa.Table, station: str, code: str, total: int, following: str | None) -> Response:
    seconds = pc.cast(pc.cast(table.column("time"), pa.timestamp("s"), safe=False), pa.int64())
    return encode.answer(
        {
            "station": station,
            "property": code,
            "unit": packs.properties()[code].unit,
            "depth": table.column("depth").to_pylist(),
            "averaging": table.column("averaging").to_pylist(),
            "time": seconds.to_numpy(),
            "value": table.column("value").to_numpy(),
            "censoring": table.column("censoring").to_pylist(),
            "flag": table.column("flag").to_pylist(),
            "total": total,
            "next": following,
        }
    )
