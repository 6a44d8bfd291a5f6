"""``clearbay doctor``: does everything that this installation needs stand, and what is known to it."""

from __future__ import annotations

import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import pyarrow.compute as pc
import typer

from clearbay import __version__, collect, packs
from clearbay.cli.output import FAILED, Json, answer, console
from clearbay.model.errors import ClearbayError
from clearbay.store import Home
from clearbay.web.server import STATIC

PARTS = ("duckdb", "pyarrow", "narwhals", "numpy", "sqlalchemy", "fastapi", "uvicorn", "psycopg")


def doctor(
    home: Annotated[Path | None, typer.Option(help="Also look into this home.")] = None, as_json: Json = False
) -> None:
    """Check the installation (and a home): packs, interface, parts, space; list the sources and rule sets known.

    Exit status 1 when something does not stand.

    Example: `clearbay doctor --home bay-data`
    """
    checks: list[dict[str, Any]] = []

    def check(name: str, good: bool, detail: str, mend: str = "") -> None:
        checks.append({"name": name, "ok": good, "detail": detail, "mend": "" if good else mend})

    check("Python", sys.version_info >= (3, 11), platform.python_version(), "install Python 3.11 or newer")
    try:
        standards = packs.standards()
        check(
            "packs",
            True,
            f"{len(packs.properties())} properties, {len(standards)} rule sets, {len(packs.stations())} stations",
        )
    except ClearbayError as error:
        standards = {}
        check("packs", False, str(error), "reinstall, or mend the file named")
    built = (STATIC / "index.html").exists()
    check("interface", built, "built in" if built else "not built", "pip install . builds it; so does make demo")
    check("sources", bool(collect.sources()), ", ".join(sorted(collect.sources())))
    check("rule sets", bool(standards), ", ".join(sorted(standards)))
    if home is not None:
        try:
            with Home.open(home) as opened:
                streams = opened.reader().datastreams()
                count = pc.sum(streams.column("count")).as_py() or 0
                check("home", True, f"{home}: {count:,} observations in {streams.num_rows:,} datastreams")
        except ClearbayError as error:
            check("home", False, str(error), "clearbay init makes a home")
        free = shutil.disk_usage(home if home.exists() else Path()).free / 2**30
        check("space", free > 1, f"{free:.1f} GiB free", "free some space: a full disk stops the intake")
    parts = {name: _version(name) for name in PARTS}
    well = all(entry["ok"] for entry in checks)
    lines = [f"clearbay {__version__}", ""]
    lines += [f"{'[green]ok[/]  ' if c['ok'] else '[red]BAD[/] '} {c['name']:<10} {c['detail']}" for c in checks]
    lines += [f"     mend: {c['mend']}" for c in checks if c["mend"]]
    lines += ["", "parts: " + ", ".join(f"{name} {found or '(none)'}" for name, found in parts.items())]
    if as_json:
        answer({"version": __version__, "ok": well, "checks": checks, "parts": parts}, as_json=True, text="")
    else:
        console.print("\n".join(lines), soft_wrap=True)
    if not well:
        raise typer.Exit(FAILED)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
