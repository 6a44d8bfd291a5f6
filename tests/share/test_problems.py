import logging

import pytest
from fastapi import FastAPI, Query
from fastapi.testclient import TestClient

from clearbay.model.errors import BadInput, StoreError, UnknownName
from clearbay.share.delivery import Delivery
from clearbay.share.problems import install


@pytest.fixture
def failing():
    """An application whose paths fail in every way there is."""
    app = FastAPI()
    install(app)
    failures = {
        "bad": BadInput("no good", where="here", mend="do better"),
        "unknown": UnknownName("nobody", where="name", mend="ask another"),
        "store": StoreError("the records are locked"),
        "broken": RuntimeError("secret inner detail"),
    }

    @app.get("/fail/{how}")
    def fail(how: str, n: int = Query(1, ge=1)) -> None:
        raise failures[how]

    def state(_: str) -> str:
        raise StoreError("the records are locked")

    app.add_middleware(Delivery, state=state)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("/fail/bad", 422, "here"),
        ("/fail/unknown", 404, "name"),
        ("/fail/store", 503, "store"),
        ("/fail/broken", 500, ""),
        ("/fail/bad?n=0", 422, "n"),
        ("/fail/bad?n=x", 422, "n"),
        ("/elsewhere", 404, "path"),
    ],
)
def test_every_failure_is_a_problem(failing, path, status, where):
    """Whatever fails, and even while the store cannot be asked for its version, the answer has the one shape."""
    answer = failing.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["where"] == where
    assert problem["title"]
    assert problem["detail"]


def test_a_server_failure_tells_the_log_and_not_the_caller(failing, caplog):
    """What broke is for the operator to read."""
    with caplog.at_level(logging.ERROR):
        answer = failing.get("/fail/broken")
    assert "secret" not in answer.text
    assert "secret inner detail" in caplog.text


def test_a_busy_store_says_when_to_come_back(failing):
    """503 carries Retry-After."""
    assert failing.get("/fail/store").headers["retry-after"] == "5"
