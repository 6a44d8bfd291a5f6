"""The clocks of real cases: each escalation once, pauses and transfers counted, splits buy no time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from clearbay.apply.cases import Casework, Draft
from clearbay.apply.cases.tick import tick
from clearbay.model.case import Case
from clearbay.model.errors import BadInput, NotAllowed
from tests.apply_cases.casehome import BOSS, DUTY, ELSE, HAND, Time, actor, alarm, photo


def complaint(casework: Casework, channel: str = "wechat", at: str = "440300") -> Case:
    fields = {"channel": channel, "subject": "water"}
    return casework.open(DUTY, Draft("public-complaint", "Foam", jurisdiction=at, fields=fields))


def test_an_overdue_case_is_escalated_step_by_step_and_once_each(casework: Casework, time: Time) -> None:
    """At the deadline to the reviewer, two hours later to the duty officer above; the province then sees the case."""
    case = alarm(casework)
    province = actor("province", "duty_officer", at="440000")
    time.go(hours=1)
    assert not tick(casework).escalated
    time.go(hours=1, minutes=1)
    assert tick(casework).escalated == [case.id]
    assert not tick(casework).escalated
    assert casework.get(DUTY, case.id).escalated == 1
    time.go(hours=2)
    assert tick(casework).escalated == [case.id]
    dossier = casework.dossier(province, case.id)
    assert [(one.jurisdiction, one.part) for one in dossier.parties] == [("440000", "superior")]
    said = [step for one in dossier.actions if one.kind == "overdue" for step in one.data["steps"]]  # type: ignore[attr-defined]
    assert [(step["level"], step.get("to")) for step in said] == [
        (0, None), (1, "reviewer"), (2, "duty_officer")
    ]  # fmt: skip
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", ""))
    outcomes = {one.deadline: one.outcome for one in casework.dossier(DUTY, case.id).clocks}
    assert outcomes == {"judge": "late", "arrive": "running"}


def test_everything_missed_is_made_up_for_at_once(casework: Casework, time: Time) -> None:
    """A node that slept for a week does all steps in one look, in order, each once."""
    case = alarm(casework)
    time.go(days=7)
    assert tick(casework).escalated == [case.id]
    said = casework.dossier(DUTY, case.id).actions[-1].data["steps"]
    assert [step["level"] for step in said] == [0, 1, 2]  # type: ignore[attr-defined]
    assert not tick(casework).escalated


def test_a_suspension_takes_its_midnights_off(casework: Casework, time: Time) -> None:
    """A pause over two nights moves a working-day deadline by two working days; while it lasts nothing is due."""
    case = complaint(casework)
    time.go(hours=1)
    casework.act(DUTY, case.id, "accept")
    started = casework.get(DUTY, case.id)
    assert started.due == datetime.fromisoformat("2026-03-04T16:00:00+00:00")
    time.go(days=1)
    stopped = casework.suspend(BOSS, case.id, "reporter", reason="asked for photographs")
    assert stopped.due is None
    time.go(days=2)
    assert not tick(casework).escalated
    with pytest.raises(BadInput, match="suspended"):
        casework.act(HAND, case.id, "start")
    again = casework.resume(BOSS, case.id)
    assert again.due == started.due + timedelta(days=2)
    assert again.suspended is None


def test_a_suspension_ends_by_itself_at_its_longest(casework: Casework, time: Time) -> None:
    """Sixty days is the longest: then the clocks run again, and the record says that nobody did it."""
    case = complaint(casework)
    casework.suspend(BOSS, case.id, "test")
    time.go(days=59)
    assert not tick(casework).resumed
    time.go(days=2)
    assert tick(casework).resumed == [case.id]
    last = next(one for one in casework.dossier(DUTY, case.id).actions if one.kind == "resume")
    assert last.actor == "clearbay"


@pytest.mark.parametrize("why", ["", "holiday"])
def test_a_clock_stops_for_the_reasons_of_the_playbook_only(casework: Casework, why: str) -> None:
    """No reason, or one that the playbook does not list, stops nothing; a duty officer stops none at all."""
    case = complaint(casework)
    with pytest.raises(BadInput):
        casework.suspend(BOSS, case.id, why)
    with pytest.raises(NotAllowed):
        casework.suspend(DUTY, case.id, "test")
    inspection = casework.open(DUTY, Draft("inspection", "P", fields={"plant": "P"}))
    with pytest.raises(NotAllowed):
        casework.suspend(BOSS, inspection.id, "test")


def test_a_transfer_counts_on_in_the_new_place(casework: Casework, time: Time) -> None:
    """Handed over before Easter, the days left are counted by Hong Kong's holidays."""
    time.now = datetime.fromisoformat("2026-04-02T01:00:00+00:00")
    case = complaint(casework, "phone")
    assert case.due == datetime.fromisoformat("2026-04-08T16:00:00+00:00")  # 3 April, then 7 and 8: Qingming is 4-6
    time.go(hours=4)
    moved = casework.transfer(DUTY, case.id, "810000", reason="it is across the border")
    assert moved.due == datetime.fromisoformat("2026-04-10T16:00:00+00:00")  # 8, 9 and 10 April
    assert moved.assignee == ""
    clock = casework.dossier(actor("hk", "duty_officer", at="810000"), case.id).clocks[0]
    assert [name for _, name in clock.legs] == ["cn", "hk"]
    with pytest.raises(NotAllowed):
        casework.act(DUTY, case.id, "accept")
    assert casework.get(DUTY, case.id).jurisdiction == "810000"


def test_a_case_sent_back_goes_up(casework: Casework) -> None:
    """Two that hand a case to and fro are a dispute: the smallest jurisdiction around both is called upon."""
    case = complaint(casework)
    casework.transfer(DUTY, case.id, "440400", reason="theirs")
    casework.transfer(ELSE, case.id, "440300", reason="not ours")
    dossier = casework.dossier(actor("province", "reviewer", at="440000"), case.id)
    assert ("440000", "superior") in [(one.jurisdiction, one.part) for one in dossier.parties]
    assert dossier.actions[-1].data["disputed"]
    assert dossier.case.escalated == 1


def test_a_restarted_clock_begins_in_the_new_hands(casework: Casework, time: Time) -> None:
    """The arrival of a handed-over alarm is due anew; the old clock is void, not late."""
    case = alarm(casework)
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", ""))
    time.go(hours=3)
    moved = casework.transfer(DUTY, case.id, "440400", reason="theirs")
    assert moved.due == time.now + timedelta(hours=4)
    outcomes = [one.outcome for one in casework.dossier(DUTY, case.id).clocks if one.deadline == "arrive"]
    assert outcomes == ["void", "running"]


def test_splitting_never_buys_time(casework: Casework, time: Time) -> None:
    """The case split off has the deadlines that ran already, and the evidence that was given along."""
    case = complaint(casework)
    casework.act(DUTY, case.id, "accept")
    casework.attach(HAND, case.id, photo())
    time.go(days=3)
    old = casework.get(DUTY, case.id)
    part = casework.split(DUTY, case.id, "The second pipe", reason="two pipes", evidence=[1])
    assert (part.due, part.state, part.split_from) == (old.due, old.state, case.id)
    assert len(casework.dossier(DUTY, part.id).evidence) == 1
    assert casework.dossier(DUTY, case.id).actions[-1].data["case"] == part.id
    with pytest.raises(BadInput, match="no evidence 9"):
        casework.split(DUTY, case.id, "x", reason="y", evidence=[9])


def test_a_merged_case_goes_on_in_the_other(casework: Casework) -> None:
    """Both timelines say so, the clocks of the one are void, and nothing more is done to it."""
    one, other = alarm(casework), alarm(casework)
    casework.split(DUTY, other.id, "third", reason="x")
    goes_on = casework.merge(DUTY, one.id, other.id, reason="the same spill")
    assert goes_on.id == other.id
    ended = casework.dossier(DUTY, one.id)
    assert (ended.case.status, ended.case.merged_into) == ("merged", other.id)
    assert {clock.outcome for clock in ended.clocks} == {"void"}
    for act in (lambda: casework.act(DUTY, one.id, "dispatch", assignee=("x", "")),
                lambda: casework.merge(DUTY, one.id, other.id, reason="again"),
                lambda: casework.merge(DUTY, other.id, other.id, reason="itself")):  # fmt: skip
        with pytest.raises(BadInput):
            act()


def test_joint_handling_waits_for_every_part(casework: Casework, time: Time) -> None:
    """A case closes only when each jurisdiction that was asked has reported, or was released."""
    fields = {"channel": "web", "subject": "water"}
    case = casework.open(DUTY, Draft("public-complaint", "Foam", fields=fields))
    casework.join(DUTY, case.id, "440400", "look at the other bank")
    casework.join(DUTY, case.id, "810000", "ask the ships")
    casework.act(DUTY, case.id, "accept")
    casework.act(HAND, case.id, "start")
    time.go(minutes=1)
    casework.attach(ELSE, case.id, photo())  # whoever has a part brings evidence
    with pytest.raises(NotAllowed):
        casework.act(ELSE, case.id, "answer", reason="x", fields={"finding": "a", "answer": "b"})
    casework.act(HAND, case.id, "answer", reason="x", fields={"finding": "a", "answer": "b"})
    with pytest.raises(BadInput, match="440400, 810000"):
        casework.act(BOSS, case.id, "close")
    casework.contribute(ELSE, case.id, "nothing there")
    casework.release(DUTY, case.id, "810000", reason="they have answered by telephone")
    assert casework.act(BOSS, case.id, "close").status == "closed"


def test_a_deadline_beyond_the_published_calendars_says_so(casework: Casework, time: Time) -> None:
    """A term that crosses into a year without an official list is uncertain, and the case's clock names the year."""
    time.now = datetime.fromisoformat("2026-12-29T01:00:00+00:00")
    case = casework.open(DUTY, Draft("inspection", "P", fields={"plant": "P"}))
    clock = next(one for one in casework.dossier(DUTY, case.id).clocks if one.deadline == "inspect")
    assert clock.uncertain == (("cn", 2027, "not_published"),)
