"""The shapes of cases in the API, for its document and for the tests that hold the answers to them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from clearbay.share.schemas import Answer, Latitude, LocalText, Longitude, Time


class PersonShape(Answer):
    """Who."""

    id: str
    name: str


class LimitShape(Answer):
    """What values are held against."""

    op: Literal["le", "ge"]
    value: float
    unit: str
    standard: str = Field(description="Rule set that sets it; empty: given by hand")
    grade: str


class CaseShape(Answer):
    """A case in brief."""

    id: str = Field(examples=["PA-2026-4403-00001"])
    playbook: str
    playbook_version: int
    kind: LocalText = Field(description="Name of the playbook")
    title: str
    title_text: LocalText | None = Field(None, description="The title in the four languages, where an event gave it")
    text: str
    state: str
    state_name: LocalText
    stage: Literal["found", "judged", "handled", "closed", "refused"]
    status: Literal["open", "closed", "merged"]
    severity: int = Field(ge=1, le=4, description="1 is the most severe")
    grade: str
    jurisdiction: str
    jurisdiction_name: LocalText | None = Field(None, description="null: a code that no register here names")
    suspects_text: LocalText | None = Field(
        None, description="Suspects in the four languages, where a trace named them"
    )
    assignee: PersonShape | None
    station: str | None
    station_name: LocalText | None = None
    property: str | None
    property_name: LocalText | None = None
    limit: LimitShape | None
    longitude: Longitude
    latitude: Latitude
    place: str
    event: str | None
    origin: Literal["hand", "event", "exceedance", "public", "draw"]
    fields: dict[str, str]
    opened: Time
    opened_by: str
    entered: Time = Field(description="When it came into its state")
    updated: Time
    version: int = Field(description="Give it back with an action: if the case has changed since, the answer is 409")
    due: Time | None = Field(description="Nearest deadline; null: none runs")
    due_for: str | None
    due_name: LocalText | None = None
    late: bool
    escalated: int
    suspended: Time | None
    suspended_for: str | None
    closed: Time | None
    reopened: int
    worse: Time | None = Field(description="When it last got more severe or came back")
    watch_until: Time | None
    merged_into: str | None
    split_from: str | None
    generated: bool


class CasePage(Answer):
    """One page of cases."""

    items: list[CaseShape]
    total: int = Field(description="Cases of the whole query, as far as the caller may see them")
    next: str | None = Field(description="Give it as `cursor`; null on the last page")


class DeskShape(Answer):
    """What a duty officer sees first."""

    counts: dict[str, int] = Field(description="open, late, soon, new, worse, mine, and one for each stage")
    items: list[CaseShape]
    next: str | None


class PartyShape(Answer):
    """Another jurisdiction's part."""

    jurisdiction: str
    jurisdiction_name: LocalText | None = None
    part: Literal["joint", "superior", "former"]
    task: str
    since: Time
    done: Time | None


class TermShape(Answer):
    """A length of time."""

    amount: int
    unit: Literal["working_days", "days", "hours"]


class OriginShape(Answer):
    """Where a number of a playbook comes from."""

    basis: Literal["law", "default"]
    confidence: str
    sources: list[str]
    note: str


class UncertainShape(Answer):
    """A year of a calendar on a clock's way that no authority has published."""

    calendar: str
    year: int
    status: str


class ClockShape(Answer):
    """A clock of a case."""

    deadline: str
    name: LocalText | None
    term: TermShape | None
    origin: OriginShape | None
    started: Time
    due: Time | None
    outcome: Literal["running", "met", "late", "void"]
    late: bool
    ended: Time | None
    paused: bool
    calendars: list[str]
    warnings: list[str]
    uncertain: list[UncertainShape]


class ActionShape(Answer):
    """One entry of the timeline."""

    seq: int
    time: Time
    actor: PersonShape
    kind: str
    name: LocalText | None = Field(description="What was done; null for a kind that this version does not know")
    from_: str = Field(alias="from")
    to: str
    text: str
    data: dict[str, Any]
    entry: int = Field(description="Place in the audit chain")
    link: str


class PlaceShape(Answer):
    """Where, in degrees and in words."""

    longitude: Longitude
    latitude: Latitude
    text: str


class EvidenceShape(Answer):
    """A piece of evidence."""

    id: int
    sha256: str
    name: str
    media_type: str
    size: int
    kind: str
    added: Time
    by: str
    taken: Time | None
    place: PlaceShape
    note: str


class MoveShape(Answer):
    """A step that leads on."""

    id: str
    name: LocalText
    to: str
    by: list[str]
    allowed: bool
    missing: list[str]


class ResultShape(Answer):
    """A result held against the limit of a case."""

    time: Time
    value: float
    censoring: str = ""


class MeasuredShape(Answer):
    """How far the water has been measured clean since the case came into its state."""

    clean: bool
    times: int = Field(description="Results in a row that are asked for")
    over_hours: float = Field(description="Hours that they must span")
    hours: float = Field(description="Hours that they span")
    run: list[ResultShape] = Field(description="Results in a row within the limit")
    beyond: ResultShape | None = Field(description="The newest result beyond the limit")
    since: Time


class DossierShape(CaseShape):
    """A case with everything that belongs to it."""

    parties: list[PartyShape]
    clocks: list[ClockShape]
    timeline: list[ActionShape]
    evidence: list[EvidenceShape]
    text_text: LocalText | None = Field(None, description="Why its event opened it, in the four languages, as of now")
    moves: list[MoveShape]
    how: dict[str, Any] = Field(description="Its playbook in the version of the day on which it was opened")
    measured: MeasuredShape | None = Field(description="null: nothing can be measured, or nothing has to be")


class Given(BaseModel):
    """Base of what clients send."""

    model_config = ConfigDict(extra="forbid")


class GivenLimit(Given):
    """A limit: as a number in the property's unit, or by rule set and grade."""

    op: Literal["le", "ge"] = "le"
    value: float | None = Field(None, allow_inf_nan=False)
    standard: str = Field("", max_length=100)
    grade: str = Field("", max_length=20)


class NewCase(Given):
    """A case to be opened."""

    playbook: str = Field("pollution-alarm", max_length=100)
    title: str = Field(min_length=1, max_length=300)
    text: str = Field("", max_length=20_000)
    jurisdiction: str = Field("", max_length=9)
    station: str = Field("", max_length=200)
    property: str = Field("", max_length=40)
    limit: GivenLimit | None = None
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    place: str = Field("", max_length=500)
    fields: dict[str, str] = Field(default_factory=dict, max_length=100)
    severity: int = Field(0, ge=0, le=4)
    event: str = Field("", max_length=200)
    key: str = Field("", max_length=100, description="Your own name for this request: sent twice, it is done once")


class GivenAct(Given):
    """What is done to a case."""

    action: str = Field(min_length=1, max_length=60, examples=["dispatch"])
    reason: str = Field("", max_length=20_000)
    to: str = Field("", max_length=100)
    title: str = Field("", max_length=300)
    assignee: PersonShape | None = None
    fields: dict[str, str] = Field(default_factory=dict, max_length=100)
    evidence: list[int] = Field(default_factory=list, max_length=1000)
    station: str = Field("", max_length=200)
    property: str = Field("", max_length=40)
    limit: GivenLimit | None = None
    version: int | None = Field(None, ge=1, description="The version you looked at")
    key: str = Field("", max_length=100)
