"""Notices over HTTP: one's own and nobody else's; ways, browsers, and a test that says whether it arrived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from clearbay.apply.cases import Casework, Draft, openers
from clearbay.apply.cases.discoveries import Discoveries
from clearbay.apply.desk import Desk
from clearbay.apply.notices import webpush
from clearbay.share.app import api
from clearbay.share.routers import leader, notices
from clearbay.share.schemas import Answer
from clearbay.store import Home
from tests.apply_cases.casehome import Time, actor
from tests.apply_cases.test_discoveries import DIRTY, River
from tests.notices.receivers import Hook, Post
from tests.notices.test_delivery import OPEN, Reader, configured
from tests.people.conftest import Served, add

OPERATOR = actor("root", "operator", at="100000")


@pytest.fixture
def served(home: Home) -> Iterator[Served]:
    add(home, "duty", "duty_officer", email="duty@bay.example", language="en")
    add(home, "hand", "handler")
    add(home, "west", "duty_officer", at="440400")
    app = api(Desk(home))
    with TestClient(app):
        yield Served(home, app)


def alarm(home: Home) -> str:
    return Casework(home).open(OPERATOR, Draft("pollution-alarm", "Foam", jurisdiction="440300")).id


def told(answer: Any, model: type[Answer]) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    model.model_validate(answer.json())
    return dict(answer.json())


def test_everybody_reads_their_own(served: Served) -> None:
    """Newest first, page by page, in four languages; read is read, and a neighbour has none of it."""
    first, second = alarm(served.home), alarm(served.home)
    duty, west = served.signed_in("duty"), served.signed_in("west")
    page = told(duty.get("/api/notices?limit=1"), notices.NoticesShape)
    assert (page["total"], page["unread"], page["items"][0]["case"]) == (2, 2, second)
    assert page["items"][0]["title"]["zh-Hans"] == f"新案件：{second} Foam"
    rest = told(duty.get(f"/api/notices?cursor={page['next']}"), notices.NoticesShape)
    assert [one["case"] for one in rest["items"]] == [first]
    assert told(west.get("/api/notices"), notices.NoticesShape)["total"] == 0
    stolen = west.post("/api/notices/read", {"ids": [page["items"][0]["id"]]})
    assert told(stolen, notices.CountShape) == {"unread": 0}
    assert told(duty.get("/api/notices"), notices.NoticesShape)["unread"] == 2
    assert told(duty.post("/api/notices/read", {"all": True}), notices.CountShape) == {"unread": 0}
    assert served.browser().get("/api/notices").status_code == 401  # type: ignore[attr-defined]
    program = served.browser().client.get("/api/notices", headers=served.key("read"))
    assert program.json()["items"] == []


def test_ways_are_chosen_and_tried(served: Served, mail: Post, hook: Hook) -> None:
    """A webhook is given a secret once; a way that works says so, one that does not says why."""
    configured(served.home, mail)
    duty = served.signed_in("duty")
    ways = told(duty.get("/api/notices/ways"), notices.WaysShape)
    assert ways["email"] == {"on": True, "address": "", "possible": True}
    given = {"webhook": {"on": True, "url": hook.url}, "email": {"on": True, "address": "night@bay.example"}}
    made = told(duty.request("PUT", "/api/notices/ways", json=given), notices.WaysShape)
    assert len(made["webhook"]["secret"]) > 30
    again = told(duty.get("/api/notices/ways"), notices.WaysShape)
    assert (again["webhook"]["secret"], again["webhook"]["secret_set"]) == ("", True)
    for way in ("email", "webhook"):
        assert told(duty.post("/api/notices/try", {"way": way}), notices.TriedShape)["sent"]
    assert mail.letters[0][1] == ["night@bay.example"]
    hook.status = 500
    failed = told(duty.post("/api/notices/try", {"way": "webhook"}), notices.TriedShape)
    assert (failed["sent"], "500" in failed["error"]) == (False, True)
    answers: list[Any] = [duty.post("/api/notices/try", {"way": "webhook"}) for _ in range(notices.TRIES)]
    assert [one.status_code for one in answers][-1] == 429
    for wrong in ({"webhook": {"on": True, "url": "file:///etc/passwd"}}, {"webhook": {"on": True, "url": ""}},
                  {"email": {"on": True, "address": "a\r\nBcc: b@c.example"}}):  # fmt: skip
        assert duty.request("PUT", "/api/notices/ways", json=wrong).status_code == 422  # type: ignore[attr-defined]


def test_browsers_come_and_go(served: Served, hook: Hook) -> None:
    """A subscription with real keys is kept and can be tried; another's cannot be taken away."""
    configured(served.home, text=OPEN)
    duty, hand = served.signed_in("duty"), served.signed_in("hand")
    key = told(duty.get("/api/notices/push-key"), notices.KeyShape)["key"]
    assert len(webpush.unpacked(key)) == 65
    reader = Reader()
    one = reader.at(hook.url, "duty")
    given = {"endpoint": hook.url, "keys": {"p256dh": one.p256dh, "auth": one.auth}, "expirationTime": None}
    assert len(told(duty.post("/api/notices/push", given), notices.WaysShape)["push"]) == 1
    assert told(duty.post("/api/notices/try", {"way": "push"}), notices.TriedShape)["sent"]
    assert b"This is a test" in reader.read(hook.calls[0][2])
    hand.request("DELETE", "/api/notices/push", json={"endpoint": hook.url})
    assert len(told(duty.get("/api/notices/ways"), notices.WaysShape)["push"]) == 1
    gone = duty.request("DELETE", "/api/notices/push", json={"endpoint": hook.url})
    assert told(gone, notices.WaysShape)["push"] == []
    broken = {**given, "keys": {"p256dh": "AAAA", "auth": "BBBB"}}
    assert duty.post("/api/notices/push", broken).status_code == 422  # type: ignore[attr-defined]


def test_an_event_tells_its_case_to_those_who_may_see_it(served: Served, time: Time) -> None:
    """The duty officer of the place learns the case and its state; the neighbour, and nobody at all, do not."""
    River(served.home, time).flow([DIRTY] * 3)
    (id,) = Discoveries(Casework(served.home, clock=time)).look().opened
    event = Casework(served.home).get(OPERATOR, id).event
    duty = served.signed_in("duty")
    answer: Any = duty.get(f"/api/events/{event}")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["case"] == {"id": id, "state": answer.json()["case"]["state"]}
    assert answer.json()["case"]["state"]["en"] == "To be judged"
    for other in (served.signed_in("west"), served.browser()):
        assert other.get(f"/api/events/{event}").json()["case"] is None  # type: ignore[attr-defined]
    listed: Any = duty.get("/api/desk")
    assert listed.json()["items"][0]["title_text"]["en"]
    assert openers.case_of(Casework(served.home), OPERATOR, "no event") is None


def test_a_leader_sees_figures_of_their_own(served: Served) -> None:
    """By task and jurisdiction, in the documented shape; a neighbour counts nothing of it."""
    alarm(served.home)
    figures = told(served.signed_in("duty").get("/api/leader?from=2026-01-01"), leader.LeaderShape)
    assert figures["total"]["found"] == 1
    assert told(served.signed_in("west").get("/api/leader"), leader.LeaderShape)["total"]["found"] == 0
    wrong: Any = served.signed_in("duty").get("/api/leader?from=2026-13-01")
    assert wrong.status_code == 422
