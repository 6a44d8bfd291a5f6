"""Observations of datastreams as columns: the newest revision of each, in the datastream's own unit.

A page of one datastream in order of time reads only a window of it, wherever the page lies; the newest value of a
datastream costs no reading at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.model.errors import BadInput
from clearbay.share.sta import conditions
from clearbay.share.sta.conditions import Condition
from clearbay.share.sta.expression import Path
from clearbay.share.sta.graph import Graph, Stream
from clearbay.share.sta.options import Options
from clearbay.store import Reader
from clearbay.store.clock import micros
from clearbay.store.entities import KEY
from clearbay.store.scan import stamp

ROWS = pa.schema(
    [
        pa.field("datastream", pa.int32()),
        pa.field("time", pa.timestamp("us")),
        pa.field("result", pa.float64()),
        pa.field("censoring", pa.string()),
        pa.field("flag", pa.int8()),
        pa.field("revision", pa.int32()),
        pa.field("result_time", pa.timestamp("us")),
    ]
)
_SECOND = timedelta(seconds=1)
_WORDS = ("stations", "properties", "depths", "averagings")
_TICK = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1)
_COLUMNS = ", ".join(ROWS.names)


@dataclass(frozen=True)
class Page:
    """Rows, whether more follow, the token of the next page (empty: by number), and the count where asked for."""

    rows: pa.Table
    more: bool = False
    token: str = ""
    count: int | None = None


def page(graph: Graph, reader: Reader, condition: Condition, options: Options) -> Page:
    """One page of the observations that meet a condition, in the order asked for."""
    size = options.size
    down = _by_time(options)
    streams = condition.streams
    if down is not None and len(streams) <= 1:
        return _of_one(graph, reader, condition, options, down) if streams else Page(ROWS.empty_table(), count=0)
    if not options.order and condition.is_whole:
        return _in_turn(graph, reader, condition, options)
    order = conditions.order(graph, streams, options.order) if options.order else ""
    order = ", ".join(part for part in (order, "datastream", "time") if part)
    with _Query(graph, reader, condition) as query:
        count = query.count() if options.count else None
        rows = query.rows(f" ORDER BY {order} LIMIT {size + 1} OFFSET {options.skip}")
    return Page(rows.slice(0, size), rows.num_rows > size, count=count)


def newest(graph: Graph, stream: Stream) -> pa.Table:
    """The newest observation of a datastream, from the list of all newest ones: nothing is searched."""
    return named(graph.extents.newest(stream.key), stream)


def read(reader: Reader, stream: Stream, start: datetime | None, end: datetime | None, **more: Any) -> pa.Table:
    """Observations of one datastream that start between two times, in order of time."""
    words: dict[str, Any] = {name: [part] for name, part in zip(_WORDS, stream.key, strict=False)}
    table = reader.observations(**words, start=start, end=end, **more)
    return named(table, stream)


def named(table: pa.Table, stream: Stream) -> pa.Table:
    """Rows of the store as rows of a datastream, in its unit."""
    result = table["value"]
    if (stream.scale, stream.offset) != (1.0, 0.0):
        result = pc.divide(pc.subtract(result, stream.offset), stream.scale)
    result_time = table["result_time"]
    if stream.is_made:
        period = stream.period
        result_time = table["time"]
        if period is not None:
            result_time = pc.add(result_time, pa.scalar(period, pa.duration("us")))
    return pa.Table.from_arrays(
        [
            pa.chunked_array([pa.repeat(pa.scalar(int(stream.id), pa.int32()), table.num_rows)]),
            table["time"],
            result,
            table["censoring"],
            table["flag"],
            table["revision"],
            result_time,
        ],
        schema=ROWS,
    )


def _by_time(options: Options) -> bool | None:
    """Whether one stream's rows are wanted in order of time, descending; None: in another order."""
    if not options.order:
        return False
    first, down = options.order[0]
    if first == Path(("phenomenonTime",)):
        return down
    return None


def _of_one(graph: Graph, reader: Reader, condition: Condition, options: Options, down: bool) -> Page:
    stream = condition.streams[0]
    size, need = options.size, options.skip + options.size + 1
    plain = condition.is_whole
    extent = graph.extent(stream)
    if extent is None or not extent.count:
        return Page(ROWS.empty_table(), count=0)
    count = None
    if options.count:
        count = extent.count if plain else sum(part.num_rows for part in _windows(graph, reader, condition, 10**12))
    behind = _moment(options.token)
    if down and plain and need == 2 and behind is None and options.skip == 0:
        return Page(newest(graph, stream), extent.count > 1, token=f"t{extent.last}", count=count)
    parts: list[pa.Table] = []
    have = 0
    for part in _windows(graph, reader, condition, need, down=down, behind=behind):
        parts.append(part)
        have += part.num_rows
        if have >= need:
            break
    rows = pa.concat_tables(parts or [ROWS.empty_table()])
    more = rows.num_rows > options.skip + size
    rows = rows.slice(options.skip, size)
    token = f"t{micros(rows['time'][-1].as_py())}" if rows.num_rows and more else ""
    return Page(rows, more, token, count)


def _windows(
    graph: Graph,
    reader: Reader,
    condition: Condition,
    need: int,
    *,
    down: bool = False,
    behind: datetime | None = None,
) -> Iterator[pa.Table]:
    """The rows of one stream in order of time, in growing windows of about as many rows as are needed."""
    stream = condition.streams[0]
    extent = graph.extent(stream)
    if extent is None:
        return
    first = _EPOCH + timedelta(microseconds=extent.first)
    last = _EPOCH + timedelta(microseconds=extent.last) + _TICK
    low, high = max(first, condition.start or first), min(last, condition.end or last)
    if behind is not None:
        low, high = (low, min(high, behind)) if down else (max(low, behind + _TICK), high)
    mean = (last - first) / extent.count
    try:
        width = max(mean * need * 1.5, _SECOND)
    except OverflowError:
        width = last - first + _SECOND
    while low < high:
        if high - low <= width:
            start, end = low, high
        else:
            start, end = (high - width, high) if down else (low, low + width)
        rows = _meeting(read(reader, stream, start, end), stream, condition.sql)
        if down:
            rows = rows.take(pa.array(np.arange(rows.num_rows - 1, -1, -1)))
            high = start
        else:
            low = end
        if rows.num_rows:
            yield rows
        width = min(width * 4, last - first + _SECOND)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """An engine without data, for conditions on rows that were read already."""
    return duckdb.connect(":memory:", config={"threads": 1})


def _meeting(rows: pa.Table, stream: Stream, sql: str) -> pa.Table:
    if not sql or not rows.num_rows:
        return rows
    length = (stream.period or timedelta()) // _TICK
    with _engine().cursor() as connection:
        connection.register("rows", rows)
        source = f"SELECT *, time + to_microseconds({length}) AS tend FROM rows"
        found = _run(connection, f"SELECT {_COLUMNS} FROM ({source}) WHERE {sql} ORDER BY time")
    return found.cast(ROWS)


def _in_turn(graph: Graph, reader: Reader, condition: Condition, options: Options) -> Page:
    """Streams one after the other, each in order of time: no page costs more than its own rows."""
    size = options.size
    at, behind = _place(options.token)
    skip = options.skip
    count = 0
    if options.count:
        count = sum(extent.count for one in condition.streams if (extent := graph.extent(one)) is not None)
    parts: list[pa.Table] = []
    have = 0
    for stream in condition.streams:
        number = int(stream.id)
        extent = graph.extent(stream)
        if extent is None or not extent.count or number < at:
            continue
        own = behind if number == at else None
        if own is None and skip >= extent.count:
            skip -= extent.count
            continue
        one = Condition((stream,))
        for part in _windows(graph, reader, one, skip + size + 1 - have, behind=own):
            rows = part.slice(skip)
            skip = max(0, skip - part.num_rows)
            parts.append(rows)
            have += rows.num_rows
            if have > size:
                break
        if have > size:
            break
    rows = pa.concat_tables(parts or [ROWS.empty_table()])
    more = rows.num_rows > size
    rows = rows.slice(0, size)
    token = ""
    if more and rows.num_rows:
        token = f"d{rows['datastream'][-1].as_py()}.{micros(rows['time'][-1].as_py())}"
    return Page(rows, more, token, count if options.count else None)


class _Query:
    """SQL over the observations of several streams."""

    def __init__(self, graph: Graph, reader: Reader, condition: Condition) -> None:
        self._condition = condition
        self._relation = reader.relation()

    def __enter__(self) -> _Query:
        names = ", ".join((*KEY, "id", "scale", "shift", "length", "own"))
        listed = ", ".join(_values(one) for one in self._condition.streams) or _values(Stream("", "0"))
        on = " AND ".join(f"o.{name} = s.{name}" for name in KEY)
        bounds = []
        if self._condition.start is not None:
            bounds.append(f"o.time >= {stamp(self._condition.start)}")
        if self._condition.end is not None:
            bounds.append(f"o.time < {stamp(self._condition.end)}")
        narrowed = f" WHERE {' AND '.join(bounds)}" if bounds else ""
        self._source = (
            "(SELECT CAST(s.id AS INTEGER) AS datastream, o.time AS time, o.time + to_microseconds(s.length) AS tend,"
            " (o.value - s.shift) / s.scale AS result, o.censoring AS censoring, o.flag AS flag,"
            " o.revision AS revision,"
            " CASE WHEN s.own THEN o.time + to_microseconds(s.length) ELSE o.result_time END AS result_time"
            f" FROM o JOIN (VALUES {listed}) AS s({names}) ON {on}{narrowed})"
        )
        self._where = f" WHERE {self._condition.sql}" if self._condition.sql else ""
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def rows(self, behind: str) -> pa.Table:
        """Rows that meet the condition; ``behind`` orders and limits them."""
        found = _run(self._relation, f"SELECT {_COLUMNS} FROM {self._source}{self._where}{behind}")
        return found.cast(ROWS)

    def count(self) -> int:
        """How many rows meet the condition."""
        return int(_run(self._relation, f"SELECT count(*) AS n FROM {self._source}{self._where}")["n"][0].as_py())


def _run(source: Any, sql: str) -> pa.Table:
    try:
        if isinstance(source, duckdb.DuckDBPyRelation):
            found = source.query("o", sql)
            return ROWS.empty_table() if found is None else found.to_arrow_table()
        return source.sql(sql).to_arrow_table()
    except (
        duckdb.BinderException,
        duckdb.ConversionException,
        duckdb.ParserException,
        duckdb.OutOfRangeException,
    ) as error:
        first = str(error).splitlines()[0]
        raise BadInput(
            f"this cannot be worked out on observations ({first[:160]})",
            where="$filter",
            mend="compare result with numbers, times with times",
        ) from None


def _values(stream: Stream) -> str:
    texts = ["'" + part.replace("'", "''") + "'" for part in stream.key[: len(KEY)]]
    length = (stream.period or timedelta()) // _TICK
    own = "true" if stream.is_made else "false"
    shift = f"CAST({stream.scale!r} AS DOUBLE), CAST({stream.offset!r} AS DOUBLE)"
    return f"({', '.join(texts)}, {int(stream.id)}, {shift}, CAST({length} AS BIGINT), {own})"


def moment(time: int) -> datetime:
    """A time in microseconds since 1970 as naive UTC."""
    return _EPOCH + timedelta(microseconds=time)


def _moment(token: str) -> datetime | None:
    if not token:
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(token.removeprefix("t")))
    except (ValueError, OverflowError):
        raise BadInput(
            "the page's token cannot be understood", where="$skiptoken", mend="follow @iot.nextLink"
        ) from None


def _place(token: str) -> tuple[int, datetime | None]:
    if not token:
        return 0, None
    number, _, time = token.removeprefix("d").partition(".")
    if not number.isdecimal():
        raise BadInput("the page's token cannot be understood", where="$skiptoken", mend="follow @iot.nextLink")
    return int(number), _moment(time)
