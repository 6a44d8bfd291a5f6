"""``clearbay trace``: where, when and how much was released, from curves in a file or from a home's event."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from clearbay.apply.alarms import SPAN, alarm_of, moment
from clearbay.apply.network import Waters
from clearbay.apply.tracing import Alarm, Tracer, known_property
from clearbay.cli.output import Json, answer, read_bytes, say
from clearbay.collect.octets import unpacked
from clearbay.mine.tracing import Estimate, Velocity, curves_from_rows
from clearbay.mine.tracing import trace as invert
from clearbay.model.errors import BadInput
from clearbay.store import Home


def trace(
    file: Annotated[
        Path | None,
        typer.Argument(help="CSV with section, distance_km, discharge_m3s, time_h, concentration; .gz too."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the answer is written (JSON).")] = None,
    velocity: Annotated[
        float | None, typer.Option(help="Velocity above the first section in m/s, if it was calibrated elsewhere.")
    ] = None,
    velocity_error: Annotated[float, typer.Option(help="Its relative standard error.", min=0.01, max=1.0)] = 0.1,
    home: Annotated[
        Path | None, typer.Option("--home", help="Instead of a file: a home with a river network and observations.")
    ] = None,
    event: Annotated[str | None, typer.Option(help="An event of that home: its section, property and time.")] = None,
    section: Annotated[str | None, typer.Option(help="Without an event: the section (station) that saw it.")] = None,
    property_: Annotated[str | None, typer.Option("--property", help="... and what it saw, such as NH3N.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="... from this time on (UTC).")] = None,
    to: Annotated[str | None, typer.Option("--to", help="... until this time (UTC).")] = None,
    network: Annotated[str | None, typer.Option(help="Which network, where the home has several.")] = None,
    as_json: Json = False,
) -> None:
    """Infer location, time and mass of one release, each as a median with its 90 % interval.

    Distances grow downstream from any common origin; the release is sought anywhere upstream of the first section, and
    a location beyond the origin is negative. One section tells the age of the cloud but not its distance: the answer
    says so.

    With --home the curves are the observations of the sections of its river network, and every known outlet upstream is
    ranked with its probability and evidence: `clearbay trace --home bay-data --event 41 --json`.

    Example: `clearbay trace curves.csv --out release.json`
    """
    if home is not None:
        if file is not None:
            raise BadInput("a file and a home at once", mend="give one of the two")
        content = trace_home(home, event, section, property_, from_, to, network)
        _written(content, out)
        answer(content, as_json=as_json, text="\n".join(_suspects(content)))
        return
    if file is None:
        raise BadInput("nothing to trace", mend="give a file of curves, or --home with --event")
    if velocity is not None and velocity <= 0:
        raise BadInput(f"a velocity of {velocity:g} m/s carries nothing", where="--velocity", mend="give m/s above 0")
    known = Velocity(velocity, velocity_error) if velocity is not None else None
    result = invert(curves_from_rows(_rows(file), where=file.name), known=known)
    content = result.as_dict()
    _written(content, out)
    if as_json:
        answer(content, as_json=True, text="")
        return
    say(f"location  {_told(result.location_km)} km")
    say(f"time      {_told(result.time_h)} h")
    say(f"mass      {_told(result.mass)} (unit of concentration x m3)" if result.mass else "mass      not known")
    say("identifiable" if result.identifiable else "NOT identifiable")
    for warning in result.warnings:
        say(f"- {warning}")
    if out is not None:
        say(f"written to {out}")


def trace_home(
    home: Path,
    event: str | None,
    section: str | None,
    code: str | None,
    start: str | None,
    end: str | None,
    network: str | None,
) -> dict[str, Any]:
    """Trace an event of a home, or a section and a property in a time."""
    with Home.open(home) as opened:
        tracer = Tracer(opened, Waters(opened))
        if event is not None:
            alarm = alarm_of(opened, event)
        elif section is None or code is None or start is None:
            raise BadInput(
                "nothing to trace in this home", mend="give --event, or --section, --property, --from and --to"
            )
        else:
            began = moment(start, "--from")
            alarm = Alarm(section, known_property(code), began, moment(end, "--to") if end else began + SPAN)
        return tracer.trace(alarm, network=network).as_dict()


def _written(content: dict[str, Any], out: Path | None) -> None:
    if out is None:
        return
    try:
        out.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise BadInput(str(error), where=str(out), mend="choose a place that can be written") from error


def _suspects(content: dict[str, Any]) -> list[str]:
    where, when = content["where"], content["when"]
    lines = [
        f"section   {content['section']['name']['en']} ({content['property']})",
        f"distance  {where['km']:.1f} km  (90 %: {where['interval'][0]:.1f} to {where['interval'][1]:.1f})",
        f"release   {when['median']}  (90 %: {when['interval'][0]} to {when['interval'][1]})",
        "identifiable" if content["identifiable"] else "NOT identifiable",
    ]
    for place, one in enumerate(content["suspects"][:10], start=1):
        lines.append(f"{place:>3}. {one['probability']:6.1%}  {one['name']['en']}, {one['distance_km']:.1f} km")
        lines += [f"       {item['weight']:+.1f}  {item['what']['en']}" for item in one["evidence"]]
    lines.append(f"     {content['none_of_them']:6.1%}  none of the known outlets")
    lines += [f"- {warning}" for warning in content["warnings"]]
    return lines


def _told(estimate: Estimate) -> str:
    return f"{estimate.median:.4g}  (90 %: {estimate.low:.4g} to {estimate.high:.4g})"


def _rows(file: Path) -> Iterator[dict[str, str | None]]:
    """Rows of the file by column name; names are compared without case and surrounding blanks."""
    try:
        text = unpacked(read_bytes(file), file.name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("not UTF-8 text", where=file.name, mend="save it as CSV in UTF-8") from error
    header = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    for row in reader:
        if any((value or "").strip() for key, value in row.items() if key is not None):
            yield {str(key).strip().lower(): value for key, value in row.items() if key is not None}
