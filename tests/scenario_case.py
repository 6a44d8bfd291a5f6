"""The story from a packet to a closed case, with people at real browsers: what `make scenario-case` tells.

HJ 212 packets of the generated basin over a socket, the event, the case with its suspects; the duty officer dispatches
it by one key on the desk; the handler works on a telephone of 390 pixels, with photographs over a line that breaks
twice; clean telemetry, closed; a rebound; the sealed bundle; a complaint followed without an account. Prints the time
of every step. All of it is generated, and the clock of the cases is moved (``tests/scenario_node.py``): what takes two
days is told in a minute or two. ``--by-program`` tells it without a browser.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import real
from tests.browser.line import Line
from tests.scenario_story import BOSS, DUTY, HAND, PASSWORD, ByProgram, Hands, Story

TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "en-GB",
             "reduced_motion": "reduce", "permissions": ["geolocation"],
             "geolocation": {"longitude": 114.06, "latitude": 22.6}}  # fmt: skip
DESK = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "reduced_motion": "reduce"}
PHOTO = b"\xff\xd8\xff\xe0" + os.urandom(3_000_000)


class ByBrowser:
    """People's hands on real pages."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.errors: list[str] = []

    @contextmanager
    def page(self, address: str, login: str = "", **options: object) -> Iterator[Page]:
        """A page of somebody; their own code must not fail."""
        context: BrowserContext = self.browser.new_context(base_url=address, **options)  # type: ignore[arg-type]
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        if login:
            answer = context.request.post("/api/session", data={"login": login, "password": PASSWORD})
            assert answer.ok, answer.text()
        try:
            yield context.new_page()
        finally:
            context.close()

    def dispatch(self, story: Story, case: str) -> None:
        with self.page(story.address, DUTY, **DESK) as page:
            page.goto(f"/?lang=en&view=desk&case={case}")
            row = page.get_by_test_id(f"desk-case-{case}")
            expect(row).to_be_visible()
            page.keyboard.press("d")
            expect(page.get_by_test_id(f"person-{HAND}")).to_be_visible()
            page.keyboard.type(HAND)
            page.keyboard.press("Enter")
            expect(row).to_contain_text("Dispatched")

    def handle(self, story: Story, case: str) -> None:
        line = Line(story.address)
        try:
            with self.page(line.address, HAND, **TELEPHONE) as page:
                page.goto("/?view=handle&lang=en")
                page.get_by_test_id(f"phone-case-{case}").tap()
                page.get_by_test_id("phone-step-arrive").tap()
                page.get_by_test_id("phone-confirm").tap()
                expect(page.get_by_test_id("phone-state")).to_have_text("Handled on site")
                page.wait_for_function("() => navigator.serviceWorker.controller !== null")
                line.cut_after(700_000)
                photo = {"name": "outlet.jpg", "mimeType": "image/jpeg", "buffer": PHOTO}
                page.get_by_test_id("capture-photo").set_input_files(photo)  # type: ignore[arg-type]
                assert line.broke.wait(120)
                line.cut_after(900_000, stay_dead=True)
                assert line.broke.wait(120)
                page.get_by_test_id("phone-step-finish").tap()
                page.get_by_test_id("phone-reason").fill("The valve is shut")
                page.get_by_test_id("phone-field-cause").fill("a broken valve")
                page.get_by_test_id("phone-confirm").tap()
                expect(page.get_by_test_id("outbox-item")).to_have_count(2)
                line.mend()
                page.get_by_test_id("phone-tray").tap()
                page.get_by_test_id("outbox-hurry").tap()
                expect(page.get_by_test_id("outbox-empty")).to_be_visible()
            assert line.cuts == 2
        finally:
            line.close()
        (evidence,) = story.hand.get(f"/api/cases/{case}")["evidence"]
        assert evidence["sha256"] == hashlib.sha256(PHOTO).hexdigest()
        story.told(f"{'':10}  (a photograph of {len(PHOTO):,} bytes over a line that broke {line.cuts} times: whole)")

    def close(self, story: Story, case: str) -> None:
        with self.page(story.address, DUTY, **DESK) as page:
            page.goto(f"/?lang=en&view=case&case={case}")
            page.get_by_test_id("move-close").click()
            page.get_by_test_id("act-send").click()
            expect(page.get_by_test_id("case-sentence")).to_contain_text("Closed")

    def bundle(self, story: Story, case: str) -> bytes:
        with self.page(story.address, BOSS, **DESK) as page:
            page.goto(f"/?lang=en&view=case&case={case}")
            with page.expect_download() as found:
                page.get_by_test_id("case-bundle").click()
            return Path(found.value.path()).read_bytes()

    def complain(self, story: Story) -> str:
        with self.page(story.address, **TELEPHONE) as page:
            page.goto("/?view=complain&lang=en")
            page.get_by_test_id("complain-subject-water").check(force=True)
            page.get_by_test_id("complain-text").fill("White foam on the river behind the market")
            page.get_by_test_id("complain-here").tap()
            expect(page.get_by_test_id("complain-city")).to_contain_text("Shenzhen")
            page.get_by_test_id("complain-send").tap()
            return page.get_by_test_id("complain-code").inner_text()

    def follow(self, story: Story, code: str, words: str) -> None:
        with self.page(story.address, **TELEPHONE) as page:
            page.goto(f"/?view=follow&lang=en#code={code}")
            expect(page.get_by_test_id("follow-answer")).to_contain_text(words)


def tell(hands: Hands) -> None:
    """Tell the story in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="clearbay-story-") as directory:
        print("GENERATED river, outlet and people; the clock of the cases is moved, packets bear the story's times")
        Story(Path(directory), hands).play()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--by-program", action="store_true", help="without a browser")
    given = parser.parse_args()
    if given.by_program:
        tell(ByProgram())
        return 0
    if not real.CHROMIUM:
        print("no Chromium on this machine (Debian: apt-get install chromium), or say --by-program")
        return 2
    with real.browser() as browser:
        hands = ByBrowser(browser)
        tell(hands)
    for error in hands.errors:
        print("a page failed:", error)
    return 1 if hands.errors else 0


if __name__ == "__main__":
    sys.exit(main())
