"""What was compared with the limits, in words of the four languages."""

from __future__ import annotations

from collections.abc import Mapping

from clearbay.model.standard import Objective, Standard
from clearbay.model.text import LANGUAGES, Text


def _text(zh_hans: str, zh_hant: str, en: str, pt: str) -> Text:
    return dict(zip(LANGUAGES, (zh_hans, zh_hant, en, pt), strict=True))


PERIOD: Mapping[str, Text] = {
    "year": _text("全年", "全年", "year", "ano"),
    "season": _text("季度", "季度", "quarter", "trimestre"),
    "month": _text("当月", "當月", "month", "mês"),
    "day": _text("当日", "當日", "day", "dia"),
    "hour": _text("小时", "小時", "hour", "hora"),
    "12months": _text("连续12个月", "連續12個月", "12 months", "período de 12 meses"),
    "3years": _text("三年", "三年", "three years", "triénio"),
}

_DEPTH: Mapping[str, Text] = {
    "mean": _text(
        "先取各水深平均", "先取各水深平均", "depths of one occasion averaged first", "média prévia das profundidades"
    ),
    "surface": _text("表层", "表層", "surface", "superfície"),
    "middle": _text("中层", "中層", "mid-depth", "meia profundidade"),
    "bottom": _text("底层", "底層", "bottom", "fundo"),
}

_MEAN = _text(
    "{period}各次采样的算术平均值，粪大肠菌群等计数取几何平均",
    "{period}各次採樣的算術平均值，大腸桿菌等計數取幾何平均",
    "arithmetic mean of the samples of the {period}; bacteria by geometric mean",
    "média aritmética das amostras do {period}; bactérias pela média geométrica",
)
_OBJECTIVES = _text(
    "各水质指标按其自身的年度统计量与水深评定",
    "各水質指標按其自身的年度統計量與水深評定",
    "each objective by its own statistic and depth over the year",
    "cada objectivo pela sua própria estatística e profundidade ao longo do ano",
)
_INDEX = _text(
    "{period}最高的每小时指数；有污染物浓度的由其计算，其余采用官方公布值",
    "{period}最高的每小時指數；有污染物濃度的由其計算，其餘採用官方公布值",
    "highest hourly index of the {period}; computed from pollutants where they are measured, elsewhere as published",
    "índice horário mais alto do {period}; calculado a partir dos poluentes onde são medidos, noutros como publicado",
)
_HOURLY = _text(
    "每小时指数；有污染物浓度的由其计算，其余采用官方公布值",
    "每小時指數；有污染物濃度的由其計算，其餘採用官方公布值",
    "hourly index; computed from pollutants where they are measured, elsewhere as published",
    "índice horário; calculado a partir dos poluentes onde são medidos, noutros como publicado",
)
RISK = _text("增加的健康风险", "增加的健康風險", "added health risk", "risco acrescido para a saúde")
AS_PUBLISHED = _text("官方公布值", "官方公布值", "as published", "como publicado")
MOVING_MEAN = _text("三小时移动平均", "三小時移動平均", "three-hour moving mean", "média móvel de três horas")

ARITHMETIC = _text("算术平均值", "算術平均值", "arithmetic mean", "média aritmética")
GEOMETRIC = _text("几何平均值", "幾何平均值", "geometric mean", "média geométrica")

_SHARE = _text(
    "达到 {threshold} {unit} 的样本所占比例",
    "達到 {threshold} {unit} 的樣本所佔比例",
    "share of samples that meet {threshold} {unit}",
    "proporção de amostras que cumprem {threshold} {unit}",
)
_OF_OBJECTIVE: Mapping[str, Text] = {
    "annual_mean": _text("年算术平均值", "年算術平均值", "annual arithmetic mean", "média aritmética anual"),
    "annual_geometric_mean": _text("年几何平均值", "年幾何平均值", "annual geometric mean", "média geométrica anual"),
}
_COLUMN = _text("水柱平均", "水柱平均", "water-column mean", "média da coluna de água")


def filled(text: Text, **parts: Text | str) -> Text:
    """``text`` with its places filled, each by the part's own language."""
    return {
        language: text[language].format(
            **{name: part if isinstance(part, str) else part[language] for name, part in parts.items()}
        )
        for language in LANGUAGES
    }


def with_aside(text: Text, aside: Text) -> Text:
    """``text`` with an aside in brackets, of the width that each script writes."""
    return {
        language: f"{text[language]}（{aside[language]}）"
        if language.startswith("zh")
        else f"{text[language]} ({aside[language]})"
        for language in LANGUAGES
    }


def of_assessment(standard: Standard, granularity: str, depth: str) -> Text:
    """What an assessment compares, as a whole."""
    if standard.kind == "attainment":
        return _OBJECTIVES
    if standard.kind == "index":
        return _HOURLY if granularity == "hour" else filled(_INDEX, period=PERIOD[granularity])
    text = filled(_MEAN, period=PERIOD[granularity.partition("-")[0]])
    return with_aside(text, _DEPTH[depth]) if "sea" in standard.media else text


def of_item(geometric: bool, depth: str, has_depths: bool) -> Text:
    """What an item of classes compares."""
    text = GEOMETRIC if geometric else ARITHMETIC
    return with_aside(text, _DEPTH[depth]) if has_depths else text


def of_objective(objective: Objective, threshold: float, unit: str) -> Text:
    """What an objective compares."""
    if objective.statistic == "share_of_samples":
        text = filled(_SHARE, threshold=f"{threshold:g}", unit=unit)
    else:
        text = _OF_OBJECTIVE[objective.statistic]
    return with_aside(text, _COLUMN if objective.depth == "mean" else _DEPTH[objective.depth])
