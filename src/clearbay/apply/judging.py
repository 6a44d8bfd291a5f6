"""From the store's reader to items and verdicts: how each kind of rule set is put to ``clearbay.mine``.

Items and verdicts are columns: ``items`` has ``station, period, property, rule, grade, n`` (``rule`` is the objective's
id where the rule set has objectives), ``verdicts`` has ``station, period, grade, determinants, items_judged, samples``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay import mine
from clearbay.apply import index, periods, rules, wording
from clearbay.apply.applicability import water_type
from clearbay.apply.catalogue import Catalogue, Entry
from clearbay.mine.frames import to_arrow
from clearbay.model.standard import Standard
from clearbay.model.text import Text
from clearbay.store import Reader

ITEMS = pa.schema(
    [
        ("station", pa.string()),
        ("period", pa.string()),
        ("property", pa.string()),
        ("rule", pa.string()),
        ("grade", pa.int32()),
        ("n", pa.int32()),
    ]
)
VERDICTS = pa.schema(
    [
        ("station", pa.string()),
        ("period", pa.string()),
        ("grade", pa.int32()),
        ("determinants", pa.list_(pa.string())),
        ("items_judged", pa.int32()),
        ("samples", pa.int32()),
    ]
)
_ORDER = [("station", "ascending"), ("period", "ascending")]


@dataclass(frozen=True)
class Judged:
    """Items and verdicts of one assessment, in order of station and period."""

    items: pa.Table
    verdicts: pa.Table


def stations_of(now: Catalogue, standard: Standard) -> tuple[Entry, ...]:
    """Stations of the rule set's media that measure something it judges."""
    wanted = frozenset(rules.judged(standard))
    there = (entry for entry in now.entries.values() if entry.station.medium in standard.media)
    if standard.kind == "index":
        return tuple(entry for entry in there if index.measured(standard, entry))
    return tuple(entry for entry in there if any(one.property in wanted for one in entry.series))


def judge(reader: Reader, now: Catalogue, standard: Standard, granularity: str, depth: str) -> Judged:
    """Judge every station that the rule set's media cover."""
    entries = stations_of(now, standard)
    if not entries:
        return Judged(ITEMS.empty_table(), VERDICTS.empty_table())
    frame = _frame(reader, standard, entries)
    match standard.kind:
        case "class":
            return _classes(frame, standard, entries, granularity, depth)
        case "attainment":
            return _attainment(frame, standard, entries)
        case "index":
            return _index(reader, standard, entries, granularity)


def verdicts(judged: Judged, standard: Standard, property: str | None) -> pa.Table:
    """The verdicts, by all items or by one property alone."""
    if property is None:
        return judged.verdicts
    items = judged.items.filter(pc.equal(judged.items.column("property"), property))
    grouped = items.group_by(["station", "period"]).aggregate([("grade", "max"), ("n", "max"), ("n", "count")])
    grade = grouped.column("grade_max")
    named = pa.array([[], [property]], pa.list_(pa.string()))
    return _verdicts(
        {
            "station": grouped.column("station"),
            "period": grouped.column("period"),
            "grade": grade,
            "determinants": named.take(pc.cast(pc.greater(grade, 0), pa.int32()).combine_chunks()),
            "items_judged": grouped.column("n_count"),
            "samples": grouped.column("n_max"),
        }
    )


def statistic(standard: Standard, granularity: str, depth: str) -> Text:
    """What the assessment compares with its limits."""
    return wording.of_assessment(standard, granularity, depth)


def offsets(entries: tuple[Entry, ...]) -> dict[str, int]:
    """Minutes east of UTC, by station."""
    return {entry.station.id: entry.station.utc_offset for entry in entries}


def water_types(entries: tuple[Entry, ...]) -> dict[str, str]:
    """``river`` or ``lake``, by station."""
    return {entry.station.id: water_type(entry) for entry in entries}


def zones(entries: tuple[Entry, ...]) -> dict[str, str]:
    """The zone whose rules apply, by station; stations without one are left out."""
    return {entry.station.id: entry.station.zone for entry in entries if entry.station.zone}


def _frame(reader: Reader, standard: Standard, entries: tuple[Entry, ...]) -> Any:
    frame = nw.from_native(reader.relation())
    ids = [entry.station.id for entry in entries]
    return frame.filter(nw.col("station").is_in(ids))


def _classes(frame: Any, standard: Standard, entries: tuple[Entry, ...], granularity: str, depth: str) -> Judged:
    found = to_arrow(
        mine.period_items(
            frame,
            standard,
            granularity=granularity,
            depth=depth,  # type: ignore[arg-type]
            offset=offsets(entries),
            water_type=water_types(entries),
        )
    )
    classes = to_arrow(mine.period_classes(found, standard))
    items = found.append_column("rule", pa.array([""] * found.num_rows, pa.string()))
    return Judged(_items(items), _verdicts(_named(classes, {code: code for code in rules.judged(standard)})))


def _attainment(frame: Any, standard: Standard, entries: tuple[Entry, ...]) -> Judged:
    of_station = {
        station: zone
        for station, zone in zones(entries).items()
        if any(mine.zone_limit(objective, zone) is not None for objective in standard.objectives)
    }
    if not of_station:
        return Judged(ITEMS.empty_table(), VERDICTS.empty_table())
    found = to_arrow(mine.objective_results(frame, standard, of_station, offset=offsets(entries)))
    classes = to_arrow(mine.attainment_classes(found, standard))
    period = pc.cast(found.column("year"), pa.string())
    missed = pc.cast(pc.invert(found.column("attained")), pa.int32())
    items = found.rename_columns({"objective": "rule"}).append_column("period", period).append_column("grade", missed)
    classes = classes.append_column("period", pc.cast(classes.column("year"), pa.string()))
    codes = {objective.id: objective.property for objective in standard.objectives}
    return Judged(_items(items), _verdicts(_named(classes, codes)))


def _index(reader: Reader, standard: Standard, entries: tuple[Entry, ...], granularity: str) -> Judged:
    hours = index.hourly(reader, standard, entries)
    return _of_hours(index.by_period(hours, offsets(entries), granularity))


def hours(reader: Reader, now: Catalogue, standard: Standard, station: str, first: str, last: str) -> pa.Table:
    """Hourly verdicts of one station from the hour ``first`` to the hour ``last``."""
    entry = now.entry(station)
    utc_offset = entry.station.utc_offset
    start, end = periods.bounds(first, utc_offset)[0], periods.bounds(last, utc_offset)[1]
    found = index.hours_of(reader, standard, entry, start, end)
    return _of_hours(index.by_period(found, {station: utc_offset}, "hour")).verdicts


def _of_hours(table: pa.Table) -> Judged:
    """``rule`` says whether the index was computed, published or both in the period."""
    rows = table.num_rows
    none = pa.array([[]], pa.list_(pa.string())).take(pa.array(np.zeros(rows, dtype=np.int32)))
    items = table.append_column("property", pa.repeat(index.PUBLISHED, rows)).rename_columns(
        ["station", "period", "grade", "n", "rule", "property"]
    )
    columns = {name: table.column(name) for name in ("station", "period", "grade")}
    more = {"determinants": none, "items_judged": pa.repeat(1, rows), "samples": table.column("n")}
    return Judged(_items(items), _verdicts(columns | more))


def _named(classes: pa.Table, codes: Mapping[str, str]) -> dict[str, Any]:
    """Verdict columns from mine's classes; ``codes`` says which property stands for each determinant."""
    texts = pc.dictionary_encode(classes.column("determinants")).combine_chunks()
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    lists = [
        list(dict.fromkeys(codes.get(part, part) for part in text.split(";") if part))
        for text in texts.dictionary.to_pylist()
    ]
    return {
        "station": classes.column("station"),
        "period": classes.column("period"),
        "grade": classes.column("grade"),
        "determinants": pa.array(lists, pa.list_(pa.string())).take(texts.indices),
        "items_judged": classes.column("n_items"),
        "samples": classes.column("n"),
    }


def _items(table: pa.Table) -> pa.Table:
    return table.select(ITEMS.names).cast(ITEMS).sort_by([*_ORDER, ("property", "ascending")])


def _verdicts(columns: Mapping[str, Any]) -> pa.Table:
    return pa.table(dict(columns)).select(VERDICTS.names).cast(VERDICTS).sort_by(_ORDER)
