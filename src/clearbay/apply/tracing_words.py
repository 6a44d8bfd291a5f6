"""What the trace says of an outlet and of itself, in the four languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from clearbay import packs
from clearbay.mine.tracing import Estimate
from clearbay.mine.tracing.evidence import Clue
from clearbay.mine.tracing.notes import NOTES, Note
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


WORDS: dict[Language, Mapping[str, str]] = {
    "en": NOTES,
    "zh-Hans": {
        "unordered": "断面 {section}：样品时间次序有误，已排序",
        "averaged": "断面 {section}：{count} 个样品与其他样品时间相同，已取平均",
        "spikes": "断面 {section}：剔除了 {count} 个孤立尖峰",
        "several_pulses": "断面 {section}：出现多个峰，取最大者",
        "no_peak": "断面 {section}：记录的首个或末个值最高，未见峰顶",
        "cut_front": "断面 {section}：记录开始时污染团已到，前缘按通常形状补全",
        "cut_tail": "断面 {section}：记录结束时污染团未过完，{share} 的通量为外推",
        "few_samples": "断面 {section}：高于峰值一半的样品不足三个，峰宽与通量粗略",
        "flat_top": "断面 {section}：峰顶平坦，排放约持续 {hours} h；按上升沿判读，所给时间为排放开始",
        "no_curve": "断面 {section}：尚无曲线，只有升高的数值；污染团年龄、距离和质量均为估测",
        "sparse": "断面 {section}：样品太少，不成曲线，取最高值为峰：所有数字均为估测",
        "aside": "{sections} 的峰在次序、时间和通量上不属于同一污染团，未采用",
        "too_close": "{section} 与 {other} 的峰时间过近，不能得出流速",
        "loss_unknown": "质量：单一断面不能判断途中损失，区间上端依据一般推测",
        "dose_grows": "通量向下游增加 {share}：有第二个来源，或流量、校准有误",
        "dose_falls": "通量向下游减少 {share}：物质在途中损失",
        "arms": "上游 {share} 的水走其他汊道：质量已相应上调",
        "one_section": "单一断面不能定位：曲线给出污染团年龄，而其上游的流速未经测量；"
        "再有一个断面或经校准的流行时间即可得出距离",
        "not_located": "不能定位：距离区间为无曲线时的 {share}",
        "unwatched": "{all} 个断面中有 {count} 个在该时段没有{property}数据：不据此排除任何河段",
        "no_mass": "没有流量，无法得出质量",
    },
    "zh-Hant": {
        "unordered": "斷面 {section}：樣品時間次序有誤，已排序",
        "averaged": "斷面 {section}：{count} 個樣品與其他樣品時間相同，已取平均",
        "spikes": "斷面 {section}：剔除了 {count} 個孤立尖峰",
        "several_pulses": "斷面 {section}：出現多個峰，取最大者",
        "no_peak": "斷面 {section}：記錄的首個或末個值最高，未見峰頂",
        "cut_front": "斷面 {section}：記錄開始時污染團已到，前緣按通常形狀補全",
        "cut_tail": "斷面 {section}：記錄結束時污染團未過完，{share} 的通量為外推",
        "few_samples": "斷面 {section}：高於峰值一半的樣品不足三個，峰寬與通量粗略",
        "flat_top": "斷面 {section}：峰頂平坦，排放約持續 {hours} h；按上升沿判讀，所給時間為排放開始",
        "no_curve": "斷面 {section}：尚無曲線，只有升高的數值；污染團年齡、距離和質量均為估測",
        "sparse": "斷面 {section}：樣品太少，不成曲線，取最高值為峰：所有數字均為估測",
        "aside": "{sections} 的峰在次序、時間和通量上不屬於同一污染團，未採用",
        "too_close": "{section} 與 {other} 的峰時間過近，不能得出流速",
        "loss_unknown": "質量：單一斷面不能判斷途中損失，區間上端依據一般推測",
        "dose_grows": "通量向下游增加 {share}：有第二個來源，或流量、校準有誤",
        "dose_falls": "通量向下游減少 {share}：物質在途中損失",
        "arms": "上游 {share} 的水走其他汊道：質量已相應上調",
        "one_section": "單一斷面不能定位：曲線給出污染團年齡，而其上游的流速未經測量；"
        "再有一個斷面或經校準的流行時間即可得出距離",
        "not_located": "不能定位：距離區間為無曲線時的 {share}",
        "unwatched": "{all} 個斷面中有 {count} 個在該時段沒有{property}數據：不據此排除任何河段",
        "no_mass": "沒有流量，無法得出質量",
    },
    "pt": {
        "unordered": "secção {section}: as amostras estavam fora de ordem no tempo e foram ordenadas",
        "averaged": "secção {section}: {count} amostras partilham a hora com outra; usou-se a média",
        "spikes": "secção {section}: {count} pico(s) isolado(s) foram postos de lado",
        "several_pulses": "secção {section}: mais de um pulso; usou-se o maior",
        "no_peak": "secção {section}: o registo começa ou acaba no valor mais alto; o pico não foi visto",
        "cut_front": "secção {section}: o registo começa dentro da nuvem; a frente foi completada pela forma habitual",
        "cut_tail": "secção {section}: o registo acaba dentro da nuvem; {share} da dose foi extrapolada",
        "few_samples": "secção {section}: menos de três amostras acima de metade do pico; largura e dose aproximadas",
        "flat_top": "secção {section}: o topo é plano, pelo que a libertação durou cerca de {hours} h; lida pela "
        "frente ascendente, a hora indicada é a do início",
        "no_curve": "secção {section}: ainda sem curva, só valores elevados: idade, distância e massa são conjeturas",
        "sparse": "secção {section}: amostras a menos para uma curva; a mais alta foi tomada como pico: "
        "tudo são conjeturas",
        "aside": "os pulsos em {sections} não cabem numa só nuvem em ordem, tempo e dose: postos de lado",
        "too_close": "os picos em {section} e {other} estão demasiado próximos para dar uma velocidade",
        "loss_unknown": "massa: uma só secção não mostra perdas no caminho; o extremo superior assenta numa conjetura",
        "dose_grows": "a dose cresce {share} para jusante: uma segunda fonte, ou caudal ou calibração errados",
        "dose_falls": "a dose desce {share} para jusante: a substância perde-se no caminho",
        "arms": "{share} da água a montante segue por outros braços: a massa foi aumentada em conformidade",
        "one_section": "não identificável com uma só secção: a curva dá a idade da nuvem, mas a velocidade da água a "
        "montante não foi medida; uma segunda secção, ou tempos de percurso calibrados, dariam a distância",
        "not_located": "não identificável: o intervalo da distância tem {share} da largura que teria sem as curvas",
        "unwatched": "{count} de {all} secções não têm {property} dessa altura: nada excluem",
        "no_mass": "sem caudal, a massa não pode ser dita",
    },
}
"""The notes of a trace by kind, as ``mine.tracing.notes.NOTES`` has them in English."""


def noted(text: str, names: Callable[[str], Text | None] = lambda _: None) -> Text:
    """A note of a trace; ``names`` gives the name of a section by its id. What is no note stays in English."""
    if not isinstance(text, Note):
        return dict.fromkeys(LANGUAGES, text)
    return {
        language: WORDS[language][text.kind].format(
            **{key: _fact(key, value, language, names) for key, value in text.facts.items()}
        )
        for language in LANGUAGES
    }


def _fact(key: str, value: object, language: Language, names: Callable[[str], Text | None]) -> object:
    if key in ("section", "other", "sections"):
        apart = "、" if language.startswith("zh") else ", "
        return apart.join((names(id) or {language: id})[language] for id in str(value).split(", "))
    if key == "property":
        return _names([value], language)
    return value
