"""What the trace says of an outlet, in the four languages."""

from __future__ import annotations

from typing import Any

from clearbay import packs
from clearbay.mine.tracing import Estimate
from clearbay.mine.tracing.evidence import Clue
from clearbay.model.text import LANGUAGES, Language, Text


def said(clue: Clue, code: str) -> Text:
    """A clue as a sentence."""
    facts = clue.facts
    if clue.kind == "place":
        travel = facts["travel_h"]
        assert isinstance(travel, Estimate)
        km, hours = f"{_number(facts['km']):.0f}", f"{travel.low:.0f}–{travel.high:.0f}"
        return {
            "zh-Hans": f"距断面 {km} km，水流需 {hours} h；与污染团的年龄和时间{_fit(clue, 'zh-Hans')}",
            "zh-Hant": f"距斷面 {km} km，水流需 {hours} h；與污染團的年齡和時間{_fit(clue, 'zh-Hant')}",
            "en": f"{km} km and {hours} h of travel above the section, which {_fit(clue, 'en')} the age of the cloud",
            "pt": f"a {km} km e {hours} h de percurso acima da secção, o que {_fit(clue, 'pt')} com a idade da nuvem",
        }
    if clue.kind == "fingerprint":
        has = {language: _names(facts["has"], language) for language in LANGUAGES}
        seen = {language: _names(facts["seen"], language) for language in LANGUAGES}
        return {
            "zh-Hans": f"该排口废水通常含{has['zh-Hans']}；断面上升的是{seen['zh-Hans']}",
            "zh-Hant": f"該排口廢水通常含{has['zh-Hant']}；斷面上升的是{seen['zh-Hant']}",
            "en": f"its waste water usually has {has['en']}; what rose at the section is {seen['en']}",
            "pt": f"as suas águas residuais têm {has['pt']}; na secção subiu {seen['pt']}",
        }
    if clue.kind == "permit":
        days = f"{_number(facts['days']):.2g}"
        flow = f"{_number(facts['flow_m3_day']):,.0f}"
        return {
            "zh-Hans": f"排放量相当于其 {days} 天的原废水负荷（许可水量 {flow} m³/d）",
            "zh-Hant": f"排放量相當於其 {days} 天的原廢水負荷（許可水量 {flow} m³/d）",
            "en": f"the mass is what its raw waste water carries in {days} days (permitted flow {flow} m³ a day)",
            "pt": f"a massa é a que as suas águas brutas transportam em {days} dias (caudal licenciado {flow} m³/dia)",
        }
    if clue.kind == "records":
        share = f"{_number(facts['share']):.0%}"
        if not facts["windows"]:
            return {
                "zh-Hans": "其自动监测记录在该时段无异常",
                "zh-Hant": "其自動監測記錄在該時段無異常",
                "en": "its own records of the time show nothing out of the ordinary",
                "pt": "os seus registos da altura não mostram nada fora do comum",
            }
        return {
            "zh-Hans": f"其排放记录在推算的排放时段有异常（吻合 {share}）",
            "zh-Hant": f"其排放記錄在推算的排放時段有異常（吻合 {share}）",
            "en": f"its discharge records are out of the ordinary at the time of the release ({share} of it)",
            "pt": f"os seus registos de descarga são anómalos à hora da libertação ({share})",
        }
    count = int(_number(facts["findings"]))
    return {
        "zh-Hans": f"曾被查出违规 {count} 次",
        "zh-Hant": f"曾被查出違規 {count} 次",
        "en": f"found at fault {count} times before" if count != 1 else "found at fault once before",
        "pt": f"em falta {count} vezes antes" if count != 1 else "em falta uma vez antes",
    }


_FIT: dict[Language, tuple[str, str, str]] = {
    "zh-Hans": ("相符", "大致相符", "不符"),
    "zh-Hant": ("相符", "大致相符", "不符"),
    "en": ("fits", "may fit", "does not fit"),
    "pt": ("condiz", "pode condizer", "não condiz"),
}


def _fit(clue: Clue, language: Language) -> str:
    return _FIT[language][0 if clue.weight > 0.1 else 1 if clue.weight > -1.0 else 2]


def _names(codes: Any, language: Language) -> str:
    known = packs.properties()
    words = [known[code].name[language] if code in known else str(code) for code in codes]
    return ("、" if language.startswith("zh") else ", ").join(words)


def _number(value: object) -> float:
    return float(value)  # type: ignore[arg-type]
