"""The records database: SQLite in the home directory, or PostgreSQL by URL.

Whoever writes holds the one writer's lock from the first statement to the commit (``BEGIN IMMEDIATE`` in SQLite,
the ``data_version`` row locked in PostgreSQL), so that what a writer read about the store is still true when it
commits. Readers never wait: WAL in SQLite, a repeatable-read snapshot in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from clearbay.model.errors import BadInput, StoreError
from clearbay.store.tables import HEAD, meta
from clearbay.store.trouble import told

LOCK_WAIT = 30.0
"""Seconds a writer waits for another before it gives up; an import of a million readings holds the lock for less."""

COUNTERS = ("data_version", "history_version", "generation", "block", "state_version", "forgotten")
"""Entries of ``meta`` that count up from zero."""

_WRITER = "clearbay_writer"


class Records:
    """An open records database."""

    def __init__(self, url: URL, lock_wait: float = LOCK_WAIT) -> None:
        self.url = url
        self.lock_wait = lock_wait
        self.dialect = url.get_backend_name()
        self.engine = _sqlite(url, lock_wait) if self.dialect == "sqlite" else _postgresql(url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only view of one moment, whatever others commit meanwhile."""
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self, patience: float | None = None) -> Iterator[Connection]:
        """One transaction under the writer's lock: committed as a whole at the end, or not at all.

        ``patience``: seconds to wait for the lock, if not the usual.
        """
        wait = int((self.lock_wait if patience is None else patience) * 1000)
        with self.engine.connect().execution_options(**{_WRITER: wait}) as connection, connection.begin():
            if self.dialect == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(wait, 1)}")  # 0 would mean for ever
                connection.execute(select(meta.c.value).where(meta.c.key == "data_version").with_for_update())
            yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def location(path: Path, records_url: str | None) -> URL:
    """The database address for a home at ``path``; ``records_url`` may name a PostgreSQL database instead."""
    if records_url is None:
        return URL.create("sqlite", database=str(path / "records.sqlite"))
    try:
        url = make_url(records_url)
    except ArgumentError:
        raise BadInput("the records URL cannot be read", where="records_url", mend=_URL_FORM) from None
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise BadInput(f"records cannot live in {url.get_backend_name()}", where="records_url", mend=_URL_FORM)
    return url.set(drivername="postgresql+psycopg")


_URL_FORM = "write postgresql://user@host:5432/database, or leave it out for SQLite in the home directory"


def _sqlite(url: URL, lock_wait: float) -> Engine:
    engine = create_engine(
        url, json_deserializer=orjson.loads, connect_args={"timeout": lock_wait, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would otherwise begin on its own, and never before a SELECT
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32768"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        wait = connection.get_execution_options().get(_WRITER)
        if wait is None:
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            json_deserializer=orjson.loads,
            pool_pre_ping=True,
            connect_args={"options": "-c timezone=UTC", "connect_timeout": 10},
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreError(
            "records in PostgreSQL need the driver psycopg: install it with `pip install clearbay[postgresql]`"
        ) from error


def prepare(records: Records, home: str) -> None:
    """Bring the schema up and sign the database with the home's identity; refuses another home's database."""
    with told("set up the records"):
        _migrate(records)
        with _exclusively(records) as connection:
            present = numbers(connection)
            if present.get("home", home) != home:
                raise BadInput(
                    "this database already holds another home's records",
                    where=records.url.render_as_string(),
                    mend="give each home a database of its own",
                )
            fresh = {"home": home, **dict.fromkeys(COUNTERS, "0")}
            rows = [{"key": key, "value": value} for key, value in fresh.items() if key not in present]
            if rows:
                connection.execute(insert(meta), rows)


def check(records: Records, home: str) -> None:
    """Refuse a database of another home or of a newer schema; bring an older schema forward."""
    with told("open the records"):
        with records.read() as connection:
            tables = set(inspect(connection).get_table_names())
            found = connection.scalar(text("SELECT version_num FROM alembic_version")) if "meta" in tables else None
            owner = connection.scalar(select(meta.c.value).where(meta.c.key == "home")) if "meta" in tables else None
        if owner != home:
            raise StoreError(
                f"the records in {records.url.render_as_string()} "
                + ("belong to another home" if owner else "are missing")
                + ": restore records and history from the same backup, or correct `records` in home.json"
            )
        if found is None or found < HEAD:
            _migrate(records)
        elif found > HEAD:
            raise StoreError(
                f"these records were written by a newer clearbay (schema {found}, this one knows {HEAD}):"
                " update clearbay"
            )


def _migrate(records: Records) -> None:
    """Run the migrations shipped with the package up to the newest."""
    from alembic import command  # costs 0.2 s, and a home that is up to date needs none of it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "clearbay.store:migrations")
    with _exclusively(records) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _exclusively(records: Records) -> Iterator[Connection]:
    """A transaction on a database that may not have the table yet in which the writer's lock lies."""
    wait = int(records.lock_wait * 1000)
    with records.engine.connect().execution_options(**{_WRITER: wait}) as connection, connection.begin():
        yield connection


_KEY: BindParameter[str] = bindparam("b_key")
_NUMBERS = select(meta.c.key, meta.c.value)
_NUMBER = select(meta.c.value).where(meta.c.key == _KEY)
_RENUMBER = update(meta).where(meta.c.key == _KEY).values(value=bindparam("b_value"))
"""Made once: a group of readings asks for them several times, and making a statement costs more than running it."""


def numbers(connection: Connection) -> Mapping[str, str]:
    """Every entry of ``meta``."""
    return {key: value for key, value in connection.execute(_NUMBERS)}


def bump(connection: Connection, key: str) -> int:
    """Add one to a counter of ``meta`` and return its new value; only under the writer's lock."""
    value = int(connection.execute(_NUMBER, {"b_key": key}).scalar_one()) + 1
    renumber(connection, key, value)
    return value


def renumber(connection: Connection, key: str, value: int) -> None:
    """Set a counter of ``meta`` whose value is known; only under the writer's lock."""
    connection.execute(_RENUMBER, {"b_key": key, "b_value": str(value)})


_REVISED = "revised"


def revisions(connection: Connection) -> int:
    """How many batches have revised values; homes of before this was counted begin at zero."""
    return int(connection.execute(select(meta.c.value).where(meta.c.key == _REVISED)).scalar_one_or_none() or 0)


def count_revision(connection: Connection) -> None:
    """Count one more; only under the writer's lock."""
    number = revisions(connection) + 1
    if number == 1:
        connection.execute(insert(meta).values(key=_REVISED, value="1"))
    else:
        connection.execute(update(meta).where(meta.c.key == _REVISED).values(value=str(number)))


def row_count(connection: Connection, table: Any) -> int:
    """How many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
