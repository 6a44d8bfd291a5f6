"""The shapes of portraits and targets, for the OpenAPI document and for the tests that hold the answers to them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from clearbay.apply.goals import State
from clearbay.apply.groups import Kind
from clearbay.apply.spans import Span
from clearbay.model.target import Measured
from clearbay.share.schemas import Answer, Colour, Confidence, Listing, LocalText, Period, SourceShape

Share = Field(description="Per cent")


class AttainedShape(Answer):
    """Stations whose class is the target or better."""

    target: str = Field(examples=["III"])
    stations: int
    judged: int
    share: float = Share


class RankShape(Answer):
    """Place among the siblings judged in the same span; 1 is best."""

    rank: int
    of: int
    equal: int = Field(description="Siblings that share the rank")


class WordedShape(Answer):
    """A change in the words of the method, where it words one."""

    extent: Literal["none", "some", "marked"]
    direction: Literal["better", "worse", "same"]
    confidence: Confidence


class ChangeShape(Answer):
    """Against an earlier span, over the stations judged in both."""

    period: Period
    common: int = Field(description="Stations judged in both spans")
    better: int
    worse: int
    same: int
    grade: str | None = Field(description="The earlier class of a section")
    steps: int | None = Field(description="Classes that a section moved; positive is worse")
    good: float | None = Field(description="Change of the share of target or better, points of per cent")
    bad: float | None = Field(description="Change of the share of the worst class, points of per cent")
    worded: WordedShape | None
    items_differ: list[str] = Field(description="Properties judged in one of the two spans only (whole portraits)")


class CompletenessShape(Answer):
    """Samples over those expected by the place's own usual frequency."""

    samples: int
    expected: float | None = Field(
        description="Mean number of samples in the spans before this one, up to three years of them, from each "
        "station's first sample on, summed over stations; null: the history is too short"
    )
    share: float | None = Field(description="0 to 1")
    spans: int = Field(description="Earlier spans that the expectation rests on")


class PortraitBrief(Answer):
    """A place in one span of time."""

    kind: Kind
    id: str
    name: LocalText
    period: Period
    from_: str = Field(alias="from", description="First day")
    to: str = Field(description="Last day")
    stations: int = Field(description="Stations of the rule set's media")
    judged: int = Field(description="Stations with a verdict")
    grade: str | None = Field(description="Class of a section; null for a group, see rating")
    counts: list[int] = Field(description="Stations of each grade")
    shares: list[float] = Field(description="The same in per cent of the judged")
    mean_grade: float | None = Field(description="Mean of the grades' places; 0 is the best")
    attained: AttainedShape | None
    rank: RankShape | None
    year_earlier: ChangeShape | None
    previous: ChangeShape | None
    completeness: CompletenessShape


class RatingShape(Answer):
    """The grade of an area by the method for the rule set."""

    method: str = Field(examples=["cn.2011-22"])
    code: str
    grade: str | None
    name: LocalText | None
    colour: Colour | None
    by: Literal["shares", "item_means"]
    sections: int
    confidence: Confidence


class CourseShape(Answer):
    """A series over comparable spans, and its trend by rank correlation."""

    of: str = Field(description="attained_share, mean_grade or a property code")
    unit: str
    periods: list[Period]
    values: list[float | None]
    n: int = Field(description="Values that there are")
    rho: float | None = Field(description="Spearman's coefficient; null: constant, or fewer than two values")
    critical: float | None = Field(description="What |rho| has to reach; null: the table has none for n")
    direction: Literal["rising", "falling", "none", "unknown"] = Field(
        description="unknown: no critical value for so few periods"
    )
    confidence: Confidence = Field(description="How well the critical values are sourced")


class PollutantShape(Answer):
    """A property that misses the target somewhere in the place."""

    property: str
    stations: int
    judged: int
    share: float = Field(description="Stations that miss it over those judged by it, per cent")
    worst: str = Field(description="Station with the worst value")
    value: float | None = Field(description="That value, as compared")
    grade: str
    multiple: float | None = Field(description="(value - limit) / limit of the target; null: none defined")
    main: bool = Field(description="Among the main pollutants that the method names; it names none in a good area")


class PlacedShape(Answer):
    """A station with its verdict."""

    station: str
    grade: str
    determinants: list[str]
    multiples: dict[str, float]
    samples: int
    previous: str | None
    year_earlier: str | None


class HistoryShape(Answer):
    """The stations of each grade over the spans up to this one: successive ones, or a year (three years) apart where
    the spans themselves overlap."""

    periods: list[Period]
    counts: list[list[int]] = Field(description="By period and grade")


class PortraitShape(PortraitBrief):
    """A whole portrait."""

    standard: str
    granularity: Span
    depth: str
    target: str | None
    grades: list[str]
    rating: RatingShape | None
    courses: list[CourseShape]
    pollutants: list[PollutantShape]
    worst: list[PlacedShape] = Field(description="The worst places, at most five")
    places: list[PlacedShape] = Field(description="All judged stations, worst first")
    history: HistoryShape


class PortraitListing(Listing[PortraitBrief]):
    """Places of one kind, best first."""

    standard: str
    granularity: Span
    depth: str
    target: str | None
    grades: list[str]
    period: Period | None = Field(description="null: nothing is judged anywhere")


class TargetYear(Answer):
    """The indicator in one year."""

    year: str
    value: float
    places: int
    against: list[str] = Field(description="Places that stand against the target")


class TargetShape(Answer):
    """A target and where it stands."""

    id: str
    name: LocalText
    jurisdiction: str
    measured: Measured
    property: str | None
    standard: str | None = Field(description="Family of the rule set whose grades count")
    grades: list[str]
    op: Literal["le", "ge"]
    limit: float
    unit: str
    deadline: str
    places_meant: int | None = Field(description="How many places the text speaks of")
    clause: str
    confidence: Confidence
    sources: list[SourceShape]
    note: LocalText | None
    state: State = Field(description="undecided: met, over fewer places than the target speaks of")
    value: float | None
    year: str | None = Field(description="The latest year with data")
    places: int
    why: LocalText = Field(description="What the state rests on, or why there is none")
    years: list[TargetYear]
