"""Who may write."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from clearbay.share import guard, problems
from clearbay.share.guard import FAILURES, Caller, allowed
from clearbay.store import Home
from clearbay.store.keys import Keys


def application(keys: Keys, *, is_open: bool = False) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    guard.install(app, keys, is_open=is_open)

    @app.post("/write")
    def write(caller: Annotated[Caller, Depends(allowed("push"))]) -> str:
        return caller.name

    return app


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    with Home.create(tmp_path_factory.mktemp("guard") / "home") as made:
        yield made


def here(app: FastAPI, host: str = "127.0.0.1", name: str = "localhost:8700") -> TestClient:
    return TestClient(app, client=(host, 40000), base_url=f"http://{name}")


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_key_opens_what_its_role_covers(home):
    """401 without a key or with a wrong one, 403 with a lesser role, and the caller's name where it fits."""
    keys = Keys(home)
    push, reading = keys.add("lab", "push")[0], keys.add("reader", "read")[0]
    client = here(application(keys))
    assert client.post("/write", headers=bearer(push)).json() == "lab"
    assert client.post("/write", headers=bearer(keys.add("chief", "operate")[0])).json() == "chief"
    refused = client.post("/write")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert "clearbay key add" in refused.json()["mend"]
    assert client.post("/write", headers=bearer(push + "x")).status_code == 401
    assert client.post("/write", headers=bearer(reading)).status_code == 403


def test_a_revoked_key_is_refused_at_once(home):
    """Revocation by the process that serves takes effect with the next request."""
    keys = Keys(home)
    text, key = keys.add("gone", "push")
    client = here(application(keys))
    assert client.post("/write", headers=bearer(text)).status_code == 200
    keys.revoke(key.id)
    assert client.post("/write", headers=bearer(text)).status_code == 401


def test_wrong_keys_are_limited_and_good_ones_are_not(home):
    """After too many failures an address is told to wait; a good key from there still passes."""
    keys = Keys(home)
    text, _ = keys.add("good", "push")
    client = here(application(keys))
    answers = [client.post("/write", headers=bearer("clearbay_wrong")).status_code for _ in range(FAILURES + 1)]
    assert answers == [401] * FAILURES + [429]
    assert int(client.post("/write", headers=bearer("clearbay_wrong")).headers["retry-after"]) > 0
    assert client.post("/write", headers=bearer(text)).status_code == 200


def test_an_open_server_is_open_to_its_own_machine_alone(home):
    """Not to another address, a proxy, a page of another site, or a foreign name that points here."""
    app = application(Keys(home), is_open=True)
    assert here(app).post("/write").status_code == 200
    assert here(app).post("/write", headers={"Origin": "http://localhost:8700"}).status_code == 200
    assert here(app, host="192.0.2.7").post("/write").status_code == 401
    assert here(app, name="rebound.example:8700").post("/write").status_code == 401
    assert here(app).post("/write", headers={"Origin": "https://example.org"}).status_code == 401
    assert here(app).post("/write", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 401


def test_a_wrong_key_is_refused_on_an_open_server_too(home):
    """Who sends a key means it: a typing error must not pass for a right."""
    assert here(application(Keys(home), is_open=True)).post("/write", headers=bearer("clearbay_x")).status_code == 401
