"""Cookies, origins and headers: what other sites may make a browser do, and what they may read."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from clearbay.share import access
from clearbay.share.guard import COOKIE
from clearbay.web.server import create_app

from .conftest import PASSWORD, Stand

EVIL = "https://evil.example"
UNSAFE = sorted(
    (one.method, one.path)
    for one in access.routes()
    if one.method in ("POST", "PUT", "PATCH", "DELETE")
    and not one.path.startswith("/sta")
    and (one.method, one.path) not in access.DOORS
)
PRIVATE = sorted(
    {one.path for one in access.routes() if one.method == "GET" and one.access != "public" and "/sta" not in one.path}
    - {"/api/events/{id}"}  # public, but for the case that it tells to who is signed in; see below
)
FILLED = {"{id}": "none", "{mn}": "none", "{number}": "1", "{code}": "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"}


def filled(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize(("method", "path"), UNSAFE, ids=str)
def test_another_site_changes_nothing(stand: Stand, method: str, path: str) -> None:
    """With the cookie alone, from another origin, or from none with a wrong token: 403 before anything is looked at."""
    client, heads = stand.client(), stand.signed("all")
    cookie = {"Cookie": heads["Cookie"]}
    right = {**cookie, "X-Clearbay-CSRF": heads["X-Clearbay-CSRF"]}
    tried = [
        cookie,
        {**cookie, "X-Clearbay-CSRF": "0" * 64},
        {**right, "Sec-Fetch-Site": "cross-site"},
        {**right, "Sec-Fetch-Site": "same-site"},
        {**right, "Origin": EVIL},
        {**right, "Origin": "null"},
        {**right, "Origin": "https://bay.example.evil.example"},
        {**right, "Origin": "https://bay.example:444"},
        {**right, "Origin": "https://bay.example@evil.example"},
        {**right, "Origin": "http://["},
    ]
    for one in tried:
        if path == "/api/session" and method == "POST" and "Sec-Fetch-Site" not in one and "Origin" not in one:
            continue  # the door itself: there is no session yet that a token could belong to
        answer = client.request(method, filled(path), headers=one, json={"login": "duty", "password": PASSWORD})
        assert answer.status_code == 403, (one, answer.status_code, answer.text)
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize("who", ["nobody", "all"])
def test_what_is_private_stays_with_its_reader(stand: Stand, path: str, who: str) -> None:
    """No other site reads it, no cache keeps it, no page shows it as a part of its own; refusals too."""
    heads = {} if who == "nobody" else stand.signed("all")
    answer = stand.client().get(filled(path), headers={**heads, "Origin": EVIL})
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers
    assert "no-store" in answer.headers["cache-control"]
    assert "etag" not in answer.headers or answer.headers["content-type"] == "application/zip"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    before = stand.client().options(filled(path), headers=asked)
    assert "access-control-allow-origin" not in before.headers


def test_what_is_public_is_read_without_credentials(stand: Stand) -> None:
    """Any site may read the data, but no browser hands it what a cookie shows."""
    for heads, path in (({}, "/api/stations"), (stand.signed("all"), "/api/stations"), ({}, "/api/events/none")):
        answer = stand.client().get(path, headers={**heads, "Origin": EVIL})
        assert answer.headers["access-control-allow-origin"] in ("*", EVIL)
        assert "access-control-allow-credentials" not in answer.headers
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    assert stand.client().options("/api/stations", headers=asked).status_code == 400


@pytest.mark.parametrize("path", ["/", "/docs", "/api/health", "/api/cases", "/api/none", "/x.js", "/sta/v1.1"])
def test_every_answer_is_told_how_to_be_treated(stand: Stand, path: str) -> None:
    """Nothing foreign is loaded or framed, no type is guessed, no address goes to other sites."""
    heads = stand.client().get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in heads["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] in ("'self'", "'none'")
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert heads["x-content-type-options"] == "nosniff"
    assert heads["referrer-policy"] in ("same-origin", "no-referrer")
    assert heads["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in heads
    assert "x-powered-by" not in heads


def signed_in(client: TestClient, **more: str) -> object:
    return client.post("/api/session", json={"login": "duty", "password": PASSWORD}, headers=more)


def test_the_cookie_is_out_of_reach(stand: Stand) -> None:
    """HttpOnly, SameSite, Secure where the line is, for this host alone, made anew at each sign-in: a session that
    somebody else has put into a browser is never the one that is signed in."""
    fixed = "A" * 43
    answer = stand.client().post(
        "/api/session", json={"login": "duty", "password": PASSWORD}, headers={"Cookie": f"{COOKIE}={fixed}"}
    )
    said = answer.headers["set-cookie"]
    flags = {part.strip().partition("=")[0].lower() for part in said.split(";")[1:]}
    assert {"httponly", "secure", "path", "samesite", "max-age"} <= flags
    assert "domain" not in flags
    assert "samesite=lax" in said.lower()
    assert fixed not in said
    assert len(said.partition("=")[2].partition(";")[0]) >= 43  # 256 bits
    plain = stand.client(base_url="http://bay.example")
    assert "secure" not in signed_in(plain).headers["set-cookie"].lower()  # type: ignore[attr-defined]
    csrf = answer.json()["csrf"]
    assert csrf not in said
    assert said.partition("=")[2].partition(";")[0] not in answer.text


def test_a_session_ends_for_good(stand: Stand) -> None:
    """After signing out its cookie is worth nothing, also where a copy of it was kept."""
    heads = stand.signed("duty")
    client = stand.client()
    assert client.get("/api/cases", headers=heads).status_code == 200
    assert client.delete("/api/session", headers=heads).status_code == 204
    assert client.get("/api/cases", headers=heads).status_code == 401


def test_nobody_is_sent_elsewhere(stand: Stand) -> None:
    """No address of ours leads a browser to another site, whatever it is asked for."""
    for path in (
        "/api/session/oidc/none?next=https://evil.example",
        "//evil.example/..",
        "/\\evil.example",
        "/?next=//evil.example",
        "/api/session/oidc/none/callback?state=a&next=//evil.example",
    ):
        answer = stand.client().get(path, headers={"X-Forwarded-Host": "evil.example"})
        where = answer.headers.get("location", "")
        assert answer.status_code not in (301, 302, 303, 307, 308) or not urlsplit(where).netloc, (path, where)


FOREIGN = (
    {"Host": "evil.example"},
    {"Host": "localhost.evil.example"},
    {"Host": "localhost@evil.example"},
    {"Host": "evil.example@localhost"},
    {"Host": "["},
    {"Host": ""},
    {"Host": "localhost:8700", "Origin": EVIL},
    {"Host": "localhost:8700", "Origin": "http://localhost:3000"},
    {"Host": "localhost:8700", "Origin": "null"},
    {"Host": "localhost:8700", "Sec-Fetch-Site": "cross-site"},
    {"Host": "localhost:8700", "Sec-Fetch-Site": "same-site"},
    {"Host": "localhost:8700", "X-Forwarded-For": "127.0.0.1"},
    {"Host": "localhost:8700", "Forwarded": "for=127.0.0.1"},
)


def test_an_open_server_hears_its_own_pages_alone(stand: Stand, tmp_path) -> None:
    """A name that was made to point here, a page of another site or port, a proxy: none of them is this machine."""
    from clearbay.store import Home

    Home.create(tmp_path / "open").close()
    app = create_app(tmp_path / "open", warm_up=False, is_open=True)
    case = {"title": "Foam", "jurisdiction": "440300"}
    client = TestClient(
        app, client=("127.0.0.1", 40000), base_url="http://localhost:8700", raise_server_exceptions=False
    )
    assert client.post("/api/cases", json=case).status_code == 200
    for heads in FOREIGN:
        assert client.post("/api/cases", json=case, headers=heads).status_code in (401, 403), heads
        assert client.get("/api/cases", headers=heads).status_code in (401, 403), heads
    elsewhere = TestClient(app, client=("192.0.2.7", 40000), base_url="http://localhost:8700")
    assert elsewhere.get("/api/cases").status_code == 401
    app.state.desk.home.close()
