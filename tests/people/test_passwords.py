"""Passwords: what is refused, how they are kept, and how slowly they can be guessed."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from clearbay.apply import passwords, signin
from clearbay.apply.signin import Refused, SignIn, Waiting
from clearbay.model.errors import BadInput
from clearbay.store.people import People
from clearbay.store.sessions import Sessions
from clearbay.store.tables_people import sign_in_failure

from .conftest import PASSWORD, Served, add


@pytest.mark.parametrize(
    "text",
    ["short", "x" * 300, "passwordpassword", "abcabcabcabc", "123456789012", "zyxwvutsrqponml", "li.ming.2024!",
     "Shenzhen1234", "ＰＡＳＳＷＯＲＤ１２３４"],
)  # fmt: skip
def test_what_is_tried_first_is_refused(text: str) -> None:
    """Too short, too long, repeated, in a row, common, or made of one's own name; wide letters are no disguise."""
    with pytest.raises(BadInput):
        passwords.check(text, near=("li.ming",))


@pytest.mark.parametrize(
    "text", ["two herons on a mudflat", "潮水退去的时候白鹭站在泥滩上", "aB3$xQ9!mK2@", "li ming likes 4 egrets"]
)
def test_long_ones_need_no_contrivance(text: str) -> None:
    """No rules of composition; any script."""
    assert passwords.verify(passwords.encode(passwords.check(text, near=("li.ming",))), text)


def test_a_hash_made_with_less_is_made_anew(served: Served) -> None:
    """Parameters grow with machines: a good sign-in keeps the same password under today's."""
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    add(served.home, "wang", "duty_officer")
    People(served.home).set_password("wang", weak, by=None)
    served.signed_in("wang")
    encoded = People(served.home).credentials("wang")[1]  # type: ignore[index]
    assert not passwords.outdated(encoded)
    served.signed_in("wang")


@pytest.fixture
def slower(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that no machine is slow enough to sit out."""
    held = signin.pause
    monkeypatch.setattr(signin, "pause", lambda count, free: 600 * held(count, free))


@pytest.mark.usefixtures("slower")
def test_guessing_gets_slower_for_the_account_from_everywhere(served: Served) -> None:
    """After some failures the next attempt waits, twice as long each time, wherever it comes from; even the right
    password waits; then it clears the row."""
    add(served.home, "wang", "duty_officer")
    door = SignIn(served.home, Sessions(served.home))
    for number in range(signin.FREE):
        with pytest.raises(Refused):
            door.attempt("wang", "wrong", agent="", address=f"203.0.113.{number}")
    with pytest.raises(Waiting):
        door.attempt("wang", PASSWORD, agent="", address="198.51.100.1")
    answer = served.browser().client.post("/api/session", json={"login": "wang", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    _let_time_pass(served)
    assert door.attempt("wang", PASSWORD, agent="", address="198.51.100.1").person.id == "wang"
    for number in range(signin.FREE - 1):
        with pytest.raises(Refused):
            door.attempt("wang", "wrong", agent="", address=f"203.0.113.{number}")


@pytest.mark.usefixtures("slower")
def test_one_address_cannot_try_everybody(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many accounts from one address: the address waits, others do not."""
    monkeypatch.setattr(signin, "FREE_ADDRESS", 3)
    monkeypatch.setattr(passwords, "verify", lambda *_: False)
    add(served.home, "wang", "duty_officer")
    door = SignIn(served.home, Sessions(served.home))
    for number in range(3):
        with pytest.raises(Refused):
            door.attempt(f"guess{number}", "wrong", agent="", address="203.0.113.1")
    with pytest.raises(Waiting):
        door.attempt("somebody", "wrong", agent="", address="203.0.113.1")
    with pytest.raises(Refused):
        door.attempt("somebody", "wrong", agent="", address="203.0.113.2")


@pytest.mark.usefixtures("slower")
def test_nobody_learns_who_has_an_account(served: Served) -> None:
    """Unknown, disabled, without a password, wrong: the same answer, the same work, and the same waiting."""
    add(served.home, "wang", "duty_officer")
    add(served.home, "gone", "handler")
    People(served.home).change("gone", by=None, disabled=True)
    add(served.home, "elsewhere", "handler")
    People(served.home).set_password("elsewhere", "", by=None)
    answers = []
    for number, login in enumerate(("wang", "gone", "elsewhere", "nobody", "Ω" * 200)):
        client = served.browser(f"203.0.113.{number}").client
        sent = [
            client.post("/api/session", json={"login": login, "password": "not the one"})
            for _ in range(signin.FREE + 1)
        ]
        answers.append([(one.status_code, one.content if one.status_code == 401 else b"") for one in sent])
    assert all(one == answers[0] for one in answers)
    assert [status for status, _ in answers[0]] == [401] * signin.FREE + [429]


def test_the_same_work_is_done_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a hash, one is verified all the same, and never lets anybody in."""
    seen: list[str] = []
    held = passwords._HASHER
    monkeypatch.setattr(passwords, "_HASHER", _Watched(held, seen))
    assert not passwords.verify("", PASSWORD)
    assert not passwords.verify("nonsense", PASSWORD)
    assert seen[0].startswith("$argon2id$v=19$m=65536,t=3,p=4$")


class _Watched:
    def __init__(self, held: PasswordHasher, seen: list[str]) -> None:
        self._held, self._seen = held, seen

    def hash(self, text: str) -> str:
        return self._held.hash(text)

    def verify(self, encoded: str, text: str) -> bool:
        self._seen.append(encoded)
        return self._held.verify(encoded, text)


def _let_time_pass(served: Served) -> None:
    with served.home.records.write() as connection:
        connection.execute(sign_in_failure.update().values(until=0))
