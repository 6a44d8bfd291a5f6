"""Signing in over HTTP: the cookie, the token, what ends a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from clearbay.apply.people import TASKS
from clearbay.model.case import Actor
from clearbay.store import sessions as store
from clearbay.store.cases import micros
from clearbay.store.people import People
from clearbay.store.sessions import Sessions
from clearbay.store.tables_people import person, person_session

from .conftest import PASSWORD, Served, add


def test_a_person_signs_in_acts_under_their_name_and_signs_out(served: Served) -> None:
    """The cookie is for our pages alone; the case says who opened it; afterwards the cookie opens nothing."""
    add(served.home, "wang", "duty_officer")
    browser = served.browser()
    before = browser.get("/api/me").json()
    assert (before["signed_in"], before["may"], before["has_accounts"], before["open"]) == (False, [], True, False)
    answer = browser.client.post("/api/session", json={"login": "Wang", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "secure", "path=/"))
    assert answer.headers["cache-control"] == "no-store"
    me = browser.get("/api/me").json()
    assert me == answer.json()
    assert (me["id"], me["level"], me["jurisdiction"]["name"]["en"]) == ("wang", "city", "Shenzhen")
    assert "cases.open" in me["may"]
    assert "people.manage" not in me["may"]
    browser.csrf = me["csrf"]
    made = browser.post("/api/cases", {"title": "Foam"})
    assert made.status_code == 200, made.text
    assert made.json()["opened_by"] == "wang"
    assert browser.request("DELETE", "/api/session").status_code == 204
    assert browser.get("/api/desk").status_code == 401


def test_nothing_secret_is_stored(served: Served) -> None:
    """Neither the password nor what the cookie carries can be read from the records."""
    add(served.home, "wang", "duty_officer")
    browser = served.signed_in("wang")
    with served.home.records.read() as connection:
        (encoded,) = connection.execute(select(person.c.password)).one()
        (session,) = connection.execute(select(person_session)).all()
    assert encoded.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in encoded
    assert browser.client.cookies["clearbay_session"] not in str(session)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Clearbay-CSRF": ""},
        {"X-Clearbay-CSRF": "0" * 64},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_changes_nothing(served: Served, headers: dict[str, str]) -> None:
    """Without the token, or from a page of another site, what changes anything is refused; reading needs no token."""
    add(served.home, "wang", "duty_officer")
    browser = served.signed_in("wang")
    assert browser.post("/api/cases", {"title": "Foam"}, headers=headers).status_code == 403
    assert browser.client.get("/api/desk").status_code == 200


def test_an_old_browser_is_known_by_its_origin(served: Served) -> None:
    """Where the browser tells no Sec-Fetch-Site, the origin must be this host's; nobody is signed in from elsewhere."""
    add(served.home, "wang", "duty_officer")
    browser = served.signed_in("wang")
    for origin, expected in (("https://evil.example", 403), ("null", 403), ("https://bay.example", 200)):
        headers = {"X-Clearbay-CSRF": browser.csrf, "Origin": origin}
        assert browser.client.post("/api/cases", json={"title": "Foam"}, headers=headers).status_code == expected
        body = {"login": "wang", "password": PASSWORD}
        answer = served.browser().client.post("/api/session", json=body, headers={"Origin": origin})
        assert answer.status_code == expected


@pytest.mark.parametrize(
    "change",
    [{"roles": ("auditor",)}, {"jurisdiction": "440305"}, {"disabled": True}, {"stations": ("a",)}, None],
    ids=["role", "place", "disabled", "station", "password"],
)
def test_what_changes_rights_ends_every_session(served: Served, change: dict[str, object] | None) -> None:
    """Role, place, stations, disabling, password: the cookie opens nothing any more, here and in other processes."""
    add(served.home, "wang", "duty_officer")
    browser = served.signed_in("wang")
    people = People(served.home)
    if change is None:
        people.set_password("wang", people.credentials("wang")[1], by=None)  # type: ignore[index]
    else:
        people.change("wang", by=None, **change)
    served.app.state.gate.sessions.forget()  # type: ignore[attr-defined]
    assert browser.get("/api/desk").status_code == 401
    assert not Sessions(served.home).every("wang")


def test_another_name_ends_nothing(served: Served) -> None:
    """What does not touch rights leaves people where they are."""
    add(served.home, "wang", "duty_officer")
    browser = served.signed_in("wang")
    answer = browser.request("PATCH", "/api/me", json={"name": "Wang Fang", "language": "zh-Hans"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Wang Fang")
    assert browser.get("/api/me").json()["language"] == "zh-Hans"
    assert browser.request("PATCH", "/api/me", json={"roles": ["operator"]}).status_code == 422


@pytest.mark.parametrize("column", ["seen", "ends"])
def test_time_ends_a_session(served: Served, column: str) -> None:
    """Unused for twelve hours, or older than seven days: over, and not listed."""
    add(served.home, "wang", "duty_officer")
    browser = served.signed_in("wang")
    past = micros(datetime.now(UTC) - (store.IDLE if column == "seen" else timedelta()))
    with served.home.records.write() as connection:
        connection.execute(update(person_session).values({column: past}))
    served.app.state.gate.sessions.forget()  # type: ignore[attr-defined]
    assert browser.get("/api/desk").status_code == 401
    assert not Sessions(served.home).every("wang")


def test_one_ends_the_session_on_a_lost_phone(served: Served) -> None:
    """A person sees their own sessions and ends any; those of others are not there for them."""
    add(served.home, "wang", "duty_officer")
    add(served.home, "li", "handler")
    phone, desk, other = served.signed_in("wang"), served.signed_in("wang"), served.signed_in("li")
    listed = desk.get("/api/me/sessions").json()
    assert [one["current"] for one in listed] == [True, False]
    lost = listed[1]["id"]
    assert other.request("DELETE", f"/api/me/sessions/{lost}").status_code == 404
    assert desk.request("DELETE", f"/api/me/sessions/{lost}").status_code == 204
    assert phone.get("/api/desk").status_code == 401
    assert desk.get("/api/desk").status_code == 200


def test_a_made_up_password_is_for_one_sign_in(served: Served) -> None:
    """Until a password of one's own is set nothing else is possible; setting it ends the other sessions."""
    one = add(served.home, "wang", "duty_officer")
    encoded = People(served.home).credentials("wang")[1]  # type: ignore[index]
    People(served.home).set_password(one.id, encoded, by=None, must_change=True)
    browser, second = served.signed_in("wang"), served.signed_in("wang")
    me = browser.get("/api/me").json()
    assert (me["must_change"], me["may"]) == (True, [])
    assert browser.get("/api/desk").status_code == 403
    wrong = browser.post("/api/me/password", {"old": "not it at all", "new": "seven egrets in a row"})
    assert wrong.status_code == 401
    assert browser.post("/api/me/password", {"old": PASSWORD, "new": PASSWORD}).status_code == 422
    answer = browser.post("/api/me/password", {"old": PASSWORD, "new": "seven egrets in a row"})
    assert answer.status_code == 200, answer.text
    browser.csrf = answer.json()["csrf"]
    assert browser.get("/api/desk").status_code == 200
    assert second.get("/api/me").json()["signed_in"] is False
    assert served.signed_in("wang", "seven egrets in a row").get("/api/desk").status_code == 200


def test_sessions_do_not_pile_up(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest of too many gives way."""
    monkeypatch.setattr(store, "MOST", 3)
    one = add(served.home, "wang", "duty_officer")
    known = Sessions(served.home)
    made = [known.begin(one, agent="", address="", via="password") for _ in range(5)]
    assert {one.id for one in known.every("wang")} == {session.id for _, session in made[2:]}


def test_this_machine_may_everything_where_it_is_open(served: Served) -> None:
    """On an open server, whoever sits at it is told so; who signs in there acts as themselves."""
    from fastapi.testclient import TestClient

    from clearbay.apply.desk import Desk
    from clearbay.share.app import api

    add(served.home, "li", "public")
    with TestClient(
        api(Desk(served.home), is_open=True), base_url="http://localhost", client=("127.0.0.1", 1)
    ) as client:
        me = client.get("/api/me").json()
        assert (me["signed_in"], me["open"], me["may"]) == (False, True, list(TASKS))
        assert client.post("/api/cases", json={"title": "Foam", "jurisdiction": "440300"}).json()["opened_by"] == "open"
        assert client.post("/api/session", json={"login": "li", "password": PASSWORD}).status_code == 200
        assert client.get("/api/cases").json()["total"] == 0


def test_who_did_what_to_whom_is_chained(served: Served) -> None:
    """Every change of an account names who made it, and the chain ``people`` holds it."""
    import orjson

    from clearbay.store import audit, chain

    chief = Actor("chief", "Chief", frozenset({"operator"}), "100000")
    add(served.home, "wang", "duty_officer")
    People(served.home).change("wang", by=chief, roles=("handler",))
    served.signed_in("wang")
    served.browser().client.post("/api/session", json={"login": "wang", "password": "x" * 12})
    served.browser().client.post("/api/session", json={"login": "my secret typed here", "password": "x" * 12})
    said = [orjson.loads(one.data) for one in chain.entries(served.home.evidence, audit.CHAIN)]
    assert [one["kind"] for one in said] == [
        "person added", "person changed", "signed in", "sign-in failed", "sign-in failed",
    ]  # fmt: skip
    assert said[1]["actor"]["id"] == "chief"
    assert said[1]["data"]["changed"] == {"roles": ["handler"]}
    assert said[3]["about"] == "wang"
    assert "secret" not in str(said)
