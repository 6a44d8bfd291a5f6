"""A store that dies, at every step of everything it does."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import pytest

from clearbay.store import Home, hot, steps
from clearbay.store.tables import metadata

from . import crash_story as story
from . import postgresql
from .homes import station

PROCESSES = multiprocessing.get_context("forkserver")


@pytest.fixture(scope="module", autouse=True)
def _ready_to_fork() -> None:
    """Have the fork server import everything once: each of a hundred processes would otherwise spend seconds on it."""
    PROCESSES.set_forkserver_preload([story.__name__])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # before Python 3.13 it does not know the caller's path
        forkserver.ensure_running()


STEPS = {
    "hot rows inserted", "batch ready to commit", "batch committed", "current part written", "current part durable",
    "superseded part written", "superseded part durable", "part renamed", "directory durable", "history listed",
    "hot rows deleted", "blocks laid together", "compaction ready to commit", "compaction committed",
    "leftover removed",
}  # fmt: skip
"""Every named step of the store's writing but those of making a home."""


def _live(path: Path, act: int, die_at: int, diary: Path) -> int | None:
    """Do an act in a process of its own, which dies at a step; returns how it ended."""
    diary.write_text("")
    process = PROCESSES.Process(target=story.live, args=(path, act, die_at, diary))
    process.start()
    process.join(60)
    return process.exitcode


class Template:
    """A home that is put back for each life as it was, which costs less than making one."""

    def __init__(self, directory: Path, records_url: str | None) -> None:
        self.path, self.saved, self.url = directory / "home", directory / "saved", records_url
        self.tables = [table.name for table in metadata.sorted_tables]
        with Home.create(self.path, records_url) as home:
            home.register_stations(station(name) for name in "ABC")
            story.prelude(home)
            assert story.seen(home) == story.BEFORE
        self._save()

    def perform(self, act: int) -> None:
        """Let it live through an act, and begin from there."""
        with Home.open(self.put_back()) as home:
            story.ACTS[act][0](home)
            assert story.seen(home) == story.after(act + 1)
        self._save()

    def _save(self) -> None:
        shutil.rmtree(self.saved, ignore_errors=True)
        shutil.copytree(self.path, self.saved)
        if self.url is not None:
            postgresql.save_tables(self.url, self.tables)

    def put_back(self) -> Path:
        shutil.rmtree(self.path)
        shutil.copytree(self.saved, self.path)
        if self.url is not None:
            postgresql.restore_tables(self.url, self.tables)
        return self.path


@pytest.fixture
def quick_path(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory, if there is one: SIGKILL spares the page cache, so waiting for a disk shows nothing."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="clearbay-") as path:
        yield Path(path)


def test_a_store_killed_at_any_step_keeps_what_it_acknowledged(quick_path: Path, records_url: str | None) -> None:
    """Whatever the step at which the process is killed, the next one finds every acknowledged observation exactly
    once, the unfinished act wholly or not at all, no leftover file; and doing everything again ends as if nothing
    had happened."""
    template = Template(quick_path, records_url)
    diary = quick_path / "diary"
    passed: set[str] = set()
    for act in range(len(story.ACTS)):
        for number in itertools.count(1):
            path = template.put_back()
            ended = _live(path, act, number, diary)
            names = diary.read_text().splitlines()
            passed.update(names)
            if ended == 0:  # there is no such step any more
                assert len(names) == number - 1
                break
            assert ended == -signal.SIGKILL
            _check_what_is_left(path, act, f"act {act} killed at step {number}, {names[-1]}")
        template.perform(act)
    assert passed == STEPS


def _check_what_is_left(path: Path, act: int, where: str) -> None:
    """All acts before are there, this one wholly or not at all; doing it again makes it whole."""
    with Home.open(path) as home:
        found = story.seen(home)
        assert found in (story.after(act), story.after(act + 1)), where
        assert home.counts()[0] == len(found), where
        _nothing_left_over(home)
        story.ACTS[act][0](home)
        assert story.seen(home) == story.after(act + 1), where
        assert home.counts()[0] == len(story.after(act + 1)), where
        _nothing_left_over(home)


def _nothing_left_over(home: Home) -> None:
    """Every valid file is there, and no file that the records do not name."""
    with home.records.read() as connection:
        listed = set(connection.exec_driver_sql("SELECT name FROM history_file").scalars())
        valid = set(connection.exec_driver_sql("SELECT name FROM history_file WHERE retired_at IS NULL").scalars())
    present = {path.name for path in home.history.iterdir()}
    assert valid <= present <= listed


def test_a_home_killed_while_it_is_made_can_be_made_again(tmp_path: Path, records_url: str | None) -> None:
    """A home exists from the moment its manifest does; before that, making it starts over."""
    process = PROCESSES.Process(target=_create_and_die, args=(tmp_path / "home", records_url))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert not (tmp_path / "home" / "home.json").exists()
    with Home.create(tmp_path / "home", records_url) as home:
        assert home.counts() == (0, 0)


def _create_and_die(path: Path, records_url: str | None) -> None:
    steps.observer = lambda name: os.kill(os.getpid(), signal.SIGKILL)
    Home.create(path, records_url)


def test_a_row_in_both_hot_and_history_counts_once(home: Home) -> None:
    """Should a row ever be in history and hot at once, it is read once, and compaction makes it one again."""
    story.prelude(home)
    home.compact()
    newest = home.reader().latest(["A"])
    ids = home.reader().datastreams("A")["id"]
    with home.records.write() as connection:
        hot.insert(connection, hot.conformed(newest.append_column("datastream", ids)), version=1)
        connection.exec_driver_sql("UPDATE meta SET value = '99' WHERE key = 'data_version'")
    assert story.seen(home) == story.BEFORE
    assert home.reader().relation().aggregate("count(*)").fetchall() == [(len(story.BEFORE),)]
    home.compact()
    assert story.seen(home) == story.BEFORE
