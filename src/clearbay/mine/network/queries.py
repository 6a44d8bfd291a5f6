"""What lies upstream and downstream of a place, how far, and how many hours of travel away."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    splits = set(network.splits.tolist())
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


@dataclass(frozen=True)
class _Range:
    """A range of reaches that one way reaches: what is added to their sums to the mouth to count from the place."""

    start: int
    stop: int
    km: float
    hours: float
    doubt: float


def _by_arms(
    network: Network, place: Place, near_km: Floats, near_h: Floats, doubt_h: Floats
) -> tuple[Index, Floats, Floats, Floats, Floats]:
    """The columns of ``Reached`` with what comes by side arms too, from those of the main ways."""
    ranges = _ranges(network, place)
    if len(ranges) == 1:
        reach = np.arange(place.reach, int(network.last[place.reach]), dtype=np.int32)
        return reach, near_km, near_h, doubt_h, _shares(network, place.reach, ranges, reach, near_km)
    rows = [np.arange(one.start, one.stop, dtype=np.int32) for one in ranges[1:]]
    reach = np.concatenate([np.arange(place.reach, int(network.last[place.reach]), dtype=np.int32), *rows])
    km = np.concatenate([near_km, *(network.mouth_km[one.start : one.stop] + one.km for one in ranges[1:])])
    hours = np.concatenate([near_h, *(network.mouth_h[one.start : one.stop] + one.hours for one in ranges[1:])])
    doubt = np.concatenate([doubt_h, *(network.mouth_doubt[one.start : one.stop] + one.doubt for one in ranges[1:])])
    return reach, km, hours, doubt, _shares(network, place.reach, ranges, reach, km)


def _ranges(network: Network, place: Place) -> list[_Range]:
    """The ranges that reach the place, its own first, then by the shortest way through a side arm."""
    at = place.reach
    part = place.below_km / float(network.length_km[at])
    own = network.hours(at) * part
    main = _Range(
        at,
        int(network.last[at]),
        -float(network.mouth_km[at]) - place.below_km,
        -float(network.mouth_h[at]) - own,
        -float(network.mouth_doubt[at]) - own * float(network.spread[at]),
    )
    found = [main]
    starts = [main.start]  # sorted, with the ranges in the same order
    inside = [main]

    def holder(reach: int) -> _Range | None:
        k = bisect_right(starts, reach) - 1
        return inside[k] if k >= 0 and reach < inside[k].stop else None

    heap: list[tuple[float, int]] = []

    def push(one: _Range) -> None:
        low, high = np.searchsorted(network.side_to, (one.start, one.stop)).tolist()
        begins = network.side_from[low:high]
        # Most arms come back to the range that they left: those are not looked at one by one.
        for offset in np.flatnonzero((begins < one.start) | (begins >= one.stop)).tolist():
            link = low + offset
            if holder(int(network.side_from[link])) is None:
                into = int(network.side_to[link])
                # From the place to the upper end of the reach that the arm runs into.
                whole = float(network.length_km[into])
                heapq.heappush(heap, (float(network.mouth_km[into]) + one.km + whole, link))

    push(main)
    while heap:
        far, link = heapq.heappop(heap)
        start, into = int(network.side_from[link]), int(network.side_to[link])
        if holder(start) is not None:
            continue
        below = holder(into)
        assert below is not None
        hours = network.hours(into)
        offset = (
            far - float(network.mouth_km[start]),
            float(network.mouth_h[into]) + below.hours + hours - float(network.mouth_h[start]),
            float(network.mouth_doubt[into])
            + below.doubt
            + hours * float(network.spread[into])
            - float(network.mouth_doubt[start]),
        )
        # What of that range is not reached yet, in the gaps between those that are.
        low, stop = start, int(network.last[start])
        k = bisect_right(starts, low)
        fresh = []
        while low < stop:
            edge = min(starts[k], stop) if k < len(starts) else stop
            if low < edge:
                fresh.append(_Range(low, edge, *offset))
            if k >= len(starts):
                break
            low = max(edge, inside[k].stop)
            k += 1
        for one in fresh:
            k = bisect_right(starts, one.start)
            starts.insert(k, one.start)
            inside.insert(k, one)
        found += fresh
        for one in fresh:
            push(one)
    return found


def _shares(network: Network, at: int, ranges: list[_Range], reach: Index, km: Floats) -> Floats:
    """The part of each reach's water that comes to the place: below a bifurcation that of its arms together."""
    known, arms = network.splits, network.arms
    edges = np.array(sorted((one.start, one.stop) for one in ranges))
    low, high = np.searchsorted(known, edges.T)
    numbers = np.concatenate([np.arange(*span) for span in zip(low.tolist(), high.tolist(), strict=True)])
    numbers = numbers[known[numbers] != at]
    splits = known[numbers]
    chosen = np.repeat(arms.start[numbers], arms.counts[numbers]) + _within(arms.counts[numbers])
    arm, split = arms.target[chosen], np.repeat(np.arange(len(numbers)), arms.counts[numbers])
    place = np.searchsorted(edges[:, 0], arm, side="right") - 1
    reached = (place >= 0) & (arm < edges[np.maximum(place, 0), 1])
    share = np.ones(len(reach))
    if reached.all():  # whatever parts comes together again
        return share
    local = np.full(len(known) + 1, -1)
    local[numbers] = np.arange(len(numbers))
    positions, governors = _governed(splits, network.last[splits], local[network.split_below[numbers]])
    governor = governors[np.searchsorted(positions, arm, side="right") - 1]
    part = np.where(reached, network.arm_part[chosen], 0.0)
    sort = np.argsort(reach, kind="stable") if len(ranges) > 1 else None
    sorted_ = reach if sort is None else reach[sort]
    found = np.searchsorted(sorted_, splits)
    value = _values(split, governor, part, km[found if sort is None else sort[found]])
    value = np.append(value, 1.0)  # where nothing parts below
    bounds = np.searchsorted(sorted_, positions)
    share_sorted = np.repeat(value[governors], np.diff(np.append(bounds, len(sorted_))))
    if sort is None:
        return share_sorted
    share[sort] = share_sorted
    return share


def _within(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2 within each of the stretches laid end to end."""
    return np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _governed(splits: Index, last: Index, below: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """From which reach on which bifurcation is the next below (-1: none), in the order of reaches, from 0 on.

    Each governs the range of its main way, from its own number up to ``last``; ``below`` is the one around it.
    """
    count = len(splits)
    position = np.concatenate([[0], last, splits]).astype(np.int64)
    value = np.concatenate([[-1], below, np.arange(count)])
    # At one place the ends come first, from the inside out, and what begins there comes last.
    rank = np.concatenate([[-count - 1], -np.arange(count), np.arange(1, count + 1)])
    order = np.lexsort((rank, position))
    position, value = position[order], value[order]
    final = np.append(position[1:] != position[:-1], True)
    return position[final], value[final]


def _values(split: NDArray[np.int64], governor: NDArray[np.int64], part: Floats, km: Floats) -> Floats:
    """The part of each bifurcation's water that comes to the place, from that of its arms: ``split``, ``governor`` and
    ``part`` have a row an arm, ``km`` one a bifurcation."""
    count = len(km)
    order = np.argsort(km, kind="stable")  # from below upwards
    turn = np.empty(count + 1, dtype=np.int64)
    turn[order], turn[count] = np.arange(count), -1
    settled = bool((turn[governor] < turn[split]).all())
    rows = np.argsort(turn[split], kind="stable")
    value = [1.0] * (count + 1)
    entries = list(zip(split[rows].tolist(), governor[rows].tolist(), part[rows].tolist(), strict=True))
    # Again until an arm that leads to a place further up has settled.
    for _ in range(1 if settled else 20):
        change, at, total = 0.0, -1, 0.0
        for one, below, share in entries:
            if one != at:
                if at >= 0:
                    change = max(change, abs(total - value[at]))
                    value[at] = total
                at, total = one, 0.0
            total += share * value[below]
        if at >= 0:
            change = max(change, abs(total - value[at]))
            value[at] = total
        if change < 1e-9:
            break
    return np.array(value[:count])
