"""Random incidents on the generated basin, traced without knowing them: generated data, not field accuracy.

Run with ``python benchmarks/incidents.py [--count 50] [--first 1]``. The forward simulation (advection, dispersion and
transient storage with velocities of its own) shares nothing with the inversion. Two rounds: with the velocities that an
office has (a model of the ten largest rivers, regression elsewhere), and with travel times calibrated within 10 %.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from clearbay.mine.network.basin import generate
from clearbay.mine.network.incidents import BACKGROUND, Incident, World, calibrated
from clearbay.mine.network.network import Network
from clearbay.mine.network.settlement import settle
from clearbay.mine.tracing import find_pulse, make_curve
from clearbay.mine.tracing.chain import Section, read_chain
from clearbay.mine.tracing.evidence import Other
from clearbay.mine.tracing.incident import Incident as Traced
from clearbay.mine.tracing.incident import trace_incident


def solve(world: World, network: Network, incident: Incident) -> Traced:
    """Trace an incident from what the sections measured."""
    sections = [
        Section(site, make_curve(site.id, 0.0, float("nan"), incident.time_h, incident.series[site.id][incident.code]))
        for site in world.sections
    ]
    chain = read_chain(network, sections, incident.alarm)
    at = chain.sections[0].site
    flow = float(network.discharge[at.place.reach])
    others = {}
    for code in BACKGROUND:
        if code == incident.code:
            continue
        value = incident.series[at.id][code]
        pulse = find_pulse(make_curve(at.id, 0.0, flow, incident.time_h, value))
        noise = 1.4826 * float(np.median(np.abs(value - np.median(value))))
        close = pulse is not None and abs(pulse.peak_h - chain.pulses[0].peak_h) < 2.0 * chain.pulses[0].width_h
        others[code] = Other(
            pulse.dose if pulse is not None and close else 0.0, 5.0 * noise * flow * 3600.0 * chain.pulses[0].width_h
        )
    return trace_incident(network, sections, world.outlets, code=incident.code, others=others, chain=chain)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    basin = generate()
    world = World(basin, settle(basin))
    print(
        f"GENERATED basin: {len(basin.network):,} reaches, {len(world.outlets)} outlets, {len(world.sections)} sections"
    )
    cases = []
    seed = options.first
    tried = 0
    while len(cases) < options.count:
        incident = world.incident(seed)
        tried += 1
        seed += 1
        if incident is not None:
            cases.append((seed - 1, incident))
    print(f"{tried} incidents drawn, {len(cases)} of them raised an alarm")
    for name in ("as an office knows them", "calibrated within 10 %"):
        ranks, covered, milliseconds, candidates, nearest, sure, error = [], [], [], [], [], [], []
        for number, incident in cases:
            network = basin.network
            if name.startswith("calibrated"):
                network = calibrated(network, incident.channel, np.random.default_rng((7, number)))
            begin = time.perf_counter()
            result = solve(world, network, incident)
            milliseconds.append(1e3 * (time.perf_counter() - begin))
            order = [suspect.site.id for suspect in result.suspects]
            rank = order.index(incident.outlet.id) + 1 if incident.outlet.id in order else 999
            ranks.append(rank)
            sure.append(result.suspects[rank - 1].probability if rank < 999 else 0.0)
            candidates.append(len(order))
            by_distance = sorted(result.suspects, key=lambda suspect: suspect.distance_km)
            nearest.append([one.site.id for one in by_distance[:3]].count(incident.outlet.id))
            mass = result.mass
            covered.append(
                (
                    result.distance_km.low <= incident.distance_km <= result.distance_km.high,
                    result.time_h.low <= incident.start_h <= result.time_h.high,
                    mass is not None and mass.low <= incident.mass_g[incident.code] <= mass.high,
                    result.duration_h.low <= incident.duration_h <= result.duration_h.high * 1.5 + 0.5,
                )
            )
            error.append(np.log(result.distance_km.median / incident.distance_km))
            if options.verbose:
                true = next((one for one in result.suspects if one.site.id == incident.outlet.id), None)
                print(
                    f"  {number}: {incident.code} {incident.alarm} {incident.distance_km:.0f} km, rank {rank}"
                    f" of {len(order)}"
                    f" p={sure[-1]:.2f} unknown={result.unknown:.2f} d={result.distance_km.median:.0f}"
                    f" [{result.distance_km.low:.0f}, {result.distance_km.high:.0f}] t={result.time_h.median:.1f}"
                    f" [{result.time_h.low:.1f}, {result.time_h.high:.1f}] true {incident.start_h:.1f}"
                    f" D={result.duration_h.median:.1f}/{incident.duration_h:.1f} sections={len(result.sections)}"
                    f" {covered[-1]}"
                )
                if true is not None and rank > 3:
                    for one in (result.suspects[0], true):
                        print(
                            "      ",
                            one.site.id,
                            round(one.distance_km),
                            [(c.kind, round(c.weight, 2)) for c in one.clues],
                        )
        hits = np.array(ranks) <= 3
        shares = np.array(covered).mean(axis=0)
        print(
            f"{name:<26} true outlet first {np.mean(np.array(ranks) == 1):4.0%}, in the first three {hits.mean():4.0%}"
            f" of {len(world.outlets)} (median upstream of the section: {np.median(candidates):.0f}; the three nearest "
            f"would hold it in {np.mean(nearest):4.0%}); mean probability given to it {np.mean(sure):.2f}\n"
            f"{'':<26} in the 90 % interval: place {shares[0]:4.0%}, time {shares[1]:4.0%}, mass {shares[2]:4.0%};"
            f" median error of distance {np.median(np.abs(np.expm1(error))):4.0%};"
            f" {np.median(milliseconds):.0f} ms (max {max(milliseconds):.0f})"
        )


if __name__ == "__main__":
    main()
