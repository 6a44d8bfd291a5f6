"""Random incidents on the generated basin: an outlet discharges, and the sections below see what reaches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.network.basin import GeneratedBasin
from clearbay.mine.network.network import Network
from clearbay.mine.network.order import accumulated
from clearbay.mine.network.plume import Channel, channel_of, passing
from clearbay.mine.network.queries import Place, downstream, upstream
from clearbay.mine.network.sites import Site

Floats = NDArray[np.float64]

BACKGROUND: Mapping[str, float] = {
    "NH3N": 0.25,
    "TP": 0.06,
    "TN": 1.2,
    "CODCr": 9.0,
    "Cu": 0.006,
    "Zn": 0.02,
    "VPhenol": 0.001,
}
"""What the sections measure, and the level (mg/L) about which it wanders on an ordinary day."""
STEP_S = 600.0
BEFORE_H, PERIOD = 240.0, 6144
"""Hours of record before the release, and steps of ten minutes of one run: 42 days."""
EVERY_H = 1.0
NOISE, WANDER = 0.03, 0.08
ALARM = 2.5
"""Times its own level at which a section raises an alarm."""
COVERED = 0.75
"""Part of the peak to which the first section must have fallen again before the incident is traced."""
OVER, MOST_H = 0.1, 120.0
"""Part of the peak to which every alarmed section has fallen when all is over; hours after which it is anyway."""


@dataclass(frozen=True)
class Incident:
    """The truth, and what was seen.

    ``start_h`` on the clock of ``time_h``; ``mass_g`` of ``code``, the property that raised the alarm at ``alarm`` at
    ``alarm_h``; ``series`` by section and property (mg/L), until ``until_h``.
    """

    outlet: Site
    start_h: float
    duration_h: float
    mass_g: Mapping[str, float]
    code: str
    alarm: str
    alarm_h: float
    until_h: float
    distance_km: float
    time_h: Floats
    series: Mapping[str, Mapping[str, Floats]]
    channel: Channel


class World:
    """The generated basin with its sites, in which things happen."""

    def __init__(self, basin: GeneratedBasin, sites: Sequence[Site]) -> None:
        self.basin, self.sites = basin, sites
        self.sections = [site for site in sites if site.kind == "section"]
        self.outlets = [site for site in sites if site.kind == "outlet"]
        self._here: dict[int, list[Site]] = {}
        for site in self.sections:
            self._here.setdefault(site.place.reach, []).append(site)

    def below(self, place: Place, most_km: float) -> list[tuple[Site, list[tuple[int, float]]]]:
        """Sections down the main way, each with the way there: reaches and the km travelled on each."""
        network = self.basin.network
        at, left = place.reach, place.below_km
        way: list[tuple[int, float]] = []
        found: list[tuple[Site, list[tuple[int, float]]]] = []
        gone = 0.0
        while at >= 0 and gone < most_km:
            for site in sorted(self._here.get(at, ()), key=lambda one: -one.place.below_km):
                if site.place.below_km <= left:
                    found.append((site, [*way, (at, left - site.place.below_km)]))
            way.append((at, left))
            gone += left
            at = int(network.main[at])
            left = float(network.length_km[at]) if at >= 0 else 0.0
        return found

    def concerned(self, incident: Incident, km: float = 250.0) -> list[Site]:
        """The sections whose values matter to an incident: those above the alarm's and on its way down."""
        place = next(site.place for site in self.sections if site.id == incident.alarm)
        network = self.basin.network
        wanted = {*upstream(network, place).reach.tolist(), *downstream(network, place, km).reach.tolist()}
        return [site for site in self.sections if site.place.reach in wanted]

    def incident(
        self, seed: int, *, outlet: Site | None = None, most_km: float = 250.0, whole: bool = False
    ) -> Incident | None:
        """One random incident; None where no section would raise an alarm. The same for the same number.

        The record ends when the first section has seen the crest; ``whole``: when all is over at all sections.
        """
        rng = np.random.default_rng((20_261, seed))
        network = self.basin.network
        source = outlet or self.outlets[int(rng.integers(len(self.outlets)))]
        channel = channel_of(rng, self.basin.true_velocity, network.discharge, network.slope)
        duration = float(np.clip(np.exp(rng.normal(np.log(2.5), 0.8)), 0.2, 12.0))
        days = float(np.exp(rng.normal(np.log(0.8), 1.0)))
        mass = {
            code: source.permit.flow_m3_day * days * usual * float(np.exp(0.4 * rng.standard_normal()))
            for code, usual in source.fingerprint.items()
        }
        loss = {code: float(rng.choice([0.0, 0.003, 0.01])) for code in mass}
        start = BEFORE_H + float(rng.uniform(0, 12))
        clock = np.arange(PERIOD) * STEP_S / 3600.0
        shape = np.clip(np.minimum(clock + STEP_S / 3600.0, start + duration) - np.maximum(clock, start), 0.0, None)
        shape = shape / (shape.sum() * STEP_S)
        ways = self.below(source.place, most_km)
        if not ways:
            return None
        hourly = np.arange(0.0, clock[-1], EVERY_H)
        clouds: dict[str, dict[str, Floats]] = {}
        for site, way in ways[:6]:
            reaches = np.array([at for at, _ in way])
            length = np.array([km for _, km in way])
            part = Channel(*(getattr(channel, name)[reaches] for name in Channel.__dataclass_fields__))
            for code, grams in mass.items():
                if code in BACKGROUND:
                    flux = passing(length, part, shape * grams, STEP_S, loss_h=loss[code])
                    level = np.interp(hourly, clock, flux) / float(network.discharge[site.place.reach])
                    clouds.setdefault(site.id, {})[code] = level
        first, code, when = self._alarm(clouds, [site.id for site, _ in ways[:6]], hourly)
        if first is None:
            return None
        cloud = clouds[first][code]
        top = int(cloud.argmax())
        fallen = np.flatnonzero((np.arange(len(cloud)) > top) & (cloud < COVERED * cloud[top]))
        until = float(hourly[fallen[0]]) + 3.0 if len(fallen) else float(hourly[-1])
        if whole:
            until = max(until, self._over(clouds, code, hourly, start))
        keep = hourly <= until
        series = {
            site.id: {
                key: self._measured(rng, level, hourly, clouds.get(site.id, {}).get(key))[keep]
                for key, level in BACKGROUND.items()
            }
            for site in self.sections
        }
        way = next(way for site, way in ways if site.id == first)
        return Incident(
            source,
            start,
            duration,
            mass,
            code,
            first,
            when,
            until,
            float(sum(km for _, km in way)),
            hourly[keep],
            series,
            channel,
        )

    def _alarm(
        self, clouds: Mapping[str, Mapping[str, Floats]], order: Sequence[str], hourly: Floats
    ) -> tuple[str | None, str, float]:
        """The uppermost section where any property passes its alarm, and the one that does so most."""
        for name in order:
            ratio = {
                code: float(cloud.max()) / ((ALARM - 1.0) * BACKGROUND[code])
                for code, cloud in clouds.get(name, {}).items()
            }
            code = max(ratio, key=lambda key: ratio[key], default="")
            if code and ratio[code] > 1.0:
                over = clouds[name][code] > (ALARM - 1.0) * BACKGROUND[code]
                return name, code, float(hourly[int(over.argmax())])
        return None, "", 0.0

    @staticmethod
    def _over(clouds: Mapping[str, Mapping[str, Floats]], code: str, hourly: Floats, start: float) -> float:
        """The hour at which the cloud has left every section that it alarmed."""
        last = start
        for levels in clouds.values():
            cloud = levels[code]
            if cloud.max() > (ALARM - 1.0) * BACKGROUND[code]:
                high = np.flatnonzero(cloud > max(OVER * float(cloud.max()), 0.5 * BACKGROUND[code]))
                last = max(last, float(hourly[high[-1]]) + 18.0)
        return min(last, start + MOST_H, float(hourly[-1]))

    @staticmethod
    def _measured(rng: np.random.Generator, level: float, hourly: Floats, cloud: Floats | None) -> Floats:
        """Hourly values: a wandering background, the cloud, the noise of the instrument."""
        steps = rng.standard_normal(len(hourly))
        wander = np.empty(len(hourly))
        state = float(steps[0])
        for at, step in enumerate(steps.tolist()):
            state = 0.95 * state + 0.3122 * step
            wander[at] = state
        value = level * np.exp(WANDER * wander)
        if cloud is not None:
            value = value + cloud
        noisy: Floats = value * (1.0 + NOISE * rng.standard_normal(len(hourly)))
        return noisy


def calibrated(network: Network, channel: Channel, rng: np.random.Generator, *, spread: float = 0.10) -> Network:
    """The network with travel times of the day known within ``spread``, all off together."""
    velocity = channel.carried * float(np.exp(spread * rng.standard_normal()))
    hours = network.length_km / velocity / 3.6
    doubt = np.full(len(hours), spread)
    return replace(
        network,
        velocity=velocity,
        basis=np.full(len(hours), 2, dtype=np.int8),
        spread=doubt,
        mouth_h=accumulated(network.main, hours),
        mouth_doubt=accumulated(network.main, hours * doubt),
    )
