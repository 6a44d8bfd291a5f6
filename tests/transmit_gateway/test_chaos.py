"""A short version of ``make chaos``: a few kills, a full disk, a slow one."""

from __future__ import annotations

from pathlib import Path

from tests.chaos import chaos, sound


def test_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    """Whatever kills the gateway, every answered value is in the store exactly once, with its frame as evidence."""
    report = chaos(100, 5, pace=0.5, folder=tmp_path, rate=1000.0)
    assert sound(report), report
    assert report["kills"] == 6
