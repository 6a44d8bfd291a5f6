"""What the reporter of a complaint is told, in plain words of four languages."""

from __future__ import annotations

from collections.abc import Mapping

from clearbay.model.text import Text

STATES: Mapping[str, Text] = {
    "received": {
        "zh-Hans": "您的举报已收到，正等待决定是否受理。",
        "zh-Hant": "你的投訴已收到，正等待決定是否受理。",
        "en": "Your complaint has arrived. It is being decided whether it is taken on.",
        "pt": "A sua queixa foi recebida. Está a decidir-se se é aceite.",
    },
    "accepted": {
        "zh-Hans": "您的举报已受理，即将开始调查。",
        "zh-Hant": "你的投訴已受理，即將展開調查。",
        "en": "Your complaint was taken on. The inquiry is about to start.",
        "pt": "A sua queixa foi aceite. A investigação vai começar.",
    },
    "investigating": {
        "zh-Hans": "正在调查。",
        "zh-Hant": "正在調查。",
        "en": "It is being looked into.",
        "pt": "Está a ser investigada.",
    },
    "answered": {
        "zh-Hans": "调查已有结果，答复见下；办结前还须另一人审核。",
        "zh-Hant": "調查已有結果，回覆見下；辦結前還須由另一人審核。",
        "en": "There is an answer, see below. Before it is closed, a second person looks it over.",
        "pt": "Há uma resposta, ver abaixo. Antes de encerrar, outra pessoa revê o caso.",
    },
    "declined": {
        "zh-Hans": "决定不予受理，将向您书面说明理由。",
        "zh-Hant": "決定不受理，將向你書面說明理由。",
        "en": "It was not taken on. You are owed an explanation, which will stand here.",
        "pt": "Não foi aceite. É-lhe devida uma explicação, que aparecerá aqui.",
    },
    "refused": {
        "zh-Hans": "不予受理，理由见下。如有新情况，可要求重新办理。",
        "zh-Hant": "不受理，理由見下。如有新情況，可要求重新處理。",
        "en": "It was not taken on; the reason is given below. If there is something new, ask to take it up again.",
        "pt": "Não foi aceite; a razão está abaixo. Se houver algo novo, pode pedir que seja retomada.",
    },
    "closed": {
        "zh-Hans": "已办结，答复见下。如问题仍在，可要求重新办理。",
        "zh-Hant": "已辦結，回覆見下。如問題仍在，可要求重新處理。",
        "en": "It is closed; the answer is given below. If the trouble goes on, you may ask to take it up again.",
        "pt": "Está encerrada; a resposta está abaixo. Se o problema continuar, pode pedir que seja retomada.",
    },
    "merged": {
        "zh-Hans": "您的举报与同一事项的另一举报合并办理。",
        "zh-Hant": "你的投訴與同一事項的另一宗投訴合併處理。",
        "en": "Your complaint goes on together with another one about the same matter.",
        "pt": "A sua queixa prossegue em conjunto com outra sobre o mesmo assunto.",
    },
}
"""By the states of the shipped playbook, and ``merged``."""

STAGES: Mapping[str, Text] = {
    "found": STATES["received"],
    "judged": STATES["accepted"],
    "handled": STATES["investigating"],
    "closed": STATES["closed"],
    "refused": STATES["refused"],
}
"""By stage, for states that a home's own playbook adds."""

EVENTS: Mapping[str, Text] = {
    "open": {"zh-Hans": "收到举报", "zh-Hant": "收到投訴", "en": "Complaint received", "pt": "Queixa recebida"},
    "wrote": {"zh-Hans": "您补充了", "zh-Hant": "你補充了", "en": "You added", "pt": "Acrescentou"},
    "file": {"zh-Hans": "您添加了", "zh-Hant": "你加入了", "en": "You added a file", "pt": "Juntou um ficheiro"},
    "asked": {
        "zh-Hans": "您要求重新办理",
        "zh-Hant": "你要求重新處理",
        "en": "You asked to take it up again",
        "pt": "Pediu que fosse retomada",
    },
    "reopened": {"zh-Hans": "重新办理", "zh-Hant": "重新處理", "en": "Taken up again", "pt": "Retomada"},
    "transfer": {"zh-Hans": "转交：", "zh-Hant": "轉交：", "en": "Handed over to", "pt": "Entregue a"},
    "suspend": {"zh-Hans": "暂停：", "zh-Hant": "暫停：", "en": "Paused:", "pt": "Suspensa:"},
    "resume": {"zh-Hans": "继续办理", "zh-Hant": "繼續處理", "en": "Goes on", "pt": "Prossegue"},
    "merge": STATES["merged"],
}
"""What happened. Names of people, other parties and internal words are in none of them."""
