"""Guessing: passwords, keys, codes, sessions; and what the answers and their times tell of what is there."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from argon2 import PasswordHasher

from clearbay.apply import passwords, signin
from clearbay.apply.cases import Casework, Draft
from clearbay.apply.people import TASKS
from clearbay.apply.signin import FREE
from clearbay.model.case import Actor
from clearbay.share.guard import COOKIE, FAILURES
from clearbay.store.people import People

from .conftest import PASSWORD, Stand, made

signin_pause = signin.pause
ALL = Actor("all", "All", frozenset({"operator"}), "100000")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords hashed cheaply and pauses long from the first, for what is about counting alone."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(signin, "pause", lambda count, free: 0.0 if count < free else 900.0)
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


@pytest.fixture
def fresh(tmp_path) -> Any:
    """A stand in which nobody has failed yet."""
    found = made(tmp_path / "home")
    yield found
    found.home.close()


def attempt(stand: Stand, login: str, password: str, address: str = "203.0.113.9", **heads: str) -> Any:
    return stand.client(address).post("/api/session", json={"login": login, "password": password}, headers=heads)


def test_an_account_is_not_guessed_by_many(quick, fresh: Stand) -> None:
    """However many addresses take part, and however the login is spelled, an account is tried some fifteen times in a
    quarter of an hour; then even the right password waits. Whether the account exists shows in none of it."""
    statuses = {}
    for login in ("duty", "nobody-of-that-name"):
        spelled = [login, login.upper(), f" {login} ", login.title()]
        answers = [attempt(fresh, spelled[at % 4], "wrong", f"198.51.100.{at}") for at in range(FREE + 6)]
        statuses[login] = [one.status_code for one in answers]
        assert 429 in statuses[login], "no limit holds"
        last = answers[-1]
        assert int(last.headers["retry-after"]) >= 1
        bodies = {one.text for one in answers if one.status_code == 401}
        assert len(bodies) == 1
    assert statuses["duty"] == statuses["nobody-of-that-name"]
    assert sum(signin_pause(count, FREE) for count in range(FREE + 11)) > 900
    assert attempt(fresh, "duty", PASSWORD, "192.0.2.200").status_code == 429


def test_an_address_does_not_try_everybody(quick, fresh: Stand) -> None:
    """One password over many accounts from one address is stopped too; of IPv6 the network counts, for one machine has
    any number of addresses; a proxy's header from somebody who is no proxy makes no other address."""
    for spread in (lambda at: "203.0.113.77", lambda at: f"2001:db8:0:1::{at:x}"):
        statuses = [
            attempt(
                fresh, f"guess{at}", "Spring2026!!", spread(at), **{"X-Forwarded-For": f"10.0.0.{at % 250}"}
            ).status_code
            for at in range(60)
        ]
        assert 429 in statuses, spread(1)
        assert statuses.index(429) <= 40


def test_keys_and_sessions_are_not_tried_without_end(fresh: Stand) -> None:
    """Wrong keys from an address are answered 429 after ten; a wrong session is nobody's, at the cost of a look-up."""
    heads = [{"Authorization": f"Bearer clearbay_{at:043}"} for at in range(FAILURES + 2)]
    statuses = [fresh.client().get("/api/cases", headers=one).status_code for one in heads]
    assert statuses == [401] * FAILURES + [429] * 2
    for cookie in ("A" * 43, "", "a; b", "x" * 4000, "\u00ff"):
        answer = fresh.client("192.0.2.5").get("/api/cases", headers={"Cookie": f"{COOKIE}={cookie}".encode("latin-1")})
        assert answer.status_code == 401


def test_codes_of_complaints_are_not_tried_without_end(fresh: Stand) -> None:
    """A handful of codes a minute from one address, of 120 bits each."""
    statuses = [fresh.client().get(f"/api/complaints/{at:024}").status_code for at in range(15)]
    assert set(statuses) == {404, 429}
    assert statuses.index(429) <= 11


def test_an_unseen_case_is_no_case(stand: Stand) -> None:
    """To everybody who may not see a case, its address answers in the words of one that does not exist, to everything
    that can be sent there."""
    work = Casework(stand.home)
    there = work.open(ALL, Draft("pollution-alarm", "Foam", jurisdiction="440300")).id
    absent = there[:-5] + "09999"
    heads, client = stand.signed("else"), stand.client()
    for method, path, more in (
        ("GET", "/api/cases/{}", {}),
        ("GET", "/api/cases/{}/bundle", {}),
        ("GET", "/api/cases/{}/evidence/1", {}),
        ("GET", "/api/cases/{}/warning?sender=a", {}),
        ("POST", "/api/cases/{}/act", {"json": {"action": "comment", "reason": "x"}}),
        ("POST", "/api/cases/{}/act", {"json": {"action": "no such step", "version": 99}}),
        ("POST", "/api/cases/{}/act", {"json": {"action": "split", "title": "x", "reason": "y"}}),
        ("POST", "/api/cases/{}/evidence?name=x", {"content": b"x"}),
    ):
        one = client.request(method, path.format(there), headers=heads, **more)
        other = client.request(method, path.format(absent), headers=heads, **more)
        assert one.status_code == other.status_code == 404, (method, path, one.text)
        assert one.text.replace(there, "") == other.text.replace(absent, "")
        assert len(one.headers) == len(other.headers)


def medians(tries: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median time of each, taken in turns, so that what else the machine does falls on all alike."""
    times: list[list[float]] = [[] for _ in tries]
    gc.disable()
    try:
        for _ in range(rounds):
            for held, work in zip(times, tries, strict=True):
                start = time.perf_counter()
                work()
                held.append(time.perf_counter() - start)
    finally:
        gc.enable()
    return [statistics.median(one) for one in times]


def test_time_does_not_tell_who_has_an_account(fresh: Stand) -> None:
    """A login that nobody has costs the same hashing as one with a wrong password: without it the difference would be
    some fifty milliseconds, a factor of five. (Half as much again is let pass, for noise.)"""
    known = People(fresh.home).credentials("duty")
    assert known is not None
    passwords.verify("", "warm")
    one, none = medians(
        [lambda: passwords.verify(known[1], "wrong password"), lambda: passwords.verify("", "wrong password")], 9
    )
    assert 0.66 < one / none < 1.5, (one, none)


def test_time_does_not_tell_of_an_unseen_case(stand: Stand) -> None:
    """Asking for another town's case takes as long as asking for none, within a millisecond or a third: to tell the
    two apart over a network would take very many tries. Cases of a long history are no slower."""
    work = Casework(stand.home)
    there = work.open(ALL, Draft("pollution-alarm", "Foam", jurisdiction="440300")).id
    for at in range(30):
        work.comment(ALL, there, f"remark {at}")
    absent = there[:-5] + "09998"
    heads, client = stand.signed("else"), stand.client()

    def asked(id: str) -> Callable[[], object]:
        return lambda: client.get(f"/api/cases/{id}", headers=heads)

    medians([asked(there), asked(absent)], 5)
    for _ in range(3):  # a noisy moment may be repeated; a real difference stays
        one, none = medians([asked(there), asked(absent)], 41)
        if abs(one - none) < max(0.001, 0.33 * none):
            return
    pytest.fail(f"{one * 1000:.2f} ms for a case that is there, {none * 1000:.2f} ms for none")


def test_nobody_rises_by_themselves(stand: Stand) -> None:
    """An operator of a town makes nobody who is more than they are: no wider place, by no spelling of it."""
    heads, client = stand.signed("boss"), stand.client()
    for at, place in enumerate(
        ("100000", "", "440000", "440400", "4403", "0", "٤٤٠٣٠٠", "440300 ", "%", "44030", None)
    ):
        given = {"id": f"riser{at}", "name": "Riser", "roles": ["operator"], "jurisdiction": place}
        answer = client.post("/api/people", json=given, headers=heads)
        assert answer.status_code in (403, 422), (place, answer.text)
        changed = client.patch("/api/people/boss", json={"jurisdiction": place or ""}, headers=heads)
        assert changed.status_code in (403, 422), (place, changed.text)
    given = {"id": "riser", "name": "Riser", "roles": ["operator"]}  # nowhere said: the whole country
    assert client.post("/api/people", json=given, headers=heads).status_code == 403
    for more in ({"roles": ["operator"]}, {"jurisdiction": "100000"}, {"id": "all"}, {"disabled": False}):
        assert client.patch("/api/me", json=more, headers=stand.signed("duty")).status_code == 422
    assert client.patch("/api/people/all", json={"new_password": True}, headers=heads).status_code == 404
    assert set(TASKS) >= {"people.manage"}
