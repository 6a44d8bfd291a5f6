"""A leader's figures are those that the timelines tell, and only of what the asker may see."""

from __future__ import annotations

import importlib
import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from clearbay.apply.cases import Casework, leader, lists
from clearbay.apply.cases.leader import Span
from clearbay.cli import app
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput
from clearbay.store import Home
from clearbay.store.tables_findings import case_pace
from tests.apply_cases import naive
from tests.apply_cases.casehome import BOSS, CLEAN_WATER, DUTY, ELSE, HAND, Time, actor, alarm, taken_in, treated

NOBODY, OWN = actor("x"), actor("hand", "public")


def same(casework: Casework, who: Actor, span: Span = Span()) -> None:
    """The fast figures are the slow ones."""
    fast, slow = leader.figures(casework, who, span).as_dict(), naive.figures(casework, who, span)
    assert plain(fast["total"]) == slow["total"]
    agencies = {(one["jurisdiction"], one["generated"]): plain(one) for one in fast["agencies"]}
    assert agencies == slow["agencies"]
    assert {one["month"]: plain(one) for one in fast["months"]} == slow["months"]


def plain(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key not in ("jurisdiction", "name", "month", "generated")}


def backfilled(home: Home) -> None:
    """What the migration makes of the timelines is what the engine keeps while they are written."""
    migration = importlib.import_module("clearbay.store.migrations.versions.0010_notices")
    with home.records.read() as connection:
        made = list(migration._rows(connection, migration._stages(connection)))
        held = [dict(row._mapping) for row in connection.execute(select(case_pace).order_by(case_pace.c.case))]
    assert [{**one, "generated": bool(one["generated"])} for one in made] == held


@pytest.fixture
def year(casework: Casework, time: Time, home: Home) -> Casework:
    """A closed and reopened case, a refused, a merged, a shared, a late one; in two places and two months."""
    case = treated(casework, time)
    time.go(hours=1)
    taken_in(home, *((time.now.replace(minute=0) + CLEAN_WATER * n, 0.4) for n in range(3)))
    time.go(hours=30)
    casework.act(DUTY, case.id, "close")
    casework.reopen(BOSS, case.id, reason="look again")
    casework.act(BOSS, alarm(casework, station="T").id, "dismiss", reason="no")
    one, other = alarm(casework), alarm(casework)
    casework.merge(DUTY, one.id, other.id, reason="one")
    casework.join(DUTY, other.id, "440400", "look")
    time.go(days=40)
    casework.act(DUTY, alarm(casework, station="T", jurisdiction="440305").id, "dispatch", assignee=("hand", "Hand"))
    alarm(casework, generated=True)
    return casework


def test_the_figures_are_those_of_the_timelines(year: Casework, home: Home) -> None:
    """For whoever asks, over every span and place, by agency and month."""
    for who in (DUTY, ELSE, HAND, NOBODY, OWN, actor("a", "auditor", at="100000"), actor("d", "handler", at="440305")):
        for span in (Span(), Span(date(2026, 4, 1)), Span(None, date(2026, 3, 31)), Span(jurisdiction="440305"),
                     Span(playbook="inspection"), Span(date(2026, 3, 2), date(2026, 3, 2))):  # fmt: skip
            same(year, who, span)
    total = leader.figures(year, DUTY).total
    assert (total.found, total.closed, total.reopened, total.refused) == (4, 1, 1, 1)
    assert total.hours["close"] is not None
    assert leader.figures(year, NOBODY).total.found == 0
    backfilled(home)


def test_what_is_generated_counts_apart(casework: Casework, year: Casework) -> None:
    """Generated cases are agencies of their own; in the total only where there is nothing else."""
    report = leader.figures(year, DUTY)
    assert [one.generated for _, one in report.agencies].count(True) == 1
    assert not report.total.generated
    only = leader.figures(year, actor("g", "duty_officer"), Span(date(2030, 1, 1)))
    assert only.total.found == 0
    assert only.agencies == ()


def test_a_span_has_two_ends(casework: Casework) -> None:
    """A span that ends before it begins is refused."""
    with pytest.raises(BadInput):
        leader.figures(casework, DUTY, Span(date(2026, 4, 1), date(2026, 3, 1)))


def test_the_command_tells_the_same(year: Casework, home: Home) -> None:
    """``clearbay case figures --json`` gives the shape of the API; a day that is none is refused."""
    found = CliRunner().invoke(app, ["case", "figures", "--home", str(home.path), "--at", "440300", "--json"])
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["total"]["found"] == 4
    assert told["agencies"][0]["name"]["en"]
    shown = CliRunner().invoke(app, ["case", "figures", "--home", str(home.path)])
    assert "2026-03" in shown.output
    wrong = CliRunner().invoke(app, ["case", "figures", "--home", str(home.path), "--from", "March"])
    assert isinstance(wrong.exception, BadInput)
    assert lists.total(year, DUTY) == 4
