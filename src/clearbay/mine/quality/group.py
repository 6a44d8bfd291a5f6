"""Tests that look at several series at once: related stations, and the properties of one sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from clearbay.mine.quality import consistency
from clearbay.mine.quality.flags import FAIL, MISSING, NOT_EVALUATED, PASS, SUSPECT, Flags, blank
from clearbay.mine.quality.series import SECOND, Places

if TYPE_CHECKING:
    from clearbay.mine.quality.stream import Arrived, Stream, _Changed


def neighbours(stream: Stream, rows: Arrived, fresh: Places) -> Flags:
    """Each value against the median of the newest values that related stations had sent before it."""
    flags = blank(len(rows.slot))
    directory = stream.directory
    wanted = np.isin(rows.slot[fresh], list(directory.groups))
    mine = fresh[wanted]
    if not len(mine):
        return flags
    count = len(rows.slot)
    key = rows.slot[fresh] * count + fresh
    for slot in np.unique(rows.slot[mine]).tolist():
        own = mine[rows.slot[mine] == slot]
        station, code, depth, averaging = directory.names[slot]
        for number in directory.groups[slot]:
            pair = stream.config.neighbours[number]
            others = [directory.slot_of((name, code, depth, averaging)) for name in pair.stations if name != station]
            seen = [_before(stream, rows, key, fresh, other, own) for other in others if other >= 0]
            if not seen:
                continue
            value = np.stack([one[0] for one in seen])
            age = (rows.time[own] - np.stack([one[1] for one in seen])) / SECOND
            value = np.where(np.abs(age) <= pair.within, value, np.nan)
            there = (~np.isnan(value)).sum(axis=0)
            apart = np.abs(rows.value[own] - _median(value, there))
            found = np.where(apart > pair.suspect, SUSPECT, PASS)
            found[apart > pair.fail] = FAIL
            found[(there < max(pair.least, 1)) | np.isnan(apart)] = NOT_EVALUATED
            flags[own] = np.where(
                flags[own] == NOT_EVALUATED, found, np.where(found == 2, flags[own], np.maximum(flags[own], found))
            )
    flags[np.isnan(rows.value)] = MISSING
    return flags


def _before(
    stream: Stream, rows: Arrived, key: Places, fresh: Places, other: int, own: Places
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Value and time that a neighbour had sent last before each of these rows arrived."""
    count = len(rows.slot)
    place = np.searchsorted(key, other * count + own) - 1
    known = (place >= 0) & (key[np.maximum(place, 0)] // count == other)
    row = fresh[np.maximum(place, 0)]
    value = np.where(known, rows.value[row], stream.last_value[other])
    return value, np.where(known, rows.time[row], stream.newest[other]).astype(np.float64)


def _median(value: npt.NDArray[np.float64], there: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    ordered = np.sort(value, axis=0)  # NaN sorts last
    columns = np.arange(value.shape[1])
    low, high = np.maximum(there - 1, 0) // 2, np.minimum(there // 2, len(value) - 1)
    middle: npt.NDArray[np.float64] = (ordered[low, columns] + ordered[high, columns]) / 2
    return middle


def samples(
    stream: Stream, rows: Arrived, fresh: Places, flags: npt.NDArray[np.int8], changed: _Changed, column: int
) -> None:
    """Judge the properties of each site and moment together; writes into ``flags`` and notes what changed before.

    A moment stays open until a later one has come from the same site: partners that arrive until then are counted in.
    """
    from clearbay.mine.quality.stream import NEVER, _late, _stretches

    directory = stream.directory
    member = directory.member[rows.slot[fresh]]
    mine = np.sort(fresh[member >= 0])
    if not len(mine):
        return
    site = directory.site[rows.slot[mine]]
    order = np.argsort(site, kind="stable")
    mine, site = mine[order], site[order]
    late = _late(site, rows.time[mine], stream.site_newest, equal=True)
    mine, site = mine[~late], site[~late]
    if not len(mine):
        return
    time = rows.time[mine]
    new = np.ones(len(mine), dtype=bool)
    new[1:] = (np.diff(site) != 0) | (np.diff(time) != 0)
    moment = np.cumsum(new) - 1
    sites, starts, lengths = _stretches(site)
    # What the same moment has already brought.
    again = np.flatnonzero((stream.site_newest[sites] == time[starts]) & (stream.site_newest[sites] != NEVER))
    known = directory.slot_at[sites[again]]
    row, place = np.nonzero(known >= 0)
    earlier = known[row, place]
    same = (stream.newest[earlier] == stream.site_newest[sites[again]][row]) & ~np.isnan(stream.last_value[earlier])
    earlier, place, at = earlier[same], place[same], moment[starts[again]][row[same]]
    codes = directory.member[rows.slot[mine]]
    values = {}
    for number in np.unique(np.concatenate([codes, place])).tolist():
        low, high = np.full(moment[-1] + 1, np.nan), np.full(moment[-1] + 1, np.nan)
        for target, given, mark in (
            (
                at[place == number],
                stream.last_value[earlier[place == number]],
                stream.last_censoring[earlier[place == number]],
            ),
            (moment[codes == number], rows.value[mine[codes == number]], rows.censoring[mine[codes == number]]),
        ):
            low[target] = np.where(mark == 1, np.minimum(given, 0.0), given)
            high[target] = np.where(mark == 2, np.inf, given)
        values[directory.members[number]] = (low, high)
    rules = [
        rule for rule in stream.config.rules if rule.whole in values and any(code in values for code in rule.parts)
    ]
    stream.site_newest[sites] = time[starts + lengths - 1]
    if not rules:
        return
    found = consistency.judge(rules, values)
    for number in np.unique(np.concatenate([codes, place])).tolist():
        code = directory.members[number]
        if code in found:
            flags[mine[codes == number]] = found[code][0][moment[codes == number]]
            changed.note(earlier[place == number], column, found[code][0][at[place == number]])
