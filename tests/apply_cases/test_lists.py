"""Lists, counts and pages hold what a person may see, in the order of urgency, and nothing of others."""

from __future__ import annotations

import pytest

from clearbay.apply.cases import Casework, Draft, lists
from clearbay.apply.cases.lists import Choice
from clearbay.model.errors import BadInput
from tests.apply_cases.casehome import DUTY, ELSE, HAND, Time, actor, alarm


@pytest.fixture
def town(casework: Casework, time: Time) -> list[str]:
    """Ten alarms over three places, one shared, one given to a stranger, some late."""
    ids = []
    for number in range(10):
        place = ("440305", "440306", "440400")[number % 3]
        ids.append(casework.open(actor("o", "operator", at="100000"), Draft("pollution-alarm", f"alarm {number}",
                                 jurisdiction=place, severity=number % 4 + 1)).id)  # fmt: skip
        time.go(minutes=20)
    casework.join(DUTY, ids[0], "440400", "look")
    casework.assign(DUTY, ids[1], ("stranger", "Stranger"))
    return ids


def test_the_most_urgent_come_first_page_by_page(casework: Casework, town: list[str]) -> None:
    """Pages follow one another by deadline without gap or repeat, and the last has no next."""
    found, after = [], ""
    while True:
        page = lists.page(casework, DUTY, after=after, limit=2)
        found += page.cases
        after = page.next
        if not after:
            break
    assert [one.due for one in found] == sorted(one.due for one in found if one.due)
    assert len({one.id for one in found}) == len(found) == lists.total(casework, DUTY) == 7


def test_everybody_sees_their_own(casework: Casework, town: list[str]) -> None:
    """City, district, the neighbour with a part in one, the stranger with one by name, and those with nothing."""
    seen = {
        name: {town.index(one.id) for one in lists.page(casework, who).cases}
        for name, who in {
            "city": DUTY, "district": actor("d", "handler", at="440305"), "neighbour": ELSE,
            "stranger": actor("stranger", "handler", at="820000"), "hk": actor("h", "reviewer", at="810000"),
            "country": actor("c", "auditor", at="100000"), "public": actor("p", "public"), "nobody": actor("n"),
        }.items()
    }  # fmt: skip
    assert seen == {
        "city": {0, 1, 3, 4, 6, 7, 9}, "district": {0, 3, 6, 9}, "neighbour": {0, 2, 5, 8}, "stranger": {1},
        "hk": set(), "country": set(range(10)), "public": set(), "nobody": set(),
    }  # fmt: skip


def test_counts_are_of_what_one_sees(casework: Casework, town: list[str], time: Time) -> None:
    """The desk counts late, new and mine within the person's own cases; of others' not even a number."""
    city, neighbour = lists.desk(casework, DUTY).counts, lists.desk(casework, ELSE).counts
    assert (
        city["open"],
        neighbour["open"],
        lists.desk(casework, actor("h", "reviewer", at="810000")).counts["open"],
    ) == (7, 4, 0)
    assert city["late"] == sum(town.index(one.id) < 5 for one in lists.page(casework, DUTY).cases) - 1
    assert lists.desk(casework, actor("stranger", "handler", at="820000")).counts["mine"] == 1
    assert city["new"] == 7
    time.go(days=2)
    assert lists.desk(casework, DUTY).counts["new"] == 0


def test_filters_narrow_and_never_widen(casework: Casework, town: list[str]) -> None:
    """Asking for another's place, person or text finds nothing that one may not see."""
    for choice in (Choice(jurisdiction="440400"), Choice(text="alarm 2"), Choice(text="PA-2026-4404")):
        assert not lists.page(casework, DUTY, choice).cases
        assert lists.total(casework, DUTY, choice) == 0
    assert lists.total(casework, DUTY, Choice(text="alarm 3")) == 1
    assert lists.total(casework, DUTY, Choice(text="alarm_3")) == 0
    assert lists.total(casework, DUTY, Choice(text="' OR 1=1 --")) == 0
    assert lists.total(casework, DUTY, Choice(jurisdiction="440305", playbook="pollution-alarm", stage="found")) == 4


@pytest.mark.parametrize("after", ["x", "1", "1.", ".1", "9" * 30 + ".1", "1.1; DROP TABLE"])
def test_a_broken_cursor_is_refused(casework: Casework, after: str) -> None:
    """A cursor is what a page handed out, nothing else."""
    with pytest.raises(BadInput):
        lists.page(casework, DUTY, after=after)


def test_numbers_tell_nothing_of_other_places(casework: Casework) -> None:
    """Ids count within a kind, a year and a place: whoever opens one learns nothing of how many others have."""
    ids = [alarm(casework, station="", jurisdiction=place).id for place in ("440300", "440305", "810000", "440300")]
    assert ids == ["PA-2026-4403-00001", "PA-2026-440305-00001", "PA-2026-81-00001", "PA-2026-4403-00002"]


def test_the_desk_of_a_handler_is_theirs(casework: Casework) -> None:
    """What is given to a person counts as theirs until it is closed."""
    case = alarm(casework)
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", "Hand"))
    assert lists.desk(casework, HAND).counts["mine"] == 1
    casework.act(DUTY, case.id, "dismiss", reason="a test")
    assert lists.desk(casework, HAND).counts["mine"] == 0
