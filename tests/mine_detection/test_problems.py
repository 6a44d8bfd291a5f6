from __future__ import annotations

import json

from clearbay.mine.detection.problems import Problem, Problems
from clearbay.mine.detection.signal import Kind, Signal
from tests.mine_detection.telemetry import HOUR, START, station

PLACES = {
    one.id: one
    for one in (
        station("a", longitude=113.0, latitude=23.0),
        station("b", longitude=113.01, latitude=23.0),
        station("far", longitude=114.0, latitude=23.0),
    )
}


def signal(
    hour: int, place: str = "a", code: str = "NH3N", *, kind: Kind = "exceedance", on: bool = True, severity: int = 1
) -> Signal:
    time = START + hour * HOUR
    return Signal(kind, (place, code, "", "hour"), time, on, severity, 0.8, 2.0, 1.0, time)


def whats(problem: Problem) -> list[str]:
    return [step.what for step in problem.timeline]


def test_one_problem_is_one_event() -> None:
    """Signals of several detectors and properties of a place are one event, named by the most telling one."""
    problems = Problems(PLACES.get)
    problems.fold([signal(0, kind="change"), signal(1, code="TP", kind="change"), signal(2), signal(3)])
    (problem,) = problems.open
    assert len(problem.members) == 3
    assert problem.leading.kind == "exceedance"
    assert whats(problem) == ["new"]


def test_a_neighbour_joins_and_a_stranger_does_not() -> None:
    """The same property a kilometre away belongs to the event; a hundred kilometres away, or another one, does not."""
    problems = Problems(PLACES.get)
    problems.fold([signal(0), signal(2, "b"), signal(2, "far")])
    assert [problem.station for problem in problems.open] == ["a", "far"]
    assert whats(problems.open[0]) == ["new", "joined"]
    other = Problems(PLACES.get)
    other.fold([signal(0), signal(2, "b", "TP")])
    assert len(other.open) == 2


def test_it_is_worse_at_once_and_lowered_with_patience() -> None:
    """Severity rises with the first worse signal and falls with the third milder one; the worst is remembered."""
    problems = Problems(PLACES.get)
    problems.fold([signal(0), signal(1, severity=3), signal(2), signal(3)])
    (problem,) = problems.open
    assert problem.severity == 3
    problems.fold([signal(4)])
    assert (problem.severity, problem.worst) == (1, 3)
    assert whats(problem) == ["new", "worse", "lowered"]


def test_it_ends_when_the_last_member_is_over_and_may_come_back() -> None:
    """An event ends with its last member; what comes back within hours is the same event, later a new one."""
    problems = Problems(PLACES.get)
    problems.fold([signal(0), signal(0, code="TP"), signal(1, on=False)])
    (problem,) = problems.open
    problems.fold([signal(2, code="TP", on=False)])
    assert not problems.open
    assert problem.ended == START + 2 * HOUR
    problems.fold([signal(4)])
    assert problems.open == [problem]
    assert whats(problem) == ["new", "ended", "again"]
    problems.fold([signal(5, on=False), signal(5, code="TP", on=False), signal(40)])
    assert len(problems.open) == 1
    assert problems.open[0] is not problem


def test_old_readings_open_nothing_but_are_followed() -> None:
    """A signal before the age limit opens no event; an open event follows whatever comes."""
    problems = Problems(PLACES.get)
    assert problems.fold([signal(0)], not_before=START + HOUR) == []
    problems.fold([signal(2)], not_before=START + HOUR)
    assert len(problems.open) == 1


def test_what_nobody_speaks_of_any_more_is_over() -> None:
    """A series that stopped does not keep its event open for ever."""
    problems = Problems(PLACES.get)
    problems.fold([signal(0)])
    assert problems.forget(START + 10 * HOUR) == []
    (problem,) = problems.forget(START + 60 * HOUR)
    assert problem.ended == START


def test_an_event_lives_on_after_a_restart() -> None:
    """What JSON gives back goes on where it was."""
    problems = Problems(PLACES.get)
    problems.fold([signal(0, severity=2), signal(1, "b")])
    (problem,) = problems.open
    again = Problem("quality", "a", problem.opened, problem.updated, problem.severity, problem.worst, 7)
    again.fill(json.loads(json.dumps(problem.as_dict())))
    later = Problems(PLACES.get, [again])
    later.fold([signal(2, "b", severity=3)])
    assert later.open == [again]
    assert whats(again) == ["new", "joined", "worse"]
