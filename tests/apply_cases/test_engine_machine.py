"""Whatever people do, in whatever order: rules hold, nothing is lost, the home verifies."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clearbay.apply.cases import Casework, Draft, lists
from clearbay.apply.cases.tick import tick
from clearbay.apply.cases.verify import Whole, verify
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput
from clearbay.model.playbook import ENDS
from clearbay.store import Home
from tests.apply_cases.casehome import LIMIT, Time, actor, photo, station, taken_in
from tests.apply_cases.test_leader import backfilled, same

PEOPLE = [
    actor("duty", "duty_officer"), actor("hand", "handler"), actor("boss", "reviewer"), actor("citizen", "public"),
    actor("works", "enterprise"), actor("audit", "auditor"), actor("root", "operator", at="100000"),
    actor("else", "duty_officer", "handler", "reviewer", at="440400"), actor("hk", "reviewer", at="810000"),
]  # fmt: skip
OPENED = {
    "pollution-alarm": {}, "public-complaint": {"channel": "wechat", "subject": "water"},
    "rectification": {"enterprise": "Works"}, "inspection": {"plant": "P"}, "major-incident": {"deaths": "1"},
}  # fmt: skip
FILLED = {"cause": "x", "finding": "x", "answer": "x", "requirement": "x", "measure": "x", "published_at": "x"}
people = st.sampled_from(PEOPLE)
places = st.sampled_from(["440300", "440305", "440400", "810000", "820000", "nowhere"])


class Engine(RuleBasedStateMachine):
    """People at random, who may and who may not, on a few cases of every kind."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.home = Home.create(Path(self.directory.name) / "home")
        self.home.register_stations([station("S")])
        self.time = Time()
        self.work = Casework(self.home, clock=self.time)
        self.ids: list[str] = []
        self.versions: dict[str, int] = {}
        self.measured = 0

    def teardown(self) -> None:
        for who in PEOPLE:
            same(self.work, who)
        backfilled(self.home)
        self.home.close()
        self.directory.cleanup()

    def tried(self, act: object, *given: object, **more: object) -> None:
        """Do it, or be refused in plain words; a refusal changes nothing."""
        before = self.snapshot()
        try:
            act(*given, **more)  # type: ignore[operator]
        except BadInput:
            assert self.snapshot() == before

    def snapshot(self) -> dict[str, int]:
        with self.work.cases.read() as reading:
            return {case.id: case.version for case in reading.select()}

    @precondition(lambda self: len(self.ids) < 4)
    @rule(who=people, kind=st.sampled_from(list(OPENED)), aimed=st.booleans())
    def opens(self, who: Actor, kind: str, aimed: bool) -> None:
        draft = Draft(kind, "x", fields=OPENED[kind])
        if aimed:
            draft = Draft(kind, "x", fields=OPENED[kind], station="S", property="NH3N", limit=LIMIT)
        self.tried(lambda: self.ids.append(self.work.open(who, draft).id))

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), who=people, stale=st.booleans(), fill=st.booleans())
    def steps(self, data: st.DataObject, who: Actor, stale: bool, fill: bool) -> None:
        case = self.work.get(PEOPLE[6], data.draw(st.sampled_from(self.ids)))
        steps = list(self.work.playbooks()[case.playbook].transitions)
        fields = {name: "x" for name in FILLED if name in self.work.playbooks()[case.playbook].fields} if fill else {}
        fields = {name: "in_order" if (case.playbook, name) == ("inspection", "finding") else text
                  for name, text in fields.items()}  # fmt: skip
        version = case.version - 1 if stale else None
        step = data.draw(st.sampled_from(steps))
        self.tried(self.work.act, who, case.id, step, reason="r" if fill else "", fields=fields,
                   assignee=("hand", "Hand"), version=version)  # fmt: skip

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), who=people, to=places, what=st.integers(0, 8))
    def powers(self, data: st.DataObject, who: Actor, to: str, what: int) -> None:
        id, other = data.draw(st.sampled_from(self.ids)), data.draw(st.sampled_from(self.ids))
        work = self.work
        act = [
            lambda: work.transfer(who, id, to, reason="r"), lambda: work.join(who, id, to, "look"),
            lambda: work.contribute(who, id, "done"), lambda: work.merge(who, id, other, reason="r"),
            lambda: self.ids.append(work.split(who, id, "part", reason="r").id) if len(self.ids) < 6 else None,
            lambda: work.suspend(who, id, "test", reason="r"), lambda: work.resume(who, id),
            lambda: work.reopen(who, id, reason="r"), lambda: work.comment(who, id, "said"),
        ][what]  # fmt: skip
        self.tried(act)

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), who=people)
    def attaches(self, data: st.DataObject, who: Actor) -> None:
        self.tried(self.work.attach, who, data.draw(st.sampled_from(self.ids)), photo())

    @rule(days=st.integers(0, 40), hours=st.integers(0, 23))
    def time_goes(self, days: int, hours: int) -> None:
        self.time.go(days=days, hours=hours)
        tick(self.work)

    @rule(value=st.sampled_from([0.2, 0.4, 3.0]))
    def is_measured(self, value: float) -> None:
        self.time.go(minutes=1)
        taken_in(self.home, (self.time.now, value))

    @invariant()
    def rules_hold(self) -> None:
        """Versions never fall; ends have no deadline; open cases have a state from which somebody can go on."""
        with self.work.cases.read() as reading:
            cases = reading.select()
            for case in cases:
                assert case.version >= self.versions.get(case.id, 0)
                self.versions[case.id] = case.version
                book = self.work.playbook_of(reading, case)
                assert case.state in book.states
                running = [one for one in reading.clocks(case.number) if one.outcome == "running"]
                if case.status == "open":
                    assert book.states[case.state].stage not in ENDS
                    assert case.closed is None
                    due = [one.due for one in running if one.due is not None]
                    assert case.due == (min(due) if due else None)
                    assert len({one.deadline for one in running}) == len(running)
                else:
                    assert not running
                    assert case.due is None
                assert len(reading.actions(case.number)) == case.version
        for who in PEOPLE:
            listed = lists.page(self.work, who, lists.Choice("all"), limit=100).cases
            seen = set()
            for case in cases:
                try:
                    self.work.get(who, case.id)
                    seen.add(case.id)
                except BadInput:
                    pass
            assert {one.id for one in listed} == seen, who.id
            assert lists.total(self.work, who, lists.Choice("all")) == len(seen)

    @invariant()
    def the_home_verifies(self) -> None:
        found = verify(self.home)
        assert isinstance(found, Whole), found


TestEngine = Engine.TestCase
TestEngine.settings = settings(
    max_examples=8, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
