"""What a comparison of laws is made of: lines of limits, what is absent and why, the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from clearbay.model.crosswalk import Indicator
from clearbay.model.text import Text

Why = Literal["not_in_force", "index", "not_judged", "no_grade_for_use", "not_sourced"]


@dataclass(frozen=True, slots=True)
class Line:
    """One limit of one rule set.

    ``low`` and ``high`` are its lower and upper end in ``unit``, None where open; ``op`` says whether the end itself is
    met. ``averaging`` is that of a limit by averaging time, else empty; ``zones`` where the limit holds, empty for
    everywhere; ``water_type`` ``river`` or ``lake`` where they differ. ``comparable`` is False where another method or
    another thing is measured; ``note`` then says so. ``condition`` names what else decides whether it applies, with
    how well that is sourced; ``remark`` is what the pack adds, in English.
    """

    rule_set: str
    jurisdiction: str
    property: str
    grade: str
    op: str
    low: float | None
    high: float | None
    unit: str
    comparable: bool
    confidence: str
    sources: tuple[str, ...]
    clause: str = ""
    averaging: str = ""
    zones: tuple[str, ...] = ()
    water_type: str = ""
    allowed: int | None = None
    condition: str = ""
    condition_confidence: str = ""
    remark: str = ""
    informative: bool = False
    method: Text | None = None
    depth: Text | None = None
    statistic: Text | None = None
    note: Text | None = None
    use_confidence: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """A rule set (or rule not sourced) that has no line here, and why; ``remark`` is what its pack adds, in English."""

    rule_set: str
    jurisdiction: str
    why: Why
    text: Text
    remark: str = ""


REASONS: Mapping[Why, Text] = {
    "not_in_force": {
        "zh-Hans": "当日没有施行的版本",
        "zh-Hant": "當日沒有生效的版本",
        "en": "No version was in force on that day",
        "pt": "Nenhuma versão estava em vigor nesse dia",
    },
    "index": {
        "zh-Hans": "只作为计算的一项输入，本身没有限值",
        "zh-Hant": "只作為計算的一項輸入，本身沒有限值",
        "en": "Enters a computed number; no limit of its own",
        "pt": "Entra num número calculado; sem limite próprio",
    },
    "not_judged": {
        "zh-Hans": "有规定，但单个样品不能判定",
        "zh-Hant": "有規定，但單個樣本不能判定",
        "en": "Laid down, but one sample cannot decide it",
        "pt": "Previsto, mas uma amostra não o decide",
    },
    "no_grade_for_use": {
        "zh-Hans": "没有为该用途规定等级",
        "zh-Hant": "沒有為該用途規定等級",
        "en": "Names no grade for this use",
        "pt": "Não indica grau para este uso",
    },
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the laws of the three places say of one property on one day."""

    indicator: Indicator
    property: str
    unit: str
    on: date
    use: str
    lines: tuple[Line, ...]
    absent: tuple[Absent, ...]
