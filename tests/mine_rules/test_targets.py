"""Where targets stand."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from clearbay import packs
from clearbay.mine.targets import standing_of_grades, standing_of_mean
from clearbay.model.errors import BadInput

DUST, RIVERS = packs.targets()["sz.2025.pm2_5"], packs.targets()["sz.2025.rivers-to-sea"]


def test_a_mean_is_held_against_its_target() -> None:
    """20 ug/m3 itself is reached, 20.5 is not by half a microgram; without stations there are no data."""
    assert standing_of_mean(DUST, {"a": 19.0, "b": 21.0, "c": nan}).verdict == "reached"
    over = standing_of_mean(DUST, {"a": 19.0, "b": 22.0})
    assert (over.value, over.count, over.verdict, over.distance) == (20.5, 2, "not_reached", 0.5)
    none = standing_of_mean(DUST, {})
    assert (none.value, none.verdict, none.distance) == (None, "no_data", None)


def test_few_rivers_refute_and_never_prove() -> None:
    """One river worse than V refutes the target; clean ones prove it only when all 88 were assessed."""
    assert standing_of_grades(RIVERS, {"r1": "II", "r2": "V+"}).verdict == "not_reached"
    assert standing_of_grades(RIVERS, {"r1": "II", "r2": "V"}).verdict == "open"
    assert standing_of_grades(RIVERS, {f"r{n}": "IV" for n in range(88)}).verdict == "reached"
    assert standing_of_grades(RIVERS, {"r1": ""}).verdict == "no_data"


def test_a_share_is_in_per_cent() -> None:
    """Nine of ten sections of class I to III reach 90 per cent; a share of too few places stays open."""
    share = replace(RIVERS, measured="share_of_grades", grades=("I", "II", "III"), op="ge", limit=90.0, places=10)
    nine = {f"s{n}": "II" if n else "V" for n in range(10)}
    assert (standing_of_grades(share, nine).value, standing_of_grades(share, nine).verdict) == (90.0, "reached")
    assert standing_of_grades(share, dict.fromkeys("ab", "V")).verdict == "open"


def test_the_right_measure_is_asked_for() -> None:
    """A mean is no count of grades."""
    with pytest.raises(BadInput, match="not measured by a mean"):
        standing_of_mean(RIVERS, {})
    with pytest.raises(BadInput, match="measured by a mean"):
        standing_of_grades(DUST, {})
