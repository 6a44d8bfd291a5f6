"""Real servers on loopback over a copy of the small real home."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from clearbay.share.sta.service import Front
from clearbay.web.server import create_app, listen
from tests.apply.homes import built


def copy(folder: Path) -> Path:
    """The small real home, to write into."""
    return Path(shutil.copytree(built(), folder / "home"))


@contextmanager
def served(home: Path, *, is_open: bool = True) -> Iterator[str]:
    """The address of a server over a home."""
    listener = listen("127.0.0.1", 0)
    app = create_app(home, warm_up=False, is_open=is_open)
    server = uvicorn.Server(uvicorn.Config(Front(app), log_level="warning", access_log=False, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
