"""Cases from the shell: open, act, attach, seal, verify; playbooks checked with file, line and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clearbay.packs.sheet import DATA
from clearbay.store import chain
from tests.test_commands import run


def told(*words: object, ok: int = 0) -> dict[str, Any]:
    return dict(json.loads(run(*words, "--json", ok=ok).stdout))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cli") / "home"
    run("init", made)
    return made


def test_a_case_from_the_shell(home: Path, tmp_path: Path) -> None:
    """Opened, dispatched, proven, listed, shown, sealed; home and bundle verify, and a flipped byte is named."""
    case = told("case", "open", "--home", home, "--title", "Ammonia", "--at", "440300", "--key", "k")["case"]
    id = case["id"]
    again = told("case", "open", "--home", home, "--title", "Ammonia", "--at", "440300", "--key", "k")["case"]
    assert again["id"] == id
    done = told("case", "act", id, "dispatch", "--assign", "li:李伟", "--home", home, "--version", 1)["case"]
    assert (done["state"], done["assignee"]["name"]) == ("dispatched", "李伟")
    refused = told("case", "act", id, "dispatch", "--home", home, "--version", 1, ok=2)
    assert "has changed" in refused["error"]["what"]
    (tmp_path / "outlet.jpg").write_bytes(b"\xff\xd8 picture")
    piece = told("case", "attach", id, tmp_path / "outlet.jpg", "--kind", "photo", "--home", home)
    assert piece["evidence"] == 1
    assert [one["id"] for one in told("case", "list", "--home", home)["cases"]] == [id]
    shown = told("case", "show", id, "--home", home)
    assert [one["kind"] for one in shown["timeline"]] == ["open", "dispatch", "attach"]
    sealed = told("case", "bundle", id, "--home", home, "--out", tmp_path / "case.zip", "--lang", "pt")
    assert told("verify", tmp_path / "case.zip", "--trust", sealed["fingerprint"])["case"] == id
    assert not told("verify", tmp_path / "case.zip", "--trust", "0000-0000", ok=1)["ok"]
    assert told("verify", "--home", home)["cases"] == 1
    assert told("verify", "--home", home, "--case", id)["actions"] == 3
    (path,) = chain.segments(home / "evidence", "cases")
    sound = path.read_bytes()
    path.write_bytes(sound[:100] + bytes([sound[100] ^ 1]) + sound[101:])
    broken = told("verify", "--home", home, ok=1)
    assert (broken["ok"], broken["entry"], broken["file"]) == (False, 0, path.name)
    path.write_bytes(sound)


def test_a_person_of_another_place_finds_nothing(home: Path) -> None:
    """Role and jurisdiction given on the command line hold there too."""
    case = told("case", "open", "--home", home, "--title", "x", "--at", "440300")["case"]
    told("case", "show", case["id"], "--home", home, "--as", "x", "--role", "reviewer", "--at", "820000", ok=2)
    refused = told("case", "act", case["id"], "dispatch", "--home", home, "--role", "handler", "--at", "440300", ok=2)
    assert "duty_officer" in refused["error"]["what"]


def test_the_shipped_playbooks_are_listed_and_shown() -> None:
    """Five kinds, each with what its deadlines rest on."""
    assert len(told("playbook", "list")["playbooks"]) == 5
    shown = told("playbook", "show", "public-complaint")
    assert {one["origin"]["basis"] for one in shown["deadlines"]} == {"law", "default"}


def test_a_wrong_playbook_is_refused_with_line_and_reason(tmp_path: Path) -> None:
    """Exit status 2 and every problem by file, line and rule; a sound one is told to be so."""
    text = (DATA / "playbooks" / "inspection.yaml").read_text(encoding="utf-8")
    text = text.replace("id: inspection", "id: visit", 1).replace("prefix: IN", "prefix: VI")
    path = tmp_path / "visit.yaml"
    path.write_text(text, encoding="utf-8")
    assert told("playbook", "check", path)["ok"]
    path.write_text(text.replace("to: inspected", "to: inspectd", 1), encoding="utf-8")
    problems = told("playbook", "check", path, ok=2)["problems"]
    line = next(n for n, words in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "inspectd" in words)
    assert (problems[0]["line"], problems[0]["rule"]) != (0, "")
    assert (line, "unknown-state") in [(one["line"], one["rule"]) for one in problems]


def test_a_draw_and_a_tick(home: Path, tmp_path: Path) -> None:
    """The draw opens as many inspections as were drawn; a tick with nothing due does nothing."""
    (tmp_path / "plants.txt").write_text("\n".join(f"P{n}" for n in range(9)), encoding="utf-8")
    (tmp_path / "people.txt").write_text("\n".join(f"I{n}" for n in range(4)), encoding="utf-8")
    made = told("case", "draw", "--home", home, "--plants", tmp_path / "plants.txt", "--inspectors",
                tmp_path / "people.txt", "--number", 3, "--at", "440300")  # fmt: skip
    assert len(made["drawn"]) == 3
    assert told("case", "tick", "--home", home) == {"escalated": [], "resumed": [], "reopened": [], "calm": []}
