"""Findings open cases: one finding one case, drawn inspections as many as were drawn."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clearbay.apply.cases import Casework, acts
from clearbay.apply.cases.draws import draw
from clearbay.apply.cases.openers import from_exceedance
from clearbay.mine.draw import pair
from clearbay.mine.remeasure import Result
from clearbay.model.errors import BadInput, NotAllowed
from tests.apply_cases.casehome import DUTY, HAND, LIMIT, alarm


def test_a_value_beyond_a_limit_opens_one_case(casework: Casework) -> None:
    """The next exceedance at the same station and property is added to the open case; a clean value opens none."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    case, new = from_exceedance(casework, "S", "NH3N", LIMIT, Result(at, 2.5))
    assert new
    assert case.title == "NH3N 2.5 mg/L above 1 at S"
    again, new = from_exceedance(casework, "S", "NH3N", LIMIT, Result(at, 3.5))
    assert (again.id, new) == (case.id, False)
    assert from_exceedance(casework, "T", "NH3N", LIMIT, Result(at, 3.5))[1]
    with pytest.raises(BadInput):
        from_exceedance(casework, "S", "NH3N", LIMIT, Result(at, 0.5))


def test_a_draw_opens_its_inspections_and_can_be_repeated(casework: Casework) -> None:
    """Seed, lists and word stand in every case; with the lists anybody computes the same pairs."""
    alarm(casework)
    plants, people = [f"P{n}" for n in range(9)], [f"I{n}" for n in range(4)]
    made = draw(casework, DUTY, plants, people, number=3, word="lottery 123456", key="draw-1")
    assert made.pairs
    assert tuple(one for one, _ in made.pairs) == pair(plants, people, seed=made.seed, plants_drawn=3)
    for one, case in made.pairs:
        assert case.playbook == "inspection"
        assert (case.fields["plant"], case.fields["draw"]) == (one.plant, made.seed)
        assert made.lists in case.text
    with pytest.raises(NotAllowed):
        draw(casework, HAND, plants, people, number=1)


def test_a_limit_can_be_taken_from_the_law() -> None:
    """The limit of a grade of a rule set, lakes apart; a range or an unknown grade is refused."""
    limit = acts.limit_of("cn.gb3838-2002", "III", "NH3N")
    assert (limit.op, limit.value, limit.unit) == ("le", 1.0, "mg/L")
    assert acts.limit_of("cn.gb3838-2002", "III", "DO").op == "ge"
    assert acts.limit_of("cn.gb3838-2002", "III", "TP", lake=True).value == 0.05
    for grade, code in (("VI", "NH3N"), ("III", "pH"), ("III", "AQHI")):
        with pytest.raises(BadInput):
            acts.limit_of("cn.gb3838-2002", grade, code)


def test_a_case_without_a_mark_is_given_one_once(casework: Casework) -> None:
    """Station, property and limit can be added to a case that lacks them, and then stand."""
    case = alarm(casework, station="", property="", limit=None, jurisdiction="440300")
    aimed = casework.aim(DUTY, case.id, "S", "NH3N", LIMIT)
    assert aimed.limit == LIMIT
    with pytest.raises(BadInput, match="already"):
        casework.aim(DUTY, case.id, "T", "NH3N", LIMIT)
