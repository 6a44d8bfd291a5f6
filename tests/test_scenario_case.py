"""The story from a packet to a closed case, without a browser; ``make scenario-case`` tells it with one."""

from __future__ import annotations

from pathlib import Path

from tests.scenario_story import ByProgram, Story


def test_the_story_is_told_to_its_end(tmp_path: Path) -> None:
    """Packets, event, case with suspects, dispatch, photographs, clean water, closing, rebound, bundle, complaint: over
    real sockets, between a real gateway and a real server."""
    story = Story(tmp_path, ByProgram(), told=lambda _: None)
    story.play()
    words = "\n".join(name for name, _ in story.steps)
    for part in ("acknowledged", "opened an event", "is open", "suspects", "gave it", "photographed", "clean water",
                 "closed", "rebound", "bundle verifies", "home verifies", "complaint", "answer"):  # fmt: skip
        assert part in words, part
