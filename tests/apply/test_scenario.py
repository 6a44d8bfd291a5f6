"""A generated incident over real sockets to its suspects."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from clearbay.apply.alarms import alarm_of
from clearbay.apply.demonstration import keep_demonstration, keep_incident
from clearbay.apply.network import Waters
from clearbay.apply.scenario import Stage, draw, shares
from clearbay.apply.tracing import Tracer
from clearbay.store import Home
from clearbay.store.events import Events


def test_an_incident_goes_through_the_whole_chain(tmp_path: Path) -> None:
    """Packets are acknowledged, an event opens, the outlet that did it is among the suspects, shares are told."""
    with Home.create(tmp_path / "home") as home:
        stage = Stage(home)
        [(seed, incident)] = draw(stage.world, 1, 41)
        ends = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
        said: list[str] = []
        with stage.listening() as port:
            played = stage.play(seed, incident, port, ends=ends, told=said.append)
        assert played.event is not None
        assert 1 <= played.rank <= played.candidates
        assert 0 < played.probability <= 1
        assert home.counts()[0] == 7 * played.packets
        assert len(said) == 3
        assert shares([played])["generated"] is True


def test_the_demonstration_brings_an_incident_that_can_be_followed(tmp_path: Path) -> None:
    """Its event leads to a trace; it is put in once."""
    with Home.create(tmp_path / "home") as home:
        keep_demonstration(home)
        assert keep_incident(home)
        assert not keep_incident(home)
        events, _ = Events(home).find(status="all")
        assert all(event.generated for event in events)
        worst = max(events, key=lambda event: event.severity)
        finding = Tracer(home, Waters(home)).trace(alarm_of(home, str(worst.id)))
        assert finding.as_dict()["suspects"]
