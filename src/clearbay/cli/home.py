"""``clearbay init`` and ``clearbay import``: a home for observations, and what goes into it."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from clearbay import collect, packs
from clearbay.cli.files import MappingOption, OptionOption, ReportOption, list_bad, read_options
from clearbay.cli.output import SOME_BAD, Json, answer, progress, read_bytes, say
from clearbay.collect import BadValue, Batch
from clearbay.store import Home
from clearbay.store.node_key import NodeKey
from clearbay.transmit.intake import take_in
from clearbay.transmit.quality import QualityStage

HomeOption = Annotated[Path, typer.Option("--home", help="The directory that `clearbay init` made.")]
Bad = list[tuple[str, Batch, BadValue]]


def init(
    directory: Annotated[Path, typer.Argument(help="A new or empty directory.")],
    records: Annotated[
        str | None,
        typer.Option(help="postgresql+psycopg:// URL of a database for the records; left out: SQLite inside."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a home: the place where records, hot observations and history live.

    Example: `clearbay init bay-data`
    """
    with Home.create(directory, records_url=records) as home:
        NodeKey.of(home)
        home.register_stations(packs.stations())
        count = len(home.stations())
    text = f"made {directory} with the {count} stations of the shipped registers"
    text += f"\nnext: clearbay import SOURCE FILE --home {directory}"
    answer({"home": str(directory), "stations": count}, as_json=as_json, text=text)


def import_(
    source: Annotated[str, typer.Argument(help="Which layout the files have; `clearbay doctor` lists the sources.")],
    file: Annotated[list[Path], typer.Argument(help="One or more files; .gz is read as it is.")],
    home: HomeOption,
    mapping: MappingOption = None,
    option: OptionOption = None,
    report: ReportOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Give every value its quality flag on the way in (docs/quality.md).")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read files into a home. Reading one twice changes nothing, and says so.

    Exit status 3 when some values were bad: they are listed, the good ones are kept.

    Example: `clearbay import epd-marine marine.csv.gz --home bay-data`
    """
    collect.source(source)
    results: list[dict[str, Any]] = []
    bad: Bad = []
    with Home.open(home) as opened:
        stage = QualityStage(opened) if check else None
        for path in file:
            results.append(import_file(opened, source, path, read_options(option, mapping), bad, stage, quiet=as_json))
        if stage is not None:
            stage.close()
        compact(opened, quiet=as_json)
    where = list_bad(bad, report, Path(file[0].name))
    answer({"files": results, "bad": len(bad), "report": str(where) if where else None}, as_json=as_json, text="")
    if bad:
        if not as_json:
            say(f"{len(bad):,} bad values were left out and are listed in {where}; the good ones are kept")
        raise typer.Exit(SOME_BAD)


def import_file(
    home: Home,
    source: str,
    path: Path,
    options: dict[str, str],
    bad: Bad,
    check: QualityStage | None = None,
    *,
    quiet: bool,
) -> dict[str, Any]:
    """Read one file into an open home, adding its bad values to ``bad``.

    A file read before, under the same options and the same mapping, is told by its hash and not parsed again.
    """
    data = read_bytes(path)
    digest = hashlib.sha256(data + repr(sorted(_meant(options).items())).encode()).hexdigest()
    told: dict[str, Any] = {"file": path.name, "known": True, "new": 0, "revised": 0, "duplicate": 0, "bad": 0}
    if home.known_file(digest, source):
        if not quiet:
            say(f"{path.name}: already here, nothing to do")
        return told
    start = time.monotonic()
    batch = collect.source(source).read(data, name=path.name, options=options)
    with progress(path.name, quiet=quiet) as bar:
        done = take_in(
            home, batch, sha256=digest, name=path.name, progress=bar, check=check.imported if check else None
        )
    seconds = time.monotonic() - start
    values = [*batch.bad, *done.refused]
    bad.extend((path.name, batch, value) for value in values)
    told |= {"known": False, "new": done.new, "revised": done.revised, "duplicate": done.duplicate}
    told |= {"bad": len(values), "stations": done.stations, "seconds": round(seconds, 2), "notes": list(batch.notes)}
    if not quiet:
        rate = batch.readings.num_rows / seconds
        say(
            f"{path.name}: {done.new:,} new, {done.revised:,} revised, {done.duplicate:,} already here, "
            f"{len(values):,} bad; {seconds:.1f} s, {rate:,.0f} readings/s"
        )
        for note in batch.notes:
            say(f"  note: {note}")
    return told


def _meant(options: dict[str, str]) -> dict[str, str]:
    """The options with the mapping's words in place of its path: a mapping corrected in place reads the file anew."""
    mapping = options.get("mapping", "")
    if "\n" in mapping or not Path(mapping).is_file():
        return options
    return options | {"mapping": read_bytes(Path(mapping)).decode(errors="replace")}


def compact(home: Home, *, quiet: bool) -> None:
    """Move hot rows into the monthly files of history."""
    with progress("writing history", quiet=quiet) as bar:
        home.compact(progress=bar)
