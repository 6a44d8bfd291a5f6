"""``clearbay network`` and ``clearbay trace --home`` from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearbay.apply.demonstration import keep_demonstration
from clearbay.cli import app
from clearbay.model.errors import BadInput, UnknownName
from clearbay.store import Home
from tests.collect_geo.writers import shapefile

LINES = [[(113.0, 23.0), (113.01, 23.0)], [(113.01, 23.0), (113.02, 23.0)]]
ROWS = [
    {"HYRIV_ID": 7, "NEXT_DOWN": 8, "LENGTH_KM": 1.0, "DIS_AV_CMS": 3.0},
    {"HYRIV_ID": 8, "NEXT_DOWN": 0, "LENGTH_KM": 1.2, "DIS_AV_CMS": 4.0},
]


def run(*words: str) -> dict[str, object]:
    """The JSON that a command prints."""
    result = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_a_network_from_file_to_answer(tmp_path: Path) -> None:
    """Import, list, snap, upstream, downstream."""
    home = str(tmp_path / "home")
    Home.create(home).close()
    file = shapefile(tmp_path / "hydro.shp", LINES, ROWS)
    found = run("network", "import", str(file), "--home", home)
    assert (found["layout"], found["reaches"], found["mouths"]) == ("hydrorivers", 2, 1)
    (tmp_path / "intake.csv").write_text("id,longitude,latitude\nin1,113.015,23.0001\n")
    snapped = run("network", "snap", str(tmp_path / "intake.csv"), "--kind", "intake", "--home", home)
    assert snapped["placed"][0]["reach"] == "8"  # type: ignore[index]
    assert run("network", "list", "--home", home)["items"][0]["sites"] == {"intake": 1}  # type: ignore[index]
    above = run("network", "upstream", "8", "--home", home)
    assert [one["reach"] for one in above["items"]] == ["8", "7"]  # type: ignore[attr-defined]
    below = run("network", "downstream", "7", "--home", home, "--km", "5")
    assert [one["id"] for one in below["sites"]] == ["in1"]  # type: ignore[attr-defined]


def test_what_trace_needs_is_said(tmp_path: Path) -> None:
    """Neither file nor home, both, an unknown event, a time that is none."""
    home = str(tmp_path / "home")
    with Home.create(home) as opened:
        keep_demonstration(opened, catchments=2_000)
    runner = CliRunner()
    for words, kind in (
        (["trace"], BadInput),
        (["trace", "x.csv", "--home", home], BadInput),
        (["trace", "--home", home], BadInput),
        (["trace", "--home", home, "--event", "nothing"], UnknownName),
        (["trace", "--home", home, "--section", "x", "--property", "NH3N", "--from", "soon"], BadInput),
    ):
        assert isinstance(runner.invoke(app, words).exception, kind), words
    with pytest.raises(UnknownName, match="no section"):
        runner.invoke(
            app,
            [
                "trace",
                "--home",
                home,
                "--section",
                "generated.basin.O0001",
                "--property",
                "NH3N",
                "--from",
                "2026-01-01",
            ],
            catch_exceptions=False,
        )
