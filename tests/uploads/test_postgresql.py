"""Uploads and complaints with their records in PostgreSQL: the same tests, a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from clearbay.apply.cases import Casework, Draft
from clearbay.apply.desk import Desk
from clearbay.share.app import api
from clearbay.store import Home
from clearbay.store.keys import Keys
from tests.store import postgresql
from tests.store.homes import postgresql_server

from . import test_complaints, test_uploads
from .conftest import OPERATOR, Stand

__all__ = ["postgresql_server"]

pytestmark = pytest.mark.postgresql


@pytest.fixture
def stand(postgresql_server: str, tmp_path: Path) -> Iterator[Stand]:
    path = tmp_path / "home"
    home = Home.create(path, postgresql.empty_database(postgresql_server))
    keys = Keys(home)
    case = Casework(home).open(OPERATOR, Draft("pollution-alarm", "Foam", jurisdiction="440300"))
    own, other = keys.add("boat", "operate")[0], keys.add("other", "operate")[0]
    found = Stand(path, own, other, home, TestClient(api(Desk(home))), case)
    yield found
    found.home.close()


STORIES = (
    test_uploads.test_a_file_in_parts_becomes_evidence_over_a_restart,
    test_uploads.test_asked_again_it_is_evidence_once,
    test_uploads.test_old_parts_go,
    test_uploads.test_two_at_once_make_one_file,
    test_complaints.test_a_complaint_goes_to_its_answer,
    test_complaints.test_an_answer_that_was_lost_can_be_asked_for_again,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.__name__)
def test_it_is_the_same(stand: Stand, story: object) -> None:
    """What holds with SQLite holds with PostgreSQL."""
    story(stand)  # type: ignore[operator]
