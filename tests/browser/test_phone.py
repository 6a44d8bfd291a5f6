"""The handler's telephone and the reporter's: a real browser at 390 x 844, a real server, a line that really breaks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from clearbay.apply import passwords
from clearbay.apply.cases import Casework, Draft
from clearbay.apply.cases.dossier import Dossier
from clearbay.apply.cases.verify import Whole, verify
from clearbay.model.case import Actor, Limit
from clearbay.model.observation import READINGS
from clearbay.model.person import Person
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES
from clearbay.store import Home
from clearbay.store.evidence import Files
from clearbay.store.people import People
from tests.browser import real
from tests.browser.line import Line

pytestmark = pytest.mark.browser

PASSWORD = "two herons on a mudflat"
DUTY = Actor("wang", "Wang", frozenset({"duty_officer"}), "440300")
PHOTO = b"\xff\xd8\xff\xe0" + os.urandom(3_000_000)

HELD = """([store, words]) => new Promise((done) => {
    const asked = indexedDB.open("clearbay-phone");
    asked.onsuccess = () => {
        const found = asked.result.transaction(store).objectStore(store).getAll();
        found.onsuccess = () => { asked.result.close(); done(JSON.stringify(found.result).includes(words)); };
    };
})"""
"""Whether a store of the telephone holds some words."""


@dataclass
class Bay:
    """A home with a handler and a station, its server, and a line to it."""

    home: Home
    line: Line

    def case(self, title: str) -> str:
        """A case that is the handler's to go to."""
        work = Casework(self.home)
        limit = Limit("le", 1.0, "mg/L")
        draft = Draft("pollution-alarm", title, station="S", property="NH3N", limit=limit)
        id = work.open(DUTY, draft).id
        work.act(DUTY, id, "dispatch", assignee=("li", "Li"))
        return id

    def dossier(self, id: str) -> Dossier:
        return Casework(self.home).dossier(DUTY, id)


@pytest.fixture(scope="module")
def bay(machine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bay]:
    path: Path = tmp_path_factory.mktemp("phone") / "home"
    with Home.create(path) as home:
        station = Station("S", "S", dict.fromkeys(LANGUAGES, "S"), "river", "440300", "test", 114.06, 22.6)
        home.register_stations([station])
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        rows = [
            {"station": "S", "property": "NH3N", "depth": "", "time": now - timedelta(hours=4 * step),
             "value": 2.0 - step / 20, "censoring": "", "flag": 1, "averaging": ""}
            for step in range(20)
        ]  # fmt: skip
        home.ingest(pa.Table.from_pylist(rows, schema=READINGS), source="test")
        encoded = passwords.encode(PASSWORD)
        People(home).add(Person("li", "Li", ("handler",), "440300"), by=None, password=encoded)
        with real.server(path) as address:
            line = Line(address)
            yield Bay(home, line)
            line.close()


@pytest.fixture
def telephone(chromium: Browser, bay: Bay) -> Iterator[BrowserContext]:
    """A telephone of nobody in particular."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-GB",
        reduced_motion="reduce", permissions=["geolocation"], geolocation={"longitude": 114.06, "latitude": 22.6},
        base_url=bay.line.address,
    )  # fmt: skip
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    bay.line.mend()
    yield context
    context.close()
    assert not errors, errors


@pytest.fixture
def page(telephone: BrowserContext) -> Page:
    return telephone.new_page()


def sign_in(telephone: BrowserContext) -> None:
    answer = telephone.request.post("/api/session", data={"login": "li", "password": PASSWORD})
    assert answer.ok, answer.text()


def photo(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def test_photos_arrive_whole_over_a_line_that_breaks_twice(telephone: BrowserContext, page: Page, bay: Bay) -> None:
    """Arrived, photographed, reported: the line is cut in the middle of the photograph, and again, and stays dead over
    a reload; what was done is still there, and goes on from the byte where it broke."""
    case = bay.case("Ammonia at the outlet")
    sign_in(telephone)
    page.goto("/?view=handle&lang=en")
    page.get_by_test_id(f"phone-case-{case}").tap()
    way = "geo:22.600000,114.060000?q=22.600000,114.060000(Ammonia%20at%20the%20outlet)"
    expect(page.get_by_test_id("phone-navigate")).to_have_attribute("href", way)
    page.get_by_test_id("phone-step-arrive").tap()
    page.get_by_test_id("phone-place").tap()
    expect(page.get_by_test_id("phone-place")).to_contain_text("goes along")
    page.get_by_test_id("phone-confirm").tap()
    expect(page.get_by_test_id("phone-state")).to_have_text("Handled on site")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    bay.line.cut_after(700_000)
    page.get_by_test_id("capture-photo").set_input_files(photo("outlet.jpg", PHOTO))
    assert bay.line.broke.wait(60)
    bay.line.cut_after(900_000, stay_dead=True)
    assert bay.line.broke.wait(60)
    page.get_by_test_id("phone-step-finish").tap()
    page.get_by_test_id("phone-reason").fill("The valve is shut")
    page.get_by_test_id("phone-field-cause").fill("a broken valve")
    page.get_by_test_id("phone-confirm").tap()
    waiting = page.get_by_test_id("outbox-item")
    expect(waiting).to_have_count(2)

    page.reload()
    expect(page.get_by_test_id("phone-stale")).to_contain_text("there is no line")
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("of 2.9 MB")
    assert (bay.line.cuts, bay.dossier(case).evidence) == (2, ())
    bay.line.mend()
    page.get_by_test_id("phone-tray").tap()
    page.get_by_test_id("outbox-hurry").tap()
    expect(page.get_by_test_id("outbox-empty")).to_be_visible()
    page.get_by_test_id("phone-tray").tap()
    expect(page.get_by_test_id("phone-state")).to_have_text("To be re-measured")

    told = bay.dossier(case)
    assert [one.sha256 for one in told.evidence] == [hashlib.sha256(PHOTO).hexdigest()]
    assert Files(bay.home).digest(told.evidence[0].sha256) == told.evidence[0].sha256
    assert (told.evidence[0].place.longitude, told.evidence[0].place.latitude) == (114.06, 22.6)
    assert told.case.fields["cause"] == "a broken valve"
    assert [one.kind for one in told.actions] == ["open", "dispatch", "arrive", "attach", "finish"]
    assert isinstance(verify(bay.home), Whole)


def test_what_was_typed_is_kept_when_somebody_was_quicker(telephone: BrowserContext, page: Page, bay: Bay) -> None:
    """A draft survives a closed tab; a step decided upon without a line meets what others did meanwhile, says who and
    what, and keeps the words; taken back, nothing of it is sent. Signing out leaves nothing of cases behind."""
    case = bay.case("Foam under the bridge")
    sign_in(telephone)
    page.goto(f"/?view=handle&lang=en&case={case}")
    page.get_by_test_id("phone-step-arrive").tap()
    page.get_by_test_id("phone-reason").fill("On the north bank")
    page.wait_for_function(HELD, arg=["drafts", "north bank"])  # a pause of the writer: drafts are kept with every one
    page.close()
    page = telephone.new_page()
    page.goto(f"/?view=handle&lang=en&case={case}")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.get_by_test_id("phone-step-arrive").tap()
    expect(page.get_by_test_id("phone-reason")).to_have_value("On the north bank")
    bay.line.cut()
    page.get_by_test_id("phone-confirm").tap()
    expect(page.get_by_test_id("outbox-item")).to_have_count(1)
    Casework(bay.home).act(DUTY, case, "dismiss", reason="a boat's wake")
    bay.line.mend()
    page.get_by_test_id("phone-tray").tap()
    page.get_by_test_id("outbox-hurry").tap()
    item = page.get_by_test_id("outbox-item")
    expect(item).to_contain_text("Somebody was quicker")
    expect(item).to_contain_text("Wang")
    expect(page.get_by_test_id("outbox-text")).to_have_value("On the north bank")
    page.get_by_test_id("outbox-delete").tap()
    expect(page.get_by_test_id("outbox-empty")).to_be_visible()
    assert [one.kind for one in bay.dossier(case).actions] == ["open", "dispatch", "dismiss"]

    assert page.evaluate(HELD, ["kept", "Foam under the bridge"])
    page.get_by_test_id("phone-menu").tap()
    page.get_by_test_id("phone-sign-out").tap()
    expect(page.get_by_test_id("phone-sign-in")).to_be_visible()
    assert not page.evaluate(HELD, ["kept", "Foam"])
    assert not page.evaluate(HELD, ["drafts", "bank"])


def test_a_complaint_is_made_and_followed_without_an_account(page: Page, bay: Bay) -> None:
    """Written without a line, sent when there is one, with a photograph over a line that breaks; followed by its code
    alone to the answer. A wrong code opens nothing."""
    content = b"\xff\xd8\xff\xe0" + os.urandom(600_000)
    page.goto("/?view=complain&lang=en")
    page.get_by_test_id("complain-subject-water").check(force=True)
    page.get_by_test_id("complain-text").fill("White foam on the river behind the market")
    page.get_by_test_id("complain-here").tap()
    expect(page.get_by_test_id("complain-at")).to_contain_text("22.60000, 114.06000")
    expect(page.get_by_test_id("complain-city")).to_contain_text("By the position: Shenzhen")
    page.get_by_test_id("capture-photo").set_input_files(photo("foam.jpg", content))
    expect(page.get_by_test_id("complain-files")).to_contain_text("foam.jpg")
    bay.line.cut()
    page.get_by_test_id("complain-send").tap()
    expect(page.get_by_test_id("complain-waiting")).to_contain_text("kept on this telephone")
    bay.line.cut_after(300_000)
    bay.line.mend()
    code = page.get_by_test_id("complain-code").inner_text()
    expect(page.get_by_test_id("complain-done")).to_contain_text("To be accepted or declined by")
    page.get_by_test_id("complain-to-follow").tap()
    expect(page.get_by_test_id("follow-files")).to_contain_text("foam.jpg")
    assert bay.line.cuts >= 1
    assert (page.url.split("#")[1], code in page.url.split("#")[0]) == (f"code={code}", False)
    id = page.get_by_test_id("follow-state").inner_text().split("PC-")[1].split(" ")[0]
    work, boss = Casework(bay.home), Actor("zhao", "Zhao", frozenset({"reviewer", "handler"}), "440300")
    told = work.dossier(DUTY, f"PC-{id}")
    assert [one.sha256 for one in told.evidence] == [hashlib.sha256(content).hexdigest()]
    expect(page.get_by_test_id("follow-clocks")).to_contain_text("Set by whoever runs this service")
    work.act(DUTY, told.case.id, "decline", reason="internal words")
    work.act(boss, told.case.id, "explain", reason="more of them", fields={"answer": "It is a festival's soap."})
    page.reload()
    expect(page.get_by_test_id("follow-answer")).to_contain_text("It is a festival's soap.")
    expect(page.get_by_test_id("complaint")).not_to_contain_text("internal")
    page.get_by_test_id("follow-reason").fill("It is there again")
    page.get_by_test_id("follow-reopen").tap()
    expect(page.get_by_test_id("follow-state")).to_contain_text("Taken up again 1 time")
    page.get_by_test_id("follow-code").fill("0000-1111-2222-3333-4444-5555")
    page.get_by_test_id("follow-look").tap()
    expect(page.get_by_test_id("follow-wrong")).to_be_visible()
    expect(page.get_by_test_id("follow-state")).to_have_count(0)
