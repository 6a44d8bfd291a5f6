"""``clearbay user``: the people of a home."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from clearbay.apply import passwords
from clearbay.apply.people import TASKS, account
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer
from clearbay.cli.people import whoever
from clearbay.model.errors import BadInput
from clearbay.model.person import Person
from clearbay.model.playbook import ROLES
from clearbay.model.territory import COUNTRY
from clearbay.store import Home
from clearbay.store.people import People
from clearbay.store.sessions import Session, Sessions

app = typer.Typer(help="People: who may sign in, as what, and where.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="Login: 2 to 41 of a-z, 0-9, dot, dash, underscore.")]
Roles = Annotated[list[str] | None, typer.Option("--role", help=f"Repeatable: {', '.join(ROLES)}.")]
Stations = Annotated[
    list[str] | None, typer.Option("--station", help="Station of an enterprise's person, repeatable; '' for none.")
]
Prompt = Annotated[bool, typer.Option("--prompt", help="Ask for the password, twice.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")]


@app.command()
def add(
    login: Login,
    home: HomeOption,
    name: Annotated[str, typer.Option(help="As others know them; left out: the login.")] = "",
    role: Roles = None,
    at: Annotated[str, typer.Option(help="Jurisdiction, such as 440300 or 440305001.")] = COUNTRY,
    email: Annotated[str, typer.Option(help="For notices.")] = "",
    language: Annotated[str, typer.Option(help="zh-Hans, zh-Hant, en or pt.")] = "",
    station: Stations = None,
    subject: Annotated[
        str, typer.Option(help="PROVIDER:SUBJECT at an identity provider; then no password is needed.")
    ] = "",
    prompt: Prompt = False,
    password_stdin: Stdin = False,
    as_json: Json = False,
) -> None:
    """Make an account. Without a password one is made up, shown this once, and must be changed at the first sign-in.

    Example: `clearbay user add li --name 李伟 --role handler --at 440305 --home bay-data`
    """
    provider, _, theirs = subject.partition(":")
    if bool(provider) != bool(theirs):
        raise BadInput("a subject is PROVIDER:SUBJECT", where="--subject", mend="such as oidc:248289761001")
    one = Person(
        login, name or login, tuple(role or ()), at, email=email, language=language, provider=provider, subject=theirs,
        stations=tuple(one for one in station or () if one),
    )  # fmt: skip
    given = _password(prompt, password_stdin, (login, name))
    made_up = "" if given or provider else passwords.made_up()
    encoded = passwords.encode(given or made_up) if given or made_up else ""
    with Home.open(home) as opened:
        made = People(opened).add(one, by=whoever(), password=encoded, must_change=bool(made_up))
    text = f"made {made.id} ({', '.join(made.roles)} at {made.jurisdiction})"
    if made_up:
        text += f"\npassword for the first sign-in: {made_up}\nwrite it down now, it cannot be shown again"
    answer({**_row(made), "password": made_up or None}, as_json=as_json, text=text)


@app.command("list")
def list_(
    home: HomeOption,
    at: Annotated[str, typer.Option(help="Only of this jurisdiction and what lies in it.")] = COUNTRY,
    role: Annotated[str, typer.Option(help="Only with this role.")] = "",
    as_json: Json = False,
) -> None:
    """List the people, disabled ones too.

    Example: `clearbay user list --at 440300 --home bay-data`
    """
    with Home.open(home) as opened:
        found = [one for one in People(opened).every(within=at) if not role or role in one.roles]
    lines = [
        f"{one.id:<16}  {one.jurisdiction:<9}  {', '.join(one.roles)}  {one.name}"
        + ("  disabled" if one.disabled else "  must set a password" if one.must_change else "")
        for one in found
    ]
    answer({"people": [_row(one) for one in found]}, as_json=as_json, text="\n".join(lines) or "nobody")


@app.command()
def change(
    login: Login,
    home: HomeOption,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    role: Roles = None,
    at: Annotated[str | None, typer.Option(help="Another jurisdiction.")] = None,
    email: Annotated[str | None, typer.Option(help="Another address; '' for none.")] = None,
    language: Annotated[str | None, typer.Option(help="Another language.")] = None,
    station: Stations = None,
    subject: Annotated[str | None, typer.Option(help="PROVIDER:SUBJECT; '' for none.")] = None,
    enable: Annotated[bool, typer.Option("--enable", help="Let somebody who was disabled sign in again.")] = False,
    as_json: Json = False,
) -> None:
    """Change an account; another role, place, station or subject ends all sessions.

    Example: `clearbay user change li --role handler --role inspector --home bay-data`
    """
    changes: dict[str, Any] = {
        key: value
        for key, value in {"name": name, "jurisdiction": at, "email": email, "language": language}.items()
        if value is not None
    }
    if role:
        changes["roles"] = tuple(role)
    if station is not None:
        changes["stations"] = tuple(one for one in station if one)
    if subject is not None:
        changes["provider"], _, changes["subject"] = subject.partition(":")
    if enable:
        changes["disabled"] = False
    if not changes:
        raise BadInput("nothing to change", where="--role", mend="see `clearbay user change --help`")
    with Home.open(home) as opened:
        made = People(opened).change(login, by=whoever(), **changes)
    answer(
        _row(made), as_json=as_json, text=f"{made.id} is {', '.join(made.roles)} at {made.jurisdiction} ({made.name})"
    )


@app.command()
def disable(login: Login, home: HomeOption, as_json: Json = False) -> None:
    """Let somebody sign in no more, and end their sessions at once; what they did stays under their name.

    Example: `clearbay user disable li --home bay-data`
    """
    with Home.open(home) as opened:
        made = People(opened).change(login, by=whoever(), disabled=True)
    answer(_row(made), as_json=as_json, text=f"{made.id} may sign in no more")


@app.command()
def password(
    login: Login, home: HomeOption, prompt: Prompt = False, password_stdin: Stdin = False, as_json: Json = False
) -> None:
    """Give somebody another password, and end their sessions. Without one given, it is made up, shown this once, and
    must be changed at the next sign-in.

    Example: `clearbay user password li --home bay-data`
    """
    with Home.open(home) as opened:
        people = People(opened)
        old = people.get(login)
        given = _password(prompt, password_stdin, (old.id, old.name))
        made_up = "" if given else passwords.made_up()
        made = people.set_password(login, passwords.encode(given or made_up), by=whoever(), must_change=bool(made_up))
    text = f"{made.id} has another password"
    if made_up:
        text += f" for the next sign-in: {made_up}\nwrite it down now, it cannot be shown again"
    answer({**_row(made), "password": made_up or None}, as_json=as_json, text=text)


@app.command()
def sessions(
    login: Login,
    home: HomeOption,
    end: Annotated[str, typer.Option(help="End this one, by its id.")] = "",
    end_all: Annotated[bool, typer.Option("--end-all", help="End all of them.")] = False,
    as_json: Json = False,
) -> None:
    """List where somebody is signed in, or end it; a running server lets go of an ended session within a second.

    Example: `clearbay user sessions li --end-all --home bay-data`
    """
    with Home.open(home) as opened:
        People(opened).get(login)
        known = Sessions(opened)
        if end:
            known.end(login, end, by=whoever())
        if end_all:
            known.end_all(login, by=whoever())
        found = known.every(login)
    lines = [f"{one.id}  since {one.made:%Y-%m-%d %H:%M}  {one.address}  {one.agent}" for one in found]
    answer(
        {"sessions": [_session(one) for one in found]}, as_json=as_json, text="\n".join(lines) or "signed in nowhere"
    )


@app.command()
def roles(as_json: Json = False) -> None:
    """Show which role may do what; within cases the playbooks say which role takes which step.

    Example: `clearbay user roles`
    """
    rows = [
        {"task": id, "roles": [*task.roles, "operator"], "key": task.key, "why": task.why} for id, task in TASKS.items()
    ]
    lines = [f"{row['task']:<18} {', '.join(row['roles'])}; key {row['key']}\n{'':<18} {row['why']}" for row in rows]
    answer({"tasks": rows}, as_json=as_json, text="\n".join(lines))


def _password(prompt: bool, stdin: bool, near: tuple[str, ...]) -> str:
    """The password that was given in one of the ways, checked; empty where none was."""
    if prompt and stdin:
        raise BadInput("either from standard input or by asking", where="--prompt", mend="leave one out")
    text = ""
    if stdin:
        text = sys.stdin.readline().rstrip("\r\n")
    elif prompt:
        text = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if (stdin or prompt) and not text:
        raise BadInput("there is no password", where="--password-stdin", mend="give one line")
    return passwords.check(text, near=near) if text else ""


def _row(one: Person) -> dict[str, Any]:
    return {
        **account(one),
        "jurisdiction": one.jurisdiction,
        "disabled": one.disabled is not None,
        "must_change": one.must_change,
        "has_password": one.password,
        "provider": one.provider,
        "subject": one.subject,
        "created": f"{one.created:%Y-%m-%dT%H:%M:%SZ}" if one.created else None,
    }


def _session(one: Session) -> dict[str, Any]:
    times = {name: f"{getattr(one, name):%Y-%m-%dT%H:%M:%SZ}" for name in ("made", "seen", "ends")}
    return {"id": one.id, **times, "agent": one.agent, "address": one.address, "via": one.via}
