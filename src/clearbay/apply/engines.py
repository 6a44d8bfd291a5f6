"""Histories on the engine that suits their size: DuckDB or Polars in this process, or a Spark Connect server.

A history is Parquet in the long layout: the files that the store writes (one a month), or any files with the columns
of READINGS. ``open_history`` gives it as a narwhals frame on the engine asked for, lazily; every function of
``clearbay.mine`` runs on it as it is. A Spark Connect server (Apache Spark, or Sail) opens the files itself, so it
must reach them under the same address; DuckDB and Polars open them here.

Packages that only Spark needs are imported when it is asked for: ``pip install 'clearbay[spark]'``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, get_args

import narwhals.stable.v2 as nw

from clearbay.apply.layout import NUMBERS, History, find
from clearbay.mine.frames import Frame, columns_of, frame_of, to_arrow
from clearbay.model.errors import BadInput
from clearbay.model.observation import JUDGED, READINGS

Engine = Literal["duckdb", "polars", "spark"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

MEMORY_LIMIT = "4GB"
"""What DuckDB may take before it spills to disk."""


@dataclass(frozen=True)
class Opened:
    """A history on an engine: its rows, and the files they come from."""

    frame: Frame
    history: History
    engine: Engine

    @cached_property
    def profiles(self) -> frozenset[str] | None:
        """Stations sampled at more than one depth (or with samples and hourly means), as ``period_items`` asks; None
        where only a census would tell.

        The store keeps one value a station, property, depth, averaging and time. Where its files hold a single depth
        and averaging, as the footers tell without reading a row, no station has more; else one pass over the rows finds
        them.
        """
        if not self.history.is_stores:
            return None
        told = [self.history.words(name) for name in ("depth", "averaging")]
        if all(words is not None and len(words) == 1 for words in told):
            return frozenset()
        names = [name for name in ("depth", "averaging") if name in columns_of(self.frame)]
        edges = [nw.col(name).min().alias(f"_low_{name}") for name in names]
        edges += [nw.col(name).max().alias(f"_high_{name}") for name in names]
        several = [nw.col(f"_low_{name}") != nw.col(f"_high_{name}") for name in names]
        spans = self.frame.group_by("station").agg(*edges)
        deep = spans.filter(nw.any_horizontal(*several, ignore_nulls=True)).select("station")
        return frozenset(to_arrow(deep).column("station").to_pylist())


@contextmanager
def open_history(
    place: str,
    engine: Engine = "duckdb",
    *,
    remote: str = "",
    threads: int | None = None,
    memory_limit: str = MEMORY_LIMIT,
) -> Iterator[Opened]:
    """The history at ``place`` as a lazy frame with the columns of READINGS (``flag`` and ``averaging`` only where the
    files have them).

    Of several averagings only those that assessments judge are there (``model.observation.JUDGED``).

    ``place``: a folder, a glob or one file, on this machine or in an object store (``s3://bucket/history``);
    ``remote``: the Spark Connect server, ``sc://host:port``. ``threads`` and ``memory_limit`` bound DuckDB.
    The frame is good inside the ``with`` block. BadInput where nothing is found, a column is missing or has the
    wrong type, or a package is not installed.
    """
    if engine not in ENGINES:
        raise BadInput(f"no such engine: {engine}", where="--engine", mend="one of " + ", ".join(ENGINES))
    if bool(remote) != (engine == "spark"):
        what = "needs the address of a server" if engine == "spark" else "runs here and has no server"
        raise BadInput(f"the engine {engine} {what}", where="--remote", mend="--engine spark --remote sc://host:15002")
    history = find(place, here=engine != "spark")
    words = history.words("averaging")
    if engine == "duckdb":
        import duckdb

        with duckdb.connect(":memory:") as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET memory_limit = ?", [memory_limit])
            if threads is not None:
                connection.execute("SET threads = ?", [threads])
            yield Opened(_readings(_on_duckdb(connection, history), place, words), history, engine)
    elif engine == "polars":
        yield Opened(_readings(_on_polars(history), place, words), history, engine)
    else:
        session = spark_session(remote)
        yield Opened(_readings(_on_spark(session, history, place), place, words), history, engine)


@cache
def spark_session(remote: str) -> Any:
    """A session on the Spark Connect server at ``remote`` (``sc://host:port``), one a process and server.

    Times are UTC without a zone, as everywhere in clearbay.
    """
    try:
        from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        raise BadInput(
            f"the engine spark needs a package that is not installed ({error})", mend="pip install 'clearbay[spark]'"
        ) from error
    _portable_division()
    if not remote.startswith("sc://"):
        raise BadInput(f"{remote} is no Spark Connect address", where="--remote", mend="write sc://host:15002")
    try:
        session = SparkSession.builder.remote(remote).create()
        session.conf.set("spark.sql.session.timeZone", "UTC")
        session.conf.set("spark.sql.timestampType", "TIMESTAMP_NTZ")
    except Exception as error:
        raise BadInput(
            f"no Spark Connect server answers at {remote} ({type(error).__name__})",
            where="--remote",
            mend="start one: `sail spark server --ip 127.0.0.1 --port 15002`, or Spark's start-connect-server.sh",
        ) from error
    return session


@cache
def _portable_division() -> None:
    """Let division run on servers whose ``try_divide`` knows whole numbers only (Sail 0.7).

    narwhals divides by ``try_divide`` where the client has it. What replaces it here means the same, null where the
    divisor is zero, in functions that every server has.
    """
    from pyspark.sql.connect import functions

    def try_divide(left: Any, right: Any) -> Any:
        return functions.when(right != functions.lit(0), left / right)

    functions.try_divide = try_divide


def _on_duckdb(connection: Any, history: History) -> Any:
    if history.is_remote:
        # DuckDB reads object stores through an extension that it would fetch; pyarrow brings what is needed.
        return connection.from_arrow(history.dataset())
    return connection.read_parquet(list(history.files), union_by_name=history.is_mixed)


def _on_polars(history: History) -> Any:
    try:
        import polars
    except ImportError as error:
        raise BadInput("the engine polars is not installed", mend="pip install polars") from error
    if history.is_remote:
        return polars.scan_pyarrow_dataset(history.dataset())
    if history.is_mixed:
        return polars.scan_parquet(list(history.widest_first), missing_columns="insert")
    return polars.scan_parquet(list(history.files))


def _on_spark(session: Any, history: History, place: str) -> Any:
    try:
        reader = session.read.option("mergeSchema", "true") if history.is_mixed else session.read
        opened = reader.parquet(*history.files)
        opened.columns  # noqa: B018 - asks the server, which answers only if it can open the files
    except Exception as error:
        raise BadInput(
            f"the Spark Connect server cannot open the files ({str(error).strip().splitlines()[0][:200]})",
            where=place,
            mend="server and workers must reach them under this very address: a shared folder, or an object store",
        ) from error
    return opened


_MAYBE = ("flag", "averaging")


def _readings(native: Any, place: str, words: frozenset[str] | None) -> Frame:
    """The columns of READINGS in their types, and of several averagings those that are judged; what the files have
    beyond them is never read."""
    frame: Frame = nw.from_native(native)
    present = columns_of(frame)
    missing = [name for name in READINGS.names if name not in present and name not in _MAYBE]
    if missing:
        raise BadInput(
            f"the files have no column {', '.join(missing)}",
            where=place,
            mend="the long layout has the columns " + ", ".join(READINGS.names),
        )
    frame = _in_utc(frame, place)
    if "averaging" in present:
        frame = frame.with_columns(averaging=nw.col("averaging").fill_null(""))
        if set(words or {None}) - set(JUDGED):
            frame = frame.filter(nw.col("averaging").is_in(list(JUDGED)))
    chosen = [nw.col(name) for name in READINGS.names if name in present]
    schema = frame.collect_schema()
    for name, kinds in NUMBERS.items():
        if name in present and not isinstance(schema[name], kinds):
            raise BadInput(f"the column {name} holds {schema[name]}, not numbers", where=place)
    return frame.select(*chosen)


def _in_utc(frame: Frame, place: str) -> Frame:
    """``time`` as UTC without a zone; files written elsewhere often carry one."""
    kind = frame.collect_schema()["time"]
    if not isinstance(kind, nw.Datetime):
        raise BadInput(f"the column time holds {kind}, not times", where=place, mend="write UTC timestamps")
    if kind.time_zone is None:
        return frame
    native: Any = frame.to_native()
    if frame.implementation.is_duckdb():
        columns = ", ".join(
            "time AT TIME ZONE 'UTC' AS time" if name == "time" else f'"{name}"' for name in columns_of(frame)
        )
        return frame_of(native.select(columns))
    if frame.implementation.is_spark_like():
        return frame_of(native.withColumn("time", native["time"].cast("timestamp_ntz")))
    return frame.with_columns(time=nw.col("time").dt.convert_time_zone("UTC").dt.replace_time_zone(None))
