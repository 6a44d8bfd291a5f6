"""A gateway that runs beside the test, and devices that talk to it over real sockets."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from clearbay.collect.hj212.crc import CHECKS
from clearbay.collect.hj212.packet import framed
from clearbay.store import Home
from clearbay.store.devices import Channel, Config, Devices
from clearbay.transmit.committer import Committer
from clearbay.transmit.gateway import Gateway, Settings

WAIT = 60.0
MN = "010000A8900016F000169DC0"
CODES = ("w01018", "w21003", "w21011")
PLAN = Config(channels=(Channel("w01018", "CODCr"), Channel("w21003", "NH3N"), Channel("w21011", "TP")))
FAST = Settings(write_behind=0.05, look=0.02, again=0.05, backfill_every=3600.0)


def segment(
    cp: str, *, cn: str = "2061", mn: str = MN, flag: int | None = 5, qn: str = "20240101080000001", st: str = "32",
    pw: str = "123456", part: tuple[int, int] | None = None,
) -> bytes:  # fmt: skip
    """A data segment."""
    fields = [f"QN={qn}", f"ST={st}", f"CN={cn}", f"PW={pw}", f"MN={mn}"]
    fields += [] if flag is None else [f"Flag={flag}"]
    fields += [] if part is None else [f"PNUM={part[1]}", f"PNO={part[0]}"]
    return f"{';'.join(fields)};CP=&&{cp}&&".encode()


def packet(cp: str, *, check: str = "standard", **fields: Any) -> bytes:
    """A packet in its frame."""
    body = segment(cp, **fields)
    return framed(body, f"{CHECKS[check](body):04X}")


def hour(
    number: int, *, kind: str = "Avg", codes: Sequence[str] = CODES, start: str = "2024-01-01", **fields: Any
) -> bytes:
    """An hour packet: hour ``number`` since ``start``; the value of a pollutant tells the hour and its place."""
    time_ = datetime.fromisoformat(start) + timedelta(hours=number)
    values = ";".join(f"{code}-{kind}={number + place / 10},{code}-Flag=N" for place, code in enumerate(codes))
    fields = {"qn": f"20240101{number:09d}", **fields}
    return packet(f"DataTime={time_:%Y%m%d%H%M%S};{values}", **fields)


class Device:
    """A device's end of a connection."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", port), timeout=WAIT)
        self.socket = plain if tls is None else tls.wrap_socket(plain, server_hostname="localhost")
        self._rest = b""

    def send(self, *packets: bytes) -> None:
        """Write packets in one go."""
        self.socket.sendall(b"".join(packets))

    def line(self) -> str:
        """The next packet from the gateway, without its line end."""
        while b"\r\n" not in self._rest:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("the gateway hung up")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\r\n")
        return line.decode()

    def lines(self, count: int) -> list[str]:
        """The next packets."""
        return [self.line() for _ in range(count)]

    def hung_up(self) -> bool:
        """Wait until the gateway has closed the connection."""
        try:
            return self.socket.recv(1) == b""
        except OSError:
            return True

    def __enter__(self) -> Device:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


class Running:
    """A gateway in a thread of its own."""

    def __init__(self, gateway: Gateway, loop: asyncio.AbstractEventLoop, port: int, told: list[str]) -> None:
        self.gateway, self.loop, self.port, self.told = gateway, loop, port, told

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the gateway's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(WAIT)


@contextmanager
def running(
    home: Home, settings: Settings = FAST, *, tls: ssl.SSLContext | None = None, committer: Committer | None = None
) -> Iterator[Running]:
    """A gateway at a free port."""
    loop, told = asyncio.new_event_loop(), []  # type: ignore[var-annotated]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    own = committer or Committer(home, chain="hj212", linger_s=0.0)

    async def begin() -> tuple[Gateway, int]:
        gateway = Gateway(home, own, settings, told.append)
        return gateway, (await gateway.start(tls=tls))[1]

    gateway, port = asyncio.run_coroutine_threadsafe(begin(), loop).result(WAIT)
    try:
        yield Running(gateway, loop, port, told)
    finally:
        asyncio.run_coroutine_threadsafe(gateway.stop(), loop).result(WAIT)
        own.close(WAIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(WAIT)
        loop.close()


def approved(home: Home, *mns: str, station: str = "A", config: Config = PLAN) -> None:
    """Approve devices."""
    Devices(home).decide_all([(mn, "approved", station, config) for mn in mns or (MN,)])


def eventually(question: Callable[[], Any]) -> Any:
    """Ask until the answer is true."""
    until = time.monotonic() + WAIT
    while not (answer := question()):
        if time.monotonic() > until:
            raise AssertionError("it never happened")
        time.sleep(0.005)
    return answer
