"""The registered tests, in the order of their columns. Lists in documents, API and interface come from here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clearbay.mine.measure import text
from clearbay.mine.quality.definition import Parameter, QualityTest

_MANUAL = (
    "U.S. IOOS, Manual for Real-Time Quality Control of In-situ Temperature and Salinity Data, {}; "
    "read through its reference implementation ioos_qc 3.0.0, whose flags these are"
)
_SUSPECT = "above it the value is suspect"
_FAIL = "above it the value fails"

_TESTS = (
    QualityTest(
        "source_flag",
        text("随数标识", "隨數標識", "Flag that came with the value", "Indicador recebido com o valor"),
        "HJ", "value", "causal", (),
        "HJ 212-2017 data flags N F M S D C T B; their QARTOD flags are clearbay's judgement",
        "unverified",
        "takes over the flag with which the source or the device sent the value",
    ),
    QualityTest(
        "gross_range",
        text("量程检查", "量程檢查", "Gross range", "Intervalo bruto"),
        "QARTOD", "value", "causal",
        (
            Parameter("fail_span", "value", "[least, greatest] that the sensor gives or the quantity can be"),
            Parameter("suspect_span", "value", "[least, greatest] that the user expects; null: open"),
        ),
        _MANUAL.format("gross range test"), "one_source",
        "fails outside the sensor's or the quantity's own range, suspect outside the user's",
        aliases=("gross_range_test",),
    ),
    QualityTest(
        "climatology",
        text("季节气候值检查", "季節氣候值檢查", "Climatology", "Climatologia"),
        "QARTOD", "value", "causal",
        (Parameter("config", "value", "list of months, vspan, fspan, depths: a season", required=True),),
        _MANUAL.format("climatology test"), "one_source",
        "suspect outside the usual span of its months; the spans may be derived from the station's own history",
        note="months are those of a clock utc_offset minutes east of UTC",
        aliases=("climatology_test",),
    ),
    QualityTest(
        "spike",
        text("尖峰检查", "尖峰檢查", "Spike", "Pico isolado"),
        "QARTOD", "series", "revises",
        (
            Parameter("suspect_threshold", "value", _SUSPECT),
            Parameter("fail_threshold", "value", _FAIL),
            Parameter("method", "", "average, differential, or relative (a share of the neighbours' mean)", "average"),
        ),
        _MANUAL.format("spike test"), "one_source",
        "sticks out between the two values beside it",
        note="the newest value is not evaluated until the next one has come: its flag is then revised",
        aliases=("spike_test",),
    ),
    QualityTest(
        "rate_of_change",
        text("变化率检查", "變化率檢查", "Rate of change", "Taxa de variação"),
        "QARTOD", "series", "causal",
        (
            Parameter("suspect_threshold", "value/s", _SUSPECT),
            Parameter("fail_threshold", "value/s", _FAIL),
        ),
        _MANUAL.format("rate of change test"), "one_source",
        "steps away from the value before faster than so much a second",
        aliases=("rate_of_change_test",),
    ),
    QualityTest(
        "flat_line",
        text("恒值检查", "恆值檢查", "Flat line", "Linha plana"),
        "QARTOD", "series", "causal",
        (
            Parameter("suspect_threshold", "s", "flat for so long: suspect"),
            Parameter("fail_threshold", "s", "flat for so long: fail"),
            Parameter("tolerance", "value", "what stays within less than this is flat; 0: exactly equal", 0.0),
        ),
        _MANUAL.format("flat line test"), "one_source",
        "has stayed the same for too long",
        aliases=("flat_line_test",),
    ),
    QualityTest(
        "attenuated_signal",
        text("信号衰减检查", "訊號衰減檢查", "Attenuated signal", "Sinal atenuado"),
        "QARTOD", "series", "causal",
        (
            Parameter("suspect_threshold", "value", "moves by less than this: suspect"),
            Parameter("fail_threshold", "value", "moves by less than this: fail"),
            Parameter("test_period", "s", "length of the window that ends at the value", required=True),
            Parameter("min_obs", "1", "fewest values in the window", 2),
            Parameter("check_type", "", "std (of a population) or range", "std"),
        ),
        _MANUAL.format("attenuated signal test"), "one_source",
        "hardly moves any more, as behind a blocked intake",
        aliases=("attenuated_signal_test",),
    ),
    QualityTest(
        "gap",
        text("时间间断检查", "時間間斷檢查", "Gap", "Falha no tempo"),
        "QARTOD", "series", "causal",
        (
            Parameter("suspect_threshold", "s", "comes later than this after the value before: suspect"),
            Parameter("fail_threshold", "s", "comes later than this after the value before: fail"),
        ),
        _MANUAL.format("timing/gap test"), "one_source",
        "comes after a silence; the value itself may be good",
    ),
    QualityTest(
        "held_value",
        text("保持值检查", "保持值檢查", "Held value", "Valor retido"),
        "clearbay", "series", "causal",
        (
            Parameter("share", "1", "from this share of exact repeats on the series counts as held", 0.5),
            Parameter("points", "1", "how many of the newest values are looked at", 48),
            Parameter("least", "1", "fewest pairs of values to judge by", 12),
        ),
        "clearbay; seen on an hourly effluent series of which 3,619 of 4,578 steps repeat exactly", "unverified",
        "repeats a value that was measured once and published again",
        note="a property printed with few decimals repeats honestly: switch it on where the instrument resolves more",
    ),
    QualityTest(
        "neighbour",
        text("邻站比对", "鄰站比對", "Neighbouring stations", "Estações vizinhas"),
        "clearbay", "stations", "causal",
        (
            Parameter("stations", "", "stations that belong together", required=True),
            Parameter("property", "", "the property compared", required=True),
            Parameter("within", "s", "how old a neighbour's value may be", required=True),
            Parameter("suspect_threshold", "value", "farther than this from the neighbours' median: suspect"),
            Parameter("fail_threshold", "value", "farther than this from the neighbours' median: fail"),
            Parameter("least", "1", "fewest neighbours to judge by", 1),
        ),
        "clearbay; QARTOD's manuals name a neighbour test and leave it open", "unverified",
        "is far from what related stations report",
        note="compares with the newest values of the neighbours that arrived before",
    ),
    QualityTest(
        "consistency",
        text("多参数一致性", "多參數一致性", "Consistency of a sample", "Coerência da amostra"),
        "clearbay", "sample", "revises",
        (Parameter("rules", "", "rules between properties; those of the pack unless given"),),
        "what a part and its whole mean; Benson & Krause 1984; PSS-78; tolerances are clearbay's", "unverified",
        "contradicts another value of the same sample",
        note="partners that arrive later revise the flag; all values of a broken rule are suspect",
    ),
    QualityTest(
        "location",
        text("位置检查", "位置檢查", "Location", "Localização"),
        "QARTOD", "value", "causal",
        (
            Parameter("box", "deg", "[west, south, east, north] outside of which it fails"),
            Parameter("range_max", "m", "farther than this from the station's registered place: suspect"),
        ),
        _MANUAL.format("location test"), "one_source",
        "was not measured where it should have been",
        note="needs columns longitude and latitude",
        aliases=("location_test",),
    ),
    QualityTest(
        "hour_coverage",
        text("小时有效性", "小時有效性", "Validity of an hour", "Validade da hora"),
        "HJ", "value", "causal",
        (Parameter("least", "min", "fewest minutes of sampling in the hour", 45),),
        "GB 3095-2026, table 4", "primary",
        "is the mean of an hour in which too little was measured",
        note="needs a column minutes; the number is the one for gases and particles in air",
    ),
)  # fmt: skip

TESTS: Mapping[str, QualityTest] = MappingProxyType({test.id: test for test in _TESTS})


def tests() -> Mapping[str, QualityTest]:
    """Every registered test by id, in the order of the columns."""
    return TESTS


ALIASES: Mapping[str, str] = MappingProxyType({alias: test.id for test in _TESTS for alias in test.aliases})
"""Names that ioos_qc uses in its configurations."""
