"""A served home with people of two towns, as it is served: with every layer of the server around it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient

from clearbay.apply import passwords
from clearbay.model.person import Person
from clearbay.share.guard import COOKIE, csrf_of
from clearbay.share.sta.service import Front
from clearbay.store import Home
from clearbay.store.keys import Keys
from clearbay.store.people import People
from clearbay.store.sessions import Sessions
from clearbay.web.protocol import Patience
from clearbay.web.server import create_app, listen
from tests.apply_cases.casehome import station

PASSWORD = "two herons on a mudflat"


@dataclass
class Stand:
    """A home, its application, and what callers send."""

    home: Home
    app: Any
    key: dict[str, str]

    def client(self, address: str = "203.0.113.9", **more: Any) -> TestClient:
        """Somebody on the network; a failure of the server is an answer 500, as it is outside."""
        return TestClient(
            self.app,
            base_url=more.pop("base_url", "https://bay.example"),
            client=(address, 40000),
            raise_server_exceptions=False,
            follow_redirects=False,
        )

    def signed(self, login: str) -> dict[str, str]:
        """What the browser of somebody who is signed in sends."""
        text, _ = Sessions(self.home).begin(People(self.home).get(login), agent="", address="", via="password")
        return {"Cookie": f"{COOKIE}={text}", "X-Clearbay-CSRF": csrf_of(text), "Sec-Fetch-Site": "same-origin"}


def made(path: Path) -> Stand:
    """A stand over a new home."""
    encoded = passwords.encode(PASSWORD)
    with Home.create(path) as home:
        home.register_stations([station("S"), station("T", "440400")])
        for login, role, at in (
            ("duty", "duty_officer", "440300"),
            ("boss", "operator", "440300"),
            ("all", "operator", "100000"),
            ("else", "duty_officer", "440400"),
        ):
            People(home).add(Person(login, login.title(), (role,), at), by=None, password=encoded)
        key = Keys(home).add("tests", "operate")[0]
    app = create_app(path, warm_up=False)
    return Stand(app.state.desk.home, app, {"Authorization": f"Bearer {key}"})


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    found = made(tmp_path_factory.mktemp("stand") / "home")
    yield found
    found.app.state.intake.close()
    found.home.close()


@pytest.fixture(scope="module")
def port(stand: Stand) -> Iterator[int]:
    """The stand behind a real socket, spoken to by the server's own protocol."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(
            Front(stand.app), http=Patience, log_level="error", access_log=False, server_header=False, lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(30)
