from __future__ import annotations

import csv
import json
from pathlib import Path

from clearbay.collect.epd_marine import read
from clearbay.collect.report import FIELDS, write_report

DATA = """Station,Dates,Depth,pH
DM1,2019-01-09,Surface Water,8.1
DM1,2019-01-10,Surface Water,=1+1
DM1,31-31-2019,Surface Water,8.2
"""


def test_a_report_tells_place_reason_and_remedy(tmp_path: Path) -> None:
    """Each bad value is a line: file, line of the file, data row, column, value, why, and how to mend it."""
    batch = read(DATA.encode(), name="x.csv")
    count = write_report([("x.csv", batch, bad) for bad in batch.bad], tmp_path / "bad.csv")
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert count == len(rows) == 2
    assert tuple(rows[0]) == FIELDS
    assert [(row["line"], row["row"], row["column"]) for row in rows] == [("3", "1", "pH"), ("4", "2", "Dates")]
    assert all(row["why"] and row["mend"] for row in rows)


def test_a_report_runs_no_formula(tmp_path: Path) -> None:
    """A value that a spreadsheet would run is shown as text."""
    batch = read(DATA.encode(), name="x.csv")
    write_report([("x.csv", batch, bad) for bad in batch.bad], tmp_path / "bad.csv")
    assert "'=1+1" in (tmp_path / "bad.csv").read_text(encoding="utf-8")


def test_a_report_as_json(tmp_path: Path) -> None:
    """A path that ends in .json gets the same entries, values untouched."""
    batch = read(DATA.encode(), name="x.csv")
    write_report([("x.csv", batch, bad) for bad in batch.bad], tmp_path / "bad.json")
    assert json.loads((tmp_path / "bad.json").read_text(encoding="utf-8"))[0]["value"] == "=1+1"
