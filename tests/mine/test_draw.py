"""The double random draw: fair, repeatable by anybody, and blind to the order of lists."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearbay.mine.draw import lists_digest, pair
from clearbay.model.errors import BadInput

PLANTS = [f"plant {number}" for number in range(20)]
PEOPLE = [f"inspector {number}" for number in range(6)]


def test_anybody_repeats_it_with_a_hash() -> None:
    """The plants drawn are those with the smallest SHA-256(seed|plant|name), computed here without our code."""
    found = pair(PLANTS, PEOPLE, seed="s", plants_drawn=5)
    by_hand = sorted(PLANTS, key=lambda name: hashlib.sha256(f"s|plant|{name}".encode()).hexdigest())[:5]
    assert [one.plant for one in found] == by_hand


@given(st.permutations(PLANTS), st.permutations(PEOPLE), st.text(min_size=1, max_size=20))
def test_the_order_of_the_lists_is_nothing(plants: list[str], people: list[str], seed: str) -> None:
    """A list in another order gives the same draw, and the same published digest."""
    assert pair(plants, people, seed=seed, plants_drawn=4) == pair(PLANTS, PEOPLE, seed=seed, plants_drawn=4)
    assert lists_digest(plants, people) == lists_digest(PLANTS, PEOPLE)


def test_everybody_is_drawn_as_often() -> None:
    """Over 4,000 seeds each plant and each inspector comes up within five standard deviations of their share."""
    plants, people = Counter[str](), Counter[str]()
    for seed in range(4000):
        for one in pair(PLANTS, PEOPLE, seed=str(seed), plants_drawn=2):
            plants[one.plant] += 1
            people.update(one.inspectors)
    for found, share, times in ((plants, 2 / 20, 4000), (people, 2 / 6, 8000)):
        for count in found.values():
            assert abs(count - times * share) < 5 * (times * share * (1 - share)) ** 0.5


def test_nobody_goes_where_they_may_not() -> None:
    """Conflicts of interest are left out before the draw; a plant that nobody is left for is named."""
    conflicts = {name: PEOPLE[:3] for name in PLANTS}
    for one in pair(PLANTS, PEOPLE, seed="s", plants_drawn=20, conflicts=conflicts):
        assert not set(one.inspectors) & set(PEOPLE[:3])
    with pytest.raises(BadInput, match="leave 1 inspectors"):
        pair(PLANTS, PEOPLE, seed="s", plants_drawn=20, conflicts={"plant 7": PEOPLE[:5]})


@pytest.mark.parametrize(("drawn", "each", "seed"), [(0, 2, "s"), (21, 2, "s"), (1, 7, "s"), (1, 2, "")])
def test_an_impossible_draw_is_refused(drawn: int, each: int, seed: str) -> None:
    """More than there are, fewer than one, or no seed."""
    with pytest.raises(BadInput):
        pair(PLANTS, PEOPLE, seed=seed, plants_drawn=drawn, inspectors_each=each)
    with pytest.raises(BadInput, match="twice"):
        pair([*PLANTS, PLANTS[0]], PEOPLE, seed="s", plants_drawn=1)
