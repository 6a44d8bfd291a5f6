"""The computations of the rules beyond standards, with what people should know of each."""

from __future__ import annotations

from clearbay.mine.air_statistics import exceedances, year_statistics
from clearbay.mine.aqi import aqi_daily, aqi_hourly
from clearbay.mine.beach import beach_weeks, beach_years
from clearbay.mine.discharge import discharge_days
from clearbay.mine.iaqi import sub_index
from clearbay.mine.main_pollutants import of_section
from clearbay.mine.measure import Measure, text
from clearbay.mine.organic import organic_pollution_index
from clearbay.mine.rating import by_item_means, rated
from clearbay.mine.river_wqi import river_wqi
from clearbay.mine.side_by_side import side_by_side
from clearbay.mine.trend import change_by_shares, spearman
from clearbay.mine.trophic import trophic_index
from clearbay.mine.validity import flow_weighted_mean, for_loads, load, year_is_valid

AIR = ("SO2", "NO2", "CO", "O3", "PM10", "PM2_5")
TLI = ("chla", "TP", "TN", "secchi", "CODMn")
ORG = ("CODMn_alk", "DIN", "DIP", "DO")
WQI = ("DO_sat", "BOD5", "NH3N")
BEACH = ("E_coli",)

RULE_MEASURES = (
    Measure(
        "iaqi",
        text(
            "空气质量分指数", "空氣質量分指數", "Sub-index of air quality (IAQI)", "Subíndice de qualidade do ar (IAQI)"
        ),
        "index",
        sub_index,
        "two_sources",
        "HJ 633-2012, HJ 633-2026 (official texts): straight lines between breakpoints, rounded up",
        inputs=AIR,
        unit="1",
        convention="beyond a table that names nothing else the sub-index is 500",
    ),
    Measure(
        "aqi_hourly",
        text(
            "空气质量指数（实时报）",
            "空氣質量指數（實時報）",
            "Air Quality Index by the hour",
            "Índice de Qualidade do Ar por hora",
        ),
        "verdict",
        aqi_hourly,
        "two_sources",
        "HJ 633 in the version of the day",
        inputs=AIR,
        unit="1",
        convention="a running mean of 24 hours asks for 20 of them",
    ),
    Measure(
        "aqi_daily",
        text(
            "空气质量指数（日报）",
            "空氣質量指數（日報）",
            "Air Quality Index by the day",
            "Índice de Qualidade do Ar por dia",
        ),
        "verdict",
        aqi_daily,
        "two_sources",
        "HJ 633 in the version of the day; GB 3095-2026, table 4, for least numbers of hours",
        inputs=AIR,
        unit="1",
        convention="8-hour means lie within the natural day, ending with its 8th to 24th hour",
    ),
    Measure(
        "air_year",
        text("空气质量年评价", "空氣質量年評價", "Statistics of a year of air", "Estatísticas de um ano de ar"),
        "verdict",
        year_statistics,
        "one_source",
        "HJ 663: annual means and percentiles; interpolation of ranks unverified",
        inputs=AIR,
        convention="exceptional events are not taken out",
    ),
    Measure(
        "exceedances",
        text("超标次数", "超標次數", "Exceedances of a year", "Excedências de um ano"),
        "verdict",
        exceedances,
        "one_source_official",
        "Hong Kong Air Quality Objectives: exceedances allowed in a calendar year",
        inputs=AIR,
        unit="1",
        convention="an 8-hour limit is counted once a day, by its largest mean",
    ),
    Measure(
        "for_loads",
        text(
            "总量计算中未检出按零计",
            "總量計算中未檢出按零計",
            "Below detection in a load: zero",
            "Abaixo da detecção numa carga: zero",
        ),
        "statistic",
        for_loads,
        "one_source",
        "SL 219-2013, 12.2.5",
        convention="a value above an upper limit enters as that limit",
    ),
    Measure(
        "flow_weighted_mean",
        text("流量加权平均", "流量加權平均", "Flow-weighted mean", "Média ponderada pelo caudal"),
        "statistic",
        flow_weighted_mean,
        "primary",
        "HJ 212-2017, annex D",
    ),
    Measure(
        "load",
        text("污染物总量", "污染物總量", "Load carried", "Carga transportada"),
        "statistic",
        load,
        "unverified",
        "sum of concentration, flow and time; the text was not found",
        unit="kg",
    ),
    Measure(
        "year_is_valid",
        text("年数据有效性", "年數據有效性", "Completeness of a year", "Suficiência de um ano"),
        "verdict",
        year_is_valid,
        "primary",
        "GB 3095-2026, table 4",
    ),
    Measure(
        "rate",
        text(
            "断面类别比例评价",
            "斷面類別比例評價",
            "Rating by shares of classes",
            "Avaliação pelas proporções das classes",
        ),
        "verdict",
        rated,
        "one_source",
        "环办[2011]22号; HJ 442.10-2020",
        convention="the best grade whose rule holds is taken",
    ),
    Measure(
        "item_means",
        text("少于5个断面的评价", "少於5個斷面的評價", "Rating of few sections", "Avaliação de poucas secções"),
        "verdict",
        by_item_means,
        "one_source",
        "环办[2011]22号: items averaged over the sections, then the worst",
        convention="exactly five sections count as enough for shares",
    ),
    Measure(
        "main_pollutants",
        text("主要污染指标", "主要污染指標", "Main pollutants", "Poluentes principais"),
        "verdict",
        of_section,
        "one_source",
        "环办[2011]22号, verbatim",
        convention="among equals the order of the standard",
    ),
    Measure(
        "change",
        text("时段变化", "時段變化", "Change between two periods", "Variação entre dois períodos"),
        "verdict",
        change_by_shares,
        "unverified",
        "环办[2011]22号; its bands of 10 and 20 points were not read",
        unit="%",
    ),
    Measure(
        "spearman",
        text("秩相关趋势", "秩相關趨勢", "Trend by rank correlation", "Tendência por correlação de postos"),
        "statistic",
        spearman,
        "unverified",
        "Spearman, Daniel test; critical values were not read in a text",
        unit="1",
        convention="ties share their mean rank",
    ),
    Measure(
        "trophic_level",
        text("综合营养状态指数", "綜合營養狀態指數", "Trophic level index", "Índice de nível trófico"),
        "index",
        trophic_index,
        "two_sources",
        "method of the national monitoring centre, 2001; 环办[2011]22号",
        inputs=TLI,
        unit="1",
        convention="a missing item is weighted away and named",
    ),
    Measure(
        "organic_pollution",
        text("有机污染指数", "有機污染指數", "Organic pollution index", "Índice de poluição orgânica"),
        "index",
        organic_pollution_index,
        "one_source",
        "as restated; bands below 4 unverified",
        inputs=ORG,
        unit="1",
    ),
    Measure(
        "river_wqi",
        text("河溪水质指数", "河溪水質指數", "River Water Quality Index", "Índice de Qualidade da Água de rios"),
        "index",
        river_wqi,
        "unverified",
        "EPD, scientific basis of river monitoring: three items of 1 to 5 points; cut-points not read",
        inputs=WQI,
        unit="1",
    ),
    Measure(
        "beach_rank",
        text("泳滩年度评级", "泳灘年度評級", "Annual rank of a beach", "Classificação anual de uma praia"),
        "verdict",
        beach_years,
        "two_sources",
        "EPD beach reports: geometric mean of March to October",
        inputs=BEACH,
        convention="the mean is rounded to a whole count",
    ),
    Measure(
        "beach_week",
        text("泳滩周评级", "泳灘周評級", "Weekly grade of a beach", "Classificação semanal de uma praia"),
        "verdict",
        beach_weeks,
        "unverified",
        "EPD: geometric mean of the five most recent samplings; its cut-points are taken from the annual rank",
        inputs=BEACH,
    ),
    Measure(
        "discharge",
        text("排放达标", "排放達標", "Compliance of a discharge", "Conformidade de uma descarga"),
        "verdict",
        discharge_days,
        "two_sources",
        "GB 18918-2002, table 1; DB44/26-2001 (unverified)",
        convention="where temperature or age is unknown, only a verdict that all limits share",
    ),
    Measure(
        "side_by_side",
        text("指标对照", "指標對照", "Limits side by side", "Limites lado a lado"),
        "verdict",
        side_by_side,
        "one_source",
        "clearbay's reading of the rule sets in force; each limit has its own confidence",
    ),
)
