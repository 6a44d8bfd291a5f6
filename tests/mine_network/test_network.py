"""The order, the main arms, the loops, and the sums along the ways."""

from __future__ import annotations

import numpy as np
import pytest

from clearbay.mine.network import Place, build, upstream
from clearbay.mine.tracing.literature import typical_velocity
from clearbay.model.errors import BadInput, UnknownName
from tests.mine_network.graphs import network, random_links, reaches


def test_everything_upstream_is_a_range() -> None:
    """A reach comes before all above it, and these lie in one row."""
    built = network([(1, 0), (2, 0), (3, 1), (4, 1), (5, 4)], [1.0] * 6)
    at = built.find("r1")
    assert {built.name(row) for row in range(at, built.last[at])} == {"r1", "r3", "r4", "r5"}


@pytest.mark.parametrize("seed", range(5))
def test_sums_to_the_mouth_are_those_of_the_way(seed: int) -> None:
    """Km and hours to the mouth are what adding reach by reach gives."""
    rng = np.random.default_rng(seed)
    built = network(random_links(rng, 200, 10, 3), rng.uniform(0.1, 5, 200), rng.uniform(0.1, 50, 200))
    for at in range(len(built)):
        km = hours = 0.0
        below = int(built.main[at])
        while below >= 0:
            km += built.length_km[below]
            hours += built.hours(below)
            below = int(built.main[below])
        assert built.mouth_km[at] == pytest.approx(km)
        assert built.mouth_h[at] == pytest.approx(hours)


def test_a_circle_is_opened_and_told() -> None:
    """Water that would run in a circle gets a mouth below its largest reach, with a warning that names it."""
    built = network([(0, 1), (1, 2), (2, 0), (3, 0)], [1.0] * 4, [1, 2, 9, 1])
    assert built.main[built.find("r2")] == -1
    assert any("circle" in warning and "r2" in warning for warning in built.warnings)
    assert len(upstream(built, Place(built.find("r2")))) == 4


def test_the_arm_with_more_water_is_the_main_one() -> None:
    """At a bifurcation the discharge below decides; the shares of the arms add up to all."""
    built = network([(0, 1), (0, 2), (1, 3), (2, 3)], [1.0] * 4, [10, 3, 7, 10])
    at = built.find("r0")
    assert built.name(int(built.main[at])) == "r2"
    assert sum(built.share[at, arm] for arm in built.down.row(at).tolist()) == pytest.approx(1.0)
    assert any("bifurcation" in warning for warning in built.warnings)


def test_the_matrices_are_each_other_turned() -> None:
    """Every link down is a link up."""
    rng = np.random.default_rng(1)
    built = network(random_links(rng, 100, 12, 0), [1.0] * 100)
    down = {(at, to) for at in range(len(built)) for to in built.down.row(at).tolist()}
    up = {(at, to) for to in range(len(built)) for at in built.up.row(to).tolist()}
    assert down == up


def test_a_missing_velocity_is_the_regression_and_says_so() -> None:
    """A velocity that was given keeps its basis; one that was not is Jobson's."""
    given = reaches([(1, 0)], [1.0, 1.0], [8.0, 8.0])
    given.velocity[0], given.basis[0] = 0.7, 2
    built = build(given)
    known, guessed = built.find("r0"), built.find("r1")
    assert (built.velocity[known], built.basis[known]) == (0.7, 2)
    assert built.velocity[guessed] == pytest.approx(float(typical_velocity(np.array(8.0))))
    assert built.basis[guessed] == 0
    assert built.spread[known] < built.spread[guessed]


def test_what_cannot_be_built_is_said() -> None:
    """No reaches, or a reach without length, is refused with the way out."""
    with pytest.raises(BadInput, match="not one reach"):
        network([], [])
    with pytest.raises(BadInput, match=r"r1"):
        network([(1, 0)], [1.0, 0.0])
    with pytest.raises(UnknownName):
        network([], [1.0]).find("nobody")


def test_a_long_chain_is_built_as_any_other() -> None:
    """Depth costs no recursion."""
    count = 50_000
    built = network([(at, at - 1) for at in range(1, count)], [1.0] * count)
    assert built.mouth_km[built.find(f"r{count - 1}")] == pytest.approx(count - 1)
