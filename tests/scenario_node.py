"""A server whose cases live by a clock that can be moved, for stories that last days and are told in a minute.

``python -m tests.scenario_node --home DIR --port N --clock FILE``: the file holds the seconds by which the clock of
cases, their deadlines and watches is off. Nothing else of the server differs; sessions and keys live in real time.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clearbay.apply.cases import Casework
from clearbay.web import heartbeat
from clearbay.web.server import serve


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clock", type=Path, required=True)
    given = parser.parse_args()

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(given.clock.read_text()))

    Casework.__init__.__kwdefaults__["clock"] = now  # type: ignore[index]
    heartbeat.EVERY = 1.0  # a minute of the story is less than one of ours
    heartbeat.beat.__defaults__ = (1.0,)
    serve(given.home, port=given.port)


if __name__ == "__main__":
    main()
