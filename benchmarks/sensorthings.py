"""SensorThings under load: a real server in a process of its own, plain sockets, every answer after a durable commit.

    python benchmarks/sensorthings.py [--seconds 5] [--json]

The rates of istSOS4 beside ours are those written in the file of measured peers (2 cores of this class, shared while
measuring, uvicorn with 2 workers, PostgreSQL 15); they are not measured again here, so each ratio is an order of
magnitude.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from clearbay.store import Home

WRITTEN = {
    "POST Observation, 1 connection": (99.0, 148.0, "requests/s"),
    "POST Observation, 8 connections": (187.0, 282.0, "requests/s"),
    "CreateObservations, 1,000 a request": (262.0, 499.0, "observations/s"),
    "CreateObservations, 10,000 a request": (74.0, 74.0, "observations/s"),
}
"""istSOS4 as measured once: lowest and highest of its runs."""
LATENCIES = {"newest of a datastream": 56.0, "newest, expanded": 64.0, "1,000 in a range": 64.0, "count": 60.0}
"""Milliseconds, median, istSOS4 with some 12,000 observations."""
START = 1_600_000_000


@dataclass
class Load:
    """What became of a run: how many, in how long, and how long each waited."""

    done: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.waits)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Wire:
    """One HTTP/1.1 connection that is kept open."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    async def __aenter__(self) -> Wire:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=1 << 26)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        length = next(
            int(line.partition(b":")[2]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        return status, await self.reader.readexactly(length)


async def single(port: int, streams: list[int], connections: int, seconds: float, first: int) -> Load:
    """One observation a request, from several connections at once."""
    load, start = Load(), time.perf_counter()
    moment = iter(range(first, first + 100_000_000))

    async def work(at: int) -> None:
        path = f"/sta/v1.1/Datastreams({streams[at % len(streams)]})/Observations"
        async with Wire("127.0.0.1", port) as wire:
            while time.perf_counter() - start < seconds:
                body = b'{"phenomenonTime":"%s","result":%f}' % (stamp(next(moment)), 5 + at / 100)
                before = time.perf_counter()
                status, answer = await wire.ask("POST", path, body)
                load.waits.append(time.perf_counter() - before)
                assert status == 201, answer
                load.done += 1

    await asyncio.gather(*(work(at) for at in range(connections)))
    load.seconds = time.perf_counter() - start
    return load


async def arrays(port: int, stream: int, size: int, seconds: float, first: int) -> Load:
    """Observations in data arrays of one datastream, from one connection."""
    load, moment = Load(), first
    async with Wire("127.0.0.1", port) as wire:
        bodies = []
        for _ in range(max(2, min(60, 200_000 // size))):
            rows = [[stamp(moment + at).decode(), 5 + at % 100 / 100] for at in range(size)]
            moment += size
            block = {"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"], "dataArray": rows}
            bodies.append(orjson.dumps([block]))
        start = time.perf_counter()
        for body in bodies:
            before = time.perf_counter()
            status, answer = await wire.ask("POST", "/sta/v1.1/CreateObservations", body)
            load.waits.append(time.perf_counter() - before)
            assert status == 201, answer
            load.done += size
            if time.perf_counter() - start > seconds:
                break
        load.seconds = time.perf_counter() - start
    return load


async def asked(port: int, path: str, times: int) -> Load:
    """The same question again and again."""
    load, start = Load(), time.perf_counter()
    async with Wire("127.0.0.1", port) as wire:
        for _ in range(times):
            before = time.perf_counter()
            status, answer = await wire.ask("GET", path.replace(" ", "%20"))
            load.waits.append(time.perf_counter() - before)
            assert status == 200, answer
            load.done += 1
    load.seconds = time.perf_counter() - start
    return load


def stamp(second: int) -> bytes:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + second)).encode()


def series(port: int, count: int) -> list[int]:
    """Datastreams to write into, each of a thing of its own."""
    made = []
    for at in range(count):
        thing = {
            "name": f"probe {at}",
            "description": "made by the benchmark",
            "Datastreams": [
                {
                    "name": "oxygen",
                    "description": "d",
                    "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
                    "unitOfMeasurement": {"name": "mg/L", "symbol": "mg/L", "definition": "ucum:mg/L"},
                    "Sensor": {"name": "s", "description": "s", "encodingType": "text/plain", "metadata": "m"},
                    "ObservedProperty": {"@iot.id": "DO"},
                }
            ],
        }
        link = post(f"http://127.0.0.1:{port}/sta/v1.1/Things", thing)
        with urllib.request.urlopen(link + "/Datastreams") as answer:
            made.append(json.load(answer)["value"][0]["@iot.id"])
    return made


def post(url: str, body: Any) -> str:
    request = urllib.request.Request(url, orjson.dumps(body), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return str(answer.headers["Location"])


def serve(home: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server of its own process; its port once it answers."""
    code = (
        "import sys; from clearbay.web.server import listen; from clearbay.web import server; import uvicorn\n"
        "s = listen('127.0.0.1', 0); print(s.getsockname()[1], flush=True)\n"
        "app = server.create_app(sys.argv[1], warm_up=False, is_open=True)\n"
        "uvicorn.Server(uvicorn.Config(server.Front(app), log_level='warning', access_log=False)).run(sockets=[s])\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/sta/v1.1").close()
            return process, port
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="clearbay-sta-"))
    process = None
    try:
        Home.create(folder / "home").close()
        process, port = serve(folder / "home")
        found = report(port, given.seconds, process.pid)
        print(json.dumps(found, indent=2)) if given.json else show(found)
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def used(process: int) -> float:
    """Seconds of processor time that the server has used: what a rate costs, however busy the machine is otherwise."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def run(process: int, work: Coroutine[Any, Any, Load]) -> Load:
    before = used(process)
    load = asyncio.run(work)
    load.cpu = used(process) - before
    return load


def report(port: int, seconds: float, process: int) -> dict[str, Any]:
    streams = series(port, 64)
    found: dict[str, Any] = {"machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"}
    first = 0
    for name, connections in (
        ("1 connection", 1),
        ("8 connections", 8),
        ("64 connections", 64),
        ("256 connections", 256),
    ):
        load = run(process, single(port, streams, connections, seconds, first))
        first += load.done + 1000
        found[f"POST Observation, {name}"] = measured(load, "requests/s")
    for size in (1_000, 10_000):
        load = run(process, arrays(port, streams[0], size, seconds, first))
        first += load.done + 1_000_000
        found[f"CreateObservations, {size:,} a request"] = measured(load, "observations/s")
    where = f"/sta/v1.1/Datastreams({streams[0]})"
    high = stamp(first + 10**8).decode()
    questions = {
        "newest of a datastream": f"{where}/Observations?$top=1&$orderby=phenomenonTime desc",
        "newest, expanded": "/sta/v1.1/Datastreams?$top=50&$expand=Observations($top=1;$orderby=phenomenonTime desc)",
        "1,000 in a range": f"{where}/Observations?$top=1000&$filter=phenomenonTime ge {stamp(0).decode()}"
        f" and phenomenonTime lt {high}",
        "count": f"{where}/Observations?$top=1&$count=true",
    }
    for name, path in questions.items():
        found[name] = measured(run(process, asked(port, path, 50)), "requests/s")
    return found


def measured(load: Load, unit: str) -> dict[str, Any]:
    return {
        "rate": round(load.rate, 1),
        "unit": unit,
        "p50_ms": round(load.percentile(0.5), 2),
        "p99_ms": round(load.percentile(0.99), 2),
        "cpu_us": round(load.cpu / max(load.done, 1) * 1e6, 1),
    }


def show(found: dict[str, Any]) -> None:
    print(found.pop("machine"))
    print("ratios are to istSOS4 as written in the file of peers, not measured here")
    for name, one in found.items():
        line = f"{name:<40}{one['rate']:>12,.0f} {one['unit']:<15}"
        line += f" p50 {one['p50_ms']:.1f} ms, p99 {one['p99_ms']:.1f} ms, "
        line += f"server {one['cpu_us']:,.0f} us each"
        name = name if name in WRITTEN or "POST" not in name else "POST Observation, 8 connections"
        if name in WRITTEN:
            low, high, _ = WRITTEN[name]
            line += f"   {one['rate'] / high:.1f}x its best, {one['rate'] / low:.1f}x its worst"
        if name in LATENCIES:
            line += f"   {LATENCIES[name] / one['p50_ms']:.1f}x quicker than its median"
        print(line)


if __name__ == "__main__":
    main()
