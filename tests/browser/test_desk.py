"""The duty desk, the case page and the way in, in a real browser before a real server with accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from clearbay.apply import passwords
from clearbay.apply.cases import Casework, Draft, acts
from clearbay.apply.cases.acts import Act
from clearbay.model.case import Actor, Case, Place
from clearbay.model.person import Person
from clearbay.store import Home
from clearbay.store.people import People
from tests.browser import real
from tests.browser.real import holds

pytestmark = pytest.mark.browser

OPERATOR = Actor("tests", "Tests", frozenset({"operator"}), "100000")
PASSWORD = "seventeen green herons"
PEOPLE = (
    Person("chan", "Chan Tai Man", ("duty_officer",), "440300"),
    Person("li", "Li Wei", ("handler",), "440300"),
    Person("wang", "Wang Fang", ("handler",), "440300"),
    Person("zhou", "Zhou Zhuhai", ("duty_officer",), "440400"),
)


@dataclass(frozen=True)
class Office:
    """A server whose people have accounts, and its home."""

    address: str
    home: Home

    def open(self, title: str, **fields: object) -> Case:
        """A case of Shenzhen, opened an hour ago."""
        work = Casework(self.home, clock=lambda: datetime.now(UTC) - timedelta(hours=1))
        draft = Draft("pollution-alarm", title, jurisdiction="440300", place=Place(114.0, 22.5), **fields)  # type: ignore[arg-type]
        return work.open(OPERATOR, draft)

    def case(self, id: str) -> Case:
        """How it stands."""
        return Casework(self.home).get(OPERATOR, id)


@pytest.fixture(scope="module")
def office(machine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A home with four people; the server asks who is calling."""
    path: Path = tmp_path_factory.mktemp("office") / "home"
    home = Home.create(path)
    people, secret = People(home), passwords.encode(PASSWORD)
    for one in PEOPLE:
        people.add(one, by=OPERATOR, password=secret)
    try:
        with real.server(path) as address:
            yield Office(address, home)
    finally:
        home.close()


def sign_in(page: Page, office: Office, login: str, view: str) -> None:
    """Open a page and sign in where it asks."""
    page.goto(f"{office.address}/?lang=en&{view}")
    dialog = page.get_by_test_id("sign-in-dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_test_id("login").fill(login)
    dialog.get_by_test_id("password").fill(PASSWORD)
    dialog.get_by_test_id("sign-in-send").click()
    expect(dialog).to_have_count(0)


def test_who_signs_in_is_known_and_who_signs_out_is_not(page: Page, office: Office) -> None:
    """A wrong password is told and lets nobody in; after signing out the desk asks again."""
    page.goto(f"{office.address}/?lang=en&view=desk")
    dialog = page.get_by_test_id("sign-in-dialog")
    dialog.get_by_test_id("login").fill("chan")
    dialog.get_by_test_id("password").fill("sixteen green herons")
    dialog.get_by_test_id("sign-in-send").click()
    expect(dialog.get_by_test_id("sign-in-problem")).to_contain_text("do not belong together")
    expect(page.get_by_test_id("sign-in-note")).to_be_attached()
    dialog.get_by_test_id("password").fill(PASSWORD)
    dialog.get_by_test_id("sign-in-send").click()
    expect(dialog).to_have_count(0)
    page.get_by_test_id("account").click()
    expect(page.get_by_test_id("account-name")).to_have_text("Chan Tai Man")
    expect(page.get_by_test_id("account-menu")).to_contain_text("Shenzhen")
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("account")).to_have_text("Sign in")
    page.goto(f"{office.address}/?lang=en&view=desk")
    expect(page.get_by_test_id("sign-in-dialog")).to_be_visible()


def test_a_case_is_dispatched_with_one_keystroke_and_can_be_taken_back(page: Page, office: Office) -> None:
    """`d`, a name, Enter: it is theirs some seconds later; `z` before that, and nothing was sent."""
    case = office.open("Copper in the brook")
    sign_in(page, office, "chan", f"view=desk&case={case.id}")
    row = page.get_by_test_id(f"desk-case-{case.id}")
    expect(row).to_contain_text("left")
    page.keyboard.press("d")
    expect(page.get_by_test_id("person-li")).to_be_visible()
    page.keyboard.type("wang")
    expect(page.get_by_test_id("person-li")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("undo")).to_contain_text("Wang Fang")
    page.keyboard.press("z")
    expect(page.get_by_test_id("undo")).to_have_count(0)
    assert office.case(case.id).state == "new"
    page.keyboard.press("d")
    page.keyboard.type("li w")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("undo")).to_contain_text("Li Wei")
    expect(row).to_contain_text("Dispatched")
    done = office.case(case.id)
    assert (done.state, done.assignee) == ("dispatched", "li")
    page.keyboard.press("o")
    holds(page, view="case", case=case.id)
    expect(page.get_by_test_id("case-sentence")).to_contain_text("Li Wei has it")
    expect(page.get_by_test_id("timeline")).to_contain_text("Given to Li Wei")


def test_nobody_of_another_city_sees_it(page: Page, office: Office) -> None:
    """Not on the desk, not in its counts, not in the list, and by its number it does not exist."""
    case = office.open("A secret of Shenzhen")
    sign_in(page, office, "zhou", "view=desk")
    expect(page.get_by_test_id("desk-empty")).to_be_visible()
    expect(page.get_by_test_id("desk-open")).to_contain_text("0")
    page.goto(f"{office.address}/?lang=en&view=cases&only=status:all,q:secret")
    expect(page.get_by_test_id("case-list")).to_contain_text("No cases")
    page.goto(f"{office.address}/?lang=en&view=case&case={case.id}")
    expect(page.get_by_test_id("problem")).to_contain_text("No such case")
    expect(page.locator("body")).not_to_contain_text("secret of Shenzhen")


def test_whoever_was_slower_is_told_and_loses_no_word(chromium: Browser, office: Office) -> None:
    """At 390 pixels a step on an older look is refused; the page says who did what, and keeps what was typed."""
    case = office.open("Two on one case")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, office, "chan", f"view=case&case={case.id}")
    expect(page.get_by_test_id("steps")).to_contain_text("somebody to do it")
    page.get_by_test_id("move-dismiss").click()
    page.get_by_test_id("act-reason").fill("A sensor under repair")
    wang = Actor("wang", "Wang Fang", frozenset({"handler"}), "440300")
    acts.perform(Casework(office.home), wang, case.id, Act("comment", reason="I am on my way"))
    page.get_by_test_id("act-send").click()
    # The page reads the case anew by itself too: whichever comes first, nothing typed is lost.
    expect(page.get_by_test_id("timeline")).to_contain_text("I am on my way")
    if page.get_by_test_id("act-form").count():
        expect(page.get_by_test_id("conflict")).to_contain_text("Wang Fang was quicker")
        expect(page.get_by_test_id("act-reason")).to_have_value("A sensor under repair")
        page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("case-sentence")).to_contain_text("False alarm")
    assert office.case(case.id).status == "closed"
    context.close()
