"""Upstream and downstream against plain walks over the links."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.network import Network, Place, downstream, upstream
from tests.mine_network.graphs import names, network, random_links, reachable, shortest


def linked(built: Network) -> list[tuple[str, str]]:
    return [(built.name(at), built.name(to)) for at in range(len(built)) for to in built.down.row(at).tolist()]


@pytest.mark.parametrize("seed", range(12))
def test_upstream_and_downstream_are_what_the_links_say(seed: int) -> None:
    """Trees, bifurcations and loops: the same reaches as following the links one by one."""
    rng = np.random.default_rng(seed)
    sides, loops = (0, 0) if seed < 3 else (15, 0) if seed < 8 else (15, 6)
    built = network(random_links(rng, 120, sides, loops), rng.uniform(0.5, 3, 120), rng.uniform(1, 9, 120))
    links = linked(built)
    turned = [(two, one) for one, two in links]
    for at in rng.integers(0, 120, 25).tolist():
        above = upstream(built, Place(at))
        assert names(built, above.reach) == reachable(turned, built.name(at))
        assert len(set(above.reach.tolist())) == len(above)
        below = downstream(built, Place(at))
        assert names(built, below.reach) == reachable(links, built.name(at))


@pytest.mark.parametrize("seed", range(3))
def test_distances_of_a_tree_are_the_shortest_ones(seed: int) -> None:
    """Without bifurcations there is one way, and its length is told."""
    rng = np.random.default_rng(seed)
    built = network(random_links(rng, 150, 0, 0), rng.uniform(0.5, 3, 150))
    length = {built.name(at): float(built.length_km[at]) for at in range(len(built))}
    start = built.name(0)
    found = upstream(built, Place(0))
    expected = shortest(linked(built), length, start)
    for at, km in zip(found.reach.tolist(), found.near_km.tolist(), strict=True):
        assert km == pytest.approx(expected[built.name(at)])


def test_a_place_counts_from_itself() -> None:
    """From the middle of a reach only what lies above it is counted, and hours go with km."""
    built = network([(1, 0), (2, 1)], [4.0, 2.0, 3.0])
    found = upstream(built, Place(built.find("r0"), 1.0))
    assert dict(zip((built.name(at) for at in found.reach), found.near_km.tolist(), strict=True)) == pytest.approx(
        {"r0": 0.0, "r1": 3.0, "r2": 5.0}
    )
    assert found.near_h[1] == pytest.approx(3.0 / built.velocity[0] / 3.6)
    below = downstream(built, Place(built.find("r2"), 1.0))
    assert below.near_km.tolist() == pytest.approx([0.0, 1.0, 3.0])


def test_a_limit_in_km_leaves_out_what_begins_beyond() -> None:
    """``km`` keeps reaches whose nearer end lies within it."""
    built = network([(at, at - 1) for at in range(1, 10)], [1.0] * 10)
    assert len(upstream(built, Place(0), 3.5)) == 4
    assert len(downstream(built, Place(built.find("r9"), 1.0), 3.5)) == 4


def test_shares_part_at_a_bifurcation_and_add_up_below() -> None:
    """A release above an island passes it in both arms, whole again where they meet."""
    built = network([(0, 1), (0, 2), (1, 3), (2, 3)], [1.0, 1.0, 2.0, 1.0], [10, 3, 7, 10])
    found = downstream(built, Place(built.find("r0"), 1.0))
    share = {built.name(at): part for at, part in zip(found.reach, found.share, strict=True)}
    assert share == pytest.approx({"r0": 1.0, "r2": 0.7, "r1": 0.3, "r3": 1.0})
    for name, part in (("r1", 0.3), ("r2", 0.7), ("r3", 1.0)):
        above = upstream(built, Place(built.find(name)))
        assert above.share[above.reach == built.find("r0")] == pytest.approx(part)
