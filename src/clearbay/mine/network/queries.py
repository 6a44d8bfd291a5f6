"""What lies upstream and downstream of a place, how far, and how many hours of travel away."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass

import numpy as np

from clearbay.mine.network.csr import Index
from clearbay.mine.network.network import Floats, Network

INFINITE = float("inf")


@dataclass(frozen=True)
class Place:
    """A point on a network: the reach, and how far above its lower end (km)."""

    reach: int
    below_km: float = 0.0


@dataclass(frozen=True)
class Reached:
    """Reaches and the stretch between each and the place asked from.

    ``near_km``/``near_h``: to the end of the reach nearer to the place, 0 for the reach of the place itself;
    ``doubt`` is the spread of the logarithm of the travel time from what is known of the velocities (all of a way's
    velocities off together), ``share`` the part of the water (and of a release) that takes the way.
    """

    reach: Index
    near_km: Floats
    near_h: Floats
    doubt: Floats
    share: Floats

    def __len__(self) -> int:
        return len(self.reach)


def upstream(network: Network, place: Place, km: float = INFINITE) -> Reached:
    """Every reach from which water comes to the place, the reach of the place first.

    Main ways are a range of the network's order; what reaches the place by another arm of a bifurcation only is added
    by the shortest such way, and shares are then reckoned. Without bifurcations upstream nothing is searched at all.
    """
    at = place.reach
    end = int(network.last[at])
    part = place.below_km / float(network.length_km[at])
    own_h = network.hours(at) * part
    near_km = network.mouth_km[at:end] - (network.mouth_km[at] + place.below_km)
    near_h = network.mouth_h[at:end] - (network.mouth_h[at] + own_h)
    doubt_h = network.mouth_doubt[at:end] - (network.mouth_doubt[at] + own_h * network.spread[at])
    near_km[0] = near_h[0] = doubt_h[0] = 0.0
    reach = np.arange(at, end, dtype=np.int32)
    share = np.ones(end - at)
    if len(network.side_from) and _arms_within(network, at, end):
        reach, near_km, near_h, doubt_h, share = _by_arms(network, place, near_km, near_h, doubt_h)
    if km < INFINITE:
        keep = near_km <= km
        reach, near_km, near_h, doubt_h, share = (
            reach[keep],
            near_km[keep],
            near_h[keep],
            doubt_h[keep],
            share[keep],
        )
    return Reached(reach, near_km, near_h, _spread(network, reach, near_h, doubt_h), share)


def downstream(network: Network, place: Place, km: float = INFINITE) -> Reached:
    """Every reach that water from the place runs to, its own first, main arms before side arms."""
    own = network.hours(place.reach) * place.below_km / float(network.length_km[place.reach])
    # For each reach: km, hours and doubt from the place to its lower end.
    far = {place.reach: (place.below_km, own, own * float(network.spread[place.reach]))}
    near = {place.reach: (0.0, 0.0, 0.0)}
    splits = set(network.side_from.tolist())
    sides: deque[tuple[int, int]] = deque()
    at = place.reach
    while True:
        if at in splits:
            sides += [(at, int(arm)) for arm in network.down.row(at)[1:]]
        below = int(network.main[at])
        while below < 0 or below in far or far[at][0] > km:
            if not sides:
                break
            at, below = sides.popleft()
        else:
            near[below] = far[at]
            hours = network.hours(below)
            steps = (float(network.length_km[below]), hours, hours * float(network.spread[below]))
            far[below] = (far[at][0] + steps[0], far[at][1] + steps[1], far[at][2] + steps[2])
            at = below
            continue
        break
    reach = np.fromiter(near, dtype=np.int32, count=len(near))
    columns = np.array(list(near.values()))
    spread = _spread(network, reach, columns[:, 1], columns[:, 2])
    return Reached(reach, columns[:, 0], columns[:, 1], spread, _carried(network, place.reach, reach, splits))


def _carried(network: Network, start: int, reach: Index, splits: set[int]) -> Floats:
    """The part of the water at ``start`` that each reach below it carries: arms add up again where they meet."""
    if splits.isdisjoint(reach.tolist()):
        return np.ones(len(reach))
    inside = set(reach.tolist())
    arms = {at: [arm for arm in network.down.row(at).tolist() if arm in inside] for at in inside}
    waiting = dict.fromkeys(inside, 0)
    for below in arms.values():
        for arm in below:
            waiting[arm] += 1
    part = dict.fromkeys(inside, 0.0) | {start: 1.0}
    free = [at for at, number in waiting.items() if number == 0]
    while free:
        at = free.pop()
        for arm in arms[at]:
            part[arm] += part[at] * network.share.get((at, arm), 1.0)
            waiting[arm] -= 1
            if waiting[arm] == 0:
                free.append(arm)
    return np.array([part[at] for at in reach.tolist()])


def _spread(network: Network, reach: Index, hours: Floats, doubt_h: Floats) -> Floats:
    own = network.spread[reach]
    value: Floats = np.divide(doubt_h, hours, out=own.copy(), where=hours > 0)
    return value


def _arms_within(network: Network, start: int, end: int) -> bool:
    """Whether any bifurcation touches a range of reaches: a side link leads into it, or out of it."""
    low, high = np.searchsorted(network.side_to, (start, end))
    return bool(high > low or np.any((network.side_from >= start) & (network.side_from < end)))


def _by_arms(
    network: Network, place: Place, near_km: Floats, near_h: Floats, doubt_h: Floats
) -> tuple[Index, Floats, Floats, Floats, Floats]:
    """The columns of ``Reached`` with what comes by side arms too, from those of the main ways."""
    at, end = place.reach, int(network.last[place.reach])
    count = len(network)
    km = np.full(count, np.nan)
    hours, doubt = np.zeros(count), np.zeros(count)
    km[at:end], hours[at:end], doubt[at:end] = near_km, near_h, doubt_h
    heap: list[tuple[float, int]] = []

    def push(start: int, stop: int) -> None:
        low, high = np.searchsorted(network.side_to, (start, stop))
        for link in range(int(low), int(high)):
            into = int(network.side_to[link])
            if np.isnan(km[into]) or not np.isnan(km[network.side_from[link]]):
                continue
            own = float(network.length_km[into]) - (place.below_km if into == at else 0.0)
            heapq.heappush(heap, (float(km[into]) + own, link))

    push(at, end)
    while heap:
        far, link = heapq.heappop(heap)
        start, into = int(network.side_from[link]), int(network.side_to[link])
        if not np.isnan(km[start]):
            continue
        stop = int(network.last[start])
        fresh = start + np.flatnonzero(np.isnan(km[start:stop]))
        through = network.hours(into) * (1.0 - (place.below_km / float(network.length_km[into]) if into == at else 0.0))
        km[fresh] = far + network.mouth_km[fresh] - network.mouth_km[start]
        hours[fresh] = hours[into] + through + network.mouth_h[fresh] - network.mouth_h[start]
        doubt[fresh] = (
            doubt[into]
            + through * float(network.spread[into])
            + network.mouth_doubt[fresh]
            - network.mouth_doubt[start]
        )
        push(start, stop)
    reach = np.flatnonzero(~np.isnan(km)).astype(np.int32)
    share = np.where(np.isnan(km), 0.0, 1.0)
    splits = np.unique(network.side_from)
    splits = splits[~np.isnan(km[splits])]
    splits = splits[np.argsort(km[splits], kind="stable")]
    splits = splits[splits != at]
    # Twice: a side arm may lead to a place that is further by the main way and so comes later in this order.
    for _ in range(2):
        for split in splits.tolist():
            part = sum(network.share[split, arm] * share[arm] for arm in network.down.row(split).tolist())
            share[split : int(network.last[split])] = part
    share = np.where(np.isnan(km), 0.0, share)
    first = reach != at
    order = np.concatenate([[at], reach[first]]).astype(np.int32)
    return order, km[order], hours[order], doubt[order], share[order]
