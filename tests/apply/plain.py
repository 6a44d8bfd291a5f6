"""The sea water standard read by plain loops over one observation after the other: no tables, no engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import exp, log

from clearbay import packs
from clearbay.apply.desk import Desk
from clearbay.mine.limits import GEOMETRIC, judged_items, rounding_places

SEA = packs.standard("cn.gb3097-1997")
Classes = dict[str, int]


def sea_classes(desk: Desk, within: Callable[[datetime], bool]) -> tuple[Classes, dict[str, int]]:
    """Class (0 is the best) and number of sampling events of every marine station over the local times ``within``."""
    table = desk.home.reader().observations(
        stations=[one.station.id for one in desk.catalogue().entries.values() if one.station.medium == "sea"]
    )
    wanted = {item.property: item for item in judged_items(SEA)}
    events: dict[tuple[str, str], dict[datetime, list[float]]] = {}
    for row in table.to_pylist():
        local = row["time"] + timedelta(hours=8)
        if row["property"] in wanted and row["flag"] not in (4, 9) and within(local):
            value = row["value"] / 2 if row["censoring"] == "<" else row["value"]
            events.setdefault((row["station"], row["property"]), {}).setdefault(row["time"], []).append(value)
    classes: Classes = {}
    samples: dict[str, int] = {}
    for (station, code), by_time in events.items():
        grade = _grade(code, [_mean(values, code) for values in by_time.values()])
        classes[station] = max(classes.get(station, 0), grade)
        samples[station] = max(samples.get(station, 0), len(by_time))
    return classes, samples


def _mean(values: list[float], code: str) -> float:
    if code in GEOMETRIC:
        return exp(sum(log(max(one, 1e-300)) for one in values) / len(values))
    return sum(values) / len(values)


def _grade(code: str, means: list[float]) -> int:
    item = next(one for one in SEA.items if one.property == code)
    value = _rounded(_mean(means, code), code)
    grade = 0
    for place, name in enumerate(one.id for one in SEA.grades[:-1]):
        limit = item.limits.get(name)
        if limit is None:
            continue
        if isinstance(limit, tuple):
            met = limit[0] <= value <= limit[1]
        else:
            met = {"le": value <= limit, "lt": value < limit, "ge": value >= limit, "gt": value > limit}[item.op]
        grade = grade if met else place + 1
    return grade


def _rounded(value: float, code: str) -> float:
    places = rounding_places(SEA).get(code)
    if places is None:
        return value
    step = Decimal(1).scaleb(-places)
    return float(Decimal(f"{value:.12g}").quantize(step, ROUND_HALF_EVEN))
