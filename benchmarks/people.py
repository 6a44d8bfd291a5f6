"""What a session costs: ``python -m benchmarks.people`` prints the time of the check itself and of requests.

Times are wall time of one process on a quiet machine; the check is what every request of a person pays beside its own
work, at steady state (the session was read within the last second).
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from starlette.requests import Request

from clearbay.apply import passwords
from clearbay.apply.desk import Desk
from clearbay.model.person import Person
from clearbay.share import guard
from clearbay.share.app import api
from clearbay.store import Home
from clearbay.store.people import People
from clearbay.store.sessions import Sessions

PEOPLE, ROUNDS = 200, 20_000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, Home.create(Path(folder) / "home") as home:
        app = api(Desk(home))
        cookies = []
        for number in range(PEOPLE):
            one = People(home).add(Person(f"p{number}", f"P {number}", ("handler",), "440300"), by=None)
            cookies.append(Sessions(home).begin(one, agent="", address="", via="password")[0])
        requests = [_request(app, text) for text in cookies]

        async def checks() -> list[float]:
            spent = []
            for number in range(ROUNDS):
                began = time.perf_counter()
                await guard.who(requests[number % PEOPLE])
                spent.append(time.perf_counter() - began)
            return spent

        spent = sorted(asyncio.run(checks()))
        mean, p50, p99 = statistics.mean(spent), spent[len(spent) // 2], spent[len(spent) * 99 // 100]
        began = time.perf_counter()
        encoded = passwords.encode("two herons on a mudflat")
        hashing = time.perf_counter() - began
        began = time.perf_counter()
        passwords.verify(encoded, "two herons on a mudflat")
        verifying = time.perf_counter() - began
    print(
        f"session check, {PEOPLE} people: mean {mean * 1e6:.0f} us, median {p50 * 1e6:.0f} us, p99 {p99 * 1e6:.0f} us"
    )
    print(f"password: hashed in {hashing * 1e3:.0f} ms, verified in {verifying * 1e3:.0f} ms")
    sys.exit(0 if mean < 0.3e-3 else 1)


def _request(app: object, text: str) -> Request:
    headers = [(b"cookie", f"{guard.COOKIE}={text}".encode()), (b"host", b"bay.example")]
    return Request({"type": "http", "method": "GET", "path": "/api/desk", "headers": headers, "app": app})


if __name__ == "__main__":
    main()
