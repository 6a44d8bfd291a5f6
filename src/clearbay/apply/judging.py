"""From the store's reader to items and verdicts: how each kind of rule set is put to ``clearbay.mine``.

Items and verdicts are columns. ``ITEMS``: one row a station, period and item; ``rule`` is the objective's id where the
rule set has objectives (and computed, published or both for an index), ``value`` the statistic, ``rounded`` what was
compared, ``limit`` with what, ``threshold`` the level that each sample was held against (objectives on shares),
``n`` sampling events, ``censored`` values beyond a detection limit. ``VERDICTS``: one row a station and period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clearbay import mine
from clearbay.apply import grounds, index, rules, wording
from clearbay.apply.applicability import water_type
from clearbay.apply.catalogue import Catalogue, Entry
from clearbay.mine.frames import to_arrow
from clearbay.model.standard import Standard
from clearbay.model.text import Text
from clearbay.store import Reader

_WORD = pa.dictionary(pa.int32(), pa.string())
ITEMS = pa.schema(
    [
        ("station", _WORD),
        ("period", _WORD),
        ("property", _WORD),
        ("rule", _WORD),
        ("grade", pa.int32()),
        ("n", pa.int32()),
        ("censored", pa.int32()),
        ("value", pa.float64()),
        ("rounded", pa.float64()),
        ("limit", pa.float64()),
        ("threshold", pa.float64()),
        ("multiple", pa.float64()),
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
    return tuple(entry for entry in there if any(one.property in wanted for one in entry.judged))


def judge(
    reader: Reader,
    now: Catalogue,
    standard: Standard,
    granularity: str,
    depth: str,
    hours: Callable[[], pa.Table],
) -> Judged:
    """Judge every station that the rule set's media cover; ``hours`` gives the hourly verdicts of an index."""
    entries = stations_of(now, standard)
    if not entries:
        return Judged(ITEMS.empty_table(), VERDICTS.empty_table())
    match standard.kind:
        case "class":
            return _classes(_frame(reader, entries), standard, entries, granularity, depth)
        case "attainment":
            return _attainment(_frame(reader, entries), standard, entries)
        case "index":
            return of_hours(index.by_period(hours(), offsets(entries), granularity))


def verdicts(judged: Judged, standard: Standard, property: str | None) -> pa.Table:
    """The verdicts, by all items or by one property alone."""
    if property is None:
        return judged.verdicts
    items = judged.items.filter(pc.equal(judged.items.column("property"), property))
    items = items.set_column(0, "station", pc.cast(items.column("station"), pa.string()))
    items = items.set_column(1, "period", pc.cast(items.column("period"), pa.string()))
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


def beyond(items: pa.Table) -> pa.ChunkedArray:
    """How far each of ``ITEMS`` lies beyond its limit, as a share: what makes one decide more than another.

    The law's own multiple where it defines one, else the distance between what was compared and the limit, over the
    limit; 0 where there is no limit to divide by. It says nothing of an item that keeps its limit.
    """
    limit = pc.abs(items.column("limit"))
    apart = pc.abs(pc.subtract(pc.coalesce(items.column("rounded"), items.column("value")), items.column("limit")))
    share = pc.divide(apart, pc.if_else(pc.equal(limit, 0), None, limit))
    return pc.coalesce(items.column("multiple"), share, pa.scalar(0.0))


def foremost(items: pa.Table) -> pa.Table:
    """``station, period, property`` of the item that decides most: of the worst grade, furthest beyond its limit.

    Where every item has the best grade nothing decides, and there is no row.
    """
    failing = items.append_column("beyond", beyond(items)).filter(pc.greater(items.column("grade"), 0))
    ranked = failing.sort_by([("grade", "descending"), ("beyond", "descending")])
    names = ("station", "period", "property")
    plain = ranked.select(names).cast(pa.schema([(name, pa.string()) for name in names]))
    return plain.group_by(["station", "period"], use_threads=False).aggregate([("property", "first")])


def statistic(standard: Standard, granularity: str, depth: str) -> Text:
    """What the assessment compares with its limits."""
    return wording.of_assessment(standard, granularity, depth)


def offsets(entries: tuple[Entry, ...]) -> dict[str, int]:
    """Minutes east of UTC, by station."""
    return {entry.station.id: entry.station.utc_offset for entry in entries}


def water_types(entries: tuple[Entry, ...]) -> dict[str, str]:
    """``river`` or ``lake``, by station."""
    return {entry.station.id: water_type(entry) for entry in entries}


def profiles(entries: tuple[Entry, ...]) -> frozenset[str] | None:
    """Stations sampled at several depths (or in several averagings), as ``mine.period_items`` asks; None where all
    are: one pass is enough."""
    deep = frozenset(
        entry.station.id for entry in entries if len({(series.depth, series.averaging) for series in entry.judged}) > 1
    )
    return None if len(deep) == len(entries) else deep


def zones(entries: tuple[Entry, ...]) -> dict[str, str]:
    """The zone whose rules apply, by station; stations without one are left out."""
    return {entry.station.id: entry.station.zone for entry in entries if entry.station.zone}


def _frame(reader: Reader, entries: tuple[Entry, ...]) -> Any:
    frame = grounds.rows(reader)
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
            profiles=profiles(entries),
        )
    )
    classes = to_arrow(mine.period_classes(found, standard))
    items = found.append_column("rule", pa.repeat("", found.num_rows)).rename_columns({"n_censored": "censored"})
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
    items = found.drop_columns("censored").rename_columns({"objective": "rule", "n_censored": "censored"})
    items = items.append_column("period", period).append_column("grade", missed)
    items = items.append_column("rounded", items.column("value"))
    classes = classes.append_column("period", pc.cast(classes.column("year"), pa.string()))
    codes = {objective.id: objective.property for objective in standard.objectives}
    return Judged(_items(items), _verdicts(_named(classes, codes)))


def of_hours(table: pa.Table) -> Judged:
    """Items and verdicts from ``index.by_period``; ``rule``: was the index computed, published or both."""
    rows = table.num_rows
    none = pa.array([[]], pa.list_(pa.string())).take(pa.array(np.zeros(rows, dtype=np.int32)))
    items = table.append_column("property", pa.repeat(index.PUBLISHED, rows)).rename_columns({"basis": "rule"})
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
    """``table`` in the shape of ``ITEMS``; what its kind of rule set does not have is null."""
    for field in ITEMS:
        if field.name not in table.column_names:
            table = table.append_column(field.name, pa.nulls(table.num_rows, pa.float64()))
    rows = table.select(ITEMS.names).sort_by([*_ORDER, ("property", "ascending"), ("rule", "ascending")])
    return rows.cast(ITEMS).unify_dictionaries().combine_chunks()


def _verdicts(columns: Mapping[str, Any]) -> pa.Table:
    return pa.table(dict(columns)).select(VERDICTS.names).cast(VERDICTS).sort_by(_ORDER)
