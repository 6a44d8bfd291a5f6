"""The command line as a newcomer meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from clearbay.cli import app


def commands(group: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command, those of groups with their group's name in front."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name)


def whole() -> Any:
    """The command line with every command loaded."""
    group: Any = typer.main.get_command(app)
    group.commands = {name: group.get_command(None, name) for name in group.list_commands(None)}
    return group


GROUP = whole()
COMMANDS = list(commands(GROUP))


def run(*arguments: str | Path, ok: int | None = 0) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "clearbay", *map(str, arguments)], capture_output=True, text=True, timeout=120
    )
    if ok is not None:
        assert done.returncode == ok, done.stderr
    return done


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_shows_an_example(command: tuple[str, ...]) -> None:
    """Every command's help ends with an example that a newcomer can copy."""
    told = CliRunner().invoke(app, [*command, "--help"])
    assert told.exit_code == 0
    assert f"clearbay {' '.join(command)}" in told.stdout


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_speaks_to_machines(words: tuple[str, ...]) -> None:
    """Every command has ``--json``; those of HJ 212 speak nothing else."""
    command: Any = GROUP
    for word in words:
        command = command.commands[word]
    assert words[0] == "hj212" or any("--json" in option.opts for option in command.params)


def test_an_error_is_an_object_too(tmp_path: Path) -> None:
    """With ``--json`` standard output is one JSON object also where nothing could be done."""
    done = run("import", "epd-marine", tmp_path / "x.csv", "--home", tmp_path / "nowhere", "--json", ok=2)
    assert "clearbay init" in json.loads(done.stdout)["error"]["mend"]
    done = run("assess", tmp_path, "--source", "cnemc", "--standard", "cn.gb3838-2002", "--out", "x", "--json", ok=2)
    assert "directory" in json.loads(done.stdout)["error"]["what"]


def test_json_and_a_table_do_not_share_standard_output(tmp_path: Path) -> None:
    """``--json --out -`` is refused before anything is printed."""
    file = tmp_path / "a.csv"
    file.write_text(SECTION, encoding="utf-8")
    done = run("assess", file, "--source", "cnemc", "--standard", "cn.gb3838-2002", "--out", "-", "--json", ok=2)
    assert json.loads(done.stdout)["error"]["where"] == "--out"


SECTION = "省份,断面名称,监测时间,溶解氧(mg/L),氨氮(mg/L)\n广东省,某断面,2021-04-01 08:00,5.5,0.3\n"


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    """No stack trace for a result that has nowhere to go."""
    file = tmp_path / "a.csv"
    file.write_text(SECTION, encoding="utf-8")
    done = run("assess", file, "--source", "cnemc", "--standard", "cn.gb3838-2002", "--out", tmp_path, ok=2)
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_result_without_a_verdict_says_what_the_file_holds(tmp_path: Path) -> None:
    """A rule set that finds nothing to judge is not passed over in silence."""
    file = tmp_path / "a.csv"
    file.write_text(SECTION, encoding="utf-8")
    told = json.loads(run("aqhi", file, "--source", "cnemc", "--out", tmp_path / "o.csv", "--json").stdout)
    assert told["judged"] == 0
    assert "DO, NH3N" in told["notes"][0]


def test_a_file_of_few_columns_is_judged_by_what_it_has(tmp_path: Path) -> None:
    """An item that the file has no column for cannot be asked of its rows; the result says what was not looked at."""
    file, out = tmp_path / "a.csv", tmp_path / "o.csv"
    file.write_text(SECTION, encoding="utf-8")
    done = run("assess", file, "--source", "cnemc", "--standard", "cn.gb3838-2002", "--out", out, "--json")
    assert "pH, CODMn" in json.loads(done.stdout)["notes"][0]
    assert out.read_text(encoding="utf-8").splitlines()[1].startswith("某断面,2021-04-01T08:00:00+08:00,III,DO,")


def test_a_corrected_mapping_is_read_anew(tmp_path: Path) -> None:
    """A file is known under the words of its mapping, not under the mapping's path."""
    file, mapping, home = tmp_path / "a.csv", tmp_path / "m.yaml", tmp_path / "home"
    file.write_text("site,time,x\nS1,2021-04-01,0.2\n", encoding="utf-8")
    words = "station: {column: site}\ntime: {column: time}\nproperties: {x: {property: NH3N, unit: UNIT}}\n"
    run("init", home)
    told = []
    for unit in ("mg/L", "mg/L", "ug/L"):
        mapping.write_text(words.replace("UNIT", unit), encoding="utf-8")
        done = run("import", "table", file, "--mapping", mapping, "--home", home, "--json")
        told.append(json.loads(done.stdout)["files"][0])
    assert [one["known"] for one in told] == [False, True, False]
    assert told[2]["revised"] == 1


def test_doctor_finds_this_installation_sound() -> None:
    """The doctor lists every source and rule set, and says so when all stands."""
    found = json.loads(run("doctor", "--json", ok=None).stdout)
    details = {check["name"]: check for check in found["checks"]}
    assert details["packs"]["ok"]
    assert "epd-marine" in details["sources"]["detail"]
    assert "cn.gb3838-2002" in details["rule sets"]["detail"]


def test_an_unknown_source_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """What a person got wrong ends with status 2, what was wrong, and what would be right."""
    run("init", tmp_path / "home")
    done = run("import", "epd-marina", tmp_path / "x.csv", "--home", tmp_path / "home", ok=2)
    assert "epd-marina" in done.stderr
    assert "epd-marine" in done.stderr


def test_a_missing_home_is_told_with_the_command_that_makes_one(tmp_path: Path) -> None:
    """No stack trace for a wrong path."""
    done = run("import", "epd-marine", tmp_path / "x.csv", "--home", tmp_path / "nowhere", ok=2)
    assert "clearbay init" in done.stderr
    assert "Traceback" not in done.stderr
