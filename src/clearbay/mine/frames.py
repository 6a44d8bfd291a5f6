"""Tables on any engine: the little that narwhals leaves to each.

Every function of this room that runs over whole histories takes a DuckDB relation, a Polars frame, a pyarrow table (or
a narwhals frame over one of them) and answers with a narwhals frame on the same engine, lazy where the engine is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import pyarrow as pa

from clearbay.model.errors import BadInput

Frame: TypeAlias = nw.DataFrame[Any] | nw.LazyFrame[Any]
"""A narwhals frame, eager or lazy."""

Granularity: TypeAlias = str
"""``year``, ``season`` (calendar quarter), ``month`` or ``day``; ``12months-06`` (the years that end with June) and
``3years-1`` (blocks of three calendar years, the last of which leaves that rest when divided by three)."""

UNUSABLE_FLAGS = (4, 9)
"""QARTOD flags of observations that no verdict may rest on: fail and missing."""


def frame_of(data: object) -> Frame:
    """``data`` as a narwhals frame: a DuckDB relation, Polars or pyarrow table, or already one of narwhals."""
    if isinstance(data, nw.DataFrame | nw.LazyFrame):
        return data
    try:
        frame: Frame = nw.from_native(data)
    except TypeError as error:
        raise BadInput(
            f"{type(data).__name__} is not a table",
            mend="give a DuckDB relation, a Polars frame or a pyarrow table",
        ) from error
    return frame


def columns_of(frame: Frame) -> list[str]:
    """Column names, without running a lazy query."""
    return frame.collect_schema().names()


def need(frame: Frame, names: Iterable[str], what: str) -> None:
    """Refuse a table that lacks a column, naming it."""
    missing = [name for name in names if name not in columns_of(frame)]
    if missing:
        raise BadInput(f"{what} lacks the column {', '.join(missing)}", mend="see clearbay.model.observation.READINGS")


def beside(frame: Frame, columns: Mapping[str, Sequence[object]], types: Mapping[str, str]) -> Frame:
    """A small table of ours on the same engine (and connection) as ``frame``, ready to join.

    ``types`` gives each column's type: ``str``, ``int`` or ``float``; None is null.
    """
    arrow = {"str": pa.string(), "int": pa.int64(), "float": pa.float64()}
    table = pa.table({name: pa.array(values, arrow[types[name]]) for name, values in columns.items()})
    engine = frame.implementation
    if engine.is_duckdb():
        return frame_of(_duckdb_values(frame.to_native(), table))
    if engine.is_spark_like():
        session = frame.to_native().sparkSession
        return frame_of(session.createDataFrame(table))
    eager: nw.DataFrame[Any] = nw.from_arrow(table, backend=engine)
    return eager.lazy() if isinstance(frame, nw.LazyFrame) else eager


def settled(frame: Frame) -> Frame:
    """``frame`` with what it asks for worked out so far, where a server plans; elsewhere as it is.

    Planners of Spark Connect servers write nested expressions out in full: a few statistics of statistics, and a query
    takes minutes to plan. Use it where few rows are left. The rows pass through this process.
    """
    if not frame.implementation.is_spark_like():
        return frame
    native: Any = frame.to_native()
    return frame_of(native.sparkSession.createDataFrame(native.toArrow()))


def _duckdb_values(relation: Any, table: pa.Table) -> Any:
    """The rows as a VALUES clause, so that they live in the relation's own connection and plan."""
    kinds = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE"}

    def literal(value: object) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, str):
            return "'" + value.replace("'", "''") + "'"
        written = repr(value)
        # Without an exponent the engine would read a DECIMAL.
        return written + "e0" if isinstance(value, float) and "e" not in written else written

    rows = ", ".join("(" + ", ".join(literal(v) for v in row.values()) + ")" for row in table.to_pylist())
    names = ", ".join(f'"{name}"' for name in table.column_names)
    chosen = ", ".join(f'CAST("{field.name}" AS {kinds[field.type]}) AS "{field.name}"' for field in table.schema)
    return relation.query("clearbay_frame", f"SELECT {chosen} FROM (VALUES {rows}) AS clearbay_values({names})")


def usable(frame: Frame, *conditions: nw.Expr) -> Frame:
    """Rows that a verdict may rest on (a number, not flagged as failed or missing where there is a flag) and that meet
    the conditions given.
    """
    flagged = [~nw.col("flag").is_in(list(UNUSABLE_FLAGS))] if "flag" in columns_of(frame) else []
    return frame.filter(~nw.col("value").is_null(), ~nw.col("value").is_nan(), *flagged, *conditions)


def is_one_of(column: str, names: Iterable[str]) -> nw.Expr:
    """Whether a text is one of the names; of none where there are none (pyarrow refuses an empty set)."""
    wanted = sorted(names)
    return nw.col(column).is_in(wanted) if wanted else nw.lit(False)


def largest(*columns: str) -> nw.Expr:
    """The largest of the columns, nulls aside; of one column itself, for which Spark has no ``greatest``."""
    return nw.max_horizontal(*columns) if len(columns) > 1 else nw.col(columns[0])


def has_clock(offset: int | Mapping[str, int]) -> tuple[nw.Expr, ...]:
    """The condition that a station's calendar is known: none for an offset that all share, else being named."""
    return () if isinstance(offset, int) else (is_one_of("station", offset),)


def local_time(offset: int | Mapping[str, int]) -> nw.Expr:
    """The station's own wall-clock time. ``offset`` is minutes east of UTC, one for all or by station."""
    shifts = {offset} if isinstance(offset, int) else set(offset.values())
    local = nw.col("time")
    for minutes in sorted(shifts):
        shifted = nw.col("time") + timedelta(minutes=minutes)
        if isinstance(offset, int) or len(shifts) == 1:
            return shifted
        there = [station for station, own in offset.items() if own == minutes]
        local = nw.when(is_one_of("station", there)).then(shifted).otherwise(local)
    return local


def with_local_time(frame: Frame, offset: int | Mapping[str, int]) -> Frame:
    """Add ``local``, the station's own time; a station that a mapping does not name is left out."""
    known = frame if isinstance(offset, int) else frame.filter(*has_clock(offset))
    return known.with_columns(local=local_time(offset))


def period_number(granularity: Granularity, local: nw.Expr | None = None) -> nw.Expr:
    """The local period as a whole number that sorts and groups fast; ``period_text`` writes it out.

    ``local`` is the local time, the column of that name if left out.
    """
    time = (nw.col("local") if local is None else local).dt
    year = time.year().cast(nw.Int64)
    if granularity == "year":
        return year
    if granularity == "month":
        return year * 100 + time.month().cast(nw.Int64)
    if granularity == "season":
        return year * 10 + (time.month().cast(nw.Int64) + 2) // 3
    if granularity == "day":
        return year * 10000 + time.month().cast(nw.Int64) * 100 + time.day().cast(nw.Int64)
    name, _, anchor = granularity.partition("-")
    if name == "12months" and anchor.isdigit():
        return year + nw.when(time.month().cast(nw.Int64) > int(anchor)).then(1).otherwise(0)
    if name == "3years" and anchor.isdigit():
        # 9999 is a multiple of three above every year: what is divided stays positive on every engine.
        return year + (9999 + int(anchor) - year) % 3
    raise BadInput(f"no such granularity: {granularity}", mend="use year, season, month or day")


def period_text(number: nw.Expr, granularity: Granularity) -> nw.Expr:
    """``2019``, ``2019-Q3``, ``2019-07``, ``2019-07-15``; a span of 12 months or 3 years by its last month or year."""
    if granularity == "year" or granularity.startswith("3years"):
        return number.cast(nw.String)
    if granularity.startswith("12months"):
        return nw.concat_str([number.cast(nw.String), nw.lit(granularity.removeprefix("12months"))])
    if granularity == "day":
        month, day = (number // 100 % 100).cast(nw.String), (number % 100).cast(nw.String)
        parts_of = [(number // 10000).cast(nw.String), month.str.zfill(2), day.str.zfill(2)]
        return nw.concat_str(parts_of, separator="-")
    parts, mark = (100, "-") if granularity == "month" else (10, "-Q")
    year, part = (number // parts).cast(nw.String), (number % parts).cast(nw.String)
    return nw.concat_str([year, nw.lit(mark), part.str.zfill(2) if granularity == "month" else part])


def to_arrow(frame: Frame) -> pa.Table:
    """Run what is lazy; the result as a pyarrow table."""
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect("pyarrow")
    return frame.to_arrow()
