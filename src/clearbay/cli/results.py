"""How a command that computes on a file hands over its table: a CSV, a line for people, the bad values listed."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import typer

from clearbay.cli.files import list_bad
from clearbay.cli.output import SOME_BAD, answer
from clearbay.collect.batch import Batch
from clearbay.model.errors import BadInput


def write_csv(table: pa.Table, out: Path) -> None:
    """Write a table as CSV (``-``: standard output): empty cells for null, true and false in lower case."""
    if str(out) == "-":
        _write(table, sys.stdout)
        return
    if not out.parent.is_dir():
        raise BadInput("there is no such directory", where=str(out.parent), mend="make it first")
    with out.open("w", encoding="utf-8", newline="") as stream:
        _write(table, stream)


def _write(table: pa.Table, stream: TextIO) -> None:
    columns = [column.cast(pa.string()) if pa.types.is_boolean(column.type) else column for column in table.columns]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows(zip(*(column.to_pylist() for column in columns), strict=True))


def finish(told: dict[str, Any], text: str, batch: Batch, file: Path, out: Path | None, *, as_json: bool) -> None:
    """Tell the result, list what was bad beside it, and leave with status 3 where something was."""
    if as_json and out is not None and str(out) == "-":
        raise BadInput("--json and --out - both want standard output", where="--out", mend="name a file")
    beside = out if out is not None and str(out) != "-" else Path(file.name)
    where = list_bad(((file.name, batch, value) for value in batch.bad), None, beside)
    result = {"file": file.name, **told, "bad": len(batch.bad), "report": str(where) if where else None}
    lines = [text, *(f"note: {note}" for note in batch.notes)]
    if where:
        lines.append(f"{len(batch.bad):,} bad values were left out and are listed in {where}; the good ones are kept")
    answer(result, as_json=as_json, text="\n".join(lines))
    if batch.bad:
        raise typer.Exit(SOME_BAD)
