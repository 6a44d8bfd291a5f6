"""People and sessions, on both kinds of records."""

from __future__ import annotations

import pytest

from clearbay.apply import signin
from clearbay.apply.cases.verify import Broken, Whole, verify
from clearbay.apply.signin import Refused, SignIn, Waiting
from clearbay.model.errors import Conflict, UnknownName
from clearbay.model.person import Person
from clearbay.store import Home
from clearbay.store.people import People
from clearbay.store.sessions import Sessions
from clearbay.store.tables_people import person

LI = Person("li", "李伟", ("handler", "inspector"), "440305", "li@example.gov", "zh-Hans", ("a", "b"))


def test_an_account_is_kept_as_it_was_made(home: Home) -> None:
    """Everything comes back; a taken login is refused; changes end sessions where rights change; the chain agrees."""
    people, sessions = People(home), Sessions(home)
    made = people.add(LI, by=None, password="$argon2id$…", must_change=True)
    assert people.get("li") == made
    with pytest.raises(Conflict):
        people.add(LI, by=None)
    with pytest.raises(UnknownName):
        people.get("nobody")
    text, _ = sessions.begin(made, agent="x" * 999, address="::1", via="password")
    found = Sessions(home).find(text)
    assert found is not None
    assert (found[1], len(found[0].agent)) == (made, 200)
    people.change("li", by=None, email="")
    assert Sessions(home).find(text) is not None
    people.change("li", by=None, roles=("handler",))
    assert Sessions(home).find(text) is None
    people.set_password("li", "other", by=None)
    people.change("li", by=None, disabled=True)
    assert people.get("li").disabled is not None
    assert people.get("li").actor.roles == frozenset()
    assert [one.id for one in people.every(within="440300", text="伟")] == ["li"]
    assert not people.every(within="440400")
    assert not people.every(text="%")
    assert isinstance(verify(home), Whole)
    with home.records.write() as connection:
        connection.execute(person.update().values(jurisdiction="100000"))
    assert isinstance(verify(home), Broken)


def test_two_people_may_sign_in_elsewhere_and_many_nowhere(home: Home) -> None:
    """A subject at a provider is one account's; no subject is nobody's."""
    people = People(home)
    people.add(LI, by=None)
    people.add(Person("wang", "Wang", ("reviewer",)), by=None)
    people.change("li", by=None, provider="city", subject="1")
    with pytest.raises(Conflict):
        people.change("wang", by=None, provider="city", subject="1")
    with pytest.raises(Conflict):
        people.add(Person("zhao", "Zhao", ("reviewer",), provider="city", subject="1"), by=None)
    found = people.by_subject("city", "1")
    assert found is not None
    assert found.id == "li"


def test_failures_are_counted_for_all_processes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row of failures lies in the records, so that another process counts on."""
    monkeypatch.setattr(signin, "pause", lambda count, free: 600.0 if count >= free else 0.0)
    for number in range(5):
        with pytest.raises(Refused):
            SignIn(home, Sessions(home)).attempt("li", "wrong", agent="", address=f"10.0.0.{number}")
    with pytest.raises(Waiting):
        SignIn(home, Sessions(home)).attempt("LI ", "wrong", agent="", address="10.0.1.1")
