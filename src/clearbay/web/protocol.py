"""HTTP as uvicorn speaks it, with patience that ends: whoever sends a head by the drop, or reads nothing of what was
asked for, must not hold a connection for ever. Bodies are timed where they are taken in (``share.bodies``).
"""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 20.0
"""From the connection, or the first byte of a further request, to the end of its head."""
HEAD_BYTES = 64 * 1024
"""Request line and header fields together."""
READ_SECONDS = 120.0
"""Within which a reader takes in the next 48 KiB or so of an answer."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Patience(HttpToolsProtocol):
    """One connection. Too long a head is answered 431; a slow head, or a reader that reads nothing, is hung up on."""

    _head: TimerHandle | None = None
    _reader: TimerHandle | None = None
    _size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop()
        self._read()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Wait for the end of this head."""
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        """The head is here; judge its size before anything is made of it."""
        self._stop()
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            raise ValueError("the head is too large")
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take in what came, and no more of a head than it may have."""
        super().data_received(data)
        if self._head is not None:
            self._size += len(data)
            if self._size > HEAD_BYTES and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()

    def pause_writing(self) -> None:
        """The reader is behind: wait for it, but not for ever."""
        super().pause_writing()
        if self._reader is None:
            self._reader = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The reader goes on."""
        self._read()
        super().resume_writing()

    def _wait(self) -> None:
        self._stop()
        self._size = 0
        self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _read(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None
