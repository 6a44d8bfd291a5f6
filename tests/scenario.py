"""The generated incident, fifty times, through the whole chain: what `make scenario` runs.

Packets over real sockets to the gateway, the event, the trace, the suspects. Prints the time of every step and the
shares, and ends with 1 where one of the bars is missed. Everything is generated: no figure is accuracy in the field.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from clearbay.apply.scenario import APART, Stage, draw, shares
from clearbay.store import Home

FIRST_THREE, FIRST_THREE_CALIBRATED = 0.60, 0.75
EVENT_S, TRACE_S = 2.0, 1.0
COVERED = (0.80, 1.00)
"""Shares of fifty that intervals of 90 % may hold by chance: 40 to 50."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=50)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    played = []
    with (
        tempfile.TemporaryDirectory(prefix="clearbay-scenario-") as directory,
        Home.create(Path(directory) / "h") as home,
    ):
        stage = Stage(home)
        ends = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
        print(f"GENERATED basin: {len(stage.world.basin.network):,} reaches, {len(stage.world.outlets)} outlets")
        with stage.listening() as port:
            for number, (seed, incident) in enumerate(draw(stage.world, options.incidents, options.first)):
                name, km = incident.outlet.name["en"], incident.distance_km
                print(f"incident {seed}: {name}, {km:.0f} km above {incident.alarm}")
                played.append(
                    stage.play(
                        seed,
                        incident,
                        port,
                        ends=ends - (options.incidents - 1 - number) * APART,
                        told=lambda text: print(f"  {text}"),
                    )
                )
    total = shares(played)
    known, calibrated = total["as_known"], total["calibrated"]
    bars = [
        ("true outlet in the first three, velocities as known", known["first_three"], FIRST_THREE, 1.0),
        ("true outlet in the first three, times within 10 %", calibrated["first_three"], FIRST_THREE_CALIBRATED, 1.0),
        ("slowest event after its value was sent, s", total["event_s_max"] or 0.0, 0.0, EVENT_S),
        ("median trace, s", total["trace_s_median"], 0.0, TRACE_S),
    ]
    for words, one in (("as known", known), ("within 10 %", calibrated)):
        bars += [(f"90 % intervals of {name}, {words}", share, *COVERED) for name, share in one["covered_90"].items()]
    missed = 0
    print(
        f"\n{len(played)} incidents, {total['packets']:,} packets; events: {total['events_at_once']} at once, "
        f"{total['events']} within two days of values; at the alarm already in the first three: "
        f"{total['first_three_at_alarm']:.0%}; outlets upstream of the section (median): "
        f"{total['outlets_upstream_median']:.0f}"
    )
    for name, value, low, high in bars:
        good = low <= value <= high
        missed += not good
        print(f"{'ok  ' if good else 'MISS'} {name}: {value:.2f} (from {low:g} to {high:g})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
