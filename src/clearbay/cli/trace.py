"""``clearbay trace``: where, when and how much was released, from the concentration curves of a river's sections."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import orjson
import typer

from clearbay.cli.output import Json, answer, read_bytes, say
from clearbay.collect.octets import unpacked
from clearbay.mine.tracing import Estimate, Velocity, curves_from_rows
from clearbay.mine.tracing import trace as invert
from clearbay.model.errors import BadInput


def trace(
    file: Annotated[
        Path,
        typer.Argument(help="CSV with section, distance_km, discharge_m3s, time_h, concentration; .gz too."),
    ],
    out: Annotated[Path | None, typer.Option(help="Where the answer is written (JSON).")] = None,
    velocity: Annotated[
        float | None, typer.Option(help="Velocity above the first section in m/s, if it was calibrated elsewhere.")
    ] = None,
    velocity_error: Annotated[float, typer.Option(help="Its relative standard error.", min=0.01, max=1.0)] = 0.1,
    as_json: Json = False,
) -> None:
    """Infer location, time and mass of one release, each as a median with its 90 % interval.

    Distances grow downstream from any common origin; the release is sought anywhere upstream of the first section, and
    a location beyond the origin is negative. One section tells the age of the cloud but not its distance: the answer
    says so.

    Example: `clearbay trace curves.csv --out release.json`
    """
    if velocity is not None and velocity <= 0:
        raise BadInput(f"a velocity of {velocity:g} m/s carries nothing", where="--velocity", mend="give m/s above 0")
    known = Velocity(velocity, velocity_error) if velocity is not None else None
    result = invert(curves_from_rows(_rows(file), where=file.name), known=known)
    content = result.as_dict()
    if out is not None:
        try:
            out.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        except OSError as error:
            raise BadInput(str(error), where=str(out), mend="choose a place that can be written") from error
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
