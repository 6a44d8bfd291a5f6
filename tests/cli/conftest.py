"""The commands of the rules as one program, run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from clearbay.cli import air, index, rate
from clearbay.cli.standards import standards

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(air.aqi)
app.command()(rate.rate)
app.command()(index.index)
app.add_typer(standards, name="standards")

Run = Callable[..., Any]


@pytest.fixture
def run() -> Run:
    """Run a command; its JSON where ``--json`` is among the words. An error comes out as it was raised."""

    def call(*words: object, status: int = 0) -> Any:
        done = CliRunner().invoke(app, [str(word) for word in words])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == status, done.output
        return json.loads(done.stdout) if "--json" in words else done.stdout

    return call
