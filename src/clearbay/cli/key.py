"""``clearbay key``: who may write into a home over the network."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

import typer

from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer
from clearbay.cli.people import whoever
from clearbay.store import Home
from clearbay.store.keys import Key, Keys, Role

app = typer.Typer(help="API keys: who may write into a home over the network.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Who or what will use it.")],
    home: HomeOption,
    role: Annotated[
        str,
        typer.Option(help="read; push: send observations too; operate: decide over devices, reviews and cases too."),
    ] = "push",
    as_json: Json = False,
) -> None:
    """Make a key and show it, this once: only a hash of it is kept.

    Example: `clearbay key add "lab of the county" --role push --home bay-data`
    """
    with Home.open(home) as opened:
        text, key = Keys(opened).add(name, cast(Role, role), by=whoever())
    shown = f"{text}\nrole {key.role}, id {key.id}; write it down now, it cannot be shown again"
    answer({"key": text, **_row(key)}, as_json=as_json, text=shown)


@app.command("list")
def list_(home: HomeOption, as_json: Json = False) -> None:
    """List the keys, revoked ones too.

    Example: `clearbay key list --home bay-data`
    """
    with Home.open(home) as opened:
        rows = [_row(key) for key in Keys(opened).every()]
    lines = [
        f"{row['id']}  {row['role']:<7}  {row['name']}  made {row['created']}"
        + (f", last used {row['last_used']}" if row["last_used"] else ", never used")
        + (f", revoked {row['revoked']}" if row["revoked"] else "")
        for row in rows
    ]
    answer({"keys": rows}, as_json=as_json, text="\n".join(lines) or "no keys")


@app.command()
def revoke(
    id: Annotated[str, typer.Argument(help="The key's id, as `clearbay key list` shows it.")],
    home: HomeOption,
    as_json: Json = False,
) -> None:
    """Make a key useless for good; a running server stops taking it within a second.

    Example: `clearbay key revoke 0123456789ab --home bay-data`
    """
    with Home.open(home) as opened:
        key = Keys(opened).revoke(id, by=whoever())
    answer(_row(key), as_json=as_json, text=f"revoked {key.id} ({key.name})")


def _row(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role,
        "created": _text(key.created),
        "last_used": _text(key.last_used),
        "revoked": _text(key.revoked),
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
