"""One way in for everything that can be done to a case, by name: a step of its playbook, or a power over any case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from clearbay import packs
from clearbay.apply.cases.casework import Casework
from clearbay.model.case import Actor, Case, Limit
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard


@dataclass(frozen=True, slots=True)
class Act:
    """What is done and with what: only what the action asks for need be given.

    ``to`` is a jurisdiction (transfer, join, contribute, release, split), another case (merge), a state (reopen), a
    grade, or a reason of the playbook (suspend); ``title`` that of a case to split off; ``station``, ``property`` and
    ``limit`` say what is to be measured (aim).
    """

    action: str
    reason: str = ""
    to: str = ""
    title: str = ""
    assignee: tuple[str, str] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[int, ...] = ()
    station: str = ""
    property: str = ""
    limit: Limit | None = None
    version: int | None = None
    key: str = ""


def perform(casework: Casework, actor: Actor, id: str, act: Act) -> Case:
    """Do it; returns the case as it then stands (of a merge and a split: the other one)."""
    found = _POWERS.get(act.action)
    if found is not None:
        return found(casework, actor, id, act)
    return casework.act(
        actor,
        id,
        act.action,
        reason=act.reason,
        assignee=act.assignee,
        fields=act.fields,
        version=act.version,
        key=act.key,
    )


def limit_of(standard: str, grade: str, property: str, *, lake: bool = False) -> Limit:
    """The limit of a property for a grade of a rule set; ``BadInput`` where the rule set has none, or a range."""
    rules = packs.rule_set(standard)
    if not isinstance(rules, Standard):
        raise BadInput(f"{standard} judges no samples", where="standard", mend="give the limit as a number")
    for item in rules.items:
        if item.property == property and item.judged and item.op in ("le", "ge"):
            limits = item.lake_limits if lake and item.lake_limits is not None else item.limits
            value = limits.get(grade)
            if isinstance(value, int | float):
                return Limit("le" if item.op == "le" else "ge", float(value), item.unit, rules.id, grade)
    raise BadInput(f"{standard} has no single limit of {property} for {grade!r}", where="grade", mend="give a number")


def _need(act: Act, name: str) -> str:
    value = getattr(act, name)
    if not value:
        raise BadInput(f"'{act.action}' needs {name}", where=name, mend=f"give {name}")
    return str(value)


def _assign(casework: Casework, actor: Actor, id: str, act: Act) -> Case:
    if act.assignee is None:
        raise BadInput("'assign' needs an assignee", where="assignee", mend="give the person's id")
    return casework.assign(actor, id, act.assignee, reason=act.reason, version=act.version, key=act.key)


def _remeasure(casework: Casework, actor: Actor, id: str, act: Act) -> Case:
    return casework.remeasure(actor, id, key=act.key)[0]


_POWERS: Mapping[str, Callable[[Casework, Actor, str, Act], Case]] = {
    "comment": lambda work, actor, id, act: work.comment(actor, id, act.reason, key=act.key),
    "assign": _assign,
    "edit": lambda work, actor, id, act: work.edit(
        actor, id, act.fields, reason=act.reason, version=act.version, key=act.key
    ),
    "aim": lambda work, actor, id, act: work.aim(
        actor, id, act.station, act.property, act.limit, reason=act.reason, version=act.version, key=act.key
    ),
    "remeasure": _remeasure,
    "suspend": lambda work, actor, id, act: work.suspend(
        actor, id, _need(act, "to"), reason=act.reason, version=act.version, key=act.key
    ),
    "resume": lambda work, actor, id, act: work.resume(
        actor, id, reason=act.reason, version=act.version, key=act.key
    ),
    "transfer": lambda work, actor, id, act: work.transfer(
        actor, id, _need(act, "to"), reason=act.reason, version=act.version, key=act.key
    ),
    "join": lambda work, actor, id, act: work.join(
        actor, id, _need(act, "to"), act.reason, version=act.version, key=act.key
    ),
    "contribute": lambda work, actor, id, act: work.contribute(
        actor, id, act.reason, jurisdiction=act.to, version=act.version, key=act.key
    ),
    "release": lambda work, actor, id, act: work.release(
        actor, id, _need(act, "to"), reason=act.reason, version=act.version, key=act.key
    ),
    "merge": lambda work, actor, id, act: work.merge(
        actor, id, _need(act, "to"), reason=act.reason, version=act.version, key=act.key
    ),
    "split": lambda work, actor, id, act: work.split(
        actor, id, _need(act, "title"), reason=act.reason, jurisdiction=act.to, fields=act.fields,
        evidence=act.evidence, version=act.version, key=act.key,
    ),
    "reopen": lambda work, actor, id, act: work.reopen(
        actor, id, reason=act.reason, state=act.to, version=act.version, key=act.key
    ),
    "grade": lambda work, actor, id, act: work.grade(
        actor, id, _need(act, "to"), reason=act.reason, version=act.version, key=act.key
    ),
}  # fmt: skip

POWERS = tuple(_POWERS)
"""Names of what can be done to any case, beside the steps of its playbook."""
