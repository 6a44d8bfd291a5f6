"""The one map, clicked through in a real browser over the real data."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.real import choose_rule, holds, settled

pytestmark = pytest.mark.browser


def coloured(picture: bytes) -> set[tuple[int, int]]:
    """The cells of the open map, 8 pixels wide, that hold the strong colour of a verdict."""
    image = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=int)[80:760, 380:1360]
    strong = image.max(axis=2) - image.min(axis=2) > 120
    return {(int(x) // 8, int(y) // 8) for y, x in np.argwhere(strong)}


def test_the_first_look_says_what_is_wrong(page: Page, address: str) -> None:
    """Without a click: a map, a sentence, a legend that counts every station once."""
    page.goto(f"{address}/?lang=en&rule=cn.gb3097-1997&t=2015")
    settled(page)
    expect(page.get_by_test_id("sentence")).to_contain_text("2015")
    numbers = re.findall(r"\d+", page.get_by_test_id("legend").inner_text())
    assert numbers, "the legend counts nothing"
    expect(page.locator("canvas.maplibregl-canvas").first).to_be_visible()


def test_the_first_drawing_waits_for_no_graphics(page: Page, address: str) -> None:
    """Before any of the map's own code has come, the stations stand on the screen where the map will put them."""
    held: list[Route] = []
    page.route("**/assets/bayMap*", lambda route: held.append(route))
    page.goto(f"{address}/?lang=en&rule=cn.gb3097-1997&t=2015", wait_until="commit")
    page.wait_for_function("() => performance.getEntriesByName('first-view').length > 0")
    expect(page.get_by_test_id("sentence")).to_contain_text("2015")
    expect(page.get_by_test_id("sketch")).to_be_visible()
    assert page.locator("canvas.maplibregl-canvas").count() == 0
    before = coloured(page.screenshot())
    for route in held:
        route.continue_()
    settled(page)
    expect(page.get_by_test_id("sketch")).to_have_count(0)
    assert page.evaluate("() => performance.getEntriesByName('map-ready').length") == 1
    after = coloured(page.screenshot())
    assert len(before) > 10
    assert len(before & after) > 0.8 * len(before)


def test_it_asks_nobody_but_its_own_server(page: Page, address: str) -> None:
    """Map, panel, list, other languages: not one request leaves for another host."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/?lang=en")
    settled(page)
    for path in (
        "?view=list&lang=zh-Hans",
        "?view=about&lang=pt",
        "?sel=station:hk.epd.marine.VM5&lang=zh-Hant",
        "docs",
    ):
        page.goto(f"{address}/{path}")
        page.wait_for_load_state("networkidle")
    foreign = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert asked
    assert not foreign


def test_the_same_water_changes_colour_with_the_law(page: Page, address: str) -> None:
    """Switching the rule set changes legend, sentence and address, and keeps the year."""
    page.goto(f"{address}/?lang=en&rule=cn.gb3097-1997&t=2015")
    settled(page)
    before = page.get_by_test_id("sentence").inner_text()
    choose_rule(page, "hk.wqo-marine")
    settled(page)
    expect(page.get_by_test_id("sentence")).not_to_have_text(before)
    holds(page, rule="hk.wqo-marine")
    expect(page.get_by_test_id("period")).to_have_text("2015")


def test_time_slides_by_keyboard_and_by_steps(page: Page, address: str) -> None:
    """Arrow keys and the step buttons move the period; the address follows."""
    page.goto(f"{address}/?lang=en&rule=cn.gb3097-1997&t=2015")
    settled(page)
    page.get_by_test_id("earlier").click()
    expect(page.get_by_test_id("period")).to_have_text("2014")
    page.get_by_test_id("slider").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("period")).to_have_text("2013")
    page.get_by_test_id("later").click()
    expect(page.get_by_test_id("period")).to_have_text("2014")
    holds(page, t="2014")


def test_play_moves_through_the_years(page: Page, address: str) -> None:
    """Play goes on by itself and stops when pressed again."""
    page.goto(f"{address}/?lang=en&rule=cn.gb3097-1997&t=2010")
    settled(page)
    page.get_by_test_id("play").click()
    page.wait_for_function("() => !document.querySelector('[data-testid=period]').textContent.includes('2010')")
    page.get_by_test_id("play").click()
    stopped = page.get_by_test_id("period").inner_text()
    page.wait_for_timeout(2_500)
    expect(page.get_by_test_id("period")).to_have_text(stopped)


def test_a_station_is_found_and_explains_itself(page: Page, address: str) -> None:
    """Search by keyboard, open the station, unfold the arithmetic down to samples and source."""
    page.goto(f"{address}/?lang=en&rule=cn.gb3097-1997&t=2015")
    settled(page)
    page.get_by_test_id("search-input").fill("DM1")
    page.get_by_test_id("hit-station-hk.epd.marine.DM1").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    panel = page.get_by_test_id("station-panel")
    expect(panel.get_by_test_id("verdict-sentence")).to_contain_text("nitrogen")
    holds(page, sel="station:hk.epd.marine.DM1")
    panel.get_by_text("Unfold the arithmetic").first.click()
    arithmetic = panel.get_by_test_id("arithmetic").first
    expect(arithmetic).to_contain_text("0.50")
    expect(panel.get_by_test_id("verdicts")).to_contain_text("HK WQO")
    expect(panel.get_by_test_id("series-chart")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-Hans", ("2015", "劣四类")),
        ("zh-Hant", ("2015", "劣四類")),
        ("en", ("2015", "worse than class 4")),
        ("pt", ("2015", "classe 4")),
    ],
)
def test_four_languages(page: Page, address: str, language: str, words: tuple[str, ...]) -> None:
    """The language control changes every word, the page's own language and the address."""
    start = "pt" if language == "en" else "en"
    page.goto(f"{address}/?lang={start}&rule=cn.gb3097-1997&t=2015")
    settled(page)
    page.get_by_test_id("language").select_option(language)
    for word in words:
        expect(page.get_by_test_id("sentence")).to_contain_text(word)
    expect(page.locator("html")).to_have_attribute("lang", language)
    holds(page, lang=language)


def test_a_permalink_brings_everything_back(page: Page, chromium: Browser, address: str) -> None:
    """What one person sees, another sees who follows the address."""
    page.goto(f"{address}/?lang=en&rule=cn.gb3097-1997&t=2015")
    settled(page)
    choose_rule(page, "hk.wqo-marine")
    page.get_by_test_id("earlier").click()
    settled(page)
    holds(page, t="2014")
    sentence = page.get_by_test_id("sentence").inner_text()
    other = chromium.new_page(viewport={"width": 1440, "height": 900})
    other.goto(page.url)
    settled(other)
    expect(other.get_by_test_id("sentence")).to_have_text(sentence)
    expect(other.get_by_test_id("period")).to_have_text("2014")
    other.close()


def test_two_rule_sets_side_by_side(page: Page, address: str) -> None:
    """Compare shows a divider that the keyboard moves too."""
    page.goto(f"{address}/?lang=en&rule=cn.gb3097-1997&t=2015")
    settled(page)
    page.get_by_test_id("compare").click()
    divider = page.get_by_test_id("compare-divider")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    settled(page)
    page.wait_for_function("() => new URLSearchParams(location.search).get('compare')")
    before = divider.bounding_box()
    for _ in range(5):
        divider.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "40", timeout=30_000)
    after = divider.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] < before["x"]


def test_stations_of_unknown_position_are_in_the_list(page: Page, address: str) -> None:
    """River stations have no coordinates: never on the map, always in the list, with the words that say so."""
    page.goto(f"{address}/?lang=en&view=list")
    page.get_by_test_id("list-medium").select_option("river")
    expect(page.get_by_test_id("station-list")).to_contain_text("JR11")
    expect(page.get_by_test_id("station-list")).to_contain_text(re.compile("unknown", re.IGNORECASE))


def test_one_thumb_on_a_phone(chromium: Browser, address: str) -> None:
    """At 390 px nothing runs out of the page, and a station opens in a sheet."""
    phone = chromium.new_page(viewport={"width": 390, "height": 844})
    phone.goto(f"{address}/?lang=pt&rule=cn.gb3097-1997&t=2015&sel=station:hk.epd.marine.VM5")
    settled(phone)
    expect(phone.get_by_test_id("station-panel")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()


def test_a_wrong_address_says_what_and_where_to(page: Page, address: str) -> None:
    """An unknown station is an error in plain words, not an empty panel."""
    page.goto(f"{address}/?lang=en&sel=station:hk.epd.marine.NOPE")
    settled(page)
    expect(page.get_by_test_id("problem").first).to_be_visible()
