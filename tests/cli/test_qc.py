"""``clearbay qc`` and ``clearbay review`` on real files and a real home."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from clearbay.cli import qc, review
from clearbay.model.errors import BadInput, UnknownName
from clearbay.store import Home
from tests.store.homes import readings, station

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(qc.qc)
app.add_typer(review.app, name="review")

PH = "time,value\n" + "".join(f"2024-05-01 {hour:02}:00,{77 if hour == 3 else 7.1}\n" for hour in range(8))


@pytest.fixture
def run() -> Callable[..., Any]:
    """Run a command; its JSON where ``--json`` is among the words. An error comes out as it was raised."""

    def call(*words: object, status: int = 0) -> Any:
        done = CliRunner().invoke(app, [str(word) for word in words])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == status, done.output
        return json.loads(done.stdout) if "--json" in words else done.stdout

    return call


def write(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_ranges_need_no_configuration(run: Any, tmp_path: Path) -> None:
    """A pH of 77 fails; the columns of the file stay, and the flags stand behind them."""
    out = tmp_path / "out.parquet"
    told = run("qc", write(tmp_path / "ph.csv", PH), "--property", "pH", "--out", out, "--json")
    assert told["tests"]["gross_range"] == {"pass": 7, "fail": 1}
    table = pq.read_table(out)
    assert table.column_names == ["time", "value", "gross_range", "consistency", "aggregate"]
    assert table["aggregate"].to_pylist() == [1, 1, 1, 4, 1, 1, 1, 1]
    assert table["aggregate"].type == pa.int8()


def test_a_configuration_says_which_tests(run: Any, tmp_path: Path) -> None:
    """Only its tests are run; CSV comes out as CSV; flags of a column that is there already get another name."""
    config = write(tmp_path / "qc.yaml", "spike: {suspect_threshold: 5}\nflat_line: {suspect_threshold: 7200}\n")
    file = write(tmp_path / "ph.csv", PH.replace("time,value", "时间,结果").replace("\n2024", "\n 2024"))
    run("qc", file, "--config", config, "--out", tmp_path / "out.csv")
    table = csv.read_csv(tmp_path / "out.csv")
    assert table.column_names == ["时间", "结果", "spike", "flat_line", "aggregate"]
    assert table["spike"].to_pylist() == [2, 1, 3, 3, 3, 1, 1, 2]
    assert table["flat_line"].to_pylist() == [1, 1, 3, 1, 1, 1, 3, 3]
    run("qc", tmp_path / "out.csv", "--config", config, "--out", tmp_path / "again.parquet")
    assert pq.read_table(tmp_path / "again.parquet").column_names[-3:] == ["qc_spike", "qc_flat_line", "qc_aggregate"]


def test_a_wide_table_is_judged_as_a_whole(run: Any, tmp_path: Path) -> None:
    """Properties of one row are held against each other; each has its own flags, and the row has one."""
    file = write(tmp_path / "w.csv", "断面,时间,氨氮,总氮(mg/L)\nA,2024-01-01 00:00,3,2\nB,2024-01-01 00:00,1,2\n")
    run("qc", file, "--out", tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["氨氮_consistency"].to_pylist() == [3, 1]
    assert table["总氮(mg/L)_consistency"].to_pylist() == [3, 1]
    assert table["aggregate"].to_pylist() == [3, 1]


def test_what_cannot_be_read_is_listed(run: Any, tmp_path: Path) -> None:
    """The other rows are flagged; status 3; a value that is none is missing, a time that is none not evaluated."""
    file = write(tmp_path / "ph.csv", PH.replace("01:00,7.1", "01:00,seven").replace("05-01 02:00", "never"))
    told = run("qc", file, "--property", "pH", "--out", tmp_path / "out.parquet", "--json", status=3)
    assert told["bad"] == 2
    assert pq.read_table(tmp_path / "out.parquet")["aggregate"].to_pylist() == [1, 9, 2, 4, 1, 1, 1, 1]
    assert "seven" in Path(told["report"]).read_text(encoding="utf-8")


def test_a_file_without_a_fitting_test_says_so(run: Any, tmp_path: Path) -> None:
    """Rather than passing for checked."""
    told = run("qc", write(tmp_path / "x.csv", PH), "--out", tmp_path / "out.parquet", "--json")
    assert "--property" in told["notes"][0]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("spike: {suspect_treshold: 1}", "spike", "suspect_treshold"),
        ("spike: {suspect_threshold: high}", "spike.suspect_threshold", "no number"),
        ("spike: {suspect_threshold: 2, fail_threshold: 1}", "spike", "before it is suspect"),
        ("gross_range: {fail_span: [9, 1]}", "gross_range.fail_span", "lies above"),
        ("gross_range: {fail_span: [0, 5], suspect_span: [0, 9]}", "gross_range", "reaches beyond"),
        ("properties: {pH: {spyke: {}}}", "properties.pH.spyke", "no test"),
        ("stations: {a: {pH: 3}}", "stations.a.pH", "mapping"),
        ("neighbours: [{stations: [a], property: pH}]", "neighbours[0]", "two stations"),
        ("climatology: {config: [{months: [13], vspan: [1, 2]}]}", "climatology.config[0]", "1 to 12"),
        ("attenuated_signal: {suspect_threshold: 1}", "attenuated_signal", "window"),
        ("tests: [", "qc.yaml:1", "YAML"),
        ("defaults: some", "defaults", "some"),
        ("{}", "qc.yaml", "says nothing"),
        ("spike: false", "qc.yaml", "no test"),
        ("sensors: {}", "sensors", "nothing is called"),
    ],
)
def test_a_mistake_in_a_configuration_is_told(run: Any, tmp_path: Path, text: str, where: str, what: str) -> None:
    """With the file, the key, and a way out; nothing is written."""
    config = write(tmp_path / "qc.yaml", text)
    with pytest.raises(BadInput) as raised:
        run("qc", write(tmp_path / "ph.csv", PH), "--config", config, "--out", tmp_path / "out.csv")
    assert str(config) in raised.value.where
    assert where in raised.value.where
    assert what in str(raised.value)
    assert raised.value.mend
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,c\n1,2,3\n", "no column could be told"),
        ("", "no table"),
        ("time,value\n", "no rows"),
        ("time,time\n1,2\n", "same name"),
    ],
)
def test_a_file_that_is_none_is_told(run: Any, tmp_path: Path, text: str, words: str) -> None:
    """With its name and a way out."""
    with pytest.raises(BadInput, match=words) as raised:
        run("qc", write(tmp_path / "x.csv", text), "--property", "pH", "--out", tmp_path / "out.csv")
    assert raised.value.where == "x.csv"
    assert raised.value.mend


def test_a_home_is_looked_at_and_reviewed(run: Any, tmp_path: Path) -> None:
    """A series of a home gets its flags in a file; a person's flag is set, listed and taken back."""
    with Home.create(tmp_path / "home") as home:
        home.register_stations([station("A", utc_offset=480)])
        rows = [("A", f"2024-05-01T{hour:02}:00", 77.0 if hour == 3 else 7.0) for hour in range(6)]
        home.ingest(readings(*rows, property="pH", flag=2), source="test")
    place = ("--home", tmp_path / "home")
    told = run("qc", *place, "--station", "A", "--property", "pH", "--out", tmp_path / "out.csv", "--json")
    assert told["tests"]["aggregate"] == {"pass": 5, "fail": 1}
    with pytest.raises(BadInput, match="no station"):
        run("qc", *place, "--station", "B", "--out", tmp_path / "out.csv")
    words = ("--station", "A", "--property", "pH", "--from", "2024-05-01T10:00", "--to", "2024-05-01T12:00")
    done = run("review", "set", *place, *words, "--flag", 4, "--reason", "cleaning", "--who", "Chan", "--json")
    assert (done["changed"], done["from"], done["flag"]) == (2, "2024-05-01T02:00:00Z", 4)
    back = run("review", "revert", done["id"], *place, "--reason", "no", "--who", "Lei", "--json")
    assert back["reverted_by"] == "Lei"
    assert [one["id"] for one in run("review", "list", *place, "--json")["reviews"]] == [1]
    with pytest.raises(UnknownName):
        run("review", "revert", 9, *place, "--reason", "no", "--who", "Lei")
