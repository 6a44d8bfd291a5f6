"""A real PostgreSQL server for a test run: made from nothing, used by one process, thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

COMPLETE = os.environ.get("CLEARBAY_TESTS_COMPLETE") == "1"


def binaries() -> Path | None:
    """The directory with ``initdb`` and ``postgres``, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    places = [path.parent for path in found] + ([Path(on_path).parent] if on_path else [])
    return next((place for place in places if (place / "postgres").exists()), None)


def _other_user() -> dict[str, Any]:
    """How to run a server as root: as somebody else, because PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("no user 'postgres' or 'nobody' to run PostgreSQL as")


@contextmanager
def server(bin_dir: Path) -> Iterator[str]:
    """Run a server on a socket of its own; yields the URL of a database with ``{}`` for its name."""
    # Not below pytest's own directory: the server's user could not get through its rights.
    place = Path(tempfile.mkdtemp(prefix="clearbay-pg-"))
    other = _other_user()
    if other:
        os.chown(place, other["user"], other["group"])
    log = os.open(place / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    environment = {**os.environ, "HOME": str(place), "LC_ALL": "C"}
    common: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": place, "env": environment, **other}
    process = None
    try:
        data = place / "data"
        options = ["-A", "trust", "-U", "clearbay", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([bin_dir / "initdb", "-D", data, *options], check=True, timeout=120, **common)
        settings = ("listen_addresses=", "fsync=off", "max_connections=60", "shared_buffers=32MB")
        flags = [flag for setting in settings for flag in ("-c", setting)]
        process = subprocess.Popen([bin_dir / "postgres", "-D", data, "-k", place, *flags], **common)
        _await(place, process)
        yield f"postgresql://clearbay@/{{}}?host={place}"
    finally:
        if process is not None:
            process.send_signal(signal.SIGQUIT)
            process.wait(30)
        os.close(log)
        shutil.rmtree(place, ignore_errors=True)


def _await(place: Path, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://clearbay@/postgres?host={place}").close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"PostgreSQL did not start: {(place / 'log').read_text()}") from None
            time.sleep(0.05)


def empty_database(url: str) -> str:
    """The one database of a server (a URL with ``{}`` for its name), emptied: a new one each time takes far longer."""
    with psycopg.connect(url.format("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'home'")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'home'").fetchone():
            connection.execute("CREATE DATABASE home")
    with psycopg.connect(url.format("home"), autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS saved CASCADE")
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url.format("home")


def save_tables(url: str, tables: Sequence[str]) -> None:
    """Keep a copy of the tables' rows beside them."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS saved CASCADE")
        connection.execute("CREATE SCHEMA saved")
        for name in tables:
            connection.execute(f"CREATE TABLE saved.{name} AS TABLE public.{name}".encode())


def restore_tables(url: str, tables: Sequence[str]) -> None:
    """Put the rows back as they were saved; ``tables`` in the order in which they refer to each other."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(f"TRUNCATE {', '.join(f'public.{name}' for name in tables)}".encode())
        for name in tables:
            connection.execute(f"INSERT INTO public.{name} SELECT * FROM saved.{name}".encode())
