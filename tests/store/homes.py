"""Fixtures: homes on both kinds of records, and small batches to put into them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clearbay import store
from clearbay.model.observation import READINGS
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES
from clearbay.store import Home

from . import postgresql

for _module in pkgutil.iter_modules(store.__path__):  # each part of the store that keeps tables makes them known
    if _module.name.startswith("tables_"):
        import_module(f"{store.__name__}.{_module.name}")

RECORDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql),
]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a running server, with {} for the database."""
    bin_dir = postgresql.binaries()
    if bin_dir is None:
        why = "no PostgreSQL server binaries (initdb) in /usr/lib/postgresql/*/bin or on PATH"
        if postgresql.COMPLETE:
            pytest.fail(why)
        pytest.skip(why)
    with postgresql.server(bin_dir) as url:
        yield url


@pytest.fixture(params=RECORDS)
def records_url(request: pytest.FixtureRequest) -> str | None:
    """Where the records of a home go: None for SQLite, or an empty PostgreSQL database."""
    if request.param == "sqlite":
        return None
    server = request.getfixturevalue("postgresql_server")
    return postgresql.empty_database(server)


@pytest.fixture
def home(tmp_path: Path, records_url: str | None) -> Iterator[Home]:
    """A new home with the stations A, B and C."""
    with Home.create(tmp_path / "home", records_url, lock_wait=2.0) as made:
        made.register_stations(station(name) for name in "ABC")
        yield made


def station(id: str, **changes: Any) -> Station:
    """A station with only what is needed."""
    name = dict.fromkeys(LANGUAGES, id)
    return Station(**{"id": id, "code": id, "name": name, "medium": "sea", "jurisdiction": "810000",
                      "programme": "test", **changes})  # fmt: skip


def moment(text: str) -> datetime:
    """A naive UTC moment from ISO text."""
    return datetime.fromisoformat(text)


def readings(*rows: tuple[Any, ...], property: str = "TP", depth: str = "", averaging: str = "", censoring: str = "",
             flag: int = 1) -> Any:  # fmt: skip
    """READINGS from (station, time, value) rows, or (station, time, value, {column: value})."""
    lines: list[dict[str, Any]] = []
    for row in rows:
        line = {"station": row[0], "property": property, "depth": depth, "averaging": averaging,
                "time": moment(row[1]), "value": row[2],
                "censoring": censoring, "flag": flag}  # fmt: skip
        lines.append(line | (row[3] if len(row) > 3 else {}))
    return pa.Table.from_pylist(lines, schema=READINGS)


def values(table: pa.Table, *columns: str) -> list[Any]:
    """The rows of a table as tuples of the named columns (value alone: as plain values)."""
    if len(columns) == 1:
        return list(table[columns[0]].to_pylist())
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def keys(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    """What identifies each observation."""
    return values(table, "station", "property", "depth", "averaging", "time")
