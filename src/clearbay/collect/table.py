"""Anyone's own table: CSV or TSV, a workbook or Parquet, read by a mapping file.

The mapping says which column means what (``clearbay.collect.layout`` documents it by example); a draft for a file at
hand is made by ``clearbay.collect.suggestion``. Wide tables have a column a property, long ones a line a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay import packs
from clearbay.collect.batch import ROW_READINGS, BadValue, Batch
from clearbay.collect.formats import open_sheet
from clearbay.collect.layout import DEPTHS, EXAMPLE, Layout, Property, load_layout
from clearbay.collect.numbers import BAD, MISSING, MISSING_MARKS, NUMBER, Parsed, parse, tidy
from clearbay.collect.places import located
from clearbay.collect.readings import Keys, Measured, Melted, capped, id_part, mapped, melt, samples_of
from clearbay.collect.sheet import Sheet, fold
from clearbay.collect.source import Source, checked, closest
from clearbay.collect.suggestion import suggest_mapping
from clearbay.collect.times import FORMATS, instants
from clearbay.collect.words import heading
from clearbay.model.errors import BadInput


def read(data: bytes, *, name: str, options: Mapping[str, str] | None = None) -> Batch:
    """Read a table by the mapping in ``options["mapping"]`` (a path, or the YAML itself)."""
    given = checked(options, SOURCE.options, SOURCE.id)
    if not given.get("mapping"):
        raise BadInput(
            "the general reader needs a mapping: which column is the station, the time, which property",
            where=name,
            mend="give --mapping FILE.yaml; `clearbay mapping` drafts one from the headers",
        )
    layout = load_layout(given["mapping"])
    layout = replace(layout, encoding=given.get("encoding", layout.encoding), sheet=given.get("sheet", layout.sheet))
    sheet = open_sheet(data, name=name, layout=layout)
    keys, bad = _keys(sheet, layout)
    melted, columns = _long(sheet, layout, keys) if layout.long else _wide(sheet, layout, keys)
    stations, misplaced, notes = located(sheet, layout, keys.station)
    kept = {f"keep_{header}" if header in ("row", "station", "time", "depth") else header: sheet.text(header)
            for header in (sheet.need(wanted) for wanted in layout.keep)}  # fmt: skip
    return Batch(
        source=SOURCE.id,
        readings=melted.readings,
        samples=samples_of(keys, **kept),
        bad=capped([*bad, *melted.bad, *misplaced]),
        stations=stations,
        missing=melted.missing,
        notes=(*notes, *_left_out(sheet, layout, columns)),
        first_line=sheet.first_line,
    )


def _keys(sheet: Sheet, layout: Layout) -> tuple[Keys, list[BadValue]]:
    count = sheet.table.num_rows
    why: list[tuple[str, pa.Array, pa.Array, str, str]] = []
    prefix = f"{layout.programme}." if layout.programme else ""
    if layout.station:
        printed = _joined(sheet, layout.station, ".")
        station = id_part(printed, prefix)
        why.append((layout.station[0], printed, station, "no station is named", "name the station on every line"))
    else:
        station = pa.repeat(prefix + layout.station_value, count)
    time = _times(sheet, layout)
    moments = _joined(sheet, layout.time, " ")
    shown = f" by the format {layout.formats[0]!r}" if layout.formats else ""
    why.append(
        (layout.time[0], moments, time, f"not a time{shown}", "correct it, or state time: format in the mapping")
    )
    depth: pa.Array | str = layout.depth_value
    if layout.depth:
        words = sheet.text(sheet.need(layout.depth))
        depth = _depths(words, layout)
        mend = "map it: depth: values: {word: surface, middle or bottom}"
        why.append((layout.depth, words, depth, "no such depth is mapped", mend))
    return Keys(station, time, depth, tuple(why)), list(sheet.bad)


def _joined(sheet: Sheet, columns: Sequence[str], mark: str) -> pa.Array:
    parts = [sheet.text(sheet.need(column)) for column in columns]
    if len(parts) == 1:
        return parts[0]
    whole = pc.binary_join_element_wise(*parts, mark, null_handling="emit_null")
    empty = pc.equal(parts[0], "")
    for part in parts[1:]:
        empty = pc.or_(empty, pc.equal(part, ""))
    return pc.if_else(empty, "", whole)


def _times(sheet: Sheet, layout: Layout) -> pa.Array:
    cells = sheet.column(sheet.need(layout.time[0]))
    if len(layout.time) == 1 and (pa.types.is_timestamp(cells.type) or pa.types.is_date(cells.type)):
        return instants(cells, zone=layout.zone)
    return instants(_joined(sheet, layout.time, " "), formats=layout.formats or FORMATS, zone=layout.zone)


def _depths(words: pa.Array, layout: Layout) -> pa.Array:
    stated = {fold(word): depth for word, depth in layout.depths.items()}
    table: dict[str, str | None] = {}
    for word in words.dictionary_encode().dictionary.to_pylist():
        table[word] = stated.get(fold(word)) or DEPTHS.get(word.lower()) or (None if word else "")
    return mapped(words, table)


def _wide(sheet: Sheet, layout: Layout, keys: Keys) -> tuple[Melted, set[str]]:
    columns = []
    for wanted, prop in layout.properties.items():
        header = sheet.need(wanted)
        cells = sheet.column(header)
        columns.append(Measured(header, prop.code, prop.unit, cells, _parsed(cells, prop, layout)))
    return melt(keys, columns), {column.header for column in columns}


def _parsed(cells: pa.Array, prop: Property, layout: Layout) -> Parsed:
    if pa.types.is_boolean(cells.type) or not (pa.types.is_string(cells.type) or _numeric(cells.type)):
        cells = cells.cast(pa.string())
    if prop.detection_limit is not None and pa.types.is_string(cells.type):
        marks = {fold(mark) for mark in layout.not_detected}
        texts = cells.dictionary_encode().dictionary.to_pylist()
        limit = f"<{prop.detection_limit!r}".replace(".", layout.decimal)
        cells = mapped(cells, {text: limit if fold(text) in marks else text for text in texts})
    stated = {tidy(mark).lower() for mark in layout.missing}
    parsed = parse(cells, missing=MISSING_MARKS | stated, decimal=layout.decimal)
    numbers = [value for value in map(_float, stated) if value is not None]
    absent = np.isin(parsed.value, numbers) & (parsed.censoring == 0) & (parsed.state == NUMBER)
    parsed.state[absent] = MISSING
    return parsed


def _numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _long(sheet: Sheet, layout: Layout, keys: Keys) -> tuple[Melted, set[str]]:
    """One line a value: lines are taken together by property and unit, each group as a column of its own."""
    long = layout.long
    assert long is not None
    names = sheet.text(sheet.need(long.property))
    header = sheet.need(long.value)
    cells = sheet.column(header)
    used = {sheet.need(long.property), header}
    units = pa.repeat(long.unit, len(names))
    if long.unit_column:
        units = sheet.text(sheet.need(long.unit_column))
        used.add(sheet.need(long.unit_column))
    parsed = _parsed(cells, Property("", "", long.detection_limit), layout)
    if long.censoring:
        used.add(sheet.need(long.censoring))
        _censor(parsed, sheet.text(sheet.need(long.censoring)))
    pairs = pc.binary_join_element_wise(names, units, "\x1f", null_handling="replace").dictionary_encode()
    index = pairs.indices.to_numpy(zero_copy_only=False)
    tables, bad, missing = [], [], 0
    for place, pair in enumerate(pairs.dictionary.to_pylist()):
        rows = np.flatnonzero(index == place)
        word, unit = pair.split("\x1f")
        code, wrong = _meaning(word, unit, long.names)
        if wrong is not None:
            filled = rows[parsed.state[rows] != MISSING]
            if len(filled):
                why, mend = wrong
                column = sheet.need(long.property if not code else long.unit_column or long.property)
                bad.append(
                    BadValue(int(filled[0]), column, word if not code else unit, f"{why} ({len(filled)} lines)", mend)
                )
            continue
        part = _part(parsed, rows)
        group = Measured(header, code, unit, cells.take(pa.array(rows)), part)
        melted = melt(keys.take(rows), [group])
        tables.append(melted.readings)
        bad.extend(melted.bad)
        missing += melted.missing
    readings = pa.concat_tables(tables) if tables else ROW_READINGS.empty_table()
    return Melted(readings, tuple(bad), missing), used


def _part(parsed: Parsed, rows: npt.NDArray[np.int64]) -> Parsed:
    return Parsed(parsed.value[rows], parsed.censoring[rows], parsed.state[rows])


def _meaning(word: str, unit: str, names: Mapping[str, str]) -> tuple[str, tuple[str, str] | None]:
    """The property that a line's name means, and what is wrong with it or with its unit."""
    stated = {fold(name): code for name, code in names.items()}
    found = heading(word)
    code = stated.get(fold(word)) or (found.code if found else "")
    if not code:
        near = closest(
            word, [name for prop in packs.properties().values() for name in (prop.code, *prop.name.values())]
        )
        mend = "map it: long: names: {name: code}" + (f"; closest: {near}" if near else "")
        return "", ("no property has this name", mend)
    wanted = packs.properties()[code].unit
    try:
        if unit:
            packs.unit_factor(unit, wanted, code)
        elif wanted not in ("[pH]", "1"):
            raise BadInput("the unit is not stated", mend=f"state the unit; clearbay keeps {code} in {wanted}")
    except BadInput as error:
        return code, (error.what, error.mend)
    return code, None


def _censor(parsed: Parsed, marks: pa.Array) -> None:
    """Add censoring that stands in a column of its own; a mark that is none makes the value bad."""
    table = {"": 0, "=": 0, "<": 1, "≤": 1, "L": 1, ">": 2, "≥": 2}
    encoded = marks.dictionary_encode()
    codes = np.array([table.get(mark, -1) for mark in encoded.dictionary.to_pylist()] + [0], np.int8)
    stated = codes[encoded.indices.fill_null(len(codes) - 1).to_numpy(zero_copy_only=False)]
    parsed.state[(stated < 0) & (parsed.state == NUMBER)] = BAD
    np.copyto(parsed.censoring, stated, where=(parsed.censoring == 0) & (stated > 0))


def _left_out(sheet: Sheet, layout: Layout, used: set[str]) -> tuple[str, ...]:
    """A note for each column that the mapping does not mention: what is left out is said."""
    names = (*layout.needed, *layout.keep, layout.name, layout.x, layout.y)
    known = used | {header for name in names if name and (header := sheet.find(name))}
    return tuple(f"column {header!r} is not mapped and was left out" for header in sheet.headers if header not in known)


def sniff(data: bytes) -> bool:
    """Never: a table of one's own is not told from another's by its bytes."""
    return False


SOURCE = Source(
    id="table",
    title={
        "zh-Hans": "自有表格（CSV、XLSX、Parquet）",
        "zh-Hant": "自有表格（CSV、XLSX、Parquet）",
        "en": "A table of your own (CSV, XLSX, Parquet)",
        "pt": "Uma tabela própria (CSV, XLSX, Parquet)",
    },
    licence="as the owner of the table decides",
    attribution="",
    example="survey.xlsx",
    sniff=sniff,
    read=read,
    options={
        "mapping": "path of a mapping file, or the YAML itself",
        "encoding": "encoding of a text file; left out: recognised",
        "sheet": "sheet of a workbook; left out: the first that has the columns",
    },
)

__all__ = ["EXAMPLE", "SOURCE", "read", "suggest_mapping"]
