"""What the page will ask for first is told with the page."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from clearbay.web.early import addresses, links


def of(query: str) -> list[str]:
    return addresses(QueryParams(query))


def test_the_address_says_what_will_be_asked():
    """Rule set, period length, depth and place travel into the requests as the page itself spells them."""
    asked = of("rule=hk.wqo-marine&g=season&depth=surface&at=114.2,22.3,11")
    assert "/api/assessments?standard=hk.wqo-marine&granularity=season&depth=surface&shape=matrix" in asked
    assert "/api/outline?at=114.2%2C22.3%2C11" in asked
    assert "/api/standards/hk.wqo-marine" in asked


def test_a_plain_address_asks_for_the_newcomers_view():
    """Without a word in the address: the first rule set, years, the bay."""
    asked = of("")
    assert "/api/assessments?standard=cn.gb3097-1997&granularity=year&depth=mean&shape=matrix" in asked
    assert "/api/outline" in asked


def test_pages_beside_the_map_ask_for_no_map():
    """A page that draws no map fetches no map."""
    assert of("view=rules") == ["/api/meta"]


def test_nothing_foreign_gets_into_the_page():
    """Whatever stands in the address, the head holds only links to our own API."""
    bad = '"><script>alert(1)</script>'
    text = links(QueryParams({"rule": bad, "at": bad, "g": bad, "property": bad})).decode()
    assert "script>" not in text
    assert text.count("<link ") == text.count('href="/api/')


def test_pages_for_a_bad_line_ask_for_nothing_early():
    """The phone page and the complaints ask for what they need themselves, and for no map."""
    assert of("view=handle&case=PA-2026-4403-00001") == of("view=complain") == of("view=follow") == []
