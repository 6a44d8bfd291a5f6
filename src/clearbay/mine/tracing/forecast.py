"""What the cloud of an incident reaches next on a network: when, and how high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.network import Network, Site, downstream
from clearbay.mine.tracing.downstream import PASSAGE
from clearbay.mine.tracing.incident import Incident
from clearbay.mine.tracing.literature import SECTION_SPREAD, UNIT_PEAK_DECLINE
from clearbay.mine.tracing.posterior import INTERVAL, Estimate
from clearbay.mine.tracing.ways import Stretch, corrected

Floats = NDArray[np.float64]
DRAWS = 1000


@dataclass(frozen=True)
class Arrival:
    """The cloud at a site below: leading edge, peak and end on the clock of the curves, peak in their unit."""

    site: Site
    distance_km: float
    arrival_h: Estimate
    peak_h: Estimate
    end_h: Estimate
    peak: Estimate | None


def arrivals(
    network: Network, incident: Incident, sites: Sequence[Site], *, within_km: float = 400.0, seed: int = 0
) -> list[Arrival]:
    """Sites below the lowest section that the cloud has passed, nearest first.

    Travel times are the network's, corrected by what the incident showed of the velocity; the width grows as the unit
    peak declines; the height falls with the width and with the water that tributaries add. ``seed`` fixes the draws.
    """
    lowest, last = incident.sections[-1].site.place, incident.pulses[-1]
    reached = downstream(network, lowest, within_km)
    row = {int(at): k for k, at in enumerate(reached.reach)}
    found: list[tuple[Site, float, float, float, float]] = []
    for site in sites:
        k = row.get(site.place.reach)
        if k is None:
            continue
        start = lowest.below_km if k == 0 else float(network.length_km[site.place.reach])
        within = start - site.place.below_km
        if within <= 0:
            continue
        hours = float(reached.near_h[k]) + within / float(network.velocity[site.place.reach]) / 3.6
        found.append(
            (site, float(reached.near_km[k]) + within, hours, float(reached.doubt[k]), float(reached.share[k]))
        )
    if not found:
        return []
    found.sort(key=lambda entry: entry[1])
    km, hours_, doubt, share = (np.array([entry[column] for entry in found]) for column in (1, 2, 3, 4))
    start_km = np.full(len(found), last.distance_km)
    mean, variance = corrected(start_km, start_km + km, doubt, _seen(incident), last.discharge_m3s)
    rng = np.random.default_rng(seed)
    travel = hours_ * np.exp(-mean - np.sqrt(variance) * rng.standard_normal((DRAWS, 1)))
    lag = max(last.peak_h - incident.pulses[0].peak_h, 0.0)
    spread = max(float(np.log(max(incident.age_h.high, 1e-3) / max(incident.age_h.low, 1e-3))) / 3.29, 0.05)
    now = incident.age_h.median * np.exp(spread * rng.standard_normal((DRAWS, 1))) + lag
    growth = (1.0 + travel / now) ** UNIT_PEAK_DECLINE.value
    growth = growth * np.exp(SECTION_SPREAD.value * rng.standard_normal((DRAWS, 1)) * np.minimum(travel / now, 1.0))
    width = last.width_h * growth
    lead = (last.lead_h if np.isfinite(last.lead_h) else 0.8 * last.width_h) * growth
    peak = last.peak_h + travel
    flow = network.discharge[[entry[0].place.reach for entry in found]]
    rate = incident.loss_rate_h if np.isfinite(incident.loss_rate_h) else 0.0
    height = last.dose * share * np.exp(-rate * travel) / (3600.0 * np.maximum(flow, 1e-9) * width)
    lasted = incident.duration_h.median if last.duration_h > 0 else 0.0
    return [
        Arrival(
            entry[0],
            entry[1],
            _estimate(peak[:, k] - lead[:, k]),
            _estimate(peak[:, k]),
            _estimate(peak[:, k] - lead[:, k] + PASSAGE * width[:, k] + lasted),
            _estimate(height[:, k]) if np.isfinite(flow[k]) and np.isfinite(last.dose) else None,
        )
        for k, entry in enumerate(found)
    ]


def _seen(incident: Incident) -> tuple[Stretch, ...]:
    """The stretches seen, and the way from the release as one more: what the age of the cloud said of its velocity."""
    first = incident.pulses[0]
    mean, spread = incident.deviation
    doubt = float((incident.probability * incident.reached.doubt).sum())
    km = np.array([max(incident.distance_km.median, 0.1)])
    end = np.array([first.distance_km])
    _, before = corrected(end - km, end, np.array([doubt]), incident.stretches, first.discharge_m3s)
    gained = 1.0 / max(spread, 1e-3) ** 2 - 1.0 / float(before[0])
    if gained <= 1e-3:
        return incident.stretches
    way = Stretch(float(end[0] - km[0]), float(end[0]), mean, float(gained**-0.5), doubt)
    return (*incident.stretches, way)


def _estimate(values: Floats) -> Estimate:
    low, median, high = np.quantile(values, INTERVAL)
    return Estimate(float(median), float(low), float(high))
