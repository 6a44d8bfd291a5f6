"""What comes over the line itself: malformed, endless, slow. The server answers, and goes on answering."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from clearbay.share import bodies
from clearbay.web import protocol

CLOSE = b"\r\nHost: localhost\r\nConnection: close\r\n"
JSON = b"Content-Type: application/json\r\n"
DEEP = b"[" * 100_000 + b"]" * 100_000


def told(port: int, *parts: bytes, wait: float = 60) -> bytes:
    """Everything that the server says until it hangs up; whatever is cut off while it does so is cut off."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as line:
        try:
            for part in parts:
                line.sendall(part)
            while data := line.recv(65536):
                found += data
        except ConnectionError:
            pass
    return found


def get(path: bytes, more: bytes = b"") -> bytes:
    return b"GET " + path + b" HTTP/1.1" + CLOSE + more + b"\r\n"


def post(path: bytes, body: bytes, more: bytes = JSON) -> bytes:
    return b"POST " + path + b" HTTP/1.1" + CLOSE + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


REQUESTS = {
    "half an address as host": b"GET /api/nothing HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n",
    "half an address as host of SensorThings": b"POST /sta/v1.1/Things HTTP/1.1\r\nHost: [::1\r\nConnection: close\r\n"
    b"Content-Length: 2\r\n\r\n{}",
    "half an address as origin": post(b"/api/session", b"{}", JSON + b"Origin: http://[\r\n"),
    "a port that is none": b"GET /api/me HTTP/1.1\r\nHost: a:b\r\nConnection: close\r\n\r\n",
    "no host": b"GET /api/me HTTP/1.0\r\n\r\n",
    "a NUL": get(b"/%00"),
    "bytes that are no text": get(b"/%ff%fe?q=%ed%a0%80"),
    "a name that no disk takes": get(b"/" + b"a" * 5000),
    "a thousand folders": get(b"/" + b"a/" * 3000),
    "another site as path": get(b"http://evil.example/api/health"),
    "lines in a path": get(b"/api/%0d%0aSet-Cookie:%20x=1"),
    "two lengths": b"POST /api/session HTTP/1.1"
    + CLOSE
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length that is none": b"POST /api/session HTTP/1.1" + CLOSE + b"Content-Length: -1\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 40 + b"\r\n\r\n",
    "TRACE": b"TRACE /api/me HTTP/1.1" + CLOSE + b"\r\n",
    "a tunnel": b"CONNECT evil.example:25 HTTP/1.1" + CLOSE + b"\r\n",
    "a socket of another kind": get(b"/api/events/stream?seconds=0", b"Upgrade: websocket\r\n"),
    "five thousand parameters": get(b"/api/stations?" + b"&".join(b"q%d=1" % at for at in range(5000))),
    "deep JSON": post(b"/api/session", DEEP),
    "deep JSON to SensorThings": post(b"/sta/v1.1/Things", DEEP),
    "a number of ten thousand digits": post(b"/api/session", b'{"login": ' + b"9" * 10_000 + b"}"),
    "NaN": post(b"/api/complaints", b'{"subject":"water","text":"foam on the river","longitude":NaN,"latitude":NaN}'),
    "half a character": post(b"/api/session", b'{"login":"\\ud800","password":"\\u0000"}'),
    "a form": post(b"/api/session", b"login=a&password=b", b"Content-Type: application/x-www-form-urlencoded\r\n"),
    "a thousand parts": post(
        b"/api/session",
        b"--a\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n" * 1000 + b"--a--",
        b"Content-Type: multipart/form-data; boundary=a\r\n",
    ),
    "JSON that says it is packed": post(
        b"/api/session", b"\x1f\x8b\x08" + b"\0" * 100, JSON + b"Content-Encoding: gzip\r\n"
    ),
    "a filter of brackets": get(b"/sta/v1.1/Things?$filter=" + b"(" * 9000 + b"1" + b")" * 9000),
    "an expansion without end": get(b"/sta/v1.1/Things?$expand=" + b"Datastreams/Thing/" * 2000 + b"Datastreams"),
    "nested expansions": get(
        b"/sta/v1.1/Things?$expand=" + b"Datastreams($expand=Thing($expand=" * 900 + b"Locations" + b"))" * 900
    ),
    "a negative skip": get(b"/sta/v1.1/Things?$skip=-1&$top=-5"),
}


@pytest.mark.parametrize("name", REQUESTS, ids=str)
def test_whatever_comes_is_answered(port: int, name: str) -> None:
    """Nothing makes the server fail, tells of its inside, or splits its answer; and it goes on serving."""
    answer = told(port, REQUESTS[name])
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), answer[:200]
    status = int(head[9:12])
    assert 200 <= status < 500, answer[:500]
    assert b"Traceback" not in body
    assert b"site-packages" not in body
    assert b"set-cookie" not in head.lower()
    assert told(port, get(b"/api/health")).startswith(b"HTTP/1.1 200")


HEADS = {
    "one field": get(b"/api/health", b"X: " + b"a" * 300_000 + b"\r\n"),
    "many fields": get(b"/api/health", b"".join(b"X%d: a\r\n" % at for at in range(30_000))),
    "the path": get(b"/" + b"a" * 300_000),
    "a field that never ends": b"GET /api/health HTTP/1.1\r\nX: " + b"a" * 3_000_000,
}


@pytest.mark.parametrize("name", HEADS, ids=str)
def test_a_head_has_an_end(port: int, name: str) -> None:
    """Too long a head is refused before it is taken in."""
    answer = told(port, HEADS[name])
    assert answer == b"" or answer[9:12] in (b"400", b"414", b"431"), answer[:100]
    assert told(port, get(b"/api/health")).startswith(b"HTTP/1.1 200")


def test_a_head_by_the_drop_is_hung_up_on(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who says nothing, or never ends a head, holds no connection: neither the first time nor on one kept alive."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.5)
    assert told(port, wait=60) == b""
    assert told(port, b"GET /api/health HTTP/1.1\r\nHost: a\r\nX: ", wait=60) == b""
    again = told(port, b"GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /api/he", wait=60)
    assert again.count(b"HTTP/1.1") == 1


def test_a_body_by_the_drop_is_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not come ends as 408, also where it comes byte by byte for ever."""
    monkeypatch.setattr(bodies, "STALL", 0.5)
    begun = b"POST /api/session HTTP/1.1" + CLOSE + JSON + b"Content-Length: 100\r\n\r\n{"
    assert told(port, begun)[9:12] == b"408"
    monkeypatch.setattr(bodies, "LONGEST", 1.0)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(begun)
        until = time.monotonic() + 60
        found = b""
        while not found and time.monotonic() < until:
            try:
                line.sendall(b" ")
                line.settimeout(0.2)
                found = line.recv(4096)
            except TimeoutError:
                continue
            except ConnectionError:
                break
    assert found[9:12] in (b"408", b""), found


@pytest.mark.parametrize("path", [b"/api/session", b"/api/complaints", b"/api/me/password"])
def test_a_body_has_an_end(port: int, path: bytes) -> None:
    """A hundred megabytes of JSON are refused by what their head says; without a length, when they become too many."""
    stated = b"POST " + path + b" HTTP/1.1" + CLOSE + JSON + b"Content-Length: 104857600\r\n\r\n"
    assert told(port, stated)[9:12] == b"413"
    chunk = b"%x\r\n" % (1 << 20) + b" " * (1 << 20) + b"\r\n"
    chunked = b"POST " + path + b" HTTP/1.1" + CLOSE + JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    answer = told(port, chunked, *[chunk] * 8, b"0\r\n\r\n")
    assert answer[9:12] in (b"413", b""), answer[:100]


PATHS = (
    "..%2f" * 6 + "etc/passwd",
    "../" * 6 + "etc/passwd",
    "%2e%2e/%2e%2e/server.py",
    "..\\..\\server.py",
    "//etc/passwd",
    "assets/..%2f..%2fserver.py",
    "....//....//server.py",
    "%252e%252e%252fserver.py",
    "docs/../../server.py",
    "api/../server.py",
    "~root/",
    "sta/../../server.py",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out(port: int, path: str) -> None:
    """What is asked for by any spelling of the folder above is a page of ours or nothing."""
    answer = told(port, get(b"/" + path.encode()))
    assert answer[9:12] in (b"200", b"404", b"400"), answer[:100]
    assert b"root:" not in answer
    assert b"import uvicorn" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/api/layers/{}",
        "/api/standards/{}",
        "/api/playbooks/{}",
        "/api/cases/{}/bundle",
        "/api/uploads/{}",
        "/api/stations/{}",
    ],
)
@pytest.mark.parametrize("name", ["..%2f..%2fhome", "%2e%2e", "..%5c..%5chome", "a%00b", "%2fetc%2fpasswd"])
def test_no_name_leads_out(port: int, stand, path: str, name: str) -> None:
    """Names in an address are looked up, never opened."""
    key = stand.key["Authorization"].encode()
    answer = told(port, get(path.format(name).encode(), b"Authorization: " + key + b"\r\n"))
    assert answer[9:12] in (b"404", b"422"), answer[:300]
    assert str(Path(stand.home.path)).encode() not in answer
