"""The server: the API and the map over one home.

``python -m clearbay.web.server --home DIR --port N`` starts it; so does ``clearbay serve``.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread
from types import FrameType

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from clearbay.apply.desk import Desk
from clearbay.model.errors import BadInput, ClearbayError
from clearbay.share.app import api
from clearbay.share.sta.service import Front
from clearbay.store import Home
from clearbay.web.heartbeat import beat, discover, post
from clearbay.web.interface import STATIC, Interface
from clearbay.web.protocol import Patience
from clearbay.web.security import Security
from clearbay.web.warmth import warm

__all__ = ["STATIC", "create_app", "is_loopback", "listen", "main", "serve"]


def create_app(home_path: Path | str, *, warm_up: bool = True, is_open: bool = False) -> FastAPI:
    """The whole application over the home at ``home_path``; ``is_open``: whoever calls from here writes without a key.

    With ``warm_up`` the assessments that a visitor asks for first are computed in the background from the start, so
    that the first map and a change of rule set find them ready; requests do not wait for the others.
    """
    home = Home.open(Path(home_path))
    desk = Desk(home)
    stop = Event()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        thread = Thread(target=warm, args=(desk, stop), name="warm-up", daemon=True)
        workers = [
            Thread(target=beat, args=(home, stop), name="heartbeat", daemon=True),
            Thread(target=discover, args=(desk, stop), name="discoveries", daemon=True),
            Thread(target=post, args=(home, stop), name="post", daemon=True),
        ]
        if warm_up:
            thread.start()
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            stop.set()
            if thread.is_alive():  # a query in flight ends first: the store must not be closed under it
                await asyncio.to_thread(thread.join, 30)
            for worker in workers:
                await asyncio.to_thread(worker.join, 30)
            await asyncio.to_thread(app.state.intake.close)
            home.close()

    app = api(desk, lifespan=lifespan, is_open=is_open)
    interface = Interface()

    @app.get("/{path:path}", include_in_schema=False)
    def page(request: Request, path: str) -> Response:
        found = interface.answer(request, path)
        if found is None:
            raise HTTPException(404)
        return found

    app.add_middleware(Security)
    return app


def serve(
    home: Path | str,
    port: int = 8700,
    host: str = "127.0.0.1",
    *,
    is_open: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the home at ``home`` until stopped; BadInput where the port is taken or the address is not ours.

    ``is_open`` lets whoever calls from this machine write without a key; only for an address that nobody else
    reaches. ``ready`` is called once the home is open and the port is ours.
    """
    if is_open and not is_loopback(host):
        raise BadInput(
            f"an open server may not listen at {host}: anyone on the network could write",
            where="open",
            mend="leave --open out and make keys with `clearbay key add`, or listen at 127.0.0.1",
        )
    listener = listen(host, port)
    app = create_app(home, is_open=is_open)
    ready()
    config = uvicorn.Config(
        Front(app), http=Patience, log_level="warning", access_log=False, server_header=False, lifespan="on"
    )
    _Server(config, app).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells the application when it is asked to stop, so that streams of events end and nobody waits for them."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn's, and say so."""
        self._app.state.closing = True
        super().handle_exit(sig, frame)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """A socket listening at ``host`` and ``port``; 0 takes any free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns off delayed sending (40 ms an answer) only for sockets that name it.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise BadInput(
            f"cannot listen at {host} port {port} ({error.strerror})",
            where="port",
            mend="stop the other, or use --port",
        ) from None
    return listener


def main() -> None:
    """Start the server from the command line."""
    parser = argparse.ArgumentParser(description="Serve a clearbay home: the map, the API under /api, its reference.")
    parser.add_argument("--home", type=Path, required=True, help="the directory that `clearbay init` made")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--host", default="127.0.0.1")
    given = parser.parse_args()
    try:
        serve(given.home, port=given.port, host=given.host)
    except ClearbayError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
