"""A line between browser and server that can be cut for real: a TCP proxy that drops connections, and may stay dead."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Line:
    """Listens on the loopback and passes bytes on to a server, until told to break."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._left: int | None = None
        self._stays_dead = False
        self.broke = threading.Event()
        self.dead = False
        self.cuts = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def cut_after(self, sent: int, *, stay_dead: bool = False) -> None:
        """Break once the browser has sent so many bytes more; then work again, or stay dead until ``mend``."""
        with self._lock:
            self.broke.clear()
            self._left, self._stays_dead = sent, stay_dead

    def cut(self) -> None:
        """Break now, and stay dead until ``mend``."""
        self.dead = True
        self._drop()

    def mend(self) -> None:
        """Work again."""
        self.dead = False

    def close(self) -> None:
        """End."""
        self._listener.close()
        self._drop()

    def _drop(self) -> None:
        with self._lock:
            gone, self._open = self._open, set()
        for one in gone:
            # A reset, as when a telephone leaves the cell: nothing in flight arrives.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            one.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.dead:
                near.close()
                continue
            try:
                far = socket.create_connection(self._server, timeout=30)
            except OSError:
                near.close()
                continue
            with self._lock:
                self._open |= {near, far}
            threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        try:
            while data := source.recv(16_384):
                if up and self._breaks(len(data)):
                    target.sendall(data[: len(data) // 2])
                    self._drop()
                    self.broke.set()
                    return
                target.sendall(data)
        except OSError:
            pass
        finally:
            for one in (source, target):
                with self._lock:
                    self._open.discard(one)
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _breaks(self, size: int) -> bool:
        with self._lock:
            if self._left is None:
                return False
            self._left -= size
            if self._left > 0:
                return False
            self._left = None
            self.cuts += 1
            self.dead = self._stays_dead
            return True
