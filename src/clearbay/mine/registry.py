"""Every statistic, index and verdict of this room: a pure function and what people should know of it.

Lists in the API, the documents and the interface come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clearbay.mine.aqhi import added_risk, aqhi
from clearbay.mine.eutrophication import INPUTS, eutrophication_index, eutrophication_periods
from clearbay.mine.measure import Measure, text
from clearbay.mine.objectives import objective_results
from clearbay.mine.period import period_classes, period_items
from clearbay.mine.rounding import round_half_even
from clearbay.mine.rule_measures import RULE_MEASURES
from clearbay.mine.single_factor import samples_classes
from clearbay.mine.statistics import arithmetic_mean, geometric_mean, multiple_over, percentile, share_within

_MEASURES = (
    Measure(
        "rounding",
        text("数值修约", "數值修約", "Rounding half to even", "Arredondamento para o par"),
        "statistic",
        round_half_even,
        "two_sources",
        "GB/T 8170; half to even, as HJ 633-2026 quotes it",
        convention="decimals: as many as the property is usually reported with, never fewer than its finest limit",
    ),
    Measure(
        "arithmetic_mean",
        text("算术平均", "算術平均", "Arithmetic mean", "Média aritmética"),
        "statistic",
        arithmetic_mean,
        "one_source",
        "环办[2011]22号; half the detection limit: 环办监测函[2020]82号 clause 7",
        convention="a value above an upper limit enters as that limit; pH is averaged as it stands",
    ),
    Measure(
        "geometric_mean",
        text("几何平均", "幾何平均", "Geometric mean", "Média geométrica"),
        "statistic",
        geometric_mean,
        "two_sources",
        "Cap. 358 statements: E. coli by annual geometric mean",
        convention="a count of zero enters as half a count",
    ),
    Measure(
        "percentile",
        text("百分位数", "百分位數", "Percentile", "Percentil"),
        "statistic",
        percentile,
        "unverified",
        "HJ 663, as restated: rank 1 + (n - 1) p, interpolated",
    ),
    Measure(
        "share_within",
        text("达标样品比例", "達標樣本比例", "Share of samples that comply", "Proporção de amostras conformes"),
        "statistic",
        share_within,
        "two_sources",
        "Cap. 358 statements: dissolved oxygen in 90 % of samples",
        unit="1",
    ),
    Measure(
        "multiple_over",
        text("超标倍数", "超標倍數", "Multiple over the limit", "Múltiplo acima do limite"),
        "statistic",
        multiple_over,
        "one_source",
        "环办[2011]22号: (C - S)/S over class III; none for temperature, pH, oxygen",
        unit="1",
    ),
    Measure(
        "single_factor",
        text("单因子评价", "單因子評價", "Single-factor class", "Classe por factor único"),
        "verdict",
        samples_classes,
        "one_source",
        "环办[2011]22号; HJ 442.10-2020: the worst item decides",
        convention="what was not found never makes water worse; a verdict that hangs on it is marked",
    ),
    Measure(
        "period_class",
        text("时段评价", "時段評價", "Class of a period", "Classe de um período"),
        "verdict",
        period_items,
        "one_source",
        "环办[2011]22号: arithmetic means, then the worst item",
        convention="depths of one event are averaged first; periods follow the station's own calendar",
    ),
    Measure(
        "period_worst",
        text("时段定类项目", "時段定類項目", "Worst item of a period", "Pior parâmetro de um período"),
        "verdict",
        period_classes,
        "one_source",
        "环办[2011]22号: the worst item decides",
    ),
    Measure(
        "objectives",
        text("水质指标达标", "水質指標達標", "Attainment of objectives", "Cumprimento dos objectivos"),
        "verdict",
        objective_results,
        "unverified",
        "Cap. 358 statements, zone by zone; each objective states its own confidence",
        convention="no least number of samples; the number is given",
    ),
    Measure(
        "aqhi",
        text("空气质素健康指数", "空氣質素健康指數", "Air Quality Health Index", "Índice de Qualidade do Ar e Saúde"),
        "verdict",
        aqhi,
        "two_sources",
        "aqhi.gov.hk FAQ: three-hour moving means, sum of added risks",
        inputs=("NO2", "SO2", "O3", "PM10", "PM2_5"),
        unit="1",
        convention="two of three hours suffice, as the official index shows",
    ),
    Measure(
        "added_risk",
        text("附加健康风险", "附加健康風險", "Added health risk", "Risco acrescido para a saúde"),
        "index",
        added_risk,
        "two_sources",
        "aqhi.gov.hk FAQ",
        inputs=("NO2", "SO2", "O3", "PM10", "PM2_5"),
        unit="%",
    ),
    Measure(
        "eutrophication",
        text("富营养化指数", "富營養化指數", "Eutrophication index E", "Índice de eutrofização E"),
        "index",
        eutrophication_index,
        "two_sources",
        "HJ 442.10-2020, as restated; its grades are unverified",
        inputs=INPUTS,
        unit="1",
    ),
    Measure(
        "eutrophication_periods",
        text(
            "时段富营养化指数",
            "時段富營養化指數",
            "Eutrophication index of a period",
            "Índice de eutrofização de um período",
        ),
        "verdict",
        eutrophication_periods,
        "unverified",
        "HJ 442.10-2020, as restated",
        inputs=INPUTS,
        unit="1",
        convention="the index of the period's means, not the mean of indices",
    ),
)

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.id: measure for measure in (*_MEASURES, *RULE_MEASURES)})
"""All of them by id, in the order in which lists show them."""
