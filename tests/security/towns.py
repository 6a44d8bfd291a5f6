"""Two towns on one node: the same world with and without what the other town does.

Whatever the people of a town may see is asked for in both worlds; what they are told must be the same to the byte.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pypdf import PdfReader

from clearbay.apply.cases import Casework, Draft, Upload, complaints, sending
from clearbay.model.case import Actor, Place
from clearbay.model.person import Person
from clearbay.share.guard import COOKIE, csrf_of
from clearbay.store import Home
from clearbay.store.people import People
from clearbay.store.sessions import Sessions
from clearbay.store.uploads import Promise
from clearbay.web.server import create_app
from tests.apply_cases.casehome import LIMIT, station

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
MARK = "FOREIGN"
"""A word that stands in everything that the other town writes."""

ROLES = ("duty_officer", "handler", "inspector", "reviewer", "auditor", "enterprise", "public", "operator")


@dataclass
class Ticking:
    """A clock that only goes on when it is told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


def person(role: str, at: str) -> Person:
    """Somebody of a town."""
    word = MARK if at != "" and role.startswith("!") else ""
    role = role.removeprefix("!")
    return Person(f"{role.replace('_', '-')}.{at}{word.lower()}", f"{role} {at}", (role,), at, stations=("S",))


def template(path: Path, place: str, other: str) -> Path:
    """A home with the people of a town, and the duty officers of another."""
    with Home.create(path) as home:
        home.register_stations([station("S", place), station("T", other)])
        for role in ROLES:
            People(home).add(person(role, place), by=None)
        People(home).add(person("duty_officer", other), by=None)
    return path


@dataclass
class World:
    """A home with its application, in which a list of deeds is done."""

    home: Home
    clock: Ticking
    work: Casework
    client: TestClient
    place: str
    other: str
    own: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)

    def actor(self, role: str, at: str) -> Actor:
        return person(role, at).actor

    def do(self, deed: Sequence[Any]) -> None:
        """One deed: (whose, what, number)."""
        whose, what, number = deed
        at = self.place if whose == "own" else self.other
        word = "Own" if whose == "own" else MARK
        cases = self.own if whose == "own" else self.foreign
        duty = self.actor("duty_officer", at)
        if whose == "own":
            self.clock.now += timedelta(minutes=7)
        if what == "open":
            draft = Draft(
                "pollution-alarm",
                f"{word} alarm {number}",
                text=f"{word} words",
                jurisdiction=at,
                station="S" if whose == "own" else "T",
                property="NH3N",
                limit=LIMIT,
                severity=number % 4 + 1,
                place=Place(114.0, 22.5, word),
            )
            cases.append(self.work.open(duty, draft, key=f"{word}{number}").id)
        elif what == "complain":
            given = complaints.Given("water", f"{word} foam {number} on the river", Place(), f"{at[:4]}00", "", "en")
            filed = complaints.file(self.work, given, key=f"a key of {word} that is long {number}")
            if at.endswith("00"):
                cases.append(filed.known.case)
        elif what == "person":
            name = f"{word.lower()}-{number}"
            if People(self.home).find(name) is None:
                People(self.home).add(Person(name, f"{word} {number}", ("handler",), at), by=None)
        elif cases:
            id = cases[number % len(cases)]
            if what == "dispatch":
                case = self.work.get(duty, id)
                if case.state == case_initial(self.work, id, duty):
                    one = person("handler", at)
                    self.work.assign(duty, id, (one.id, one.name))
            elif what == "comment":
                self.work.comment(duty, id, f"{word} remark {number}")
            elif what == "attach":
                self.work.attach(duty, id, Upload([b"\xff\xd8 the same bytes"], f"{word}.jpg", "photo", "image/jpeg"))
            elif what == "upload":
                promise = Promise(duty.id, f"{word}{number}", id, 10 + number, f"{word}.jpg", "photo", "image/jpeg")
                begun = sending.begin(self.work, duty, promise).id
                if whose != "own":
                    self.uploads.append(begun)

    def heads(self, one: Person) -> dict[str, str]:
        """What a browser of that person sends."""
        text, _ = Sessions(self.home).begin(one, agent="", address="", via="password")
        return {"Cookie": f"{COOKIE}={text}", "X-Clearbay-CSRF": csrf_of(text), "Sec-Fetch-Site": "same-origin"}


def case_initial(work: Casework, id: str, duty: Actor) -> str:
    return work.dossier(duty, id).playbook.initial


@contextmanager
def world(origin: Path, path: Path, clock: Ticking, place: str, other: str) -> Iterator[World]:
    """A copy of a template, opened and served."""
    shutil.copytree(origin, path)
    clock.now = START
    app = create_app(path, warm_up=False)
    home = app.state.desk.home
    client = TestClient(app, base_url="https://bay.example", client=("203.0.113.9", 40000))
    try:
        yield World(home, clock, Casework(home, clock=clock), client, place, other)
    finally:
        home.close()


_PASSING = (
    (re.compile(rb"reporter:[0-9a-f]{20}"), b"<reporter>"),
    (re.compile(rb"[0-9a-f]{64}"), b"<hash>"),  # links of the chain, tokens: they tell nothing of what they are made of
    (re.compile(rb'("path":"case.pdf","sha256":)"<hash>","size":[0-9]+'), rb"\1"),  # it is compressed, hashes and all
    (re.compile(rb'"id":"[A-Za-z0-9_-]{8,40}","made":"[^"]*","seen":"[^"]*","ends":"[^"]*"'), b"<session>"),
)


def plain(content: bytes) -> bytes:
    """An answer without what differs between any two runs."""
    for pattern, word in _PASSING:
        content = pattern.sub(word, content)
    return content


def told(answer: Any) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """All that an answer says; of a bundle, what is in it."""
    is_zip = answer.headers.get("content-type") == "application/zip"
    passing = {"date", "set-cookie", *(("etag", "last-modified", "content-length") if is_zip else ())}
    heads = tuple(sorted((name, value) for name, value in answer.headers.items() if name not in passing))
    return answer.status_code, heads, _unpacked(answer.content) if is_zip else plain(answer.content)


def _unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    pages = PdfReader(io.BytesIO(parts.pop("case.pdf"))).pages
    parts["case.pdf"] = "\n".join(page.extract_text() for page in pages).encode()
    return b"\n".join(name.encode() + b": " + plain(part) for name, part in parts.items())
