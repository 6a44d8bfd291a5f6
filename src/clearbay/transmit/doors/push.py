"""Readings that a program pushes: a JSON list of objects, or a table with a mapping.

A row that cannot be read is refused with its place, the reason and the way out; the others go on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa

from clearbay import collect, packs
from clearbay.collect.batch import ROW_READINGS, BadValue, Batch
from clearbay.collect.source import closest
from clearbay.collect.words import property_of
from clearbay.model.errors import BadInput
from clearbay.model.observation import Averaging, Depth, Flag
from clearbay.model.property import OWN_PROPERTY
from clearbay.model.station import Station
from clearbay.store.clock import micros

SOURCE = "push"
FIELDS = ("station", "property", "depth", "averaging", "time", "value", "unit", "censoring", "flag")
"""What a pushed reading may say; station, property, time and value it must."""

MAPPINGS = "mappings"
"""The folder of a home in which the operator keeps the mappings that a push may name."""

_NUMBER = re.compile(r"\s*([<>]?)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*")
_NAME = re.compile(r"[\w-]{1,80}")
_DEPTHS, _AVERAGINGS = frozenset(get_args(Depth)), frozenset(get_args(Averaging))
_FLAGS = frozenset(int(flag) for flag in Flag)


class _Wrong(Exception):
    def __init__(self, column: str, value: object, why: str, mend: str) -> None:
        self.column, self.value, self.why, self.mend = column, value, why, mend


def read_json(body: Any) -> Batch:
    """Readings from a list of objects, or from an object with the list under ``readings``."""
    rows = body.get("readings") if isinstance(body, Mapping) else body
    if not isinstance(rows, list):
        raise BadInput(
            "readings are a list of objects",
            where="body",
            mend='send [{"station": "…", "property": "DO", "time": "2024-01-01T08:00:00+08:00", "value": 7.1}]',
        )
    columns: dict[str, list[Any]] = {name: [] for name in ROW_READINGS.names}
    bad: list[BadValue] = []
    for at, row in enumerate(rows):
        try:
            reading = _reading(row)
        except _Wrong as wrong:
            bad.append(
                BadValue(at, wrong.column, "" if wrong.value is None else str(wrong.value)[:200], wrong.why, wrong.mend)
            )
            continue
        for name, value in reading.items():
            columns[name].append(value)
        columns["row"].append(at)
    times = pa.array(columns.pop("time"), pa.int64()).cast(pa.timestamp("us"))
    table = pa.table(
        {name: times if name == "time" else columns[name] for name in ROW_READINGS.names}, schema=ROW_READINGS
    )
    return Batch(SOURCE, table, None, bad=tuple(bad), first_line=1)


def read_table(data: bytes, home: Path, *, mapping: str, name: str) -> Batch:
    """Readings from a CSV, workbook or Parquet file by a mapping of the home (``mappings/NAME.yaml``)."""
    return collect.source("table").read(data, name=name, options={"mapping": str(mapping_of(home, mapping))})


def mapping_of(home: Path, name: str) -> Path:
    """The mapping with this name in the home; ``BadInput`` names those that there are."""
    folder = home / MAPPINGS
    if _NAME.fullmatch(name) and (path := folder / f"{name}.yaml").is_file():
        return path
    known = sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []
    raise BadInput(
        f"no mapping is called '{name[:80]}'" if name else "a table needs a mapping",
        where="mapping",
        mend=f"known: {', '.join(known)}"
        if known
        else f"the operator puts one at {MAPPINGS}/NAME.yaml in the home; `clearbay mapping FILE` drafts it",
    )


def known_stations(batch: Batch) -> tuple[Station, ...]:
    """The stations that a batch brings or a shipped register knows, by which its readings may go."""
    named = set(batch.readings["station"].unique().to_pylist())
    shipped = {one.id: one for one in packs.stations() if one.id in named}
    told = {one.id: one for one in batch.stations if one.id in named}
    return tuple((told | shipped).values())


def _reading(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise _Wrong("", row, "a reading is an object", f"give it {', '.join(FIELDS[:2])}, time and value")
    for name in row:
        if name not in FIELDS:
            near = closest(str(name), FIELDS)
            raise _Wrong(str(name), row[name], "no such field" + (f"; did you mean {near}?" if near else ""),
                         f"fields: {', '.join(FIELDS)}")  # fmt: skip
    station = row.get("station")
    if not isinstance(station, str) or not station:
        raise _Wrong("station", station, "no station", "give the id of a station, as /api/stations lists them")
    code = _property(row.get("property"))
    value, censoring = _value(row, code)
    return {
        "station": station,
        "property": code,
        "depth": _one_of(row, "depth", _DEPTHS),
        "averaging": _one_of(row, "averaging", _AVERAGINGS),
        "time": _time(row.get("time")),
        "value": value,
        "censoring": censoring,
        "flag": _flag(row.get("flag")),
    }


def _property(given: Any) -> str:
    word = given if isinstance(given, str) else ""
    if word in packs.properties() or word.startswith(OWN_PROPERTY):
        return word
    found = property_of(word) if word else None
    if found is None:
        near = closest(word, packs.properties())
        raise _Wrong("property", given, "no such property" + (f"; did you mean {near}?" if near else ""),
                     "give a code of /api/meta, such as DO, CODMn, NH3N, TP")  # fmt: skip
    return found


def _value(row: Mapping[str, Any], code: str) -> tuple[float, str]:
    given, censoring = row.get("value"), row.get("censoring") or ""
    if isinstance(given, str) and (match := _NUMBER.fullmatch(given)):
        given, censoring = float(match[2]), match[1] or censoring
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise _Wrong("value", given, "not a number", "give a number, or text such as <0.02; leave missing values out")
    if censoring not in ("", "<", ">"):
        raise _Wrong("censoring", censoring, "no such censoring", "give <, > or nothing")
    unit = row.get("unit")
    if not unit or code.startswith(OWN_PROPERTY):
        return float(given), censoring
    try:
        scale, offset = packs.unit_factor(str(unit), packs.properties()[code].unit, code)
    except BadInput as error:
        raise _Wrong("unit", unit, error.what, error.mend or f"give {packs.properties()[code].unit}") from None
    return float(given) * scale + offset, censoring


def _time(given: Any) -> int:
    try:
        time = datetime.fromisoformat(str(given))
    except ValueError:
        raise _Wrong("time", given, "not a time", "write 2024-01-01T08:00:00+08:00") from None
    if time.tzinfo is None:
        raise _Wrong("time", given, "the time zone is not stated", "write +08:00 or Z behind it")
    return micros(time)


def _one_of(row: Mapping[str, Any], name: str, known: frozenset[str]) -> str:
    given = row.get(name) or ""
    if given not in known:
        raise _Wrong(name, given, f"no such {name}", f"give {', '.join(sorted(filter(None, known)))}, or nothing")
    return str(given)


def _flag(given: Any) -> int:
    if given is None:
        return int(Flag.NOT_EVALUATED)
    if isinstance(given, bool) or given not in _FLAGS:
        raise _Wrong("flag", given, "no QARTOD flag", "give 1, 2, 3, 4 or 9")
    return int(given)


def refusals(batch: Batch, refused: Sequence[BadValue]) -> list[dict[str, Any]]:
    """What was refused, in order, as it is told to the sender; ``row`` counts from 0."""
    found = [*batch.bad, *refused]
    return [
        {"row": one.row, "column": one.column, "value": one.value, "why": one.why, "mend": one.mend}
        for one in sorted(found, key=lambda one: one.row)
    ]
