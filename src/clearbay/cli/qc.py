"""``clearbay qc``: quality control of a file, or of a series of a home."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq
import typer
import yaml

from clearbay import collect, packs
from clearbay.cli.files import MappingOption, OptionOption, ReportOption, list_bad, read_options
from clearbay.cli.output import SOME_BAD, Json, answer, read_bytes
from clearbay.collect.batch import BadValue, Batch
from clearbay.collect.series import SeriesFile, read_series
from clearbay.mine.quality import TESTS, Config, batch
from clearbay.mine.quality.flags import NOT_EVALUATED, aggregate
from clearbay.model.errors import BadInput
from clearbay.model.observation import Flag
from clearbay.store import Home

Bad = list[tuple[str, Batch, BadValue]]
_WORDS = {Flag.PASS: "pass", Flag.SUSPECT: "suspect", Flag.FAIL: "fail", Flag.NOT_EVALUATED: "not evaluated",
          Flag.MISSING: "missing"}  # fmt: skip


def qc(
    file: Annotated[
        Path | None, typer.Argument(help="CSV or Parquet with times and values (.gz is read as it is); or --home.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the rows and their flags go: .parquet or .csv.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML: which tests, with which numbers; left out: the shipped gross ranges.")
    ] = None,
    time: Annotated[str, typer.Option(help="The column of times, where it is not called so.")] = "",
    value: Annotated[list[str] | None, typer.Option(help="A column of values; may be repeated.")] = None,
    station: Annotated[str, typer.Option(help="The station the file is of; with --home, the one to look at.")] = "",
    property_: Annotated[
        str, typer.Option("--property", help="What was measured, such as pH; with --home, the one to look at.")
    ] = "",
    home: Annotated[
        Path | None, typer.Option("--home", help="Look at a series of this home instead of a file.")
    ] = None,
    source: Annotated[str, typer.Option(help="Read the file through a source, as `clearbay import` does.")] = "",
    mapping: MappingOption = None,
    option: OptionOption = None,
    report: ReportOption = None,
    as_json: Json = False,
) -> None:
    """Flag every value: one column a test, and `aggregate` (1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing).

    Without --config, values are held against the shipped gross ranges and the rules between properties; a file says in
    a column, or --property says, what was measured. docs/quality.md shows a configuration.

    Exit status 3 when some cells could not be read: they are listed, and flagged missing or not evaluated.

    Example: `clearbay qc ph.csv --property pH --out flagged.parquet`

    Example: `clearbay qc river.csv --config qc.yaml --out flagged.csv`
    """
    if out is None:
        raise BadInput("where should the flags go?", where="--out", mend="name a file, such as --out flagged.parquet")
    if out.suffix not in (".parquet", ".csv"):
        raise BadInput(f"{out.name} is neither .parquet nor .csv", where="--out", mend="end it in .parquet or .csv")
    if not out.parent.is_dir():
        raise BadInput("there is no such directory", where=str(out.parent), mend="make it first")
    if (file is None) == (home is None):
        raise BadInput(
            "needs a file or a home", where="qc", mend="give FILE, or --home DIR --station ID --property CODE"
        )
    chosen = read_config(config)
    if home is not None:
        table, told, bad = _of_home(home, station, property_, chosen)
        name = station or str(home)
    else:
        assert file is not None
        name = file.name
        if source:
            table, told, bad = _of_source(file, source, read_options(option, mapping), chosen)
        else:
            known = set(packs.properties()) | set(chosen.by_property)
            series = read_series(
                read_bytes(file), name=file.name, time=time, values=value or (), known=known, station=station,
                property=property_,
            )  # fmt: skip
            table, told, bad = _of_series(file, series, chosen)
    _write(table, out)
    _finish(name, table, told, bad, out, report, as_json=as_json)


def read_config(path: Path | None) -> Config:
    """A configuration from a file; the shipped numbers without one. ``BadInput`` says what is wrong with it."""
    shipped = packs.quality().form()
    if path is None:
        return Config.read({}, base=shipped)
    try:
        form = yaml.safe_load(read_bytes(path).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadInput("the configuration is not UTF-8", where=str(path), mend="save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise BadInput(f"no YAML: {getattr(error, 'problem', error)}", where=where, mend="correct that line") from error
    if not isinstance(form, dict) or not form:
        raise BadInput("the configuration says nothing", where=str(path), mend="see docs/quality.md for an example")
    wanted = form.get("defaults", "none")
    if wanted not in ("none", "shipped"):
        raise BadInput(f"defaults is {wanted!r}", where=f"{path}: defaults", mend="write shipped or none")
    try:
        found = Config.read(form, base=shipped if wanted == "shipped" else None)
    except BadInput as error:
        raise BadInput(error.what, where=f"{path}: {error.where}", mend=error.mend) from None
    if not found.tests:
        raise BadInput("the configuration names no test", where=str(path), mend=f"tests: {', '.join(TESTS)}")
    return found


def _media() -> Callable[[str], str]:
    known = {station.id: station.medium for station in packs.stations()}
    return lambda station: known.get(station, "")


def _homes() -> Callable[[str], tuple[float, float]]:
    nowhere = (float("nan"), float("nan"))
    known = {
        station.id: (station.longitude, station.latitude)
        for station in packs.stations()
        if station.longitude is not None and station.latitude is not None
    }
    return lambda station: known.get(station, nowhere)


def _of_series(file: Path, series: SeriesFile, config: Config) -> tuple[pa.Table, list[str], Bad]:
    """The file's table with its flags. Columns of values are judged together, for rules between properties."""
    table, notes = series.table, []
    rows = pa.concat_tables(list(series.series.values()))
    flags = batch(rows, config, medium=_media(), homes=_homes())
    if "flag" not in rows.column_names and "source_flag" in flags.column_names:
        flags = flags.drop_columns("source_flag")
    count = int(series.readable.sum())
    several = len(series.series) > 1
    worst = []
    for place, column in enumerate(series.series):
        for test in flags.column_names:
            whole = np.full(table.num_rows, NOT_EVALUATED, dtype=np.int8)
            whole[series.readable] = flags[test].slice(place * count, count).to_numpy()
            table = _with(table, f"{column}_{test}" if several else test, whole)
        worst.append(whole)
    if several:
        table = _with(table, "aggregate", aggregate(np.stack(worst, axis=1)))
    met = set(pc.unique(rows["property"]).to_pylist())
    if absent := sorted(set(config.by_property) - met) if not _is_shipped(config) else []:
        there = ", ".join(sorted(met)) or "none"
        notes.append(f"the configuration speaks of {', '.join(absent)}, which the file does not have (it has {there})")
    if all((one == NOT_EVALUATED).all() for one in worst):
        notes.append("no test fits: say with --property what was measured, or give a configuration")
    read = Batch(file.name, rows, None, series.bad)
    return table, notes, [(file.name, read, one) for one in series.bad]


def _with(table: pa.Table, name: str, flags: Any) -> pa.Table:
    return table.append_column(name if name not in table.column_names else f"qc_{name}", pa.array(flags, pa.int8()))


def _is_shipped(config: Config) -> bool:
    return set(packs.quality().form()["properties"]) <= set(config.by_property)


def _of_source(file: Path, source: str, options: dict[str, str], config: Config) -> tuple[pa.Table, list[str], Bad]:
    known = collect.source(source)
    if "undated" in known.options:
        options = {"undated": "newest", **options}
    read = known.read(read_bytes(file), name=file.name, options=options)
    media = {station.id: station.medium for station in (*read.stations, *packs.stations())}
    return (
        _beside(read.readings, batch(read.readings, config, medium=lambda one: media.get(one, ""), homes=_homes())),
        list(read.notes),
        [(file.name, read, one) for one in read.bad],
    )


def _of_home(home: Path, station: str, property_: str, config: Config) -> tuple[pa.Table, list[str], Bad]:
    with Home.open(home) as opened:
        if station and not opened.registered([station]):
            raise BadInput(
                f"no station is called {station!r} here", where="--station", mend="`clearbay doctor` lists them"
            )
        if property_ and property_ not in packs.properties():
            raise BadInput(
                f"no property is called {property_!r}", where="--property", mend="use a code such as pH or NH3N"
            )
        media = {one.id: one.medium for one in opened.stations()}
        rows = opened.reader().observations(
            stations=[station] if station else None, properties=[property_] if property_ else None
        )
    if not rows.num_rows:
        raise BadInput(
            "there are no observations", where=f"{station} {property_}".strip(), mend="check station and property"
        )
    return _beside(rows, batch(rows, config, medium=lambda one: media.get(one, ""), homes=_homes())), [], []


def _beside(rows: pa.Table, flags: pa.Table) -> pa.Table:
    for test in flags.column_names:
        rows = _with(rows, test, flags[test].combine_chunks())
    return rows


def _write(table: pa.Table, out: Path) -> None:
    if out.suffix == ".parquet":
        pq.write_table(table, out, compression="zstd")
    else:
        csv.write_csv(table, out)


def _finish(
    name: str,
    table: pa.Table,
    notes: list[str],
    bad: Bad,
    out: Path,
    report: Path | None,
    *,
    as_json: bool,
) -> None:
    counts: dict[str, dict[str, int]] = {}
    for column in table.column_names:
        test = column.rsplit("_", 1)[-1] if column.endswith("aggregate") else column
        if table[column].type == pa.int8() and column != "flag" and (test == "aggregate" or _test_of(column)):
            found = Counter(table[column].to_numpy().tolist())
            counts[column] = {_WORDS[flag]: found[flag] for flag in _WORDS if found[flag]}
    where = list_bad(bad, report, out)
    lines = [f"{name}: {table.num_rows:,} rows"]
    width = max(map(len, counts), default=0)
    lines += [
        f"  {test:<{width}}  " + ", ".join(f"{word} {count:,}" for word, count in found.items())
        for test, found in counts.items()
    ]
    lines += [f"note: {note}" for note in notes]
    if where:
        lines.append(f"{len(bad):,} cells could not be read and are listed in {where}")
    lines.append(f"wrote {out}")
    told: dict[str, Any] = {
        "file": name, "rows": table.num_rows, "tests": counts, "bad": len(bad), "report": str(where) if where else None,
        "notes": notes, "out": str(out),
    }  # fmt: skip
    answer(told, as_json=as_json, text="\n".join(lines))
    if bad:
        raise typer.Exit(SOME_BAD)


def _test_of(column: str) -> bool:
    return any(column == test or column.endswith(f"_{test}") for test in TESTS)
