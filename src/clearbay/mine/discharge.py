"""What leaves an outlet against the limits of its level: GB 18918 and its like, by age of the plant and temperature.

A plant complies with one level of a rule (``1A``). Daily means are held against daily limits; a limit that holds only
for warm water is chosen by the day's mean temperature, one that holds only for plants of a certain age by the date of
construction. Where that is not known the value is held against every limit it may fall under: if all agree, that is
the verdict; if not, there is none, and ``open`` says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import mean_ends
from clearbay.mine.frames import Frame, beside, frame_of, local_time, need, usable
from clearbay.mine.limits import bounds
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.model.errors import BadInput
from clearbay.model.rule import Limit, Rule

TEMPERATURE = "water_temp"


def limits_for(rule: Rule, level: str, *, built: date | None = None) -> tuple[Limit, ...]:
    """The limits that a plant of this level and date of construction may fall under; without a date, of every age.

    BadInput where the rule has no such level.
    """
    levels = [grade.id for grade in rule.grades[:-1]]
    if rule.kind != "limits" or level not in levels:
        raise BadInput(f"{rule.id} has no level {level}", where="level", mend="one of " + ", ".join(levels))
    return tuple(
        one
        for one in rule.limits
        if level in one.limits
        and not one.informative
        and not (built and one.built_from and built < one.built_from)
        and not (built and one.built_to and built > one.built_to)
    )


@dataclass(frozen=True, slots=True)
class DischargeVerdict:
    """One value against its limits: ``exceeded`` None where that hangs on what ``open`` names.

    ``limits`` are those it was held against; ``multiple`` is (C - S)/S over the only upper limit, None at or below it.
    """

    property: str
    value: float
    exceeded: bool | None
    limits: tuple[Limit, ...]
    multiple: float | None
    open: tuple[str, ...]


def judge_discharge(
    values: Mapping[str, float], rule: Rule, level: str, *, built: date | None = None, temperature: float | None = None
) -> tuple[DischargeVerdict, ...]:
    """Daily means by property (in its own unit), each against its limits; those without a limit are left out.

    >>> from clearbay import packs
    >>> rule = packs.rule("cn.gb18918-2002")
    >>> [one.exceeded for one in judge_discharge({"NH3N": 6.0}, rule, "1A", temperature=20)]
    [True]
    >>> [(one.exceeded, one.open) for one in judge_discharge({"NH3N": 6.0}, rule, "1A")]
    [(None, ('temperature',))]
    """
    found = []
    applying = limits_for(rule, level, built=built)
    for code, value in values.items():
        mine = tuple(one for one in applying if one.property == code and _warm_enough(one, temperature))
        if not mine:
            continue
        verdicts = {_exceeds(value, one, level) for one in mine}
        verdict = verdicts.pop() if len(verdicts) == 1 else None
        found.append(
            DischargeVerdict(code, value, verdict, mine, _multiple(value, mine, level), _open(mine, built, temperature))
        )
    return tuple(found)


def _warm_enough(limit: Limit, temperature: float | None) -> bool:
    if temperature is None:
        return True
    above = limit.warmer_than is None or temperature > limit.warmer_than
    return above and (limit.at_most is None or temperature <= limit.at_most)


def _exceeds(value: float, limit: Limit, level: str) -> bool:
    low, high = bounds(limit.op, limit.limits[level])
    return value < low or value > high


def _multiple(value: float, limits: Sequence[Limit], level: str) -> float | None:
    upper = {one.limits[level] for one in limits if one.op in ("le", "lt")}
    only = upper.pop() if len(upper) == 1 else None
    return value / only - 1.0 if isinstance(only, float) and only > 0 and value > only else None


def _open(limits: Sequence[Limit], built: date | None, temperature: float | None) -> tuple[str, ...]:
    """What is not known although it chooses between these limits."""
    if len(limits) < 2:
        return ()
    warm = any(one.warmer_than is not None or one.at_most is not None for one in limits)
    aged = any(one.built_from or one.built_to for one in limits)
    return tuple(
        name for name, asked in (("temperature", warm and temperature is None), ("built", aged and not built)) if asked
    )


def discharge_days(
    data: object, rule: Rule, level: str, *, built: date | None = None, offset: int = HONG_KONG_TIME
) -> Frame:
    """One row an outlet, day and property: station, day (text), property, value, least, most, exceeded, multiple.

    ``data`` has READINGS; only properties with a limit are judged. A day's value is the mean of its readings, its
    temperature that of ``water_temp``. ``least`` and ``most`` are the lowest and highest limit the value was held
    against (equal where there is one); ``exceeded`` is null where these disagree. Ranges (pH) have ``least`` and
    ``most`` as their two ends.
    """
    base = frame_of(data)
    need(base, ["station", "property", "time", "value", "censoring"], "the table of effluents")
    applying = limits_for(rule, level, built=built)
    codes = sorted({one.property for one in applying})
    rows = usable(base, nw.col("property").is_in([*codes, TEMPERATURE]))
    day = local_time(offset).dt.to_string("%Y-%m-%d")
    days = rows.with_columns(day=day, **mean_ends()).group_by("station", "day", "property").agg(nw.col("_at").mean())
    warmth = days.filter(nw.col("property") == TEMPERATURE).select("station", "day", nw.col("_at").alias("_warm"))
    judged = days.join(warmth, on=["station", "day"], how="left")  # type: ignore[arg-type]
    table = _table(applying, level)
    types = {name: "str" if name == "property" else "float" for name in table}
    joined = judged.join(beside(base, table, types), on="property", how="inner")  # type: ignore[arg-type]
    warm = nw.col("_warm").is_null() | ((nw.col("_warm") > nw.col("above")) & (nw.col("_warm") <= nw.col("to")))
    held = joined.filter(warm)
    over = (nw.col("_at") < nw.col("low")) | (nw.col("_at") > nw.col("high"))
    grouped = (
        held.with_columns(_over=nw.when(over).then(1).otherwise(0))
        .group_by("station", "day", "property")
        .agg(
            nw.col("_at").max().alias("value"),
            nw.col("least").min(),
            nw.col("most").max(),
            nw.col("_over").min().alias("_none"),
            nw.col("_over").max().alias("_some"),
        )
    )
    verdict = nw.when(nw.col("_none") == nw.col("_some")).then(nw.col("_some") == 1)
    same = nw.col("least") == nw.col("most")
    multiple = nw.when(same & (nw.col("value") > nw.col("most"))).then(nw.col("value") / nw.col("most") - 1.0)
    return grouped.select(
        "station", "day", "property", "value", "least", "most", verdict.alias("exceeded"), multiple.alias("multiple")
    )


FROZEN, BOILING = -1000.0, 1000.0
"""Temperatures beyond every water, for limits that hold at any."""


def _table(limits: Sequence[Limit], level: str) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        name: [] for name in ("property", "low", "high", "least", "most", "above", "to")
    }
    for one in limits:
        low, high = bounds(one.op, one.limits[level])
        printed = one.limits[level]
        least, most = printed if isinstance(printed, tuple) else (printed, printed)
        above = FROZEN if one.warmer_than is None else one.warmer_than
        to = BOILING if one.at_most is None else one.at_most
        for name, value in zip(columns, (one.property, low, high, least, most, above, to), strict=True):
            columns[name].append(value)
    return columns
