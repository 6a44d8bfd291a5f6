from threading import Event

from clearbay.apply.desk import Desk
from clearbay.model.errors import StoreError
from clearbay.store import Home
from clearbay.web.warmth import steps, warm


def test_the_usual_verdicts_come_first(home_path):
    """The first step is what the map opens with, and every step can be taken."""
    with Home.open(home_path) as home:
        desk = Desk(home)
        planned = list(steps(desk))
        first = planned[0]()
        assert "sea" in first.standard.media
        assert first.granularity == "year"
        for step in planned[1:]:
            step()


def test_warming_stops_when_asked(home_path):
    """A server that is told to stop does not wait for all of it."""
    with Home.open(home_path) as home:
        desk, stop = Desk(home), Event()
        stop.set()
        warm(desk, stop)
        assert not (home_path / "cache").exists()


def test_a_failure_while_warming_hurts_nobody(home_path, monkeypatch, caplog):
    """It is logged, and left to the request that will meet it."""
    with Home.open(home_path) as home:
        desk = Desk(home)
        for error in (StoreError("the disk is full"), RuntimeError("unforeseen")):

            def fail(error: Exception = error) -> None:
                raise error

            monkeypatch.setattr(desk, "catalogue", fail)
            warm(desk, Event())
            assert str(error) in caplog.text
