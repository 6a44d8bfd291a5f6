"""Every endpoint as everybody: what the served application really answers.

``python -m tests.security.matrix`` writes ``access.csv`` anew from the answers. Read what has changed before you keep
it: the file is what the test holds the application to.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from clearbay.apply.desk import Desk
from clearbay.model.person import Person
from clearbay.model.playbook import ROLES
from clearbay.share import access
from clearbay.share.app import api
from clearbay.share.guard import COOKIE, csrf_of
from clearbay.store import Home
from clearbay.store.keys import ROLES as KEYS
from clearbay.store.people import People
from clearbay.store.sessions import Sessions

TABLE = Path(__file__).parent / "access.csv"
CALLERS = ("nobody", "expired", "disabled", "unready", *(f"key {role}" for role in KEYS), *ROLES)
"""Nobody; a session that has ended; one of somebody disabled since; somebody who must set a password first; keys and
people of every role."""

_FILLED = {
    "/sta/v1.1/{path}": "/sta/v1.1/Things",
    "/api/portraits/{kind}/{id}": "/api/portraits/zone/none",
    "/api/events/stream": "/api/events/stream?seconds=0",
    "/api/review/{id}/revert": "/api/review/1/revert",
    "/api/cases/{id}/evidence/{number}": "/api/cases/none/evidence/1",
}


class World:
    """A served home with one caller of every kind."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.app = api(Desk(home))
        self.client = TestClient(self.app, base_url="https://bay.example", client=("203.0.113.9", 40000))
        self.client.__enter__()
        self._heads: dict[str, dict[str, str]] = {}
        people = People(home)
        for name in (*ROLES, "expired", "disabled", "unready"):
            role = name if name in ROLES else "operator"
            people.add(Person(name, name, (role,), stations=("A",)), by=None, must_change=name == "unready")

    def heads(self, caller: str) -> dict[str, str]:
        """What a caller sends along; made anew where it has been used up."""
        if caller == "nobody":
            return {}
        if caller not in self._heads:
            self._heads[caller] = self._made(caller)
        return self._heads[caller]

    def _made(self, caller: str) -> dict[str, str]:
        if caller.startswith("key "):
            text, _ = self.app.state.gate.keys.add(caller, caller.removeprefix("key "))
            return {"Authorization": f"Bearer {text}"}
        text, _ = Sessions(self.home).begin(People(self.home).get(caller), agent="", address="", via="password")
        if caller == "expired":
            Sessions(self.home).end_all(caller, by=None)
        if caller == "disabled":
            People(self.home).change(caller, by=None, disabled=True)
        return {"Cookie": f"{COOKIE}={text}", "X-Clearbay-CSRF": csrf_of(text), "Sec-Fetch-Site": "same-origin"}

    def answer(self, caller: str, method: str, path: str) -> str:
        """``in`` where a caller gets past the door, else the status with which they are turned away."""
        filled = _FILLED.get(path, path)
        for name in ("id", "mn", "code", "number"):
            filled = filled.replace(f"{{{name}}}", "1" if "/sta/" in path else "none-of-it")
        body = {"json": {}} if method in ("POST", "PATCH", "PUT") else {}
        found = self.client.request(method, filled, headers=self.heads(caller), **body)  # type: ignore[arg-type]
        if (method, path) == ("DELETE", "/api/session") and not caller.startswith("key "):
            self._heads.pop(caller, None)
        assert found.status_code < 500, (caller, method, path, found.text)
        return str(found.status_code) if found.status_code in (401, 403) else "in"


@contextmanager
def world() -> Iterator[World]:
    """A world of its own."""
    with tempfile.TemporaryDirectory() as folder, Home.create(Path(folder) / "home") as home:
        made = World(home)
        try:
            yield made
        finally:
            made.client.__exit__()


def main() -> None:
    """Write the table anew."""
    with world() as made, TABLE.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["method", "path", "access", *CALLERS])
        for route in access.routes():
            answers = [made.answer(caller, route.method, route.path) for caller in CALLERS]
            writer.writerow([route.method, route.path, route.access, *answers])
    print(f"wrote {TABLE}; read what has changed before you keep it", file=sys.stderr)


if __name__ == "__main__":
    main()
