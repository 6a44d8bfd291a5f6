"""The shipped playbooks say what they rest on, and only what was read is called law."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearbay import packs
from clearbay.model.errors import PackError
from clearbay.model.playbook import ENDS, Origin, Playbook
from clearbay.packs.sheet import DATA

PLAYBOOKS = list(packs.playbooks().values())


def origins(one: Playbook) -> list[Origin]:
    parts = [one.remeasure, one.watch, one.suspension]
    found = [part.origin for part in parts if part is not None]
    found += [deadline.origin for deadline in one.deadlines.values()]
    return found + [criterion.origin for grade in one.grades for criterion in grade.any_of]


def test_the_five_kinds_of_cases_are_shipped() -> None:
    """Alarm, complaint, rectification, inspection and incident, each with a number series of its own."""
    assert {one.id for one in PLAYBOOKS} == {
        "pollution-alarm", "public-complaint", "rectification", "inspection", "major-incident"
    }  # fmt: skip
    assert len({one.prefix for one in PLAYBOOKS}) == len(PLAYBOOKS)


@pytest.mark.parametrize("one", PLAYBOOKS, ids=lambda one: one.id)
def test_only_what_was_read_is_law(one: Playbook) -> None:
    """A number of law has sources and a confidence; every other is the operator's default and unverified."""
    for origin in origins(one):
        assert bool(origin.sources) == (origin.basis == "law")
        assert origin.basis == "law" or origin.confidence == "unverified"
        assert set(origin.sources) <= set(one.sources)


@pytest.mark.parametrize("one", PLAYBOOKS, ids=lambda one: one.id)
def test_every_state_has_a_way_out_and_a_clock(one: Playbook) -> None:
    """No open state without a way on, and none in which a case can lie for ever with no deadline running."""
    for state in one.states.values():
        if state.stage in ENDS:
            continue
        assert one.moves(state.id), state.id
        assert any(state.id in deadline.starts for deadline in one.deadlines.values()) or any(
            set(deadline.met).isdisjoint({state.id}) for deadline in one.deadlines.values()
        ), state.id


def test_the_terms_of_a_complaint_are_those_reported() -> None:
    """Accept within 2 (WeChat) or 3 (telephone) working days, start within 2, close within 30 days, refusal 15."""
    deadlines = packs.playbooks()["public-complaint"].deadlines
    terms = {name: (one.term.amount, one.term.unit) for name, one in deadlines.items() if one.origin.basis == "law"}
    assert terms == {
        "accept_wechat": (2, "working_days"),
        "accept_phone": (3, "working_days"),
        "start": (2, "working_days"),
        "close": (30, "days"),
        "explain": (15, "days"),
    }


def test_the_grades_of_an_incident_are_those_of_2014() -> None:
    """Letter 119 of 2014: 30, 10 and 3 deaths; 100, 50 and 10 poisoned; 50,000, 10,000 and 5,000 moved; 100, 20 and
    5 million lost; the superseded tables of 2006 and 2011 are not used."""
    grades = {one.id: one for one in packs.playbooks()["major-incident"].grades}
    least = {
        id: {criterion.field: criterion.ge for criterion in grade.any_of if criterion.ge is not None}
        for id, grade in grades.items()
    }
    assert least["I"] == {"deaths": 30, "poisoned": 100, "evacuated": 50_000, "loss": 1e8}
    assert least["II"] == {"deaths": 10, "poisoned": 50, "evacuated": 10_000, "loss": 2e7}
    assert least["III"] == {"deaths": 3, "poisoned": 10, "evacuated": 5_000, "loss": 5e6}
    township = next(one for one in grades["III"].any_of if one.field == "water_source")
    assert township.origin.confidence == "unverified"


def test_a_playbook_of_ones_own_fits_beside_the_shipped_ones(tmp_path: Path) -> None:
    """Its id and its prefix are new; a copy of a shipped one is refused for both."""
    text = (DATA / "playbooks" / "inspection.yaml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as refused:
        packs.load_playbook(path)
    assert {one.rule for one in refused.value.problems} == {"duplicate-id"}
    path.write_text(text.replace("id: inspection", "id: visit", 1).replace("prefix: IN", "prefix: VI"), "utf-8")
    assert packs.load_playbook(path).prefix == "VI"
