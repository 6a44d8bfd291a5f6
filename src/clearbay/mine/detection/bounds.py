"""The limit that one value of one station is held against: by jurisdiction, medium, zone, averaging and day.

Only limits that speak of a single value or of an hour's mean are used. Limits of years or of statistics are judged by
assessments and never by one value; where an objective asks for a share of the year's samples, the reason says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from clearbay import packs
from clearbay.mine.limits import bounds, judged_items
from clearbay.mine.objectives import zone_limit
from clearbay.model.rule import Rule, RuleSet
from clearbay.model.station import Station

DEFAULT_CLASS = {"cn.gb3838": "III", "cn.gb3097": "2"}
"""The class asked of a section that nobody has given one. Class III is the one from which the multiples of GB 3838 are
counted, class 2 of GB 3097 the one between bathing and industry; both are assumptions of ours, and told as such."""

AIR = {"cn": "cn.gb3095", "hk": "hk.aqo"}
ATTAINED = ("attained", "2", "II", "secondary", "grade2")
"""The level of an air standard that applies where people live."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Too low below ``low``, too high above ``high`` (slack worked in); ``limit`` is the number as printed."""

    low: float
    high: float
    limit: float
    standard: str
    grade: str
    confidence: str
    clause: str = ""
    assumed: bool = False
    share: float | None = None


def bound(
    station: Station, property: str, depth: str, averaging: str, micros: int, targets: Mapping[str, tuple[str, str]]
) -> Bound | None:
    """The bound of a series on the day of ``micros``; None where no rule speaks of single values of it.

    ``targets`` gives stations (by id) a family of standards and the class asked of them.
    """
    local = datetime.fromtimestamp(micros / 1e6, UTC) + timedelta(minutes=station.utc_offset)
    return _bound(
        station.jurisdiction,
        station.medium,
        station.zone,
        station.water_type,
        property,
        depth,
        averaging,
        local.date(),
        targets.get(station.id),
    )


@cache
def _system(jurisdiction: str) -> str:
    found = packs.jurisdictions().get(jurisdiction)
    return found.legal_system if found is not None else ""


def _bound(
    jurisdiction: str,
    medium: str,
    zone: str,
    water_type: str,
    property: str,
    depth: str,
    averaging: str,
    day: date,
    target: tuple[str, str] | None,
) -> Bound | None:
    system = _system(jurisdiction)
    if medium == "air":
        return _of_air(system, property, averaging, day)
    if target is not None:
        return _of_class(target[0], target[1], property, water_type or medium, day, False)
    if system == "hk":
        return _of_zone(zone, property, depth) if medium == "sea" else None
    family = {"river": "cn.gb3838", "lake": "cn.gb3838", "sea": "cn.gb3097"}.get(medium)
    return _of_class(family, DEFAULT_CLASS[family], property, water_type or medium, day, True) if family else None


@cache
def _of_class(family: str, grade: str, property: str, water: str, day: date, assumed: bool) -> Bound | None:
    standard = next((one for one in packs.versions(family) if _in_force(one, day)), None)
    if standard is None:
        return None
    for item in judged_items(standard):
        limits = item.lake_limits if water == "lake" and item.lake_limits is not None else item.limits
        if item.property != property or grade not in limits:
            continue
        if item.water_types and water not in item.water_types:
            continue
        low, high = bounds(item.op, limits[grade])
        limit = limits[grade]
        printed = float(limit[1]) if isinstance(limit, tuple) else float(limit)
        confidence = item.confidence_by_class.get(grade, item.confidence)
        return Bound(low, high, printed, standard.id, grade, confidence, item.clause, assumed)
    return None


@cache
def _of_zone(zone: str, property: str, depth: str) -> Bound | None:
    standard = packs.standard("hk.wqo-marine")
    for one in standard.objectives:
        if one.property != property or one.statistic != "share_of_samples" or one.depth != depth:
            continue
        limit = zone_limit(one, zone)
        if limit is not None:
            low, high = bounds(one.op, limit)
            confidence = one.confidence_by_zone.get(zone, one.confidence)
            return Bound(low, high, limit, standard.id, one.id, confidence, one.clause, False, one.share)
    return None


@cache
def _of_air(system: str, property: str, averaging: str, day: date) -> Bound | None:
    if property == "AQHI" and system == "hk":
        index = next((one for one in packs.versions("hk.aqhi") if _in_force(one, day)), None)
        if index is None:
            return None
        above = next(number for number, grade in enumerate(index.grades) if "very high" in grade.name["en"])
        low, high = bounds("le", float(above))  # grades are numbered from 1: the last one below "very high"
        return Bound(low, high, float(above), index.id, index.grades[above].id, index.confidence)
    if system not in AIR or averaging not in ("", "hour"):
        return None
    rule = next((one for one in packs.rule_versions(AIR[system]) if _in_force(one, day)), None)
    if not isinstance(rule, Rule):
        return None
    for item in rule.limits:
        level = next((name for name in ATTAINED if name in item.limits), None)
        if item.property == property and item.averaging == "hour" and level is not None and not item.informative:
            limit = item.limits[level]
            low, high = bounds(item.op, limit)
            printed = float(limit[1]) if isinstance(limit, tuple) else float(limit)
            return Bound(low, high, printed, rule.id, level, item.confidence, item.clause)
    return None


def _in_force(one: RuleSet, day: date) -> bool:
    return one.in_force_from <= day <= (one.in_force_to or date.max)
