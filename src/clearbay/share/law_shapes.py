"""The shapes of the crosswalk and of comparisons, for the OpenAPI document and the tests that hold answers to them."""

from __future__ import annotations

from pydantic import Field

from clearbay.mine.comparison import Why
from clearbay.share.schemas import Answer, Confidence, LocalText, SourceShape


class CorrespondenceShape(Answer):
    """How one family of rule sets sees an indicator."""

    family: str = Field(examples=["cn.gb3838"])
    property: str
    comparable: bool = Field(description="False: another thing is measured, see note")
    method: LocalText | None
    depth: LocalText | None
    statistic: LocalText | None
    note: LocalText | None


class IndicatorShape(Answer):
    """One thing that several laws limit."""

    id: str
    name: LocalText
    property: str
    unit: str = Field(description="UCUM unit in which laws are compared")
    entries: list[CorrespondenceShape]
    difference: LocalText | None = Field(description="What differs between the laws")
    confidence: Confidence
    sources: list[str]


class UseGradeShape(Answer):
    """The grade that a family demands for a use."""

    family: str
    grade: str
    confidence: Confidence
    sources: list[str]
    note: LocalText | None


class UseShape(Answer):
    """A use of water or air and what each family demands for it."""

    id: str
    name: LocalText
    grades: list[UseGradeShape]


class NotSourcedShape(Answer):
    """A rule that applies somewhere and that no source was found for."""

    id: str
    name: LocalText
    jurisdiction: str
    media: list[str]
    properties: list[str]
    known: LocalText
    searched: LocalText
    obtainable: LocalText


class CrosswalkShape(Answer):
    """One vocabulary for the laws of the three places."""

    indicators: list[IndicatorShape]
    uses: list[UseShape]
    not_sourced: list[NotSourcedShape]


class LineShape(Answer):
    """One limit of one rule set."""

    rule_set: str
    code: str = Field(examples=["GB 3838-2002"])
    jurisdiction: str
    property: str
    grade: str
    grade_name: LocalText | None
    colour: str | None = Field(description="Colour of the grade")
    op: str
    low: float | None
    high: float | None
    unit: str
    comparable: bool
    confidence: Confidence
    sources: list[str]
    clause: str
    averaging: str = Field(description="Over what the value is taken; empty: see statistic")
    zones: list[str] = Field(description="Where it holds; empty: everywhere")
    water_type: str
    allowed: int | None = Field(description="Values of a year that may exceed it")
    condition: str
    condition_confidence: str
    remark: str
    informative: bool = Field(description="Stands in an annex and binds nobody")
    method: LocalText | None
    depth: LocalText | None
    statistic: LocalText | None
    note: LocalText | None
    use_confidence: str = Field(description="How well the grade for the use is sourced; empty: no use asked for")


class ComparedShape(Answer):
    """A rule set that the lines or the absent ones name."""

    id: str
    code: str
    name: LocalText
    jurisdiction: str
    media: list[str]
    in_force_from: str
    in_force_to: str | None
    sources: list[SourceShape]


class AbsentShape(Answer):
    """A rule set that has no line, and why."""

    rule_set: str
    code: str
    jurisdiction: str
    why: Why
    text: LocalText
    remark: str


class ComparisonShape(Answer):
    """What the laws of the three places say of one property on one day."""

    property: str
    on: str
    use: str | None
    unit: str
    indicator: IndicatorShape
    lines: list[LineShape]
    absent: list[AbsentShape]
    rule_sets: list[ComparedShape] = Field(description="The rule sets named above, once each")
