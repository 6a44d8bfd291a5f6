"""``clearbay assess`` and ``clearbay aqhi``: judge a file without any database."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import typer

from clearbay import collect, packs
from clearbay.cli import history
from clearbay.cli.output import SOME_BAD, Json, answer, read_bytes
from clearbay.collect.batch import BadValue, Batch
from clearbay.collect.report import write_report
from clearbay.mine.judge import REQUIRED, judge_hours, judge_samples, judge_station_years
from clearbay.mine.water_types import water_types
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

SourceOption = Annotated[
    str, typer.Option("--source", help="Which layout the file has; `clearbay doctor` lists the sources.")
]
OutOption = Annotated[Path, typer.Option("--out", help="Where the result goes, as CSV; - is standard output.")]
MappingOption = Annotated[
    Path | None, typer.Option("--mapping", help="For the source `table`: the YAML file that says what the columns are.")
]
OptionOption = Annotated[
    list[str] | None, typer.Option("--option", help="key=value for the source, such as year=2021; may be repeated.")
]
ReportOption = Annotated[
    Path | None, typer.Option("--report", help="Where bad values are listed, as CSV; left out: beside the result.")
]


def assess(
    file: Annotated[
        str,
        typer.Argument(
            help="The file to judge (.gz is read as it is); or a history: a folder or glob of Parquet, s3://bucket/path."
        ),
    ],
    standard: Annotated[str, typer.Option(help="The rule set, such as cn.gb3838-2002 or hk.wqo-marine.")],
    out: OutOption,
    source: Annotated[
        str, typer.Option("--source", help="Which layout the file has; `clearbay doctor` lists the sources.")
    ] = "",
    water_type: Annotated[
        str, typer.Option(help="river, lake, or auto: by the register of sections, then by the section's name.")
    ] = "auto",
    mapping: MappingOption = None,
    option: OptionOption = None,
    report: ReportOption = None,
    engine: Annotated[
        str, typer.Option(help="For a history: duckdb (the default) or polars, in this process, or spark, on a server.")
    ] = "",
    remote: Annotated[
        str, typer.Option(help="For a history on spark: the Spark Connect server (Spark or Sail), sc://host:15002.")
    ] = "",
    granularity: Annotated[str, typer.Option(help="For a history: the period judged, year, season or month.")] = "year",
    depth: Annotated[
        str, typer.Option(help="For a history: mean of the depths of a sampling, surface, middle or bottom.")
    ] = "mean",
    as_json: Json = False,
) -> None:
    """Judge a file, or a history of any size, under a rule set; no database is needed.

    A file: classes give one row an input row (station, time, class, determinants), the class empty where it cannot be
    judged; objectives one row a station, year and objective. Exit status 3 when some values were bad: they are listed.

    A history (Parquet in the long layout, as the store writes it): one row a station and period.

    Example: `clearbay assess sections.csv --source cnemc --standard cn.gb3838-2002 --out classes.csv`

    Example: `clearbay assess home/history --standard cn.gb3097-1997 --out years.csv`
    """
    rules = packs.standard(standard)
    if rules.kind == "index":
        raise BadInput(
            f"{rules.id} is an hourly index, not a class", where="--standard", mend="clearbay aqhi computes it"
        )
    if water_type not in ("auto", "river", "lake"):
        raise BadInput(f"no such water type: {water_type}", where="--water-type", mend="use river, lake or auto")
    if not source and history.is_history(file, engine or remote):
        table, told = history.judge(
            file, rules, engine=engine, remote=remote, granularity=granularity, depth=depth, water_type=water_type
        )
        _finish_history(table, told, file, out, as_json=as_json, standard=rules.id)
        return
    if engine or remote:
        raise BadInput("a file with a source is judged here, row by row", where="--engine", mend="leave --source out")
    if not source:
        raise BadInput(
            "the file's layout is not known",
            where="--source",
            mend="name one, such as cnemc; `clearbay doctor` lists all",
        )
    path = Path(file)
    batch = read(source, path, read_options(option, mapping))
    required = REQUIRED.get(batch.source, ())
    if absent := [code for code in required if code not in batch.properties]:
        note = f"judged without {', '.join(absent)}, for which the file has no column"
        batch = replace(batch, notes=(*batch.notes, note))
    if rules.kind == "attainment":
        table, told = _objectives(batch, rules)
    else:
        table, told = _classes(batch, rules, water_type)
    _finish(table, told, batch, path, out, report, as_json=as_json, standard=rules.id)


def aqhi(
    file: Annotated[Path, typer.Argument(help="Hourly pollutants of one or more stations.")],
    source: SourceOption,
    out: OutOption,
    mapping: MappingOption = None,
    option: OptionOption = None,
    report: ReportOption = None,
    as_json: Json = False,
) -> None:
    """Hong Kong's Air Quality Health Index, hour by hour, under the version in force at that hour.

    Columns: time, aqhi, station, ar (added health risk, percent), standard; aqhi is empty where too much is missing.

    Example: `clearbay aqhi hk-air_hourly2018.csv.gz --source epd-air --out aqhi.csv`
    """
    batch = read(source, file, read_options(option, mapping))
    table = judge_hours(batch.readings, batch.samples, packs.versions("hk.aqhi"))
    table = _named(table, batch, ["time", "aqhi", "station", "ar", "standard"])
    known = pc.sum(pc.not_equal(table.column("aqhi"), "")).as_py() or 0
    told = {"rows": table.num_rows, "judged": known}
    _finish(table, told, batch, file, out, report, as_json=as_json, standard="hk.aqhi")


def mapping(
    file: Annotated[Path, typer.Argument(help="A table of your own: CSV, TSV, XLSX or Parquet.")],
    out: Annotated[Path | None, typer.Option(help="Where the draft goes; left out: standard output.")] = None,
    as_json: Json = False,
) -> None:
    """Draft the mapping file for a table of your own from its headers; complete it and use it with `--source table`.

    Example: `clearbay mapping lab.xlsx --out lab.yaml`
    """
    from clearbay.collect.suggestion import suggest_mapping

    draft = suggest_mapping(read_bytes(file), name=file.name)
    if out is not None:
        _directory_of(out)
        out.write_text(draft, encoding="utf-8")
    elif not as_json:
        print(draft, end="")
    told = (
        f"wrote {out}: look it through, then `clearbay import table {file} --mapping {out} --home DIR`" if out else ""
    )
    answer({"file": file.name, "mapping": draft, "out": str(out) if out else None}, as_json=as_json, text=told)


def read(source: str, path: Path, options: dict[str, str]) -> Batch:
    """Read one file through one source. A verdict does not hang on the year, so a file that hides it is read too."""
    known = collect.source(source)
    if "undated" in known.options:
        options = {"undated": "newest", **options}
    return known.read(read_bytes(path), name=path.name, options=options)


def read_options(pairs: list[str] | None, mapping: Path | None) -> dict[str, str]:
    """``key=value`` options of a source, and the mapping file as one of them."""
    options = {"mapping": str(mapping)} if mapping else {}
    for pair in pairs or ():
        key, sign, value = pair.partition("=")
        if not sign:
            raise BadInput(f"{pair!r} has no =", where="--option", mend="write key=value, such as year=2021")
        options[key] = value
    return options


def list_bad(bad: Iterable[tuple[str, Batch, BadValue]], where: Path | None, beside: Path) -> Path | None:
    """Write the bad values where a person can mend them; None where there is nothing to list."""
    rows = list(bad)
    if not rows:
        return None
    path = where or beside.with_name(f"{beside.name}.bad.csv")
    write_report(rows, path)
    return path


def _directory_of(out: Path) -> None:
    if not out.parent.is_dir():
        raise BadInput("there is no such directory", where=str(out.parent), mend="make it first")


def _classes(batch: Batch, rules: Standard, water_type: str) -> tuple[pa.Table, dict[str, Any]]:
    if batch.samples is None:
        raise BadInput(f"{batch.source} has no rows to judge one by one", mend="choose another rule set")
    stations = [station for station in pc.unique(batch.samples.column("station")).to_pylist() if station]
    table = judge_samples(
        batch.readings,
        batch.samples,
        rules,
        water_types=water_types(stations, water_type, readings=batch.readings),
        required=[code for code in REQUIRED.get(batch.source, ()) if code in batch.properties],
    )
    table = _named(table, batch, ["station", "time", "class", "determinants"])
    classes = Counter(table.column("class").to_pylist())
    unjudged = classes.pop("", 0)
    told: dict[str, Any] = {
        "rows": table.num_rows,
        "judged": table.num_rows - unjudged,
        "classes": {grade.id: classes.get(grade.id, 0) for grade in rules.grades},
    }
    if "water_type_from" in table.column_names:
        pairs = zip(table.column("water_type").to_pylist(), table.column("water_type_from").to_pylist(), strict=True)
        told["water_types"] = dict(sorted(Counter(f"{kind} by {by}" for kind, by in pairs if by).items()))
    return table, told


def _objectives(batch: Batch, rules: Standard) -> tuple[pa.Table, dict[str, Any]]:
    register = {station.id: station.zone for station in packs.stations()}
    given = {station.id: station.zone for station in batch.stations}
    stations = set(pc.unique(batch.readings.column("station")).to_pylist())
    zones = {**given, **register}
    table = judge_station_years(batch.readings, rules, {station: zones.get(station, "") for station in stations})
    table = _named(table, batch, ["station", "year", "objective", "value", "limit", "attained"])
    attained = Counter(table.column("attained").to_pylist())
    told = {"rows": table.num_rows, "attained": attained[True], "not_attained": attained[False]}
    return table, told


def _named(table: pa.Table, batch: Batch, first: list[str]) -> pa.Table:
    """Stations by the authority's own code, as the file names them; clearbay's id stands in the last column."""
    codes = {station.id: station.code for station in (*batch.stations, *packs.stations())}
    ids = table.column("station")
    named = pa.array([codes.get(id, id) for id in ids.to_pylist()], pa.string())
    table = table.set_column(table.column_names.index("station"), "station", named)
    rest = [name for name in table.column_names if name not in first]
    return table.select([*first, *rest]).append_column("station_id", ids)


def _finish(
    table: pa.Table,
    told: dict[str, Any],
    batch: Batch,
    file: Path,
    out: Path,
    report: Path | None,
    *,
    as_json: bool,
    standard: str,
) -> None:
    _put(table, out, as_json=as_json)
    beside = Path(file.name) if str(out) == "-" else out
    notes = list(batch.notes)
    if table.num_rows and not told.get("judged", 1):
        there = ", ".join(sorted(pc.unique(batch.readings.column("property")).to_pylist()))
        notes.append(f"nothing could be judged under {standard}; the file holds {there or 'no value'}")
    where = list_bad(((file.name, batch, value) for value in batch.bad), report, beside)
    result = {
        "file": file.name,
        "standard": standard,
        **told,
        "missing": batch.missing,
        "bad": len(batch.bad),
        "report": str(where) if where else None,
        "notes": notes,
        "out": str(out),
    }
    lines = [f"{file.name} under {standard}: " + _sentence(told)]
    lines += [f"note: {note}" for note in notes]
    if where:
        lines.append(f"{len(batch.bad):,} bad values were left out and are listed in {where}; the good ones are kept")
    answer(result, as_json=as_json, text="\n".join(lines))
    if batch.bad:
        raise typer.Exit(SOME_BAD)


def _finish_history(
    table: pa.Table, told: dict[str, Any], place: str, out: Path, *, as_json: bool, standard: str
) -> None:
    _put(table, out, as_json=as_json)
    numbers = {key: value for key, value in told.items() if key != "engine"}
    result = {"history": place, "standard": standard, **told, "out": str(out)}
    answer(result, as_json=as_json, text=f"{place} under {standard} on {told['engine']}: " + _sentence(numbers))


def _put(table: pa.Table, out: Path, *, as_json: bool) -> None:
    """Write the result where it is wanted; BadInput before anything is written where that cannot be."""
    if str(out) == "-":
        if as_json:
            raise BadInput("--json and --out - both want standard output", where="--out", mend="name a file")
        _write(table, sys.stdout)
        return
    _directory_of(out)
    with out.open("w", encoding="utf-8", newline="") as stream:
        _write(table, stream)


def _write(table: pa.Table, stream: TextIO) -> None:
    """CSV with quotes only where a cell needs them, empty cells for null, true and false in lower case."""
    columns = [column.cast(pa.string()) if pa.types.is_boolean(column.type) else column for column in table.columns]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows(zip(*(column.to_pylist() for column in columns), strict=True))


def _sentence(told: dict[str, Any]) -> str:
    parts = []
    for key, value in told.items():
        if isinstance(value, dict):
            parts.append(f"{key.replace('_', ' ')} " + ", ".join(f"{name} {count:,}" for name, count in value.items()))
        else:
            parts.append(f"{key.replace('_', ' ')} {value:,}")
    return "; ".join(parts)
