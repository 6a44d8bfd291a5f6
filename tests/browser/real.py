"""A real server over the shipped data, and a real Chromium before it; shared by tests, screenshots and benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = os.environ.get("CLEARBAY_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""

FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
"""A browser that draws the map without a graphics card and asks nothing of anybody but the page's own server."""

expect.set_options(timeout=30_000)
"""A busy machine draws the same page, later; what never comes fails all the same."""


def load(home: Path) -> None:
    """Load the whole demonstration, as a newcomer's first run does."""
    subprocess.run(
        [sys.executable, "-m", "clearbay", "demo", "--home", str(home), "--load-only"], check=True, timeout=300
    )


@contextmanager
def server(home: Path, *options: str) -> Iterator[str]:
    """``clearbay serve`` on a free port of the loopback; yields its address once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "clearbay", "serve", "--home", str(home), "--port", str(port), *options]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{address}/api/health", timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the server does not answer") from None
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


def settled(page: Page) -> None:
    """Wait until the map has drawn all that it was asked to draw."""
    page.wait_for_function("() => window.__clearbay !== undefined", timeout=30_000)
    page.evaluate("() => window.__clearbay.whenIdle()")


def holds(page: Page, **wanted: str) -> None:
    """Wait until the permalink carries these parameters: it follows the screen, a moment later."""
    page.wait_for_function(
        "(wanted) => { const now = new URLSearchParams(location.search);"
        " return Object.entries(wanted).every(([key, value]) => now.get(key) === value); }",
        arg=wanted,
    )


def choose_rule(page: Page, rule: str) -> None:
    """Press a rule set's button (a label around its radio)."""
    page.locator(f'label:has([data-testid="rule-{rule}"])').click()
