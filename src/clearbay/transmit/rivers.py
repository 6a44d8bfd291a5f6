"""Which sections of a home lie on one way of the water, and how far apart: for telling neighbours by the river."""

from __future__ import annotations

import math
import threading
import time as clock
from dataclasses import dataclass

from clearbay.mine.network import Network, Place, downstream, from_tables
from clearbay.model.errors import ClearbayError
from clearbay.store import Home
from clearbay.store.network import Networks

FAR_KM = 150.0
"""How far down the water is looked for another section."""
_AGAIN_S = 60.0
"""Seconds after which it is asked whether somebody has brought another network."""

Apart = tuple[float, float]
"""Km and hours of travel along the water; infinite where no water runs from the one to the other."""


@dataclass(slots=True)
class _River:
    name: str
    version: int
    network: Network
    places: dict[str, Place]


class Rivers:
    """The networks of a home, as far as neighbours need them. Safe to share between threads.

    A home without networks costs one small query a minute.
    """

    def __init__(self, home: Home) -> None:
        self._networks = Networks(home)
        self._rivers: list[_River] = []
        self._known: dict[tuple[str, str], Apart | None] = {}
        self._asked = -math.inf
        self._lock = threading.Lock()

    def between(self, one: str, other: str) -> Apart | None:
        """How far two stations are apart along the water, whichever is above; None where a network does not know both.

        Infinite where both are on one network and no water runs from the one to the other.
        """
        with self._lock:
            self._renew()
            if not self._rivers:
                return None
            key = (one, other) if one < other else (other, one)
            if key not in self._known:
                if len(self._known) > 100_000:
                    self._known.clear()
                self._known[key] = self._measured(*key)
            return self._known[key]

    def _measured(self, one: str, other: str) -> Apart | None:
        for river in self._rivers:
            here, there = river.places.get(one), river.places.get(other)
            if here is not None and there is not None:
                return min(_down(river.network, here, there), _down(river.network, there, here))
        return None

    def _renew(self) -> None:
        if clock.monotonic() - self._asked < _AGAIN_S:
            return
        self._asked = clock.monotonic()
        try:
            records = self._networks.every()
            if [(one.id, one.version) for one in records] == [(one.name, one.version) for one in self._rivers]:
                return
            old = {(one.name, one.version): one for one in self._rivers}
            self._rivers = [
                old.get((record.id, record.version)) or self._read(record.id, record.version) for record in records
            ]
            self._known.clear()
        except ClearbayError:
            return  # another moment; meanwhile neighbours are told by what is known

    def _read(self, name: str, version: int) -> _River:
        network = from_tables(self._networks.tables(self._networks.record(name)))
        rows = {id: at for at, id in enumerate(network.id.to_pylist())}
        places = {
            site.station: Place(rows[site.reach], site.below_km)
            for site in self._networks.sites(name)
            if site.station is not None and site.reach in rows
        }
        return _River(name, version, network, places)


def _down(network: Network, above: Place, below: Place) -> Apart:
    """Km and hours from a place to one below it."""
    if above.reach == below.reach:
        km = above.below_km - below.below_km
        return (km, network.hours(above.reach) * km / float(network.length_km[above.reach])) if km >= 0 else _NEVER
    way = downstream(network, above, FAR_KM)
    at = (way.reach == below.reach).nonzero()[0]
    if not len(at):
        return _NEVER
    rest = float(network.length_km[below.reach]) - below.below_km
    km = float(way.near_km[at[0]]) + rest
    part = rest / float(network.length_km[below.reach])
    return km, float(way.near_h[at[0]]) + network.hours(below.reach) * part


_NEVER: Apart = (math.inf, math.inf)
