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

from clearbay.cli import app


def commands(group: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command, those of groups with their group's name in front."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name)


COMMANDS = list(commands(typer.main.get_command(app)))


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
    assert f"clearbay {' '.join(command)}" in run(*command, "--help").stdout


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
