"""Hot observations: what has been acknowledged but not yet moved into history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select, update
from sqlalchemy.exc import DBAPIError

from clearbay.store.clock import month_end, month_start, months_of
from clearbay.store.tables import hot

HOT = pa.schema(
    [
        pa.field("datastream", pa.int32(), nullable=False),
        pa.field("time", pa.timestamp("us"), nullable=False),
        pa.field("revision", pa.int32(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("censoring", pa.string(), nullable=False),
        pa.field("flag", pa.int8(), nullable=False),
        pa.field("result_time", pa.timestamp("us"), nullable=False),
        pa.field("until", pa.timestamp("us")),
    ]
)
"""A hot row as columns; ``until`` as in ``tables.hot``."""

_COLUMNS = [hot.c[name] for name in HOT.names]
_FETCH = 100_000


def insert(connection: Connection, rows: pa.Table, version: int) -> None:
    """Add rows of ``HOT``; by COPY in PostgreSQL, by one prepared statement in SQLite."""
    names = (*HOT.names, "version")
    driver: Any = connection.connection.driver_connection
    trouble = connection.dialect.loaded_dbapi.Error
    cursor = driver.cursor()
    try:
        if connection.dialect.name == "postgresql":
            with cursor.copy(f"COPY hot ({', '.join(names)}) FROM STDIN") as copy:
                for row in _tuples(rows, version):
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(names))
            cursor.executemany(f"INSERT INTO hot ({', '.join(names)}) VALUES ({marks})", _tuples(rows, version))
    except trouble as error:
        raise DBAPIError.instance("insert hot rows", None, error, trouble) from error
    finally:
        cursor.close()


def _tuples(rows: pa.Table, version: int) -> zip[tuple[Any, ...]]:
    columns = []
    for field in HOT:
        column = rows[field.name]
        columns.append((column.cast(pa.int64()) if pa.types.is_timestamp(field.type) else column).to_pylist())
    return zip(*columns, [version] * rows.num_rows, strict=True)


def _table(rows: Sequence[Any]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [[] for _ in HOT]
    arrays = []
    for field, column in zip(HOT, columns, strict=True):
        if pa.types.is_timestamp(field.type):
            arrays.append(pa.array(column, pa.int64()).cast(field.type))
        else:
            arrays.append(pa.array(column, field.type))
    return pa.Table.from_arrays(arrays, schema=HOT)


def _fetch(connection: Connection, query: Any) -> pa.Table:
    result = connection.execute(query, execution_options={"yield_per": _FETCH})
    return pa.concat_tables([_table([]), *(_table(part) for part in result.partitions(_FETCH))])


def changed(connection: Connection, since: int) -> pa.Table:
    """Rows written or superseded after data version ``since``."""
    return _fetch(connection, select(*_COLUMNS).where(hot.c.version > since))


def between(connection: Connection, first: int, last: int) -> pa.Table:
    """Every row, superseded ones too, of the months ``first`` to ``last`` (yyyymm, both included)."""
    span = (hot.c.time >= month_start(first)) & (hot.c.time < month_end(last))
    return _fetch(connection, select(*_COLUMNS).where(span))


def any_row(connection: Connection) -> bool:
    """Whether anything is hot."""
    return connection.execute(select(hot.c.datastream).limit(1)).first() is not None


_DAY = 86_400_000_000
_BEFORE_ALL = 1_000_000
"""Days added before dividing, so that integer division rounds down before 1970 too, in every database."""


def months(connection: Connection) -> dict[int, int]:
    """How many rows are hot in each month."""
    day = ((hot.c.time + _BEFORE_ALL * _DAY) // _DAY).label("day")
    counts: dict[int, int] = {}
    for number, rows in connection.execute(select(day, func.count()).group_by(day)):
        month = int(months_of(np.array([(number - _BEFORE_ALL) * _DAY]))[0])
        counts[month] = counts.get(month, 0) + rows
    return counts


_BY_KEY_LIMIT = 500


def newest(connection: Connection, ids: npt.NDArray[np.int32], times: npt.NDArray[np.int64]) -> pa.Table:
    """The valid row of each given datastream and time that is hot (others may come along with them)."""
    if not len(ids) or not any_row(connection):
        return _table([])
    query = select(*_COLUMNS).where(hot.c.until.is_(None))
    if len(ids) > _BY_KEY_LIMIT:
        span = hot.c.time.between(int(times.min()), int(times.max()))
        return _fetch(connection, query.where(span))
    one = query.where(hot.c.datastream == bindparam("d"), hot.c.time == bindparam("t"))
    rows: list[Any] = []
    for key, moment in set(zip(ids.tolist(), times.tolist(), strict=True)):
        rows.extend(connection.execute(one, {"d": key, "t": moment}).all())
    return _table(rows)


def supersede(connection: Connection, revised: pa.Table, version: int) -> None:
    """Mark the hot rows that ``revised`` (datastream, time, revision, result_time) takes the place of."""
    later: BindParameter[int] = bindparam("later")
    statement = (
        update(hot)
        .where(hot.c.datastream == bindparam("d"), hot.c.time == bindparam("t"), hot.c.revision < bindparam("r"))
        .where(hot.c.until.is_(None) | (hot.c.until > later))
        .values(until=later, version=version)
    )
    rows = [
        {"d": row["datastream"], "t": row["time"], "r": row["revision"], "later": row["result_time"]}
        for row in revised.to_pylist()
    ]
    if rows:
        connection.execute(statement, rows)


def remove(connection: Connection, first: int, last: int) -> None:
    """Delete every row of the months ``first`` to ``last``, after they have become history."""
    span = (hot.c.time >= month_start(first)) & (hot.c.time < month_end(last))
    connection.execute(delete(hot).where(span))
