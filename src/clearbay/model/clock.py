"""How long something may take, and since when it has been running: the words that ``mine.clock`` computes with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clearbay.model.calendar import Calendar

Unit = Literal["working_days", "days", "hours"]


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time as rules give it.

    ``working_days`` and ``days`` do not count the day on which they begin and end with the last counted day, at its
    midnight; ``hours`` run from the minute. ``roll``: a term in ``days`` that would end on a day when offices are
    closed ends with the next working day instead.
    """

    amount: int
    unit: Unit
    roll: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """From a moment (UTC) on, the calendar of the place that holds the matter."""

    since: datetime
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Pause:
    """A span (UTC) in which the clock stands still; ``until`` is None while it still does."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When a term ends: ``at`` (UTC) is None while the clock stands still before the end is reached.

    ``uncertain`` names, as (calendar, year, status), the years on the way for which no official list was found.
    """

    at: datetime | None
    uncertain: tuple[tuple[str, int, str], ...] = ()
