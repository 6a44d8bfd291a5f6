"""Events open cases by themselves, once, with limit, place and suspects; and what becomes of them is said there."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from clearbay.apply.cases import Casework, acts, lists
from clearbay.apply.cases.acts import Act
from clearbay.apply.cases.discoveries import Discoveries, better, spoken
from clearbay.apply.cases.opening import Opening, opening
from clearbay.apply.cases.tick import tick
from clearbay.apply.demonstration import keep_demonstration, keep_incident
from clearbay.apply.desk import Desk
from clearbay.apply.events import Events
from clearbay.model.case import Case
from clearbay.model.errors import BadInput, Conflict
from clearbay.model.observation import READINGS
from clearbay.store import Home
from clearbay.transmit.detection import DetectionStage
from tests.apply_cases.casehome import BOSS, DUTY, HAND, START, Time, actor, photo, station

CLEAN, DIRTY, FOUL = 0.4, 2.4, 12.0
COUNTRY = actor("country", "duty_officer", at="100000")


class River:
    """Telemetry at one station, hour by hour, through the detectors; the clock goes with it."""

    def __init__(self, home: Home, time: Time, name: str = "S") -> None:
        self.home, self.time, self.name = home, time, name
        self.stage = DetectionStage(home, most_age=None)
        self.at = START - timedelta(hours=60)
        self.flow([CLEAN + 0.01 * (hour % 3) for hour in range(60)])

    def flow(self, values: Sequence[float]) -> None:
        rows = []
        for value in values:
            moment = self.at.replace(tzinfo=None)
            rows.append({"station": self.name, "property": "NH3N", "depth": "", "time": moment, "value": value,
                         "censoring": "", "flag": 1, "averaging": "hour"})  # fmt: skip
            self.at += timedelta(hours=1)
        table = pa.Table.from_pylist(rows, schema=READINGS)
        self.stage.push(table)
        self.home.ingest(table, source="test", within=self.stage.within)
        self.time.now = max(self.time.now, self.at)


@pytest.fixture
def river(home: Home, time: Time) -> River:
    return River(home, time)


@pytest.fixture
def found(casework: Casework) -> Discoveries:
    return Discoveries(casework)


def only(casework: Casework, status: str = "all") -> Case:
    (case,) = lists.page(casework, DUTY, lists.Choice(status=status)).cases
    return case


def kinds(casework: Casework, case: Case) -> list[str]:
    return [one.kind for one in casework.dossier(COUNTRY, case.id).actions]


def test_an_exceedance_opens_one_case_with_its_limit(river: River, found: Discoveries, casework: Casework) -> None:
    """Limit and grade from the rule, place and jurisdiction of the station, the words of the place's language."""
    assert found.look().opened == []
    river.flow([DIRTY] * 3)
    done = found.look()
    case = only(casework)
    assert done.opened == [case.id]
    assert case.limit is not None
    assert (case.limit.op, case.limit.value, case.limit.grade) == ("le", 1.0, "III")
    assert (case.station, case.property, case.jurisdiction, case.origin) == ("S", "NH3N", "440300", "event")
    event = Events(casework.home).get(case.event)
    assert case.title == event.title["zh-Hans"]
    assert case.severity == 5 - event.record.severity
    assert found.look().opened == []
    assert Discoveries(casework).look() == type(done)()
    assert only(casework).version == case.version


def test_worse_lowered_and_ended_are_said_once(river: River, found: Discoveries, casework: Casework) -> None:
    """Each change of the event is one action of the case; a worse one makes it more severe and is marked so."""
    river.flow([1.2] * 3)
    found.look()
    before = only(casework)
    river.flow([FOUL] * 2)
    assert found.look().told == [before.id]
    worse = only(casework)
    assert worse.severity < before.severity
    assert worse.worse is not None
    river.flow([CLEAN] * 12)
    found.look()
    Discoveries(casework).look()
    actions = [one for one in casework.dossier(DUTY, before.id).actions if one.kind == "again"]
    assert actions[-1].data["change"] == "ended"
    said = [step["what"] for one in actions for step in one.data["steps"]]  # type: ignore[attr-defined]
    assert said.count("ended") == 1
    assert "worse" in said
    assert only(casework).severity == worse.severity


def test_nothing_is_lost_while_nobody_looks(river: River, casework: Casework) -> None:
    """An event that came and went while no process ran has its case, which says that it ended; a long gone one none."""
    river.flow([DIRTY] * 4 + [CLEAN] * 12)
    Discoveries(casework).look()
    case = only(casework)
    assert kinds(casework, case) == ["open", "again"]
    other = River(casework.home, river.time, "T")
    other.flow([DIRTY] * 4 + [CLEAN] * 12)
    river.time.go(days=3)
    assert Discoveries(casework).look().opened == []


def test_many_who_look_open_one_case(river: River, casework: Casework) -> None:
    """Processes that look at the same moment open one case together and say each change once."""
    lookers = [Discoveries(casework) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        for values in ([1.2] * 3, [FOUL] * 3, [CLEAN] * 12):
            river.flow(values)
            list(pool.map(lambda one: one.look(), lookers))
    case = only(casework)
    steps = [step for one in casework.dossier(DUTY, case.id).actions if one.kind == "again"
             for step in one.data["steps"]]  # type: ignore[attr-defined] # fmt: skip
    assert len({(one["time"], one["what"]) for one in steps}) == len(steps) >= 2


def closed(river: River, casework: Casework, case: Case) -> None:
    river.time.go(minutes=1)
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", "Hand"))
    casework.act(HAND, case.id, "arrive")
    casework.attach(HAND, case.id, photo())
    casework.act(HAND, case.id, "finish", reason="valve shut", fields={"cause": "valve"})
    river.flow([CLEAN] * 30)
    casework.act(DUTY, case.id, "close")


def test_a_rebound_brings_the_case_back(river: River, found: Discoveries, casework: Casework) -> None:
    """A new exceedance where a closed case is still watched reopens that case, by the event or the clock, once."""
    river.flow([DIRTY] * 4)
    found.look()
    case = only(casework)
    river.flow([CLEAN] * 12)
    found.look()
    closed(river, casework, case)
    found.look()
    assert only(casework).status == "closed"
    river.flow([DIRTY] * 4)
    assert found.look().reopened == [case.id]
    tick(casework)
    again = only(casework)
    assert (again.status, again.state, again.reopened) == ("open", "new", 1)
    assert kinds(casework, case).count("rebound") == 1


def test_a_false_alarm_comes_back_only_when_it_gets_worse(river: River, found: Discoveries, casework: Casework) -> None:
    """Dismissed, the same event at the same severity stays dismissed; a worse one is news."""
    river.flow([1.2] * 3)
    found.look()
    case = only(casework)
    casework.act(BOSS, case.id, "dismiss", reason="a drunken probe")
    river.flow([1.2] * 3)
    found.look()
    assert only(casework).status == "closed"
    river.flow([12.0] * 3)
    found.look()
    assert only(casework).status == "open"


def test_what_the_node_says_makes_nobody_late(river: River, found: Discoveries, casework: Casework) -> None:
    """A person who looked before the event got worse still dispatches; one who looked before another person acted does
    not."""
    river.flow([1.2] * 3)
    found.look()
    seen = only(casework)
    river.flow([FOUL] * 2)
    found.look()
    assert only(casework).version > seen.version
    casework.act(DUTY, seen.id, "dispatch", assignee=("hand", "Hand"), version=seen.version)
    for version in (seen.version, only(casework).version + 1):
        with pytest.raises(Conflict, match="has changed"):
            casework.act(BOSS, seen.id, "dismiss", reason="no", version=version)


def test_an_event_follows_its_case_into_another(river: River, found: Discoveries, casework: Casework) -> None:
    """What a merged case's event does is said in the case in which it went on."""
    river.flow([1.2] * 3)
    found.look()
    case = only(casework)
    other = acts.perform(casework, DUTY, case.id, Act("split", reason="two outlets", title="other"))
    casework.merge(DUTY, case.id, other.id, reason="one after all")
    river.flow([FOUL] * 3)
    assert found.look().told == [other.id]


def test_the_file_says_what_opens(home: Home, river: River, casework: Casework) -> None:
    """A home's cases.toml decides kinds and severities; a mistake is named with its place."""
    path = home.path / "cases.toml"
    path.write_text("[open]\nlanguage = 'en'\n[open.from]\nexceedance = 4\n")
    assert opening(home.path) == Opening(kinds={"exceedance": 4}, language="en")
    river.flow([DIRTY] * 3)
    assert Discoveries(casework).look().opened == []
    river.flow([30.0] * 3)
    Discoveries(casework).look()
    assert only(casework).title == Events(home).get(only(casework).event).title["en"]
    for wrong in ("[open", "[shut]", "[open]\nfoo = 1", "[open.from]\nexceedance = 9", "[open.from]\nghost = 1",
                  "[open]\nage_hours = 'x'", "[open]\norigins = ['x']", "[open]\nlanguage = 'xx'"):  # fmt: skip
        path.write_text(wrong)
        with pytest.raises(BadInput):
            opening(home.path)


def test_the_case_names_suspects(tmp_path: Path) -> None:
    """An event on a known river is traced, and its case names the outlets in the order of their probability."""
    with Home.create(tmp_path / "h") as home:
        keep_demonstration(home)
        keep_incident(home)
        desk = Desk(home)
        casework = Casework(home)
        found = Discoveries(casework, desk.tracer)
        (id, *_) = found.look().opened
        told = {found.refine() for _ in range(4)}
        assert id in told
        case = casework.get(COUNTRY, id)
        assert case.generated
        action = casework.dossier(COUNTRY, id).actions[-1]
        assert action.kind == "trace"
        shares = [one["probability"] for one in action.data["suspects"]]  # type: ignore[attr-defined]
        assert shares == sorted(shares, reverse=True)
        assert " %" in case.fields["suspects"]
        assert found.refine() is None
        casework.edit(actor("o", "operator", at="100000"), id, {"suspects": "it was the dye works"})
        casework.clock = lambda: datetime.now(tz=case.opened.tzinfo) + timedelta(hours=1)
        home.register_stations([station("new")])
        with home.records.write() as connection:
            connection.exec_driver_sql("UPDATE case_finding SET traced = -1")
        found.refine()
        assert casework.get(COUNTRY, id).fields["suspects"] == "it was the dye works"


def test_suspects_are_told_again_only_where_they_say_something_new() -> None:
    """Another order among the first three or a probability that moved by five points; never the same twice."""
    one = [{"outlet": "a", "name": {"en": "A"}, "probability": 0.6}, {"outlet": "b", "name": {}, "probability": 0.3}]
    assert better(None, one)
    assert not better(one, one)
    assert better(one, one[::-1])
    assert better(one, [{**one[0], "probability": 0.7}, one[1]])
    assert not better(one, [{**one[0], "probability": 0.62}, one[1]])
    assert spoken(one, 0.1, "en") == "A 60 %; b 30 %; none of them 10 %"
    assert spoken([], 1.0, "en") == ""
