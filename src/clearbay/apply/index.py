"""Verdicts of a health index, hour by hour and by the worst hour of a period.

The index is computed from hourly pollutants where a station measures them, and taken as the authority published it
where it does not; ``basis`` says which. Readings carry the end of their hour (as the authority labels them), so an hour
belongs to the day in which it ends, and the hour that ends at midnight to the day that it closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay import mine
from clearbay.apply import grounds, periods, rules
from clearbay.apply.catalogue import Entry
from clearbay.mine.frames import UNUSABLE_FLAGS, to_arrow
from clearbay.model.standard import Standard
from clearbay.store import Reader

PUBLISHED = "AQHI"
"""The property under which an authority's own index is kept: its number, and ``>`` where it is above the scale."""

LOOK_BACK = timedelta(hours=3)
"""How far before a period its first moving mean reaches."""

_WORD = pa.dictionary(pa.int32(), pa.string())
HOURS = pa.schema([("station", _WORD), ("time", pa.timestamp("us")), ("grade", pa.int32()), ("basis", _WORD)])
"""One row a station and hour: ``time`` is the hour's end in UTC, ``grade`` an index of the rule set's grades, ``basis``
``computed`` or ``published``."""


def pollutants(standard: Standard) -> tuple[str, ...]:
    """Codes of the pollutants that the index is made of."""
    return tuple(dict.fromkeys(code for one in rules.versions(standard) for code in mine.aqhi_rule(one).beta))


def in_force(standard: Standard, utc_offset: int) -> tuple[datetime, datetime]:
    """First and last hour's end (UTC) to which the rule set applies, both included."""
    shift = timedelta(minutes=-utc_offset)
    first = datetime.combine(standard.in_force_from, time.min) + shift + timedelta(seconds=1)
    last = standard.in_force_to
    return first, datetime.max if last is None or last == date.max else (
        datetime.combine(last, time.min) + timedelta(days=1) + shift
    )


def version_at(standard: Standard, moment: datetime, utc_offset: int) -> Standard:
    """The version in force in the hour that ends at ``moment`` (UTC)."""
    for one in rules.versions(standard):
        first, last = in_force(one, utc_offset)
        if first <= moment <= last:
            return one
    return standard


def measured(standard: Standard, entry: Entry) -> bool:
    """True where the station has pollutants or a published index while the rule set is in force."""
    first, last = in_force(standard, entry.station.utc_offset)
    wanted = {*pollutants(standard), PUBLISHED}
    return any(one.property in wanted and one.last >= first and one.first <= last for one in entry.judged)


def hourly(reader: Reader, standard: Standard, entries: Iterable[Entry]) -> pa.Table:
    """Every hour (``HOURS``) of these stations that can be judged."""
    by_offset: dict[int, list[Entry]] = {}
    for entry in entries:
        by_offset.setdefault(entry.station.utc_offset, []).append(entry)
    found = [HOURS.empty_table()]
    for utc_offset, group in by_offset.items():
        frame = grounds.rows(reader)
        here = frame.filter(nw.col("station").is_in([entry.station.id for entry in group]))
        needed = here.filter(nw.col("property").is_in([*pollutants(standard), PUBLISHED]))
        found.append(_hours(to_arrow(needed), standard, utc_offset))
    return pa.concat_tables(found).unify_dictionaries().combine_chunks()


def between(hours: pa.Table, station: str, start: datetime, end: datetime) -> pa.Table:
    """The hours of one station whose ends lie after ``start`` up to ``end`` (UTC)."""
    own = hours.filter(pc.equal(hours.column("station"), station))
    ends = own.column("time")
    return own.filter(
        pc.and_(pc.greater(ends, pa.scalar(start, ends.type)), pc.less_equal(ends, pa.scalar(end, ends.type)))
    )


def behind(reader: Reader, standard: Standard, entry: Entry, start: datetime, end: datetime) -> pa.Table:
    """The readings of one station that its hours from ``start`` to ``end`` rest on."""
    return grounds.readings(
        reader,
        stations=[entry.station.id],
        properties=[*pollutants(standard), PUBLISHED],
        start=max(start, datetime.min + LOOK_BACK) - LOOK_BACK,
        end=min(end, datetime.max - LOOK_BACK) + timedelta(seconds=1),
    )


def by_period(hours: pa.Table, offsets: Mapping[str, int], granularity: str) -> pa.Table:
    """``station, period, grade, n, basis``: the worst hour of each period, how many hours, and on which basis."""
    stations = hours.column("station").unify_dictionaries().combine_chunks()
    shifts = np.array(
        [offsets.get(one, 0) * 60_000_000 - 1_000_000 for one in stations.dictionary.to_pylist()], dtype=np.int64
    )
    ends = hours.column("time").cast(pa.int64()).to_numpy()
    local = (ends + shifts[stations.indices.to_numpy()] if len(shifts) else ends).astype("datetime64[us]")
    unit = {"year": "Y", "month": "M", "day": "D", "hour": "h"}[granularity]
    number = local.astype(f"datetime64[{unit}]")
    computed = pc.cast(pc.equal(hours.column("basis"), "computed"), pa.int32())
    table = pa.table(
        {
            "station": stations,
            "number": number.astype(np.int64),
            "grade": hours.column("grade"),
            "computed": computed,
        }
    )
    grouped = table.group_by(["station", "number"]).aggregate(
        [("grade", "max"), ("grade", "count"), ("computed", "max"), ("computed", "min")]
    )
    labels = [
        periods.label_of(moment, granularity)  # type: ignore[arg-type]
        for moment in grouped.column("number")
        .to_numpy()
        .astype(f"datetime64[{unit}]")
        .astype("datetime64[us]")
        .tolist()
    ]
    most, least = grouped.column("computed_max"), grouped.column("computed_min")
    basis = pc.if_else(pc.equal(least, 1), "computed", pc.if_else(pc.equal(most, 0), "published", "both"))
    return pa.table(
        {
            "station": pc.cast(grouped.column("station"), pa.string()),
            "period": pa.array(labels, pa.string()),
            "grade": grouped.column("grade_max"),
            "n": grouped.column("grade_count"),
            "basis": basis,
        }
    )


def _hours(readings: pa.Table, standard: Standard, utc_offset: int) -> pa.Table:
    """Computed hours, and published ones where nothing could be computed."""
    grades = {grade.id: index for index, grade in enumerate(standard.grades)}
    computed = to_arrow(mine.aqhi(readings, rules.versions(standard), offset=utc_offset)).select(
        ["station", "time", "aqhi"]
    )
    official = _published(readings, standard, utc_offset)
    rest = official.join(computed.select(["station", "time"]), ["station", "time"], join_type="left anti")
    parts = []
    for table, basis in ((computed, "computed"), (rest, "published")):
        index = pc.index_in(table.column("aqhi"), pa.array(list(grades), pa.string()))
        table = table.append_column("grade", index).append_column("basis", pa.repeat(basis, table.num_rows))
        parts.append(table.select(HOURS.names).cast(HOURS))
    return pa.concat_tables(parts)


def _published(readings: pa.Table, standard: Standard, utc_offset: int) -> pa.Table:
    first, last = in_force(standard, utc_offset)
    times = readings.column("time")
    mask = pc.and_(
        pc.equal(readings.column("property"), PUBLISHED), pc.greater_equal(times, pa.scalar(first, times.type))
    )
    mask = pc.and_(mask, pc.less_equal(times, pa.scalar(last, times.type)))
    mask = pc.and_(mask, pc.invert(pc.is_in(readings.column("flag"), pa.array(UNUSABLE_FLAGS, pa.int8()))))
    rows = readings.filter(mask)
    number = pc.cast(pc.cast(rows.column("value"), pa.int32(), safe=False), pa.string())
    above: Any = standard.grades[-1].id
    text = pc.if_else(pc.equal(rows.column("censoring"), ">"), above, number)
    table = pa.table({"station": rows.column("station"), "time": times.filter(mask), "aqhi": text})
    known = pc.is_in(table.column("aqhi"), pa.array([grade.id for grade in standard.grades], pa.string()))
    return table.filter(known)
