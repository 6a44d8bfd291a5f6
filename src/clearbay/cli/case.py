"""``clearbay case``: findings carried to their end."""

from __future__ import annotations

import csv
import mimetypes
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from clearbay import packs
from clearbay.apply.cases import Casework, Draft, Upload, acts, cap, casejson, draws, leader, lists
from clearbay.apply.cases import bundle as sealing
from clearbay.apply.cases import tick as ticking
from clearbay.apply.cases.acts import Act
from clearbay.apply.cases.work import check_position
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer
from clearbay.cli.people import As, At, Name, Role, actor
from clearbay.model.case import Case, Limit, Place
from clearbay.model.errors import BadInput
from clearbay.model.playbook import EVIDENCE_KINDS
from clearbay.model.territory import COUNTRY
from clearbay.model.text import LANGUAGES
from clearbay.share import case_pdf
from clearbay.store import Home
from clearbay.store.evidence import parts_of

app = typer.Typer(
    help="Cases: findings carried to their end, with clocks, evidence and an audit chain.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(help="The case's id, such as PA-2026-4403-00001.")]
Fields = Annotated[list[str] | None, typer.Option("--field", help="name=value of a field of the playbook; repeatable.")]
Key = Annotated[str, typer.Option(help="Your own name for this request: sent twice, it is done once.")]
Longitude = Annotated[float | None, typer.Option("--lon", help="Degrees east, WGS 84.")]
Latitude = Annotated[float | None, typer.Option("--lat", help="Degrees north, WGS 84.")]


@app.command("open")
def open_(
    home: HomeOption,
    title: Annotated[str, typer.Option(help="What it is about, in a line.")],
    playbook: Annotated[
        str, typer.Option(help="Kind of case; `clearbay playbook list` shows them.")
    ] = "pollution-alarm",
    text: Annotated[str, typer.Option(help="More about it.")] = "",
    jurisdiction: Annotated[str, typer.Option(help="Who holds it; left out: where the station is, or --at.")] = "",
    station: Annotated[str, typer.Option(help="A registered station.")] = "",
    property: Annotated[str, typer.Option(help="The property it is about, such as NH3N.")] = "",
    limit: Annotated[float | None, typer.Option(help="The limit that must be kept, in the property's unit.")] = None,
    at_least: Annotated[
        bool, typer.Option("--at-least", help="The limit is a least value (dissolved oxygen).")
    ] = False,
    standard: Annotated[str, typer.Option(help="Take the limit from this rule set, with --grade.")] = "",
    grade: Annotated[str, typer.Option(help="The grade whose limit must be kept, such as III.")] = "",
    field: Fields = None,
    severity: Annotated[int, typer.Option(help="1 (most severe) to 4; 0: as the playbook says.", min=0, max=4)] = 0,
    event: Annotated[str, typer.Option(help="Id of the event it follows.")] = "",
    lon: Longitude = None,
    lat: Latitude = None,
    place: Annotated[str, typer.Option(help="Where, in words.")] = "",
    key: Key = "",
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """Open a case.

    Example: `clearbay case open --home bay-data --title "Ammonia at the outlet" --at 440300`
    """
    if standard and limit is not None:
        raise BadInput("a limit is given twice", where="--limit", mend="give --limit, or --standard with --grade")
    held = acts.limit_of(standard, grade, property) if standard else _limit(limit, property, at_least)
    draft = Draft(
        playbook,
        title,
        text=text,
        jurisdiction=jurisdiction,
        station=station,
        property=property,
        limit=held,
        place=check_position(Place(lon, lat, place)),
        fields=pairs(field),
        severity=severity,
        event=event,
    )
    with Home.open(home) as opened:
        casework = Casework(opened)
        case = casework.open(actor(who, name, role, at), draft, key=key)
        _tell(casework, case, as_json)


@app.command("list")
def list_(
    home: HomeOption,
    status: Annotated[str, typer.Option(help="open, closed, merged or all.")] = "open",
    playbook: Annotated[str, typer.Option(help="Only this kind.")] = "",
    stage: Annotated[str, typer.Option(help="found, judged, handled, closed or refused.")] = "",
    station: Annotated[str, typer.Option(help="Only of this station.")] = "",
    assignee: Annotated[str, typer.Option(help="Only given to this person.")] = "",
    jurisdiction: Annotated[str, typer.Option(help="Only held within this jurisdiction.")] = "",
    text: Annotated[str, typer.Option(help="Part of the title or of the id.")] = "",
    late: Annotated[bool, typer.Option("--late", help="Only those whose deadline has passed.")] = False,
    limit: Annotated[int, typer.Option(help="Cases on a page.", min=1, max=lists.LONGEST)] = 50,
    after: Annotated[str, typer.Option(help="`next` of the page before.")] = "",
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """List cases, the most urgent first.

    Example: `clearbay case list --home bay-data --late --json`
    """
    with Home.open(home) as opened:
        casework = Casework(opened)
        person = actor(who, name, role, at)
        now = casework.clock()
        chosen = lists.Choice(status, playbook, stage, station, assignee, jurisdiction, text, late)
        found = lists.page(casework, person, chosen, after=after, limit=limit)
        desk = lists.desk(casework, person, limit=1)
    rows = [casejson.case(one, now=now) for one in found.cases]
    lines = [
        f"{row['id']}  {row['state']:<14}  {'LATE ' if row['late'] else ''}{_short(row['due'])}  {row['title'][:60]}"
        for row in rows
    ]
    told = {"cases": rows, "counts": dict(desk.counts), "next": found.next or None}
    answer(told, as_json=as_json, text="\n".join(lines) or "no cases")


@app.command()
def show(
    id: Id,
    home: HomeOption,
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """Show a case with its clocks, timeline, evidence, and the steps that lead on.

    Example: `clearbay case show PA-2026-4403-00001 --home bay-data`
    """
    with Home.open(home) as opened:
        casework = Casework(opened)
        person = actor(who, name, role, at)
        dossier = casework.dossier(person, id)
        told = casejson.dossier(dossier, now=casework.clock())
        told["moves"] = [casejson.move(one) for one in casework.moves(person, id)]
    answer(told, as_json=as_json, text="\n".join(_shown(told)))


@app.command()
def act(
    id: Id,
    action: Annotated[str, typer.Argument(help=f"A step of the playbook, or one of: {', '.join(acts.POWERS)}.")],
    home: HomeOption,
    reason: Annotated[str, typer.Option(help="Why, or what was done: goes into the record.")] = "",
    to: Annotated[
        str,
        typer.Option(
            help="Jurisdiction (transfer, join, release), case (merge), state (reopen), grade, or why (suspend)."
        ),
    ] = "",
    title: Annotated[str, typer.Option(help="Title of the case to split off.")] = "",
    assign: Annotated[str, typer.Option(help="Give it to this person: id, or id:name.")] = "",
    field: Fields = None,
    evidence: Annotated[
        list[int] | None, typer.Option(help="Number of a piece to take along (split); repeatable.")
    ] = None,
    station: Annotated[str, typer.Option(help="Station at which it is measured from now on (aim).")] = "",
    property: Annotated[str, typer.Option(help="Property that is measured (aim).")] = "",
    limit: Annotated[float | None, typer.Option(help="Limit that must be kept (aim).")] = None,
    version: Annotated[
        int | None, typer.Option(help="The version you looked at: if the case has changed since, nothing is done.")
    ] = None,
    key: Key = "",
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """Take a case a step on, or do something to it.

    Example: `clearbay case act PA-2026-4403-00001 dispatch --assign li:李伟 --home bay-data`
    """
    person, _, called = assign.partition(":")
    given = Act(
        action,
        reason=reason,
        to=to,
        title=title,
        assignee=(person, called or person) if assign else None,
        fields=pairs(field),
        evidence=tuple(evidence or ()),
        station=station,
        property=property,
        limit=_limit(limit, property, False),
        version=version,
        key=key,
    )
    with Home.open(home) as opened:
        casework = Casework(opened)
        _tell(casework, acts.perform(casework, actor(who, name, role, at), id, given), as_json)


@app.command()
def attach(
    id: Id,
    file: Annotated[Path, typer.Argument(help="The file that proves something.")],
    home: HomeOption,
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(EVIDENCE_KINDS)}.")] = "document",
    taken: Annotated[str, typer.Option(help="When it was taken, such as 2026-03-02T08:00+08:00.")] = "",
    note: Annotated[str, typer.Option(help="What it shows.")] = "",
    lon: Longitude = None,
    lat: Latitude = None,
    key: Key = "",
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """Add a file as evidence: hashed, dated, chained, kept as it is.

    Example: `clearbay case attach PA-2026-4403-00001 outlet.jpg --kind photo --home bay-data`
    """
    if not file.is_file():
        raise BadInput("there is no such file", where=str(file), mend="check the path")
    media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    with Home.open(home) as opened, file.open("rb") as stream:
        upload = Upload(
            parts_of(stream.read),
            file.name,
            kind,  # type: ignore[arg-type] # checked where it is used
            media,
            taken=moment(taken, "--taken") if taken else None,
            place=Place(lon, lat),
            note=note,
        )
        made = Casework(opened).attach(actor(who, name, role, at), id, upload, key=key)
    told = {"case": id, "evidence": made.id, "sha256": made.sha256, "size": made.size, "name": made.name}
    answer(told, as_json=as_json, text=f"evidence {made.id} of {id}: SHA-256 {made.sha256}")


@app.command()
def tick(home: HomeOption, as_json: Json = False) -> None:
    """Do what time has made due: escalate overdue cases, end suspensions, look for rebounds of closed ones.

    A server does this by itself every minute; without one, let cron do it.

    Example: `clearbay case tick --home bay-data`
    """
    with Home.open(home) as opened:
        done = ticking.tick(Casework(opened))
    told = {"escalated": done.escalated, "resumed": done.resumed, "reopened": done.reopened, "calm": done.calm}
    text = ", ".join(f"{len(ids)} {name}" for name, ids in told.items())
    answer(told, as_json=as_json, text=text)


@app.command()
def bundle(
    id: Id,
    home: HomeOption,
    out: Annotated[Path, typer.Option(help="Where it is written: a name that ends with .zip.")],
    lang: Annotated[
        str, typer.Option(help="Language of the page: zh-Hans, zh-Hant, en or pt; left out: the place's.")
    ] = "",
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """Seal a case as one file that proves itself: page, evidence, chain, manifest, signature of this node.

    Example: `clearbay case bundle PA-2026-4403-00001 --home bay-data --out case.zip`
    """
    language = next((one for one in LANGUAGES if one == lang), None)
    if lang and language is None:
        raise BadInput(f"no language is called '{lang}'", where="--lang", mend=f"use one of {', '.join(LANGUAGES)}")
    with Home.open(home) as opened:
        made = sealing.bundle(
            Casework(opened), actor(who, name, role, at), id, out, lambda dossier: case_pdf.pdf(dossier, language)
        )
    told = {"out": str(out), "bytes": out.stat().st_size, "case": made.case, "fingerprint": made.fingerprint}
    told |= {"actions": made.actions, "evidence": made.evidence, "files": made.files}
    text = f"{id}: {made.actions} actions, {made.evidence} pieces of evidence, sealed by {made.fingerprint}: {out}"
    answer(told, as_json=as_json, text=text)


@app.command("cap")
def cap_(
    id: Id,
    home: HomeOption,
    sender: Annotated[str, typer.Option(help="Who warns: a name without spaces, unique in the world.")],
    out: Annotated[Path, typer.Option(help="Where the message is written (XML).")],
    message: Annotated[str, typer.Option(help=f"One of {', '.join(cap.MESSAGES)}.")] = "Alert",
    status: Annotated[str, typer.Option(help=f"One of {', '.join(cap.STATUS)}.")] = "Draft",
    urgency: Annotated[str, typer.Option(help=f"One of {', '.join(cap.URGENCIES)}.")] = "Unknown",
    certainty: Annotated[str, typer.Option(help=f"One of {', '.join(cap.CERTAINTIES)}.")] = "Observed",
    radius: Annotated[float, typer.Option(help="Radius of the area around the place, km.", min=0)] = 0.0,
    reference: Annotated[
        list[str] | None, typer.Option(help="sender,identifier,sent of a message that it follows; repeatable.")
    ] = None,
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """Write a case as a warning of the Common Alerting Protocol 1.2, in four languages.

    Example: `clearbay case cap MI-2026-4403-00001 --home bay-data --sender alerts@bay.example --out warning.xml`
    """
    given = tuple([*one.split(","), "", ""][:3] for one in reference or ())
    notice = cap.Notice(
        sender, message, status, urgency=urgency, certainty=certainty, radius_km=radius,
        references=tuple((one[0], one[1], one[2]) for one in given),
    )  # fmt: skip
    with Home.open(home) as opened:
        casework = Casework(opened)
        content = cap.alert(casework.dossier(actor(who, name, role, at), id), notice, sent=casework.clock())
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput(str(error), where=str(out), mend="choose a place that can be written") from error
    answer({"out": str(out), "bytes": len(content), "status": status}, as_json=as_json, text=f"written to {out}")


@app.command()
def draw(
    home: HomeOption,
    plants: Annotated[Path, typer.Option(help="List of plants, one on a line.")],
    inspectors: Annotated[Path, typer.Option(help="List of inspectors, one on a line.")],
    number: Annotated[int, typer.Option(help="How many plants are drawn.", min=1)],
    each: Annotated[int, typer.Option(help="Inspectors for each plant.", min=1)] = 2,
    word: Annotated[
        str, typer.Option(help="What others contribute to the seed, such as a public number of the day.")
    ] = "",
    conflicts: Annotated[Path | None, typer.Option(help="CSV of plant,inspector: who may not go where.")] = None,
    key: Key = "",
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """Draw plants and inspectors at random ("double random") and open the inspections; anybody can repeat the draw.

    Example: `clearbay case draw --plants plants.txt --inspectors people.txt --number 5 --home bay-data --at 440300`
    """
    with Home.open(home) as opened:
        made = draws.draw(
            Casework(opened), actor(who, name, role, at), _lines(plants), _lines(inspectors),
            number=number, each=each, word=word, conflicts=_conflicts(conflicts), key=key,
        )  # fmt: skip
    rows = [{"plant": one.plant, "inspectors": list(one.inspectors), "case": case.id} for one, case in made.pairs]
    told = {"seed": made.seed, "head": made.head, "word": made.word, "lists": made.lists, "drawn": rows}
    lines = [f"{row['case']}  {row['plant']}  {', '.join(row['inspectors'])}" for row in rows]
    answer(told, as_json=as_json, text="\n".join([f"seed {made.seed}", *lines]))


@app.command()
def figures(
    home: HomeOption,
    since: Annotated[str, typer.Option("--from", help="First day on which cases were opened, 2026-03-01.")] = "",
    to: Annotated[str, typer.Option(help="Last day.")] = "",
    jurisdiction: Annotated[str, typer.Option(help="Only held within this jurisdiction.")] = "",
    playbook: Annotated[str, typer.Option(help="Only this kind.")] = "",
    who: As = "",
    name: Name = "",
    role: Role = None,
    at: At = COUNTRY,
    as_json: Json = False,
) -> None:
    """How many cases were found, judged, handled and closed, how fast, and how many in time: by place and month.

    Example: `clearbay case figures --home bay-data --from 2026-03-01 --json`
    """
    days = [_day(text, where) for text, where in ((since, "--from"), (to, "--to"))]
    with Home.open(home) as opened:
        span = leader.Span(days[0], days[1], jurisdiction, playbook)
        told = leader.figures(Casework(opened), actor(who, name, role, at), span).as_dict()
    lines = [
        f"{title:<28} {one['found']:>7} {one['judged']:>7} {one['handled']:>7} {one['closed']:>7} {one['late']:>6} "
        + " ".join(_hours(one["median_hours"][part]) for part in ("judge", "handle", "close"))
        + f" {_share(one['on_time']['share'])} {_share(one['reopened']['share'])}"
        + ("  generated" if one["generated"] else "")
        for title, one in [
            ("all", told["total"]),
            *((f"{one['jurisdiction']} {one['name']['en']}"[:28], one) for one in told["agencies"]),
            *((one["month"], one) for one in told["months"]),
        ]
    ]
    head = f"{'':<28}   found  judged handled  closed   late  judge h handle h close h  in time reopened"
    answer(told, as_json=as_json, text="\n".join([head, *lines]))


def pairs(given: list[str] | None) -> dict[str, str]:
    """``name=value`` words as a mapping."""
    found = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise BadInput(f"{one!r} is no field", where="--field", mend="write name=value")
        found[name] = value
    return found


def moment(text: str, where: str) -> datetime:
    """A time with an offset as UTC; one without is taken for UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no time", where=where, mend="write 2026-03-02T08:00+08:00") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"{text!r} is no day", where=where, mend="write it as 2026-03-01") from None


def _hours(value: float | None) -> str:
    return f"{value:8.1f}" if value is not None else "       -"


def _share(value: float | None) -> str:
    return f"{value:8.0%}" if value is not None else "       -"


def _limit(value: float | None, property: str, at_least: bool) -> Limit | None:
    if value is None:
        return None
    if property not in packs.properties():
        raise BadInput("a limit is that of a property", where="--property", mend="give --property, such as NH3N")
    return Limit("ge" if at_least else "le", value, packs.properties()[property].unit)


def _tell(casework: Casework, case: Case, as_json: bool) -> None:
    told = casejson.case(case, casework.playbook_of_case(case), now=casework.clock())
    due = f"; {case.due_for} due {told['due'][:16]}Z" if case.due else ""
    answer({"case": told}, as_json=as_json, text=f"{case.id} {case.state} (version {case.version}){due}")


def _shown(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['id']}  {told['title']}"
    yield f"{told['kind']['en']}: {told['state_name']['en']} ({told['status']}), held by {told['jurisdiction']}"
    if told["text"]:
        yield told["text"]
    for clock in told["clocks"]:
        mark = "LATE" if clock["late"] else clock["outcome"]
        basis = (clock["origin"] or {}).get("basis")
        yield f"  {clock['deadline']:<14} {_short(clock['due'])}  {mark}  [{basis}]"
        yield from (f"    warning: {one}" for one in clock["warnings"])
    for action in told["timeline"]:
        who = action["actor"]["name"] or action["actor"]["id"]
        yield f"  {action['seq']:>3} {action['time'][:16]}Z  {who}  {action['kind']}  {action['text'][:80]}".rstrip()
    for one in told["evidence"]:
        yield f"  evidence {one['id']}  {one['kind']}  {one['name']}  {one['sha256'][:16]}…"
    for one in told["moves"]:
        yield f"  next: {one['id']}" + (f" (missing: {'; '.join(one['missing'])})" if one["missing"] else "")


def _short(time: str | None) -> str:
    return f"{time[:16]}Z" if time else "-"


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"the list cannot be read ({error})", where=str(path), mend="one name on a line, in UTF-8"
        ) from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _conflicts(path: Path | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in csv.reader(_lines(path) if path else ()):
        if len(row) != 2:
            raise BadInput(f"{row} is no pair", where=str(path), mend="write plant,inspector on each line")
        found.setdefault(row[0].strip(), []).append(row[1].strip())
    return found
