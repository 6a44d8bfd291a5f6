"""``clearbay events``: the problems that were discovered in a home, and how to find those of its history."""

from __future__ import annotations

import time as clock
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from clearbay import packs
from clearbay.apply.alarms import moment
from clearbay.apply.event_words import SEVERITIES
from clearbay.apply.events import Events, EventView, spoken
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer, progress, say
from clearbay.cli.people import whoever
from clearbay.mine.detection.catalogue import detectors
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard
from clearbay.store import Home

app = typer.Typer(
    help="Problems discovered in the data: list, look at one, end one, search a history.", no_args_is_help=True
)


@app.command("list")
def list_(
    home: HomeOption,
    status: Annotated[str, typer.Option(help="open, ended or all.")] = "open",
    kind: Annotated[list[str] | None, typer.Option(help="Only events named by this detector; may be repeated.")] = None,
    station: Annotated[list[str] | None, typer.Option(help="Only events of this station; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
    as_json: Json = False,
) -> None:
    """The events of a home, open ones first, newest first.

    Example: `clearbay events list --home bay-data --status all --json`
    """
    if status not in ("open", "ended", "all"):
        raise BadInput(f"no such status: {status}", where="--status", mend="use open, ended or all")
    _check_kinds(kind)
    with Home.open(home) as opened:
        found, total = Events(opened).find(status=status, kinds=kind, stations=station, limit=limit)
    if as_json:
        answer({"items": [_brief(one) for one in found], "total": total}, as_json=True, text="")
        return
    table = Table(box=None, header_style="bold")
    for name in ("id", "opened (UTC)", "status", "severity", "event"):
        table.add_column(name)
    for one in found:
        level = one.record.worst if one.record.ended is not None else one.record.severity
        status_ = one.record.change if one.record.ended is None else "ended"
        table.add_row(one.id, _time(one.record.opened), status_, SEVERITIES[level]["en"], one.title["en"])
    Console().print(table)
    say(f"{len(found)} of {total} events")


@app.command()
def show(
    event: Annotated[str, typer.Argument(help="Id of an event.")],
    home: HomeOption,
    as_json: Json = False,
) -> None:
    """One event: why, since when, against what, how sure, and its story.

    Example: `clearbay events show 17 --home bay-data`
    """
    with Home.open(home) as opened:
        known = Events(opened)
        one = known.get(event)
        related = known.related(one)
    timeline = [{**spoken(step), "time": _time(step.time)} for step in one.problem.timeline]
    if as_json:
        answer(_brief(one) | {"timeline": timeline, "related": related}, as_json=True, text="")
        return
    say(f"{one.title['en']}  (event {one.id}, {one.record.change}, sure {one.record.sure:.0%})")
    for reason in one.reasons:
        say(f"- {reason['en']}")
    for step in timeline:
        say(
            f"  {step['time']}  {step['text']['en']:<10} {SEVERITIES[max(step['severity'], 1)]['en']:<9}"
            f" {step['property'] or ''}"
        )
    if related:
        say("at the same time and place: " + ", ".join(related))


@app.command()
def end(
    event: Annotated[str, typer.Argument(help="Id of an open event.")],
    home: HomeOption,
    as_json: Json = False,
) -> None:
    """End an open event by hand. Where its problem goes on, a new one is opened.

    Example: `clearbay events end 17 --home bay-data`
    """
    with Home.open(home) as opened:
        one = Events(opened).end(event, by=whoever())
    answer(_brief(one), as_json=as_json, text=f"event {one.id} has ended")


@app.command()
def scan(
    home: HomeOption,
    kind: Annotated[list[str] | None, typer.Option(help="Only these detectors; may be repeated.")] = None,
    property_: Annotated[
        list[str] | None, typer.Option("--property", help="Only this property; may be repeated.")
    ] = None,
    station: Annotated[list[str] | None, typer.Option(help="Only this station; may be repeated.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First time (UTC).")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last time (UTC).")] = None,
    as_json: Json = False,
) -> None:
    """Find the events of a history with the same detectors as in the intake; replaces what an earlier scan found.

    Example: `clearbay events scan --home bay-data --kind exceedance --from 2015-01-01`
    """
    _check_kinds(kind)
    begin = clock.monotonic()
    with Home.open(home) as opened, progress("looking for events", quiet=as_json) as told:
        found = Events(opened).scan(
            stations=station,
            properties=property_,
            kinds=kind,
            start=moment(from_, "--from") if from_ else None,
            end=moment(to, "--to") if to else None,
            progress=told,
        )
    seconds = round(clock.monotonic() - begin, 1)
    answer({"events": found, "seconds": seconds}, as_json=as_json, text=f"{found} events found in {seconds} s")


@app.command()
def target(
    station: Annotated[str, typer.Argument(help="Id of a station.")],
    family: Annotated[str, typer.Argument(help="Family of standards, cn.gb3838 for instance.")],
    grade: Annotated[str, typer.Argument(help="The class asked of its water.")],
    home: HomeOption,
    as_json: Json = False,
) -> None:
    """Say which class is asked of a station's water; its values are held against that from the next start on.

    Example: `clearbay events target cn.cnemc.gd.X cn.gb3838 II --home bay-data`
    """
    newest = packs.versions(family)[-1]
    assert isinstance(newest, Standard)
    if newest.kind != "class" or grade not in [one.id for one in newest.grades[:-1]]:
        raise BadInput(
            f"{family} has no class {grade}",
            where="grade",
            mend="one of " + ", ".join(one.id for one in newest.grades[:-1]),
        )
    with Home.open(home) as opened:
        if not opened.registered([station]):
            raise BadInput(f"no station is called {station}", where="station", mend="see /api/stations")
        Events(opened).records.set_target(station, family, grade)
    told = {"station": station, "family": family, "grade": grade}
    answer(told, as_json=as_json, text=f"{station} is held against {family}, class {grade}")


def _check_kinds(kinds: list[str] | None) -> None:
    for kind in kinds or ():
        if kind not in detectors():
            raise BadInput(f"no detector is called {kind}", where="--kind", mend="one of " + ", ".join(detectors()))


def _brief(one: EventView) -> dict[str, Any]:
    record, leading = one.record, one.leading
    return {
        "id": one.id,
        "kind": record.kind,
        "title": dict(one.title),
        "status": "open" if record.ended is None else "ended",
        "severity": record.worst if record.ended is not None else record.severity,
        "station": record.station,
        "property": leading.property or None,
        "opened": _time(record.opened),
        "updated": _time(record.updated),
        "ended": _time(record.ended) if record.ended is not None else None,
        "peak": leading.peak,
        "baseline": leading.baseline,
        "change": record.change,
        "sure": record.sure,
        "reasons": [dict(reason) for reason in one.reasons],
        "origin": record.origin,
        "generated": record.generated,
    }


def _time(micros: int) -> str:
    return (datetime(1970, 1, 1) + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%SZ")
