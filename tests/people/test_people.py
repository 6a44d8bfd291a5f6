"""Accounts: what can be one, the accounts of a demonstration, and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clearbay.apply import demonstration
from clearbay.apply.people import DEMONSTRATED, TASKS, demonstrate, may, place
from clearbay.cli import app
from clearbay.model.errors import BadInput
from clearbay.model.person import Person, checked
from clearbay.model.playbook import ROLES
from clearbay.store import Home
from clearbay.store.people import People

from .conftest import Served, add


@pytest.mark.parametrize(
    "wrong",
    [{"id": "A"}, {"id": "li wei"}, {"id": "key:1"}, {"id": ""}, {"name": " "}, {"name": "x\u202etxt"}, {"roles": ()},
     {"roles": ("king",)}, {"jurisdiction": "Nanshan"}, {"email": "no"}, {"email": "a@b\r\nBcc: c@d"},
     {"language": "fr"}, {"stations": ("x" * 300,)}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused(wrong: dict[str, Any]) -> None:
    """With the field that is wrong; a login can never look like a key or like the node itself."""
    with pytest.raises(BadInput) as caught:
        checked(Person(**{"id": "li", "name": "Li", "roles": ("handler",), **wrong}))
    assert caught.value.where in wrong


def test_every_task_names_roles_that_exist() -> None:
    """An operator may do all, an auditor changes nothing."""
    for id, task in TASKS.items():
        assert set(task.roles) <= set(ROLES)
        assert task.why
        assert may(("operator",), id)
        assert not may((), id)
    changing = {"cases.open", "cases.act", "cases.warn", "devices.approve", "review.set", "events.end", "people.manage"}
    assert not any(may(("auditor",), id) for id in changing)


def test_a_place_without_a_name_is_told_by_what_surrounds_it() -> None:
    """A district that no register names."""
    assert place("440300")["name"]["zh-Hans"] == "深圳市"  # type: ignore[index]
    assert place("440305001")["name"]["en"] == "Shenzhen 440305001"  # type: ignore[index]


def test_a_demonstration_has_people_that_say_so(served: Served) -> None:
    """Made once, with one password that opens them; where real people are, none."""
    assert DEMONSTRATED == demonstration._JURISDICTION
    logins, password = demonstrate(served.home)
    assert demonstrate(served.home) == (logins, password)
    assert all("demonstration" in one.name for one in People(served.home).every())
    assert served.signed_in("duty", password).get("/api/me").json()["roles"] == ["duty_officer"]


def test_a_home_with_people_gets_no_demonstration(home: Home) -> None:
    """Nobody finds accounts with a known password beside their own."""
    add(home, "wang", "operator")
    assert demonstrate(home) == ((), "")


def run(*words: str, home: Home, given: str = "") -> Any:
    done = CliRunner().invoke(app, ["user", *words, "--home", str(home.path), "--json"], input=given)
    if done.exception is not None:
        raise done.exception
    return json.loads(done.stdout)


def test_the_command_line_makes_and_changes_people(served: Served) -> None:
    """A made-up password is shown once and must be changed; a given one is checked; what is wrong is said."""
    home = served.home
    made = run("add", "li", "--name", "李伟", "--role", "handler", "--at", "440305", home=home)
    assert (made["id"], made["name"], made["must_change"]) == ("li", "李伟", True)
    assert served.signed_in("li", made["password"]).get("/api/me").json()["must_change"] is True
    with pytest.raises(BadInput, match="first that are tried"):
        run("add", "wang", "--role", "handler", "--password-stdin", home=home, given="password1234\n")
    run("password", "li", "--password-stdin", home=home, given="two herons on a mudflat\n")
    browser = served.signed_in("li")
    assert len(run("sessions", "li", home=home)["sessions"]) == 1
    assert run("change", "li", "--role", "inspector", home=home)["roles"] == ["inspector"]
    assert run("sessions", "li", home=home)["sessions"] == []
    assert run("disable", "li", home=home)["disabled"] is True
    assert [one["id"] for one in run("list", "--at", "440300", home=home)["people"]] == ["li"]
    served.app.state.gate.sessions.forget()  # type: ignore[attr-defined]
    assert browser.get("/api/desk").status_code == 401


def test_the_operator_s_page_has_the_table_of_tasks() -> None:
    """Every task with its roles, its key and why, as the code has them."""
    page = (Path(__file__).parents[2] / "docs" / "people.md").read_text(encoding="utf-8")
    for id, task in TASKS.items():
        roles = ", ".join(task.roles) or "–"
        country = " (operator of the whole country)" if task.country else ""
        assert f"| `{id}` | {roles}{country} | {task.key} | {task.why} |" in page
