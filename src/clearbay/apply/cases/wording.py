"""What a case says by itself, in four languages: what was done, why its event opened it, whom a trace suspects.

The records and the audit chain keep such words once, in the language of the place. Here they are told anew from what
they were made of; what a person wrote stays as it was written.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from clearbay import packs
from clearbay.apply.cases.casework import Casework
from clearbay.apply.cases.discoveries import FIELD, spoken
from clearbay.apply.cases.tick import SYSTEM
from clearbay.apply.events import Events
from clearbay.model.case import Action, Case
from clearbay.model.errors import UnknownName
from clearbay.model.text import LANGUAGES, Text
from clearbay.store.cases import Reading


def text_of(casework: Casework, case: Case) -> Text | None:
    """Why a case was opened, as its event says it now; None where no event opened it, or it is gone."""
    if case.origin != "event" or not case.text:
        return None
    try:
        event = Events(casework.home).get(case.event)
    except UnknownName:
        return None
    if event.record.station != case.station:
        return None  # an older event of this number was taken out of the records
    return _joined(event.reasons)


def suspects_of(casework: Casework, cases: Sequence[Case]) -> Mapping[int, Text]:
    """Suspects by the number of the case, where the newest words on them are those of a trace."""
    wanted = {one.number: one.fields[FIELD] for one in cases if one.fields.get(FIELD)}
    home = str(casework.home.path)
    found = {number: text for number, said in wanted.items() if (text := _memory.get(home, number, said)) is not None}
    lacking = [number for number in wanted if number not in found]
    if lacking:
        with casework.cases.read() as reading:
            for number in lacking:
                text = _traced(reading, number, wanted[number])
                _memory.put(home, number, wanted[number], text)
                found[number] = text
    return {number: text for number, text in found.items() if text}


def _traced(reading: Reading, number: int, said: str) -> Text:
    """What the trace named that wrote these very words; empty where a person wrote them."""
    for one in reversed(reading.actions(number)):
        fields = one.data.get("fields")
        if isinstance(fields, Mapping) and FIELD in fields:
            ranked = one.data.get("suspects")
            if fields[FIELD] != said or one.actor != SYSTEM.id or not isinstance(ranked, list):
                break
            share = one.data.get("none_of_them")
            unknown = float(share) if isinstance(share, int | float) else 0.0
            told = {language: spoken(ranked, unknown, language) for language in LANGUAGES}
            return told
    return {}


class _Memory:
    """Suspects told before, by home, case and the words that the case keeps of them."""

    def __init__(self, most: int = 5000) -> None:
        self._most, self._lock = most, Lock()
        self._held: OrderedDict[tuple[str, int, str], Text] = OrderedDict()

    def get(self, home: str, number: int, said: str) -> Text | None:
        with self._lock:
            return self._held.get((home, number, said))

    def put(self, home: str, number: int, said: str, text: Text) -> None:
        with self._lock:
            self._held[home, number, said] = text
            while len(self._held) > self._most:
                self._held.popitem(last=False)


_memory = _Memory()


def property_name(code: str) -> Text | None:
    """What a property is called."""
    known = packs.properties().get(code)
    return known.name if known is not None else None


def _joined(lines: Sequence[Text]) -> Text:
    return {language: "\n".join(one[language] for one in lines) for language in LANGUAGES}


def done(one: Action) -> Text | None:
    """What was done, for an action that is no step of a playbook; None for a kind that nobody named."""
    change = one.data.get("change") if one.kind == "again" else None
    return WORDS.get(f"again_{change}") or WORDS.get(one.kind)


def _text(hans: str, hant: str, en: str, pt: str) -> Text:
    return {"zh-Hans": hans, "zh-Hant": hant, "en": en, "pt": pt}


WORDS: Mapping[str, Text] = {
    "open": _text("立案", "開立", "Opened", "Aberto"),
    "comment": _text("批注", "備註", "Comment", "Comentário"),
    "assign": _text("指派", "指派", "Given to somebody", "Entregue a alguém"),
    "edit": _text("更正字段", "更正欄位", "Fields changed", "Campos alterados"),
    "aim": _text(
        "设定达标依据", "訂定合格依據", "Aim set: what shows that it is clean", "Definido o que prova a limpeza"
    ),
    "remeasure": _text("复测核对", "覆測核對", "Measured again", "Medido de novo"),
    "suspend": _text("中止计时", "停止計時", "Clocks stopped", "Prazos suspensos"),
    "resume": _text("恢复计时", "恢復計時", "Clocks run again", "Prazos retomados"),
    "transfer": _text("移交", "移交", "Handed over", "Passado a outra jurisdição"),
    "join": _text("请其他辖区协办", "請其他地區協辦", "Another jurisdiction asked to join", "Outra jurisdição chamada"),
    "contribute": _text("报告协办情况", "報告協辦情況", "Contribution reported", "Contribuição relatada"),
    "release": _text("解除协办", "解除協辦", "Jurisdiction released", "Jurisdição dispensada"),
    "merge": _text("并入其他案件", "併入其他個案", "Merged into another case", "Juntado a outro caso"),
    "absorb": _text("并入了其他案件", "併入了其他個案", "Took on another case", "Recebeu outro caso"),
    "split": _text("拆分", "分拆", "A part was split off", "Uma parte foi separada"),
    "reopen": _text("重开", "重開", "Reopened", "Reaberto"),
    "grade": _text("调整等级", "調整級別", "Grade changed", "Grau alterado"),
    "attach": _text("添加证据", "加入證據", "Evidence added", "Prova acrescentada"),
    "overdue": _text("超期升级", "逾期上報", "Escalated: overdue", "Escalado: fora de prazo"),
    "again": _text("再次发现", "再次發現", "Found again", "Detectado de novo"),
    "again_worse": _text("事件加重", "事件加重", "The event got worse", "O evento agravou-se"),
    "again_lowered": _text("事件减轻", "事件減輕", "The event eased", "O evento atenuou-se"),
    "again_ended": _text("事件已结束", "事件已結束", "The event ended", "O evento terminou"),
    "again_again": _text("事件再次出现", "事件再次出現", "The event came back", "O evento voltou"),
    "rebound": _text("反弹，自动重开", "反彈，自動重開", "Came back: reopened", "Voltou: reaberto"),
    "watched": _text(
        "观察期满，未反弹", "觀察期滿，沒有反彈", "Watch ended: stayed clean", "Fim da vigilância: ficou limpo"
    ),
    "trace": _text("溯源：疑似污染源", "追溯：懷疑污染源", "Traced: suspects", "Rastreado: suspeitos"),
}
"""Names of the kinds of actions beside the steps of playbooks."""
