"""The exceedances of a whole history, quickly: the database finds the values near a limit, the detector judges those.

A detector that is off is left off by a value well within its limit. So only values beyond a limit, or close to it, and
the few behind each of them are taken out of the history; the answer is that of a detector that saw all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import pyarrow as pa

from clearbay import packs
from clearbay.mine.detection.bounds import AIR, DEFAULT_CLASS, Bound, bound
from clearbay.mine.detection.series import BACK, CLEAR, Exceedance
from clearbay.mine.detection.signal import Series, Signal
from clearbay.mine.detection.stream import OFTEN, UNJUDGED
from clearbay.model.observation import Flag
from clearbay.model.station import Station
from clearbay.store import Home

_DAY = 86_400_000_000
_FIRST, _LAST = -(2**62), 2**62
_INFINITE = 1e300
"""A bound from which on there is none: as in ``Bound``, kept finite for the database."""

Spell = tuple[int, int, Bound | None]
"""From and until (microseconds UTC), and the bound between."""


def exceedances(
    home: Home,
    station: Callable[[str], Station | None],
    targets: Mapping[str, tuple[str, str]],
    *,
    stations: Sequence[str] | None = None,
    properties: Sequence[str] | None = None,
    start: datetime,
    end: datetime,
) -> list[Signal]:
    """The signals of ``series.Exceedance`` over a history from ``start`` to ``end`` (not included), ordered by time."""
    streams = home.reader().datastreams()
    known = zip(
        *(streams.column(name).to_pylist() for name in ("station", "property", "depth", "averaging")), strict=True
    )
    series: list[Series] = []
    spells: list[list[Spell]] = []
    cuts = _cuts(targets)
    alike: dict[tuple[object, ...], list[Spell]] = {}
    for one in known:
        place = station(one[0])
        if place is None or (stations is not None and one[0] not in stations):
            continue
        if properties is not None and one[1] not in properties:
            continue
        # What a bound depends on: many stations stand under the same rules.
        key = (
            place.jurisdiction,
            place.medium,
            place.zone,
            place.water_type,
            place.utc_offset,
            targets.get(place.id),
            *one[1:],
        )
        if key not in alike:
            alike[key] = _spells(place, one, targets, cuts)
        found = alike[key]
        if any(spell[2] is not None for spell in found):
            series.append(one)
            spells.append(found)
    if not series:
        return []
    rows = _near(home, series, spells, start, end)
    machines: dict[int, Exceedance] = {}
    told = []
    columns = (rows.column(name).to_pylist() for name in ("number", "time", "value", "flag", "gap", "averaging"))
    for number, time, value, flag, gap, averaging in zip(*columns, strict=True):
        machine = machines.get(number)
        if machine is None:
            machine = machines[number] = Exceedance(series[number])
        limit = next(one for begin, until, one in spells[number] if begin <= time < until)
        pace = averaging or ("hour" if gap is not None and gap <= OFTEN else "")
        signal = machine.push(time, value, limit, flag == Flag.SUSPECT, pace)
        if signal is not None:
            told.append(signal)
    return told


def _near(
    home: Home, series: Sequence[Series], spells: Sequence[Sequence[Spell]], start: datetime, end: datetime
) -> pa.Table:
    """The values beyond or close to their bound and the ``CLEAR`` judged values behind each, in order of time."""
    limits = [
        (*one, number, begin, until, _finite(limit.low), _finite(limit.high), _inner(limit))
        for number, one in enumerate(series)
        for begin, until, limit in spells[number]
        if limit is not None
    ]
    names = ("station", "property", "depth", "averaging", "number", "begin", "until", "low", "high", "inner_")
    tables = {
        "limits": pa.table(dict(zip(names, zip(*limits, strict=True), strict=True))),
        "numbers": pa.table(
            {name: [one[at] for one in series] for at, name in enumerate(names[:4])} | {"number": range(len(series))}
        ),
    }
    unjudged = ", ".join(str(flag) for flag in UNJUDGED)
    sql = f"""
        seen AS (
            SELECT number, averaging, epoch_us(time) AS time, value, censoring, flag,
                   epoch_us(time) - lag(epoch_us(time)) OVER (PARTITION BY number ORDER BY time) AS gap,
                   station, property, depth
            FROM history JOIN numbers USING (station, property, depth, averaging)
            WHERE time >= TIMESTAMP '{start.isoformat()}' AND time < TIMESTAMP '{end.isoformat()}'
        ), judged AS (
            SELECT seen.*, CASE WHEN limits.number IS NULL THEN 0
                                WHEN value > high OR value < low THEN 1
                                WHEN high < {_INFINITE} THEN (value > inner_)::INT ELSE (value < inner_)::INT END AS hot
            FROM seen LEFT JOIN (SELECT number, "begin", until, low, high, inner_ FROM limits) AS limits
              ON seen.number = limits.number AND seen.time >= limits."begin" AND seen.time < limits.until
            WHERE flag NOT IN ({unjudged}) AND isfinite(value)
              AND NOT (censoring = '<' AND limits.number IS NOT NULL AND value > high)
        ), near AS (
            SELECT *, max(hot) OVER (PARTITION BY number ORDER BY time ROWS BETWEEN {CLEAR} PRECEDING AND CURRENT ROW)
                   AS near
            FROM judged
        )
        SELECT number, time, value, flag, gap, averaging FROM near WHERE near = 1
        ORDER BY time, station, property <> 'flow', property, depth, averaging
    """
    return home.reader().query(sql, "history", tables)


def _inner(limit: Bound) -> float:
    """The value within which an exceedance is calmed."""
    return _finite(limit.high * BACK if limit.high < _INFINITE else limit.low / BACK)


def _finite(value: float) -> float:
    return min(max(value, -1.7e308), 1.7e308)


def _cuts(targets: Mapping[str, tuple[str, str]]) -> list[date]:
    """The days on which a rule may begin or cease to apply."""
    families = {*DEFAULT_CLASS, "hk.aqhi", *(family for family, _ in targets.values())}
    rules = [rule for family in families for rule in packs.versions(family)]
    rules_of_air = [rule for family in AIR.values() for rule in packs.rule_versions(family)]
    days = set()
    for rule in (*rules, *rules_of_air):
        days.add(rule.in_force_from)
        if rule.in_force_to is not None and rule.in_force_to < date.max:
            days.add(rule.in_force_to + timedelta(days=1))
    return sorted(days)


def _spells(
    place: Station, series: Series, targets: Mapping[str, tuple[str, str]], cuts: Sequence[date]
) -> list[Spell]:
    _, code, depth, averaging = series
    edges = [_FIRST, *(((day - date(1970, 1, 1)).days * _DAY - place.utc_offset * 60_000_000) for day in cuts), _LAST]
    found: list[Spell] = []
    for at, (begin, until) in enumerate(pairwise(edges)):
        moment = begin if at else until - _DAY
        limit = bound(place, code, depth, averaging, moment, targets)
        if found and found[-1][2] == limit:
            found[-1] = (found[-1][0], until, limit)
        else:
            found.append((begin, until, limit))
    return found
