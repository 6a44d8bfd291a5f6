"""People at their desks over HTTP: a real server process, accounts with sessions, two on one case now and then.

``measure`` is what ``benchmarks/cases.py`` calls. Each of the people looks at their desk, thinks for some seconds,
opens a case, now and then writes something into it, and gives a case of the crowd to somebody, under the version that
they looked at: of two who do so at once, one is told that somebody was quicker. What was answered is then counted
against what the records hold.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clearbay.apply.cases import Casework, Draft, lists
from clearbay.model.case import Actor
from clearbay.model.person import Person
from clearbay.share.guard import COOKIE, csrf_of
from clearbay.store import Home
from clearbay.store.people import People
from clearbay.store.sessions import Sessions

CITIES = ("440100", "440300", "440400", "440600", "440700", "441200", "441300", "441900", "442000", "810000", "820000")
THINK_S = (3.0, 9.0)
"""Seconds between two looks of one person: two hundred of them ask thirty times a second."""
SETTLED_S = 15.0
IDLE_S = 3.0
"""A server hangs up on who is silent for five seconds; whoever asks later than this calls again."""
CONTESTED = 10
"""Cases that the people of one city keep giving to each other."""
ROOT = Actor("root", "Root", frozenset({"operator"}), "100000")


@dataclass
class Took:
    """Milliseconds of each kind of request, and what became of the contested acts."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    done: int = 0
    conflicts: int = 0
    failures: list[str] = field(default_factory=list)


class Line:
    """A connection of one person's browser."""

    def __init__(self, port: int, cookie: str, took: Took) -> None:
        self._port, self._took = port, took
        self._head = (
            f"Host: 127.0.0.1:{port}\r\nCookie: {COOKIE}={cookie}\r\nX-Clearbay-CSRF: {csrf_of(cookie)}\r\n"
            "Sec-Fetch-Site: same-origin\r\nAccept-Encoding: gzip\r\n"
        )

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._last = time.perf_counter()

    async def ask(self, kind: str, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        content = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        start = time.perf_counter()
        if self._reader.at_eof() or start - self._last > IDLE_S:
            self._writer.close()
            await self.open()
        self._writer.write(f"{head}\r\n".encode() + content)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        lines = answer.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        length = next(int(one.split(":")[1]) for one in lines if one.lower().startswith("content-length:"))
        content = await self._reader.readexactly(length)
        self._last = time.perf_counter()
        self._took.ms.setdefault(kind, []).append((time.perf_counter() - start) * 1000)
        if any(one.lower() == "content-encoding: gzip" for one in lines):
            content = gzip.decompress(content)
        return status, content


def measure(path: Path, people: int, seconds: float) -> dict[str, object]:
    """Figures of ``people`` at once for ``seconds``."""
    cookies, contested, before = _prepared(path, people)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "clearbay.web.server", "--home", str(path), "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        _await(port, server)
        before_cpu = _cpu_s(server.pid)
        took = asyncio.run(_crowd(port, cookies, contested, seconds))
        cpu = _cpu_s(server.pid) - before_cpu
    finally:
        server.terminate()
        server.wait(60)
    with Home.open(path) as home:
        casework = Casework(home)
        after = {id: casework.get(ROOT, id).version for id in contested}
    written = sum(after[id] - before[id] for id in contested)
    requests = sum(len(one) for one in took.ms.values())
    told: dict[str, object] = {"people": people, "requests": requests, "seconds": seconds}
    told["server_cpu_share"] = round(cpu / (SETTLED_S + seconds), 2)
    for kind, ms in sorted(took.ms.items()):
        ms.sort()
        told[f"{kind}_p50_ms"] = round(statistics.median(ms), 1)
        told[f"{kind}_p95_ms"] = round(ms[int(len(ms) * 0.95)], 1)
    told |= {"acts_done": took.done, "acts_too_late": took.conflicts, "acts_written": written}
    told |= {"updates_lost": took.done - written, "failures": took.failures[:5]}
    return told


def _prepared(path: Path, people: int) -> tuple[list[str], list[str], dict[str, int]]:
    with Home.open(path) as home:
        known, sessions = People(home), Sessions(home)
        cookies = []
        for number in range(people):
            id = f"person{number:03d}"
            if known.find(id) is None:
                roles = ("duty_officer", "reviewer") if number % 2 else ("reviewer",)
                known.add(Person(id, id, roles, CITIES[number % len(CITIES)]), by=None)
            cookies.append(sessions.begin(known.get(id), agent="benchmark", address="", via="password")[0])
        casework = Casework(home)
        contested = []
        for number in range(CONTESTED):
            case = casework.open(ROOT, Draft("pollution-alarm", f"contested {number}", jurisdiction="440300"))
            contested.append(case.id)
        before = {id: casework.get(ROOT, id).version for id in contested}
        lists.desk(casework, ROOT)
    return cookies, contested, before


def _cpu_s(process: int) -> float:
    """Seconds of processor that a process has used, by what the system says of it."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


async def _crowd(port: int, cookies: list[str], contested: list[str], seconds: float) -> Took:
    took = Took()
    lines = [Line(port, cookie, took) for cookie in cookies]
    for one in lines:
        await one.open()
    until = time.monotonic() + SETTLED_S + seconds
    people = [_person(number, one, contested, until, took) for number, one in enumerate(lines)]
    await asyncio.gather(_settle(took), *people)
    return took


async def _settle(took: Took) -> None:
    """A server that has just started is busy with itself: its first seconds are not counted (acts are)."""
    await asyncio.sleep(SETTLED_S)
    took.ms.clear()


async def _person(number: int, line: Line, contested: list[str], until: float, took: Took) -> None:
    chance = random.Random(number)
    shenzhen = number % len(CITIES) == CITIES.index("440300")
    await asyncio.sleep(chance.random() * THINK_S[1])
    while time.monotonic() < until:
        status, content = await line.ask("desk", "GET", "/api/desk?limit=50")
        if status != 200:
            took.failures.append(f"desk {status} {content[:200]!r}")
            return
        items = json.loads(content)["items"]
        await asyncio.sleep(chance.uniform(*THINK_S))
        if items and chance.random() < 0.3:
            case = chance.choice(items)["id"]
            await _wanted(took, line.ask("case", "GET", f"/api/cases/{case}"))
            if chance.random() < 0.3:
                body = {"action": "comment", "reason": f"seen by {number}"}
                await _wanted(took, line.ask("comment", "POST", f"/api/cases/{case}/act", body))
        if shenzhen and chance.random() < 0.6:
            await _contend(line, chance, contested, took)


async def _contend(line: Line, chance: random.Random, contested: list[str], took: Took) -> None:
    """Write into a case under the version that was looked at, as somebody who thinks for a moment in between."""
    case = chance.choice(contested)
    status, content = await line.ask("case", "GET", f"/api/cases/{case}")
    if status != 200:
        took.failures.append(f"case {status}")
        return
    version = json.loads(content)["version"]
    await asyncio.sleep(0.2)
    body = {"action": "assign", "reason": "contended", "version": version,
            "assignee": {"id": f"p{chance.randint(0, 9)}", "name": "P"}}  # fmt: skip
    status, content = await line.ask("assign", "POST", f"/api/cases/{case}/act", body)
    if status == 200:
        took.done += 1
    elif status == 409:
        took.conflicts += 1
    else:
        took.failures.append(f"assign {status} {content[:200]!r}")


async def _wanted(took: Took, asked: Awaitable[tuple[int, bytes]]) -> None:
    status, content = await asked
    if status != 200:
        took.failures.append(f"{status} {content[:200]!r}")
