"""A plain file of series: a column of times, one or more of values, perhaps one of stations and one of properties.

For files that need no mapping because they say little: CSV (any encoding, gzipped or not) or Parquet. Columns are
told by their usual names in the languages of the bay, or named by the caller. Nothing is converted: values stand as
they are, times without a zone are taken as they stand.
"""

from __future__ import annotations

import io
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from clearbay import packs
from clearbay.collect.batch import LISTED, BadValue
from clearbay.collect.numbers import BAD, CENSORING, parse, why_bad
from clearbay.collect.octets import encoding_of, unpacked
from clearbay.collect.source import closest
from clearbay.collect.times import FORMATS, instants
from clearbay.collect.words import heading, key, named, property_of
from clearbay.model.errors import BadInput

_PARQUET = b"PAR1"
_MINUTES = ("minutes", "samplingminutes", "有效分钟数")
_EPOCH = 1e11
"""Numbers of seconds since 1970 stay below this until the year 5138; larger ones are milliseconds."""


@dataclass(frozen=True, eq=False)
class SeriesFile:
    """What was read: the file's own ``table``, and for each column of values the rows as quality control takes them.

    ``readable`` are the rows whose time could be read: only they are in ``series``, in the file's order.
    """

    table: pa.Table
    series: dict[str, pa.Table]
    readable: npt.NDArray[np.bool_]
    bad: tuple[BadValue, ...]


def read_series(
    data: bytes,
    *,
    name: str,
    time: str = "",
    values: Sequence[str] = (),
    known: Set[str] = frozenset(),
    station: str = "",
    property: str = "",
    zone: str = "UTC",
) -> SeriesFile:
    """Read a file of series.

    ``time`` and ``values`` name columns, where their names are unusual; ``known`` are names that columns of values may
    have besides the usual ones. ``station`` and ``property`` are what the file is of, where it does not say so itself.
    Raises ``BadInput`` for a file that is none, or whose columns cannot be told.
    """
    table = _opened(unpacked(data, name), name)
    columns = {key(column): column for column in reversed(table.column_names)}
    at = _named(time, table, name) if time else named(table.column_names, "time")
    chosen = [_named(one, table, name) for one in values] or _values(table, known, at)
    if not at and len(table.column_names) == 2 and len(chosen) == 1:
        at = next(column for column in table.column_names if column != chosen[0])
    if not at or not chosen:
        missing = "time" if not at else "values"
        raise BadInput(
            f"no column could be told to hold the {missing} (there are {', '.join(table.column_names[:20])})",
            where=name,
            mend="name them with --time and --value, or use --source and --mapping",
        )
    times = _times(table[at], zone)
    readable = ~times.is_null().to_numpy(zero_copy_only=False)
    bad = [
        BadValue(int(row), at, str(table[at][int(row)].as_py()), "no time that can be read", "write 2024-05-01 08:00")
        for row in np.flatnonzero(~readable)[:LISTED]
    ]
    keys = {"time": times.filter(pa.array(readable))}
    for role, column in (("station", "station"), ("depth", "depth"), ("item", "property")):
        found = named(table.column_names, role)
        if found and found not in (at, *chosen):
            keys[column] = table[found].cast(pa.string()).filter(pa.array(readable)).combine_chunks()
    if "property" in keys:
        keys["property"] = _codes(keys["property"], known)
    for given, column in ((station, "station"), (property, "property")):
        if given and column not in keys:
            keys[column] = pa.repeat(given, int(readable.sum()))
    for role, column in (("east", "longitude"), ("north", "latitude")):
        found = named(table.column_names, role)
        if found and found not in (at, *chosen):
            keys[column] = pa.array(parse(table[found]).value[readable])
    if found := next((columns[word] for word in _MINUTES if word in columns), ""):
        keys["minutes"] = pa.array(parse(table[found]).value[readable])
    if "flag" in columns and pa.types.is_integer(table[columns["flag"]].type):
        flags = pc.if_else(pc.is_in(table[columns["flag"]], pa.array([1, 2, 3, 4, 9])), table[columns["flag"]], 2)
        keys["flag"] = flags.cast(pa.int8()).filter(pa.array(readable)).combine_chunks()
    series = {}
    for column in chosen:
        parsed = parse(table[column])
        for row in np.flatnonzero(parsed.state == BAD)[: LISTED - len(bad)].tolist():
            text = str(table[column][row].as_py())
            bad.append(BadValue(row, column, text, *why_bad(text)))
        own = dict(keys)
        if "property" not in own:
            own["property"] = pa.repeat(column if column in known else _bears(column) or column, int(readable.sum()))
        own["value"] = pa.array(parsed.value[readable])
        own["censoring"] = CENSORING.take(pa.array(parsed.censoring[readable]))
        series[column] = pa.table(own)
    return SeriesFile(table, series, readable, tuple(sorted(bad, key=lambda one: one.row)))


def _opened(data: bytes, name: str) -> pa.Table:
    try:
        if data.startswith(_PARQUET):
            return pq.read_table(io.BytesIO(data))
        encoding = encoding_of(data)
        text = data if encoding in ("utf-8", "utf-8-sig") else data.decode(encoding).encode()
        delimiter = _delimiter(text)
        table = csv.read_csv(
            io.BytesIO(text.removeprefix(b"\xef\xbb\xbf")),
            parse_options=csv.ParseOptions(delimiter=delimiter),
            convert_options=csv.ConvertOptions(strings_can_be_null=True),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError) as error:
        raise BadInput(
            f"this is no table that can be read ({error})",
            where=name,
            mend="give CSV with one line of headings, or Parquet",
        ) from error
    if len(set(table.column_names)) != len(table.column_names):
        raise BadInput("two columns have the same name", where=name, mend="rename one of them")
    if not table.num_rows:
        raise BadInput("the file has no rows", where=name, mend="check that it is the right file")
    return table


def _delimiter(text: bytes) -> str:
    head = text.split(b"\n", 1)[0]
    return max((",", "\t", ";"), key=lambda mark: head.count(mark.encode()))


def _named(column: str, table: pa.Table, name: str) -> str:
    if column in table.column_names:
        return column
    guess = closest(column, table.column_names)
    raise BadInput(
        f"there is no column {column!r} (there are {', '.join(table.column_names[:20])})",
        where=name,
        mend=f"did you mean {guess}?" if guess else "name one of them",
    )


def _values(table: pa.Table, known: Set[str], time: str) -> list[str]:
    """The columns of values: the one called so, else those that bear the name of a property, else the only number."""
    if usual := named(table.column_names, "value"):
        return [usual]
    rest = [column for column in table.column_names if column != time]
    if bearing := [column for column in rest if column in known or _bears(column)]:
        return bearing
    kinds = [(column, table[column].type) for column in rest]
    numbers = [column for column, kind in kinds if pa.types.is_floating(kind) or pa.types.is_integer(kind)]
    return numbers if len(numbers) == 1 else []


def _bears(column: str) -> str:
    """The code of the property that a heading names in the unit in which limits stand, or nothing."""
    found = heading(column)
    if found is None or (found.printed and not found.unit):
        return ""
    if found.unit and packs.unit_factor(found.unit, packs.properties()[found.code].unit, found.code) != (1, 0):
        return ""
    return found.code


def _codes(words: pa.Array, known: Set[str]) -> pa.Array:
    coded = words.dictionary_encode()
    meant = [word if word in known else property_of(word) or word for word in coded.dictionary.to_pylist()]
    return pa.array(meant, pa.string()).take(coded.indices)


def _times(column: pa.ChunkedArray, zone: str) -> pa.Array:
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        numbers = column.cast(pa.float64())
        largest = pc.max(pc.abs(numbers)).as_py() or 0.0
        micros = pc.multiply(numbers, 1e6 if largest < _EPOCH else 1e3)
        return pc.round(micros).cast(pa.int64()).cast(pa.timestamp("us")).combine_chunks()
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    found = instants(column, formats=FORMATS, zone=zone)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
