"""The bulletin: one document in four languages, as a page and as a file, with the numbers that the API gives."""

import io
import re
from string import Formatter

import pytest
from pypdf import PdfReader

from clearbay import packs
from clearbay.apply.bulletin import MONTHS
from clearbay.apply.bulletin import bulletin as made_of
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.text import LANGUAGES
from clearbay.share import bulletin
from clearbay.share.bulletin import type as setting
from clearbay.share.bulletin import words
from clearbay.share.bulletin.document import Picture
from clearbay.share.bulletin.scene import Dot, Label

AREAS = [
    ("hk.wcz.deep-bay", "2018-07", None),
    ("810000", "2018-07", None),
    ("810000", "2017-02", "hk.aqhi-2013"),
    ("cn.cnemc.珠江流域", "2021-04", None),
    ("hk.epd.river.JR11", "2017-07", None),
]


def made(desk, area, month, standard=None):
    rule_set = packs.standard(standard) if standard else None
    return made_of(desk.assessments, desk.catalogue(), area, month, standard=rule_set)


def read(data):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("area", "month", "standard"), AREAS)
def test_page_and_file_say_the_same(desk, area, month, standard, language):
    """Every sentence, heading, figure and cell of the document is in the HTML and in the PDF, Chinese too."""
    document = bulletin.compose(made(desk, area, month, standard), language)
    page = re.sub(r"<[^>]+>", " ", bulletin.html(document).decode())
    printed = re.sub(r"\s", "", read(bulletin.pdf(document)))
    figures = next(one for one in document.blocks if hasattr(one, "figures")).figures
    plain = {ord("−"): "–", ord(" "): None}
    for text in (document.area, document.month, document.lead, *(one.value for one in figures)):
        assert text.replace("&", "&amp;") in page
        assert re.sub(r"\s", "", text).translate(plain) in printed
    for block in document.blocks:
        for row in getattr(block, "rows", ()):
            assert re.sub(r"\s", "", row[0]) in printed


@pytest.mark.parametrize(("area", "kind"), [("hk.wcz.deep-bay", "zone"), ("810000", "city")])
def test_the_bulletin_has_the_numbers_of_the_api(client, area, kind):
    """Shares, counts, changes, multiples and samples are those that /api/portraits answers."""
    portrait = client.get(f"/api/portraits/{kind}/{area}?standard=cn.gb3097-1997&period=2018-07").json()
    page = client.get(f"/api/bulletin?area={area}&month=2018-07&lang=en").text
    text = re.sub(r"<[^>]+>", "\n", page)
    assert f"{portrait['attained']['share']:.1f}%" in text
    assert f"of the {portrait['judged']} stations judged" in text or f"none of the {portrait['judged']}" in text
    for grade, count in zip(packs.standard("cn.gb3097-1997").grades, portrait["counts"], strict=True):
        assert f"{grade.name['en']} · {count}" in text
    change = portrait["year_earlier"]
    assert f"of the {change['common']} stations judged both times {change['better']} are better" in text
    for one in portrait["pollutants"]:
        assert f"{one['stations']}/{one['judged']} ({one['share']:.1f}%)" in text
    for one in portrait["worst"]:
        for multiple in one["multiples"].values():
            assert f"({multiple:.{2 if multiple < 1 else 1}f})" in text


def test_the_page_is_whole_by_itself(client):
    """No script, and nothing asked of anyone: it can be saved, mailed and printed."""
    page = client.get("/api/bulletin?area=hk.wcz.deep-bay&month=2018-07&lang=zh-Hant").text
    assert 'lang="zh-Hant"' in page
    assert "<script" not in page
    assert "<link" not in page
    assert "url(" not in page
    assert not re.search(r'(?:src|href)="', page)
    assert page.count("<svg") == 2


def test_the_file_is_named_and_typed(client):
    """A PDF of A4 pages with title and language, and equal asks are equal bytes."""
    address = "/api/bulletin?area=cn.cnemc.珠江流域&month=2021-04&lang=zh-Hans&format=pdf"
    answer = client.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert "2021-04-zh-Hans.pdf" in answer.headers["content-disposition"]
    reader = PdfReader(io.BytesIO(answer.content))
    assert "珠江流域" in reader.metadata.title
    assert reader.trailer["/Root"]["/Lang"] == "zh-Hans"
    assert {round(float(page.mediabox.width)) for page in reader.pages} == {595}
    assert client.get(address + "&standard=cn.gb3838-2002").content == answer.content


def test_every_month_of_the_chart_adds_up(desk):
    """Thirteen months up to the one asked for, each with the stations judged in it."""
    found = made(desk, "810000", "2019-06")
    assert [month for month, _ in found.history] == [f"2018-{m:02d}" for m in range(6, 13)] + [
        f"2019-{m:02d}" for m in range(1, 7)
    ]
    assert len(found.history) == MONTHS
    assert found.history[-1][1] == found.standing.counts
    rows = desk.assessments.verdicts(found.standard, "month", "mean").to_pylist()
    for month, counts in found.history:
        assert sum(counts) == sum(row["period"] == month for row in rows)


def test_the_map_shows_every_located_station_inside_its_frame(desk):
    """One mark a located station, class and sign; what was not judged is a ring."""
    found = made(desk, "810000", "2018-07")
    picture = next(one for one in bulletin.compose(found, "en").blocks if isinstance(one, Picture))
    dots = [shape for shape in picture.scene.shapes if isinstance(shape, Dot)]
    assert len(dots) == len(found.located)
    assert all(0 < dot.x < picture.scene.width and 0 < dot.y < picture.scene.height for dot in dots)
    signs = [shape.text for shape in picture.scene.shapes if isinstance(shape, Label)]
    for placed in found.standing.places:
        assert placed.grade in signs


def test_without_positions_there_is_no_map_but_a_sentence(desk):
    """Sections of the national network have no position here: none is guessed, and the bulletin says so."""
    document = bulletin.compose(made(desk, "cn.cnemc.珠江流域", "2021-04"), "en")
    assert sum(isinstance(one, Picture) for one in document.blocks) == 1
    assert "none is guessed" in bulletin.html(document).decode()


def test_what_is_unverified_bears_a_dagger(desk):
    """The critical values of the trend are unverified, and so marked wherever they are told."""
    page = bulletin.html(bulletin.compose(made(desk, "hk.epd.river.JR11", "2017-07"), "en")).decode()
    assert "†" in page
    assert "unverified" in page


def test_an_area_without_data_names_the_month_that_has(desk):
    """A month in which nothing was judged is refused with the way out; a misspelt area with the closest."""
    with pytest.raises(BadInput) as caught:
        made(desk, "hk.wcz.deep-bay", "2001-01", "cn.gb3097-1997")
    assert re.search(r"\d{4}-\d\d", caught.value.mend)
    with pytest.raises(UnknownName) as missed:
        made(desk, "hk.wcz.deep", "2018-07")
    assert "hk.wcz.deep-bay" in missed.value.mend
    with pytest.raises(BadInput, match="month"):
        made(desk, "hk.wcz.deep-bay", "2018")


def test_every_sentence_is_there_in_four_languages():
    """The same places to fill in each of them, none empty."""
    for group in words.table().values():
        for key, text in group.items():
            assert set(text) == set(LANGUAGES), key
            places = {frozenset(name for _, name, _, _ in Formatter().parse(one) if name) for one in text.values()}
            assert len(places) == 1, key
            assert all(one.strip() for one in text.values()), key


def test_numbers_are_written_as_each_place_writes_them():
    """Comma and point, the sign of per cent, a real minus, and no sign before a nought."""
    assert words.number(1234.5, "en", 1) == "1,234.5"
    assert words.number(1234.5, "pt", 1) == "1\u00a0234,5"
    assert words.number(-0.04, "en", 1, signed=True) == "0.0"
    assert words.number(-5.26, "zh-Hans", 1, signed=True) == "\u22125.3"
    assert words.per_cent(73.68, "pt") == "73,7\u00a0%"
    assert words.month("2022-03", "pt") == "Março de 2022"
    assert words.month("2022-03", "zh-Hant") == "2022年3月"


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_hold_their_measure_and_the_rules_of_the_script(language):
    """No line is longer than asked, none begins with a closing sign, and nothing is lost."""
    setting.register()
    text = "2022年10月，后海湾（深圳湾）参评的5个站点中，无机氮超标5.4倍；GB 3097-1997 applies to inorganic nitrogen."
    for across in (60, 110, 230, 500):
        lines = setting.wrap(text, 9, across, language)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(setting.width(line, 9, language) <= across for line in lines)
        assert not any(line[0] in "，。；）」" for line in lines)


def test_traditional_falls_back_to_simplified_and_back():
    """A character that one of the fonts lacks is set in the other, Latin in neither."""
    assert setting.runs("湾A灣", "zh-Hant") == [
        (setting.SIMPLE, "湾"),
        (setting.LATIN, "A"),
        (setting.TRADITIONAL, "灣"),
    ]
