"""A river network in memory: reaches, the two matrices of their links, and sums along the way to the mouth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clearbay.mine.network.csr import Csr, Index, make_csr
from clearbay.mine.network.order import accumulated, depth_first, opened_loops
from clearbay.mine.network.velocity import SPREADS, filled_velocity
from clearbay.model.errors import BadInput, UnknownName

Floats = NDArray[np.float64]
NAMED = 3
"""How many reaches a warning names before it only counts."""


@dataclass(frozen=True)
class Reaches:
    """What a file says of its reaches, in its own order; links as pairs of row numbers. Missing numbers are NaN."""

    id: pa.Array
    length_km: Floats
    link_from: Index
    link_to: Index
    discharge: Floats
    slope: Floats
    velocity: Floats
    basis: NDArray[np.int8]
    area_km2: Floats
    river: pa.Array
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """Reaches in depth-first order from the mouths (see ``order``).

    ``main`` is the reach below (-1: mouth), ``last`` the end of the range of reaches whose main way runs through each.
    ``mouth_km`` and ``mouth_h`` count from a reach's lower end to its mouth, ``mouth_doubt`` is the same sum of hours
    times ``spread``, that of the velocity's logarithm: all three of a stretch are differences. ``side_from`` and
    ``side_to`` are the links that are not main ones, in the order of ``side_to``; ``row`` is each reach's row in the
    file.
    """

    id: pa.Array
    river: pa.Array
    length_km: Floats
    discharge: Floats
    slope: Floats
    velocity: Floats
    basis: NDArray[np.int8]
    spread: Floats
    area_km2: Floats
    main: Index
    last: Index
    mouth_km: Floats
    mouth_h: Floats
    mouth_doubt: Floats
    side_from: Index
    side_to: Index
    row: Index
    warnings: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.main)

    def hours(self, at: int) -> float:
        """Time of travel through a reach."""
        return float(self.length_km[at] / self.velocity[at] / 3.6)

    @cached_property
    def down(self) -> Csr:
        """For each reach, the reaches below it; the main one first."""
        linked = np.flatnonzero(self.main >= 0)
        return make_csr(
            len(self), np.concatenate([linked, self.side_from]), np.concatenate([self.main[linked], self.side_to])
        )

    @cached_property
    def up(self) -> Csr:
        """For each reach, the reaches above it."""
        linked = np.flatnonzero(self.main >= 0)
        return make_csr(
            len(self), np.concatenate([self.main[linked], self.side_to]), np.concatenate([linked, self.side_from])
        )

    @cached_property
    def splits(self) -> Index:
        """The reaches below which the water parts."""
        return np.unique(self.side_from)

    @cached_property
    def arms(self) -> Csr:
        """For each of ``splits``, by its number in them, the reaches below it; the main one first."""
        splits = self.splits
        linked = np.flatnonzero(self.main[splits] >= 0)
        return make_csr(
            len(splits),
            np.concatenate([linked, np.searchsorted(splits, self.side_from)]),
            np.concatenate([self.main[splits[linked]], self.side_to]),
        )

    @cached_property
    def arm_part(self) -> Floats:
        """Part of a reach's water that takes each of its ``arms``: by the discharge below."""
        arms = self.arms
        flow = self.discharge[arms.target].astype(np.float64)
        split = np.repeat(np.arange(len(self.splits)), arms.counts)
        known = np.bincount(split, np.isfinite(flow), len(self.splits)) == arms.counts
        known &= np.bincount(split, np.nan_to_num(flow), len(self.splits)) > 0
        flow = np.where(known[split], flow, 1.0)
        return flow / np.bincount(split, flow, len(self.splits))[split]

    @cached_property
    def split_below(self) -> NDArray[np.int64]:
        """For each of ``splits`` the number of the next one below it on its main way, -1 where there is none."""
        last = self.last[self.splits].tolist()
        below: list[int] = []
        around: list[int] = []
        for number, at in enumerate(self.splits.tolist()):
            while around and last[around[-1]] <= at:
                around.pop()
            below.append(around[-1] if around else -1)
            around.append(number)
        return np.array(below, dtype=np.int64)

    @cached_property
    def share(self) -> dict[tuple[int, int], float]:
        """Part of a reach's water that takes each of its links, where it has several."""
        pairs = zip(np.repeat(self.splits, self.arms.counts).tolist(), self.arms.target.tolist(), strict=True)
        return dict(zip(pairs, self.arm_part.tolist(), strict=True))

    def find(self, name: str) -> int:
        """The place of a reach by its id; UnknownName where there is none."""
        at = pc.index(self.id, pa.scalar(name, self.id.type)).as_py()
        if at < 0:
            raise UnknownName(f"no reach {name!r} in this network", mend="ids are those of the file it came from")
        return int(at)

    def name(self, at: int) -> str:
        """The id of a reach."""
        return str(self.id[int(at)])


def build(given: Reaches, *, spread: Floats | None = None) -> Network:
    """Order the reaches, open loops, choose main arms, fill velocities and sum along the ways.

    The main arm of a bifurcation is the one with the larger discharge, then the larger drainage area, then the one
    given first. ``spread`` overrides the doubt of each velocity (of its logarithm). Raises BadInput for an empty
    network, a link to itself alone, or a length that is not positive.
    """
    count = len(given.length_km)
    if not count:
        raise BadInput("there is not one reach in it", mend="give lines: one a reach")
    bad = np.flatnonzero(~(np.isfinite(given.length_km) & (given.length_km > 0)))
    if len(bad):
        raise BadInput(
            f"{len(bad)} reaches have no positive length (the first: {given.id[int(bad[0])]})",
            mend="give a length in km, or a line of at least two different points",
        )
    warnings = list(given.warnings)
    size = np.where(np.isfinite(given.discharge), given.discharge, np.nan_to_num(given.area_km2))
    start, end = given.link_from, given.link_to
    itself = start == end
    if itself.any():
        warnings.append(
            f"{np.count_nonzero(itself)} reaches flow into themselves{_named(given, start[itself])}: ignored"
        )
        start, end = start[~itself], end[~itself]
    main, side_from, side_to = _main_arms(count, start, end, size)
    if len(side_from):
        places = np.unique(side_from)
        warnings.append(
            f"{len(places)} bifurcations{_named(given, places)}: the arm with more water is taken as the main one"
        )
    main, cut = opened_loops(main, size)
    if len(cut):
        warnings.append(
            f"{len(cut)} loops in which water would run in a circle were opened below reach"
            f"{_named(given, cut)}: check the direction of these lines"
        )
    old, last = depth_first(main, size)
    new = np.empty(count, dtype=np.int32)
    new[old] = np.arange(count, dtype=np.int32)
    below = np.where(main[old] >= 0, new[main[old]], -1).astype(np.int32)
    velocity, basis = filled_velocity(given.velocity[old], given.basis[old], given.discharge[old], given.area_km2[old])
    length = given.length_km[old]
    hours = length / velocity / 3.6
    doubt = SPREADS[basis] if spread is None else spread[old]
    by_end = np.argsort(new[side_to], kind="stable")
    return Network(
        id=given.id.take(pa.array(old)),
        river=given.river.take(pa.array(old)),
        length_km=length,
        discharge=given.discharge[old],
        slope=given.slope[old],
        velocity=velocity,
        basis=basis,
        spread=doubt,
        area_km2=given.area_km2[old],
        main=below,
        last=last,
        mouth_km=accumulated(below, length),
        mouth_h=accumulated(below, hours),
        mouth_doubt=accumulated(below, hours * doubt),
        side_from=new[side_from][by_end],
        side_to=new[side_to][by_end],
        row=old,
        warnings=tuple(warnings),
    )


def _main_arms(count: int, start: Index, end: Index, size: Floats) -> tuple[Index, Index, Index]:
    """The main link of each reach, and the other ones."""
    order = np.lexsort((np.arange(len(start)), -size[end], start))
    start, end = start[order], end[order]
    first = np.ones(len(start), dtype=bool)
    first[1:] = start[1:] != start[:-1]
    main = np.full(count, -1, dtype=np.int32)
    main[start[first]] = end[first]
    # The same link given twice is one link.
    extra = ~first & (end != main[start])
    pairs = np.unique(np.stack([start[extra], end[extra]], axis=1), axis=0)
    return main, pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32)


def _named(given: Reaches, rows: Sequence[int] | NDArray[np.integer]) -> str:
    names = ", ".join(str(given.id[int(row)]) for row in rows[:NAMED])
    return f" ({names}{', …' if len(rows) > NAMED else ''})"
