"""Who acts on the command line: somebody who sits at the node, in whatever role they say."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from clearbay.model.case import Actor
from clearbay.model.errors import BadInput
from clearbay.model.playbook import ROLES
from clearbay.model.territory import COUNTRY, is_code

As = Annotated[str, typer.Option("--as", help="Id of the person who acts; left out: you, as an operator of this node.")]
Name = Annotated[str, typer.Option("--name", help="That person's name.")]
Role = Annotated[
    list[str] | None, typer.Option("--role", help=f"Their role, repeatable: {', '.join(ROLES)}. Default: operator.")
]
At = Annotated[str, typer.Option("--at", help="Their jurisdiction, such as 440300.")]


def actor(id: str, name: str, roles: list[str] | None, at: str) -> Actor:
    """The person who acts; BadInput for a role or a jurisdiction that is none."""
    for role in roles or ():
        if role not in ROLES:
            raise BadInput(f"no role is called {role!r}", where="--role", mend=f"one of {', '.join(ROLES)}")
    if not is_code(at):
        raise BadInput(f"{at!r} is no jurisdiction", where="--at", mend="a code such as 440300")
    who = id or f"local:{_user()}"
    return Actor(who, name or who, frozenset(roles or ["operator"]), at or COUNTRY)


def whoever() -> Actor:
    """Who sits at the node, as an operator of it."""
    return actor("", "", None, COUNTRY)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
