"""Data flags of HJ 212 (N F M S D C T B) as QARTOD flags.

The letters and their meanings are the standard's (HJ 212-2017); the standard maps them to nothing, so the QARTOD flag
beside each is clearbay's judgement: may the value be taken for the water or air at that time?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clearbay.model.observation import Flag


@dataclass(frozen=True, slots=True)
class DataFlag:
    """A letter: its meaning in the standard's words, the QARTOD flag it becomes, and why."""

    letter: str
    zh: str
    qartod: Flag
    why: str


FLAGS: Mapping[str, DataFlag] = MappingProxyType(
    {
        flag.letter: flag
        for flag in (
            DataFlag("N", "正常", Flag.PASS, "the device holds the value for normal"),
            DataFlag("F", "停运", Flag.SUSPECT, "the facility stands still: the value may describe nothing"),
            DataFlag("M", "维护", Flag.FAIL, "measured during maintenance"),
            DataFlag("S", "手工输入设定值", Flag.SUSPECT, "typed in, not measured"),
            DataFlag("D", "故障", Flag.FAIL, "the instrument is faulty"),
            DataFlag("C", "校准", Flag.FAIL, "measured a standard, not the sample"),
            DataFlag("T", "超过测量上限", Flag.SUSPECT, "above the range: the value is a lower bound at best"),
            DataFlag("B", "与数采仪通讯异常", Flag.FAIL, "the value did not come from the instrument"),
        )
    }
)


def qartod(letter: str) -> Flag:
    """The QARTOD flag of a data flag; NOT_EVALUATED where there is none, or one the standard does not know."""
    known = FLAGS.get(letter)
    return known.qartod if known is not None else Flag.NOT_EVALUATED
