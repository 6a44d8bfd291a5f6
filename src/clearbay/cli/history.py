"""``clearbay assess`` over a history: Parquet in a folder or an object store, on the engine that suits its size."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import narwhals.stable.v2 as nw
import pyarrow as pa

from clearbay import packs
from clearbay.apply.engines import Engine, Opened, open_history
from clearbay.mine import attainment_classes, objective_results, period_classes, period_items, to_arrow, zone_limit
from clearbay.mine.period import DepthChoice
from clearbay.mine.water_types import LAKE_ITEMS, water_types
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

GRANULARITIES = ("year", "season", "month")
DEPTHS = ("mean", "surface", "middle", "bottom")
FIRST = ("station", "period", "class", "determinants", "n_items", "n", "censored")


def is_history(place: str, engine: str) -> bool:
    """Whether ``place`` is judged as a history: an engine is named, or it is a folder, a glob or an object store."""
    return bool(engine) or Path(place).is_dir() or bool(re.match(r"[a-z][a-z0-9+]*://|.*[*?\[]", place, re.IGNORECASE))


def judge(
    place: str, rules: Standard, *, engine: str, remote: str, granularity: str, depth: str, water_type: str
) -> tuple[pa.Table, dict[str, Any]]:
    """The class of every station and period of a history, and what to tell of it.

    Columns: station, period, class, determinants, n_items, n (sampling events), censored, grade.
    """
    if granularity not in GRANULARITIES:
        raise BadInput(f"no such granularity: {granularity}", where="--granularity", mend="year, season or month")
    if depth not in DEPTHS:
        raise BadInput(f"no such depth: {depth}", where="--depth", mend="one of " + ", ".join(DEPTHS))
    if rules.kind == "attainment" and (granularity, depth) != ("year", "mean"):
        raise BadInput(
            f"{rules.id} states its own depths and judges whole years", where="--granularity", mend="leave them out"
        )
    start = time.perf_counter()
    chosen = cast(Engine, engine or ("spark" if remote else "duckdb"))
    with open_history(place, chosen, remote=remote) as opened:
        if rules.kind == "attainment":
            table = _attainment(opened, rules)
        else:
            table = _classes(opened, rules, granularity, cast(DepthChoice, depth), water_type)
    table = table.sort_by([("station", "ascending"), ("period", "ascending")])
    counts = {
        grade.id: sum(1 for one in table.column("class").to_pylist() if one == grade.id) for grade in rules.grades
    }
    told: dict[str, Any] = {
        "engine": chosen,
        "files": len(opened.history.files),
        "rows": table.num_rows,
        "classes": counts,
        "seconds": round(time.perf_counter() - start, 2),
    }
    return table.select([*FIRST, "grade"]), told


def _classes(opened: Opened, rules: Standard, granularity: str, depth: DepthChoice, water_type: str) -> pa.Table:
    items = period_items(
        opened.frame,
        rules,
        granularity=granularity,
        depth=depth,
        water_type=_kinds(opened, rules, water_type),
        profiles=opened.profiles if depth == "mean" else None,
    )
    return to_arrow(period_classes(items, rules))


def _kinds(opened: Opened, rules: Standard, water_type: str) -> str | Mapping[str, str] | None:
    """River or lake, by station, where the rule set tells them apart: asks the history once what is measured where."""
    if not any(item.lake_limits is not None or item.water_types for item in rules.items):
        return None
    if water_type != "auto":
        return water_type
    measured = to_arrow(opened.frame.select("station", "property").unique())
    stations = sorted(set(measured.column("station").to_pylist()))
    lakes = measured.filter(pa.array([code in LAKE_ITEMS for code in measured.column("property").to_pylist()]))
    return {station: one.kind for station, one in water_types(stations, readings=lakes).items()}


def _attainment(opened: Opened, rules: Standard) -> pa.Table:
    zones = {one.id: one.zone for one in packs.stations() if one.zone}
    zones = {
        station: zone
        for station, zone in zones.items()
        if any(zone_limit(objective, zone) is not None for objective in rules.objectives)
    }
    results = objective_results(opened.frame, rules, zones)
    table = to_arrow(attainment_classes(results, rules).with_columns(period=nw.col("year").cast(nw.String)))
    return table.drop_columns("year")
