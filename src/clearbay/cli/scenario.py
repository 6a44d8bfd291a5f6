"""``clearbay scenario``: a generated incident through the whole chain, step by step."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from clearbay.apply.scenario import APART, Stage, draw, shares
from clearbay.cli.output import Json, answer, say
from clearbay.cli.serve import open_or_create


def scenario(
    home: Annotated[
        Path | None, typer.Option("--home", help="A home to play it in; left out: one that is thrown away.")
    ] = None,
    incidents: Annotated[int, typer.Option(help="How many random incidents.", min=1)] = 1,
    first: Annotated[int, typer.Option(help="The seed of the first; those that raise no alarm are skipped.")] = 1,
    as_json: Json = False,
) -> None:
    """Let an outlet of the generated basin discharge, send what the sections see to the gateway, trace it back.

    Generated from end to end: basin, outlets, water and instruments. It shows that the chain holds and how fast it is,
    and how often the ranking finds the outlet in a world of other equations than its own; not accuracy in the field.

    Example: `clearbay scenario --incidents 3`
    """
    if home is not None:
        result = _play(home, incidents, first, quiet=as_json)
    else:
        with tempfile.TemporaryDirectory(prefix="clearbay-scenario-") as directory:
            result = _play(Path(directory) / "home", incidents, first, quiet=as_json)
    answer(result, as_json=as_json, text="")


def _play(directory: Path, incidents: int, first: int, *, quiet: bool) -> dict[str, object]:
    def told(text: str) -> None:
        if not quiet:
            say(text)

    with open_or_create(directory) as home:
        stage = Stage(home)
        told(f"GENERATED basin: {len(stage.world.basin.network):,} reaches, {len(stage.world.outlets)} outlets")
        played = []
        ends = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
        with stage.listening() as port:
            for number, (seed, incident) in enumerate(draw(stage.world, incidents, first)):
                name, km = incident.outlet.name["en"], incident.distance_km
                told(f"\nincident {seed}: {name}, {km:.0f} km above {incident.alarm}")
                played.append(
                    stage.play(
                        seed,
                        incident,
                        port,
                        ends=ends - (incidents - 1 - number) * APART,
                        told=lambda text: told(f"  {text}"),
                    )
                )
    total = shares(played)
    told(
        f"\n{len(played)} generated incidents, {total['packets']:,} packets. At the alarm the outlet was among the "
        f"first three of {len(stage.world.outlets)} in {total['first_three_at_alarm']:.0%}."
    )
    for words, one in (
        ("as an office knows the velocities", total["as_known"]),
        ("travel times calibrated within 10 %", total["calibrated"]),
    ):
        told(
            f"{words}: first in {one['first']:.0%}, in the first three in {one['first_three']:.0%}; "
            "90 % intervals held " + ", ".join(f"{name} {share:.0%}" for name, share in one["covered_90"].items())
        )
    told(
        f"events: {total['events_at_once']} with the value over the alarm itself, {total['events']} with those of the "
        "next two days"
    )
    event = f", event {total['event_s_max']:.2f} s" if total["event_s_max"] is not None else ""
    told(
        f"slowest: acknowledgement {total['stored_s_max']:.2f} s{event}, trace {total['trace_s_max']:.2f} s "
        f"(median {total['trace_s_median']:.2f} s)"
    )
    return {**total, "items": [one.as_dict() for one in played]}
