"""Cases with their records in PostgreSQL: the same tests, a real server, and many who write at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clearbay.apply.cases import Casework, Draft
from clearbay.apply.cases.verify import Whole, verify
from clearbay.model.case import Actor
from clearbay.model.errors import Conflict
from clearbay.store import Home
from clearbay.store.tables import metadata
from tests.apply_cases import test_casework, test_discoveries, test_findings, test_leader, test_lists
from tests.apply_cases.casehome import DUTY, alarm, station
from tests.notices import test_delivery, test_telling
from tests.notices.receivers import certificate, hook, mail
from tests.store import postgresql
from tests.store.homes import postgresql_server

__all__ = ["certificate", "hook", "mail", "postgresql_server"]

pytestmark = pytest.mark.postgresql

EVERYDAY = (test_discoveries, test_leader)
COMPLETE = (test_casework, test_findings, test_lists, test_telling, test_delivery)
"""A complete run (CI) takes all of them; the server's round trips make each some times slower than on SQLite."""

for _module in (*EVERYDAY, *(COMPLETE if postgresql.COMPLETE else ())):
    for _name, _one in vars(_module).items():
        if _name.startswith("test_") or "fixture" in type(_one).__name__.lower():
            globals().setdefault(_name, _one)

TABLES = [one.name for one in metadata.sorted_tables]


@pytest.fixture(scope="module")
def template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with stations, made once: every test works on a copy of its directory and on its tables, put back."""
    path = tmp_path_factory.mktemp("template") / "home"
    url = postgresql.empty_database(postgresql_server)
    with Home.create(path, url) as made:
        made.register_stations([station("S"), station("T"), station("Z", "440400"), station("HK", "810000")])
    postgresql.save_tables(url, TABLES)
    return path, url


@pytest.fixture
def home(template: tuple[Path, str], tmp_path: Path) -> Iterator[Home]:
    path, url = template
    postgresql.restore_tables(url, TABLES)
    shutil.copytree(path, tmp_path / "home")
    with Home.open(tmp_path / "home") as opened:
        yield opened


def test_no_update_is_lost(home: Home) -> None:
    """Eight people act on four cases at once, each on what they looked at: what succeeded is there, once, and whoever
    was too late was told so; the home verifies."""
    casework = Casework(home)
    ids = [alarm(casework).id for _ in range(4)]

    def work(number: int) -> tuple[int, int]:
        me = Actor(f"p{number}", f"P{number}", frozenset({"reviewer"}), "440300")
        mine = Casework(home)
        done = late = 0
        for turn in range(12):
            id = ids[(number + turn) % len(ids)]
            seen = mine.get(me, id).version
            try:
                mine.assign(me, id, (f"a{number}", f"turn {turn}"), reason="r", version=seen)
                done += 1
            except Conflict:
                late += 1
        return done, late

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    written = sum(casework.get(DUTY, id).version - 1 for id in ids)
    assert written == sum(done for done, _ in results)
    assert sum(done + late for done, late in results) == 96
    assert isinstance(verify(home), Whole)


def test_many_open_at_once(home: Home) -> None:
    """Numbers of cases are given once, however many open them at the same moment."""
    with ThreadPoolExecutor(8) as pool:
        draft = Draft("pollution-alarm", "x", jurisdiction="440300")
        made = list(pool.map(lambda _: Casework(home).open(DUTY, draft).id, range(24)))
    assert len(set(made)) == 24
    assert sorted(made) == [f"PA-{made[0][3:7]}-4403-{number:05d}" for number in range(1, 25)]
