"""Cases go as their playbook says: who may, what must be brought, when it is clean."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from clearbay.apply.cases import Casework, Draft
from clearbay.apply.cases.tick import tick
from clearbay.apply.cases.verify import Whole, verify
from clearbay.model.errors import BadInput, Conflict, NotAllowed, UnknownName
from clearbay.store import Home
from tests.apply_cases.casehome import (
    BOSS,
    CITIZEN,
    DUTY,
    ELSE,
    HAND,
    START,
    Time,
    actor,
    alarm,
    photo,
    taken_in,
    treated,
)


def test_an_alarm_goes_from_the_first_value_to_clean_water(casework: Casework, home: Home, time: Time) -> None:
    """Opened, dispatched, handled, refused to close until measured clean, closed, watched in peace."""
    case = treated(casework, time)
    assert (case.state, case.stage, case.version) == ("treated", "handled", 5)
    with pytest.raises(BadInput, match="3 more are needed"):
        casework.act(BOSS, case.id, "close")
    at = time.now
    taken_in(home, *((at + timedelta(hours=4 * n), 0.3) for n in range(1, 6)))
    time.go(hours=21)
    with pytest.raises(BadInput, match=r"8\.0 h more are needed"):
        casework.act(BOSS, case.id, "close")
    taken_in(home, *((at + timedelta(hours=4 * n), 0.3) for n in range(6, 8)))
    time.go(hours=8)
    closed = casework.act(BOSS, case.id, "close")
    assert (closed.status, closed.stage) == ("closed", "closed")
    assert closed.watch_until == time.now + timedelta(days=30)
    assert closed.due is None
    said = casework.dossier(DUTY, case.id).actions[-1]
    assert said.data["remeasured"]["clean"]  # type: ignore[index]
    time.go(days=31)
    assert tick(casework).calm == [case.id]
    assert casework.get(DUTY, case.id).watch_until is None
    assert isinstance(verify(home), Whole)


def test_a_value_beyond_the_limit_begins_the_row_anew(casework: Casework, home: Home, time: Time) -> None:
    """One exceedance between clean results: not clean yet; results before the work count for nothing."""
    taken_in(home, *((START + timedelta(hours=n), 0.2) for n in range(-90, 2, 4)))
    case = treated(casework, time)
    at = time.now
    taken_in(home, *((at + timedelta(hours=8 * n), 2.0 if n == 4 else 0.3) for n in range(1, 6)))
    time.go(hours=41)
    _, verdict = casework.remeasure(HAND, case.id)
    assert (verdict.clean, len(verdict.run)) == (False, 1)
    assert verdict.beyond is not None
    assert verdict.beyond.value == 2.0


def test_a_rebound_reopens_a_closed_case(casework: Casework, home: Home, time: Time) -> None:
    """Two results beyond the limit within the watch reopen the case, once; one does not."""
    case = treated(casework, time)
    at = time.now
    taken_in(home, *((at + timedelta(hours=8 * n), 0.3) for n in range(1, 5)))
    time.go(hours=33)
    casework.act(BOSS, case.id, "close")
    taken_in(home, (time.now + timedelta(hours=4), 3.0))
    time.go(hours=5)
    assert not tick(casework).reopened
    taken_in(home, (time.now + timedelta(hours=4), 3.0))
    time.go(hours=5)
    assert tick(casework).reopened == [case.id]
    assert not tick(casework).reopened
    again = casework.get(DUTY, case.id)
    assert (again.status, again.state, again.reopened) == ("open", "new", 1)
    assert again.due is not None
    assert again.worse == time.now


def test_the_failed_results_of_a_probe_prove_nothing(casework: Casework, home: Home, time: Time) -> None:
    """Results with a failed or suspect flag never close a case."""
    case = treated(casework, time)
    at = time.now
    for flag in (3, 4):
        taken_in(home, *((at + timedelta(hours=9 * n, minutes=flag), 0.3) for n in range(1, 5)), flag=flag)
    time.go(hours=40)
    with pytest.raises(BadInput, match="3 more are needed"):
        casework.act(BOSS, case.id, "close")


def test_who_may_not_is_told_so(casework: Casework) -> None:
    """A handler does not dispatch, an auditor does nothing; an operator may all, and the record says operator."""
    case = alarm(casework)
    for who in (HAND, actor("audit", "auditor")):
        with pytest.raises(NotAllowed):
            casework.act(who, case.id, "dispatch", assignee=("hand", "Hand"))
    casework.act(actor("root", "operator"), case.id, "dispatch", assignee=("hand", "Hand"))
    assert b'"operator"' in casework.dossier(DUTY, case.id).actions[-1].payload


def test_everything_that_is_missing_is_named_at_once(casework: Casework) -> None:
    """A step that lacks a reason, a field and a photograph says all three."""
    case = alarm(casework)
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", "Hand"))
    casework.act(HAND, case.id, "arrive")
    with pytest.raises(BadInput) as told:
        casework.act(HAND, case.id, "finish")
    for part in ("reason", "cause", "photo"):
        assert part in told.value.what
    moves = {one.transition.id: one for one in casework.moves(HAND, case.id)}
    assert moves["finish"].allowed
    assert len(moves["finish"].missing) == 2
    assert "dispatch" not in moves


def test_a_photograph_of_an_earlier_state_is_not_enough(casework: Casework) -> None:
    """Evidence counts for the state in which it was added: last week's photograph proves no new work."""
    case = alarm(casework)
    casework.attach(DUTY, case.id, photo())
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", "Hand"))
    casework.clock.go(minutes=1)  # type: ignore[attr-defined]
    casework.act(HAND, case.id, "arrive")
    with pytest.raises(BadInput, match="photo"):
        casework.act(HAND, case.id, "finish", reason="done", fields={"cause": "x"})


def test_two_people_on_one_case_lose_nothing(casework: Casework) -> None:
    """Of two who looked at the same version one acts and the other is told who was quicker; nothing is overwritten."""
    case = alarm(casework)
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", "Hand"), version=case.version)
    with pytest.raises(Conflict, match="Duty did 'dispatch'"):
        casework.act(BOSS, case.id, "dismiss", reason="looks wrong", version=case.version)
    assert casework.get(DUTY, case.id).state == "dispatched"


def test_many_at_once_on_one_case(casework: Casework, home: Home) -> None:
    """Eight people assign at once with the version they saw: one wins, seven are told; comments of all are kept."""
    case = alarm(casework)
    won, told = [], []

    def run(number: int) -> None:
        mine = Casework(home, clock=casework.clock)
        try:
            mine.assign(DUTY, case.id, (f"p{number}", ""), version=case.version)
            won.append(number)
        except Conflict:
            told.append(number)
        mine.comment(DUTY, case.id, f"said {number}")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(told)) == (1, 7)
    dossier = casework.dossier(DUTY, case.id)
    assert dossier.case.assignee == f"p{won[0]}"
    assert sorted(one.text for one in dossier.actions if one.kind == "comment") == [f"said {n}" for n in range(8)]
    assert [one.seq for one in dossier.actions] == list(range(1, 11))
    assert isinstance(verify(home), Whole)


def test_a_request_sent_twice_is_done_once(casework: Casework) -> None:
    """A client's key makes opening, acting and attaching harmless to repeat; another person's same key is another."""
    draft = Draft("pollution-alarm", "Ammonia", station="S")
    first, again = (casework.open(DUTY, draft, key="k1") for _ in range(2))
    assert first == again
    assert casework.open(BOSS, draft, key="k1").id != first.id
    for _ in range(2):
        casework.act(DUTY, first.id, "dispatch", assignee=("hand", "Hand"), key="k2")
        one = casework.attach(HAND, first.id, photo(), key="k3")
    assert casework.get(DUTY, first.id).version == 3
    assert len(casework.dossier(DUTY, first.id).evidence) == 1
    assert one.name == "outlet.jpg"


def test_what_one_may_not_see_does_not_exist(casework: Casework) -> None:
    """A case of another city, and one that never was, are told in the same words."""
    case = alarm(casework)
    refusals = []
    for who, id in ((ELSE, case.id), (CITIZEN, case.id), (DUTY, "PA-2026-4403-99999"), (actor("none"), case.id)):
        for act in (casework.get, casework.moves, lambda w, i: casework.comment(w, i, "x"),
                    lambda w, i: casework.attach(w, i, photo())):  # fmt: skip
            with pytest.raises(UnknownName) as told:
                act(who, id)
            refusals.append(told.value.what.replace(id, "X"))
    assert len(set(refusals)) == 1
    assert not (casework.home.evidence / "files").exists()


def test_a_complaint_is_accepted_answered_and_closed_by_another(casework: Casework, time: Time) -> None:
    """The reporter sees only their own; whoever answered cannot close; a channel decides the term."""
    draft = Draft("public-complaint", "Smell at the river", jurisdiction="440305",
                  fields={"channel": "wechat", "subject": "water"}, origin="public")  # fmt: skip
    case = casework.open(CITIZEN, draft)
    assert case.due_for == "accept_wechat"
    assert case.due == datetime.fromisoformat("2026-03-04T16:00:00+00:00")  # two working days: midnight after Wednesday
    both = actor("both", "duty_officer", "handler", "reviewer")
    casework.act(both, case.id, "accept")
    casework.act(both, case.id, "start")
    time.go(days=1)
    casework.attach(both, case.id, photo())
    fields = {"finding": "a leaking pit", "answer": "it was sealed"}
    casework.act(both, case.id, "answer", reason="done", fields=fields)
    with pytest.raises(BadInput, match="somebody other"):
        casework.act(both, case.id, "close")
    assert casework.act(BOSS, case.id, "close").status == "closed"
    assert casework.get(CITIZEN, case.id).state == "closed"
    with pytest.raises(UnknownName):
        casework.get(actor("stranger", "public"), case.id)
    assert casework.reopen(CITIZEN, case.id, reason="it smells again").state == "received"


def test_a_refusal_must_be_explained(casework: Casework) -> None:
    """Declining takes a reason and starts the clock of the explanation, which takes an answer to the reporter."""
    fields = {"channel": "phone", "subject": "noise"}
    case = casework.open(DUTY, Draft("public-complaint", "Noise", fields=fields))
    with pytest.raises(BadInput, match="reason"):
        casework.act(DUTY, case.id, "decline")
    declined = casework.act(DUTY, case.id, "decline", reason="a matter of the traffic police")
    assert (declined.due_for, declined.status) == ("explain", "open")
    with pytest.raises(BadInput, match="answer"):
        casework.act(DUTY, case.id, "explain", reason="told by telephone")
    done = casework.act(DUTY, case.id, "explain", reason="told", fields={"answer": "Please turn to the police"})
    assert (done.stage, done.status) == ("refused", "closed")


@pytest.mark.parametrize(
    ("fields", "grade", "severity"),
    [
        ({"deaths": "30"}, "I", 1),
        ({"deaths": "29"}, "II", 2),
        ({"poisoned": "10"}, "III", 3),
        ({"evacuated": "4999", "deaths": "0"}, "IV", 4),
        ({"loss": "20000000"}, "II", 2),
        ({"water_source": "township"}, "III", 3),
        ({"ecology": "yes"}, "I", 1),
        ({"border": "none"}, "", 1),
    ],
)
def test_an_incident_is_graded_by_its_fields(
    casework: Casework, fields: dict[str, str], grade: str, severity: int
) -> None:
    """The grades of letter 119 of 2014, each criterion by itself; a case without figures has no grade yet."""
    case = casework.open(DUTY, Draft("major-incident", "Spill", fields=fields))
    assert (case.grade, case.severity) == (grade, severity)


def test_a_grade_that_rises_marks_the_case_worse(casework: Casework) -> None:
    """New figures regrade a case; one that gets more severe is on the desk as such."""
    case = casework.open(DUTY, Draft("major-incident", "Spill", fields={"deaths": "1"}))
    worse = casework.edit(DUTY, case.id, {"deaths": "12"})
    assert (case.grade, worse.grade, worse.severity) == ("IV", "II", 2)
    assert worse.worse is not None


@pytest.mark.parametrize(
    ("draft", "where"),
    [
        (Draft("pollution-alarm", ""), "title"),
        (Draft("pollution-alarm", "x", station="nowhere"), "station"),
        (Draft("pollution-alarm", "x", property="NH4"), "property"),
        (Draft("pollution-alarm", "x", jurisdiction="Nanshan"), "jurisdiction"),
        (Draft("pollution-alarm", "x", fields={"colour": "red"}), "colour"),
        (Draft("pollution-alarm", "x", severity=9), "severity"),
        (Draft("public-complaint", "x"), "channel"),
        (Draft("public-complaint", "x", fields={"channel": "fax", "subject": "water"}), "channel"),
        (Draft("major-incident", "x", fields={"deaths": "many"}), "deaths"),
        (Draft("major-incident", "x", fields={"deaths": "1.5"}), "deaths"),
        (Draft("nothing", "x"), "playbook"),
    ],
)
def test_what_cannot_be_a_case_is_refused(casework: Casework, home: Home, draft: Draft, where: str) -> None:
    """Bad input is told with its field, and nothing is stored or chained."""
    with pytest.raises(BadInput) as told:
        casework.open(DUTY, draft)
    assert told.value.where == where
    found = verify(home)
    assert isinstance(found, Whole)
    assert (found.cases, found.actions) == (0, 0)


def test_a_case_ends_under_the_playbook_it_began_with(casework: Casework, home: Home) -> None:
    """A changed playbook needs a higher version; open cases keep the old one."""
    from clearbay.packs.sheet import DATA

    text = (DATA / "playbooks" / "inspection.yaml").read_text(encoding="utf-8")
    text = text.replace("id: inspection", "id: visit", 1).replace("prefix: IN", "prefix: VI")
    directory = home.path / "playbooks"
    directory.mkdir()
    (directory / "visit.yaml").write_text(text, encoding="utf-8")
    case = casework.open(DUTY, Draft("visit", "A visit", fields={"plant": "P1"}))
    assert case.id.startswith("VI-2026-4403-")
    changed = text.replace("from: [drawn]\n    to: accepted", "from: [drawn, inspected]\n    to: accepted")
    assert changed != text
    (directory / "visit.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(BadInput, match="higher version"):
        casework.open(DUTY, Draft("visit", "Another", fields={"plant": "P1"}))
    (directory / "visit.yaml").write_text(changed.replace("version: 1", "version: 2", 1), encoding="utf-8")
    newer = casework.open(DUTY, Draft("visit", "Another", fields={"plant": "P1"}))
    assert (case.playbook_version, newer.playbook_version) == (1, 2)
    leaves = casework.dossier(DUTY, case.id).playbook.transitions["accept"].leaves
    assert leaves == ("drawn",)
