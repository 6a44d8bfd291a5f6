"""docs/tracing.md against the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clearbay.mine.tracing import FACTS

TEXT = (Path(__file__).parents[2] / "docs" / "tracing.md").read_text(encoding="utf-8")


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Every Python example of the page runs as it stands and prints something."""
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(compile(block, "docs/tracing.md", "exec"), {})
    assert "Estimate(" in capsys.readouterr().out


def test_every_number_from_elsewhere_is_on_the_page() -> None:
    """Each fact is in the page's table, with its value."""
    table = TEXT.split("## Numbers from elsewhere")[1]
    for fact in FACTS:
        line = next((line for line in table.splitlines() if line.startswith("|") and fact.name in line), "")
        assert line, f"{fact.name} is not on the page"
        assert f"{fact.value:g}".lstrip("-") in line, f"{fact.name} = {fact.value:g} is not in: {line}"
        assert fact.confidence in line
