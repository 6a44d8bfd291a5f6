"""A small home with people, a clock that tests set, and cases to open in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clearbay.apply.cases import Casework, Draft, Upload
from clearbay.model.case import Actor, Case, Limit
from clearbay.model.observation import READINGS
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES
from clearbay.store import Home

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""Monday 2 March 2026, 9 in the morning in the bay."""

LIMIT = Limit("le", 1.0, "mg/L", "cn.gb3838-2002", "III")


CLEAN_WATER = timedelta(hours=13)
"""Three results so far apart span the day that a re-measurement asks for."""


class Time:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def go(self, **spans: float) -> None:
        self.now += timedelta(**spans)


def actor(id: str, *roles: str, at: str = "440300") -> Actor:
    return Actor(id, id.title(), frozenset(roles), at)


DUTY = actor("duty", "duty_officer")
HAND = actor("hand", "handler")
BOSS = actor("boss", "reviewer")
ELSE = actor("else", "duty_officer", "handler", "reviewer", at="440400")
CITIZEN = actor("citizen", "public")


def station(id: str, jurisdiction: str = "440300", **more: Any) -> Station:
    name = dict.fromkeys(LANGUAGES, id)
    return Station(id, id, name, "river", jurisdiction, "test", **more)


def taken_in(home: Home, *rows: tuple[datetime, float], at: str = "S", property: str = "NH3N", flag: int = 1) -> None:
    """Put results into the store, as telemetry does."""
    lines = [
        {"station": at, "property": property, "depth": "", "time": time.replace(tzinfo=None), "value": value,
         "censoring": "", "flag": flag, "averaging": ""}
        for time, value in rows
    ]  # fmt: skip
    home.ingest(pa.Table.from_pylist(lines, schema=READINGS), source="test")


def alarm(casework: Casework, **more: Any) -> Case:
    given = {"station": "S", "property": "NH3N", "limit": LIMIT, "title": "Ammonia at S", **more}
    return casework.open(DUTY, Draft("pollution-alarm", **given))


def photo(content: bytes = b"\xff\xd8 a photograph", **more: Any) -> Upload:
    return Upload([content], "outlet.jpg", "photo", "image/jpeg", **more)


def treated(casework: Casework, time: Time) -> Case:
    """An alarm that was handled and waits to be measured again."""
    case = alarm(casework)
    time.go(minutes=5)
    casework.act(DUTY, case.id, "dispatch", assignee=("hand", "Hand"))
    time.go(minutes=30)
    casework.act(HAND, case.id, "arrive")
    time.go(hours=2)
    casework.attach(HAND, case.id, photo())
    return casework.act(HAND, case.id, "finish", reason="valve shut", fields={"cause": "a broken valve"})


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with stations, made once: every test works on a copy of its own."""
    path = tmp_path_factory.mktemp("template") / "home"
    with Home.create(path) as made:
        made.register_stations([station("S"), station("T"), station("Z", "440400"), station("HK", "810000")])
    return path


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Iterator[Home]:
    shutil.copytree(template, tmp_path / "home")
    with Home.open(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def casework(home: Home, time: Time) -> Casework:
    return Casework(home, clock=time)
