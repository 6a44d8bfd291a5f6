"""Words that stand at the head of columns, in the languages of the bay, and what they mean.

Properties are known by their codes and names in ``clearbay.packs``; the spellings here are those that laboratories and
platforms use besides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from clearbay import packs
from clearbay.collect.numbers import tidy
from clearbay.model.errors import BadInput

STATION = (
    "断面名称", "断面", "斷面", "站点名称", "站点", "站點", "站名", "监测点位", "监测点", "監測點", "点位名称",
    "点位", "测点", "測站",
    "测站", "监测站", "監測站", "站位", "站号", "样点", "station", "stationname", "stationid", "stationcode", "site",
    "sitename",
    "siteid", "section", "estação", "estacao", "ponto", "local", "b_station_eng",
)  # fmt: skip

TIME = (
    "监测时间", "监测日期", "監測時間", "監測日期", "采样时间", "采样日期", "採樣時間", "採樣日期", "取样时间",
    "时间", "時間", "日期",
    "数据时间", "發布時間", "发布时间", "time", "datetime", "timestamp", "date", "dates", "samplingtime",
    "samplingdate", "sampledate",
    "sampletime", "monitortime", "observationtime", "data", "datahora",
)  # fmt: skip

HOUR = ("时刻", "時刻", "小时", "hour", "timeofday", "采样时刻", "hora")

DEPTH = ("层次", "層次", "水层", "水層", "采样层次", "深度层次", "depth", "layer", "profundidade", "camada")

EAST = ("经度", "經度", "东经", "longitude", "lon", "lng", "long", "x", "easting", "坐标x", "x坐标")

NORTH = ("纬度", "緯度", "北纬", "latitude", "lat", "y", "northing", "坐标y", "y坐标")

ITEM = ("项目", "项目名称", "监测项目", "監測項目", "指标", "监测指标", "因子", "监测因子", "污染物", "參數", "参数",
"parameter",
        "property", "analyte", "determinand", "variable", "parâmetro", "parametro")  # fmt: skip

VALUE = (
    "结果",
    "监测结果",
    "結果",
    "监测值",
    "监测数值",
    "測值",
    "测值",
    "数值",
    "浓度",
    "浓度值",
    "值",
    "value",
    "result",
    "measurement",
    "valor",
)

UNIT = ("单位", "單位", "计量单位", "unit", "units", "unidade")

CENSORING = ("修饰符", "符号", "検出符号", "检出符号", "qualifier", "censoring", "remark code", "sign")

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "water_temp": ("水温", "温度", "temp", "watertemp", "watertemperature", "temperature", "水溫"),
    "pH": ("ph", "ph值", "酸碱度"),
    "DO": ("do", "溶解氧", "dissolvedoxygen", "溶氧"),
    "DO_sat": ("溶解氧饱和度", "溶解氧饱和率", "dosat", "do%", "dosaturation"),
    "CODMn": ("高锰酸盐指数", "codmn", "cod_mn", "高錳酸鹽指數", "imn", "permanganateindex", "高指"),
    "CODCr": ("化学需氧量", "codcr", "cod_cr", "cod", "化學需氧量"),
    "BOD5": ("五日生化需氧量", "bod5", "bod", "生化需氧量"),
    "NH3N": ("氨氮", "nh3n", "nh3-n", "nh4n", "nh4-n", "nh3_n", "ammonianitrogen", "ammonia-nitrogen"),
    "TP": ("总磷", "總磷", "tp", "totalphosphorus", "总磷(以p计)"),
    "TN": ("总氮", "總氮", "tn", "totalnitrogen", "总氮(以n计)"),
    "NO3N": ("硝酸盐氮", "硝态氮", "no3n", "no3-n", "硝酸盐(以n计)", "硝酸盐"),
    "NO2N": ("亚硝酸盐氮", "亚硝态氮", "no2n", "no2-n", "亚硝酸盐"),
    "DIN": ("无机氮", "din", "tin", "溶解无机氮"),
    "DIP": ("活性磷酸盐", "无机磷", "dip", "po4-p", "po4p", "磷酸盐"),
    "conductivity": ("电导率", "電導率", "cond", "conductivity", "ec"),
    "turbidity": ("浊度", "濁度", "turb", "turbidity", "ntu"),
    "chla": ("叶绿素a", "叶绿素α", "葉綠素a", "chla", "chl-a", "chl_a", "chlorophylla", "chlorophyll-a", "叶绿素"),
    "algae": ("藻密度", "蓝绿藻密度", "algae", "algaldensity", "藻类密度"),
    "SS": ("悬浮物", "懸浮物", "ss", "tss", "suspendedsolids", "悬浮固体"),
    "salinity": ("盐度", "鹽度", "sal", "salinity"),
    "secchi": ("透明度", "secchi", "sd", "sdd"),
    "FecalColi": ("粪大肠菌群", "粪大肠菌群数", "糞大腸菌群", "fecalcoliform", "faecalcoliforms", "fecalcoliforms"),
    "Coliform": ("总大肠菌群", "大肠菌群", "totalcoliform"),
    "E_coli": ("大肠埃希氏菌", "大腸桿菌", "ecoli", "e.coli"),
    "Oil": ("石油类", "石油類", "油类"),
    "LAS": ("阴离子表面活性剂", "las", "陰離子表面活性劑"),
    "VPhenol": ("挥发酚", "揮發酚", "volatilephenol", "挥发性酚"),
    "F": ("氟化物", "fluoride"),
    "Cl": ("氯化物", "chloride"),
    "SO4": ("硫酸盐", "sulfate", "sulphate"),
    "CN": ("氰化物", "总氰化物", "cyanide"),
    "Sulfide": ("硫化物", "sulfide", "sulphide"),
    "Cr6": ("六价铬", "六價鉻", "铬(六价)", "cr6+", "cr(vi)", "crvi", "hexavalentchromium"),
    "Cr": ("总铬", "铬", "totalchromium"),
    "Cu": ("铜",), "Zn": ("锌",), "Pb": ("铅",), "Cd": ("镉",), "Hg": ("汞", "总汞"), "As": ("砷", "总砷"),
    "Se": ("硒",),
    "Ni": ("镍",), "Fe": ("铁",), "Mn": ("锰",), "Al": ("铝",),
    "TOC": ("总有机碳", "toc"),
    "flow": ("流量", "flow", "discharge"),
    "PM2_5": ("pm2.5", "pm25", "细颗粒物", "fsp"),
    "PM10": ("pm10", "可吸入颗粒物", "rsp"),
    "SO2": ("二氧化硫",), "NO2": ("二氧化氮",), "NOx": ("氮氧化物", "nox"), "O3": ("臭氧", "臭氧1小时"),
    "CO": ("一氧化碳",),
}  # fmt: skip

_UNIT_SUFFIX = {
    "mg_l": "mg/L", "ug_l": "ug/L", "ng_l": "ng/L", "mgl": "mg/L", "ugl": "ug/L", "us_cm": "uS/cm", "ms_cm": "mS/cm",
    "ntu": "NTU",
    "cells_l": "cells/L", "psu": "psu", "degc": "Cel", "c": "Cel", "m": "m", "cm": "cm", "ug_m3": "ug/m3",
    "mg_m3": "mg/m3",
    "m3_s": "m3/s", "pct": "%",
}  # fmt: skip
"""Units as machine-made headers spell them at their end (``do_mg_l``)."""

_BRACKETS = re.compile(r"^(?P<name>.+?)\s*[(\[【](?P<unit>[^()\[\]【】]+(?:\([^()]*\)[^()]*)?)[)\]】]$")
_TAIL = re.compile(r"^(?P<name>.+?)[\s,，、/:：_-]+(?P<unit>[^\s,].*)$")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a header says: the property, the unit if it states one that fits, and what stood there as unit."""

    code: str
    unit: str = ""
    printed: str = ""


def key(text: str) -> str:
    """A word for comparison: half-width, lower case, without blanks, underscores, hyphens and dots."""
    return re.sub(r"[\s_\-·.]", "", tidy(text).lower().replace("µ", "u").replace("μ", "u"))


@cache
def _codes() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for code, spellings in _SPELLINGS.items():
        known |= {key(spelling): code for spelling in spellings}
    for code, prop in packs.properties().items():
        for word in (*prop.name.values(), code):
            known.setdefault(key(word), code)
            known.setdefault(key(re.sub(r"[(（].*", "", word)), code)
    return known


def property_of(word: str) -> str | None:
    """The property that a word means, or None."""
    return _codes().get(key(word))


def heading(header: str) -> Heading | None:
    """Read a header such as ``氨氮(mg/L)``, ``DO mg/L``, ``nh3n_mg_l`` or ``总磷``; None if it names no property."""
    text = tidy(header)
    for suffix, unit in _UNIT_SUFFIX.items():
        if text.lower().endswith(f"_{suffix}") and (code := property_of(text[: -len(suffix) - 1])):
            return _fitting(code, unit)
    if code := property_of(text):
        return Heading(code)
    for pattern in (_BRACKETS, _TAIL):
        if (match := pattern.match(text)) and (code := property_of(match["name"])):
            return _fitting(code, match["unit"])
    return None


def _fitting(code: str, unit: str) -> Heading:
    try:
        packs.unit_factor(unit, packs.properties()[code].unit, code)
    except BadInput:
        return Heading(code, "", unit)
    return Heading(code, unit, unit)


def is_one_of(header: str, words: tuple[str, ...]) -> bool:
    """Whether a header is one of the words, a bracketed remark aside (``监测时间(北京时间)``)."""
    text = tidy(header)
    bare = re.sub(r"[(\[【].*$", "", text)
    return any(key(candidate) in {key(word) for word in words} for candidate in (text, bare))
