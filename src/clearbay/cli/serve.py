"""``clearbay serve`` and ``clearbay demo``: a home on the map, and the shipped data in a home on the map."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from clearbay import packs
from clearbay.apply.demonstration import keep_demonstration, keep_incident
from clearbay.apply.desk import Desk
from clearbay.apply.events import Events
from clearbay.apply.people import demonstrate
from clearbay.cli.home import Bad, HomeOption, compact, import_file
from clearbay.cli.output import Json, answer, progress
from clearbay.store import Home
from clearbay.web.server import is_loopback
from clearbay.web.server import serve as run_server
from clearbay.web.warmth import steps

Port = Annotated[int, typer.Option(help="The port to listen on.", envvar="PORT", min=1, max=65535)]
Host = Annotated[
    str, typer.Option(help="The address to listen on; 0.0.0.0 lets the network read, and write with an API key.")
]


def serve(
    home: HomeOption,
    port: Port = 8700,
    host: Host = "127.0.0.1",
    is_open: Annotated[
        bool, typer.Option("--open", help="Whoever calls from this machine writes without a key; loopback only.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Serve a home: the map, the API under /api, its description under /docs.

    Example: `clearbay serve --home bay-data --port 8700`
    """
    _serve(home, port, host, {}, is_open=is_open, as_json=as_json)


def _serve(
    home: Path, port: int, host: str, told: dict[str, Any], *, is_open: bool, as_json: bool, more: str = ""
) -> None:
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    text = f"clearbay serves {home} at {url}  (API: /docs; stop with Ctrl-C){more}"
    run_server(
        home,
        port=port,
        host=host,
        is_open=is_open,
        ready=lambda: answer({"home": str(home), "url": url, **told}, as_json=as_json, text=text),
    )


def demo(
    home: Annotated[
        Path | None, typer.Option(help="Where the demonstration's home is kept; left out: your data directory.")
    ] = None,
    port: Port = 8700,
    host: Host = "127.0.0.1",
    load_only: Annotated[bool, typer.Option("--load-only", help="Load the data and leave without serving.")] = False,
    no_live: Annotated[bool, typer.Option("--no-live", help="Play no generated incidents.")] = False,
    as_json: Json = False,
) -> None:
    """Load the real data that ships with clearbay (once) and open it on the map.

    A generated river basin comes with it, to show tracing: while the demonstration runs, one of its outlets discharges
    every few minutes and can be followed under Events. It says so wherever it is seen.

    At a loopback address whoever calls from this machine writes without a key. Accounts of the demonstration come with
    it, with one password that is shown here, to see what a duty officer, a handler or a neighbour sees.

    Example: `clearbay demo --port 8700`
    """
    directory = home or data_directory() / "demo"
    loaded = load_demonstration(directory, quiet=as_json)
    with Home.open(directory) as opened:
        logins, password = demonstrate(opened)
    told = {"files": loaded, "accounts": list(logins), "password": password or None}
    signs_in = f"\nsign in as {', '.join(logins)} with {password} (accounts of the demonstration)" if logins else ""
    if load_only:
        answer({"home": str(directory), **told}, as_json=as_json, text=f"loaded into {directory}{signs_in}")
        return
    with running(directory) if not no_live else nullcontext():
        _serve(directory, port, host, told, is_open=is_loopback(host), as_json=as_json, more=signs_in)


LIVE_AFTER_S = 20.0
"""Seconds that visitors have the machine for themselves before the first incident begins."""


@contextmanager
def running(directory: Path) -> Iterator[None]:
    """Incidents that run beside the server, in a process of their own, which stops with it."""
    command = [sys.executable, "-m", "clearbay", "live", "--home", str(directory), "--json", "--until-eof"]
    log = directory / "live.log"
    with open(log, "wb") as out:
        beside = subprocess.Popen(
            [*command, "--after", str(LIVE_AFTER_S)], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        assert beside.stdin is not None
        with suppress(OSError):
            beside.stdin.close()
        try:
            beside.wait(20)
        except subprocess.TimeoutExpired:
            beside.kill()


def data_directory() -> Path:
    """The user's data directory (``XDG_DATA_HOME``, or ``~/.local/share``) for clearbay."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "clearbay"


def load_demonstration(directory: Path, *, quiet: bool) -> list[dict[str, Any]]:
    """Read every file of the shipped manifest into a home, made where there is none; files read before are skipped."""
    results: list[dict[str, Any]] = []
    bad: Bad = []
    with as_file(files("clearbay") / "data") as shipped:
        manifest = yaml.safe_load((shipped / "manifest.yaml").read_text(encoding="utf-8"))
        with open_or_create(directory) as home:
            home.register_stations(packs.stations())
            for entry in manifest["files"]:
                options = {key: str(value) for key, value in entry.get("options", {}).items()}
                results.append(import_file(home, entry["source"], shipped / entry["path"], options, bad, quiet=quiet))
            # Before it is compacted, so that the basin's hours go into history with the rest.
            keep_demonstration(home)
            keep_incident(home)
            compact(home, quiet=quiet)
            if not all(result["known"] for result in results):
                judge(home, quiet=quiet)
                discover(home, quiet=quiet)
    return results


def judge(home: Home, *, quiet: bool) -> None:
    """Compute what the map asks for first and keep it in the home, so that the first visitor need not wait."""
    todo = list(steps(Desk(home)))
    with progress("judging under every rule set", quiet=quiet) as bar:
        for done, step in enumerate(todo, start=1):
            step()
            bar(done, len(todo))


def discover(home: Home, *, quiet: bool) -> None:
    """Find the events of the real data: what was beyond the limits of its place and day, for as long as these ask."""
    with progress("looking for events", quiet=quiet) as bar:
        Events(home).scan(kinds=["exceedance"], progress=bar)


def open_or_create(directory: Path) -> Home:
    """The home in a directory, made when the directory is missing or empty."""
    if directory.is_dir() and any(directory.iterdir()):
        return Home.open(directory)
    return Home.create(directory)
