"""The engines that the room of computation must run on: DuckDB, Polars, pyarrow here, and Spark Connect beyond."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from clearbay.apply.engines import spark_session

REMOTE = os.environ.get("CLEARBAY_SPARK_REMOTE", "")
"""Address of a running Spark Connect server; ``make test-spark`` sets it. Left out: Sail is started here."""


@cache
def remote() -> str:
    """The Spark Connect server of this test run: the one named by the environment, else a Sail on loopback."""
    if REMOTE:
        return REMOTE
    os.environ.setdefault("RUST_LOG", "error")
    # A worker of pytest-xdist has no main file, and PySpark takes a main module without one for its own doctests.
    vars(sys.modules["__main__"]).setdefault("__file__", __file__)
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    atexit.register(server.stop)
    host, port = server.listening_address
    return f"sc://{host}:{port}"


def on_spark(table: pa.Table) -> Any:
    """``table`` on the Spark Connect server."""
    return spark_session(remote()).createDataFrame(table)


ENGINES: dict[str, Callable[[pa.Table], Any]] = {
    "duckdb": lambda table: duckdb.connect().from_arrow(table),
    "polars": pl.from_arrow,
    "polars-lazy": lambda table: pl.from_arrow(table).lazy(),
    "pyarrow": lambda table: table,
    "spark" if REMOTE else "sail": on_spark,
}
