"""The chain ``people``: who decided, and that nobody can rewrite it."""

from __future__ import annotations

import orjson
from sqlalchemy import update

from clearbay.apply.cases.verify import Broken, Whole, verify
from clearbay.store import audit, chain
from clearbay.store.keys import Keys
from clearbay.store.people import People
from clearbay.store.tables_people import person
from tests.store.homes import station

from .conftest import Served, add


def said(served: Served) -> list[dict[str, object]]:
    return [
        orjson.loads(one.data) for one in chain.entries(served.home.evidence, audit.CHAIN) if one.kind != audit.VOID
    ]


def test_decisions_carry_the_person_who_made_them(served: Served) -> None:
    """Devices and keys: the chain names who, about what."""
    add(served.home, "city", "duty_officer")
    served.home.register_stations([station("a", jurisdiction="440300")])
    browser = served.signed_in("city")
    assert browser.post("/api/devices/MN1/approve", {"station": "a"}).status_code == 200
    assert browser.post("/api/devices/MN1/refuse").status_code == 200
    Keys(served.home).add("lab", "push")
    kinds = [(one["kind"], one["actor"]["id"]) for one in said(served)[2:]]  # type: ignore[index]
    assert kinds == [("device approved", "city"), ("device refused", "city"), ("key added", "system")]


def test_an_account_changed_behind_the_chain_is_found(served: Served) -> None:
    """A role given in the database itself is not what any entry says; neither is another password."""
    add(served.home, "city", "duty_officer")
    served.signed_in("city")
    assert isinstance(found := verify(served.home), Whole)
    assert found.entries["people"] == 2
    for change in ({"roles": ["operator"]}, {"password": "$argon2id$other"}):
        with served.home.records.write() as connection:
            old = dict(connection.execute(person.select()).one()._mapping)
            connection.execute(update(person).values(change))
        broken = verify(served.home)
        assert isinstance(broken, Broken)
        assert "city" in broken.why
        with served.home.records.write() as connection:
            connection.execute(update(person).values({name: old[name] for name in change}))
    assert isinstance(verify(served.home), Whole)


def test_what_never_counted_is_named_void(served: Served) -> None:
    """An entry whose transaction was lost is passed over, and named by the next."""
    add(served.home, "city", "duty_officer")
    try:
        with served.home.records.write() as connection:
            audit.note(served.home, connection, "person changed", by=None, about="city", data={"digest": "lost"})
            raise InterruptedError
    except InterruptedError:
        pass
    assert isinstance(verify(served.home), Whole)
    People(served.home).change("city", by=None, name="Other")
    assert isinstance(verify(served.home), Whole)
    kinds = [one.kind for one in chain.entries(served.home.evidence, audit.CHAIN)]
    assert kinds == [audit.ACTION, audit.ACTION, audit.VOID, audit.ACTION]
