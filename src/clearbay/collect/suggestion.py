"""A draft of a mapping file, from the headers and first lines of a table.

What is recognised is filled in; what is not is said in a comment where it has to be decided. Nothing is recognised from
values alone except the layout of times and, roughly, the coordinate system.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from clearbay import packs
from clearbay.collect import words
from clearbay.collect.formats import open_sheet
from clearbay.collect.layout import Layout
from clearbay.collect.numbers import NUMBER, parse
from clearbay.collect.octets import encoding_of, unpacked
from clearbay.collect.sheet import Sheet
from clearbay.collect.times import FORMATS, instants
from clearbay.collect.workbook import PARQUET, WORKBOOKS
from clearbay.model.errors import BadInput

_SAMPLE = 2_000

TITLES = 12
"""Lines of title and remarks that may stand above the head of a table."""

AMBIGUOUS = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y")


def suggest_mapping(data: bytes, *, name: str) -> str:
    """Draft a mapping (YAML with comments) for a table: CSV, TSV, workbook or Parquet.

    >>> print(suggest_mapping("断面名称,监测时间,氨氮(mg/L)\\nS1,2021-04-01 08:00,0.2\\n".encode(), name="a.csv"))
    # Draft for a.csv: check every line before use.
    station:
      column: "断面名称"
      programme: local  # choose a prefix of your own, such as cn.gd.survey
      medium: river  # sea, river, lake, air, effluent
      jurisdiction: "100000"  # GB/T 2260 code: "440000" Guangdong, "810000" Hong Kong, "820000" Macao
    time:
      column: "监测时间"
      zone: "+08:00"
    properties:
      "氨氮(mg/L)": {property: NH3N, unit: "mg/L"}
    <BLANKLINE>
    """
    sheet = _opened(data, name)
    sheet = Sheet(name, sheet.table.slice(0, _SAMPLE), sheet.first_line)
    free = [header for header in sheet.headers if not header.startswith("column ")]
    station = _take(free, "station")
    times = [header for header in (_take(free, "time"), _take(free, "hour")) if header]
    depth = _take(free, "depth")
    east, north = _take(free, "east"), _take(free, "north")
    lines = [f"# Draft for {name}: check every line before use.", *_station(station), *_time(sheet, times)]
    if depth:
        lines += _depth(sheet, depth)
    if east and north:
        lines += ["position:", f"  x: {_quoted(east)}", f"  y: {_quoted(north)}", f"  crs: {_system(sheet, east)}"]
    item, value = _take(free, "item"), _take(free, "value")
    lines += _long(sheet, free, item, value) if item and value else _wide(free)
    if free:
        lines += ["# Not recognised, and left out: " + ", ".join(_quoted(header) for header in free)]
        lines += ["# keep: [...] passes a column through to the samples."]
    plain = unpacked(data, name)
    if not plain.startswith((PARQUET, *WORKBOOKS)) and not encoding_of(plain).startswith("utf"):
        lines += [f"file: {{encoding: {encoding_of(plain)}}}  # recognised by its commonest characters"]
    return "\n".join(lines) + "\n"


def _opened(data: bytes, name: str) -> Sheet:
    """The table below the line that reads most like a head: a title often stands above it.

    The lines below the first are tried only where the first has no two words that a head would have.
    """
    best = open_sheet(data, name=name, layout=Layout())
    most = _understood(best.headers)
    for line in range(2, TITLES + 2) if most < 2 else ():
        try:
            sheet = open_sheet(data, name=name, layout=Layout(header_line=line))
        except BadInput:
            continue
        if (understood := _understood(sheet.headers)) > most:
            best, most = sheet, understood
    return best


def _understood(headers: Sequence[str]) -> int:
    """How many of the headers name a property or play a role."""
    return sum(bool(words.heading(header)) for header in headers) + sum(
        bool(words.named(headers, role)) for role in words.ROLES
    )


def _take(free: list[str], role: str) -> str:
    """The header that plays a role, taken off the list."""
    header = words.named(free, role)
    if header:
        free.remove(header)
    return header


def _quoted(header: str) -> str:
    return '"' + header.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _station(header: str) -> list[str]:
    first = (
        f"  column: {_quoted(header)}" if header else "  value: S1  # no header reads like a station: name its column"
    )
    return [
        "station:",
        first,
        "  programme: local  # choose a prefix of your own, such as cn.gd.survey",
        "  medium: river  # sea, river, lake, air, effluent",
        '  jurisdiction: "100000"  # GB/T 2260 code: "440000" Guangdong, "810000" Hong Kong, "820000" Macao',
    ]


def _time(sheet: Sheet, headers: list[str]) -> list[str]:
    if not headers:
        return ["time:", '  column: "?"  # no header reads like a time: name its column', '  zone: "+08:00"']
    if len(headers) == 1:
        lines = ["time:", f"  column: {_quoted(headers[0])}"]
    else:
        lines = ["time:", f"  columns: [{', '.join(map(_quoted, headers))}]"]
    cells = [sheet.text(header) for header in headers]
    texts = [" ".join(str(cell) for cell in row) for row in zip(*(cell.to_pylist() for cell in cells), strict=True)]
    return [*lines, *_format(texts), '  zone: "+08:00"']


def _format(texts: Sequence[str]) -> list[str]:
    """The layout of times, where it is not one of the year-first ones that are read without being stated."""
    filled = pa.array([text for text in texts if text.strip()], pa.string())
    if not len(filled) or instants(filled, formats=FORMATS).null_count <= len(filled) / 2:
        return []
    fitting = [
        full
        for form in AMBIGUOUS
        for full in (form, f"{form} %H:%M", f"{form} %H:%M:%S")
        if instants(filled, formats=(full,)).null_count == 0
    ]
    if len(fitting) > 1:
        return [f'  format: "{fitting[0]}"  # or {fitting[1]}: the first lines fit both, so decide']
    return (
        [f'  format: "{fitting[0]}"']
        if fitting
        else [f"  format: '?'  # strptime codes for {texts[0]!r}; a time needs its year"]
    )


def _depth(sheet: Sheet, header: str) -> list[str]:
    found = sorted({text for text in sheet.text(header).to_pylist() if text})[:12]
    return ["depth:", f"  column: {_quoted(header)}", f"  # words found: {', '.join(found)}"]


def _system(sheet: Sheet, east: str) -> str:
    parsed = parse(sheet.column(east))
    values = parsed.value[parsed.state == NUMBER]
    if len(values) and values.min() > 799_000 and values.max() < 870_000:
        return "HK1980  # the numbers lie in the Hong Kong 1980 Grid"
    return "WGS84  # or CGCS2000; positions taken from web maps are GCJ-02 or BD-09"


def _wide(free: list[str]) -> list[str]:
    lines = ["properties:"]
    for header in list(free):
        if found := words.heading(header):
            free.remove(header)
            lines.append(f"  {_quoted(header)}: {_property(found)}")
    return lines if len(lines) > 1 else [*lines, '  "?": {property: NH3N, unit: mg/L}  # no header names a property']


def _property(found: words.Heading) -> str:
    wanted = packs.properties()[found.code].unit
    if found.unit:
        return f"{{property: {found.code}, unit: {_quoted(found.unit)}}}"
    if wanted in ("[pH]", "1"):
        return f"{{property: {found.code}}}"
    said = f"{found.printed!r} does not fit; " if found.printed else "the header states no unit: "
    return f"{{property: {found.code}, unit: {_quoted(wanted)}}}  # {said}is it {wanted}?"


def _long(sheet: Sheet, free: list[str], item: str, value: str) -> list[str]:
    unit, sign = _take(free, "unit"), _take(free, "censoring")
    lines = ["long:", f"  property: {_quoted(item)}", f"  value: {_quoted(value)}"]
    lines.append(
        f"  unit: {_quoted(unit)}" if unit else "  unit_value: mg/L  # no column of units: is it mg/L throughout?"
    )
    if sign:
        lines.append(f"  censoring: {_quoted(sign)}")
    unknown = sorted({text for text in sheet.text(item).to_pylist() if text and not words.heading(text)})
    if unknown:
        lines.append("  # names that mean no known property; map those you need:")
        lines.append(f"  # names: {{{', '.join(f'{_quoted(name)}: CODE' for name in unknown[:20])}}}")
    return lines


__all__ = ["suggest_mapping"]
