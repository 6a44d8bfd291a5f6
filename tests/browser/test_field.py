"""Devices, quality, events and traces in a real browser, over the generated basin and a real gateway."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from clearbay.store import Home
from clearbay.store.devices import Devices
from tests.browser import real
from tests.browser.real import holds, settled
from tests.transmit_gateway import stand

pytestmark = pytest.mark.browser

SECTION = "generated.basin.S36"
UNKNOWN = "88888880009999"


@dataclass(frozen=True)
class Field:
    """A server over the generated basin with one incident, and its home."""

    address: str
    home: Path


@pytest.fixture(scope="module")
def field(machine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """The scenario played once through real sockets, then a stranger that calls at the gateway."""
    home = tmp_path_factory.mktemp("field") / "home"
    subprocess.run(
        [sys.executable, "-m", "clearbay", "scenario", "--home", str(home), "--json"],
        check=True, timeout=300, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    opened = Home.open(home)
    try:
        with stand.running(opened) as gateway, stand.Device(gateway.port) as device:
            device.send(stand.packet("DataTime=20260101080000;w01018-Avg=21.5,w01018-Flag=N", mn=UNKNOWN))
            stand.eventually(lambda: any(one.mn == UNKNOWN for one in Devices(opened).every(status="pending")))
    finally:
        opened.close()
    with real.server(home, "--open") as address:
        yield Field(address, home)


def test_a_stranger_waits_and_is_let_in(page: Page, field: Field) -> None:
    """Who waits stands first; what it sent is shown; one decision makes its values data, and generated ones say so."""
    page.goto(f"{field.address}/?lang=en&view=devices")
    table = page.get_by_test_id("devices-view").get_by_role("table")
    expect(table.get_by_role("row").nth(1)).to_contain_text(UNKNOWN)
    expect(table.get_by_role("row").nth(1)).to_contain_text("Waiting for approval")
    expect(table).to_contain_text("Simulated device")
    page.get_by_test_id(f"device-{UNKNOWN}").press("Enter")
    holds(page, device=UNKNOWN)
    decision = page.get_by_test_id("device-decision")
    expect(decision).to_contain_text("w01018-Avg=21.5")
    expect(page.get_by_test_id("device-approve")).to_be_disabled()
    page.get_by_test_id("device-station").select_option(SECTION)
    page.get_by_test_id("device-approve").click()
    expect(page.get_by_test_id("device-page")).not_to_contain_text("Waiting for approval")
    expect(page.get_by_test_id("device-page")).to_contain_text("w01018")
    page.get_by_test_id("device-back").click()
    page.get_by_test_id("device-filter-pending").check(force=True)
    expect(page.get_by_test_id("devices-empty")).to_be_visible()


def test_what_is_listed_can_be_taken_along(page: Page, field: Field) -> None:
    """The list of devices as a file has a row for each."""
    page.goto(f"{field.address}/?lang=en&view=devices&only=online")
    page.get_by_test_id("devices-csv").wait_for()
    expect(page.get_by_test_id("devices-csv")).to_be_enabled()
    with page.expect_download() as caught:
        page.get_by_test_id("devices-csv").click()
    rows = list(csv.reader(io.StringIO(Path(caught.value.path()).read_text("utf-8-sig"))))
    assert rows[0][0] == "MN"
    assert len(rows) > 1
    assert all(row[2] == "1" for row in rows[1:])


def test_a_flag_set_by_hand_is_undone_and_remembered(page: Page, field: Field) -> None:
    """Select a span by its times, flag it with a reason, take it back: the history keeps both."""
    page.goto(f"{field.address}/?lang=en&sel=station:{SECTION}")
    page.get_by_test_id("review-toggle").click()
    review = page.get_by_test_id("review")
    chart = review.get_by_test_id("field-chart")
    chart.focus()
    for key in ("End", "Shift+ArrowLeft", "Shift+ArrowLeft"):
        chart.press(key)
    expect(page.get_by_test_id("review-held")).to_have_text("3 values in it")
    page.get_by_test_id("review-set").click()
    page.get_by_test_id("review-reason").fill("probe out of the water")
    page.get_by_test_id("review-who").fill("Ana")
    page.get_by_test_id("review-set").click()
    entry = page.get_by_test_id("review-history").get_by_role("listitem").first
    expect(entry).to_contain_text("Ana set “Failed”")
    expect(entry).to_contain_text("probe out of the water")
    page.get_by_test_id("review-undo").click()
    expect(entry).to_contain_text("taken back by Ana")


def test_a_generated_river_says_so(page: Page, field: Field) -> None:
    """The network is laid over the map from its link, and its generation is written on the map itself."""
    page.goto(f"{field.address}/?lang=en&net=demonstration&at=112.4,24.2,9")
    settled(page)
    expect(page.get_by_test_id("network-demonstration")).to_be_checked()
    expect(page.locator("#stage .loud")).to_contain_text("generated for demonstration")


def test_from_the_event_to_its_suspects(page: Page, field: Field) -> None:
    """The event stands in the list, opens with its reasons and series, and leads to ranked outlets with evidence."""
    page.goto(f"{field.address}/?lang=en&view=events")
    settled(page)
    listed = page.get_by_test_id("event-list")
    expect(listed).to_contain_text("Live")
    if listed.get_by_test_id("events-empty").is_visible():
        page.get_by_test_id("events-all").check(force=True)
    listed.get_by_role("listitem").filter(has_text="Shikeng").first.get_by_role("button").click()
    panel = page.get_by_test_id("event-panel")
    expect(panel).to_contain_text("Everything here is generated")
    expect(panel.get_by_test_id("event-reasons").get_by_role("listitem").first).not_to_be_empty()
    expect(panel.get_by_test_id("field-chart")).to_be_visible()
    expect(panel.get_by_test_id("event-timeline")).to_contain_text("New")
    page.get_by_test_id("event-trace").click()
    holds(page, view="trace")
    trace = page.get_by_test_id("trace-panel")
    expect(trace.get_by_test_id("generated")).to_be_visible()
    expect(trace.get_by_test_id("trace-suspects")).to_contain_text("above the section")
    expect(trace.get_by_test_id("trace-suspects")).to_contain_text("None of the known outlets")
    expect(trace.get_by_test_id("trace-downstream")).to_contain_text("intake")
    page.go_back()
    expect(panel).to_be_visible()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-Hans", ("设备", "事件")),
        ("zh-Hant", ("裝置", "事件")),
        ("en", ("Devices", "Events")),
        ("pt", ("Aparelhos", "Ocorrências")),
    ],
)
def test_four_languages_at_390_pixels(chromium: Browser, field: Field, language: str, words: tuple[str, str]) -> None:
    """Both pages speak the language, and nothing runs out of a phone's width."""
    phone = chromium.new_page(viewport={"width": 390, "height": 844})
    for view, word, place in (("devices", words[0], "devices-view"), ("events", words[1], "event-list")):
        phone.goto(f"{field.address}/?lang={language}&view={view}")
        expect(phone.get_by_test_id(place)).to_contain_text(word)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()
