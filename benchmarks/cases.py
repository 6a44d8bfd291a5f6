"""Many cases (100,000 if not told otherwise): the desk for 200 people at once, an action, the verification of all.

``python benchmarks/cases.py --home DIR [--cases 100000] [--people 200]`` makes the home if it is not there (generated
cases, through the engine itself, many to a transaction), then measures: lists and figures in the process, the
verification of everything, then ``--people`` over HTTP for ``--seconds`` (``cases_people``). One JSON object on
standard output.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cases_people import CITIES, measure
from clearbay.apply.cases import Casework, Draft, clocks, leader, lists
from clearbay.apply.cases.tick import tick
from clearbay.apply.cases.verify import Whole, verify
from clearbay.apply.cases.work import Work
from clearbay.model.case import Actor
from clearbay.store import Home

AT_ONCE = 2000
ENDED = 0.8
"""Of the cases that the generated steps leave open, so many have ended: some fifteen thousand of 100,000 are open."""


def make(home: Home, number: int) -> float:
    """Open cases through the engine; about a third is dispatched, a third of those handled, some are dismissed."""
    chance = random.Random(7)
    start = time.monotonic()
    at = [datetime(2026, 1, 5, tzinfo=UTC)]
    casework = Casework(home, clock=lambda: at[0])
    done = 0
    while done < number:
        with casework.cases.write() as writing:
            for _ in range(min(AT_ONCE, number - done)):
                at[0] += timedelta(seconds=250)
                place = chance.choice(CITIES)
                place = place[:4] + f"{chance.randint(1, 9):02d}" if place < "800000" else place
                duty = Actor("duty", "Duty", frozenset({"operator"}), "100000")
                playbook = casework.playbook("pollution-alarm")
                draft = Draft(
                    "pollution-alarm", f"generated alarm {done}", severity=chance.randint(1, 4), generated=True
                )
                writing.keep_playbook(playbook.id, playbook.version, playbook.text)
                case = casework._fresh(writing, duty, playbook, draft, place, None)
                work = casework._created(writing, duty, playbook, case, "")
                work.put(clocks.entered(playbook, (), work.case, work.now, ends=False))
                work.record("open", text="generated", data={"title": draft.title})
                _go_on(work, chance)
                done += 1
        print(f"{done:,} cases, {time.monotonic() - start:.0f} s", file=sys.stderr)
    return time.monotonic() - start


def _go_on(work: Work, chance: random.Random) -> None:
    steps = [("dispatched", "dispatch"), ("on_site", "arrive"), ("treated", "finish")]
    if chance.random() < 0.3:
        steps = [("false_alarm", "dismiss")]
    for state, step in steps[: chance.randint(0, 3)]:
        work.now += timedelta(minutes=chance.randint(5, 300))
        before = work.case.state
        work.enter(state)
        work.record(step, before=before, text="generated")
    if work.case.status == "open" and chance.random() < ENDED:
        # Ended by hand where the generated way did not lead there: most of what an office has is done with.
        before = work.case.state
        work.enter("closed" if before == "treated" else "false_alarm")
        work.record("close" if before == "treated" else "dismiss", before=before, text="generated")


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    fresh = not (given.home / "home.json").exists()
    home = Home.create(given.home) if fresh else Home.open(given.home)
    told: dict[str, object] = {"cases": given.cases, "people": given.people}
    if fresh:
        told["made_s"] = round(make(home, given.cases), 1)
        start = time.monotonic()
        tick(Casework(home))  # what became overdue since: a server would have done it minute by minute
        told["escalated_s"] = round(time.monotonic() - start, 1)
    casework = Casework(home)
    for name, place in (("country", "100000"), ("city", "440300"), ("district", "440305")):
        person = Actor("p", "P", frozenset({"duty_officer"}), place)
        lists.desk(casework, person)
        told[f"desk_{name}_ms"] = round(_median(lambda person=person: lists.desk(casework, person)) * 1000, 1)
    told |= crowd(casework, given.people, given.rounds)
    for name, place in (("country", "100000"), ("city", "440300")):
        boss = Actor("b", "B", frozenset({"reviewer"}), place)
        told[f"leader_{name}_ms"] = round(_median(lambda boss=boss: leader.figures(casework, boss), 3) * 1000, 1)
    person = Actor("duty", "Duty", frozenset({"duty_officer"}), "440300")
    case = lists.page(casework, person).cases[0]
    told["comment_ms"] = round(_median(lambda: casework.comment(person, case.id, "measured")) * 1000, 1)
    start = time.monotonic()
    found = verify(home)
    told["verify_s"] = round(time.monotonic() - start, 2)
    assert isinstance(found, Whole), found
    told |= {
        "open": lists.total(casework, Actor("o", "", frozenset({"auditor"}), "100000")),
        "actions": found.actions,
        "entries": found.entries["cases"],
    }
    home.close()
    told["over_http"] = measure(given.home, given.people, given.seconds)
    print(json.dumps(told, indent=2))


def crowd(casework: Casework, people: int, rounds: int) -> dict[str, object]:
    """Everybody asks for their desk at once; 95th percentile over all answers, in ms."""
    took: list[float] = []
    gate = threading.Barrier(people)

    def ask(number: int) -> None:
        place = CITIES[number % len(CITIES)]
        person = Actor(f"p{number}", "", frozenset({"duty_officer"}), place)
        for _ in range(rounds):
            gate.wait()
            time.sleep(random.Random(number).random())  # people do not press in the same millisecond
            start = time.monotonic()
            lists.desk(casework, person)
            took.append(time.monotonic() - start)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    return {
        "crowd_p50_ms": round(statistics.median(took) * 1000, 1),
        "crowd_p95_ms": round(took[int(len(took) * 0.95)] * 1000, 1),
    }


def _median(run: Callable[[], object], times: int = 7) -> float:
    took = []
    for _ in range(times):
        start = time.monotonic()
        run()
        took.append(time.monotonic() - start)
    return statistics.median(took)


if __name__ == "__main__":
    main()
