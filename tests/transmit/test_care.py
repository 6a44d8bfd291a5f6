"""Chores of an intake that runs."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from clearbay.store import Home
from clearbay.transmit.care import Care
from clearbay.transmit.committer import Committer


def test_a_chore_that_fails_is_told_and_keeps_no_other_from_being_done():
    """The second chore is done each time although the first never succeeds, and the failure is told in words."""
    done, told = threading.Event(), []

    def fails():
        raise OSError("no space left")

    care = Care((fails, done.set), 0.01, told.append)
    assert done.wait(60)
    done.clear()
    assert done.wait(60)
    care.close()
    assert "no space left" in told[0]


def test_an_intake_that_runs_keeps_its_home_and_lets_its_stages_look_round(tmp_path):
    """Blocks are laid together, and a stage that watches for silence is called though nothing arrives."""
    looked = threading.Event()

    class Watching:
        def __call__(self, table):
            return table

        def patrol(self, now: datetime | None = None):
            assert now is None or now.tzinfo is UTC
            looked.set()

    with Home.create(tmp_path / "home") as home, Committer(home, stages=[Watching()], care_s=0.01):
        assert looked.wait(60)
