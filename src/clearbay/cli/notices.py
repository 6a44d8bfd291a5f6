"""``clearbay notices``: how this node reaches people, and what is on its way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from clearbay.apply.notices import ways
from clearbay.apply.notices.outside import Failed
from clearbay.apply.notices.postman import Postman
from clearbay.apply.notices.settings import FILE, SECURITIES, settings
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer
from clearbay.model.errors import BadInput
from clearbay.model.person import Person
from clearbay.store import Home
from clearbay.store.cases import iso
from clearbay.store.notices import Notices
from clearbay.store.people import People

app = typer.Typer(help="Notices: how people are told of cases, and what is on its way to them.", no_args_is_help=True)


@app.command()
def setup(
    home: HomeOption,
    host: Annotated[str, typer.Option(help="The mail server.")],
    sender: Annotated[str, typer.Option(help="Who the messages come from: Name <address>.")],
    port: Annotated[int, typer.Option(help="Its port; 0: the usual one.", min=0, max=65535)] = 0,
    security: Annotated[str, typer.Option(help=f"One of {', '.join(SECURITIES)}.")] = "starttls",
    user: Annotated[
        str, typer.Option(help="Who signs in there; the password is read from CLEARBAY_SMTP_PASSWORD.")
    ] = "",
    url: Annotated[str, typer.Option(help="Where people reach this node; links in messages begin with it.")] = "",
    as_json: Json = False,
) -> None:
    """Say how this node sends e-mail: writes `notices.toml` into the home, which must not have one yet.

    Example: `clearbay notices setup --home bay-data --host smtp.bay.example --sender "clearbay <alerts@bay.example>"`
    """
    with Home.open(home) as opened:
        path = opened.path / FILE
        given: dict[str, Any] = {"host": host, "sender": sender, "security": security}
        given |= {"port": port} if port else {}
        given |= {"user": user} if user else {}
        lines = [f"url = {json.dumps(url)}", ""] if url else []
        lines += ["[email]", *(f"{name} = {json.dumps(value)}" for name, value in given.items()), ""]
        try:
            with path.open("x", encoding="utf-8") as stream:
                stream.write("\n".join(lines))
        except FileExistsError:
            raise BadInput("there is one already", where=str(path), mend="change it by hand") from None
        path.chmod(0o600)
        try:
            settings(opened.path)
        except BadInput:
            path.unlink()
            raise
    answer({"file": str(path)}, as_json=as_json, text=f"written to {path}; try it with `clearbay notices try`")


@app.command()
def check(home: HomeOption, as_json: Json = False) -> None:
    """Tell how this node reaches people, and what is on its way; a mistake in `notices.toml` is named.

    Example: `clearbay notices check --home bay-data`
    """
    with Home.open(home) as opened:
        found = settings(opened.path)
        tally = Notices(opened).tally()
    mail = found.mail
    told = {
        "url": found.url or None,
        "email": {"host": mail.host, "port": mail.port, "security": mail.security, "sender": mail.sender}
        if mail
        else None,
        "allow": [str(one) for one in found.allow],
        "outbox": tally,
    }
    text = [
        f"people reach this node at {found.url}" if found.url else "no url is said: messages carry no link",
        f"e-mail goes by {mail.host}:{mail.port} ({mail.security}) as {mail.sender}" if mail else "no e-mail is sent",
        f"outbox: {tally['waiting']} waiting, {tally['sent']} sent, {tally['dead']} dead",
    ]
    answer(told, as_json=as_json, text="\n".join(text))


@app.command("try")
def try_(
    home: HomeOption,
    to: Annotated[str, typer.Option(help="An e-mail address, or the login of somebody here.")],
    way: Annotated[str, typer.Option(help="email, webhook or push.")] = "email",
    as_json: Json = False,
) -> None:
    """Send a test now, and say whether it arrived. Exit status 1 where it did not.

    Example: `clearbay notices try --home bay-data --to somebody@bay.example`
    """
    if way not in ("email", "webhook", "push"):
        raise BadInput(f"there is no way {way!r}", where="--way", mend="email, webhook or push")
    with Home.open(home) as opened:
        known = Notices(opened)
        person = People(opened).find(to) if "@" not in to else Person("test", "test", ("operator",), email=to)
        if person is None:
            raise BadInput(f"nobody here is called {to!r}", where="--to", mend="`clearbay user list` shows who is")
        chosen = known.ways(person.id).get(way)
        browsers: list[Any] = list(known.browsers(person.id)) if way == "push" else [None]
        error = "" if browsers else "no browser of theirs takes pushed messages"
        with ways.carrier(way, opened, lambda: datetime.now(UTC)) as carry:
            for browser in browsers:
                try:
                    carry(ways.trial(opened, settings(opened.path), person, chosen, browser))
                except Failed as failure:
                    error = str(failure)
    text = f"it did not arrive: {error}" if error else f"sent to {to}"
    answer({"sent": not error, "error": error}, as_json=as_json, text=text)
    if error:
        raise typer.Exit(1)


@app.command()
def outbox(
    home: HomeOption,
    state: Annotated[str, typer.Option(help="waiting, sent or dead; left out: all.")] = "",
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1, max=10_000)] = 100,
    as_json: Json = False,
) -> None:
    """List what is on its way to people, what was sent, and what was given up and why.

    Example: `clearbay notices outbox --home bay-data --state dead --json`
    """
    if state not in ("", "waiting", "sent", "dead"):
        raise BadInput(f"there is no state {state!r}", where="--state", mend="waiting, sent or dead")
    with Home.open(home) as opened:
        found = Notices(opened).outbox(state, limit)
        tally = Notices(opened).tally()
    rows = [
        {
            "id": letter.id,
            "way": letter.way,
            "state": letter.state,
            "person": notice.person,
            "kind": notice.kind,
            "case": notice.data.get("case"),
            "tries": letter.tries,
            "made": iso(letter.made),
            "next": iso(letter.next) if letter.state == "waiting" else None,
            "sent": iso(letter.sent),
            "error": letter.error,
        }
        for letter, notice in found
    ]
    lines = [
        f"{row['id']:>6}  {row['state']:<8} {row['way']:<8} {row['person']:<16} {row['kind']:<10} {row['case']}  "
        f"{row['tries']} tries  {row['error']}".rstrip()
        for row in rows
    ]
    answer({"outbox": rows, "counts": tally}, as_json=as_json, text="\n".join(lines) or "the outbox is empty")


@app.command()
def retry(
    home: HomeOption,
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers of dead letters; left out: all of them.")] = None,
    as_json: Json = False,
) -> None:
    """Try dead letters once more.

    Example: `clearbay notices retry 17 --home bay-data`
    """
    with Home.open(home) as opened:
        revived = Notices(opened).again(ids or None, datetime.now(UTC))
    answer({"revived": revived}, as_json=as_json, text=f"{revived} to be tried again")


@app.command()
def deliver(home: HomeOption, as_json: Json = False) -> None:
    """Send what is due now; a server does it by itself every second.

    Example: `clearbay notices deliver --home bay-data`
    """
    with Home.open(home) as opened:
        done = Postman(opened).deliver(limit=10_000)
    told = {"sent": done.sent, "again": done.again, "dead": done.dead}
    answer(told, as_json=as_json, text=f"{done.sent} sent, {done.again} to be tried again, {done.dead} given up")
