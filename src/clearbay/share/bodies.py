"""How large a request may be and how long it may take to come, before anybody asks who sends it.

Files (``/api/uploads``, evidence) and data (``/api/push``, SensorThings) are bounded where they are taken in;
everything else is a few words in JSON, and nobody needs a hundred megabytes or an hour to say them.
"""

from __future__ import annotations

import asyncio
import re
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clearbay.share.problems import Denied, problem

MOST = 2 * 1024 * 1024
"""Bytes of a body that has no larger bound of its own."""
LONGEST = 60.0
"""Seconds in which such a body has to be here."""
STALL = 30.0
"""Seconds without a byte after which any other body is given up."""

_OWN_BOUND = re.compile(r"/api/(?:push|cases/[^/]+/evidence)$|/sta/")
_OWN_PACE = re.compile(r"/api/uploads(?:/|$)")
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_CLOSE = {"Connection": "close"}


class Bodies:
    """ASGI wrapper that ends requests that are too large (413) or too slow (408)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in _BODILESS or _OWN_PACE.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        bounded = not _OWN_BOUND.match(scope["path"])
        stated = Headers(scope=scope).get("content-length", "")
        if bounded and stated.isdecimal() and int(stated[:20]) > MOST:
            answer = problem(413, _large(), where="body", mend="send less; files go to /api/uploads")
            answer.headers.update(_CLOSE)
            await answer(scope, receive, send)
            return
        await self._app(scope, _Bounded(receive, bounded=bounded), send)


class _Bounded:
    """``receive`` within bounds; once the body is whole it only passes on that the line was closed."""

    def __init__(self, receive: Receive, *, bounded: bool) -> None:
        self._receive, self._bounded = receive, bounded
        self._until = time.monotonic() + LONGEST if bounded else float("inf")
        self._size, self._whole = 0, False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(min(STALL, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            raise Denied(
                408, "the rest of the request did not come", where="body", mend="send it again", headers=_CLOSE
            ) from None
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._bounded and self._size > MOST:
                raise Denied(413, _large(), where="body", mend="send less; files go to /api/uploads", headers=_CLOSE)
        return message


def _large() -> str:
    return f"a request here has at most {MOST >> 20} MiB"
