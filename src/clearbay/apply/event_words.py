"""The words for events, in four languages: kinds, titles, reasons, changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone

from clearbay import packs
from clearbay.mine.detection.catalogue import detectors
from clearbay.mine.detection.problems import Member, Problem
from clearbay.model.station import Station
from clearbay.model.text import LANGUAGES, Text


def _text(hans: str, hant: str, en: str, pt: str) -> Text:
    return {"zh-Hans": hans, "zh-Hant": hant, "en": en, "pt": pt}


CHANGES: Mapping[str, Text] = {
    "new": _text("新发现", "新發現", "New", "Novo"),
    "worse": _text("加重", "加重", "Worse", "Agravado"),
    "lowered": _text("减轻", "減輕", "Lowered", "Atenuado"),
    "ended": _text("已结束", "已結束", "Ended", "Terminado"),
    "joined": _text("并入", "併入", "Joined", "Associado"),
    "again": _text("再次出现", "再次出現", "Back again", "De novo"),
}

SEVERITIES: Mapping[int, Text] = {
    1: _text("提示", "提示", "Notice", "Aviso"),
    2: _text("注意", "注意", "Warning", "Alerta"),
    3: _text("严重", "嚴重", "Serious", "Grave"),
    4: _text("紧急", "緊急", "Emergency", "Emergência"),
}

_REASONS: Mapping[str, Text] = {
    "over": _text(
        "{what}达到 {value}，高于 {standard} {grade} 的限值 {limit}（{multiple} 倍），自 {since} 起",
        "{what}達到 {value}，高於 {standard} {grade} 的限值 {limit}（{multiple} 倍），自 {since} 起",
        "{what} reached {value}, above the limit {limit} of {standard}, {grade} ({multiple} times), since {since}",
        "{what} chegou a {value}, acima do limite {limit} de {standard}, {grade} ({multiple} vezes), desde {since}",
    ),
    "under": _text(
        "{what}降到 {value}，低于 {standard} {grade} 的限值 {limit}，自 {since} 起",
        "{what}降到 {value}，低於 {standard} {grade} 的限值 {limit}，自 {since} 起",
        "{what} fell to {value}, below the limit {limit} of {standard}, {grade}, since {since}",
        "{what} desceu a {value}, abaixo do limite {limit} de {standard}, {grade}, desde {since}",
    ),
    "change_up": _text(
        "{what}突然升高：{value}，平常约 {baseline}（偏离 {scales} 个标准差），自 {since} 起",
        "{what}突然升高：{value}，平常約 {baseline}（偏離 {scales} 個標準差），自 {since} 起",
        "{what} rose suddenly: {value}, usually about {baseline} ({scales} standard deviations), since {since}",
        "{what} subiu de repente: {value}, normalmente cerca de {baseline} ({scales} desvios-padrão), desde {since}",
    ),
    "change_down": _text(
        "{what}突然降低：{value}，平常约 {baseline}（偏离 {scales} 个标准差），自 {since} 起",
        "{what}突然降低：{value}，平常約 {baseline}（偏離 {scales} 個標準差），自 {since} 起",
        "{what} fell suddenly: {value}, usually about {baseline} ({scales} standard deviations), since {since}",
        "{what} desceu de repente: {value}, normalmente cerca de {baseline} ({scales} desvios-padrão), desde {since}",
    ),
    "drift": _text(
        "{what}在 {days} 天里单向变化：由 {baseline} 到 {value}，每天约 {per_day}；或为水质，或为仪器漂移",
        "{what}在 {days} 天裏單向變化：由 {baseline} 到 {value}，每天約 {per_day}；或為水質，或為儀器漂移",
        "{what} went one way for {days} days, {baseline} to {value}, about {per_day} a day: the water or the probe",
        "{what} variou num só sentido {days} dias, de {baseline} a {value}, {per_day} por dia: a água ou a sonda",
    ),
    "multivariate": _text(
        "多项指标的组合前所未见（{contributors}），自 {since} 起",
        "多項參數的組合前所未見（{contributors}），自 {since} 起",
        "readings that never occurred together ({contributors}), since {since}",
        "leituras que nunca ocorreram em conjunto ({contributors}), desde {since}",
    ),
    "silence": _text(
        "自 {since} 起没有数据；平常每 {interval} 分钟一次",
        "自 {since} 起沒有數據；平常每 {interval} 分鐘一次",
        "no data since {since}; usually every {interval} minutes",
        "sem dados desde {since}; normalmente a cada {interval} minutos",
    ),
    "constant": _text(
        "{what}连续 {run} 个数据完全相同（{value}）；可能是仪器停走或被固定",
        "{what}連續 {run} 個數據完全相同（{value}）；可能是儀器停走或被固定",
        "{what} gave exactly {value} {run} times running; a stuck or a fixed instrument",
        "{what} deu exactamente {value} {run} vezes seguidas; instrumento parado ou fixado",
    ),
    "pinned": _text(
        "{what}最近 48 个数据中 {share} 紧贴限值 {limit} 之下，从不超过",
        "{what}最近 48 個數據中 {share} 緊貼限值 {limit} 之下，從不超過",
        "{share} of the last 48 values of {what} lie just under the limit {limit}, none above",
        "{share} dos últimos 48 valores de {what} ficam logo abaixo do limite {limit}, nenhum acima",
    ),
    "inspection_drop": _text(
        "{what}在工作日的上班时间降到平时的 {ratio}（{of} 天中 {days} 天）",
        "{what}在工作日的上班時間降到平時的 {ratio}（{of} 天中 {days} 天）",
        "{what} falls to {ratio} of its level in office hours ({days} of {of} working days)",
        "{what} desce para {ratio} do seu nível nas horas de expediente ({days} de {of} dias úteis)",
    ),
    "load_balance": _text(
        "{what}与流量不相称：流量变化 {flow_varies}，负荷只变化 {load_varies}，无水时段占 {dry}",
        "{what}與流量不相稱：流量變化 {flow_varies}，負荷只變化 {load_varies}，無水時段佔 {dry}",
        "{what} does not fit the flow, which varies by {flow_varies}, the load by {load_varies}; dry {dry} of the time",
        "{what} não acompanha o caudal: o caudal varia {flow_varies}, a carga {load_varies}, {dry} do tempo sem caudal",
    ),
}

_ASSUMED = _text(
    "；没有登记该处的目标类别，按 {grade}推定",
    "；沒有登記該處的目標類別，按 {grade}推定",
    "; no class is registered for this place, {grade} was assumed",
    "; não há classe registada para este local, supôs-se {grade}",
)
_SHARE = _text(
    "；该指标按全年样品的 {share} 达标考核，一次低于限值还不是不达标",
    "；該指標按全年樣本的 {share} 達標考核，一次低於限值還不是不達標",
    "; the objective asks for {share} of a year's samples, so one value is no breach yet",
    "; o objectivo exige {share} das amostras do ano, pelo que um valor ainda não é incumprimento",
)


def kind_name(kind: str) -> Text:
    """The name of a detector's finding."""
    return detectors()[kind].name


def title(problem: Problem, station: Station | None) -> Text:
    """What and where, on one line."""
    leading = problem.leading
    codes = dict.fromkeys([leading.property, *(one.property for one in problem.members if one.kind == leading.kind)])
    shown = [code for code in codes if code][:3]
    places = len({one.station for one in problem.members})
    found: dict[str, str] = {}
    for language in LANGUAGES:
        what = _join([_property(code)[language] for code in shown], language)
        kind = kind_name(leading.kind)[language]
        name = station.name[language] if station is not None else problem.station
        more = f" +{places - 1}" if places > 1 else ""
        found[language] = (
            f"{name}{more}：{what}{kind}"
            if language.startswith("zh")
            else f"{name}{more}: {what + ' – ' if what else ''}{kind}"
        )
    return found  # type: ignore[return-value]


def names_of(problem: Problem, stations: Callable[[str], Station | None]) -> dict[str, Text]:
    """Names of the members' stations, where they are not the event's own."""
    found = {}
    for member in problem.members:
        station = stations(member.station) if member.station != problem.station else None
        if station is not None:
            found[member.station] = station.name
    return found


def reason(member: Member, names: Mapping[str, Text], utc_offset: int) -> Text:
    """Why: what was seen at its worst, since when, against what; times in a zone of minutes east of UTC."""
    detail = member.detail
    key = member.kind
    if key == "exceedance":
        key = "under" if detail.get("below") else "over"
    elif key == "change":
        key = "change_up" if detail.get("up") else "change_down"
    found: dict[str, str] = {}
    for language in LANGUAGES:
        what = _property(member.property)[language] if member.property else ""
        place = f"{names[member.station][language]} " if member.station in names else ""
        depth = f" ({member.depth})" if member.depth else ""
        values = {
            "what": f"{place}{what}{depth}",
            "value": _number(member.peak if member.kind == "exceedance" else member.value, member.property),
            "baseline": _number(member.baseline, member.property),
            "since": _time(member.since, utc_offset),
            "limit": _number(detail.get("limit"), member.property),
            "standard": _standard(str(detail.get("standard", ""))),
            "grade": _grade(str(detail.get("standard", "")), str(detail.get("grade", "")), language),
            "multiple": f"{detail.get('multiple', 0):.3g}",
            "scales": f"{abs(detail.get('scales', 0)):.0f}",
            "days": detail.get("days", ""),
            "of": detail.get("of", ""),
            "per_day": f"{detail.get('per_day', 0):.3g}",
            "contributors": ", ".join(
                f"{_property(code)[language]} {share:.0%}" for code, share in detail.get("contributors", {}).items()
            ),
            "interval": f"{detail.get('interval_s', 0) / 60:.0f}",
            "run": detail.get("run", ""),
            "share": f"{detail.get('share', 0):.0%}",
            "ratio": f"{detail.get('ratio', 0):.0%}",
            "flow_varies": f"{detail.get('flow_varies', 0):.0%}",
            "load_varies": f"{detail.get('load_varies', 0):.1%}",
            "dry": f"{detail.get('dry', 0):.0%}",
        }
        line = _REASONS[key][language].format(**values)
        if detail.get("assumed"):
            line += _ASSUMED[language].format(**values)
        if member.kind == "exceedance" and "share" in detail:
            line += _SHARE[language].format(**values)
        found[language] = line
    return found  # type: ignore[return-value]


def _property(code: str) -> Text:
    known = packs.properties().get(code)
    return known.name if known is not None else dict.fromkeys(LANGUAGES, code)


def _number(value: object, code: str) -> str:
    if not isinstance(value, int | float):
        return "–"
    known = packs.properties().get(code)
    label = f" {known.unit_label}" if known is not None and known.unit_label else ""
    return f"{value:.4g}{label}"


def _standard(id: str) -> str:
    known = packs.rule_sets().get(id)
    return known.code if known is not None else id


def _grade(standard: str, grade: str, language: str) -> str:
    known = packs.rule_sets().get(standard)
    if known is None:
        return grade
    for one in known.grades:
        if one.id == grade:
            return one.name[language]  # type: ignore[index]
    for objective in getattr(known, "objectives", ()):
        if objective.id == grade:
            return str(objective.name[language])
    return grade


def _join(words: list[str], language: str) -> str:
    return ("、" if language.startswith("zh") else ", ").join(words)


def _time(micros: int, utc_offset: int) -> str:
    zone = timezone(timedelta(minutes=utc_offset))
    return datetime.fromtimestamp(micros / 1e6, zone).strftime("%Y-%m-%d %H:%M (%Z)")
