"""A file's verdicts: what the readings of one batch say, row by row, station-year by station-year, hour by hour.

The tables are those of a batch: ``readings`` (READINGS and the input ``row`` each value came from) and ``samples`` (one
row an input row: row, station, time, depth). The answers are pyarrow tables ready to be written out; times are text,
ISO 8601 in the station's own zone (``2021-04-01T08:00:00+08:00``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pyarrow.compute as pc

from clearbay.mine.aqhi import aqhi
from clearbay.mine.frames import frame_of, to_arrow, usable
from clearbay.mine.limits import limit_table
from clearbay.mine.objectives import objective_results
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.mine.single_factor import samples_classes
from clearbay.mine.water_types import WaterType
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

REQUIRED: Mapping[str, tuple[str, ...]] = {"cnemc": ("pH", "DO", "CODMn", "NH3N")}
"""Items without which a source's authority gives no class. Read off the national network: among 39,000 rows with a
published class none lacks one of these, and of the rows that lack one none has a class; total phosphorus may be absent
where a section does not measure it."""


def judge_samples(
    readings: pa.Table,
    samples: pa.Table,
    standard: Standard,
    *,
    water_types: Mapping[str, WaterType] | None = None,
    required: Sequence[str] = (),
    offset: int = HONG_KONG_TIME,
) -> pa.Table:
    """One row a row of ``samples``, in its order: row, station, time, depth, class, determinants, n_items, censored,
    missing, and, where the standard tells lakes from rivers, water_type and water_type_from.

    ``class`` and ``determinants`` are empty where the row cannot be judged: it has no judged item, or lacks one of the
    ``required`` ones, which ``missing`` then names. ``censored`` marks a class that hangs on a censored value.
    """
    _need(readings, ("row", "property", "value", "censoring"), "readings")
    _need(samples, ("row", "station", "time"), "samples")
    kinds = {station: kind.kind for station, kind in (water_types or {}).items()}
    verdicts = to_arrow(samples_classes(readings, standard, keys=("row",), water_type=kinds))
    absent = _absent(readings, samples, required)
    joined = samples.select(["row"]).join(verdicts, "row").sort_by("row")
    order = samples.sort_by("row")
    judged = [
        text == "" and found is not None for text, found in zip(absent, joined.column("grade").to_pylist(), strict=True)
    ]
    mask = pa.array(judged)

    def where_judged(name: str, otherwise: object) -> pa.Array:
        return pc.if_else(mask, joined.column(name), pa.scalar(otherwise, joined.column(name).type))

    columns = {
        "row": order.column("row"),
        "station": order.column("station"),
        "time": local_text(order.column("time"), offset),
        "depth": order.column("depth") if "depth" in order.column_names else pa.array([""] * order.num_rows),
        "class": where_judged("class", ""),
        "determinants": where_judged("determinants", ""),
        "n_items": pc.fill_null(joined.column("n_items"), 0),
        "censored": where_judged("censored", False),
        "missing": pa.array(absent, pa.string()),
    }
    if limit_table(standard).by_water_type:
        types = [(water_types or {}).get(station) for station in order.column("station").to_pylist()]
        columns["water_type"] = pa.array([kind.kind if kind else "river" for kind in types], pa.string())
        columns["water_type_from"] = pa.array([kind.decided_by if kind else "" for kind in types], pa.string())
    return pa.table(columns)


def judge_station_years(
    readings: pa.Table, standard: Standard, station_zones: Mapping[str, str], *, offset: int = HONG_KONG_TIME
) -> pa.Table:
    """One row a station, year and objective, in that order: station, year, objective, value, limit, attained, and the
    rest of ``objective_results``.
    """
    results = to_arrow(objective_results(readings, standard, station_zones, offset=offset))
    rank = {objective.id: position for position, objective in enumerate(standard.objectives)}
    ordered = results.append_column(
        "_rank", pa.array([rank[name] for name in results.column("objective").to_pylist()], pa.int64())
    )
    ordered = ordered.sort_by([("station", "ascending"), ("year", "ascending"), ("_rank", "ascending")])
    first = ["station", "year", "objective", "value", "limit", "attained"]
    return ordered.select([*first, *(name for name in results.column_names if name not in first)])


def judge_hours(
    readings: pa.Table, samples: pa.Table | None, standards: Sequence[Standard], *, offset: int = HONG_KONG_TIME
) -> pa.Table:
    """Hourly index: station, time, aqhi, ar, standard; one row a different station and hour of ``samples``.

    ``time`` is the hour as the source labels it; ``aqhi`` is empty where too much is missing. Without ``samples`` only
    hours that have an index appear.
    """
    hours = to_arrow(aqhi(readings, standards, offset=offset))
    if samples is not None:
        asked = samples.select(["station", "time"]).filter(pc.is_valid(samples.column("time")))
        hours = asked.group_by(["station", "time"]).aggregate([]).join(hours, ["station", "time"])
    hours = hours.sort_by([("station", "ascending"), ("time", "ascending")])
    return pa.table(
        {
            "station": hours.column("station"),
            "time": local_text(hours.column("time"), offset),
            "aqhi": pc.fill_null(hours.column("aqhi"), ""),
            "ar": hours.column("ar"),
            "standard": pc.fill_null(hours.column("standard"), ""),
        }
    )


def local_text(times: pa.ChunkedArray, offset: int) -> pa.Array:
    """UTC times as ISO 8601 text in a zone ``offset`` minutes east; empty for null."""
    zone = timezone(timedelta(minutes=offset))
    written: dict[datetime, str] = {}
    texts = []
    for moment in times.to_pylist():
        if moment is None:
            texts.append("")
            continue
        if moment not in written:
            written[moment] = moment.replace(tzinfo=UTC).astimezone(zone).isoformat()
        texts.append(written[moment])
    return pa.array(texts, pa.string())


def _absent(readings: pa.Table, samples: pa.Table, required: Sequence[str]) -> list[str]:
    """For each sample in order of row, the required properties it lacks, joined by ``;``."""
    rows = samples.sort_by("row").column("row").to_pylist()
    if not required:
        return [""] * len(rows)
    measured = to_arrow(usable(frame_of(readings)).select("row", "property"))
    present = {
        code: set(measured.filter(pc.equal(measured.column("property"), code)).column("row").to_pylist())
        for code in required
    }
    return [";".join(code for code in required if row not in present[code]) for row in rows]


def _need(table: pa.Table, names: Sequence[str], what: str) -> None:
    missing = [name for name in names if name not in table.column_names]
    if missing:
        raise BadInput(f"{what} lacks the column {', '.join(missing)}", mend="give the tables of a Batch")
