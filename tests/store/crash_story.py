"""The life of a store that is killed: acts it does one after the other, and what it must remember of them.

Each act runs in a process of its own, which dies by SIGKILL at one chosen step.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from clearbay.store import Home, history, steps, upkeep
from clearbay.store import home as home_module

from .homes import moment, readings, values

State = dict[tuple[str, str], tuple[float, int]]
"""Value and revision of each (station, day) that a reader must find."""

BEFORE: State = {
    ("A", "2020-01-05"): (1.0, 1),
    ("A", "2020-02-05"): (2.5, 2),
    ("B", "2020-02-06"): (3.0, 1),
    ("A", "2020-03-05"): (4.0, 1),
}


def prelude(home: Home) -> None:
    """A store with history, superseded revisions and hot rows: what a store has after some weeks."""
    home.ingest(readings(("A", "2020-01-05", 1.0), ("A", "2020-02-05", 2.0)), source="test")
    home.compact()
    home.ingest(readings(("A", "2020-02-05", 2.5)), source="test")
    home.compact()
    home.ingest(readings(("B", "2020-02-06", 3.0), ("A", "2020-03-05", 4.0)), source="test")


# Made when the module is loaded, so that the fork server has also loaded whatever Arrow loads on first use.
HOT = readings(("C", "2020-02-07", 5.0), ("A", "2020-01-05", 1.5), ("B", "2020-02-06", 3.5))
BULK = readings(("A", "2020-01-06", 6.0), ("A", "2020-03-05", 4.5), ("C", "2020-04-01", 7.0))
MORE = readings(("B", "2020-01-07", 8.0), ("C", "2020-02-08", 9.0))


def _hot(home: Home) -> None:
    """New rows, a revision of history and a revision of a hot row, through the hot table."""
    home.ingest(HOT, source="test")


def _bulk(home: Home) -> None:
    """Straight into history: one month that is all in history, one that has hot rows, one that is new."""
    home_module.BULK, held = 1, home_module.BULK
    try:
        home.ingest(BULK, source="test")
    finally:
        home_module.BULK = held


def _fill(home: Home) -> None:
    """More hot rows, in months that history has."""
    home.ingest(MORE, source="test")


def _keep(home: Home) -> None:
    """Blocks laid together, no month closed."""
    upkeep.FAN, held = 2, upkeep.FAN
    try:
        home.keep(closed=timedelta(days=100 * 365))
    finally:
        upkeep.FAN = held


def _compact(home: Home) -> None:
    home.compact()


def _clear(home: Home) -> None:
    """Compaction once more, when the grace of every replaced file is over."""
    history.GRACE, held = timedelta(0), history.GRACE
    try:
        home.compact()
    finally:
        history.GRACE = held


ACTS: list[tuple[Callable[[Home], None], State]] = [
    (_hot, {("C", "2020-02-07"): (5.0, 1), ("A", "2020-01-05"): (1.5, 2), ("B", "2020-02-06"): (3.5, 2)}),
    (_keep, {}),
    (_bulk, {("A", "2020-01-06"): (6.0, 1), ("A", "2020-03-05"): (4.5, 2), ("C", "2020-04-01"): (7.0, 1)}),
    (_fill, {("B", "2020-01-07"): (8.0, 1), ("C", "2020-02-08"): (9.0, 1)}),
    (_compact, {}),
    (_clear, {}),
]


def after(acknowledged: int) -> State:
    """What must be there after so many acknowledged acts."""
    state = dict(BEFORE)
    for _, change in ACTS[:acknowledged]:
        state |= change
    return state


def seen(home: Home, as_of: str | None = None) -> State:
    """What a reader finds; fails where anything is there twice."""
    table = home.reader().observations(as_of=moment(as_of) if as_of else None)
    rows = values(table, "station", "time", "value", "revision")
    state = {(name, time.date().isoformat()): (value, revision) for name, time, value, revision in rows}
    assert len(state) == len(rows), f"counted twice: {rows}"
    return state


def live(path: Path, number: int, die_at: int, diary: Path) -> None:
    """Do one act, note each step before it is passed and the act when it is acknowledged; die at the given step."""
    passed = 0

    def observer(name: str) -> None:
        nonlocal passed
        passed += 1
        with diary.open("a") as out:
            out.write(f"{name}\n")
        if passed == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with Home.open(path) as home:
        steps.observer = observer
        ACTS[number][0](home)
