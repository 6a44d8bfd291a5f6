"""API keys in the records."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from clearbay.model.errors import BadInput, UnknownName
from clearbay.store import Home
from clearbay.store.keys import PREFIX, Keys
from clearbay.store.tables_keys import api_key


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    with Home.create(tmp_path_factory.mktemp("keys") / "home") as made:
        yield made


def test_only_a_hash_is_kept(home):
    """Nothing in the records tells the key; another process finds it by its text."""
    text, key = Keys(home).add("lab", "push")
    assert text.startswith(PREFIX)
    with home.records.read() as connection:
        row = connection.execute(select(api_key).where(api_key.c.id == key.id)).one()
    assert not any(text[len(PREFIX) :] in str(value) for value in row)
    found = Keys(home).find(text)
    assert found == key
    assert found.may("read")
    assert not found.may("operate")


def test_use_is_noted_and_revocation_is_for_good(home):
    """The list says when a key was last used and when it was revoked."""
    keys = Keys(home)
    text, key = keys.add("used", "operate")
    keys.used(key)
    assert [one.last_used is not None for one in keys.every() if one.id == key.id] == [True]
    first = keys.revoke(key.id)
    assert keys.revoke(key.id) == first
    assert keys.find(text) is None


def test_bad_wishes_are_told(home):
    """Unknown roles, nameless keys and unknown ids are refused with the way out."""
    for name, role in (("x", "admin"), ("  ", "push")):
        with pytest.raises(BadInput):
            Keys(home).add(name, role)
    with pytest.raises(UnknownName, match="key list"):
        Keys(home).revoke("nothing")
