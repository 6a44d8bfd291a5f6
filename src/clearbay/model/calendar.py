"""Working days: which days the offices of a place work, year by year, and how well that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clearbay.model.standard import Confidence, Source
from clearbay.model.text import Text

YearStatus = Literal["published", "computed", "not_published"]
"""``published``: an official list was read (at first or second hand); ``computed``: from the rules of the law, without
a list; ``not_published``: nothing was found, plain weekends are all that is known."""


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a calendar: days closed beyond the weekly rest days, and rest days on which people work.

    ``closed`` maps a day to the id of its holiday; ``workdays`` are make-up workdays, which win over everything.
    """

    year: int
    status: YearStatus
    confidence: Confidence
    sources: tuple[str, ...]
    closed: Mapping[date, str]
    workdays: frozenset[date]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of a legal system; ``rest_days`` are weekdays as ``date.weekday`` numbers them (Monday 0).

    ``utc_offset`` is the place's offset in minutes east of UTC; none of the three has changed its clocks since 1991.
    """

    id: str
    name: Text
    legal_system: str
    time_zone: str
    utc_offset: int
    rest_days: frozenset[int]
    holidays: Mapping[str, Text]
    years: Mapping[int, Year]
    sources: Mapping[str, Source]
    notes: tuple[Text, ...] = ()
    file: str = ""

    def working(self, day: date) -> bool:
        """Whether offices work on a day; in a year without a list, whether it is no weekly rest day."""
        year = self.years.get(day.year)
        if year is not None:
            if day in year.workdays:
                return True
            if day in year.closed:
                return False
        return day.weekday() not in self.rest_days

    def status(self, year: int) -> YearStatus:
        """How a year is known."""
        found = self.years.get(year)
        return found.status if found is not None else "not_published"
