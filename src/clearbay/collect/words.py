"""Words that stand at the head of columns, in the languages of the bay, and what they mean.

Properties are known by their codes and names in ``clearbay.packs``; ``words.yaml`` beside this module lists the
spellings that laboratories and platforms use besides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clearbay import packs
from clearbay.collect.numbers import tidy
from clearbay.model.errors import BadInput

ROLES = ("station", "time", "hour", "depth", "east", "north", "item", "value", "unit", "censoring")
"""What a column can be besides a property; ``words.yaml`` lists the words of each."""

_BRACKETS = re.compile(r"^(?P<name>.+?)\s*[(\[【](?P<unit>[^()\[\]【】]+(?:\([^()]*\)[^()]*)?)[)\]】]$")
_TAIL = re.compile(r"^(?P<name>.+?)[\s,，、/:：_-]+(?P<unit>[^\s,].*)$")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a header says: the property, the unit if it states one that fits, and what stood there as unit."""

    code: str
    unit: str = ""
    printed: str = ""


def key(text: str) -> str:
    """A word for comparison: half-width, lower case, without blanks, underscores, hyphens and dots."""
    return re.sub(r"[\s_\-·.]", "", tidy(text).lower().replace("µ", "u").replace("μ", "u"))


@cache
def _listed() -> Mapping[str, Any]:
    data: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return data


@cache
def words_of(role: str) -> tuple[str, ...]:
    """The words of a role, as compared, in their order."""
    return tuple(key(word) for word in _listed()[role])


@cache
def _codes() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for code, spellings in _listed()["properties"].items():
        known |= {key(spelling): code for spelling in spellings}
    for code, prop in packs.properties().items():
        for word in (*prop.name.values(), code):
            known.setdefault(key(word), code)
            known.setdefault(key(re.sub(r"[(（].*", "", word)), code)
    return known


def spellings_of(code: str) -> tuple[str, ...]:
    """What people write for a property besides its code and its names, and what they look it up by."""
    return (*_listed()["properties"].get(code, ()), *_listed()["looked_up"].get(code, ()))


def property_of(word: str) -> str | None:
    """The property that a word means, or None."""
    return _codes().get(key(word))


def heading(header: str) -> Heading | None:
    """Read a header such as ``氨氮(mg/L)``, ``DO mg/L``, ``nh3n_mg_l`` or ``总磷``; None if it names no property."""
    text = tidy(header)
    for suffix, unit in _listed()["unit_suffixes"].items():
        if text.lower().endswith(f"_{suffix}") and (code := property_of(text[: -len(suffix) - 1])):
            return _fitting(code, unit)
    if code := property_of(text):
        return Heading(code)
    for pattern in (_BRACKETS, _TAIL):
        if (match := pattern.match(text)) and (code := property_of(match["name"])):
            return _fitting(code, match["unit"])
    return None


def _fitting(code: str, unit: str) -> Heading:
    try:
        packs.unit_factor(unit, packs.properties()[code].unit, code)
    except BadInput:
        return Heading(code, "", unit)
    return Heading(code, unit, unit)


def named(headers: Sequence[str], role: str) -> str:
    """The header that plays a role, a bracketed remark aside (``监测时间(北京时间)`` is a time); empty if none does."""
    keys = [{key(text) for text in (tidy(header), re.sub(r"[(\[【].*$", "", tidy(header)))} for header in headers]
    for word in words_of(role):
        for header, forms in zip(headers, keys, strict=True):
            if word in forms:
                return header
    return ""
