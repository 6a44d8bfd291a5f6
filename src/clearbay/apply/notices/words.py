"""What notices say, in four languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from clearbay import packs
from clearbay.model.errors import UnknownName
from clearbay.model.text import LANGUAGES, Language, Text

_BAY = timezone(timedelta(hours=8))


def _text(hans: str, hant: str, en: str, pt: str) -> Text:
    return {"zh-Hans": hans, "zh-Hant": hant, "en": en, "pt": pt}


KINDS: Mapping[str, Text] = {
    "assigned": _text("案件交给了您", "案件交給了您", "A case was given to you", "Um caso foi-lhe atribuído"),
    "new": _text("新案件", "新案件", "New case", "Caso novo"),
    "late": _text("案件已逾期", "案件已逾期", "A case is overdue", "Um caso está atrasado"),
    "escalated": _text(
        "逾期案件上报给您", "逾期案件上報給您", "An overdue case comes to you", "Um caso atrasado chega a si"
    ),
    "worse": _text("案件加重", "案件加重", "A case got worse", "Um caso agravou-se"),
    "rebound": _text("污染反弹", "污染反彈", "Pollution is back", "A poluição voltou"),
    "reopened": _text("案件重新打开", "案件重新開啟", "A case was reopened", "Um caso foi reaberto"),
    "transfer": _text(
        "案件移交到您这里", "案件移交到您這裏", "A case was handed to you", "Um caso foi-lhe transferido"
    ),
    "joined": _text("请您协同处置", "請您協同處理", "You are asked to help", "Pedem a sua ajuda"),
    "contributed": _text("协同部分已完成", "協同部分已完成", "A joint part is done", "Uma parte conjunta está feita"),
    "comment": _text("案件有新留言", "案件有新留言", "A comment on a case", "Um comentário num caso"),
    "try": _text("这是一条测试通知", "這是一則測試通知", "This is a test", "Isto é um teste"),
}
_LABELS: Mapping[str, Text] = {
    "state": _text("状态", "狀態", "State", "Estado"),
    "severity": _text("级别", "級別", "Severity", "Gravidade"),
    "place": _text("辖区", "轄區", "Place", "Lugar"),
    "due": _text("时限", "時限", "Due", "Prazo"),
    "by": _text("由", "由", "By", "Por"),
    "link": _text("打开", "開啟", "Open", "Abrir"),
    "generated": _text("由生成数据产生", "由生成數據產生", "Made from generated data", "Feito de dados gerados"),
    "why": _text(
        "您收到本信，因为您在 clearbay 有账户；可在“通知”中关闭。",
        "您收到本信，因為您在 clearbay 有帳戶；可在「通知」中關閉。",
        "You receive this because you have an account at clearbay; switch it off under Notices.",
        "Recebe esta mensagem porque tem uma conta no clearbay; desligue-a em Avisos.",
    ),
}
SEVERITIES: Mapping[int, Text] = {
    1: _text("特别严重", "特別嚴重", "most severe", "muito grave"),
    2: _text("严重", "嚴重", "severe", "grave"),
    3: _text("一般", "一般", "moderate", "moderada"),
    4: _text("轻微", "輕微", "minor", "ligeira"),
}


def what(kind: str) -> Text:
    """What happened, in a few words."""
    return KINDS.get(kind, dict.fromkeys(LANGUAGES, kind))


def subject(kind: str, data: Mapping[str, Any], language: Language, title: str = "") -> str:
    """One short line: what, which case, its title.

    >>> subject("late", {"case": "PA-2026-4403-00001", "title": "Foam"}, "en")
    'A case is overdue: PA-2026-4403-00001 Foam'
    """
    line = what(kind)[language]
    if data.get("case"):
        line += ("：" if language.startswith("zh") else ": ") + f"{data['case']} {title or data.get('title', '')}"
    return " ".join(line.split())[:150]


def body(kind: str, data: Mapping[str, Any], language: Language, *, title: str = "", link: str = "") -> str:
    """The whole in plain text: what happened, to which case, where it stands, what was said, where to go on."""
    lines = [what(kind)[language]]
    if data.get("case"):
        lines += ["", f"{data['case']}  {title or data.get('title', '')}"]
        if data.get("generated"):
            lines.append(_LABELS["generated"][language])
        lines += [""]
        rows = {
            "state": _in(data.get("state"), language),
            "severity": SEVERITIES.get(int(data.get("severity") or 0), {}).get(language, ""),
            "place": place(str(data.get("jurisdiction", "")), language),
            "due": f"{when(data.get('due'))} {_in(data.get('deadline'), language)}".strip() if data.get("due") else "",
            "by": str(data.get("by") or ""),
        }
        lines += [f"{_LABELS[name][language]}: {text}" for name, text in rows.items() if text]
        if data.get("text"):
            lines += ["", str(data["text"])]
    if link:
        lines += ["", f"{_LABELS['link'][language]}: {link}"]
    return "\n".join([*lines, "", "-- ", _LABELS["why"][language], ""])


def brief(kind: str, data: Mapping[str, Any], language: Language, title: str = "") -> tuple[str, str]:
    """Title and text of a pushed message."""
    due = f"{_LABELS['due'][language]} {when(data.get('due'))}" if data.get("due") else ""
    text = "\n".join(
        one for one in (title or str(data.get("title", "")), due, str(data.get("text") or "")[:120]) if one
    )
    return f"{what(kind)[language]} {data.get('case', '')}".strip(), text


def place(code: str, language: Language) -> str:
    """The name of a jurisdiction, or its code."""
    known = packs.jurisdictions().get(code)
    return known.name[language] if known else code


def when(text: object) -> str:
    """A time in the bay's own clock, to the minute."""
    if not isinstance(text, str):
        return ""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return ""
    return f"{moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(_BAY):%Y-%m-%d %H:%M}"


def language_of(language: str, jurisdiction: str) -> Language:
    """The language that a person reads: the one they chose, or that of their place."""
    for one in LANGUAGES:
        if one == language:
            return one
    try:
        return "zh-Hans" if packs.legal_system(jurisdiction) == "cn" else "zh-Hant"
    except UnknownName:
        return "zh-Hans"


def _in(text: object, language: Language) -> str:
    return str(text.get(language, "")) if isinstance(text, Mapping) else ""
