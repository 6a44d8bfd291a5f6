"""The shapes of answers about rivers and traces."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clearbay.share.schemas import Answer, LocalText, Time

Km = Annotated[float, Field(description="Along the rivers, in km")]
Basis = Literal["jobson1996", "modelled", "measured"]
Kind = Literal["section", "outlet", "plant", "intake", "beach"]


class NetworkShape(Answer):
    """A river network of this home."""

    id: str
    name: LocalText
    generated: bool = Field(description="True: no such river exists")
    reaches: int
    catchments: int
    sections: int
    outlets: int
    sites: dict[str, int] = Field(description="How many of each kind stand on it")
    warnings: list[str] = Field(description="What was doubtful when it was brought in, in English")


class Networks(Answer):
    """Every network."""

    networks: list[NetworkShape]


class Interval(Answer):
    """A median with its 90 % interval."""

    median: float | None
    interval: tuple[float | None, float | None]


class TimeInterval(Answer):
    """A time with its 90 % interval."""

    median: Time | None
    interval: tuple[Time | None, Time | None]


class From(Answer):
    """The place asked from."""

    reach: str
    above_lower_end_km: Km


class Catchments(Answer):
    """The land that drains to a place."""

    count: int
    area_km2: float


class ReachAlong(Answer):
    """A reach on the way: the stretch between it and the place asked from."""

    reach: str
    river: str
    near_km: Km
    far_km: Km
    hours: float = Field(description="Of travel, from the nearer end")
    share: float = Field(description="Part of the water that takes this way, below 1 behind bifurcations")
    velocity_ms: float
    velocity_basis: Basis


class SiteAlong(Answer):
    """A site on the way."""

    id: str
    kind: Kind
    name: LocalText
    longitude: float
    latitude: float
    reach: str
    km: Km
    hours: Interval


class Along(Answer):
    """What lies up- or downstream of a place."""

    network: str
    generated: bool
    from_: From = Field(alias="from")
    direction: Literal["upstream", "downstream"]
    reaches: int
    length_km: Km
    rivers: int
    catchments: Catchments | None = Field(default=None, description="Upstream only, where the network has catchments")
    items: list[ReachAlong] | None = Field(default=None, description="Only with `items=true`")
    sites: list[SiteAlong]
    warnings: list[str]


class SiteShape(Answer):
    """A site on a network."""

    id: str
    kind: Kind
    name: LocalText
    longitude: float
    latitude: float
    reach: str
    above_lower_end_km: Km
    off_m: float = Field(description="How far its own point lies from the line of the reach")
    station: str | None = Field(description="Where its observations are")
    details: dict[str, object]


class PlaceShape(Answer):
    """A site as far as a trace names it."""

    id: str
    name: LocalText
    longitude: float
    latitude: float


class Where(Answer):
    """The place of the release: the likeliest reach, and the distance up the river from the section."""

    reach: str
    km: Km
    interval: tuple[float, float]


class Mass(Interval):
    """The mass released."""

    unit: str
    property: str


class ReachProbability(Answer):
    """A reach's share of the posterior; its ends in km up from the section."""

    reach: str
    from_km: Km
    to_km: Km
    p: float


class Isochrone(Answer):
    """Hours of travel from the middle of a reach to the section."""

    reach: str
    hours: float


class Evidence(Answer):
    """One finding: its weight is the logarithm of how much it speaks for this outlet over an average one upstream."""

    kind: Literal["place", "fingerprint", "permit", "records", "history"]
    what: LocalText
    weight: float


class Suspect(Answer):
    """A known outlet with its probability."""

    outlet: str
    name: LocalText
    longitude: float
    latitude: float
    industry: str | None
    probability: float
    distance_km: Km
    travel_time_h: Interval
    release: TimeInterval
    evidence: list[Evidence]


class Coming(PlaceShape):
    """What the cloud reaches next."""

    kind: Kind
    km: Km
    arrival: TimeInterval
    peak: TimeInterval
    end: TimeInterval
    concentration: Interval | None = Field(description="Of the peak, in the property's unit, above the background")


class Passed(PlaceShape):
    """A section that the cloud has passed."""

    peak: Time | None


class TraceShape(Answer):
    """Where, when and how much was released, and by whom, with what probability."""

    event: str | None
    network: str
    generated: bool
    section: PlaceShape = Field(description="The uppermost section that the cloud passed")
    property: str
    sections: list[str]
    as_of: Time | None = Field(description="Time of the newest value that was read")
    passed: list[Passed] = Field(description="The sections that the cloud has passed, downstream")
    identifiable: bool = Field(description="Whether the sections located the release; the ranking holds without it")
    warnings: list[LocalText]
    where: Where
    when: TimeInterval
    duration_h: Interval
    age_h: Interval
    mass: Mass | None
    posterior: list[ReachProbability]
    isochrones: list[Isochrone]
    suspects: list[Suspect]
    none_of_them: float = Field(description="Probability that it was none of the known outlets")
    downstream: list[Coming]
    lines: dict[str, list[tuple[float, float]]] | None = Field(
        default=None, description="Points of every reach named, only with `lines=true`"
    )
