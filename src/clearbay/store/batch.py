"""One batch against the store: which of its rows are new, which revise, which say nothing new.

The rules, for each datastream and time:

- identical rows within the batch are one; contradicting ones are revisions in their order, so the last row wins;
- a batch whose last word equals the stored value is a duplicate, whatever it said before it: this makes importing
  the same file twice change nothing;
- two values are equal where value and censoring are; a flag counts too, unless the arriving one is "not evaluated",
  which says nothing about quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from clearbay.model.errors import BadInput
from clearbay.model.observation import READINGS, Flag
from clearbay.store import history, hot
from clearbay.store.clock import months_of
from clearbay.store.datastreams import Assigned
from clearbay.store.engine import parquet


@dataclass(frozen=True)
class Classified:
    """What is worth storing: ``fresh`` rows of ``hot.HOT``, ``summary`` one row a datastream (see
    ``datastreams.note``), ``revised`` one row for each stored observation that gets a newer revision."""

    fresh: pa.Table
    summary: pa.Table
    revised: pa.Table
    new: int
    revisions: int
    conflicts: int


def readings_of(table: pa.Table) -> pa.Table:
    """The columns of ``READINGS`` out of what a source gave; raises ``BadInput`` where they are not there.

    A source that knows of no averaging gives sample values: the column may be missing or empty.
    """
    missing = [name for name in READINGS.names if name not in (*table.schema.names, "averaging")]
    if missing:
        raise BadInput(
            f"the readings have no column {', '.join(missing)}",
            where="readings",
            mend=f"give the columns {', '.join(READINGS.names)}",
        )
    columns = []
    for field in READINGS:
        if field.name not in table.schema.names:
            columns.append(pa.chunked_array([pa.repeat("", table.num_rows)]))
            continue
        column = table[field.name]
        if field.name == "averaging":
            column = column.fill_null("")
        if field.name == "time" and pa.types.is_timestamp(column.type) and column.type.tz:
            column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.timestamp("us"))  # the instant, in UTC
        try:
            columns.append(column.cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise BadInput(f"column {field.name} is no {field.type}: {error}", where="readings") from error
        if column.null_count:
            raise BadInput(
                f"column {field.name} has {column.null_count} empty values",
                where="readings",
                mend="leave such rows out",
            )
    table = pa.Table.from_arrays(columns, schema=READINGS)
    if not pc.all(pc.is_finite(table["value"]), min_count=0).as_py():
        raise BadInput("a value is not a finite number", where="readings", mend="leave such rows out")
    return table


def classify(
    connection: Connection,
    engine: duckdb.DuckDBPyConnection,
    directory: Path,
    readings: pa.Table,
    assigned: Assigned,
    result_time: datetime,
) -> Classified:
    """Compare a batch of ``READINGS`` with everything stored; only under the writer's lock."""
    times = readings["time"].cast(pa.int64()).to_numpy()
    doubtful = times <= assigned.last
    if not doubtful.any():
        order = np.lexsort((times, assigned.ids))
        if not _repeats(assigned.ids[order], times[order]):
            return _all_new(readings, assigned.ids, times, order, result_time)
    batch = pa.table(
        {
            "datastream": assigned.ids,
            "time": readings["time"],
            "value": readings["value"],
            "censoring": readings["censoring"],
            "flag": readings["flag"],
            "seq": np.arange(readings.num_rows, dtype=np.int64),
        }
    )
    with engine.cursor() as cursor:
        cursor.register("batch", batch)
        stored = _stored(connection, cursor, directory, assigned.ids[doubtful], times[doubtful])
        cursor.register("stored", stored)
        return _classified(cursor, result_time)


def _repeats(ids: npt.NDArray[np.int32], times: npt.NDArray[np.int64]) -> bool:
    """Whether rows sorted by datastream and time name one twice."""
    return bool(((np.diff(ids) == 0) & (np.diff(times) == 0)).any())


def _all_new(
    readings: pa.Table,
    ids: npt.NDArray[np.int32],
    times: npt.NDArray[np.int64],
    order: npt.NDArray[np.intp],
    result_time: datetime,
) -> Classified:
    """The common case, later than everything stored and each key once: nothing has to be looked up."""
    count = readings.num_rows
    moment = pa.scalar(result_time, pa.timestamp("us"))
    fresh = pa.Table.from_arrays(
        [
            pa.array(ids),
            readings["time"],
            pa.repeat(pa.scalar(1, pa.int32()), count),
            readings["value"],
            readings["censoring"],
            readings["flag"],
            pa.repeat(moment, count),
            pa.nulls(count, pa.timestamp("us")),
        ],
        schema=hot.HOT,
    )
    ends = np.flatnonzero(np.append(np.diff(ids[order]) != 0, True)) if count else np.empty(0, dtype=np.intp)
    starts = np.append(0, ends[:-1] + 1) if count else ends
    newest = fresh.take(pa.array(order[ends]))
    micros = newest["time"].cast(pa.int64())
    summary = pa.table(
        {
            "datastream": newest["datastream"],
            "added": pa.array(ends - starts + 1),
            "first": pa.array(times[order[starts]]),
            "last": micros,
            "time": micros,
            "value": newest["value"],
            "censoring": newest["censoring"],
            "flag": newest["flag"],
            "revision": newest["revision"],
            "result_time": newest["result_time"].cast(pa.int64()),
        }
    )
    return Classified(fresh, summary, summary.slice(0, 0), count, 0, 0)


_STORED = pa.schema([hot.HOT.field(name) for name in ("datastream", "time", "value", "censoring", "flag", "revision")])


def _stored(
    connection: Connection,
    cursor: duckdb.DuckDBPyConnection,
    directory: Path,
    ids: npt.NDArray[np.int32],
    moments: npt.NDArray[np.int64],
) -> pa.Table:
    """The valid stored rows of those keys of the batch that are not later than all their datastream has."""
    if not len(ids):
        return _STORED.empty_table()
    warm = hot.newest(connection, ids, moments).select(_STORED.names)
    files = history.valid(connection, np.unique(months_of(moments)).tolist())
    current = [file.name for file in files if file.kind == "current"]
    if not current:
        return warm
    cursor.register("warm", warm)
    cursor.register("doubtful", pa.table({"datastream": ids, "time": pa.array(moments).cast(pa.timestamp("us"))}))
    columns = ", ".join(_STORED.names)
    query = (
        f"SELECT {columns} FROM {parquet(directory, current)}"
        " SEMI JOIN doubtful USING (datastream, time)"
        + (" ANTI JOIN warm USING (datastream, time)" if warm.num_rows else "")
        + f" WHERE datastream BETWEEN {ids.min()} AND {ids.max()}"
        f" AND time BETWEEN make_timestamp({moments.min()}) AND make_timestamp({moments.max()})"
    )
    return pa.concat_tables([warm, cursor.sql(query).to_arrow_table().cast(_STORED)])


def _classified(cursor: duckdb.DuckDBPyConnection, result_time: datetime) -> Classified:
    run = cursor.execute
    same = f"s.value = b.value AND s.censoring = b.censoring AND (b.flag = {Flag.NOT_EVALUATED:d} OR s.flag = b.flag)"
    run("CREATE TEMP TABLE repeated AS SELECT datastream, time FROM batch GROUP BY ALL HAVING count(*) > 1")
    repeats = bool(run("SELECT count(*) FROM repeated").fetchall()[0][0])
    # Keys that the batch names once, which is nearly all of them, need no window.
    single = "batch b" + (" ANTI JOIN repeated USING (datastream, time)" if repeats else "")
    run(
        "CREATE TEMP TABLE found AS SELECT b.datastream, b.time, b.value, b.censoring, b.flag,"
        " (coalesce(s.revision, 0) + 1)::INTEGER AS revision, true AS newest"
        f" FROM {single} LEFT JOIN stored s USING (datastream, time) WHERE ({same}) IS NOT TRUE"
    )
    conflicts = 0
    if repeats:
        run(
            "CREATE TEMP TABLE told AS SELECT *,"
            " max(seq) OVER (PARTITION BY datastream, time) = seq AS newest"
            " FROM (SELECT *, value IS DISTINCT FROM lag(value) OVER w OR censoring IS DISTINCT FROM lag(censoring)"
            " OVER w OR flag IS DISTINCT FROM lag(flag) OVER w AS differs"
            " FROM batch SEMI JOIN repeated USING (datastream, time)"
            " WINDOW w AS (PARTITION BY datastream, time ORDER BY seq)) WHERE differs"
        )
        conflicts = run(
            "SELECT count(*) FROM (SELECT 1 FROM told GROUP BY datastream, time HAVING count(*) > 1)"
        ).fetchall()[0][0]
        run(
            "INSERT INTO found SELECT datastream, time, value, censoring, flag, was + row_number() OVER"
            " (PARTITION BY datastream, time ORDER BY seq), newest FROM"
            f" (SELECT b.*, coalesce(s.revision, 0) AS was, ({same}) IS TRUE AS same,"
            " min(b.seq) OVER (PARTITION BY b.datastream, b.time) = b.seq AS leads,"
            f" bool_or(b.newest AND ({same}) IS TRUE) OVER (PARTITION BY b.datastream, b.time) AS nothing_new"
            " FROM told b LEFT JOIN stored s USING (datastream, time))"
            " WHERE NOT nothing_new AND NOT (leads AND same)"
        )
    moment = f"TIMESTAMP '{result_time.isoformat(sep=' ')}'"
    fresh = cursor.sql(
        f"SELECT datastream, time, revision, value, censoring, flag, {moment} AS result_time,"
        f" CASE WHEN newest THEN NULL ELSE {moment} END AS until FROM found"
    ).to_arrow_table()
    summary = cursor.sql(
        "SELECT datastream, count(*) FILTER (revision = 1) AS added, epoch_us(min(time)) AS first,"
        " epoch_us(max(time)) AS last, epoch_us(max(time)) AS time, max_by(value, (time, revision)) AS value,"
        " max_by(censoring, (time, revision)) AS censoring, max_by(flag, (time, revision)) AS flag,"
        f" max_by(revision, (time, revision)) AS revision, epoch_us({moment}) AS result_time"
        " FROM found GROUP BY datastream ORDER BY datastream"
    ).to_arrow_table()
    revised = cursor.sql(
        "SELECT datastream, epoch_us(time) AS time, max(revision) AS revision,"
        f" epoch_us({moment}) AS result_time FROM found SEMI JOIN stored USING (datastream, time) GROUP BY ALL"
    ).to_arrow_table()
    new = run("SELECT count(*) FILTER (revision = 1) FROM found").fetchall()[0][0]
    return Classified(fresh.cast(hot.HOT), summary, revised, new, fresh.num_rows - new, conflicts)
