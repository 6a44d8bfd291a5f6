"""``clearbay playbook``: how each kind of case goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clearbay import packs
from clearbay.apply.cases import Casework, casejson
from clearbay.cli.output import BAD_INPUT, Json, answer
from clearbay.model.errors import PackError, UnknownName
from clearbay.model.playbook import Playbook
from clearbay.store import Home

app = typer.Typer(help="Playbooks: how each kind of case goes, as files.", no_args_is_help=True)

Home_ = Annotated[Path | None, typer.Option("--home", help="Also the playbooks in playbooks/ of this home.")]


@app.command("list")
def list_(home: Home_ = None, as_json: Json = False) -> None:
    """List the playbooks.

    Example: `clearbay playbook list`
    """
    rows = [
        {"id": one.id, "version": one.version, "prefix": one.prefix, "name": dict(one.name), "file": one.file,
         "states": len(one.states), "deadlines": len(one.deadlines)}
        for one in _known(home).values()
    ]  # fmt: skip
    lines = [f"{row['id']:<18} v{row['version']}  {row['prefix']:<4}  {row['name']['en']}" for row in rows]  # type: ignore[index]
    answer({"playbooks": rows}, as_json=as_json, text="\n".join(lines))


@app.command()
def show(
    id: Annotated[str, typer.Argument(help="The playbook's id, such as pollution-alarm.")],
    home: Home_ = None,
    as_json: Json = False,
) -> None:
    """Show a playbook: states, steps, who may take them, deadlines and what they rest on.

    Example: `clearbay playbook show public-complaint --json`
    """
    known = _known(home)
    if id not in known:
        raise UnknownName(f"no playbook is called {id!r}", where="playbook", mend=f"there are: {', '.join(known)}")
    one = known[id]
    lines = [f"{one.id} version {one.version}: {one.name['en']}", one.purpose["en"], "", "steps"]
    for step in one.transitions.values():
        lines.append(f"  {', '.join(step.leaves)} -> {step.to}: {step.id}, by {', '.join(step.by)}")
    lines.append("deadlines")
    for deadline in one.deadlines.values():
        term, rests = deadline.term, deadline.origin
        basis = f"law, {rests.confidence}, {', '.join(rests.sources)}" if rests.basis == "law" else "operator's default"
        lines.append(f"  {deadline.id}: {term.amount} {term.unit.replace('_', ' ')} ({basis}) {rests.note}".rstrip())
    answer(casejson.playbook(one), as_json=as_json, text="\n".join(lines))


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A playbook of your own (YAML).")], as_json: Json = False) -> None:
    """Check a playbook; a wrong one is refused with file, line and reason of every problem (exit status 2).

    Example: `clearbay playbook check our-inspection.yaml`
    """
    try:
        one = packs.load_playbook(file)
    except PackError as error:
        rows = [
            {"file": problem.file, "line": problem.line, "rule": problem.rule, "what": problem.what}
            for problem in error.problems
        ]
        text = "\n".join(f"{row['file']}:{row['line']}: [{row['rule']}] {row['what']}" for row in rows)
        answer({"ok": False, "problems": rows}, as_json=as_json, text=text)
        raise typer.Exit(BAD_INPUT) from None
    told = {"ok": True, "id": one.id, "version": one.version, "states": len(one.states), "problems": []}
    answer(told, as_json=as_json, text=f"{file}: {one.id} version {one.version} is sound ({len(one.states)} states)")


def _known(home: Path | None) -> dict[str, Playbook]:
    if home is None:
        return dict(packs.playbooks())
    with Home.open(home) as opened:
        return dict(Casework(opened).playbooks())
