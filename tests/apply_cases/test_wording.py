"""What a case says by itself, in four languages; and the cases of a demonstration."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearbay.apply import cases
from clearbay.apply.cases import Casework, wording
from clearbay.apply.cases.demonstrate import SHOWN, keep_cases
from clearbay.apply.cases.discoveries import FIELD, spoken
from clearbay.apply.cases.drafts import Draft
from clearbay.apply.cases.leader import Span, figures
from clearbay.apply.cases.openers import from_event
from clearbay.apply.cases.opening import Opening
from clearbay.apply.cases.tick import SYSTEM
from clearbay.apply.cases.work import Work
from clearbay.apply.events import Events
from clearbay.model.playbook import POWERS
from clearbay.model.text import LANGUAGES
from clearbay.store import Home
from tests.apply_cases.casehome import DUTY, Time, alarm
from tests.apply_cases.test_discoveries import DIRTY, River


def recorded() -> set[str]:
    """Kinds of actions that the engine writes by name, beside the steps of playbooks."""
    found: set[str] = set()
    for path in Path(cases.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr == "record" and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
            if node.func.attr == "reopen_work":
                kinds = (one.value for one in node.keywords if one.arg == "kind")
                found |= {str(one.value) for one in kinds if isinstance(one, ast.Constant)}
    return found


def test_every_kind_of_action_has_a_name_in_four_languages() -> None:
    kinds = recorded() | set(POWERS)
    assert {"open", "trace", "overdue", "watched", "again", "rebound", "attach"} <= kinds
    assert not kinds - wording.WORDS.keys()
    for text in wording.WORDS.values():
        assert set(text) == set(LANGUAGES)
        assert all(text.values())


@pytest.fixture
def river(home: Home, time: Time) -> River:
    return River(home, time)


NAMES = dict(zip(LANGUAGES, ("染厂", "染廠", "Dye works", "Tinturaria"), strict=True))
RANKED = [{"outlet": "o7", "name": NAMES, "probability": 0.62}]


def told(casework: Casework, id: str) -> None:
    line = spoken(RANKED, 0.05, "zh-Hans")

    def change(work: Work) -> None:
        work.record("trace", data={"fields": work.set_fields({FIELD: line}), "suspects": RANKED, "none_of_them": 0.05})

    casework.change(SYSTEM, id, change)


def test_suspects_are_told_in_every_language_until_somebody_writes_them(casework: Casework) -> None:
    """The words that a trace wrote are told by name and in any language; a person's stay as they were written."""
    case = alarm(casework)
    assert wording.suspects_of(casework, [case]) == {}
    told(casework, case.id)
    case = casework.get(DUTY, case.id)
    assert case.fields[FIELD] == "染厂 62 %; 以上皆非 5 %"
    for _ in range(2):  # looked up, then remembered
        text = wording.suspects_of(casework, [case])[case.number]
        assert (text["en"], text["pt"]) == ("Dye works 62 %; none of them 5 %", "Tinturaria 62 %; nenhum deles 5 %")
    casework.edit(DUTY, case.id, {FIELD: "the neighbour"}, reason="seen")
    case = casework.get(DUTY, case.id)
    assert wording.suspects_of(casework, [case]) == {}


@pytest.mark.parametrize(("event", "case"), [(1, 4), (2, 3), (3, 2), (4, 1)])
def test_the_gravest_event_opens_the_gravest_case(event: int, case: int, river: River, casework: Casework) -> None:
    """Events count 4 as the gravest, cases 1; and the case says in every language why it was opened."""
    river.flow([DIRTY] * 3)
    (found,), _ = Events(casework.home).find()
    found = replace(found, record=replace(found.record, severity=event, worst=event))
    taken = from_event(casework, found, Opening())
    assert taken is not None
    assert taken.opened
    assert taken.case.severity == case
    text = wording.text_of(casework, taken.case)
    assert text is not None
    assert text["zh-Hans"] == taken.case.text
    assert text["en"] != text["pt"]
    assert wording.text_of(casework, replace(taken.case, origin="hand")) is None


def test_a_demonstration_has_cases_that_count_as_generated(home: Home) -> None:
    """Some forty, once, in the order of time, all marked; they leave the figures of what is not made up alone."""
    now = datetime(2026, 3, 20, 4, tzinfo=UTC)
    casework = Casework(home, clock=lambda: now)
    ids = keep_cases(home, now=now)
    assert keep_cases(home, now=now) == {}
    with casework.cases.read() as reading:
        found = reading.select()
        entries = sorted((one.entry, one.time) for case in found for one in reading.actions(case.number))
    assert len(found) == len(ids) >= 40
    assert all(one.generated for one in found)
    assert [time for _, time in entries] == sorted(time for _, time in entries)
    assert {one.jurisdiction for one in found} >= {"450000", "440300", "810000", "820000"}
    assert casework.get(SYSTEM, ids[SHOWN]).state == "treated"
    assert any(one.reopened for one in found)
    assert any(one.origin == "public" for one in found)
    assert {one.stage for one in found} == {"found", "handled", "closed", "refused"}
    casework.open(SYSTEM, Draft("pollution-alarm", "real", jurisdiction="450000"))
    assert figures(casework, SYSTEM, Span()).total.found == 1
    (home.path / "demonstration-cases").unlink()
    keep_cases(home, now=now)  # broken off and begun again: nothing is done twice
    with casework.cases.read() as reading:
        assert len(reading.select()) == len(found) + 1
