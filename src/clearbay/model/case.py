"""A case and what belongs to it: who acts, what was done, what proves it, which clocks run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from clearbay.model.playbook import EvidenceKind, Opening, Stage

Status = Literal["open", "closed", "merged"]
"""Whether somebody still has to act: ``closed`` covers every end (refused too), ``merged`` went on in another case."""

Part = Literal["joint", "superior", "former"]
"""What a jurisdiction other than the holder is to a case: handles a part of it, was called upon, or held it before."""

Outcome = Literal["running", "met", "late", "void"]
"""What became of a clock: still running, met in time, met too late, or void (the case ended another way)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person (or a program) with roles in a jurisdiction and all that lies within it.

    ``stations`` are those that are theirs, where they speak for an enterprise.
    """

    id: str
    name: str
    roles: frozenset[str]
    jurisdiction: str
    stations: tuple[str, ...] = ()

    def has(self, roles: tuple[str, ...]) -> bool:
        """Whether one of the roles is held; an operator holds all but the auditor's silence."""
        return "operator" in self.roles or not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a case's values are held against: ``op`` is ``le`` or ``ge``.

    ``standard`` and ``grade`` say where the number stands in the law, empty where somebody gave it by hand.
    """

    op: Literal["le", "ge"]
    value: float
    unit: str
    standard: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where: WGS 84 degrees, or None where the position is unknown; and in words."""

    longitude: float | None = None
    latitude: float | None = None
    text: str = ""


NOWHERE = Place()
"""No place is known."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands. Times are UTC with a zone; ``due`` is the nearest deadline (None: none runs).

    ``version`` grows with every action: who acts on an older one is told, and nothing is lost. ``watch_until`` is set
    while a closed case is watched for a rebound; ``worse`` when it last got more severe; ``generated`` marks a case
    made from generated data.
    """

    number: int
    id: str
    playbook: str
    playbook_version: int
    title: str
    text: str
    state: str
    stage: Stage
    status: Status
    severity: int
    grade: str
    jurisdiction: str
    assignee: str
    assignee_name: str
    station: str
    property: str
    limit: Limit | None
    place: Place
    event: str
    origin: Opening
    fields: Mapping[str, str]
    opened: datetime
    opened_by: str
    entered: datetime
    updated: datetime
    version: int
    due: datetime | None = None
    due_for: str = ""
    escalated: int = 0
    suspended: datetime | None = None
    suspended_for: str = ""
    closed: datetime | None = None
    reopened: int = 0
    worse: datetime | None = None
    watch_until: datetime | None = None
    watch_seen: datetime | None = None
    merged_into: str = ""
    split_from: str = ""
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """Another jurisdiction's part in a case; ``done`` when it has finished what it was asked for."""

    jurisdiction: str
    part: Part
    task: str
    since: datetime
    done: datetime | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A clock of a case: which deadline, since when, over which places and pauses, and what became of it.

    ``legs`` are (moment, id of the calendar), ``pauses`` (from, until or None). ``step`` counts the escalations done,
    ``next`` is when the next thing happens to it. ``uncertain`` are years on the way without an official calendar.
    """

    id: int
    deadline: str
    started: datetime
    legs: tuple[tuple[datetime, str], ...]
    pauses: tuple[tuple[datetime, datetime | None], ...]
    due: datetime | None
    outcome: Outcome = "running"
    ended: datetime | None = None
    step: int = 0
    next: datetime | None = None
    uncertain: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence: a file by its SHA-256, who added it, when and where it was taken, by their own word.

    ``taken`` and ``place`` are what the person (or the camera) says; ``added`` is the node's own clock.
    """

    id: int
    seq: int
    sha256: str
    name: str
    media_type: str
    size: int
    kind: EvidenceKind
    added: datetime
    by: str
    taken: datetime | None = None
    place: Place = NOWHERE
    note: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was done to a case, as the audit chain keeps it.

    ``seq`` counts within the case, ``entry`` is its place in the chain and ``link`` its link there (hexadecimal);
    ``payload`` are the very bytes that were chained.
    """

    seq: int
    time: datetime
    actor: str
    actor_name: str
    kind: str
    before: str
    after: str
    text: str
    data: Mapping[str, object]
    entry: int
    link: str
    payload: bytes = field(repr=False, default=b"")
