"""A plain table for a command: headers say what the columns are, in a short mapping file if not by themselves.

Headers are read as people write them (``PM2.5``, ``氨氮(mg/L)``, ``TP``); a value without a unit stands in its
property's own. A mapping file is one of two kinds: the full one of the general reader (``clearbay mapping`` drafts it),
or a short one with a line a column::

    time: 监测时间
    station: 站点
    PM2.5: 细颗粒物
    CO: {column: 一氧化碳, unit: ug/m3}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from clearbay import collect, packs
from clearbay.cli.output import read_bytes
from clearbay.collect import words
from clearbay.collect.batch import Batch
from clearbay.collect.formats import open_sheet
from clearbay.collect.layout import KEYS, Layout
from clearbay.collect.numbers import parse
from clearbay.collect.readings import Keys, Measured, melt, samples_of
from clearbay.collect.sheet import Sheet
from clearbay.collect.times import FORMATS, instants
from clearbay.model.errors import BadInput

TIMELESS = 0
"""The time of rows that have none: the epoch; nothing is told by it."""

PARTS = ("year", "month", "day", "hour")
"""Columns that make a time where none holds it whole; the last may be missing."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file that a property was found in, and the unit its values stand in."""

    header: str
    unit: str


def read_plain(
    path: Path,
    codes: Sequence[str] | None = None,
    *,
    mapping: Path | None = None,
    keep: Sequence[str] = (),
    timed: bool = True,
) -> Batch:
    """Read a table of ``codes`` (left out: of every property that a header names) into a batch.

    Stations keep the names of the file; without a column of stations the whole file is one, named as the file is.
    Columns in ``keep`` that are there are passed through in ``samples``. ``timed=False`` does not ask for a time.
    BadInput where no column is known, or a time is needed and there is none.
    """
    data = read_bytes(path)
    given = _given(mapping)
    if given.keys() & {"properties", "long"}:
        text = (mapping or path).read_text(encoding="utf-8-sig")
        return collect.source("table").read(data, name=path.name, options={"mapping": text + "\n"})
    sheet = open_sheet(data, name=path.name, layout=Layout())
    columns = _columns(sheet, codes, given, str(mapping))
    count = sheet.table.num_rows
    named = str(given.get("station") or words.named(sheet.headers, "station"))
    stem = path.name.partition(".")[0]
    station = sheet.text(sheet.need(named)) if named else pa.repeat(stem, count)
    station = pc.if_else(pc.equal(station, ""), pa.scalar(None, pa.string()), station)
    time, printed, header = _time(sheet, given, timed)
    why = (
        (named or "station", station, station, "no station is named", "name the station on every line"),
        (header, printed, time, "not a time", "write it year first, such as 2026-03-01 08:00"),
    )
    keys = Keys(station, time, "", why)
    measured = []
    for code, column in columns.items():
        cells = sheet.column(column.header)
        cells = cells if pa.types.is_string(cells.type) or _number(cells.type) else cells.cast(pa.string())
        measured.append(Measured(column.header, code, column.unit, cells, parse(cells)))
    melted = melt(keys, measured)
    passed = {header: sheet.text(found) for header in keep if (found := sheet.find(header))}
    used = {column.header for column in columns.values()}
    notes = tuple(f"the column {header!r} was not used" for header in sheet.headers if words.heading(header)
                  and header not in used and codes is None)  # fmt: skip
    return Batch(
        source="plain",
        readings=melted.readings,
        samples=samples_of(keys, **passed),
        bad=tuple(sheet.bad) + melted.bad,
        missing=melted.missing,
        notes=notes,
        first_line=sheet.first_line,
    )


def _given(mapping: Path | None) -> dict[str, Any]:
    if mapping is None:
        return {}
    if not mapping.is_file():
        raise BadInput("there is no such mapping file", where=str(mapping), mend="give the path of a YAML file")
    try:
        data = yaml.safe_load(mapping.read_text(encoding="utf-8-sig"))
    except yaml.YAMLError as error:
        raise BadInput(f"the mapping is not valid YAML: {error}", where=str(mapping), mend="see --help") from error
    if not isinstance(data, dict):
        raise BadInput("a mapping has keys", where=str(mapping), mend="write a line a column: PM2.5: its header")
    return {str(key): value for key, value in data.items()}


def _columns(sheet: Sheet, codes: Sequence[str] | None, given: Mapping[str, Any], where: str) -> dict[str, Column]:
    wanted = set(codes) if codes is not None else set(packs.properties())
    found: dict[str, Column] = {}
    for key, value in given.items():
        if key in ("station", "time") or key in KEYS[""]:
            continue
        parts = value if isinstance(value, dict) else {"column": value}
        code, header = words.property_of(key), str(parts.get("column", ""))
        if code is None and (code := words.property_of(header)):
            header = key  # written the other way round: header first
        if code is None:
            raise BadInput(f"neither {key!r} nor {header!r} is a property", where=where, mend="write PM2.5: its header")
        unit = str(parts.get("unit") or "") or _unit(header, code)
        packs.unit_factor(unit, packs.properties()[code].unit, code)
        found[code] = Column(sheet.need(header), unit)
    for header in sheet.headers:
        heading = words.heading(header)
        if heading and heading.code in wanted and heading.code not in found:
            found[heading.code] = Column(header, heading.unit or packs.properties()[heading.code].unit)
    kept = {code: column for code, column in found.items() if code in wanted}
    if not kept and codes is not None:
        raise BadInput(
            f"no column holds {', '.join(codes)}; the columns are: {', '.join(sheet.headers)}",
            where=sheet.name,
            mend="name the columns in a mapping file, a line each (PM2.5: its header), and give it with --mapping",
        )
    return kept


def _unit(header: str, code: str) -> str:
    heading = words.heading(header)
    stated = heading.unit if heading and heading.code == code else ""
    return stated or packs.properties()[code].unit


def _number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _time(sheet: Sheet, given: Mapping[str, Any], timed: bool) -> tuple[pa.Array, pa.Array, str]:
    """(UTC, as printed, header): from one column, from date and hour, or from year, month, day and hour."""
    header = str(given.get("time") or words.named(sheet.headers, "time"))
    if header:
        cells, text = sheet.column(sheet.need(header)), sheet.text(sheet.need(header))
        hour = words.named([one for one in sheet.headers if one != header], "hour")
        if hour and "time" not in given:
            whole = pc.binary_join_element_wise(text, _hours(sheet.text(hour)), " ")
            return instants(whole), whole, header
        own = pa.types.is_timestamp(cells.type) or pa.types.is_date(cells.type)
        return instants(cells if own else text, formats=FORMATS), text, header
    parts = [found for name in PARTS if (found := sheet.find(name))]
    if len(parts) >= 3:
        texts = [pc.utf8_lpad(sheet.text(part), 2, "0") for part in parts]
        whole = pc.binary_join_element_wise(*texts[:3], "-")
        if len(parts) > 3:
            whole = pc.binary_join_element_wise(whole, _hours(texts[3]), " ")
        return instants(whole), whole, parts[0]
    if timed:
        raise BadInput(
            f"no column holds the time; the columns are: {', '.join(sheet.headers)}",
            where=sheet.name,
            mend="name it in a mapping file: time: its header",
        )
    count = sheet.table.num_rows
    return pa.array([TIMELESS] * count, pa.timestamp("us")), pa.repeat("", count), ""


def _hours(texts: pa.Array) -> pa.Array:
    """``8`` and ``08`` as 08:00; ``8:30`` as it is."""
    plain = pc.match_substring_regex(texts, r"^\d{1,2}$")
    return pc.if_else(plain, pc.binary_join_element_wise(pc.utf8_lpad(texts, 2, "0"), "00", ":"), texts)
