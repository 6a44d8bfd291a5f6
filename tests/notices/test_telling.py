"""Who is told what: the nearest who answers for it, once, in the transaction of the act."""

from __future__ import annotations

import pytest

from clearbay.apply.cases import Casework
from clearbay.apply.cases.tick import tick
from clearbay.apply.notices import words
from clearbay.apply.notices.telling import KINDS
from clearbay.model.person import Person
from clearbay.model.text import LANGUAGES
from clearbay.store import Home
from clearbay.store.notices import Notices
from clearbay.store.people import People
from tests.apply_cases.casehome import BOSS, DUTY, ELSE, HAND, Time, actor, alarm, photo

PEOPLE = {
    "duty": ("duty_officer",), "hand": ("handler",), "boss": ("reviewer",), "night": ("duty_officer",),
}  # fmt: skip


def add(home: Home, id: str, *roles: str, at: str = "440300", **more: str) -> Person:
    return People(home).add(Person(id, id.title(), roles, at, **more), by=None)  # type: ignore[arg-type]


@pytest.fixture
def staff(home: Home) -> Home:
    for id, roles in PEOPLE.items():
        add(home, id, *roles)
    add(home, "west", "duty_officer", at="440400")
    add(home, "province", "duty_officer", "reviewer", at="440000")
    add(home, "root", "operator", at="100000")
    return home


def told(home: Home, person: str) -> list[str]:
    return [one.kind for one in reversed(Notices(home).of(person))]


def test_a_new_case_is_told_to_the_nearest_duty_officers(staff: Home, casework: Casework) -> None:
    """Those of the city, not of the province nor of the neighbour; not to whoever opened it."""
    alarm(casework)
    assert (told(staff, "duty"), told(staff, "night")) == ([], ["new"])
    assert not any(told(staff, one) for one in ("west", "province", "root", "hand"))


def test_where_nobody_is_near_the_next_around_is_told(staff: Home, casework: Casework) -> None:
    """A district without officers tells the city's, a city without the province's, and in the end an operator."""
    alarm(casework, jurisdiction="440305")
    assert told(staff, "night") == ["new"]
    alarm(casework, jurisdiction="441900")
    assert told(staff, "province") == ["new"]
    alarm(casework, jurisdiction="810000")
    assert told(staff, "root") == ["new"]


def test_every_step_tells_whom_it_concerns(staff: Home, casework: Casework, time: Time) -> None:
    """Given, commented, overdue, escalated, handed over, asked to join, reopened: each to whoever must act on it."""
    case = alarm(casework)
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", "Hand"))
    casework.comment(BOSS, case.id, "hurry")
    casework.comment(HAND, case.id, "on my way")
    assert told(staff, "hand") == ["assigned", "comment"]
    time.go(hours=5)
    tick(casework)
    tick(casework)
    assert told(staff, "hand") == ["assigned", "comment", "late"]
    assert "escalated" in told(staff, "duty")
    time.go(hours=5)
    tick(casework)
    assert told(staff, "province") == ["escalated"]
    casework.join(DUTY, case.id, "440400", "look at your bank")
    casework.contribute(ELSE, case.id, "nothing found")
    casework.transfer(DUTY, case.id, "440400", reason="it is theirs")
    assert told(staff, "west") == ["joined", "transfer"]
    assert told(staff, "hand")[-1] == "contributed"
    casework.act(ELSE, case.id, "dismiss", reason="no")
    casework.reopen(ELSE, case.id, reason="yes")
    assert told(staff, "west")[-1] == "reopened"
    seen = {kind for person in (*PEOPLE, "west", "province") for kind in told(staff, person)}
    assert seen <= set(KINDS)


def test_what_is_undone_tells_nobody(staff: Home, casework: Casework) -> None:
    """An act whose transaction fails leaves no notice; one sent twice under a key tells once."""
    case = alarm(casework)

    def fails() -> None:
        with casework.cases.write() as writing:
            casework._work(writing, DUTY, case, ()).record("rebound")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert told(staff, "night") == ["new"]
    casework.comment(DUTY, case.id, "once", key="k")
    casework.comment(DUTY, case.id, "once", key="k")
    assert told(staff, "night") == ["new", "comment"]


def test_who_is_disabled_or_unknown_is_told_nothing(staff: Home, casework: Casework) -> None:
    """Accounts that are switched off and assignees without an account get no notice, and stop no case."""
    People(staff).change("night", by=None, disabled=True)
    case = alarm(casework)
    assert told(staff, "night") == []
    casework.act(DUTY, case.id, "dispatch", assignee=("stranger", "Stranger"))
    assert casework.get(DUTY, case.id).assignee == "stranger"
    assert told(staff, "stranger") == []


def test_notices_are_read_by_their_owner_only(staff: Home, casework: Casework, time: Time) -> None:
    """Marking as read counts down one's own, never another's."""
    case = alarm(casework)
    casework.attach(DUTY, case.id, photo())
    notices = Notices(staff)
    (one,) = notices.of("night")
    assert notices.counts("night") == (1, 1)
    assert notices.seen("west", [one.id], time.now) == 0
    assert notices.seen("night", None, time.now) == 1
    assert notices.counts("night") == (1, 0)
    assert notices.of("night", unread=True) == []


def test_every_kind_has_words_in_four_languages() -> None:
    """No notice speaks in ids; lines are short and hold no line break."""
    data = {"case": "PA-1", "title": "a\nb", "playbook": {}, "severity": 1, "jurisdiction": "440300", "by": "Li",
            "text": "t", "due": "2026-03-02T01:00:00.000000Z", "generated": True,
            "state": dict.fromkeys(LANGUAGES, "s"), "deadline": dict.fromkeys(LANGUAGES, "d")}  # fmt: skip
    for kind in (*KINDS, "try"):
        for language in LANGUAGES:
            line = words.subject(kind, data, language)
            assert "\n" not in line
            assert line != kind
            text = words.body(kind, data, language, link="https://bay.example/?view=case&case=PA-1")
            assert "2026-03-02 09:00" in text
            assert text.count("PA-1") >= 1
    assert actor("x").id == "x"
