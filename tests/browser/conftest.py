"""One loaded home and one browser for all browser tests; a fresh page for each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from clearbay.web.server import STATIC
from tests.browser import real


@pytest.fixture(scope="session")
def machine() -> None:
    """Skip where this machine cannot draw the interface; fail where it is promised to be complete."""
    complete = os.environ.get("CLEARBAY_TESTS_COMPLETE") == "1"
    for lacks in (
        "" if real.CHROMIUM else "no Chromium on this machine",
        "" if (STATIC / "index.html").exists() else "the interface is not built (make demo, or pip install -e .)",
    ):
        if lacks and complete:
            pytest.fail(lacks)
        if lacks:
            pytest.skip(lacks)


@pytest.fixture(scope="session")
def address(machine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server over the whole demonstration."""
    home: Path = tmp_path_factory.mktemp("browser") / "home"
    real.load(home)
    with real.server(home) as found:
        yield found


@pytest.fixture(scope="session")
def chromium(machine: None) -> Iterator[Browser]:
    """One real browser; a machine without Chromium skips cleanly."""
    with real.browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page at desk size that fails the test when the page's own code fails."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce")
    found = context.new_page()
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    yield found
    context.close()
    assert not errors, errors
