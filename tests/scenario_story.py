"""One story from a packet to a closed case, over real sockets; ``scenario_case`` tells it with a browser's hands.

Everything in it is generated: the river, the outlet that discharges, the people. The clock of the cases is moved (see
``scenario_node``): what takes two days is told in a minute. Packets bear the times of the story; the gateway, its
detectors and everything else live in real time.
"""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import numpy as np

from clearbay.apply import passwords
from clearbay.apply.demonstration import INCIDENT, demonstration, keep_demonstration
from clearbay.apply.scenario import Wire, mn_of
from clearbay.mine.network import Site
from clearbay.mine.network.incidents import BACKGROUND, Incident, World
from clearbay.model.person import Person
from clearbay.model.territory import COUNTRY
from clearbay.packs import properties
from clearbay.store import Home
from clearbay.store.devices import Channel, Config, Devices
from clearbay.store.people import People

PASSWORD = "two herons on a mudflat"
PATIENCE = 120.0
BACK = timedelta(hours=46)
"""How long ago the story's alarm is: the gateway opens no events of what is older than two days."""
DUTY, HAND, BOSS = "wang", "li", "zhao"


@dataclass
class Clock:
    """The clock of the node's cases."""

    path: Path

    def set(self, moment: datetime) -> None:
        """It is this moment (UTC, without a zone) now."""
        draft = self.path.with_suffix(".part")
        draft.write_text(str((moment.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()))
        draft.replace(self.path)

    @property
    def now(self) -> datetime:
        return (datetime.now(UTC) + timedelta(seconds=float(self.path.read_text()))).replace(tzinfo=None)


class Somebody:
    """Somebody signed in, over HTTP."""

    def __init__(self, address: str, login: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=PATIENCE)
        answer = self.client.post("/api/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.client.headers.update({"X-Clearbay-CSRF": answer.json()["csrf"], "Sec-Fetch-Site": "same-origin"})

    def get(self, path: str) -> Any:
        return self._said(self.client.get(path))

    def act(self, case: str, action: str, **more: Any) -> Any:
        return self._said(self.client.post(f"/api/cases/{case}/act", json={"action": action, **more}))

    @staticmethod
    def _said(answer: httpx.Response) -> Any:
        assert answer.status_code == 200, f"{answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json()


class Hands(Protocol):
    """How people do things: by the API, or with a browser in their hands."""

    def dispatch(self, story: Story, case: str) -> None:
        """The duty officer gives the case to the handler."""

    def handle(self, story: Story, case: str) -> None:
        """The handler arrives, photographs, reports the work as done."""

    def close(self, story: Story, case: str) -> None:
        """The duty officer closes it, measured clean."""

    def bundle(self, story: Story, case: str) -> bytes:
        """The case as one sealed file."""

    def complain(self, story: Story) -> str:
        """Somebody without an account complains; returns the code."""

    def follow(self, story: Story, code: str, words: str) -> None:
        """They look at what became of it, and find these words."""


@dataclass
class Story:
    """What happened so far, and how long each step took."""

    directory: Path
    hands: Hands
    told: Callable[[str], None] = print
    steps: list[tuple[str, float]] = field(default_factory=list)

    def step(self, words: str, since: float) -> None:
        """A step is done."""
        took = time.perf_counter() - since
        self.steps.append((words, took))
        self.told(f"{took:8.2f} s  {words}")

    # -- the stage -------------------------------------------------------------------------------------------------

    def play(self) -> None:
        """The whole story."""
        begin = time.perf_counter()
        self._set_up()
        with self._processes():
            self.step("home, basin, people; gateway and server are up (not part of the story)", begin)
            case = self._found()
            self._worked(case)
            self._rebound(case)
            self._proved(case)
            self._complained()

    def _set_up(self) -> None:
        basin, sites = demonstration()
        self.world = World(basin, sites)
        incident = self.world.incident(INCIDENT)
        assert incident is not None
        self.incident: Incident = incident
        self.sections: list[Site] = self.world.concerned(incident)
        self.alarmed = next(site for site in self.sections if site.id == incident.alarm)
        hour = datetime.now(UTC).replace(tzinfo=None, minute=0, second=0, microsecond=0)
        self.zero = hour - BACK - timedelta(hours=math.ceil(incident.alarm_h))
        self.home = self.directory / "home"
        with Home.create(self.home) as home:
            keep_demonstration(home)
            channels = tuple(Channel(properties()[code].hj, code) for code in BACKGROUND)
            config = Config(channels=channels, backfill=False)
            Devices(home).decide_all([(mn_of(site), "approved", site.station, config) for site in self.sections])
            encoded = passwords.encode(PASSWORD)
            for login, name, role in (
                (DUTY, "Wang", "duty_officer"),
                (HAND, "Li", "handler"),
                (BOSS, "Zhao", "reviewer"),
            ):
                People(home).add(Person(login, name, (role,), COUNTRY, language="en"), by=None, password=encoded)
        self.clock = Clock(self.directory / "clock")
        self.clock.set(self.zero)

    @contextmanager
    def _processes(self) -> Iterator[None]:
        ready = self.directory / "gateway.json"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        gateway = ["clearbay", "gateway", "--home", str(self.home), "--port", "0", "--ready-file", str(ready)]
        node = ["tests.scenario_node", "--home", str(self.home), "--port", str(port), "--clock", str(self.clock.path)]
        root = Path(__file__).parent.parent
        running = [
            subprocess.Popen([sys.executable, "-m", *command], cwd=root, stdout=subprocess.DEVNULL,
                             stderr=(self.directory / f"{command[0]}.log").open("wb"))
            for command in (gateway, node)
        ]  # fmt: skip
        try:
            self.until("the gateway listens", ready.exists)
            self.port = int(json.loads(ready.read_text())["port"])
            self.until("the server answers", self._answers)
            self.duty, self.boss = Somebody(self.address, DUTY), Somebody(self.address, BOSS)
            self.hand = Somebody(self.address, HAND)
            with Wire(self.port) as self.wire:
                yield
        finally:
            for process in running:
                process.send_signal(signal.SIGTERM)
            for process in running:
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.address}/api/health", timeout=5).close()
        except (urllib.error.URLError, OSError):
            return False
        return True

    @staticmethod
    def until(what: str, holds: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Wait until something is so, and return it."""
        deadline = time.monotonic() + patience
        while not (found := holds()):
            if time.monotonic() > deadline:
                raise AssertionError(f"in vain: {what}")
            time.sleep(0.05)
        return found

    # -- chapters --------------------------------------------------------------------------------------------------

    def _found(self) -> str:
        """Packets bring an exceedance, the event opens the case, the trace names suspects."""
        begin = time.perf_counter()
        alarm_at = int(np.searchsorted(self.incident.time_h, self.incident.alarm_h))
        sent = self.wire.send(self.incident, self.sections, range(alarm_at), self.zero)
        self.step(f"{sent:,} HJ 212 packets of {len(self.sections)} sections sent, acknowledged and durable", begin)
        case: dict[str, Any] | None = None
        at = alarm_at
        while case is None and at < len(self.incident.time_h):
            self._hour(at)
            begin = time.perf_counter()
            self.wire.send(self.incident, self.sections, [at], self.zero)
            at += 1
            events = self.duty.get("/api/events?status=open")["items"]
            if events:
                self.step(
                    f"the packet of hour {at - alarm_at} of the alarm opened an event: {events[0]['title']['en']}",
                    begin,
                )
                case = self._case(begin)
        assert case is not None, "no event opened a case"
        if at < len(self.incident.time_h):
            self._hour(len(self.incident.time_h) - 1)
            self.wire.send(self.incident, self.sections, range(at, len(self.incident.time_h)), self.zero)
        self.until("the case has its limit", lambda: self.duty.get(f"/api/cases/{case['id']}")["limit"])
        told = self.until("suspects", lambda: self._suspects(case["id"]))
        self.step(f"its suspects stand in the case: {told}", begin)
        assert self.until("the duty officer is told", lambda: self.duty.get("/api/notices")["unread"])
        return str(case["id"])

    def _case(self, begin: float) -> dict[str, Any] | None:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            items = self.duty.get("/api/desk")["items"]
            if items:
                self.step(
                    f"case {items[0]['id']} is open, severity {items[0]['severity']}, at {items[0]['station']}", begin
                )
                return dict(items[0])
            time.sleep(0.05)
        return None  # its event was none that opens one: the next hour may

    def _suspects(self, case: str) -> str:
        return str(self.duty.get(f"/api/cases/{case}")["fields"].get("suspects", ""))

    def _hour(self, at: int) -> None:
        self.clock.set(self.zero + timedelta(hours=float(self.incident.time_h[at]), minutes=5))

    def _worked(self, case: str) -> None:
        """Dispatched, handled, measured clean, closed."""
        begin = time.perf_counter()
        self.hands.dispatch(self, case)
        self.until("it is dispatched", lambda: self.state(case) == "dispatched")
        self.step(f"{DUTY} gave it to {HAND}", begin)
        begin = time.perf_counter()
        assert self.hand.get("/api/notices")["unread"]
        self.hands.handle(self, case)
        self.until("it is handled", lambda: self.state(case) == "treated")
        self.step("the handler arrived, photographed and reported the work as done", begin)
        begin = time.perf_counter()
        clean = self._telemetry(30, 1.0)
        self.until("it can be closed", lambda: self._missing(case, "close") == [])
        self.step(f"{clean} packets of clean water: measured again by the telemetry itself", begin)
        begin = time.perf_counter()
        self.hands.close(self, case)
        self.until("it is closed", lambda: self.state(case) == "closed")
        self.step("closed, and watched", begin)

    def _rebound(self, case: str) -> None:
        """Dirty again: the closed case comes back."""
        begin = time.perf_counter()
        limit = self.duty.get(f"/api/cases/{case}")["limit"]
        code = self.duty.get(f"/api/cases/{case}")["property"]
        factor = 3.0 * limit["value"] / BACKGROUND[code]
        self._telemetry(4, {code: factor})
        self.until("it is open again", lambda: self.state(case) == "new")
        told = self.duty.get(f"/api/cases/{case}")
        assert told["reopened"] == 1
        assert "rebound" in [one["kind"] for one in told["timeline"]]
        assert len(self.duty.get("/api/cases?status=all&playbook=pollution-alarm")["items"]) == 1
        self.step("a rebound brought the same case back", begin)

    def _proved(self, case: str) -> None:
        """The bundle verifies with nothing but the file; the home verifies."""
        begin = time.perf_counter()
        path = self.directory / "case.zip"
        path.write_bytes(self.hands.bundle(self, case))
        self._clearbay("verify", str(path), "--json")
        self.step("the sealed bundle verifies with nothing but the file", begin)
        begin = time.perf_counter()
        found = self._clearbay("verify", "--home", str(self.home), "--json")
        self.step(f"the home verifies: {found.get('actions', found)} actions", begin)

    def _complained(self) -> None:
        """A complaint, by somebody without an account, goes the same way and is followed to its answer."""
        begin = time.perf_counter()
        code = self.hands.complain(self)
        self.step("a complaint was made without an account", begin)
        begin = time.perf_counter()
        query = "/api/cases?playbook=public-complaint"
        (case,) = self.until("the complaint is on the desk", lambda: self.duty.get(query)["items"])
        id = case["id"]
        self.duty.act(id, "accept", assignee={"id": HAND, "name": "Li"})
        self.hand.act(id, "start")
        photo = self.hand.client.post(
            f"/api/cases/{id}/evidence?name=bank.jpg&kind=photo", content=b"\xff\xd8" + os.urandom(5000)
        )
        assert photo.status_code == 200, photo.text
        answer = "The foam came from a car wash; its drain is shut."
        fields = {"finding": "A car wash drained into the river.", "answer": answer}
        self.hand.act(id, "answer", reason="looked into", fields=fields)
        self.boss.act(id, "close", reason="answered")
        self.step("it was accepted, looked into, answered and closed by a second person", begin)
        begin = time.perf_counter()
        self.hands.follow(self, code, answer)
        self.step("its reporter read the answer, still without an account", begin)

    # -- means -----------------------------------------------------------------------------------------------------

    def state(self, case: str) -> str:
        return str(self.duty.get(f"/api/cases/{case}")["state"])

    def _missing(self, case: str, step: str) -> list[str] | None:
        moves = {one["id"]: one["missing"] for one in self.duty.get(f"/api/cases/{case}")["moves"]}
        return moves.get(step)

    def _telemetry(self, hours: int, factor: float | dict[str, float]) -> int:
        """The next hours of all sections, at so many times the usual level; the clock goes with them."""
        rng = np.random.default_rng(hours)
        start = math.ceil((self.clock.now - self.zero) / timedelta(hours=1))
        times = start + np.arange(hours, dtype=float)
        series = {
            site.id: {
                code: level * (factor.get(code, 1.0) if isinstance(factor, dict) else factor)
                * np.exp(0.05 * rng.standard_normal(hours))
                for code, level in BACKGROUND.items()
            }
            for site in self.sections
        }  # fmt: skip
        later = replace(self.incident, time_h=times, series=series)
        count = self.wire.send(later, self.sections, range(hours), self.zero)
        self.clock.set(self.zero + timedelta(hours=float(times[-1]), minutes=5))
        return count

    @staticmethod
    def _clearbay(*words: str) -> dict[str, Any]:
        done = subprocess.run([sys.executable, "-m", "clearbay", *words], capture_output=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


class ByProgram:
    """Everything by the API: for machines without a browser."""

    def dispatch(self, story: Story, case: str) -> None:
        version = story.duty.get(f"/api/cases/{case}")["version"]
        story.duty.act(case, "dispatch", assignee={"id": HAND, "name": "Li"}, version=version)

    def handle(self, story: Story, case: str) -> None:
        story.hand.act(case, "arrive")
        photo = b"\xff\xd8\xff\xe0" + os.urandom(200_000)
        sent = story.hand.client.post(f"/api/cases/{case}/evidence?name=outlet.jpg&kind=photo", content=photo)
        assert sent.status_code == 200, sent.text
        story.hand.act(case, "finish", reason="The valve is shut", fields={"cause": "a broken valve"})

    def close(self, story: Story, case: str) -> None:
        story.duty.act(case, "close")

    def bundle(self, story: Story, case: str) -> bytes:
        answer = story.duty.client.get(f"/api/cases/{case}/bundle")
        assert answer.status_code == 200, answer.text
        return answer.content

    def complain(self, story: Story) -> str:
        given = {"subject": "water", "text": "White foam on the river", "longitude": 114.06,
                 "latitude": 22.6, "jurisdiction": "440300", "place": "behind the market"}  # fmt: skip
        answer = httpx.post(f"{story.address}/api/complaints", json=given, timeout=PATIENCE)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["code"])

    def follow(self, story: Story, code: str, words: str) -> None:
        answer = httpx.get(f"{story.address}/api/complaints/{code}", timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        assert answer.json()["answer"] == words
