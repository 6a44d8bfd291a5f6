"""What a page will ask for first, told to the browser with the page itself.

The page's code takes a while to come and to run; what it will ask the API for is known from its address. Links in the
head let the browser ask at once, so that the answers wait for the code and not the code for the answers. A link that
names something wrong costs one request and breaks nothing: the page asks for what it needs all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

FIRST_RULE = "cn.gb3097-1997"
"""The rule set that the page shows where its address names none."""

_MAPS = ("", "map", "list")
LIGHT = ("handle", "complain", "follow")
"""Views without a map, for telephones on a bad line: what a map needs is not told to the browser with them."""
_NAME = re.compile(r"^[A-Za-z0-9_.\-]{1,100}$")
_AT = re.compile(r"^-?[0-9.]{1,12},-?[0-9.]{1,12},[0-9.]{1,6}$")
_GRANULARITIES = ("year", "season", "month", "day", "hour")
_DEPTHS = ("mean", "surface", "middle", "bottom")


def addresses(query: Mapping[str, str]) -> list[str]:
    """The API addresses that a page at ``query`` asks for first, spelled as the page spells them."""
    if query.get("view", "") in LIGHT:
        return []
    found = ["/api/meta"]
    if query.get("view", "") not in _MAPS:
        return found
    rule = query.get("rule", "")
    rule = rule if _NAME.match(rule) else FIRST_RULE
    asked = {
        "standard": rule,
        "granularity": _one_of(query.get("g"), _GRANULARITIES),
        "depth": _one_of(query.get("depth"), _DEPTHS),
    }
    if _NAME.match(query.get("property", "")):
        asked["property"] = query["property"]
    found += [f"/api/assessments?{urlencode({**asked, 'shape': 'matrix'})}", "/api/stations?limit=5000"]
    at = query.get("at", "")
    found.append(f"/api/outline?{urlencode({'at': at})}" if _AT.match(at) else "/api/outline")
    return [*found, f"/api/standards/{rule}", "/api/layers"]


def links(query: Mapping[str, str]) -> bytes:
    """The head's links for a page at ``query``."""
    return "".join(
        f'<link rel="preload" as="fetch" crossorigin href="{escape(address)}">' for address in addresses(query)
    ).encode()


def _one_of(value: str | None, allowed: tuple[str, ...]) -> str:
    return value if value in allowed else allowed[0]
