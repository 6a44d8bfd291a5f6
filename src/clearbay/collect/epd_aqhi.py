"""Hong Kong's official hourly Air Quality Health Index (EPD): one row an hour, one column a station.

Two layouts: the monthly files as published (notes above the header, the date on the first hour of each day only, a line
``Daily Max`` after each day) and the same joined over years (a date on every line). Hours are labelled by their end, 01
to 24, as the pollutants are.

``9*`` is the index of the most similar station, adopted while this one was suspended: the value is kept and flagged
suspect, and ``samples.note`` says ``substituted``; ``*`` alone and an empty cell are not available. ``10+`` is above
the highest number of the scale: value 10, censoring ``>``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.collect import epd
from clearbay.collect.batch import Batch
from clearbay.collect.epd_air import HOUR_MEND, PROGRAMME, hour_ends, slug
from clearbay.collect.numbers import BAD, MISSING, NUMBER, Parsed, parse
from clearbay.collect.octets import head
from clearbay.collect.readings import Keys, Measured, capped, melt
from clearbay.collect.sheet import fold, read_delimited
from clearbay.collect.source import Source, checked
from clearbay.model.errors import BadInput
from clearbay.model.observation import Flag

KEYS = ("Date", "Hour", "file")

SUBSTITUTED = "substituted"


def read(data: bytes, *, name: str, options: Mapping[str, str] | None = None) -> Batch:
    """Read hourly AQHI. ``samples`` has one row an hour and station that has a cell, with the text as ``published``."""
    checked(options, SOURCE.options, SOURCE.id)
    sheet = read_delimited(data, name=name, needed=("Date", "Hour"))
    days, hours = _filled(sheet.text(sheet.need("Date"))), sheet.text(sheet.need("Hour"))
    summary = pc.equal(pc.utf8_lower(hours), "daily max").fill_null(False)
    ends = hour_ends(days, hours)
    why = (
        ("Date", days, epd.dates(days), "not a date", epd.DATE_MEND),
        ("Hour", hours, ends, "not an hour", HOUR_MEND),
    )
    tables, samples, missing = [], [], 0
    names: dict[str, str] = {}
    bad = {value.row: [value] for value in sheet.bad}
    for header in sheet.headers:
        if fold(header) in {fold(key) for key in KEYS}:
            continue
        station = pa.repeat(f"{PROGRAMME}.{slug(header)}", len(hours))
        cells = sheet.text(header)
        parsed, star = index_of(cells)
        parsed.state[summary.to_numpy(zero_copy_only=False)] = MISSING
        keys = Keys(station, ends, "", why)
        flag = np.where(star, np.int8(Flag.SUSPECT), np.int8(Flag.NOT_EVALUATED))
        melted = melt(keys, [Measured(header, "AQHI", "", cells, parsed, flag)])
        tables.append(melted.readings)
        for value in melted.bad:
            listed = bad.setdefault(value.row, [])
            if value not in listed:  # a line whose hour cannot be read is said once, not for every station
                listed.append(value)
        missing += melted.missing
        samples.append(_samples(station, ends, cells, parsed, star))
        names[f"{PROGRAMME}.{slug(header)}"] = header
    if not tables:
        raise BadInput("there is no column of a station", where=name, mend="expected Date, Hour and names of stations")
    lines = int(pc.sum(summary).as_py() or 0)
    return Batch(
        source=SOURCE.id,
        readings=pa.concat_tables(tables),
        samples=pa.concat_tables(samples).sort_by("row"),
        bad=capped([value for values in bad.values() for value in values]),
        stations=epd.unregistered(pa.array(list(names)), names, PROGRAMME, "air"),
        missing=missing,
        notes=(f"{lines} lines of daily maxima were left out: they repeat hourly values",) if lines else (),
        first_line=sheet.first_line,
    )


def index_of(cells: pa.Array) -> tuple[Parsed, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Read cells such as ``4``, ``9*``, ``10+`` and ``10+*``: the numbers, and which were substituted."""
    star = pc.and_(pc.ends_with(cells, "*"), pc.not_equal(cells, "*")).fill_null(False)
    plain = pc.utf8_rtrim(cells, characters="*")
    parsed = parse(pc.if_else(pc.equal(plain, "10+"), ">10", plain))
    index = parsed.value
    odd = (parsed.state == NUMBER) & ((index < 1) | (index > 10) | (index != np.floor(index)))
    parsed.state[odd] = BAD
    return parsed, star.to_numpy(zero_copy_only=False)


def _filled(days: pa.Array) -> pa.Array:
    """Carry a date down to the hours below that have none."""
    return pc.fill_null_forward(pc.if_else(pc.equal(days, ""), pa.scalar(None, pa.string()), days))


def _samples(station: pa.Array, ends: pa.Array, cells: pa.Array, parsed: Parsed, star: np.ndarray) -> pa.Table:
    rows = pa.array(np.flatnonzero(parsed.state != MISSING))
    note = pa.array(np.where(star, SUBSTITUTED, ""), pa.string())
    return pa.table(
        {
            "row": rows,
            "station": station.take(rows),
            "time": ends.take(rows),
            "depth": pa.repeat("", len(rows)),
            "published": cells.take(rows),
            "note": note.take(rows),
        }
    )


def sniff(data: bytes) -> bool:
    """Tell the layout by its header line: an hour, and the names of stations."""
    lines = [line.split(",") for line in head(data).splitlines()]
    return any(line[:2] == ["Date", "Hour"] and "Eastern" in line for line in lines)


SOURCE = Source(
    id="epd-aqhi",
    programme=PROGRAMME,
    title={
        "zh-Hans": "香港每小时空气质素健康指数（环境保护署）",
        "zh-Hant": "香港每小時空氣質素健康指數（環境保護署）",
        "en": "Hong Kong official hourly AQHI (EPD)",
        "pt": "Índice AQHI oficial de Hong Kong, por hora (EPD)",
    },
    licence=epd.LICENCE,
    attribution=epd.ATTRIBUTION,
    example="hk_aqhi_official_hourly_2014-2019.csv.gz",
    sniff=sniff,
    read=read,
)
