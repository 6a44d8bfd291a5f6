"""Three levels on the same case, and nothing of another jurisdiction anywhere."""

from __future__ import annotations

import re

import pytest

from clearbay.store.devices import Devices
from tests.store.homes import station

from .conftest import Served, add

SECRET = "Zhuhai outfall ninety-nine"


@pytest.fixture
def peopled(served: Served) -> Served:
    """People of Shenzhen (city, district, street), of Zhuhai, and of the country; a case of each."""
    home = served.home
    add(home, "city", "duty_officer", at="440300")
    add(home, "district", "handler", at="440305")
    add(home, "street", "inspector", at="440305001")
    add(home, "next-street", "inspector", at="440305002")
    add(home, "neighbour", "duty_officer", "reviewer", at="440400")
    add(home, "country", "auditor", at="100000")
    add(home, "works", "enterprise", at="440300", stations=("sz.works",))
    add(home, "citizen", "public", at="440300")
    home.register_stations(
        [station("sz.works", jurisdiction="440305"), station("sz.other", jurisdiction="440300"),
         station("zh.works", jurisdiction="440400")]
    )  # fmt: skip
    register = Devices(home)
    for mn, place in (("SZ1", "sz.works"), ("SZ2", "sz.other"), ("ZH1", "zh.works")):
        register.decide(mn, "approved", station=place)
    return served


def opened(served: Served, login: str, title: str, at: str) -> str:
    answer = served.signed_in(login).post("/api/cases", {"title": title, "jurisdiction": at})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def seen(served: Served, login: str) -> set[str]:
    return {one["id"] for one in served.signed_in(login).get("/api/cases?status=all").json()["items"]}


def test_city_district_and_street_work_on_one_case(peopled: Served) -> None:
    """The city dispatches, the district handles, the street looks on; the next street sees nothing of it."""
    id = opened(peopled, "city", "Foam in the canal", "440305001")
    for login in ("city", "district", "street", "country"):
        assert id in seen(peopled, login), login
    for login in ("next-street", "neighbour", "works", "citizen"):
        assert id not in seen(peopled, login), login
    city, district = peopled.signed_in("city"), peopled.signed_in("district")
    act = f"/api/cases/{id}/act"
    assert district.post(act, {"action": "dispatch", "assignee": {"id": "district", "name": "D"}}).status_code == 403
    given = city.post(act, {"action": "dispatch", "assignee": {"id": "district", "name": "District"}})
    assert given.status_code == 200, given.text
    moves = {one["id"]: one["allowed"] for one in district.get(f"/api/cases/{id}").json()["moves"]}
    assert moves
    assert any(moves.values())
    said = peopled.signed_in("street").post(act, {"action": "comment", "reason": "seen from the bridge"})
    assert said.status_code == 200, said.text
    timeline = city.get(f"/api/cases/{id}").json()["timeline"]
    assert [one["actor"]["id"] for one in timeline] == ["city", "city", "street"]


def test_nothing_of_another_jurisdiction_is_told(peopled: Served) -> None:
    """Lists, totals, search, filters, pages, desk, leader, exports, evidence, people: with a case of Zhuhai there and
    without, Shenzhen gets the same bytes."""
    peopled_before = _everything(peopled)
    id = opened(peopled, "neighbour", SECRET, "440400")
    peopled.signed_in("neighbour").post(f"/api/cases/{id}/act", {"action": "comment", "reason": SECRET})
    assert _everything(peopled) == peopled_before
    assert SECRET not in str(_everything(peopled))


def _everything(served: Served) -> dict[tuple[str, str], tuple[int, bytes]]:
    paths = (
        "/api/cases", "/api/cases?status=all", "/api/cases?q=outfall&status=all", "/api/cases?jurisdiction=440400",
        "/api/cases?assignee=neighbour", "/api/cases?limit=1", "/api/cases?cursor=0.0", "/api/desk", "/api/leader",
        "/api/people", "/api/people?at=440400", "/api/people?q=neighbour", "/api/devices", "/api/devices?q=ZH",
        "/api/review/history", "/api/cases/PA-2026-4404-00001",
    )  # fmt: skip
    found = {}
    for login in ("city", "district", "street", "works", "citizen"):
        browser = served.signed_in(login)
        for path in paths:
            answer = browser.get(path)
            # what tells the hour is the same for all
            body = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"", answer.content)
            found[login, path] = answer.status_code, body
    return found


def test_a_hidden_case_is_told_as_one_that_is_not_there(peopled: Served) -> None:
    """Every way to a case: the same status, body and headers for a case of elsewhere as for none."""
    id = opened(peopled, "neighbour", SECRET, "440400")
    none = id[:-1] + ("8" if id[-1] != "8" else "9")
    browser = peopled.signed_in("city")
    for method, path, body in (
        ("GET", "/api/cases/{}", None),
        ("GET", "/api/cases/{}/bundle", None),
        ("GET", "/api/cases/{}/evidence/1", None),
        ("GET", "/api/cases/{}/warning?sender=x", None),
        ("POST", "/api/cases/{}/act", {"action": "comment", "reason": "x"}),
        ("POST", "/api/cases/{}/act", {"action": "dispatch", "version": 1}),
        ("POST", "/api/cases/{}/evidence?name=x&kind=photo", None),
    ):
        one, other = (browser.request(method, path.format(each), json=body) for each in (id, none))
        assert one.status_code == other.status_code == 404, (method, path, one.text)
        assert one.text.replace(id, "ID") == other.text.replace(none, "ID")
        heads = [{name: value for name, value in each.headers.items() if name != "date"} for each in (one, other)]
        assert heads[0] == heads[1]
    mine = opened(peopled, "city", "Foam", "440300")
    for action in ("merge",):
        one, other = (
            browser.post(f"/api/cases/{mine}/act", {"action": action, "to": each, "reason": "same"})
            for each in (id, none)
        )
        assert (one.status_code, one.text.replace(id, "ID")) == (other.status_code, other.text.replace(none, "ID"))


def test_a_joint_case_is_seen_and_nothing_else(peopled: Served) -> None:
    """Zhuhai asked to help sees that case, and still nothing else of Shenzhen."""
    id, other = opened(peopled, "city", "Foam", "440300"), opened(peopled, "city", "Oil", "440305")
    joined = peopled.signed_in("city").post(
        f"/api/cases/{id}/act", {"action": "join", "to": "440400", "reason": "look at your side"}
    )
    assert joined.status_code == 200, joined.text
    assert seen(peopled, "neighbour") == {id}
    assert peopled.signed_in("neighbour").get(f"/api/cases/{other}").status_code == 404
    assert peopled.signed_in("neighbour").get("/api/desk").json()["counts"]["open"] == 1


def test_devices_are_decided_over_where_they_are(peopled: Served) -> None:
    """An officer of Shenzhen neither sees nor decides over Zhuhai's device, nor gives one to a station of Zhuhai; a
    works sees its own."""
    city, works = peopled.signed_in("city"), peopled.signed_in("works")
    assert [one["mn"] for one in city.get("/api/devices").json()["items"]] == ["SZ1", "SZ2"]
    assert [one["mn"] for one in works.get("/api/devices").json()["items"]] == ["SZ1"]
    assert works.get("/api/devices/SZ2").status_code == 404
    unseen, none = city.get("/api/devices/ZH1"), city.get("/api/devices/ZH9")
    assert (unseen.status_code, unseen.text.replace("ZH1", "")) == (none.status_code, none.text.replace("ZH9", ""))
    assert city.post("/api/devices/ZH1/approve", {"minutes": 5}).status_code == 404
    assert city.post("/api/devices/ZH1/refuse").status_code == 404
    moved, unknown = (city.post("/api/devices/SZ1/approve", {"station": name}) for name in ("zh.works", "zh.nothing"))
    assert (moved.status_code, moved.text.replace("zh.works", "")) == (422, unknown.text.replace("zh.nothing", ""))
    assert city.post("/api/devices/SZ1/refuse").status_code == 200
    made = city.post("/api/devices/NEW1/approve", {"new_station": {"name": "Works 8"}})
    assert made.status_code == 200, made.text
    assert "NEW1" in {one["mn"] for one in city.get("/api/devices").json()["items"]}
    assert peopled.signed_in("neighbour").get("/api/devices/NEW1").status_code == 404


def test_people_are_listed_within_one_s_own_place(peopled: Served) -> None:
    """A district sees its own people, a city its districts'; counts are of cases that the one who asks sees."""
    city, district = peopled.signed_in("city"), peopled.signed_in("district")
    logins = [one["id"] for one in city.get("/api/people").json()["items"]]
    assert logins == ["citizen", "city", "district", "next-street", "street", "works"]
    assert [one["id"] for one in district.get("/api/people").json()["items"]] == ["district", "next-street", "street"]
    fit = city.get("/api/people?at=440305001").json()["items"]
    assert {one["id"] for one in fit} == {"citizen", "city", "district", "street", "works"}
    assert set(fit[0]) == {"id", "name", "roles", "jurisdiction", "open_cases"}
    handlers = city.get("/api/people?role=handler").json()
    assert ([one["id"] for one in handlers["items"]], handlers["total"]) == (["district"], 1)
    far = opened(peopled, "neighbour", "Oil", "440400")
    peopled.signed_in("neighbour").post(
        f"/api/cases/{far}/act", {"action": "dispatch", "assignee": {"id": "district", "name": "D"}}
    )
    handlers = city.get("/api/people?role=handler").json()["items"]
    assert handlers[0]["open_cases"] == 0


def test_an_operator_manages_within_their_own_place(peopled: Served) -> None:
    """Neither people of elsewhere nor more than they have themselves."""
    add(peopled.home, "chief", "operator", at="440300")
    chief = peopled.signed_in("chief")
    made = chief.post("/api/people", {"id": "new", "name": "New", "roles": ["handler"], "jurisdiction": "440306"})
    assert made.status_code == 200, made.text
    assert len(made.json()["password"]) == 23
    assert made.json()["must_change"] is True
    far = {"id": "far", "name": "Far", "roles": ["operator"], "jurisdiction": "100000"}
    assert chief.post("/api/people", far).status_code == 403
    assert chief.post("/api/people", {**far, "id": "new", "jurisdiction": "440300"}).status_code == 409
    unseen, none = (chief.request("PATCH", f"/api/people/{id}", json={"name": "X"}) for id in ("neighbour", "stranger"))
    assert unseen.status_code == none.status_code == 404
    assert unseen.text.replace("neighbour", "") == none.text.replace("stranger", "")
    assert chief.request("PATCH", "/api/people/new", json={"jurisdiction": "440400"}).status_code == 403
    assert chief.request("PATCH", "/api/people/chief", json={"disabled": True}).status_code == 403
    assert chief.request("PATCH", "/api/people/new", json={"disabled": True}).json()["disabled"] is True
    push = [{"station": "sz.works", "property": "pH", "time": "2026-01-01T00:00:00Z", "value": 7.0}]
    assert chief.post("/api/push", push).status_code == 403
