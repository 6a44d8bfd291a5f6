"""Nothing of another town: what its people may not see changes nothing of what they are told, to the byte."""

from __future__ import annotations

import base64
import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clearbay.apply.cases import Casework
from clearbay.share import access

from .towns import MARK, ROLES, START, Ticking, World, person, template, told, world

NOUNS = ("open", "open", "complain", "person", "dispatch", "comment", "attach", "upload")
DEEDS = st.lists(
    st.tuples(st.sampled_from(("own", "other")), st.sampled_from(NOUNS), st.integers(0, 5)), min_size=4, max_size=14
)
PAIRS = (
    ("440300", "440400"),  # two cities
    ("440305", "440306"),  # two districts of one city
    ("440305", "440300"),  # a district, and the city around it
    ("810000", "440300"),  # two systems of law
)
QUERIES = {
    "/api/cases": (
        "",
        "?status=all",
        "?limit=1",
        f"?status=all&q={MARK}",
        "?status=all&q=%25",
        "?status=all&q=_",
        "?only=new",
        "?late=true",
        "?status=all&station=T",
        "?status=all&jurisdiction={other}",
        "?status=all&jurisdiction=440000",
        "?status=all&assignee=handler.{other}",
        "?playbook=public-complaint&status=all",
    ),
    "/api/desk": ("", "?limit=1"),
    "/api/people": ("", f"?q={MARK}", "?q={other}", "?at={other}", "?role=handler", "?limit=1"),
    "/api/leader": ("", "?jurisdiction={other}", "?jurisdiction=440000", "?playbook=public-complaint"),
    "/api/devices": ("", "?status=pending"),
    "/api/events": ("", "?status=all"),
    "/api/events/stream": ("?seconds=0",),
    "/api/search": (f"?q={MARK}", "?q=alarm"),
}
LAW = ("/api/events/stream", "/api/events", "/api/search", "/api/health", "/api/playbooks")
GETS = sorted(
    {one.path for one in access.routes() if one.method == "GET" and (one.access != "public" or one.path in LAW)}
    - {"/api/notices/push-key", "/api/complaints/places"}  # a key made anew for each node; a list of places
)
"""What knows of people and cases, and what is public beside them."""


@pytest.fixture(scope="module")
def clock() -> Any:
    """The engine's clock, the same in both worlds."""
    ticking = Ticking()
    defaults = Casework.__init__.__kwdefaults__
    before, defaults["clock"] = defaults["clock"], ticking
    yield ticking
    defaults["clock"] = before


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    return {pair: template(tmp_path_factory.mktemp("towns") / "home", *pair) for pair in PAIRS}


def addresses(own: World, foreign: list[str], uploads: list[str]) -> list[str]:
    """Everything there is to ask for, with what is one's own and with what is the other's."""
    found = []
    ids = [*own.own[:2], *foreign[:2]]
    fillings: dict[str, list[str]] = {
        "/api/cases/{id}": ids,
        "/api/cases/{id}/bundle": ids[:3],
        "/api/cases/{id}/warning": [f"{id}/warning?sender=a@b" for id in ids],
        "/api/uploads/{id}": uploads[:1],
        "/api/people/{id}": [f"duty-officer.{own.other}"],
    }
    for path in GETS:
        if path == "/api/cases/{id}/evidence/{number}":
            found += [f"/api/cases/{id}/evidence/{number}" for id, number in itertools.product(ids, (1, 2))]
        elif path == "/api/cases/{id}/warning":
            found += [f"/api/cases/{id}/warning?sender=a@b" for id in ids]
        elif "{" in path:
            found += [path.replace("{id}", id) for id in fillings.get(path, [])]
        else:
            found += [path + query.format(other=own.other) for query in QUERIES.get(path, ("",))]
    return found


def probes(own: World, foreign: list[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """What somebody might send at what is not theirs."""
    if not foreign:
        return []
    id, mine = foreign[0], (own.own or ["none"])[0]
    said = ",".join(
        f"{name} {base64.b64encode(text.encode()).decode()}"
        for name, text in {"filename": "a.jpg", "case": id, "kind": "photo"}.items()
    )
    heads = {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Metadata": said}
    return [
        ("POST", f"/api/cases/{id}/act", {"json": {"action": "comment", "reason": "hello"}}),
        ("POST", f"/api/cases/{id}/act", {"json": {"action": "dispatch", "version": 1}}),
        ("POST", f"/api/cases/{mine}/act", {"json": {"action": "merge", "to": id, "reason": "the same"}}),
        ("POST", f"/api/cases/{id}/act", {"json": {"action": "merge", "to": mine, "reason": "the same"}}),
        ("POST", f"/api/cases/{id}/evidence?name=a", {"content": b"x"}),
        ("POST", "/api/uploads", {"headers": heads}),
        ("PATCH", f"/api/people/duty-officer.{own.other}", {"json": {"name": "x"}}),
        ("PATCH", f"/api/people/{MARK.lower()}-0", {"json": {"name": "x"}}),
    ]


def ask(of: World, role: str, wanted: list[str], sent: list[tuple[str, str, dict[str, Any]]]) -> list[Any]:
    """Every answer to a person of the town, pages followed to their end."""
    heads = of.heads(person(role, of.place)) | {
        "Accept-Encoding": "identity"
    }  # hashes differ, and so do lengths of gzip
    found = []
    for address in wanted:
        answer = of.client.get(address, headers=heads)
        found.append((address, told(answer)))
        while "limit=1" in address and answer.status_code == 200 and (following := answer.json().get("next")):
            joint = "&" if "?" in address else "?"
            answer = of.client.get(f"{address.partition('&cursor')[0]}{joint}cursor={following}", headers=heads)
            found.append((f"{address} … {following}", told(answer)))
            if address.startswith("/api/desk"):
                break
    for method, address, more in sent:
        answer = of.client.request(method, address, **{**more, "headers": {**heads, **more.get("headers", {})}})
        found.append((f"{method} {address} {more}", told(answer)))
    return found


def difference(role: str, one: Any, other: Any) -> str:
    """Where two answers part."""
    (address, here), (_, there) = one, other
    at = next((at for at, pair in enumerate(zip(here[2], there[2], strict=False)) if pair[0] != pair[1]), 0)
    return f"{role} {address}: {here[:1]} {there[:1]} {here[2][at - 60 : at + 60]!r} or {there[2][at - 60 : at + 60]!r}"


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_what_others_do_is_not_heard(pair, templates, clock, tmp_path_factory) -> None:
    """Any deeds of two towns, in any order: with and without the other's, every person of a town gets the same answers
    to every GET, and the same refusals to what they send at the other's cases."""

    @settings(
        max_examples=2,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(DEEDS, st.sampled_from(ROLES[1:]))
    def tried(deeds: list[Any], role: str) -> None:
        deeds = [("other", "open", 0), ("own", "open", 1), ("other", "open", 2), *deeds, ("own", "open", 3)]
        folder = tmp_path_factory.mktemp("world")
        with (
            world(templates[pair], folder / "both", clock, *pair) as both,
            world(templates[pair], folder / "alone", clock, *pair) as alone,
        ):
            for deed in deeds:
                both.do(deed)
            clock.now = START
            for deed in deeds:
                if deed[0] == "own":
                    alone.do(deed)
            assert both.own == alone.own, "the numbers of cases tell of the other's"
            wanted, sent = addresses(both, both.foreign, both.uploads), probes(both, both.foreign)
            for who in ("duty_officer", role):
                here, there = ask(both, who, wanted, sent), ask(alone, who, wanted, sent)
                for one, other in zip(here, there, strict=False):
                    assert one == other, difference(who, one, other)
                assert len(here) == len(there)
                text = repr(here)
                assert MARK not in text.replace(f"q={MARK}", "").replace(f"'{MARK.lower()}", "'"), who

    tried()


def test_the_test_would_hear(templates, clock, tmp_path) -> None:
    """The same comparison over what two people share finds a difference: it is not deaf."""
    pair = PAIRS[0]
    with world(templates[pair], tmp_path / "a", clock, *pair) as one:
        one.do(("own", "open", 1))
        with world(templates[pair], tmp_path / "b", clock, *pair) as other:
            assert ask(one, "duty_officer", ["/api/desk"], []) != ask(other, "duty_officer", ["/api/desk"], [])
