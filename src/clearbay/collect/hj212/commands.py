"""Commands (CN) and systems (ST): their numbers and their Chinese names.

From HJ 212-2017 (official text); those in ``CN_2025`` and ``ST_2025`` come from one secondary source on HJ 212-2025 and
are unverified. A number that stands in neither is read all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clearbay.model.observation import Averaging

CN: Mapping[str, str] = MappingProxyType({
    "1000": "设置超时时间及重发次数", "1011": "提取/上传现场机时间", "1012": "设置现场机时间",
    "1013": "现场机时间校准请求", "1061": "提取/上传实时数据间隔", "1062": "设置实时数据间隔",
    "1063": "提取/上传分钟数据间隔", "1064": "设置分钟数据间隔", "1072": "设置现场机密码",
    "2011": "实时数据", "2012": "停止察看实时数据", "2021": "设备运行状态", "2022": "停止察看设备运行状态",
    "2031": "日数据", "2041": "设备运行时间日历史", "2051": "分钟数据", "2061": "小时数据", "2081": "数采仪开机时间",
    "3011": "零点/量程校准", "3012": "即时采样", "3013": "清洗/反吹", "3014": "比对采样", "3015": "超标留样",
    "3016": "设置采样周期", "3017": "提取/上传采样周期", "3018": "出样时间", "3019": "设备唯一标识",
    "3020": "现场机信息", "3021": "设置现场机参数",
    "9011": "请求应答", "9012": "执行结果", "9013": "通知应答", "9014": "数据应答",
})  # fmt: skip

CN_2025: Mapping[str, str] = MappingProxyType({
    "1001": "上传数采仪硬件序号", "1002": "设置数采仪MN编码", "1014": "密钥", "2013": "原始监测数据",
    "2052": "噪声单次", "2062": "自动标样核查", "2111": "炉膛温度5min均值", "9015": "心跳包",
})  # fmt: skip

ST: Mapping[str, str] = MappingProxyType({
    "21": "地表水质量监测", "22": "空气质量监测", "23": "声环境质量监测", "24": "地下水质量监测", "25": "土壤质量监测",
    "26": "海水质量监测", "27": "挥发性有机物监测", "31": "大气环境污染源", "32": "地表水体环境污染源",
    "33": "地下水体环境污染源", "34": "海洋环境污染源", "35": "土壤环境污染源", "36": "声环境污染源",
    "37": "振动环境污染源", "38": "放射性环境污染源", "39": "工地扬尘污染源", "41": "电磁环境污染源",
    "51": "烟气排放过程监控", "52": "污水排放过程监控", "91": "系统交互",
})  # fmt: skip

ST_2025: Mapping[str, str] = MappingProxyType({"44": "用电监控", "45": "关键生产工况监控"})

NOTICES = frozenset({"1013"})
"""Commands by which a device tells something and expects a notice's answer (9013)."""

ANSWERS = frozenset({"9011", "9012", "9013", "9014"})
"""Commands that are answers themselves; they are never answered."""

MEASURED: Mapping[str, str] = MappingProxyType({"2011": "Rtd", "2051": "Avg", "2061": "Avg", "2031": "Avg"})
"""Commands that carry concentrations, with the kind of value that stands for the instant or the period."""

AVERAGING: Mapping[str, Averaging] = MappingProxyType(
    {"2011": "instant", "2051": "minute", "2061": "hour", "2031": "day"}
)
"""What the values of those commands stand for in time."""

PERIODS = frozenset({"2051", "2061", "2031", "2041"})
"""Commands whose DataTime is the start of a period; that of 2011 and 2021 is an instant."""
