"""Cases over HTTP: keys, versions, evidence with its limits, bundles; nothing without a key, nothing cached."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from clearbay.apply.cases import bundle
from clearbay.apply.cases.cap import check
from clearbay.apply.desk import Desk
from clearbay.share.app import api
from clearbay.share.routers import casefiles, cases, playbooks
from clearbay.store import Home
from clearbay.store.keys import Keys
from tests.share.test_fuzz import CHECKS

ROUTES = [
    (route.path, method)
    for module in (cases, casefiles, playbooks)
    for route in module.router.routes
    for method in route.methods
    if method in ("GET", "POST")
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, dict[str, str]]]]:
    with Home.create(tmp_path_factory.mktemp("api") / "home") as home:
        keys = Keys(home)
        heads = {
            role: {"Authorization": f"Bearer {keys.add(role, role)[0]}"}
            for role in ("read", "push", "operate")  # type: ignore[arg-type]
        }
        with TestClient(api(Desk(home))) as client:
            yield client, heads


@pytest.fixture
def client(served: Any) -> TestClient:
    found: TestClient = served[0]
    return found


@pytest.fixture
def heads(served: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = served[1]
    return found


@pytest.fixture(scope="module")
def described(served: Any) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", served[0].app)


def opened(client: TestClient, heads: dict[str, dict[str, str]], **more: Any) -> dict[str, Any]:
    answer = client.post(
        "/api/cases", json={"title": "Foam", "jurisdiction": "440300", **more}, headers=heads["operate"]
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_nothing_of_cases_is_told_without_a_key(client: TestClient, path: str, method: str) -> None:
    """Every route but the playbooks (which are rules, not cases) asks for a key before it looks at anything."""
    answer = client.request(method, path.replace("{id}", "PA-2026-4403-00001").replace("{number}", "1"))
    assert answer.status_code == (401 if "playbook" not in path else answer.status_code), answer.text


@pytest.mark.parametrize(("path", "method"), [one for one in ROUTES if one[1] == "POST"])
@pytest.mark.parametrize("role", ["read", "push"])
def test_who_may_only_look_changes_nothing(client: TestClient, heads: Any, path: str, method: str, role: str) -> None:
    """Opening, acting and attaching need the role operate."""
    answer = client.request(
        method, path.replace("{id}", "PA-2026-4403-00001"), headers=heads[role], json={"title": "x"}
    )
    assert answer.status_code == 403


def test_a_case_goes_over_the_wire(client: TestClient, heads: Any, tmp_path: Path) -> None:
    """Open, act with a version, attach, fetch, seal: the bundle verifies and the evidence is what was sent."""
    case = opened(client, heads, key="wire-1")
    assert opened(client, heads, key="wire-1")["id"] == case["id"]
    address = f"/api/cases/{case['id']}"
    body = {"action": "dispatch", "assignee": {"id": "li", "name": "李伟"}, "version": case["version"]}
    done = client.post(f"{address}/act", json=body, headers=heads["operate"])
    assert done.json()["state"] == "dispatched"
    stale = client.post(f"{address}/act", json=body, headers=heads["operate"])
    assert (stale.status_code, stale.json()["where"]) == (409, "version")
    photo = bytes(range(256)) * 50
    sent = client.post(
        f"{address}/evidence", params={"name": "../../foam.svg", "kind": "photo", "key": "p1"}, content=photo,
        headers=heads["operate"] | {"Content-Type": "image/svg+xml"},
    )  # fmt: skip
    assert sent.status_code == 200, sent.text
    assert (sent.json()["sha256"], sent.json()["name"]) == (hashlib.sha256(photo).hexdigest(), "foam.svg")
    back = client.get(f"{address}/evidence/1", headers=heads["read"])
    assert back.content == photo
    assert back.headers["content-type"] == "application/octet-stream"
    assert "attachment" in back.headers["content-disposition"]
    assert back.headers["content-security-policy"] == "sandbox"
    told = client.get(address, headers=heads["read"]).json()
    assert [one["kind"] for one in told["timeline"]] == ["open", "dispatch", "attach"]
    assert told["moves"][0]["allowed"] is False
    (tmp_path / "case.zip").write_bytes(client.get(f"{address}/bundle", headers=heads["read"]).content)
    assert isinstance(bundle.check(tmp_path / "case.zip"), bundle.Sealed)
    warning = client.get(f"{address}/warning", params={"sender": "a@b.example"}, headers=heads["operate"])
    assert check(warning.content) == []
    assert client.get("/api/cases", params={"q": case["id"]}, headers=heads["read"]).json()["total"] == 1


def test_a_page_can_draw_itself_from_what_is_told(client: TestClient, heads: Any) -> None:
    """A case brings its playbook of that day, names beside codes, and how far the water is measured clean."""
    aim = {"station": "", "property": "NH3N", "limit": {"op": "le", "value": 1.0}}
    case = opened(client, heads, title="Drawn", event="e-77", **aim)
    assert (case["jurisdiction_name"]["en"], case["measured"]) == ("Shenzhen", None)  # no station: nothing to measure
    assert {one["id"] for one in case["how"]["transitions"]} >= {one["id"] for one in case["moves"]}
    assert case["how"]["file"] == ""
    assert case["clocks"][0]["uncertain"] == []
    named = {one["code"]: one["name"]["pt"] for one in client.get("/api/jurisdictions").json()["items"]}
    assert named["820000"] == "Macau"


def test_lists_are_narrowed_to_what_the_desk_counts(client: TestClient, heads: Any) -> None:
    """As many cases are new, due soon or worse in the list as the desk says; an event leads to its case."""
    case = opened(client, heads, title="Counted", event="e-78")
    counts = client.get("/api/desk", headers=heads["read"]).json()["counts"]
    for only in ("new", "soon", "worse"):
        answer = client.get("/api/cases", params={"only": only, "limit": 500}, headers=heads["read"]).json()
        assert (answer["total"], len(answer["items"])) == (counts[only], counts[only])
    found = client.get("/api/cases", params={"event": "e-78"}, headers=heads["read"]).json()
    assert [one["id"] for one in found["items"]] == [case["id"]]
    assert client.get("/api/cases", params={"only": "old"}, headers=heads["read"]).status_code == 422


def test_the_newest_state_is_told_at_once(client: TestClient, heads: Any) -> None:
    """No answer about cases is remembered: neither for the next question nor for the next person."""
    case = opened(client, heads)
    address = f"/api/cases/{case['id']}"
    first = client.get(address, headers=heads["read"])
    assert "etag" not in first.headers
    client.post(f"{address}/act", json={"action": "comment", "reason": "seen"}, headers=heads["operate"])
    assert client.get(address, headers=heads["read"]).json()["version"] == 2
    assert client.get(address).status_code == 401


def test_too_large_a_file_is_refused_and_gone(
    client: TestClient, heads: Any, monkeypatch: pytest.MonkeyPatch, served: Any
) -> None:
    """Beyond the limit the answer is 413, whether the length was told or not, and nothing stays."""
    monkeypatch.setattr(casefiles, "LARGEST", 1000)
    case = opened(client, heads)
    address = f"/api/cases/{case['id']}/evidence?name=big.bin"

    def parts() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    for content in (b"x" * 1001, parts()):
        answer = client.post(address, content=content, headers=heads["operate"])
        assert answer.status_code == 413, answer.text
    assert client.post(address, content=b"", headers=heads["operate"]).status_code == 422
    arriving = served[0].app.state.desk.home.evidence / "files" / "arriving"
    assert not list(arriving.glob("*")) if arriving.exists() else True


def test_an_unknown_case_takes_no_bytes(client: TestClient, heads: Any) -> None:
    """Whoever names a case that is not there is told so before the body is read."""
    answer = client.post("/api/cases/PA-1/evidence?name=x", content=b"x" * 100, headers=heads["operate"])
    assert (answer.status_code, answer.json()["where"]) == (404, "case")


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_no_request_makes_the_server_fail(described: Any, heads: Any, path: str, method: str) -> None:
    """With a good key, any request in the document's bounds is answered as the document says and never by 500."""
    operation = described[path][method]

    @settings(max_examples=4, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def asked(case: Any) -> None:
        case.headers = {**(case.headers or {}), **heads["operate"]}
        case.call_and_validate(checks=CHECKS)

    asked()


def test_the_desk_is_a_list_with_numbers(client: TestClient, heads: Any) -> None:
    """Counts by sort, and the most urgent cases with names in four languages."""
    opened(client, heads)
    told = client.get("/api/desk", headers=heads["read"]).json()
    assert told["counts"]["open"] >= 1
    assert set(told["items"][0]["state_name"]) == {"zh-Hans", "zh-Hant", "en", "pt"}
