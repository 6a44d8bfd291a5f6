"""``clearbay index`` on tables of samples."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from clearbay import packs
from clearbay.mine.trophic import trophic_index
from clearbay.model.errors import BadInput


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_row_a_sample(run: Any, tmp_path: Path) -> None:
    """Every input row has a row, in its order; what is missing is named, below detection counts half."""
    (tmp_path / "in.csv").write_text(
        "station,time,叶绿素a,TP,TN,CODMn,透明度\nL,2020-05-01,20,0.08,1.2,4.5,0.7\nM,2020-05-01,<0.5,0.02,0.4,2,--\nN,2020-05-01,,,,,\n",
        encoding="utf-8",
    )
    told = run("index", "tli", tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--json")
    rows = _rows(tmp_path / "out.csv")
    assert list(rows[0]) == ["station", "time", "index", "grade", "missing"]
    assert [(row["station"], row["grade"], row["missing"]) for row in rows] == [
        ("L", "light", ""), ("M", "oligotrophic", "secchi"), ("N", "", "chla;TP;TN;secchi;CODMn")
    ]  # fmt: skip
    half = trophic_index({"chla": 0.25, "TP": 0.02, "TN": 0.4, "CODMn": 2}, packs.rule("cn.tli"))
    assert float(rows[1]["index"]) == pytest.approx(half.index)
    assert (told["rows"], told["judged"], told["confidence"]["grades"]) == (3, 2, "two_sources")


def test_eutrophication_and_organic_pollution(run: Any, tmp_path: Path) -> None:
    """The limits of class 1 have E = 1.33 (light) and A = 2 (light); units in headers are converted."""
    (tmp_path / "in.csv").write_text("station,CODMn_alk,DIN(ug/L),DIP,DO\nP,2,200,0.015,6\n")
    for name, index, grade in (("eutrophication", 4 / 3, "light"), ("organic", 2.0, "light")):
        told = run("index", name, tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--json")
        row = _rows(tmp_path / "out.csv")[0]
        assert float(row["index"]) == pytest.approx(index)
        assert (row["grade"], row["time"]) == (grade, "")
        assert told["confidence"]["grades"] == "unverified"


def test_an_unknown_index_is_refused(run: Any, tmp_path: Path) -> None:
    """The known ones are said."""
    with pytest.raises(BadInput, match="no such index"):
        run("index", "wqi", tmp_path / "in.csv", "--out", tmp_path / "out.csv")
