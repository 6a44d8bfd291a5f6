from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from clearbay.cli import app
from clearbay.model.errors import BadInput
from tests.mine_detection.plants import NAMES, plant

VALUES, SPILLS = plant(3000, every=300)
MOMENTS = np.datetime64("2026-03-01T00:00") + np.arange(3000) * np.timedelta64(1, "m")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("detect") / "plant.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["", "Time", *NAMES, "note", "EVENT"])
        for row in range(3000):
            cells = ["NA" if row % 97 == 5 else value for value in VALUES[row].tolist()]
            moment = str(MOMENTS[row]).replace("T", " ")
            writer.writerow([row, moment, *cells, "ok", "TRUE" if SPILLS[row] else "FALSE"])
    return path


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, ["detect", *words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_rows_after_the_learning_time_are_judged(table: Path, tmp_path: Path) -> None:
    """Per row after T: the time as it was written, a score, an event of 0 or 1, and the sensors that show it."""
    out = tmp_path / "out.csv"
    told = run(str(table), "--time", "Time", "--label", "EVENT", "--train-until", "2026-03-02 00:59", "--out", str(out))
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert list(rows[0]) == ["time", "score", "event", "contributors"]
    assert len(rows) == told["rows"] == 1500
    assert rows[0]["time"] == "2026-03-02 01:00"
    assert {row["event"] for row in rows} == {"0", "1"}
    met = [row["event"] == "1" for row in rows]
    assert np.mean(np.array(met)[SPILLS[1500:]]) > 0.6
    assert told["left_out"] == {"": "counts the rows", "note": "not numbers"}


def test_without_labels_every_row_is_judged(table: Path, tmp_path: Path) -> None:
    """With neither label nor time all rows come back, in the order of the file."""
    out = tmp_path / "out.csv"
    told = run(str(table), "--time", "Time", "--out", str(out))
    assert told["rows"] == 3000
    assert told["basis"] == "quiet"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--time", "when"], "no column is called 'when'"),
        (["--time", "Time", "--label", "note"], "column note says 'ok'"),
        (["--time", "Time", "--train-until", "soon"], "'soon' is no time"),
        (["--time", "Time", "--train-until", "2020-01-01"], "only 0 rows"),
        (["--time", "note"], "'ok' is no time"),
    ],
)
def test_what_is_wrong_is_said(table: Path, tmp_path: Path, words: list[str], what: str) -> None:
    """A wrong column, label or time is told with the way out."""
    with pytest.raises(BadInput, match=what):
        run(str(table), *words, "--out", str(tmp_path / "out.csv"))
