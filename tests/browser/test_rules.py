"""Portraits, targets and the rules side by side, clicked through in a real browser over the real data."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.real import choose_rule, holds, settled

pytestmark = pytest.mark.browser

SEA = "lang=en&rule=cn.gb3097-1997&t=2017"


def fits(page: Page) -> None:
    """Wait until nothing sticks out to the side."""
    page.wait_for_function(
        "() => [document.documentElement, document.querySelector('.beside')]"
        ".every((it) => it.scrollWidth <= it.clientWidth + 1)"
    )


def test_the_laws_stand_side_by_side(page: Page, address: str) -> None:
    """One indicator, three places: limits with their classes, what is unverified in words, Macao honestly empty."""
    page.goto(f"{address}/?lang=en&view=rules&indicator=inorganic_nitrogen&on=2019-07-01")
    table = page.get_by_test_id("law-table")
    expect(table).to_contain_text("GB 3097-1997")
    expect(table).to_contain_text("HK WQO")
    expect(table).to_contain_text("0.20")
    expect(table).to_contain_text("not comparable")
    expect(table).to_contain_text("Unverified")
    expect(page.get_by_test_id("law-place-mo")).to_have_text("Macao")
    expect(table).to_contain_text("no number is known here")
    expect(page.get_by_test_id("unknown-mo.sea-water")).to_contain_text("DSPA")
    expect(page.get_by_test_id("limit-scale")).to_be_visible()
    expect(page.get_by_test_id("rules-difference")).to_contain_text("Total nitrogen")


def test_the_day_and_the_use_choose_the_rule(page: Page, address: str) -> None:
    """Another day shows the version in force then; a use shows only the class that it demands; the link keeps both."""
    page.goto(f"{address}/?lang=en&view=rules&indicator=pm2_5&on=2026-06-01")
    expect(page.get_by_test_id("law-table")).to_contain_text("GB 3095-2026")
    page.get_by_test_id("rules-on").fill("2020-06-01")
    page.get_by_test_id("rules-on").dispatch_event("change")
    expect(page.get_by_test_id("law-table")).to_contain_text("GB 3095-2012")
    expect(page.get_by_test_id("law-table")).not_to_contain_text("GB 3095-2026")
    holds(page, on="2020-06-01")
    page.get_by_test_id("rules-indicator").select_option("inorganic_nitrogen")
    page.get_by_test_id("rules-use").select_option("bathing")
    expect(page.get_by_test_id("law-table")).not_to_contain_text("0.20")
    expect(page.get_by_test_id("law-table")).to_contain_text("0.30")
    holds(page, use="bathing")
    page.go_back()
    expect(page.get_by_test_id("law-table")).to_contain_text("0.20")


def test_the_comparison_can_be_taken_along(page: Page, address: str, tmp_path: Path) -> None:
    """The CSV has every limit as a plain number, and says what is not there."""
    page.goto(f"{address}/?lang=en&view=rules&indicator=dissolved_oxygen")
    with page.expect_download() as taken:
        page.get_by_test_id("chart-csv").first.click()
    target = tmp_path / "laws.csv"
    taken.value.save_as(target)
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    fresh = [row for row in rows if row["Rule set"] == "GB 3838-2002"]
    assert [row["From"] for row in fresh] == ["7.5", "6", "5", "3", "2"]
    assert any("Not sourced" in row["Why not"] for row in rows)


@pytest.mark.parametrize("view", ["rules&indicator=chemical_oxygen_demand", "portraits", "targets"])
@pytest.mark.parametrize("language", ["pt", "zh-Hant"])
def test_one_thumb_is_enough(chromium: Browser, address: str, view: str, language: str) -> None:
    """At 390 px nothing sticks out, and the menu leads to every page."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/?lang={language}&view={view}&rule=cn.gb3097-1997&t=2017")
    page.locator(".beside").wait_for()
    page.wait_for_load_state("networkidle")
    fits(page)
    page.get_by_test_id("menu").click()
    for name in ("map", "list", "portraits", "rules", "about"):
        expect(page.get_by_test_id(f"view-{name}")).to_be_visible()
    context.close()


def test_a_phone_reads_the_laws_as_cards(chromium: Browser, address: str) -> None:
    """What stands side by side on a desk stands one below the other on a phone, with the same numbers."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{address}/?lang=en&view=rules&indicator=inorganic_nitrogen")
    cards = page.get_by_test_id("law-cards")
    for words in ("GB 3097-1997", "HK WQO", "0.20", "Macao", "no number is known here"):
        expect(cards).to_contain_text(words)
    context.close()


def test_places_stand_in_order_and_open(page: Page, address: str) -> None:
    """The list is best first; a place opens to its sentence, its numbers, its pollutants and its trend."""
    page.goto(f"{address}/?{SEA}&view=portraits")
    page.get_by_test_id("place-hk.wcz.deep-bay").click()
    portrait = page.get_by_test_id("portrait")
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text("0 of 5 stations reached class 2 or better")
    expect(page.get_by_test_id("portrait-facts")).to_contain_text("10 of 10")
    expect(page.get_by_test_id("portrait-pollutants")).to_contain_text("Total inorganic nitrogen")
    expect(page.get_by_test_id("trend-attained_share")).to_contain_text("10 spans")
    expect(portrait.get_by_test_id("stacked-shares")).to_be_visible()
    holds(page, place="zone:hk.wcz.deep-bay")
    page.go_back()
    expect(page.get_by_test_id("portrait")).to_have_count(0)


def test_the_span_and_the_period_are_chosen(page: Page, address: str) -> None:
    """A running year has the label of its last month; a step goes to the month before; the bulletin is that month's."""
    page.goto(f"{address}/?{SEA}&view=portraits&place=zone:hk.wcz.tolo")
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text("2017")
    page.get_by_test_id("portrait-span").select_option("month")
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text(re.compile(r"[A-Z][a-z]+ 2017"))
    page.get_by_test_id("portrait-period").select_option("2017-07")
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text("Jul 2017")
    bulletin = page.get_by_test_id("bulletin-pdf").get_attribute("href") or ""
    assert "month=2017-07" in bulletin
    assert page.request.get(f"{address}{bulletin}").body().startswith(b"%PDF")
    page.get_by_test_id("portrait-span").select_option("12months")
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text("12 months to Jul 2017")
    page.get_by_test_id("portrait-earlier").click()
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text("12 months to Jun 2017")
    holds(page, span="12months")


def test_the_worst_place_is_shown_on_the_map(page: Page, address: str) -> None:
    """Pressing a worst place leads to the map with that station open, at the same time under the same law."""
    page.goto(f"{address}/?{SEA}&view=portraits&place=zone:hk.wcz.deep-bay")
    page.get_by_test_id("worst-hk.epd.marine.DM1").click()
    settled(page)
    expect(page.get_by_test_id("station-panel")).to_be_visible()
    holds(page, sel="station:hk.epd.marine.DM1", t="2017", rule="cn.gb3097-1997")
    page.get_by_test_id("open-portrait").click()
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text("Worse than class 4 in 2017")


def test_another_law_portrays_the_same_place(page: Page, address: str) -> None:
    """The rule switch of the bar judges the open portrait anew."""
    page.goto(f"{address}/?{SEA}&view=portraits&place=zone:hk.wcz.tolo")
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text("class 2 or better")
    choose_rule(page, "hk.wqo-marine")
    expect(page.get_by_test_id("portrait-sentence")).to_contain_text("attained in 2017")


def test_a_period_without_verdicts_says_so(page: Page, address: str) -> None:
    """Where nothing was judged the portrait says so, and never shows an empty place as clean."""
    page.goto(f"{address}/?{SEA}&view=portraits&place=river:hk.epd.river.no-such-river")
    expect(page.get_by_test_id("portrait-list")).to_be_visible()
    expect(page.get_by_test_id("portrait")).to_have_count(0)
    page.goto(f"{address}/?{SEA}&view=portraits&place=zone:hk.wcz.no-such-zone")
    expect(page.get_by_test_id("problem")).to_contain_text("hk.wcz.no-such-zone")


def test_targets_say_where_they_stand(page: Page, address: str) -> None:
    """Each target with its number and deadline; one without data says so and why, and is never called reached."""
    page.goto(f"{address}/?lang=en&view=portraits")
    page.get_by_test_id("tab-targets").click()
    target = page.get_by_test_id("target-sz.2025.pm2_5")
    expect(target).to_contain_text("At most 20 µg/m³")
    expect(target).to_contain_text("31 Dec 2025")
    expect(target).to_contain_text("No data")
    expect(target).not_to_contain_text(re.compile(r"\bReached\b"))
    expect(target.get_by_test_id("target-why")).to_contain_text("Shenzhen")
    holds(page, view="targets")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-Hans", ("规则对照", "画像", "目标")),
        ("zh-Hant", ("規則對照", "概況", "目標")),
        ("en", ("Rules side by side", "Portraits", "Targets")),
        ("pt", ("Regras lado a lado", "Retratos", "Metas")),
    ],
)
def test_four_languages(page: Page, address: str, language: str, words: tuple[str, str, str]) -> None:
    """Every page speaks the four languages."""
    for view, word in zip(("rules", "portraits", "targets"), words, strict=True):
        page.goto(f"{address}/?lang={language}&view={view}&rule=cn.gb3097-1997&t=2017")
        expect(page.get_by_test_id(f"{view}-view")).to_contain_text(word)


def test_a_page_prints_as_it_stands(page: Page, address: str) -> None:
    """On paper stand the table and its sources; the bar and the controls do not."""
    page.goto(f"{address}/?lang=en&view=rules&indicator=inorganic_nitrogen")
    page.get_by_test_id("law-table").wait_for()
    page.emulate_media(media="print")
    expect(page.get_by_test_id("rules-caption")).to_be_visible()
    expect(page.get_by_test_id("law-table")).to_be_visible()
    expect(page.get_by_test_id("rules-indicator")).to_be_hidden()
    expect(page.get_by_test_id("menu")).to_have_count(0)
    expect(page.get_by_test_id("view-rules")).to_be_hidden()
