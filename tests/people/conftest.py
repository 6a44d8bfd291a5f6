"""A home with people, served as it is served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from clearbay.apply import passwords
from clearbay.apply.desk import Desk
from clearbay.model.person import Person
from clearbay.share.app import api
from clearbay.store import Home
from clearbay.store.keys import Keys
from clearbay.store.people import People

PASSWORD = "two herons on a mudflat"
_encoded = ""


def add(home: Home, id: str, *roles: str, at: str = "440300", **more: object) -> Person:
    """An account whose password is ``PASSWORD``."""
    global _encoded
    _encoded = _encoded or passwords.encode(PASSWORD)
    one = Person(id, id.title(), roles, at, **more)  # type: ignore[arg-type]
    return People(home).add(one, by=None, password=_encoded)


@dataclass
class Browser:
    """A browser of one person: a cookie jar, and the token that our own page would send."""

    client: TestClient
    csrf: str = ""

    def request(self, method: str, path: str, **more: object) -> object:
        headers = {"X-Clearbay-CSRF": self.csrf, "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}  # type: ignore[dict-item]
        return self.client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]

    def get(self, path: str, **more: object) -> object:
        return self.request("GET", path, **more)

    def post(self, path: str, json: object = None, **more: object) -> object:
        return self.request("POST", path, json=json, **more)


@dataclass
class Served:
    """A home and its application."""

    home: Home
    app: object

    def browser(self, address: str = "203.0.113.5") -> Browser:
        """A browser of nobody in particular, somewhere on the network."""
        return Browser(TestClient(self.app, base_url="https://bay.example", client=(address, 40000)))  # type: ignore[arg-type]

    def signed_in(self, login: str, password: str = PASSWORD) -> Browser:
        """A browser of a person."""
        found = self.browser()
        answer = found.client.post("/api/session", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        found.csrf = answer.json()["csrf"]
        return found

    def key(self, role: str) -> dict[str, str]:
        """Headers of a new key."""
        return {"Authorization": f"Bearer {Keys(self.home).add(role, role)[0]}"}  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    with Home.create(tmp_path / "home") as made:
        yield made


@pytest.fixture
def served(home: Home) -> Served:
    return Served(home, api(Desk(home)))
