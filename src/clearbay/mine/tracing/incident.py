"""The inversion on a network: curves of some of its sections in; reach, outlet, time and mass out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.network import Network, Reached, Site, upstream
from clearbay.mine.tracing.chain import Chain, Section, read_chain, stretches_of
from clearbay.mine.tracing.evidence import Clue, Other, clues_of
from clearbay.mine.tracing.literature import width
from clearbay.mine.tracing.mass import released_mass
from clearbay.mine.tracing.notes import note
from clearbay.mine.tracing.posterior import INTERVAL, Estimate, Grid, Posterior
from clearbay.mine.tracing.pulse import Pulse
from clearbay.mine.tracing.release import Ages, ages_and_durations
from clearbay.mine.tracing.spots import Spots, Unseen, Ways, spots_of_reaches, spots_of_sites
from clearbay.mine.tracing.ways import Stretch

Floats = NDArray[np.float64]

UNKNOWN = 0.1
"""Probability beforehand that the release came from none of the known outlets: any km of the rivers alike."""
AGES = 220
CALIBRATED = 0.15
"""Spread of a travel time up to which velocities count as known, so that one section locates."""
TELLING = 0.7
"""Width of the posterior of the distance over that of the prior, above which the sections have not located it."""
BINS = 80
PLACE_KM, PLACE_PART = 0.2, 0.01
"""How well an outlet's own distance along the river is known: km, and as a part of it."""


@dataclass(frozen=True)
class Suspect:
    """A known outlet: its probability, km and hours of travel to the section, hour of release, what speaks for it."""

    site: Site
    probability: float
    distance_km: float
    travel_h: Estimate
    release_h: Estimate
    clues: tuple[Clue, ...]


@dataclass(frozen=True)
class Incident:
    """Where, when and how much on a network.

    ``section`` is the uppermost section with the cloud; ``reached`` are the reaches above it, ``probability`` each
    one's share (known outlets and unknown places together, summing to 1), ``hours`` the travel time from the middle of
    each. ``distance_km`` is along the river from the release to the section, ``time_h`` the release's beginning on the
    clock of the curves. ``unknown`` is the probability that none of the outlets given was it. ``deviation`` is the
    logarithm of true over given velocity above the section, and its spread.
    """

    section: Section
    identifiable: bool
    warnings: tuple[str, ...]
    reached: Reached
    probability: Floats
    hours: Floats
    distance_km: Estimate
    time_h: Estimate
    duration_h: Estimate
    mass: Estimate | None
    suspects: tuple[Suspect, ...]
    unknown: float
    loss_rate_h: float
    age_h: Estimate
    deviation: tuple[float, float]
    pulses: tuple[Pulse, ...] = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    stretches: tuple[Stretch, ...] = field(repr=False)


def trace_incident(
    network: Network,
    sections: Sequence[Section],
    outlets: Sequence[Site] = (),
    *,
    code: str = "",
    others: Mapping[str, Other] | None = None,
    anchor: str | None = None,
    chain: Chain | None = None,
    watched: Mapping[str, Floats] | None = None,
) -> Incident:
    """Infer the release behind the pulses of a network's sections, and rank the outlets.

    ``code`` is the property of the curves, ``others`` what the uppermost section says of other properties at the time;
    ``anchor`` names the section that raised the alarm (default: that with the largest dose), ``chain`` is what
    ``read_chain`` has found for it already. ``watched`` gives the times at which sections that saw nothing were awake,
    where that is not the times of their curves. Raises BadInput when no section shows a pulse.
    """
    if chain is None:
        chain = read_chain(network, sections, anchor)
    seen, pulses = chain.pulses, chain.found
    top, first = chain.sections[0], seen[0]
    warnings = [
        text for one, pulse in zip(chain.sections, seen, strict=True) for text in (*one.curve.remarks, *pulse.warnings)
    ]
    if chain.aside:
        warnings.append(note("aside", sections=", ".join(chain.aside)))
    stretches, notes = stretches_of(network, chain.sections, seen)
    warnings += notes

    reached = upstream(network, top.site.place)
    ways = Ways(first, stretches)
    middle = float(np.interp(np.log(first.width_h), np.log(width(_AGES)), np.log(_AGES)))
    age = np.exp(np.linspace(middle - 4.6, middle + 3.4, AGES))
    ages = ages_and_durations(seen, age)
    by_age = np.logaddexp.reduce(ages.log_likelihood, axis=0)
    unseen = [
        Unseen(network, one, top, first, (watched or {}).get(one.site.id, one.curve.time_h))
        for one in sections
        if one.site.id not in pulses
    ]

    anywhere = spots_of_reaches(network, top.site.place, reached)
    somewhere = ways.logs(anywhere, age, by_age, unseen)
    somewhere += np.log(anywhere.length_km / anywhere.length_km.sum())[:, None]
    spots, numbers = spots_of_sites(network, top.site.place, reached, outlets)
    sites = [outlets[k] for k in numbers]
    known = ways.logs(spots, age, by_age, unseen)
    place_weight = np.logaddexp.reduce(known, axis=1) if len(sites) else np.zeros(0)
    released = {
        k: _release_hours(first, ages, np.exp(known[k] - known[k].max()))
        for k, site in enumerate(sites)
        if site.windows is not None
    }
    clues = clues_of(sites, code=code, dose=first.dose, others=others or {}, released=released)
    if len(sites):
        known = known + np.array([sum(clue.weight for clue in one) for one in clues])[:, None] - np.log(len(sites))
    share = UNKNOWN if len(sites) else 1.0
    greatest = max(float(somewhere.max()), float(known.max()) if len(sites) else -np.inf)
    unknown = share * np.exp(somewhere - greatest)
    outlet = (1.0 - share) * np.exp(known - greatest)
    total = float(unknown.sum() + outlet.sum())
    unknown, outlet = unknown / total, outlet / total

    row = np.full(len(network), -1)
    row[reached.reach] = np.arange(len(reached))
    probability = unknown.sum(axis=1)
    np.add.at(probability, row[spots.reach], outlet.sum(axis=1))
    joint = np.concatenate([unknown, outlet])
    km = np.concatenate([anywhere.km, spots.km])
    posterior = Posterior((_grid(age, km, joint),))
    mass, rate, told = released_mass(posterior, seen)
    warnings += told
    by_joint = joint.sum(axis=0)
    time, duration = _begun(first, ages, by_joint)
    travel = ways.travel(spots)
    begun = _all_begun(first, ages, outlet)
    suspects = [
        Suspect(
            site,
            float(outlet[k].sum()),
            float(spots.km[k]),
            travel[k],
            begun[k],
            (_place_clue(place_weight, k, float(spots.km[k]), travel[k]), *clues[k]),
        )
        for k, site in enumerate(sites)
    ]
    distance = _distance(anywhere, unknown.sum(axis=1), spots, outlet.sum(axis=1))
    identifiable, notes = _identifiable(distance, anywhere, reached, probability, stretches)
    carried = float((probability * reached.share).sum())
    if mass is not None and carried < 0.98:
        mass = Estimate(*(value / carried for value in (mass.median, mass.low, mass.high)))
        notes.append(note("arms", share=f"{1 - carried:.0%}"))
    return Incident(
        section=top,
        identifiable=identifiable,
        warnings=tuple(dict.fromkeys([*warnings, *notes])),
        reached=reached,
        probability=probability,
        hours=anywhere.hours * np.exp(-ways.deviation(anywhere)[0]),
        distance_km=distance,
        time_h=time,
        duration_h=duration,
        mass=mass,
        suspects=tuple(sorted(suspects, key=lambda one: -one.probability)),
        unknown=float(unknown.sum()),
        loss_rate_h=rate,
        age_h=_quantiles(age, by_joint),
        deviation=_deviation(joint, age, np.concatenate([anywhere.hours, spots.hours])),
        pulses=seen,
        sections=chain.sections,
        stretches=stretches,
    )


_CHUNK = 256
_AGES = np.exp(np.linspace(np.log(1e-3), np.log(1e5), 400))


def _by_duration(ages: Ages, weight: Floats) -> Floats:
    """Joint probability of duration (rows) and age (columns), from that of the ages."""
    logs = ages.log_likelihood - np.logaddexp.reduce(ages.log_likelihood, axis=0)[None, :]
    value: Floats = np.exp(logs) * weight[None, :]
    return value


def _release_hours(pulse: Pulse, ages: Ages, weight: Floats) -> tuple[Floats, Floats]:
    """Hours at which the release began, with their probabilities."""
    lasted = 0.0 if pulse.duration_h > 0.0 else 0.5  # a flat top is read by its beginning
    begun = pulse.peak_h - lasted * ages.duration_h[:, None] - ages.age_h[None, :]
    return begun.ravel(), _by_duration(ages, weight).ravel()


def _begun(pulse: Pulse, ages: Ages, weight: Floats) -> tuple[Estimate, Estimate]:
    """When the release began, and how long it lasted (h)."""
    hours, probability = _release_hours(pulse, ages, weight)
    by_duration = _by_duration(ages, weight).sum(axis=1)
    return _quantiles(hours, probability), _quantiles(ages.duration_h, by_duration)


def _all_begun(pulse: Pulse, ages: Ages, weights: Floats) -> list[Estimate]:
    """When the release began, were each outlet (row of ``weights``) the one: as ``_begun``, for all at once."""
    logs = ages.log_likelihood - np.logaddexp.reduce(ages.log_likelihood, axis=0)[None, :]
    given_age = np.exp(logs)
    hours = (_release_hours(pulse, ages, np.ones(len(ages.age_h)))[0]).reshape(given_age.shape)
    order = np.argsort(hours, axis=None)
    sorted_, flat = hours.ravel()[order], given_age.ravel()[order]
    column = order % given_age.shape[1]
    found = []
    for start in range(0, len(weights), _CHUNK):
        part = weights[start : start + _CHUNK][:, column] * flat
        sums = np.cumsum(part, axis=1)
        total = sums[:, -1]
        middle = (sums - 0.5 * part) / np.where(total > 0, total, 1.0)[:, None]
        for row, whole in zip(middle, total.tolist(), strict=True):
            if whole > 0:
                low, median, high = np.interp(INTERVAL, row, sorted_)
                found.append(Estimate(float(median), float(low), float(high)))
            else:
                found.append(Estimate(float("nan"), float("nan"), float("nan")))
    return found


def _quantiles(values: Floats, weight: Floats) -> Estimate:
    order = np.argsort(values)
    sums = np.cumsum(weight[order])
    if not sums[-1] > 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    low, median, high = np.interp(INTERVAL, (sums - 0.5 * weight[order]) / sums[-1], values[order])
    return Estimate(float(median), float(low), float(high))


def _distance(anywhere: Spots, unknown: Floats, spots: Spots, outlet: Floats) -> Estimate:
    """Quantiles of the distance: reaches by their ends, outlets where they are, both counted whole."""
    aside = np.maximum(PLACE_KM, PLACE_PART * spots.km)
    values = np.concatenate(
        [
            anywhere.km - 0.5 * anywhere.length_km,
            anywhere.km + 0.5 * anywhere.length_km,
            np.maximum(spots.km - aside, 0.0),
            spots.km + aside,
        ]
    )
    weight = 0.5 * np.concatenate([unknown, unknown, outlet, outlet])
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weight[order]) / weight.sum()
    low, median, high = (
        float(values[order[min(int(np.searchsorted(sums, level)), len(order) - 1)]]) for level in INTERVAL
    )
    return Estimate(median, low, high)


def _grid(age: Floats, km: Floats, joint: Floats) -> Grid:
    """The posterior over age and distance, distances in bins even in the logarithm."""
    logs = np.log(np.maximum(km, 1e-3))
    edges = np.linspace(logs.min() - 0.01, logs.max() + 0.01, BINS + 1)
    order = np.argsort(logs, kind="stable")
    bounds = np.searchsorted(logs[order], edges[:-1])
    sums = np.concatenate([np.zeros((1, joint.shape[1])), np.cumsum(joint[order], axis=0)])
    weight = sums[np.append(bounds[1:], len(order))] - sums[bounds]
    return Grid(age, np.exp(0.5 * (edges[1:] + edges[:-1])), np.maximum(weight.T, 0.0))


def _deviation(joint: Floats, age: Floats, hours: Floats) -> tuple[float, float]:
    """Logarithm of true over given velocity above the section: mean and spread of the posterior."""
    logs = np.log(np.maximum(hours, 1e-3))
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    mean = float(rows @ logs - columns @ np.log(age))
    square = float(rows @ logs**2 + columns @ np.log(age) ** 2 - 2.0 * logs @ joint @ np.log(age))
    return mean, float(np.sqrt(max(square - mean**2, 1e-6)))


def _place_clue(weights: Floats, at: int, km: float, travel: Estimate) -> Clue:
    average = float(np.logaddexp.reduce(weights) - np.log(len(weights)))
    return Clue("place", max(float(weights[at]) - average, -20.0), {"km": km, "travel_h": travel})


def _identifiable(
    distance: Estimate, anywhere: Spots, reached: Reached, probability: Floats, stretches: Sequence[Stretch]
) -> tuple[bool, list[str]]:
    """Whether the place was located, and if not, why."""
    doubt = float((probability * reached.doubt).sum())
    notes: list[str] = []
    if not stretches and doubt > CALIBRATED:
        notes.append(note("one_section"))
        return False, notes
    prior = _quantiles(anywhere.km, anywhere.length_km)
    share = (distance.high - distance.low) / max(prior.high - prior.low, 1e-9)
    if share > TELLING:
        notes.append(note("not_located", share=f"{share:.0%}"))
        return False, notes
    return True, notes
