"""``clearbay aqi``: the mainland's Air Quality Index of a file."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import typer

from clearbay import packs
from clearbay.cli.output import Json
from clearbay.cli.plain import read_plain
from clearbay.cli.results import finish, write_csv
from clearbay.collect.batch import Batch
from clearbay.mine.air_means import Label
from clearbay.mine.aqi import aqi_daily, aqi_hourly, aqi_of_days
from clearbay.mine.frames import to_arrow
from clearbay.mine.judge import local_text
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule

POLLUTANTS = ("SO2", "NO2", "CO", "O3", "PM10", "PM2_5")
PRINTED = {"PM2_5": "PM2.5"}
"""Codes that people write otherwise, in the columns of the file and of the result."""

IMPLAUSIBLE_CO = 150.0
"""mg/m3: the last breakpoint of the hourly table. A file above it has its CO in ug/m3 as good as certainly."""


def aqi(
    file: Annotated[Path, typer.Argument(help="A table with time, station and SO2, NO2, CO, O3, PM10, PM2.5.")],
    version: Annotated[str, typer.Option(help="hj633-2012, hj633-2026, or by-date: the one in force that day.")],
    out: Annotated[Path, typer.Option("--out", help="Where the result goes, as CSV; - is standard output.")],
    by: Annotated[str, typer.Option(help="hour or day; left out: hour for hourly rows, day for daily ones.")] = "",
    rows: Annotated[str, typer.Option(help="What a row is: hour or day; left out: told by the times.")] = "",
    label: Annotated[
        str, typer.Option(help="Whether an hourly row's time is its hour's end or start; left out: told by the times.")
    ] = "",
    exempt: Annotated[
        list[str] | None, typer.Option(help="A pollutant that may be missing (HJ 633-2026, 5.3.2); may be repeated.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="A YAML file for other headers or units, a line each."),
    ] = None,
    as_json: Json = False,
) -> None:
    """The Air Quality Index of mainland China, hour by hour or day by day.

    Concentrations in ug/m3, CO in mg/m3, unless a header or the mapping file states another unit. Daily rows hold
    daily means, O3 the daily maximum of 8-hour means. Columns: time, station, aqi, primary, then grade (1 to 6),
    missing, standard and each sub-index; aqi is empty where the version publishes none.

    Example: `clearbay aqi dongsi.csv --version by-date --out aqi.csv`
    """
    rules, by_date = _rules(version)
    for name, value, allowed in (("--by", by, ("", "hour", "day")), ("--rows", rows, ("", "hour", "day")),
                                 ("--label", label, ("", "end", "start"))):  # fmt: skip
        if value not in allowed:
            raise BadInput(f"no such value: {value}", where=name, mend="use " + " or ".join(filter(None, allowed)))
    left_out = [_code(name) for name in exempt or ()]
    batch = read_plain(file, POLLUTANTS, mapping=mapping)
    _check_co(batch, file)
    daily_rows = (rows or _kind(batch)) == "day"
    report = by or ("day" if daily_rows else "hour")
    if daily_rows and report == "hour":
        raise BadInput("daily rows have no hours", where="--by", mend="use --by day, or --rows hour if they are hourly")
    ends: Label = "start" if (label or _label(batch)) == "start" else "end"
    if report == "hour":
        frame = aqi_hourly(batch.readings, rules, label=ends, exempt=left_out, by_date=by_date)
    elif daily_rows:
        frame = aqi_of_days(batch.readings, rules, exempt=left_out, by_date=by_date)
    else:
        frame = aqi_daily(batch.readings, rules, label=ends, exempt=left_out, by_date=by_date)
    table = _table(to_arrow(frame), batch, report, daily_rows, ends)
    write_csv(table, out)
    told = _told(table, version, report) | ({} if daily_rows else {"label": ends})
    if by_date:
        told["before_any_version"] = _too_early(table, rules)
    text = f"{file.name} under {version}: {told['judged']:,} of {told['rows']:,} {report}s have an index"
    finish(told | {"out": str(out)}, text, batch, file, out, as_json=as_json)


def _rules(version: str) -> tuple[list[Rule], bool]:
    known = [one for one in packs.rule_versions("cn.hj633") if isinstance(one, Rule)]
    if version == "by-date":
        return known, True
    names = {one.id.removeprefix("cn."): one for one in known}
    wanted = version.lower().removeprefix("cn.")
    if wanted not in names:
        raise BadInput(f"no such version: {version}", where="--version", mend=f"use {', '.join(names)} or by-date")
    return [names[wanted]], False


def _code(name: str) -> str:
    code = name.upper().replace("PM2.5", "PM2_5")
    if code not in POLLUTANTS:
        raise BadInput(f"{name} is no pollutant of the index", where="--exempt", mend="one of " + ", ".join(POLLUTANTS))
    return code


def _check_co(batch: Batch, file: Path) -> None:
    monoxide = batch.readings.filter(pc.equal(batch.readings.column("property"), "CO")).column("value")
    if len(monoxide) and (pc.max(monoxide).as_py() or 0) > IMPLAUSIBLE_CO:
        raise BadInput(
            f"CO reaches {pc.max(monoxide).as_py():g} mg/m3, beyond every table: it seems to stand in ug/m3",
            where=file.name,
            mend="state its unit: a header such as CO(ug/m3), or CO: {column: CO, unit: ug/m3} in a mapping file",
        )


def _kind(batch: Batch) -> str:
    """``day`` where every row stands at midnight and no station has two rows of one day."""
    samples = batch.samples
    if samples is None or not samples.num_rows:
        return "hour"
    local = [None if time is None else time + timedelta(minutes=HONG_KONG_TIME) for time in samples["time"].to_pylist()]
    if any(time is not None and (time.hour or time.minute) for time in local):
        return "hour"
    return "day"


def _label(batch: Batch) -> str:
    """``start`` where the file runs from a midnight to a 23:00, so that whole days begin with its hours; else ``end``.

    The authorities of the bay label an hour by its end, so that a day runs from 01:00 to 24:00.
    """
    times = batch.samples.column("time").drop_null() if batch.samples is not None else pa.chunked_array([[]])
    if not len(times):
        return "end"
    first, last = (moment + timedelta(minutes=HONG_KONG_TIME) for moment in pc.min_max(times).as_py().values())
    return "start" if (first.hour, last.hour) == (0, 23) else "end"


def _table(found: pa.Table, batch: Batch, report: str, daily_rows: bool, label: Label) -> pa.Table:
    """One row an hour or day of the file, also where there is no index; pollutants as people write them."""
    samples = batch.samples
    assert samples is not None
    asked = samples.select(["station", "time"]).filter(pc.is_valid(samples.column("time")))
    if report == "day":
        shift = timedelta(minutes=HONG_KONG_TIME)
        if not daily_rows and label == "end":
            shift -= timedelta(hours=1)
        days = pc.strftime(pc.add(asked.column("time"), pa.scalar(shift)), format="%Y-%m-%d")
        asked = pa.table({"station": asked.column("station"), "time": days})
    asked = asked.filter(pc.is_valid(asked.column("station"))).group_by(["station", "time"]).aggregate([])
    joined = asked.join(found, ["station", "time"]).sort_by([("station", "ascending"), ("time", "ascending")])
    columns: dict[str, Any] = {
        "time": joined.column("time") if report == "day" else local_text(joined.column("time"), HONG_KONG_TIME),
        "station": joined.column("station"),
        "aqi": joined.column("aqi"),
        "primary": _printed(joined.column("primary")),
        "grade": pc.fill_null(joined.column("grade"), ""),
        "missing": _printed(joined.column("missing")),
        "standard": pc.fill_null(joined.column("standard"), ""),
    }
    return pa.table(columns | {f"iaqi_{PRINTED.get(c, c)}": joined.column(f"iaqi_{c}") for c in POLLUTANTS})


def _printed(column: pa.ChunkedArray) -> Any:
    text = pc.fill_null(column, "")
    for code, printed in PRINTED.items():
        text = pc.replace_substring(text, code, printed)
    return text


def _told(table: pa.Table, version: str, report: str) -> dict[str, Any]:
    grades = Counter(table.column("grade").to_pylist())
    versions = Counter(filter(None, table.column("standard").to_pylist()))
    return {
        "version": version,
        "by": report,
        "rows": table.num_rows,
        "judged": table.num_rows - table.column("aqi").null_count,
        "versions": dict(sorted(versions.items())),
        "grades": {grade: grades[grade] for grade in "123456"},
    }


def _too_early(table: pa.Table, rules: list[Rule]) -> int:
    """Rows before the first version came into force."""
    first = min(rule.in_force_from for rule in rules).isoformat()
    return sum(time[:10] < first for time in table.column("time").to_pylist())
