"""Every detector with what a person should know of it: names, parameters with units, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from clearbay.mine.detection import outlet, place, series
from clearbay.model.text import Text


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a detector; ``unit`` is UCUM, ``1`` for a count or ratio."""

    name: str
    value: float
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Detector:
    """A registered detector: ``watches`` a ``series``, a ``station``, or an ``outlet`` that measures itself."""

    id: str
    name: Text
    watches: str
    parameters: tuple[Parameter, ...]
    source: str


def _text(hans: str, hant: str, en: str, pt: str) -> Text:
    return {"zh-Hans": hans, "zh-Hant": hant, "en": en, "pt": pt}


_OWN = "clearbay's own numbers; inspectors' usual questions to self-monitored data"

_ALL = (
    Detector(
        "exceedance",
        _text("超标", "超標", "limit exceeded", "limite excedido"),
        "series",
        (
            Parameter("run", series.RUN["hour"], "1", "hourly or daily values in a row beyond the limit"),
            Parameter("back", series.BACK, "1", "share of the limit within which it is over"),
            Parameter("clear", series.CLEAR, "1", "values in a row within that share"),
        ),
        "the rule set in force where and when the value was measured (packs); severity by multiples is clearbay's own",
    ),
    Detector(
        "change",
        _text("突变", "突變", "sudden change", "mudança súbita"),
        "series",
        (
            Parameter("window", series.WINDOW, "1", "values whose median is the baseline"),
            Parameter(
                "begin", series.BEGIN, "1", "sum of standardised residuals, each cut at 6 less 2, that begins it"
            ),
            Parameter(
                "begin_mean", series.MEAN_BEGIN, "1", "the same for hourly and daily means, each cut at 14 less 2"
            ),
            Parameter("end", series.END, "1", "sum below which it is over"),
        ),
        "two-sided CUSUM: Page 1954, Biometrika 41; median baseline and hour-of-day offsets",
    ),
    Detector(
        "drift",
        _text("缓慢漂移", "緩慢漂移", "slow drift", "deriva lenta"),
        "series",
        (Parameter("days", series.DAYS, "d", "daily medians looked at"),),
        "Mann-Kendall trend test: Mann 1945, Econometrica 13",
    ),
    Detector(
        "multivariate",
        _text("多指标异常", "多參數異常", "unusual combination", "combinação invulgar"),
        "station",
        (
            Parameter("begin", place.BEGIN, "1", "standard deviations of the distance, three moments on end"),
            Parameter("end", place.END, "1", "standard deviations below which it is over"),
        ),
        "Mahalanobis distance with a running covariance; Wilson and Hilferty 1931, PNAS 17",
    ),
    Detector(
        "silence",
        _text("无数据", "無數據", "silent station", "estação sem dados"),
        "station",
        (Parameter("intervals", place.INTERVALS, "1", "usual intervals without a word; an hour at least"),),
        "clearbay's own",
    ),
    Detector(
        "constant",
        _text("数据恒定", "數據恆定", "constant values", "valores constantes"),
        "outlet",
        (Parameter("same", outlet.SAME, "1", "identical values in a row"),),
        _OWN,
    ),
    Detector(
        "pinned",
        _text("贴限值", "貼限值", "pinned under the limit", "colado ao limite"),
        "outlet",
        (Parameter("from", outlet.PINNED, "1", "share of the limit from which a value is pinned"),),
        _OWN,
    ),
    Detector(
        "inspection_drop",
        _text("检查时段降低", "檢查時段降低", "low in inspection hours", "baixo nas horas de inspecção"),
        "outlet",
        (Parameter("drop", outlet.DROP, "1", "level in office hours of working days over that of other hours"),),
        _OWN,
    ),
    Detector(
        "load_balance",
        _text("与流量不符", "與流量不符", "does not fit the flow", "incompatível com o caudal"),
        "outlet",
        (Parameter("last", outlet.LAST, "1", "values with flow that are judged together"),),
        _OWN,
    ),
)


@cache
def detectors() -> Mapping[str, Detector]:
    """The detectors by id."""
    return MappingProxyType({one.id: one for one in _ALL})
