"""Gaps: periods for which a device owes values by its plan, and the store has none.

Found by looking into the store, so that it does not matter when or through which door a value came, nor how often the
gateway was started since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clearbay.collect.hj212.commands import AVERAGING
from clearbay.store import Home
from clearbay.store.devices import Config

MINUTES, HOURS, DAYS = "2051", "2061", "2031"
LONGEST = 24
"""Periods asked for in one request; a longer gap is several requests."""

_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Periods of one kind that a device owes: the command, the length of a period in seconds, how long after its end it
    may still be on its way, and how far back gaps are looked for."""

    command: str
    period: int
    grace: timedelta
    back: timedelta


def plans(config: Config, back: timedelta) -> tuple[Plan, ...]:
    """What a device owes by its plan; minute data are looked for over six hours at most."""
    found = []
    if config.minutes:
        period = config.minutes * 60
        found.append(Plan(MINUTES, period, timedelta(seconds=max(2 * period, 300)), min(back, timedelta(hours=6))))
    if config.hours:
        found.append(Plan(HOURS, 3600, timedelta(minutes=20), back))
    if config.days:
        found.append(Plan(DAYS, 86_400, timedelta(hours=3), max(back, timedelta(days=3))))
    return tuple(found)


def due(plan: Plan, now: datetime, utc_offset: int, since: datetime | None = None) -> npt.NDArray[np.int64]:
    """Starts of the periods that should be here by ``now``, in microseconds UTC, none before ``since`` (naive UTC).

    Periods begin on the device's own clock: a day at its midnight.
    """
    step, shift = plan.period * 1_000_000, utc_offset * 60_000_000
    first = max(now - plan.back, since) if since is not None else now - plan.back
    start, end = (int((moment - _EPOCH) / timedelta(microseconds=1)) + shift for moment in (first, now - plan.grace))
    # Whole periods only: from the first that begins in the span to the last that ended before its end.
    return np.arange(-(-start // step) * step, end - step + 1, step, dtype=np.int64) - shift


def runs(missing: npt.NDArray[np.int64], period: int, longest: int = LONGEST) -> list[tuple[int, int]]:
    """Missing starts as (first, last) of unbroken runs, none longer than ``longest`` periods."""
    found: list[tuple[int, int]] = []
    step = period * 1_000_000
    for start in missing.tolist():
        if found and start == found[-1][1] + step and start - found[-1][0] < longest * step:
            found[-1] = found[-1][0], start
        else:
            found.append((start, start))
    return found


def missing(observed: pa.Table, config: Config, plan: Plan, expected: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Those of the expected starts at which one of the device's channels has no value.

    ``observed`` are the observations of its station. A device without channels in its plan owes any value at all.
    """
    rows = observed.filter(pc.equal(observed["averaging"], AVERAGING[plan.command]))
    times = rows["time"].cast(pa.int64()).to_numpy()
    if not config.channels:
        return expected[~np.isin(expected, times)]
    lacking = np.zeros(len(expected), dtype=bool)
    properties = rows["property"]
    for name in {channel.property for channel in config.channels}:
        own = times[pc.equal(properties, name).to_numpy()]
        lacking |= ~np.isin(expected, own)
    return expected[lacking]


@dataclass(frozen=True, slots=True)
class Owing:
    """A device that is asked about: its station, plan and since when it is known (naive UTC)."""

    mn: str
    station: str
    config: Config
    since: datetime


def find(
    home: Home, devices: Sequence[Owing], now: datetime, back: timedelta
) -> Iterable[tuple[str, str, int, int, int]]:
    """Gaps of devices: MN, command, first and last missing start (microseconds UTC), seconds of a period."""
    reader = home.reader()
    for at in range(0, len(devices), 50):
        part = devices[at : at + 50]
        start = now - max(back, timedelta(days=4))
        table = reader.observations(stations={one.station for one in part}, start=start)
        for one in part:
            own = table.filter(pc.equal(table["station"], one.station))
            for plan in plans(one.config, back):
                expected = due(plan, now, one.config.utc_offset, one.since)
                if len(expected):
                    for first, last in runs(missing(own, one.config, plan, expected), plan.period):
                        yield one.mn, plan.command, first, last, plan.period
