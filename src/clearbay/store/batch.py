"""One batch against the store: which of its rows are new, which revise, which say nothing new.

The rules, for each datastream and time:

- identical rows within the batch are one; contradicting ones are revisions in their order, so the last row wins;
- a batch whose last word equals the stored value is a duplicate, whatever it said before it: this makes importing
  the same file twice change nothing;
- two values are equal where value and censoring are; a flag counts too, unless the arriving one is "not evaluated",
  which says nothing about quality (where a person takes a flag back, it is meant: ``exact_flags``).
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
from clearbay.store.engine import parquet
from clearbay.store.hot import Opened
from clearbay.store.ledger import Assigned


@dataclass(frozen=True)
class Classified:
    """What is worth storing: ``fresh`` rows of ``hot.HOT``, which hold ``new`` observations and ``revisions``."""

    fresh: pa.Table
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
            columns.append(column if column.type == field.type else column.cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise BadInput(f"column {field.name} is no {field.type}: {error}", where="readings") from error
        if column.null_count:
            raise BadInput(
                f"column {field.name} has {column.null_count} empty values",
                where="readings",
                mend="leave such rows out",
            )
    table = pa.Table.from_arrays(columns, schema=READINGS).combine_chunks()
    if not pc.all(pc.is_finite(table["value"]), min_count=0).as_py():
        raise BadInput("a value is not a finite number", where="readings", mend="leave such rows out")
    return table


def classify(
    connection: Connection,
    engine: duckdb.DuckDBPyConnection,
    directory: Path,
    opened: Opened,
    readings: pa.Table,
    assigned: Assigned,
    result_time: datetime,
    exact_flags: bool = False,
) -> Classified:
    """Compare a batch of ``READINGS`` with everything stored; only under the writer's lock."""
    times = hot.times_of(readings)
    doubtful = times <= assigned.last
    once = not _repeats(assigned.ids, times)
    if once and not doubtful.any():
        fresh = _fresh(readings, assigned.ids, None, result_time)
        return Classified(fresh, fresh.num_rows, 0, 0)
    stored = _stored(connection, engine, directory, opened, assigned.ids[doubtful], times[doubtful])
    if once:
        return _compared(readings, assigned.ids, times, stored, result_time, exact_flags)
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
        cursor.register("stored", stored)
        return _classified(cursor, result_time, exact_flags)


def _repeats(ids: npt.NDArray[np.int32], times: npt.NDArray[np.int64]) -> bool:
    """Whether some datastream and time is named twice."""
    if len(ids) < 2:
        return False
    if times[0] == times[-1] and (times == times[0]).all():
        return len(np.unique(ids)) < len(ids)
    order = np.lexsort((times, ids))
    ids, times = ids[order], times[order]
    return bool(((ids[1:] == ids[:-1]) & (times[1:] == times[:-1])).any())


def _fresh(
    readings: pa.Table, ids: npt.NDArray[np.int32], revisions: npt.NDArray[np.int32] | None, result_time: datetime
) -> pa.Table:
    """Rows of ``hot.HOT``; all of them the first revision unless told."""
    count = readings.num_rows
    return pa.Table.from_arrays(
        [
            pa.array(ids),
            readings["time"],
            pa.repeat(pa.scalar(1, pa.int32()), count) if revisions is None else pa.array(revisions),
            readings["value"],
            hot.censoring_of(hot.censoring_codes(readings["censoring"])),
            readings["flag"],
            pa.repeat(pa.scalar(result_time, pa.timestamp("us")), count),
        ],
        schema=hot.HOT,
    )


def _compared(
    readings: pa.Table,
    ids: npt.NDArray[np.int32],
    times: npt.NDArray[np.int64],
    stored: pa.Table,
    result_time: datetime,
    exact_flags: bool,
) -> Classified:
    """A batch that names each key once, against what is stored of its keys: one search, no engine."""
    place = _found(ids, times, stored["datastream"].to_numpy(), hot.times_of(stored))
    known = np.flatnonzero(place >= 0)
    held = place[known]
    flags = readings["flag"].to_numpy()[known]
    says_nothing = (flags == int(Flag.NOT_EVALUATED)) & (not exact_flags)
    same = (
        (readings["value"].to_numpy()[known] == stored["value"].to_numpy()[held])
        & (_codes(readings)[known] == _codes(stored)[held])
        & (says_nothing | (flags == stored["flag"].to_numpy()[held]))
    )
    revisions = np.ones(len(ids), dtype=np.int32)
    revisions[known] = stored["revision"].to_numpy()[held] + 1
    worth = np.ones(len(ids), dtype=bool)
    worth[known[same]] = False
    if not worth.any():
        return Classified(hot.HOT.empty_table(), 0, 0, 0)
    fresh = _fresh(readings.filter(pa.array(worth)), ids[worth], revisions[worth], result_time)
    new = len(ids) - len(known)
    return Classified(fresh, new, fresh.num_rows - new, 0)


def _codes(rows: pa.Table) -> npt.NDArray[np.int8]:
    words = rows["censoring"].combine_chunks()
    codes = words.indices if pa.types.is_dictionary(words.type) else hot.censoring_codes(words)
    numbers: npt.NDArray[np.int8] = codes.to_numpy(zero_copy_only=False)
    return numbers


def _found(
    ids: npt.NDArray[np.int32],
    times: npt.NDArray[np.int64],
    stored_ids: npt.NDArray[np.int32],
    stored_times: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """For each key the place of the stored one, or -1. A time becomes its place among the batch's times, so that time
    and datastream fit one number."""
    if not len(stored_ids):
        return np.full(len(ids), -1, dtype=np.int64)
    moments, own = np.unique(times, return_inverse=True)
    at = np.minimum(np.searchsorted(moments, stored_times), len(moments) - 1)
    there = np.flatnonzero(moments[at] == stored_times)
    keys = at[there].astype(np.int64) << 32 | stored_ids[there]
    order = np.argsort(keys, kind="stable")
    keys, there = keys[order], there[order]
    if not len(keys):
        return np.full(len(ids), -1, dtype=np.int64)
    wanted = own.astype(np.int64) << 32 | ids
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, there[place], -1)


_STORED = pa.schema([hot.HOT.field(name) for name in ("datastream", "time", "value", "censoring", "flag", "revision")])


def _stored(
    connection: Connection,
    engine: duckdb.DuckDBPyConnection,
    directory: Path,
    opened: Opened,
    ids: npt.NDArray[np.int32],
    moments: npt.NDArray[np.int64],
) -> pa.Table:
    """The valid stored rows of those keys of the batch that are not later than all their datastream has."""
    if not len(ids):
        return _STORED.empty_table()
    warm = hot.newest(connection, opened, ids, moments).select(_STORED.names)
    low, high = int(moments.min()), int(moments.max())
    files = history.valid(connection, np.unique(months_of(moments)).tolist())
    current = [
        file.name
        for file in files
        if file.kind == "current"
        and (file.first is None or file.first <= high)
        and (file.last is None or file.last >= low)
    ]
    if not current:
        return warm
    cold_ids, cold_moments = ids, moments
    if warm.num_rows:
        cold = _found(ids, moments, warm["datastream"].to_numpy(), hot.times_of(warm)) < 0
        cold_ids, cold_moments = ids[cold], moments[cold]
        if not len(cold_ids):
            return warm
    doubtful = pa.table({"datastream": cold_ids, "time": pa.array(cold_moments).cast(pa.timestamp("us"))})
    with engine.cursor() as cursor:
        cursor.register("doubtful", doubtful)
        found = cursor.sql(
            f"SELECT {', '.join(_STORED.names)} FROM {parquet(directory, current)}"
            " SEMI JOIN doubtful USING (datastream, time)"
            f" WHERE datastream BETWEEN {cold_ids.min()} AND {cold_ids.max()}"
            f" AND time BETWEEN make_timestamp({low}) AND make_timestamp({high})"
        ).to_arrow_table().combine_chunks()  # fmt: skip
    censoring = hot.censoring_of(hot.censoring_codes(found["censoring"]))
    found = found.set_column(_STORED.names.index("censoring"), "censoring", censoring).cast(_STORED)
    return pa.concat_tables([warm, found]).combine_chunks()


def _classified(cursor: duckdb.DuckDBPyConnection, result_time: datetime, exact_flags: bool) -> Classified:
    run = cursor.execute
    says_nothing = "" if exact_flags else f"b.flag = {Flag.NOT_EVALUATED:d} OR "
    same = f"s.value = b.value AND s.censoring = b.censoring AND ({says_nothing}s.flag = b.flag)"
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
        f"SELECT datastream, time, revision, value, censoring, flag, {moment} AS result_time FROM found"
    ).to_arrow_table()
    new = run("SELECT count(*) FILTER (revision = 1) FROM found").fetchall()[0][0]
    return Classified(hot.conformed(fresh.combine_chunks()), new, fresh.num_rows - new, conflicts)
