"""``clearbay verify``: does the evidence stand."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from clearbay.apply.cases import bundle as sealing
from clearbay.apply.cases.verify import Broken
from clearbay.apply.cases.verify import verify as check_home
from clearbay.cli.output import FAILED, Json, answer
from clearbay.model.errors import BadInput
from clearbay.store import Home


def verify(
    bundle: Annotated[
        Path | None, typer.Argument(help="A bundle of `clearbay case bundle`: checked with nothing but the file.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="A home: every chain, case and evidence file of it.")
    ] = None,
    case: Annotated[str, typer.Option(help="Only this case, and the audit chain it stands on.")] = "",
    trust: Annotated[
        str, typer.Option(help="Fingerprint or public key of the node that must have sealed the bundle.")
    ] = "",
    files: Annotated[bool, typer.Option("--files/--no-files", help="Read every evidence file over.")] = True,
    as_json: Json = False,
) -> None:
    """Prove that chains, cases and evidence are unbroken. Exit status 1 names the first broken link.

    Example: `clearbay verify --home bay-data` or `clearbay verify case.zip`
    """
    if (bundle is None) == (home is None):
        raise BadInput("give either a bundle or a home", where="--home", mend="clearbay verify --home DIR, or FILE.zip")
    if bundle is not None:
        if case:
            raise BadInput("a bundle is one case", where="--case", mend="leave it out")
        _bundle(bundle, trust, as_json)
        return
    assert home is not None
    start = time.monotonic()
    with Home.open(home) as opened:
        found = check_home(opened, case, files=files)
    seconds = round(time.monotonic() - start, 2)
    if isinstance(found, Broken):
        told = {"ok": False, "where": found.where, "entry": found.entry, "file": found.file, "offset": found.offset}
        place = (
            f", {found.file} byte {found.offset}"
            if found.offset is not None
            else f", {found.file}"
            if found.file
            else ""
        )
        entry = f" entry {found.entry}" if found.entry is not None else ""
        answer({**told, "why": found.why}, as_json=as_json, text=f"BROKEN {found.where}{entry}{place}: {found.why}")
        raise typer.Exit(FAILED)
    told = {
        "ok": True,
        "chains": {name: {"entries": count, "head": found.heads[name]} for name, count in found.entries.items()},
        "cases": found.cases,
        "actions": found.actions,
        "evidence": found.files,
        "pending": found.pending,
        "seconds": seconds,
    }
    entries = ", ".join(f"{name} {count:,}" for name, count in found.entries.items())
    text = f"whole: {found.cases:,} cases, {found.actions:,} actions, {found.files:,} pieces of evidence; "
    answer(told, as_json=as_json, text=f"{text}chain entries: {entries} ({seconds} s)")


def _bundle(path: Path, trust: str, as_json: bool) -> None:
    found = sealing.check(path, trusted=trust)
    if isinstance(found, sealing.Unsealed):
        told = {"ok": False, "where": found.where, "why": found.why}
        answer(told, as_json=as_json, text=f"BROKEN {found.where}: {found.why}")
        raise typer.Exit(FAILED)
    told = {
        "ok": True,
        "case": found.case,
        "node": found.node,
        "fingerprint": found.fingerprint,
        "public_key": found.public,
        "made": found.made,
        "actions": found.actions,
        "evidence": found.evidence,
        "files": found.files,
        "trusted": bool(trust),
    }
    text = f"whole: {found.case}, {found.actions} actions, {found.evidence} pieces of evidence, made {found.made}"
    text += f"\nsealed by {found.fingerprint}" + ("" if trust else " (ask that node's operator whether this is theirs)")
    answer(told, as_json=as_json, text=text)
