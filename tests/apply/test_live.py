"""An incident that runs: from its packets to an event, a trace that gets sharper, and the end."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clearbay.apply import live
from clearbay.apply.alarms import alarm_of
from clearbay.apply.demonstration import ID
from clearbay.apply.events import Events
from clearbay.apply.live import Live, placed, status
from clearbay.apply.network import Waters
from clearbay.apply.tracing import Tracer
from clearbay.apply.tracing_words import WORDS, noted
from clearbay.mine.tracing.notes import NOTES, note
from clearbay.model.text import LANGUAGES
from clearbay.store import Home


def test_an_incident_runs_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sections see it, one event tells it and ends; its outlet is found; all that is written is labelled."""
    monkeypatch.setattr(live, "SEEDS", (134,))
    with Home.create(tmp_path / "home") as home:
        told: list[str] = []
        player = Live(home, pace_s=0.0, told=told.append)
        assert player.run(threading.Event(), most=1) == 1
        assert "GENERATED" in told[0]
        assert status(home) is None
        found, _ = Events(home).find()
        assert all(event.record.generated for event in found)
        assert all(event.record.ended is not None for event in found)
        worst = max(found, key=lambda event: event.record.worst)
        steps = [step.what for step in worst.problem.timeline]
        assert {"new", "worse", "joined", "ended"} <= set(steps)
        assert len({member.station for member in worst.problem.members}) == 2
        incident = player.world.incident(134, whole=True)
        assert incident is not None
        finding = Tracer(home, Waters(home)).trace(alarm_of(home, worst.id), network=ID)
        ranked = [one.site.id for one in finding.incident.suspects]
        assert incident.outlet.id in ranked[:3]
        answer = finding.as_dict(texts=True)
        assert len(answer["passed"]) == 2
        assert answer["as_of"] is not None
        assert all(set(text) == set(LANGUAGES) for text in answer["warnings"])
        assert 0 < home.reader().datastreams().num_rows < 60
        stations = [one for one in home.stations() if one.id in {member.station for member in worst.problem.members}]
        assert all(one.generated for one in stations)


def test_an_incident_is_placed_before_the_present_and_after_what_is_there() -> None:
    """It ends by now, begins after the newest value of its sections, and waits where there is no room."""

    class Some:
        start_h, until_h = 240.0, 300.0

    now = datetime(2026, 3, 1)
    begins, ends = timedelta(hours=240 - live.QUIET_H), timedelta(hours=300)
    near = placed(Some(), {"a": None}, now, near=True)  # type: ignore[arg-type]
    assert near is not None
    assert near + ends == now
    early = placed(Some(), {"a": now - timedelta(days=20)}, now, near=False)  # type: ignore[arg-type]
    assert early is not None
    assert early + begins == now - timedelta(days=20) + timedelta(hours=1)
    assert placed(Some(), {"a": now - timedelta(days=2)}, now, near=False) is None  # type: ignore[arg-type]


def test_the_status_is_that_of_a_living_process(tmp_path: Path) -> None:
    """What was written long ago plays no more."""
    with Home.create(tmp_path / "home") as home:
        path = home.path / "live.json"
        path.write_text('{"played": 1, "rate": 1440, "clock": "2026-03-01T00:00:00"}')
        now = status(home)
        assert now is not None
        assert now.rate == 1440
        path.write_text("nonsense")
        assert status(home) is None


@pytest.mark.parametrize("kind", sorted(NOTES))
def test_every_note_is_said_in_four_languages(kind: str) -> None:
    """The same facts in each; sections by their names."""
    facts = {name: "S1" for name in ("section", "other", "sections", "hours", "share", "count", "all")}
    text = noted(note(kind, **facts, property="NH3N"), lambda _: dict.fromkeys(LANGUAGES, "Bridge"))
    assert set(text) == set(LANGUAGES)
    assert len(set(text.values())) == 4
    assert all(WORDS[language].keys() == NOTES.keys() for language in LANGUAGES)
    if "{section" in NOTES[kind]:
        assert all("Bridge" in words for words in text.values())
