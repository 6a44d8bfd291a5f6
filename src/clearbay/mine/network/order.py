"""The order in which a network is kept: every reach before all that lie upstream of it, and those in one row.

Each reach has one *main* link downstream; main links make a forest. Numbered depth first from the mouths, the reaches
whose main way leads through a reach are a contiguous range after it, so that "everything upstream" is a slice. Side
links (the other arms of bifurcations) are few and are followed one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.network.csr import Index, make_csr

Flags = NDArray[np.bool_]


def opened_loops(main: Index, size: NDArray[np.float64]) -> tuple[Index, Index]:
    """Main links with every circle cut, and the reaches where one was cut (the largest of each circle).

    ``main[i]`` is the reach below ``i``, or -1 at a mouth. Water that ran in a circle has no mouth, so nothing below
    could be told; the cut makes one.
    """
    main = main.copy()
    count = len(main)
    # Peel reaches that nothing flows into; what is left over are the circles.
    waiting = np.bincount(main[main >= 0], minlength=count).tolist()
    below = main.tolist()
    free = [at for at in range(count) if waiting[at] == 0]
    left = count - len(free)
    while free:
        after = below[free.pop()]
        if after >= 0:
            waiting[after] -= 1
            if waiting[after] == 0:
                free.append(after)
                left -= 1
    cut: list[int] = []
    if left:
        seen = set()
        for at in range(count):
            if waiting[at] and at not in seen:
                circle = [at]
                seen.add(at)
                step = below[at]
                while step != at:
                    circle.append(step)
                    seen.add(step)
                    step = below[step]
                largest = max(circle, key=lambda one: (float(size[one]), -one))
                main[largest] = -1
                cut.append(largest)
    return main, np.array(cut, dtype=np.int32)


def depth_first(main: Index, size: NDArray[np.float64]) -> tuple[Index, Index]:
    """Old numbers in the new order, and for each new place the end of the range upstream of it (exclusive).

    Mouths with the largest ``size`` come first, and in each reach's own range the larger tributary.
    """
    count = len(main)
    order = np.argsort(-np.nan_to_num(size), kind="stable")
    links = order[main[order] >= 0]
    above = make_csr(count, main[links], links)
    start, target = above.start.tolist(), above.target.tolist()
    stack = order[main[order] < 0][::-1].tolist()
    sequence: list[int] = []
    place = sequence.append
    while stack:
        at = stack.pop()
        place(at)
        low, high = start[at], start[at + 1]
        if high - low == 1:
            stack.append(target[low])
        elif high > low:
            stack.extend(target[low:high][::-1])
    old = np.array(sequence, dtype=np.int32)
    new = np.empty(count, dtype=np.int64)
    new[old] = np.arange(count)
    below = np.where(main[old] >= 0, new[main[old]], -1).tolist()
    many = [1] * count
    for at in range(count - 1, 0, -1):
        if below[at] >= 0:
            many[below[at]] += many[at]
    last = np.arange(count, dtype=np.int64) + np.array(many)
    return old, last.astype(np.int32)


def accumulated(main: Index, step: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of ``step`` over the reaches strictly below each, along main links, in depth-first order.

    Adding down the way one by one would lose nothing but time; doubling the stride takes a few passes.
    """
    total = np.where(main >= 0, step[np.maximum(main, 0)], 0.0)
    jump = main.astype(np.int64)
    while True:
        live = np.flatnonzero(jump >= 0)
        if not len(live):
            return total
        ahead = jump[live]
        total[live] += total[ahead]
        jump[live] = jump[ahead]
