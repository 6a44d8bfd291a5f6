"""A river with tributaries, sections and outlets, and clouds on it whose truth is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clearbay.mine.network import Network, Permit, Place, Reaches, Site, build
from clearbay.mine.tracing import Curve, make_curve
from clearbay.mine.tracing.chain import Section
from clearbay.mine.tracing.literature import width
from clearbay.mine.tracing.pulse import _HEIGHT, _TIME
from clearbay.model.text import LANGUAGES

MODE = float(_TIME[_HEIGHT.argmax()])
STEMS = 40


def river(*, velocity: float = 0.4, spread: float = 0.42) -> Network:
    """A main stem of 40 reaches of 2 km (s0 the lowest), a tributary of 15 joining at s10, another of 10 at s20."""
    ids = [f"s{at}" for at in range(STEMS)] + [f"a{at}" for at in range(15)] + [f"b{at}" for at in range(10)]
    below = [at - 1 for at in range(STEMS)]
    below += [10] + [STEMS + at for at in range(14)]
    below += [20] + [STEMS + 15 + at for at in range(9)]
    count = len(ids)
    flow = np.array([30.0 - 0.5 * at for at in range(STEMS)] + [6.0 - 0.3 * at for at in range(15)] + [4.0] * 10)
    linked = np.flatnonzero(np.array(below) >= 0).astype(np.int32)
    given = Reaches(
        id=pa.array(ids),
        length_km=np.full(count, 2.0),
        link_from=linked,
        link_to=np.array(below, dtype=np.int32)[linked],
        discharge=flow,
        slope=np.full(count, 1e-3),
        velocity=np.full(count, velocity),
        basis=np.full(count, 1, dtype=np.int8),
        area_km2=flow / 0.02,
        river=pa.array([""] * count),
    )
    return build(given, spread=np.full(count, spread))


def site(network: Network, name: str, kind: str, reach: str, below: float = 1.0, **more: object) -> Site:
    """A site on a reach."""
    words = dict.fromkeys(LANGUAGES, name)
    return Site(name, kind, words, 113.0, 23.0, Place(network.find(reach), below), station=name, **more)  # type: ignore[arg-type]


def outlet(network: Network, name: str, reach: str, **usual: float) -> Site:
    """An outlet with a fingerprint and a permit of 5000 m3 a day."""
    return site(network, name, "outlet", reach, 1.0, fingerprint=usual, permit=Permit(5000.0, {}))


def cloud(
    network: Network,
    at: Site,
    source: Site,
    *,
    release_h: float = 40.0,
    speed: float = 1.0,
    mass: float = 2e5,
    lasting_h: float = 0.0,
    level: float = 0.3,
    noise: float = 0.01,
    until_h: float = 120.0,
    seed: int = 0,
) -> Section:
    """A section's hourly record: a background and, if the source lies above it, the cloud the regressions would make.

    ``speed`` is the true velocity over the network's.
    """
    from clearbay.mine.tracing.chain import leads_past, main_way

    hours = np.arange(0.0, until_h)
    rng = np.random.default_rng((seed, at.place.reach))
    value = level * (1.0 + noise * rng.standard_normal(len(hours)))
    if leads_past(network, source.place, at.place):
        age = main_way(network, source.place, at.place)[0] / speed
        own = float(width(np.array(age)))
        fine = np.linspace(0, until_h, 20 * len(hours))
        step = fine[1] - fine[0]
        pulse = np.interp((fine - release_h - age) / own + MODE, _TIME, _HEIGHT, left=0.0, right=0.0) / own
        if lasting_h:
            count = max(round(lasting_h / step), 1)
            pulse = np.convolve(pulse, np.full(count, 1.0 / count))[: len(fine)]
        value = value + mass / 3600.0 / float(network.discharge[at.place.reach]) * np.interp(hours, fine, pulse)
    return Section(at, make_curve(at.id, 0.0, float("nan"), hours, value))


def quiet(network: Network, at: Site, *, hours: int = 120) -> Curve:
    """A record in which nothing happens."""
    return cloud(network, at, site(network, "below", "outlet", "s0", 0.1), until_h=hours).curve
