"""What may enter a statistic and what it may rest on: detection limits, loads, least numbers of hours and days.

Each rule is one function that names its source; the least numbers come from a rule's ``validity`` (GB 3095-2026,
table 4, for air; 环办[2011]22号, unverified, for surface water).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.statistics import Numbers, substituted
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule

FEBRUARY = 2


def for_statistics(values: Numbers, censoring: Sequence[str] | None = None) -> NDArray[np.float64]:
    """Values as they enter a mean: below the detection limit as half of it (环办监测函[2020]82号, clause 7; one text).

    >>> for_statistics([0.4, 3.0], ["<", ""]).tolist()
    [0.2, 3.0]
    """
    return substituted(values, censoring)


def for_loads(values: Numbers, censoring: Sequence[str] | None = None) -> NDArray[np.float64]:
    """Values as they enter a total of what is carried: below the detection limit as zero (SL 219-2013, 12.2.5).

    A value above an upper limit enters as that limit, the least that was stated (ours).

    >>> for_loads([0.4, 3.0], ["<", ""]).tolist()
    [0.0, 3.0]
    """
    numbers = np.asarray(values, dtype=np.float64)
    return numbers if censoring is None else np.where(np.asarray(censoring) == "<", 0.0, numbers)


def load(concentrations: Numbers, flows: Numbers, hours: Numbers, censoring: Sequence[str] | None = None) -> float:
    """What a river or outlet carries, in kg: the sum of concentration (mg/L), flow (m3/s) and duration (h).

    That each value stands for its own stretch of time is the usual estimator; its text was not found (unverified).
    """
    carried = for_loads(concentrations, censoring) * np.asarray(flows, dtype=np.float64)
    return math.fsum(carried * np.asarray(hours, dtype=np.float64)) * 3.6


def flow_weighted_mean(concentrations: Numbers, flows: Numbers, censoring: Sequence[str] | None = None) -> float:
    """The mean concentration of what was discharged: carried over flow (HJ 212-2017, annex D, official text).

    Below the detection limit counts as half of it, for this is a mean. NaN where nothing flowed.

    >>> flow_weighted_mean([10.0, 40.0], [3.0, 1.0])
    17.5
    """
    amount = np.asarray(flows, dtype=np.float64)
    total = math.fsum(amount)
    return math.fsum(for_statistics(concentrations, censoring) * amount) / total if total > 0 else math.nan


def least(rule: Rule, name: str) -> int:
    """A least number of the rule's validity (``day_hours``, ``year_days``…); BadInput where it names none."""
    validity: Any = rule.parameters.get("validity", {})
    if not isinstance(validity, Mapping) or name not in validity:
        raise BadInput(f"{rule.id} says nothing of {name}", where="validity", mend="choose a rule that does")
    return int(validity[name])


def hour_is_valid(minutes: float, rule: Rule) -> bool:
    """Whether an hourly mean of a gas rests on enough minutes of sampling (GB 3095-2026: 45)."""
    return minutes >= least(rule, "hour_minutes")


def eight_hours_are_valid(hours: int, rule: Rule) -> bool:
    """Whether an 8-hour mean rests on enough hourly means (GB 3095-2026: 6)."""
    return hours >= least(rule, "eight_hours")


def day_is_valid(hours: int, rule: Rule) -> bool:
    """Whether a daily mean rests on enough hourly means (GB 3095-2026: 20)."""
    return hours >= least(rule, "day_hours")


def quarter_is_valid(days: int, rule: Rule) -> bool:
    """Whether a quarter's mean (lead) rests on enough daily means (GB 3095-2026: 15)."""
    return days >= least(rule, "quarter_days")


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether a year is whole: its valid days, the months that have too few, and the verdict."""

    days: int
    short_months: tuple[int, ...]
    valid: bool


def year_is_valid(days: Iterable[date], rule: Rule, *, particulate: bool = False) -> Completeness:
    """Whether a year's statistic rests on enough valid days, in the year and in each of its months.

    ``days`` are the days of one year that have a valid daily mean (a day given twice counts once). GB 3095-2026: 324
    and 27 a month, 25 in February; ``particulate`` asks for the numbers of TSP, benzo[a]pyrene and lead: 60 and 5.
    """
    once = set(days)
    if len({day.year for day in once}) > 1:
        raise BadInput("the days are of more than one year", mend="give one year's days at a time")
    counts = Counter(day.month for day in once)
    stem = "particulate_" if particulate else ""
    in_year, in_month = least(rule, f"{stem}year_days"), least(rule, f"{stem}month_days")
    february = in_month if particulate else least(rule, "february_days")
    short = tuple(month for month in range(1, 13) if counts[month] < (february if month == FEBRUARY else in_month))
    return Completeness(len(once), short, len(once) >= in_year and not short)


def enough_samplings(count: int, period: str, rule: Rule) -> bool:
    """Whether a quarter or a year of surface water rests on enough samplings (环办[2011]22号: 2 and 6; unverified)."""
    names = {"quarter": "quarter_samples", "season": "quarter_samples", "year": "year_samples"}
    if period not in names:
        return count >= 1
    return count >= least(rule, names[period])
