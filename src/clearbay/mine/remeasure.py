"""Clean again, or beyond the limit again: what a run of results says of a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clearbay.model.case import Limit
from clearbay.model.observation import Flag
from clearbay.model.playbook import Remeasure

Word = Literal["within", "beyond", "open"]


@dataclass(frozen=True, slots=True)
class Result:
    """One result: UTC time, value, censoring and QARTOD flag, as the store keeps them."""

    time: datetime
    value: float
    censoring: str = ""
    flag: int = Flag.NOT_EVALUATED


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the water counts as clean, the results it rests on, and how much is still missing.

    ``hours`` is the span of the results in a row; ``beyond`` the newest result beyond the limit, None where there is
    none since the work was done.
    """

    clean: bool
    run: tuple[Result, ...]
    hours: float
    beyond: Result | None
    missing_times: int
    missing_hours: float


def word(result: Result, limit: Limit) -> Word:
    """Whether a result keeps a limit; ``open`` where a censored one cannot tell.

    >>> word(Result(datetime(2026, 1, 1), 0.5, "<"), Limit("le", 0.2, "mg/L"))
    'open'
    """
    within = result.value <= limit.value if limit.op == "le" else result.value >= limit.value
    if result.censoring == "<":
        if limit.op == "le":
            return "within" if within else "open"
        return "beyond" if result.value <= limit.value else "open"
    if result.censoring == ">":
        if limit.op == "le":
            return "beyond" if result.value >= limit.value else "open"
        return "within" if within else "open"
    return "within" if within else "beyond"


def judge(results: Sequence[Result], limit: Limit, rule: Remeasure) -> Verdict:
    """Whether the newest results in a row show a clean water.

    ``results`` are those since the work was done, in any order. Failed and missing ones say nothing. A suspect result
    beyond the limit breaks the row; one within it counts only where the rule lets it. A censored result that cannot
    tell neither counts nor breaks the row.
    """
    ordered = sorted((one for one in results if one.flag not in (Flag.FAIL, Flag.MISSING)), key=lambda one: one.time)
    run: list[Result] = []
    beyond: Result | None = None
    for one in ordered:
        said = word(one, limit)
        if said == "beyond":
            run, beyond = [], one
        elif said == "within" and (one.flag != Flag.SUSPECT or rule.suspect):
            run.append(one)
    hours = (run[-1].time - run[0].time).total_seconds() / 3600 if run else 0.0
    missing_times = max(0, rule.times - len(run))
    missing_hours = max(0.0, rule.over_hours - hours)
    clean = not missing_times and not missing_hours
    return Verdict(clean, tuple(run), hours, beyond, missing_times, missing_hours)


def rebound(results: Sequence[Result], limit: Limit, times: int) -> tuple[Result, ...]:
    """The results that show a rebound: the first ``times`` beyond the limit among those that were not failed or
    suspect; nothing while there are fewer."""
    good = (Flag.PASS, Flag.NOT_EVALUATED)
    found = [
        one for one in sorted(results, key=lambda one: one.time) if one.flag in good and word(one, limit) == "beyond"
    ]
    return tuple(found[:times]) if len(found) >= times else ()
