"""The shapes of the answers, for the OpenAPI document and for the tests that hold the answers to them.

Hot lists are encoded from columns and never pass through these models; a test validates real answers against them.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

Time = Annotated[str, Field(description="UTC, ISO 8601 with Z", examples=["2019-07-15T00:30:00Z"])]
Longitude = Annotated[float | None, Field(description="Degrees east, WGS 84; null: position unknown, never guessed")]
Latitude = Annotated[float | None, Field(description="Degrees north, WGS 84; null: position unknown, never guessed")]
Period = Annotated[str, Field(description="2019, 2019-Q3, 2019-07, 2019-07-15 or 2019-07-15T08", examples=["2019"])]
Confidence = Annotated[
    str,
    Field(
        description="How well the number is sourced: primary (official text read), two_sources, one_source_official, "
        "one_source, unverified"
    ),
]
Note = Annotated[str, Field(description="A remark in English, whatever the reader's language; empty: none")]
Colour = Annotated[str, Field(description="sRGB as #rrggbb", examples=["#3b82f6"])]


class Answer(BaseModel):
    """Base of all shapes: nothing beyond what is declared."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class LocalText(Answer):
    """One meaning in the four languages."""

    zh_hans: str = Field(alias="zh-Hans", examples=["溶解氧"])
    zh_hant: str = Field(alias="zh-Hant", examples=["溶解氧"])
    en: str = Field(examples=["Dissolved oxygen"])
    pt: str = Field(examples=["Oxigénio dissolvido"])


class Page(Answer, Generic[T]):
    """One page of a list."""

    items: list[T]
    total: int = Field(description="Rows of the whole query, not of this page")
    next: str | None = Field(description="Cursor of the next page; null on the last one")


class Listing(Answer, Generic[T]):
    """A whole list."""

    items: list[T]
    total: int
    next: None = Field(default=None, description="Always null: the list is whole")


class Health(Answer):
    """Whether the server answers, and what it holds."""

    status: Literal["ok"]
    version: str = Field(description="Release of clearbay")
    data_version: int = Field(description="Grows with each committed batch of observations")
    observations: int
    stations: int
    time_from: Time | None
    time_to: Time | None
    generated: bool = Field(description="True where some of the data are generated and not measured")
    open: bool = Field(description="True where whoever calls from the server's own machine writes without a key")


class TimeSpan(Answer):
    """First and last time of any observation; null in an empty home."""

    from_: Time | None = Field(alias="from")
    to: Time | None


class GradeShape(Answer):
    """One verdict that a rule set can give, best first."""

    id: str = Field(examples=["III"])
    name: LocalText
    short: str = Field(description="A letter or two to double the colour")
    colour: Colour
    colour_dark: Colour


class StandardSummary(Answer):
    """A rule set in brief."""

    id: str = Field(examples=["cn.gb3097-1997"])
    code: str = Field(examples=["GB 3097-1997"])
    family: str = Field(description="The rule whose dated versions share it", examples=["hk.aqhi"])
    name: LocalText
    short: LocalText = Field(description="Name for a narrow place")
    kind: Literal["class", "attainment", "index"]
    media: list[str]
    jurisdiction: str = Field(description="GB/T 2260 code", examples=["810000"])
    in_force_from: str = Field(examples=["1998-07-01"])
    in_force_to: str | None = Field(description="Last day in force; null: still in force")
    confidence: Confidence
    grades: list[GradeShape]
    granularities: list[str] = Field(description="Periods over which it can be assessed; the first is the default")
    properties: list[str] = Field(description="Codes of the properties it judges")
    depths: list[str] = Field(description="Depths at which it can be assessed; the first is the default")


class SourceShape(Answer):
    """Where a number of the law was read."""

    id: str
    ref: str
    note: Note


class ItemShape(Answer):
    """Limits of one property, one for each class."""

    property: str
    op: str = Field(description="le, lt, ge, gt, range or not_judged", examples=["le"])
    unit: str = Field(description="UCUM")
    limits: dict[str, float | list[float]] = Field(description="Class id -> limit, or [low, high]")
    lake_limits: dict[str, float] | None = Field(description="Limits for lakes and reservoirs where they differ")
    alternative: dict[str, Any] | None = Field(description="A second property whose limit satisfies the class as well")
    water_types: list[str] = Field(description="Water types it applies to; empty: all")
    clause: str
    confidence: Confidence
    sources: list[str]
    judged: bool = Field(description="False where one sample cannot decide; note says why")
    note: Note
    confidence_by_class: dict[str, Confidence] = Field(description="Classes whose limit is sourced otherwise")


class ObjectiveShape(Answer):
    """One objective that is attained or not, over a year, in some zones."""

    id: str
    name: LocalText
    property: str
    op: str
    unit: str
    statistic: str
    depth: str
    share: float | None = Field(description="Share of samples that must comply, for share_of_samples")
    zones: dict[str, float] = Field(description="Zone id -> limit")
    clause: str
    confidence: Confidence
    sources: list[str]
    note: Note
    confidence_by_zone: dict[str, Confidence] = Field(description="Zones whose limit is sourced otherwise")


class StandardDetail(StandardSummary):
    """A rule set in full."""

    issued: str | None
    rounding: str = Field(description="Rule of rounding before comparison; empty: none")
    sources: list[SourceShape]
    items: list[ItemShape]
    objectives: list[ObjectiveShape]
    parameters: dict[str, Any] = Field(description="What an index needs: coefficients, bands")
    notes: list[LocalText]


class PropertyShape(Answer):
    """An observed property."""

    code: str = Field(examples=["DO"])
    name: LocalText
    unit: str = Field(description="UCUM unit of every stored value", examples=["mg/L"])
    unit_label: str = Field(description="The unit as people print it")
    hj: str = Field(description="Code of HJ 525 (water) or HJ 524 (air); empty where none is sourced")
    hj_confidence: str = Field(description="How well that code is sourced; empty where there is none")
    cf: str = Field(description="CF standard name, or empty")
    decimals: int = Field(description="Usual number of decimals, for display only")
    group: str


class MediumShape(Answer):
    """A medium and how many stations the home has in it."""

    id: str = Field(examples=["sea"])
    name: LocalText
    stations: int
    located: int = Field(description="Stations whose position is known")


class DataSource(Answer):
    """A source of observations, its licence and whom to thank."""

    id: str = Field(examples=["epd-marine"])
    title: LocalText
    licence: str
    attribution: str


class Meta(Answer):
    """Everything that an interface needs to draw itself."""

    version: str
    data_version: int
    languages: list[str]
    time: TimeSpan
    rule_sets: list[StandardSummary]
    properties: list[PropertyShape]
    depths: list[str]
    media: list[MediumShape]
    granularities: list[str]
    sources: list[DataSource] = Field(description="Sources of the observations here")


class StationShape(Answer):
    """A place where something is measured."""

    id: str = Field(examples=["hk.epd.marine.DM1"])
    code: str = Field(examples=["DM1"])
    name: LocalText
    medium: str = Field(examples=["sea"])
    programme: str
    jurisdiction: str = Field(description="GB/T 2260 code")
    zone: str = Field(description="Id of the zone whose rules apply; empty: none known")
    water: LocalText | None = Field(description="The water it lies in")
    longitude: Longitude
    latitude: Latitude
    water_type: str = Field(description="river, lake or empty")
    utc_offset: int = Field(description="Minutes east of UTC of the station's clock")
    first: Time | None = Field(description="First observation")
    last: Time | None = Field(description="Last observation")
    observations: int


class LatestShape(Answer):
    """The newest observation of a series."""

    time: Time
    value: float
    censoring: str
    flag: int


class DatastreamShape(Answer):
    """One property at one depth of a station, in one averaging."""

    property: str
    depth: str = Field(description="surface, middle, bottom; empty where the medium has none")
    averaging: str = Field(description="instant, minute, hour, day; empty: a sample or survey value")
    unit: str
    count: int
    first: Time
    last: Time
    latest: LatestShape | None


class RuleSetFit(Answer):
    """Whether a rule set can judge a station."""

    id: str
    applicable: bool
    missing: list[str] = Field(description="Properties that the rule set judges and the station does not measure")
    why: str = Field(
        description="complete, partial, other_medium, nothing_measured, no_zone (the rules go by zone and the station "
        "has none), no_objective (its zone has none), published (an index as the authority published it, not computed "
        "here), other_time (nothing measured while an index was in force)"
    )


class StationDetail(StationShape):
    """A station with its series and the rule sets that can judge it."""

    datastreams: list[DatastreamShape]
    rule_sets: list[RuleSetFit]
    source: DataSource


class ObservationShape(Answer):
    """One observation: its newest revision, or the one known at as_of."""

    station: str
    property: str
    depth: str
    averaging: str = Field(description="instant, minute, hour, day; empty: a sample or survey value")
    time: Time
    value: float = Field(description="In the unit of the property; with < or > in censoring, the limit")
    censoring: str = Field(description="<: below the value given; >: above it; empty: measured")
    flag: int = Field(description="QARTOD: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing")
    revision: int
    result_time: Time = Field(description="When this revision became known")


class SeriesColumns(Answer):
    """One series as columns of equal length."""

    station: str
    property: str
    unit: str
    depth: list[str]
    averaging: list[str]
    time: list[int] = Field(description="Seconds since 1970-01-01T00:00:00Z")
    value: list[float]
    censoring: list[str]
    flag: list[int]
    total: int
    next: str | None


class AssessmentRow(Answer):
    """The verdict on one station in one period."""

    station: str
    period: Period
    grade: str = Field(description="Id of a grade of the rule set", examples=["III"])
    determinants: list[str] = Field(description="Properties (or objectives) that decided it")
    items_judged: int
    samples: int = Field(description="Samples behind the verdict: the most that any judged item had")


class AssessmentPage(Page[AssessmentRow]):
    """One page of verdicts."""

    standard: str
    granularity: str
    depth: str
    property: str | None
    statistic: LocalText = Field(description="What was compared with the limits")


class AssessmentMatrix(Answer):
    """Every station and period at once, as indices: what a map with a time slider needs."""

    standard: str
    granularity: str
    depth: str
    property: str | None
    statistic: LocalText
    periods: list[str]
    stations: list[str]
    grades: list[str] = Field(description="Grade ids, best first")
    properties: list[str] = Field(description="Codes that 'worst' points into")
    grade: list[list[int]] = Field(description="[station][period] index in grades; -1: no verdict")
    worst: list[list[int]] = Field(
        description="[station][period] index in properties of the item furthest beyond its limit; -1: none"
    )
    samples: list[list[int]] = Field(description="[station][period] samples behind the verdict")


class SampleShape(Answer):
    """One value that went into a statistic."""

    time: Time
    depth: str
    value: float
    censoring: str


class ExplainedItem(Answer):
    """One item of a verdict, from its samples to its grade."""

    property: str
    objective: str | None = Field(default=None, description="Id of the objective, for rule sets of objectives")
    name: LocalText | None = None
    op: str
    unit: str
    statistic: str = Field(examples=["mean"])
    statistic_text: LocalText
    value: float | None = Field(description="The statistic before rounding")
    rounded: float | None = Field(description="The number that was compared")
    n: int = Field(description="Samples in the statistic")
    censored: int = Field(description="Samples beyond a detection limit")
    grade: str | None
    limit: float | list[float] | None = Field(description="The limit that it fails, or meets in the best class")
    limits: dict[str, float | list[float]] = Field(description="Grade id -> limit")
    multiple: float | None = Field(description="How many times over the limit, where the rule set defines that")
    confidence: Confidence
    clause: str
    sources: list[str]
    samples: list[SampleShape]
    attained: bool | None
    note: Note = ""
    contribution: float | None = Field(description="Percentage points of an index's added risk; null: not an index")
    beyond: float | None = Field(
        description="How far beyond the limit that it fails, as a share: of the determinants the one with most decides "
        "most; null: it fails none"
    )


class Explanation(Answer):
    """A verdict unfolded to its arithmetic."""

    station: str
    standard: str
    period: Period
    granularity: str
    depth: str
    grade: str | None = Field(description="null: nothing could be judged")
    determinants: list[str]
    items: list[ExplainedItem]
    missing: list[str] = Field(description="Properties of the rule set without a sample in the period")
    notes: list[LocalText]
    sources: list[SourceShape]


class ZoneShape(Answer):
    """A named area with rules of its own."""

    id: str
    name: LocalText
    kind: str
    jurisdiction: str
    stations: list[str]
    bbox: list[float] | None = Field(description="west, south, east, north of its located stations; null: none located")


class ZoneObjective(Answer):
    """Attainment of one objective in a zone, by period."""

    id: str
    name: LocalText
    periods: list[str]
    attained_share: list[float | None] = Field(description="Share of its judged stations that attained it")
    stations: list[int] = Field(description="Stations judged")


class ZoneDetail(ZoneShape):
    """A zone and how it stands under a rule set, period by period."""

    standard: str
    granularity: str
    depth: str
    periods: list[str]
    grades: list[str]
    counts: list[list[int]] = Field(description="[period][grade] stations of the zone with that grade")
    samples: list[int] = Field(description="[period] samples behind the verdicts")
    judged: list[int] = Field(description="[period] stations with a verdict")
    completeness: list[float] = Field(description="[period] judged stations over all stations of the zone")
    objectives: list[ZoneObjective]
    worst_station: list[str | None] = Field(description="[period] the station with the worst verdict; null: none")


class Timeline(Answer):
    """How many observations each period holds."""

    periods: list[str]
    counts: list[int]


class HitShape(Answer):
    """One thing found by name."""

    kind: Literal["station", "zone", "property", "standard", "place"]
    id: str
    name: LocalText
    context: LocalText | None
    longitude: Longitude
    latitude: Latitude


class OutlineShape(Answer):
    """The shore about a view: rings of whole steps, the first point of each absolute, from the box's west and south."""

    bbox: list[float]
    unit: float
    rings: list[list[int]]


class LayerShape(Answer):
    """A map layer that a person can switch."""

    id: str
    group: str
    name: LocalText
    geometry: str
    url: str
    attribution: str
    licence: str
    default: bool
    order: int
