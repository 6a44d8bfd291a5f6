"""``clearbay live``: generated incidents that run, for whoever wants to follow one."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Annotated

import typer

from clearbay.apply.live import PACE_S, Live
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer, say
from clearbay.store import Home


def live(
    home: HomeOption,
    pace: Annotated[float, typer.Option(help="Seconds that an hour takes; 2.5 is a day a minute.", min=0.0)] = PACE_S,
    incidents: Annotated[int, typer.Option(help="How many incidents; 0: until stopped.", min=0)] = 0,
    after: Annotated[float, typer.Option(help="Seconds to wait before the first.", min=0.0)] = 0.0,
    until_eof: Annotated[bool, typer.Option("--until-eof", hidden=True)] = False,
    as_json: Json = False,
) -> None:
    """Let outlets of the generated basin discharge and send what its sections see, faster than time, until stopped.

    The packets go over a socket to a gateway of this process and into the home, as a real device's would; a server
    beside shows the event, its trace and what it reaches next. `clearbay demo` starts it by itself.

    Example: `clearbay live --home bay-data --incidents 1`
    """
    stop = threading.Event()
    with suppress(OSError, AttributeError):
        os.nice(10)  # who looks at the map comes first
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    if until_eof:
        threading.Thread(target=_watch, args=(stop,), daemon=True).start()
    played = 0
    if not stop.wait(after):
        with Home.open(home) as opened:
            told = (lambda _: None) if as_json else say
            played = Live(opened, pace_s=pace, told=told).run(stop, most=incidents or None)
    answer({"played": played}, as_json=as_json, text=f"{played} generated incidents played")


def _watch(stop: threading.Event) -> None:
    """Stop when whoever started this is gone."""
    with suppress(OSError, ValueError):
        while sys.stdin.buffer.read(1024):
            pass
    stop.set()
