"""Who may call what: every endpoint as everybody, against a table that people have read."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from clearbay.apply.people import TASKS
from clearbay.model.playbook import ROLES
from clearbay.share import access
from clearbay.store.keys import ROLES as KEYS

from .matrix import CALLERS, TABLE, World, world

ROWS = {(row["method"], row["path"]): row for row in csv.DictReader(TABLE.open(encoding="utf-8"))}
ROUTES = {(one.method, one.path): one for one in access.routes()}


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with world() as found:
        yield found


def test_every_route_is_declared_and_in_the_table(made: World) -> None:
    """A route without declared access, or without a row that somebody has read, fails here; so does one that is put
    into the application beside the routers."""
    assert not [one for one in ROUTES.values() if one.access == "undeclared"]
    assert set(ROUTES) == set(ROWS), "run `python -m tests.security.matrix` and read what has changed"
    beside = {route.path for route in made.app.routes if isinstance(route, APIRoute)}
    assert beside == {"/openapi.json", "/docs", "/api/{path:path}"}
    assert {route.path for route in made.app.routes if isinstance(route, Mount)} == {"/sta"}


@pytest.mark.parametrize(("method", "path"), sorted(ROWS), ids=str)
def test_the_door_lets_in_whom_the_table_says(made: World, method: str, path: str) -> None:
    """Nobody, ended sessions, disabled people, keys and people of every role, over HTTP."""
    row = ROWS[method, path]
    found = {caller: made.answer(caller, method, path) for caller in CALLERS}
    assert found == {caller: row[caller] for caller in CALLERS}
    assert ROUTES[method, path].access == row["access"]


@pytest.mark.parametrize(("method", "path"), sorted(ROWS), ids=str)
def test_the_table_is_what_the_rules_say(method: str, path: str) -> None:
    """The rules in words, apart from the code that applies them: what is public is so for all; what is a task is for
    its roles; whoever shows nothing that holds is told 401, whoever lacks a role 403."""
    row = ROWS[method, path]
    kind, _, name = row["access"].partition(" ")
    people = {role: "in" for role in ROLES}
    keys = {f"key {role}": "in" for role in KEYS}
    outside, unready = "401", "403"
    if kind in ("public", "anybody"):
        outside, unready = "in", "in"
    elif kind == "person":
        keys, unready = dict.fromkeys(keys, "401"), "in"
    elif kind == "key":
        keys = {f"key {role}": "in" if KEYS.index(role) >= KEYS.index(name) else "403" for role in KEYS}
    else:
        task = TASKS[name]
        people = {role: "in" if role in (*task.roles, "operator") else "403" for role in ROLES}
        keys = {f"key {role}": "in" if KEYS.index(role) >= KEYS.index(task.key) else "403" for role in KEYS}
    expected = {"nobody": outside, "expired": outside, "disabled": outside, "unready": unready, **keys, **people}
    assert {caller: row[caller] for caller in CALLERS} == expected
