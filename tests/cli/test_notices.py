"""``clearbay notices``: set up, checked, tried, looked after."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clearbay.apply.cases import Casework, Draft
from clearbay.cli import app
from clearbay.model.case import Actor
from clearbay.model.person import Person
from clearbay.store import Home
from clearbay.store.people import People
from tests.notices.receivers import Post, mail

__all__ = ["mail"]


def run(*given: str) -> dict[str, object]:
    found = CliRunner().invoke(app, ["notices", *given, "--json"])
    assert found.exit_code in (0, 1), found.output
    return dict(json.loads(found.stdout))


@pytest.fixture
def place(tmp_path: Path) -> str:
    Home.create(tmp_path / "home").close()
    return str(tmp_path / "home")


def test_mail_is_set_up_tried_and_delivered(place: str, mail: Post) -> None:
    """From nothing to a letter; what failed is seen, revived and sent."""
    assert run("check", "--home", place)["email"] is None
    sender = "clearbay <alerts@bay.example>"
    run("setup", "--home", place, "--host", "127.0.0.1", "--port", str(mail.port), "--security", "none",
        "--sender", sender, "--url", "https://bay.example")  # fmt: skip
    assert (Path(place) / "notices.toml").stat().st_mode & 0o077 == 0
    assert run("try", "--home", place, "--to", "li@bay.example")["sent"] is True
    with Home.open(place) as home:
        People(home).add(Person("li", "Li", ("duty_officer",), "440300", "li@bay.example"), by=None)
        root = Actor("root", "Root", frozenset({"operator"}), "100000")
        Casework(home).open(root, Draft("pollution-alarm", "Foam", jurisdiction="440300"))
    mail.refuse = {"MAIL": "550 no"}
    mail.refuse = {"RCPT": "550 no"}
    assert run("deliver", "--home", place)["dead"] == 1
    (row,) = run("outbox", "--home", place, "--state", "dead")["outbox"]  # type: ignore[misc]
    assert "550" in row["error"]
    mail.refuse = {}
    assert run("retry", "--home", place)["revived"] == 1
    assert run("deliver", "--home", place)["sent"] == 1
    assert run("check", "--home", place)["outbox"] == {"waiting": 0, "sent": 1, "dead": 0}
    assert mail.letters[-1][1] == ["li@bay.example"]


def test_mistakes_are_told(place: str) -> None:
    """A second set-up, a wrong one, an unknown person or way."""
    wrong = CliRunner().invoke(app, ["notices", "setup", "--home", place, "--host", "h", "--sender", "nobody"])
    assert wrong.exception is not None
    assert not (Path(place) / "notices.toml").exists()
    for given in (
        ["try", "--to", "ghost"],
        ["try", "--to", "a@b.example", "--way", "pigeon"],
        ["outbox", "--state", "x"],
    ):
        assert CliRunner().invoke(app, ["notices", *given, "--home", place]).exception is not None
    assert run("try", "--home", place, "--to", "a@b.example")["sent"] is False
