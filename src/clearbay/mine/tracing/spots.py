"""Places a release may have come from, and how well the curves' age of the cloud fits the way from each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.network import Network, Place, Reached, Site
from clearbay.mine.tracing.celerity import KMH
from clearbay.mine.tracing.chain import Section, leads_past, main_way
from clearbay.mine.tracing.posterior import Estimate
from clearbay.mine.tracing.pulse import Pulse
from clearbay.mine.tracing.ways import Stretch, corrected

Floats = NDArray[np.float64]

MISSED = float(np.log(0.01))
"""Log-probability that a working section with samples in time misses a cloud that it could have seen."""
NORMAL_90 = 1.645


@dataclass(frozen=True)
class Spots:
    """Places upstream: reach, km above its lower end, km and hours to the section, spread of the hours' logarithm,
    and the length (km) over which the place is uncertain: a reach's for "somewhere on it", 0 for an outlet."""

    reach: NDArray[np.int32]
    below_km: Floats
    km: Floats
    hours: Floats
    doubt: Floats
    length_km: Floats

    def __len__(self) -> int:
        return len(self.reach)


def spots_of_reaches(network: Network, place: Place, reached: Reached) -> Spots:
    """One spot in the middle of each reach; of the section's own reach only what lies above the section."""
    length = network.length_km[reached.reach].copy()
    below = 0.5 * length
    length[0] -= place.below_km
    below[0] = place.below_km + 0.5 * length[0]
    hours = length / network.velocity[reached.reach] / KMH
    return Spots(
        reached.reach,
        below,
        reached.near_km + 0.5 * length,
        reached.near_h + 0.5 * hours,
        reached.doubt,
        np.maximum(length, 1e-6),
    )


def spots_of_sites(network: Network, place: Place, reached: Reached, sites: Sequence[Site]) -> tuple[Spots, list[int]]:
    """Spots of the sites whose water comes by, and their numbers in ``sites``."""
    row = np.full(len(network), -1, dtype=np.int64)
    row[reached.reach] = np.arange(len(reached))
    reach = np.array([site.place.reach for site in sites], dtype=np.int32)
    below = np.array([site.place.below_km for site in sites], dtype=float)
    within = below - np.where(reach == place.reach, place.below_km, 0.0)
    keep = np.flatnonzero((row[reach] >= 0) & (within >= 0)) if len(sites) else np.zeros(0, dtype=int)
    reach, below, within = reach[keep], below[keep], within[keep]
    at = row[reach]
    hours = within / network.velocity[reach] / KMH
    spots = Spots(
        reach, below, reached.near_km[at] + within, reached.near_h[at] + hours, reached.doubt[at], np.zeros(len(keep))
    )
    return spots, keep.tolist()


class Ways:
    """Travel times to the uppermost section, corrected by the stretches whose velocity was seen."""

    def __init__(self, pulse: Pulse, stretches: Sequence[Stretch]) -> None:
        self._pulse, self._stretches = pulse, stretches

    def deviation(self, spots: Spots) -> tuple[Floats, Floats]:
        """Mean and variance of the deviation of the logarithm of the velocity on the way from each spot."""
        end = np.full(len(spots), self._pulse.distance_km)
        start = end - np.maximum(spots.km, 1e-3)
        return corrected(start, end, spots.doubt, self._stretches, self._pulse.discharge_m3s)

    def travel(self, spots: Spots) -> list[Estimate]:
        """Hours of travel from each spot."""
        mean, variance = self.deviation(spots)
        hours = spots.hours * np.exp(-mean)
        spread = np.exp(NORMAL_90 * np.sqrt(variance))
        return [
            Estimate(middle, middle / far, middle * far)
            for middle, far in zip(hours.tolist(), spread.tolist(), strict=True)
        ]

    def logs(self, spots: Spots, age: Floats, by_age: Floats, unseen: Sequence[Unseen]) -> Floats:
        """Log-weight of spots (rows) and ages (columns): the age's likelihood times its probability by the way."""
        mean, variance = self.deviation(spots)
        hours = np.maximum(spots.hours * np.exp(-mean), 1e-3)
        step = float(np.log(age[1] / age[0]))
        # Somewhere along a reach is uniform over its length; and no spot may fall between two lines of the grid.
        along = spots.length_km / np.maximum(spots.km, 1e-6)
        variance = np.maximum(variance + along**2 / 12.0, step**2)
        logs: Floats = (np.log(age)[None, :] - np.log(hours)[:, None]) ** 2
        logs *= -0.5 / variance[:, None]
        logs += by_age[None, :]
        logs += (np.log(step) - 0.5 * np.log(2.0 * np.pi * variance))[:, None]
        for one in unseen:
            one.apply(logs, spots, age)
        return logs


class Unseen:
    """A section above that saw nothing: spots from which the cloud would have passed it are all but shut out."""

    def __init__(self, network: Network, section: Section, top: Section, pulse: Pulse, watched: Floats) -> None:
        place = section.site.place
        self._watched = watched
        self._pulse = pulse
        self._place = place
        self._last = int(network.last[place.reach])
        self._hours = main_way(network, place, top.site.place)[0]
        self.counts = bool(
            len(watched) and leads_past(network, place, top.site.place) and _could_see(network, section, pulse)
        )

    def apply(self, logs: Floats, spots: Spots, age: Floats) -> None:
        """Add ``MISSED`` where the cloud would have passed between samples near enough to show it."""
        if not self.counts:
            return
        inside = (spots.reach > self._place.reach) & (spots.reach < self._last)
        inside |= (spots.reach == self._place.reach) & (spots.below_km > self._place.below_km)
        rows = np.flatnonzero(inside)
        if not len(rows):
            return
        part = np.clip(self._hours / np.maximum(spots.hours[rows], 1e-9), 0.0, 1.0)
        passing = self._pulse.peak_h - age[None, :] * part[:, None]
        at = np.searchsorted(self._watched, passing)
        after = self._watched[np.minimum(at, len(self._watched) - 1)]
        before = self._watched[np.maximum(at - 1, 0)]
        close = after - before < max(self._pulse.width_h, 0.5)
        seen = (at > 0) & (at < len(self._watched)) & close
        logs[rows] += np.where(seen, MISSED, 0.0)


def _could_see(network: Network, section: Section, pulse: Pulse) -> bool:
    """Whether the same dose, in the water there and no wider, would have stood out of the section's noise."""
    flow = section.curve.discharge_m3s
    if not np.isfinite(flow):
        flow = float(network.discharge[section.site.place.reach])
    value = section.curve.concentration
    if len(value) < 3 or not flow > 0:
        return False
    noise = float(1.4826 * np.median(np.abs(value - np.median(value))))
    return pulse.dose / (3600.0 * flow * pulse.width_h) > 5.0 * noise
