"""How answers travel: ETag and 304, gzip, HEAD, and a bounded memory of the answers asked for most.

The entity tag of a GET under ``/api`` is known before the answer is: it is made of the data version, the release
of clearbay with its packs, and the address. A client that has the answer is told so without computing anything,
and an answer in memory is sent again as it is, already compressed.
"""

from __future__ import annotations

import re
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clearbay.model.errors import ClearbayError

_COMPRESSIBLE = re.compile(r"text/|application/(problem\+|geo\+|manifest\+)?json|application/javascript|image/svg")
_SMALL = 600
"""Bytes under which gzip gains nothing."""
_IN_LOOP = 64 * 1024
"""Bytes that may be compressed without leaving the event loop: about a millisecond."""
_LEVEL = 5


@dataclass(frozen=True, slots=True)
class _Kept:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    packed: bytes | None


class _Memory:
    """Answers by key, least recently used first to go, bounded in bytes."""

    def __init__(self, size: int) -> None:
        self._size, self._used, self._lock = size, 0, Lock()
        self._held: OrderedDict[str, _Kept] = OrderedDict()

    def get(self, key: str) -> _Kept | None:
        with self._lock:
            kept = self._held.get(key)
            if kept is not None:
                self._held.move_to_end(key)
            return kept

    def put(self, key: str, kept: _Kept) -> None:
        weight = len(kept.body) + len(kept.packed or b"")
        if weight > self._size // 8:
            return
        with self._lock:
            if key in self._held:
                return
            self._held[key] = kept
            self._used += weight
            while self._used > self._size:
                _, gone = self._held.popitem(last=False)
                self._used -= len(gone.body) + len(gone.packed or b"")


class Delivery:
    """ASGI wrapper around the whole application.

    ``state`` answers, for a path, the text that changes whenever the answer may change; None means that the path has
    no entity tag from here. ``memory`` is the bound in bytes of the answers kept.
    """

    def __init__(self, app: ASGIApp, *, state: Callable[[str], str | None], memory: int = 96 * 1024 * 1024) -> None:
        self._app = app
        self._state = state
        self._memory = _Memory(memory)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        gzip = accepts_gzip(headers.get("accept-encoding", ""))
        head = scope["method"] == "HEAD"
        scope = {**scope, "method": "GET", "query_string": without_empty(scope["query_string"])}
        try:
            state = self._state(scope["path"])
        except ClearbayError:
            state = None  # the request itself will meet the same trouble, and tell it as a problem
        key = tag = None
        if state is not None:
            key = f"{state}\n{scope['path']}\n{scope['query_string'].decode('latin-1')}"
            tag = f'W/"{blake2b(key.encode(), digest_size=12).hexdigest()}"'
            if tag in _tags(headers.get("if-none-match", "")):
                start: Message = {"type": "http.response.start", "status": 304, "headers": [(b"etag", tag.encode())]}
                await send(start)
                await send({"type": "http.response.body", "body": b""})
                return
            if kept := self._memory.get(key):
                await _send_kept(kept, gzip=gzip, head=head, send=send)
                return
        # What is not for everybody, or changes by itself, is kept by nobody on the way and by no browser.
        passing = state is None and scope["path"].startswith("/api/")
        sender = _Sender(send, gzip=gzip, head=head, tag=tag, keep=self._keeper(key), passing=passing)
        await self._app(scope, receive, sender)

    def _keeper(self, key: str | None) -> Callable[[_Kept], None] | None:
        if key is None:
            return None
        return lambda kept: self._memory.put(key, kept)


class _Sender:
    """Passes one answer on: whole answers are tagged, compressed and kept; streams are compressed as they flow."""

    def __init__(
        self,
        send: Send,
        *,
        gzip: bool,
        head: bool,
        tag: str | None,
        keep: Callable[[_Kept], None] | None,
        passing: bool = False,
    ) -> None:
        self._passing = passing
        self._send, self._gzip, self._head, self._tag, self._keep = send, gzip, head, tag, keep
        self._start: Message | None = None
        self._packer: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if not message.get("more_body", False):
                await self._whole(start, message["body"])
                return
            headers = MutableHeaders(raw=start["headers"])
            self._mark(start["status"], headers)
            if self._gzip and _compressible(headers):
                self._packer = _packer()
                headers["Content-Encoding"] = "gzip"
                del headers["Content-Length"]
            headers.add_vary_header("Accept-Encoding")
            await self._send(start)
        await self._part(message)

    def _mark(self, status: int, headers: MutableHeaders) -> None:
        if self._tag is not None and status == 200:
            headers["ETag"] = self._tag
            headers.setdefault("Cache-Control", "no-cache")
        if self._passing:
            headers.setdefault("Cache-Control", "no-store")

    async def _part(self, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._packer is not None:
            body = await run_in_threadpool(self._packer.compress, body)
            body += b"" if more else self._packer.flush()
        if self._head:
            body = b""
        if body or not more:
            await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _whole(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(raw=start["headers"])
        status = start["status"]
        self._mark(status, headers)
        packed = None
        if len(body) >= _SMALL and _compressible(headers):
            headers.add_vary_header("Accept-Encoding")
            if self._gzip or self._keep is not None:
                packed = pack(body) if len(body) <= _IN_LOOP else await run_in_threadpool(pack, body)
        kept = _Kept(status, headers.raw, body, packed)
        if self._keep is not None and status == 200:
            self._keep(kept)
        await _send_kept(kept, gzip=self._gzip, head=self._head, send=self._send)


async def _send_kept(kept: _Kept, *, gzip: bool, head: bool, send: Send) -> None:
    headers, body = list(kept.headers), kept.body  # a copy: outer layers add their own headers to what they pass on
    if gzip and kept.packed is not None:
        body = kept.packed
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        headers += [(b"content-encoding", b"gzip"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": kept.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})


def accepts_gzip(header: str) -> bool:
    """True where the client takes gzip (``gzip;q=0`` is a refusal)."""
    for part in header.casefold().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def without_empty(query: bytes) -> bytes:
    """The query string without parameters that say nothing (``period=&bbox=``): a form sends them, none means them."""
    return b"&".join(part for part in query.split(b"&") if part.partition(b"=")[2])


def pack(body: bytes) -> bytes:
    """``body`` as gzip, without a time in its head, so that equal answers are equal bytes."""
    packer = _packer()
    return packer.compress(body) + packer.flush()


def _packer() -> zlib._Compress:
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)


def _compressible(headers: MutableHeaders) -> bool:
    kind = headers.get("content-type", "")
    # A compressor would hold events back until it has enough of them.
    live = kind.startswith("text/event-stream")
    return "content-encoding" not in headers and not live and bool(_COMPRESSIBLE.match(kind))


def _tags(header: str) -> Iterable[str]:
    """Entity tags of an If-None-Match header, all as weak ones: they are compared weakly (RFC 9110, 13.1.2)."""
    parts = (part.strip() for part in header.split(","))
    return [part if part.startswith("W/") else f"W/{part}" for part in parts]
