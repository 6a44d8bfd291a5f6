import re
import socket
import threading
import time

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from clearbay.model.errors import BadInput
from clearbay.web.server import create_app, listen


@pytest.fixture
def served(home_path):
    """A real server on loopback, warming up as it does in earnest."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(home_path), log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
        deadline = time.monotonic() + 20
        while True:
            try:
                client.get("/api/health")
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield client
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def test_a_real_server_serves_map_api_and_reference(served):
    """Over a real socket: health, a verdict, the reference, the page, and a problem."""
    assert served.get("/api/health").json()["status"] == "ok"
    answer = served.get("/api/assessments?standard=cn.gb3097-1997&shape=matrix")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["stations"]
    assert (
        served.get("/api/health", headers={"If-None-Match": served.get("/api/health").headers["etag"]}).status_code
        == 304
    )
    assert served.get("/docs").status_code == 200
    assert served.get("/").headers["content-type"].startswith("text/html")
    assert served.get("/api/assessments?standard=x").status_code == 404
    assert served.get("/assets/gone-12345678.js").json()["status"] == 404
    with served.stream("GET", "/api/observations?format=csv") as streamed:
        assert sum(len(part) for part in streamed.iter_bytes()) > 1_000_000


def test_warming_up_fills_the_memory(served):
    """Soon after the start the default verdicts are there before anybody asked, and a switch of rule set is quick."""
    deadline = time.monotonic() + 30
    addresses = [f"/api/assessments?standard={name}&shape=matrix" for name in ("hk.wqo-marine", "cn.gb3097-1997")]
    while time.monotonic() < deadline:
        served.get(addresses[0])
        began = time.monotonic()
        served.get(addresses[1])
        if time.monotonic() - began < 0.2:
            return
        time.sleep(0.2)
    pytest.fail("a switch of rule set stayed slow")


def test_every_answer_keeps_the_page_to_its_own_server(served):
    """The policy names no foreign host, on pages, on answers and on refusals."""
    for address in ("/", "/docs", "/api/health", "/api/nothing", "/list"):
        headers = served.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "worker-src 'self' blob:" in policy
        assert not re.search(r"https?:|\*", policy)
        assert headers["x-content-type-options"] == "nosniff"


def test_a_taken_port_is_told_in_plain_words():
    """Not a traceback: which port, and the way out."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(BadInput, match="--port"):
            listen("127.0.0.1", other.getsockname()[1])


def test_a_home_that_is_none_is_told(tmp_path):
    """Serving a directory without a home says how to make one."""
    with pytest.raises(BadInput, match="clearbay init"):
        create_app(tmp_path)


def test_starting_is_quick_and_stopping_waits_for_the_warm_up(home_path):
    """An application is ready at once, whatever warms up behind it, and leaves cleanly in the middle of it."""
    began = time.monotonic()
    with TestClient(create_app(home_path)) as client:
        assert client.get("/api/health").status_code == 200
        assert time.monotonic() - began < 5
    assert not [thread for thread in threading.enumerate() if thread.name == "warm-up"]


def test_an_unknown_api_path_is_never_the_page(home_path):
    """A client of the API gets a problem, not HTML with status 200."""
    with TestClient(create_app(home_path, warm_up=False)) as client:
        answer = client.get("/api/stations/hk/none")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get("/anything").headers["content-type"].startswith("text/html")
