"""The report of bad values: what was left out, where it stands, why, and how to mend it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from clearbay.collect.batch import BadValue, Batch

FIELDS = ("file", "line", "row", "column", "value", "why", "mend")
"""``line`` counts from 1 as an editor or spreadsheet shows it; ``row`` is the 0-based data row of ``Batch.samples``."""


def write_report(bad: Iterable[tuple[str, Batch, BadValue]], path: Path) -> int:
    """Write (file name, its batch, bad value) as CSV, or as JSON where the path ends in ``.json``; say how many.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front: a report shows what others wrote.
    """
    entries = [entry(name, batch, value) for name, batch, value in bad]
    with path.open("w", encoding="utf-8", newline="") as out:
        if path.suffix == ".json":
            json.dump(entries, out, ensure_ascii=False, indent=1)
        else:
            writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows({key: _inert(value) for key, value in found.items()} for found in entries)
    return len(entries)


def entry(name: str, batch: Batch, bad: BadValue) -> dict[str, str | int]:
    """One line of the report."""
    return {
        "file": name,
        "line": batch.line(bad.row),
        "row": bad.row,
        "column": bad.column,
        "value": bad.value,
        "why": bad.why,
        "mend": bad.mend,
    }


def _inert(value: str | int) -> str | int:
    runs = isinstance(value, str) and len(value) > 1 and value[0] in "=+-@\t"
    return f"'{value}" if runs else value
