"""The sentences of a bulletin in the four languages (``words.yaml``), numbers and dates as each place writes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from clearbay.model.text import Language, Text

_MONTHS: Mapping[Language, str] = {
    "en": "January February March April May June July August September October November December",
    "pt": "Janeiro Fevereiro Março Abril Maio Junho Julho Agosto Setembro Outubro Novembro Dezembro",
}


@cache
def table() -> Mapping[str, Mapping[str, Text]]:
    """``media``, ``confidence`` and ``sentences``, each by key."""
    text = Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Text]] = yaml.safe_load(text)
    return found


def say(key: str, language: Language, **parts: str) -> str:
    """A sentence with its parts filled in."""
    return table()["sentences"][key][language].format(**parts)


def medium(name: str, language: Language) -> str:
    """What a bulletin on this medium is called."""
    known = table()["media"]
    return known[name if name in known else "river"][language]


def confidence(level: str, language: Language) -> str:
    """How well something is sourced, in words."""
    return table()["confidence"][level][language]


def month(label: str, language: Language) -> str:
    """``2022-10`` as people write it: ``2022年10月``, ``October 2022``, ``Outubro de 2022``."""
    year, place = label[:4], int(label[5:7])
    if language in _MONTHS:
        name = _MONTHS[language].split()[place - 1]
        return f"{name} de {year}" if language == "pt" else f"{name} {year}"
    return f"{year}年{place}月"


def number(value: float, language: Language, decimals: int = 0, *, signed: bool = False) -> str:
    """A number with the separators of the place; a real minus sign, and no sign before a nought."""
    text = f"{value:+,.{decimals}f}" if signed else f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("+-")
    if language == "pt":
        text = text.replace(",", "\u00a0").replace(".", ",")
    return text.replace("-", "\u2212")


def per_cent(value: float, language: Language) -> str:
    """A share with one decimal; Portuguese sets the sign apart."""
    apart = "\u00a0" if language == "pt" else ""
    return f"{number(value, language, 1)}{apart}%"


def times(value: float, language: Language) -> str:
    """How many times over a limit: two decimals where it is small, as bulletins print it."""
    return number(value, language, 2 if value < 1 else 1)


def listed(parts: list[str], language: Language) -> str:
    """Parts as a list within a sentence."""
    return ("、" if language.startswith("zh") else ", ").join(parts)


def joined(parts: list[str], language: Language) -> str:
    """Sentences one after the other, with the space that each script leaves between them."""
    return ("" if language.startswith("zh") else " ").join(part for part in parts if part)
