"""Documentation that is wrong is a failing test."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from clearbay.collect.layout import EXAMPLE, EXAMPLE_LONG
from tests.test_commands import GROUP, commands

ROOT = Path(__file__).parent.parent
DOCS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    """A relative link names a file that is there."""
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_command_shown_exists(path: Path) -> None:
    """Commands in the documents name commands and options that the program has."""
    text = path.read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"```(?:sh|bash)?\n(.*?)```", text, flags=re.DOTALL))
    for line in re.findall(r"^clearbay ([a-z].*)$", blocks, flags=re.MULTILINE):
        words = shlex.split(line, comments=True)
        command, context = GROUP, words
        while hasattr(command, "commands") and context and context[0] in command.commands:
            command, context = command.commands[context[0]], context[1:]
        assert command is not GROUP, f"clearbay {line}"
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        used = {word.split("=")[0] for word in context if word.startswith("--")}
        assert used <= known, f"clearbay {line}"


def test_every_command_is_in_a_document() -> None:
    """A command nobody can read about does not exist for anybody."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCS)
    missing = [" ".join(words) for words in commands(GROUP) if f"clearbay {' '.join(words)}" not in text]
    assert not missing


def test_the_mapping_explained_is_the_mapping_read() -> None:
    """The examples of the guide are those that the reader's own tests read."""
    shown = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "own-data.md").read_text(encoding="utf-8"), re.DOTALL)
    assert [yaml.safe_load(text) for text in shown] == [yaml.safe_load(EXAMPLE), yaml.safe_load(EXAMPLE_LONG)]


def test_decisions_are_short() -> None:
    """A decision says context, decision, alternatives and honest negatives in under 40 lines."""
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 40, path.name
        for part in ("**Context.**", "**Decision.**", "**Alternatives.**", "**Honest negatives.**"):
            assert part in text, f"{path.name}: {part}"
