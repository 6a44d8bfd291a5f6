"""A small home with a case, a key that may act, and the API over it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from clearbay.apply.cases import Casework, Draft
from clearbay.apply.desk import Desk
from clearbay.model.case import Actor, Case
from clearbay.share.app import api
from clearbay.store import Home
from clearbay.store.keys import Keys

OPERATOR = Actor("operator", "Operator", frozenset({"operator"}), "100000")


@dataclass
class Stand:
    """The API over a home, and a key that operates; ``again`` stops it and starts it anew over the same home."""

    path: Path
    key: str
    other: str
    home: Home
    client: TestClient
    case: Case

    def again(self) -> None:
        self.home.close()
        self.home = Home.open(self.path)
        self.client = TestClient(api(Desk(self.home)))

    def heads(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Tus-Resumable": "1.0.0", **more}

    def begin(self, length: int, *, key: str = "", more: dict[str, str] | None = None, **said: str) -> Any:
        given = {"filename": "foam.jpg", "filetype": "image/jpeg", "case": self.case.id, "kind": "photo", **said}
        if key:
            given["key"] = key
        heads = self.heads(**{"Upload-Length": str(length), "Upload-Metadata": metadata(given)})
        return self.client.post("/api/uploads", headers=heads | (more or {}))

    def send(self, address: str, offset: int, part: Any, **more: str) -> Any:
        heads = self.heads(**{"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"})
        return self.client.patch(address, content=part, headers=heads | more)

    def offset(self, address: str) -> int:
        answer = self.client.head(address, headers=self.heads())
        assert answer.status_code == 200, answer.text
        assert answer.content == b""
        return int(answer.headers["upload-offset"])


def metadata(said: dict[str, str]) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    path = tmp_path_factory.mktemp("template") / "home"
    with Home.create(path) as home:
        keys = Keys(home)
        return path, keys.add("boat", "operate")[0], keys.add("other", "operate")[0]


@pytest.fixture
def stand(template: tuple[Path, str, str], tmp_path: Path) -> Iterator[Stand]:
    import shutil

    shutil.copytree(template[0], tmp_path / "home")
    home = Home.open(tmp_path / "home")
    case = Casework(home).open(OPERATOR, Draft("pollution-alarm", "Foam", jurisdiction="440300"))
    found = Stand(tmp_path / "home", template[1], template[2], home, TestClient(api(Desk(home))), case)
    yield found
    found.home.close()
