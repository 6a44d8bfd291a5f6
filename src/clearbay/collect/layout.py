"""The mapping file of the general table reader: which column means what.

A mapping is YAML. ``EXAMPLE`` below reads a workbook of a river survey (a column a property), ``EXAMPLE_LONG`` a
table with a line a value; between them they show and explain every key. Only ``station``, ``time`` and one of
``properties`` and ``long`` are needed; ``clearbay mapping FILE`` drafts a mapping from the headers of a file.

Names of columns are compared without regard to blanks, case and full-width characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from clearbay import packs
from clearbay.collect.coordinates import system
from clearbay.collect.source import closest
from clearbay.collect.times import BAY, zone_minutes
from clearbay.model.errors import BadInput

EXAMPLE = """\
station:
  column: 断面名称            # or columns: [省份, 断面名称] joined by a dot, or value: one station for the whole file
  programme: cn.gd.survey    # ids become cn.gd.survey.<station>; "" if the column holds whole ids
  name: 断面名称              # column with the name to show (left out: the station column)
  medium: river              # sea, river, lake, air, effluent
  jurisdiction: "440000"     # GB/T 2260 code
time:
  column: 采样时间            # or columns: [日期, 时刻], joined by a blank
  format: "%Y-%m-%d %H:%M"   # strptime; also excel, epoch, epoch_ms; left out: the usual year-first layouts
  zone: "+08:00"             # or Asia/Macau; left out: +08:00
depth:
  column: 层次                # or value: surface; left out: no depth
  values: {表: surface, 中: middle, 底: bottom}
position:
  x: 经度                     # east or longitude; also 113°30'36"E
  y: 纬度
  crs: GCJ-02                # WGS84, CGCS2000, GCJ-02, BD-09, HK1980, MACAO1920, MACAO2008, EPSG:…
properties:
  氨氮(mg/L): {property: NH3N, unit: mg/L, detection_limit: 0.025}
  叶绿素a: {property: chla, unit: mg/L}
  粪大肠菌群: {property: FecalColi, unit: MPN/L}
missing: [未采样, "-999"]     # besides *, --, N/A, null and the like
not_detected: [ND, 未检出]    # become < detection_limit of their column
keep: [备注]                  # columns passed through to the samples
file: {encoding: gb18030, sheet: 2021年, header_line: 3}   # also delimiter, decimal: ","
"""
"""A mapping for a wide layout (a column a property)."""

EXAMPLE_LONG = """\
station: {column: 点位}
time:
  column: 日期
  formats: ["%d/%m/%Y", "%d/%m/%Y %H:%M"]   # several, tried in turn
long:
  property: 项目              # the column that names the property of each line
  value: 结果
  unit: 单位                  # the column of units; or unit_value: mg/L for all lines
  censoring: 符号             # a column of its own for < and >
  names: {高指: CODMn}        # what names mean, where they are not the usual ones
  detection_limit: 0.01      # for "not detected", in the unit of the line
"""
"""A mapping for a long layout (a line a value): ``long`` instead of ``properties``."""

DEPTHS: Mapping[str, str] = {
    **dict.fromkeys(("surface", "s", "top", "表层", "表層", "表", "表层水", "superfície", "superficie"), "surface"),
    **dict.fromkeys(("middle", "m", "mid", "中层", "中層", "中", "médio", "medio"), "middle"),
    **dict.fromkeys(("bottom", "b", "底层", "底層", "底", "fundo"), "bottom"),
}
"""Words for depths that need no mapping, in lower case."""

NOT_DETECTED = ("ND", "N.D.", "未检出", "未檢出", "<DL", "BDL")

MEDIA = ("sea", "river", "lake", "air", "effluent")


@dataclass(frozen=True, slots=True)
class Property:
    """A column of values: the property, the unit they stand in, and the limit that "not detected" means."""

    code: str
    unit: str
    detection_limit: float | None = None


@dataclass(frozen=True, slots=True)
class Long:
    """A layout with a line a value: the columns of property, value and unit (or one unit for all)."""

    property: str
    value: str
    unit_column: str = ""
    unit: str = ""
    censoring: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    detection_limit: float | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A checked mapping."""

    station: tuple[str, ...] = ()
    station_value: str = ""
    programme: str = "local"
    name: str = ""
    medium: str = "river"
    jurisdiction: str = "100000"
    time: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    zone: str = BAY
    depth: str = ""
    depth_value: str = ""
    depths: Mapping[str, str] = field(default_factory=dict)
    x: str = ""
    y: str = ""
    crs: str = "WGS84"
    properties: Mapping[str, Property] = field(default_factory=dict)
    long: Long | None = None
    missing: tuple[str, ...] = ()
    not_detected: tuple[str, ...] = NOT_DETECTED
    keep: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_line: int = 0
    decimal: str = "."

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns without which the file cannot be read: those of station, time and depth, and of a long layout."""
        long = (self.long.property, self.long.value) if self.long else ()
        return (*self.station, *self.time, *((self.depth,) if self.depth else ()), *long)


KEYS = {
    "": ("station", "time", "depth", "position", "properties", "long", "missing", "not_detected", "keep", "file"),
    "station": ("column", "columns", "value", "programme", "name", "medium", "jurisdiction"),
    "time": ("column", "columns", "format", "formats", "zone"),
    "depth": ("column", "value", "values"),
    "position": ("x", "y", "crs"),
    "property": ("property", "unit", "detection_limit"),
    "long": ("property", "value", "unit", "unit_value", "censoring", "names", "detection_limit"),
    "file": ("encoding", "delimiter", "sheet", "header_line", "decimal"),
}


def load_layout(given: str) -> Layout:
    """Read a mapping from a file's path or from YAML text; ``BadInput`` names the key that is wrong."""
    where = "mapping"
    if "\n" not in given and not given.lstrip().startswith("{"):
        path = Path(given)
        if not path.is_file():
            raise BadInput("there is no such mapping file", where=given, mend="give the path of a YAML file")
        given, where = path.read_text(encoding="utf-8-sig"), path.name
    try:
        data = yaml.safe_load(given)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark else ""
        raise BadInput(
            f"the mapping is not valid YAML{line} ({getattr(error, 'problem', None) or error})",
            where=where,
            mend='quote names that hold a colon, %, # or a bracket at their start: "pH: field"',
        ) from error
    try:
        return _layout(_table(data, "", where))
    except BadInput as error:
        mapped = error.where if error.where.startswith(where) else f"{where}: {error.where}".rstrip(": ")
        raise BadInput(error.what, where=mapped, mend=error.mend) from error


def _table(data: Any, kind: str, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BadInput(f"{type(data).__name__} where keys are expected", where=where, mend=f"keys: {_keys(kind)}")
    for key in data:
        if key not in KEYS[kind]:
            near = closest(str(key), KEYS[kind])
            raise BadInput(
                f"no key is called {key!r}" + (f"; did you mean {near!r}?" if near else ""),
                where=where,
                mend=f"keys: {_keys(kind)}",
            )
    return {key: value for key, value in data.items() if value is not None}


def _keys(kind: str) -> str:
    return ", ".join(KEYS[kind])


def _layout(data: dict[str, Any]) -> Layout:
    for key in ("station", "time"):
        if key not in data:
            raise BadInput(f"{key} is not mapped", where=key, mend=f"write {key}: {{column: its header}}")
    if ("properties" in data) == ("long" in data):
        raise BadInput(
            "either properties (a column a property) or long (a line a value) is needed, and not both",
            where="properties",
            mend="write properties: {header: {property: NH3N, unit: mg/L}}",
        )
    station, time = _table(data["station"], "station", "station"), _table(data["time"], "time", "time")
    depth = _table(data.get("depth", {}), "depth", "depth")
    position = _table(data.get("position", {}), "position", "position")
    file = _table(data.get("file", {}), "file", "file")
    columns = _columns(station)
    if not columns and not station.get("value"):
        raise BadInput("no column and no value", where="station", mend="write column: header, or value: a station")
    if not _columns(time):
        raise BadInput("no column", where="time", mend="write column: header, or columns: [date, hour]")
    return Layout(
        station=columns,
        station_value=str(station.get("value", "")),
        programme=str(station.get("programme", "local")),
        name=str(station.get("name", "")),
        medium=_one_of(station.get("medium", "river"), MEDIA, "station: medium"),
        jurisdiction=_jurisdiction(station.get("jurisdiction", "100000")),
        time=_columns(time),
        formats=tuple(time["formats"]) if "formats" in time else (str(time["format"]),) if "format" in time else (),
        zone=_zone(str(time.get("zone", BAY))),
        depth=str(depth.get("column", "")),
        depth_value=_one_of(depth.get("value", ""), ("", "surface", "middle", "bottom"), "depth: value"),
        depths=_depths(depth.get("values", {})),
        **_position(position),
        properties={str(header): _property(header, given) for header, given in data.get("properties", {}).items()},
        long=_long(data["long"]) if "long" in data else None,
        missing=tuple(str(mark) for mark in data.get("missing", ())),
        not_detected=tuple(str(mark) for mark in data.get("not_detected", NOT_DETECTED)),
        keep=tuple(str(header) for header in data.get("keep", ())),
        encoding=str(file.get("encoding", "")),
        delimiter={"tab": "\t"}.get(str(file.get("delimiter", "")), str(file.get("delimiter", ""))),
        sheet=str(file.get("sheet", "")),
        header_line=int(file.get("header_line", 0)),
        decimal=_one_of(file.get("decimal", "."), (".", ","), "file: decimal"),
    )


def _columns(data: Mapping[str, Any]) -> tuple[str, ...]:
    if "columns" in data:
        return tuple(str(column) for column in data["columns"])
    return (str(data["column"]),) if "column" in data else ()


def _one_of(value: Any, allowed: tuple[str, ...], where: str) -> str:
    if value not in allowed:
        raise BadInput(
            f"{value!r} is not one of its values", where=where, mend=f"use {', '.join(filter(None, allowed))}"
        )
    return str(value)


def _jurisdiction(code: Any) -> str:
    if str(code) not in packs.jurisdictions():
        raise BadInput(
            f"no jurisdiction has the code {code!r}",
            where="station: jurisdiction",
            mend='write a GB/T 2260 code in quotes: "440000" Guangdong, "810000" Hong Kong, "820000" Macao',
        )
    return str(code)


def _zone(zone: str) -> str:
    zone_minutes(zone)
    return zone


def _depths(values: Any) -> dict[str, str]:
    return {
        str(word): _one_of(depth, ("surface", "middle", "bottom"), f"depth: values: {word}")
        for word, depth in dict(values).items()
    }


def _position(position: Mapping[str, Any]) -> dict[str, Any]:
    if not position:
        return {}
    for key in ("x", "y"):
        if key not in position:
            raise BadInput(f"no column for {key}", where="position", mend=f"write {key}: header, or leave position out")
    crs = str(position.get("crs", "WGS84"))
    system(crs)
    return {"x": str(position["x"]), "y": str(position["y"]), "crs": crs}


def _code(code: Any, where: str) -> str:
    if code not in packs.properties():
        near = closest(str(code), packs.properties())
        raise BadInput(
            f"no property is called {code!r}" + (f"; did you mean {near!r}?" if near else ""),
            where=where,
            mend="the codes are in docs/glossary.md, for instance DO, CODMn, NH3N, TP",
        )
    return str(code)


def _unit(unit: Any, code: str, where: str) -> str:
    try:
        packs.unit_factor(str(unit), packs.properties()[code].unit, code)
    except BadInput as error:
        raise BadInput(error.what, where=where, mend=error.mend) from error
    return str(unit)


def _property(header: Any, given: Any) -> Property:
    where = f"properties: {header}"
    data = _table({"property": given} if isinstance(given, str) else given, "property", where)
    code = _code(data.get("property"), where)
    unit = data.get("unit", "")
    if unit == "" and packs.properties()[code].unit not in ("[pH]", "1"):
        raise BadInput(
            f"the unit of {code} is not stated",
            where=where,
            mend=f"write unit: {packs.properties()[code].unit}, if that is what the column holds",
        )
    limit = data.get("detection_limit")
    return Property(code, _unit(unit, code, where) if unit != "" else "", None if limit is None else float(limit))


def _long(given: Any) -> Long:
    data = _table(given, "long", "long")
    for key in ("property", "value"):
        if key not in data:
            raise BadInput(f"no column for {key}", where="long", mend=f"write {key}: its header")
    if ("unit" in data) == ("unit_value" in data):
        raise BadInput("units are not stated", where="long", mend="write unit: their column, or unit_value: mg/L")
    code = partial(_code, where="long: names")
    limit = data.get("detection_limit")
    return Long(
        property=str(data["property"]),
        value=str(data["value"]),
        unit_column=str(data.get("unit", "")),
        unit=str(data.get("unit_value", "")),
        censoring=str(data.get("censoring", "")),
        names={str(name): code(value) for name, value in dict(data.get("names", {})).items()},
        detection_limit=None if limit is None else float(limit),
    )


__all__ = ["EXAMPLE", "EXAMPLE_LONG", "Layout", "Long", "Property", "load_layout"]
