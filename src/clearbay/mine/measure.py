"""What people should know of a computation of the law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from clearbay.model.standard import Confidence
from clearbay.model.text import Text


@dataclass(frozen=True, slots=True)
class Measure:
    """A computation of the law.

    ``kind``: ``statistic`` turns values into a number, ``index`` several properties into one number, ``verdict`` a
    table into classes. ``inputs`` are property codes, empty where any property will do; ``source`` says where the
    rule was read, ``convention`` what clearbay decided where the rule is silent.
    """

    id: str
    name: Text
    kind: Literal["statistic", "index", "verdict"]
    function: Callable[..., Any]
    confidence: Confidence
    source: str
    inputs: tuple[str, ...] = ()
    unit: str = ""
    convention: str = ""


def text(hans: str, hant: str, en: str, pt: str) -> Text:
    """One meaning in the four languages."""
    return {"zh-Hans": hans, "zh-Hant": hant, "en": en, "pt": pt}
