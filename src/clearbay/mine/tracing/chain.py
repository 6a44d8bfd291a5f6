"""Which sections one cloud passed: those on one way whose pulses follow each other as water would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.network import Network, Place, Site
from clearbay.mine.tracing.curve import Curve
from clearbay.mine.tracing.notes import note
from clearbay.mine.tracing.pulse import Pulse, find_pulse
from clearbay.mine.tracing.ways import Stretch
from clearbay.model.errors import BadInput

Floats = NDArray[np.float64]

FASTER, SLOWER = 4.0, 0.25
"""Velocities between two sections, over what the network says, beyond which their pulses are not of one cloud."""
STANDS_OUT, ALARMED = 6.0, 2.5
"""Times the usual deviation of a section's record that a pulse must reach to count, and at the section of the alarm."""
SAME_DOSE = (0.2, 3.0)
"""Dose of a pulse over that of the one above it, outside which it is another cloud."""


@dataclass(frozen=True)
class Section:
    """A section of the network and what was measured there: the curve's own ``distance_km`` is not used."""

    site: Site
    curve: Curve


def placed_pulse(network: Network, section: Section, *, alarm: bool = False) -> Pulse | None:
    """The section's pulse, its distance counted along the main way: minus the km to the mouth.

    Only the part of the record about the highest values is read, against the level just before it, because a background
    that wanders for days adds up to a dose. Where no discharge was measured the network's is taken. ``alarm``: this
    section has raised one, so that a few raised values count where there is no curve yet.
    """
    value = section.curve.concentration
    if not len(value):
        return None
    middle = float(np.median(value))
    noise = float(1.4826 * np.median(np.abs(value - middle)))
    window = _window(value, middle, noise)
    curve = replace(section.curve, time_h=section.curve.time_h[window], concentration=value[window])
    pulse = find_pulse(curve)
    if pulse is None and alarm:
        pulse = _alarm(section.curve, middle, noise)
    if pulse is None or pulse.peak < (ALARMED if alarm else STANDS_OUT) * noise:
        return None
    place = section.site.place
    flow = section.curve.discharge_m3s
    if not np.isfinite(flow):
        flow = float(network.discharge[place.reach])
    span = float(curve.time_h[-1] - curve.time_h[0])
    drift = 0.5 * noise * span / max(pulse.peak * pulse.width_h, 1e-30)
    return replace(
        pulse,
        section=section.site.id,
        distance_km=-float(network.mouth_km[place.reach]) - place.below_km,
        discharge_m3s=flow,
        dose=pulse.peak * _area_width(pulse) * 3600.0 * flow,
        width_spread=float(np.hypot(pulse.width_spread, drift)),
        dose_spread=float(np.hypot(pulse.dose_spread, drift)),
    )


def _alarm(curve: Curve, middle: float, noise: float) -> Pulse | None:
    """What the first raised values say: hardly when, and next to nothing of the age."""
    value, time = curve.concentration, curve.time_h
    top = int(value.argmax())
    height = float(value[top]) - middle
    if len(value) < 3 or height <= max(ALARMED * noise, 1e-12):
        return None
    first = top
    while first > 0 and value[first - 1] > middle + max(2.0 * noise, 0.1 * height):
        first -= 1
    step = float(np.median(np.diff(time)))
    wide = max(2.0 * float(time[top] - time[first]), 3.0 * step)
    return Pulse(
        section=curve.section,
        distance_km=curve.distance_km,
        discharge_m3s=curve.discharge_m3s,
        peak_h=float(time[top]),
        peak_error_h=wide,
        peak=height,
        background=middle,
        noise=noise,
        width_h=wide,
        width_spread=1.2,
        lead_h=float("nan"),
        lead_spread=float("inf"),
        dose=height * wide * 3600.0 * curve.discharge_m3s,
        dose_spread=1.0,
        duration_h=0.0,
        complete=False,
        warnings=(note("no_curve", section=curve.section),),
    )


def _area_width(pulse: Pulse) -> float:
    """Area over peak of what passed: for a lasting release the width is that of its front only."""
    return float(np.hypot(pulse.width_h, pulse.duration_h)) if pulse.duration_h > 0 else pulse.width_h


def _window(value: Floats, middle: float, noise: float) -> slice:
    """The samples of the highest rise, with a third of its length and at least eight samples to either side."""
    calm = value.copy()
    if len(calm) > 4:
        calm[1:-1] = np.sort(np.stack([value[:-2], value[1:-1], value[2:]]), axis=0)[1]
    top = int(calm.argmax())
    floor = middle + max(2.0 * noise, 0.03 * (float(calm[top]) - middle))
    first = last = top
    while first > 0 and calm[first - 1] > floor:
        first -= 1
    while last < len(calm) - 1 and calm[last + 1] > floor:
        last += 1
    margin = max((last - first) // 3, 8)
    return slice(max(first - margin, 0), min(last + margin + 1, len(calm)))


def leads_past(network: Network, upper: Place, lower: Place) -> bool:
    """Whether the main way from ``upper`` leads past ``lower``."""
    if upper.reach == lower.reach:
        return upper.below_km > lower.below_km
    return lower.reach < upper.reach < int(network.last[lower.reach])


def main_way(network: Network, upper: Place, lower: Place) -> tuple[float, float]:
    """Hours of travel along the main way between two places, and the spread of their logarithm by the network."""
    hours = doubt_h = 0.0
    for place, sign in ((upper, 1.0), (lower, -1.0)):
        part = place.below_km / float(network.length_km[place.reach]) * network.hours(place.reach)
        hours += sign * (float(network.mouth_h[place.reach]) + part)
        doubt_h += sign * (float(network.mouth_doubt[place.reach]) + part * float(network.spread[place.reach]))
    return hours, doubt_h / hours if hours > 0 else float(network.spread[lower.reach])


@dataclass(frozen=True)
class Chain:
    """The sections one cloud passed, the uppermost first, their pulses, all pulses found, and those left aside."""

    sections: tuple[Section, ...]
    pulses: tuple[Pulse, ...]
    found: Mapping[str, Pulse]
    aside: tuple[str, ...]


def read_chain(network: Network, sections: Sequence[Section], anchor: str | None = None) -> Chain:
    """Find the pulses, and those that belong with that at ``anchor`` (default: the largest dose).

    Raises BadInput when no section shows a pulse.
    """
    every = {one.site.id: placed_pulse(network, one, alarm=one.site.id == anchor) for one in sections}
    pulses = {key: pulse for key, pulse in every.items() if pulse is not None}
    if not pulses:
        raise BadInput(
            "no section shows a pulse that stands out of its background",
            where=", ".join(sorted(every)[:5]) + (" …" if len(every) > 5 else ""),
            mend="choose a time that holds the rise, or a property that rose",
        )
    if anchor is None or anchor not in pulses:
        anchor = max(pulses, key=lambda key: pulses[key].dose if np.isfinite(pulses[key].dose) else 0.0)
    chain, aside = chain_of(network, sections, pulses, anchor)
    return Chain(tuple(chain), tuple(pulses[one.site.id] for one in chain), pulses, tuple(aside))


def chain_of(
    network: Network, sections: Sequence[Section], pulses: Mapping[str, Pulse], anchor: str
) -> tuple[list[Section], list[str]]:
    """The sections that the cloud at ``anchor`` passed, the uppermost first, and the ids of those left aside."""
    start = next(one for one in sections if one.site.id == anchor)
    others = [one for one in sections if one.site.id in pulses and one is not start]
    chain, aside = [start], []
    above = [one for one in others if leads_past(network, one.site.place, start.site.place)]
    below = [one for one in others if leads_past(network, start.site.place, one.site.place)]
    for one in sorted(above, key=lambda each: main_way(network, each.site.place, start.site.place)[0]):
        if leads_past(network, one.site.place, chain[0].site.place) and _fits(network, pulses, one, chain[0]):
            chain.insert(0, one)
        else:
            aside.append(one.site.id)
    for one in sorted(below, key=lambda each: main_way(network, start.site.place, each.site.place)[0]):
        if _fits(network, pulses, chain[-1], one):
            chain.append(one)
        else:
            aside.append(one.site.id)
    return chain, aside


def _fits(network: Network, pulses: Mapping[str, Pulse], upper: Section, lower: Section) -> bool:
    one, two = pulses[upper.site.id], pulses[lower.site.id]
    hours, _ = main_way(network, upper.site.place, lower.site.place)
    lag = two.peak_h - one.peak_h
    slack = 2.0 * float(np.hypot(one.peak_error_h, two.peak_error_h))
    if not hours / FASTER - slack <= lag <= hours / SLOWER + slack:
        return False
    ratio = two.dose / one.dose if one.dose > 0 else float("nan")
    return not np.isfinite(ratio) or not (one.complete and two.complete) or SAME_DOSE[0] <= ratio <= SAME_DOSE[1]


def stretches_of(
    network: Network, chain: Sequence[Section], pulses: Sequence[Pulse]
) -> tuple[tuple[Stretch, ...], list[str]]:
    """What the peaks of neighbouring sections say of the velocity between them, and what they do not say."""
    found: list[Stretch] = []
    warnings: list[str] = []
    at = 0
    for k in range(1, len(chain)):
        hours, doubt = main_way(network, chain[at].site.place, chain[k].site.place)
        lag = pulses[k].peak_h - pulses[at].peak_h
        error = float(np.hypot(pulses[at].peak_error_h, pulses[k].peak_error_h))
        if lag <= 2.0 * error:
            warnings.append(note("too_close", section=chain[at].site.id, other=chain[k].site.id))
            continue
        found.append(
            Stretch(
                pulses[at].distance_km,
                pulses[k].distance_km,
                float(np.log(hours / lag)),
                float(np.hypot(error / lag, 0.03)),
                doubt,
            )
        )
        at = k
    return tuple(found), warnings
