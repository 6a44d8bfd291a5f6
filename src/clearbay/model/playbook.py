"""A playbook: how a kind of case goes, from its first state to its end. One file in a pack, no code.

``State`` says where a case can stand, ``Transition`` who may move it and what they must bring, ``Deadline`` how long it
may stand there and what happens when it does not move, ``Remeasure`` when the water counts as clean again, ``Watch``
how long somebody looks whether it stays so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from clearbay.model.clock import Term
from clearbay.model.standard import Confidence, Source
from clearbay.model.text import Text

Role = Literal["duty_officer", "handler", "inspector", "enterprise", "reviewer", "auditor", "public", "operator"]
"""What somebody is to a case. An ``auditor`` reads everything and acts on nothing; an ``operator`` runs the node and
may act as any of the others, which the record then shows."""
ROLES: tuple[Role, ...] = get_args(Role)

Stage = Literal["found", "judged", "handled", "closed", "refused"]
"""Where in its life a state stands, for figures over many playbooks: found (nobody has taken it on), judged (somebody
answers for it), handled (work is done), closed, refused. The last two are ends."""
STAGES: tuple[Stage, ...] = get_args(Stage)
ENDS: tuple[Stage, ...] = ("closed", "refused")

Opening = Literal["hand", "event", "exceedance", "public", "draw"]
OPENINGS: tuple[Opening, ...] = get_args(Opening)

EvidenceKind = Literal["photo", "video", "document", "frame", "reading", "sample", "other"]
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)

FieldKind = Literal["text", "number", "integer", "choice", "date", "yes_no"]
FIELD_KINDS: tuple[FieldKind, ...] = get_args(FieldKind)

Basis = Literal["law", "default"]
"""``law``: a text says so, with a source and a confidence; ``default``: the operator's choice, to be changed freely."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number of a playbook comes from; ``note`` says what else should be known about it."""

    basis: Basis = "default"
    confidence: Confidence = "unverified"
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Something a case of this kind carries beyond what every case has."""

    id: str
    name: Text
    kind: FieldKind
    required: bool = False
    choices: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand. ``hint`` says in a sentence what is to be done there."""

    id: str
    name: Text
    stage: Stage
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class EvidenceNeed:
    """At least so many pieces of evidence of one of these kinds, added since the case came into its present state."""

    kinds: tuple[EvidenceKind, ...]
    at_least: int


@dataclass(frozen=True, slots=True)
class Needs:
    """What somebody must bring to move a case: a reason in words, an assignee, filled fields, evidence, a clean
    re-measurement, or a person other than the one who did the previous step (four eyes)."""

    reason: bool = False
    assignee: bool = False
    fields: tuple[str, ...] = ()
    evidence: tuple[EvidenceNeed, ...] = ()
    remeasured: bool = False
    another_person: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one of ``leaves`` to ``to``, by people with one of the roles ``by``."""

    id: str
    name: Text
    leaves: tuple[str, ...]
    to: str
    by: tuple[Role, ...]
    needs: Needs = Needs()


@dataclass(frozen=True, slots=True)
class Escalation:
    """Once a deadline is overdue by ``after`` (None: at once), the case goes to people with ``to``, ``up`` levels of
    jurisdiction above the one that holds it."""

    to: Role
    after: Term | None = None
    up: int = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    """A clock: it starts when a case enters one of ``starts`` and is met when it enters one of ``met``.

    ``when`` restricts it to cases whose field has one of some values. ``on_transfer``: whether a hand-over to another
    jurisdiction lets the clock run on, under the new place's calendar, or starts it anew.
    """

    id: str
    name: Text
    starts: tuple[str, ...]
    met: tuple[str, ...]
    term: Term
    origin: Origin
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_transfer: Literal["continue", "restart"] = "continue"
    escalation: tuple[Escalation, ...] = ()


@dataclass(frozen=True, slots=True)
class Remeasure:
    """Clean again: ``times`` results in a row within the case's limit, the last at least ``over_hours`` after the
    first, all later than the case's newest work, and none beyond the limit since the first of them.

    ``suspect``: whether results flagged suspect count as evidence of a clean water (failed ones never do).
    """

    times: int
    over_hours: float
    origin: Origin
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """After closing, a rebound within ``days`` (``times`` results beyond the limit) reopens the case in ``reopen``."""

    days: int
    times: int
    reopen: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Power:
    """Who may do something to a case that no state decides (transfer, merge …), and whether they must say why."""

    by: tuple[Role, ...]
    reason: bool = True


@dataclass(frozen=True, slots=True)
class Suspension:
    """Who may stop a case's clocks, for which reasons, and for how many days at most (None: no limit)."""

    by: tuple[Role, ...]
    reasons: Mapping[str, Text]
    longest_days: int | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Criterion:
    """A field of the case that reaches a number (``ge``), or has one of some values (``one_of``)."""

    field: str
    ge: float | None
    one_of: tuple[str, ...]
    origin: Origin
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade that a case has when any of its criteria holds; the first grade of the list that does is the case's."""

    id: str
    name: Text
    severity: int
    any_of: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Playbook:
    """How a kind of case goes.

    ``prefix`` begins the numbers of its cases (``PA-2026-000123``); ``initial`` is the state in which a case opens;
    ``text`` is the file's own text, kept with every case that was opened under it.
    """

    id: str
    version: int
    prefix: str
    name: Text
    purpose: Text
    opens: tuple[Opening, ...]
    opened_by: tuple[Role, ...]
    initial: str
    fields: Mapping[str, Field]
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    deadlines: Mapping[str, Deadline]
    powers: Mapping[str, Power]
    suspension: Suspension | None
    remeasure: Remeasure | None
    watch: Watch | None
    grades: tuple[Grade, ...]
    sources: Mapping[str, Source]
    notes: tuple[Text, ...]
    severity: int = 2
    file: str = ""
    text: str = ""

    def moves(self, state: str) -> tuple[Transition, ...]:
        """The transitions that lead out of a state."""
        return tuple(one for one in self.transitions.values() if state in one.leaves)


POWERS = ("comment", "assign", "attach", "remeasure", "transfer", "join", "merge", "split", "reopen", "grade")
"""What can be done to a case beside its transitions; ``suspend`` and ``resume`` stand in ``Suspension``."""
