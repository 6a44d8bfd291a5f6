"""What a step of a playbook demands, and what of it is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clearbay.apply.cases.work import Work
from clearbay.mine.remeasure import Verdict
from clearbay.model.playbook import EvidenceNeed, Transition
from clearbay.store.cases import iso

if TYPE_CHECKING:
    from clearbay.apply.cases.proof import Proof


@dataclass(frozen=True, slots=True)
class Move:
    """A step that leads on: whether this person may take it, and what is still missing for it, in words."""

    transition: Transition
    allowed: bool
    missing: tuple[str, ...]


def missing(proof: Proof, work: Work, step: Transition, *, reason: str | None = None) -> tuple[str, ...]:
    """What a step still lacks; ``reason`` None: nobody has been asked for one yet."""
    needs, case = step.needs, work.case
    found = []
    if needs.reason and reason is not None and not reason.strip():
        found.append("a reason is missing")
    if needs.assignee and not case.assignee:
        found.append("nobody is assigned")
    empty = [name for name in needs.fields if not case.fields.get(name)]
    if empty:
        found.append(f"{', '.join(empty)} must be filled")
    for need in needs.evidence:
        if lacking := _lacking(work, need):
            found.append(lacking)
    if needs.another_person and _last_mover(work) == work.actor.id:
        found.append("somebody other than who took the last step must do this")
    if needs.remeasured:
        verdict = proof.measured(work)
        if verdict is None:
            found.append("there is no station, property and limit to be measured again")
        elif not verdict.clean:
            found.append(_not_clean(verdict))
    return tuple(found)


def _lacking(work: Work, need: EvidenceNeed) -> str:
    evidence = work.writing.evidence(work.case.number)
    fresh = [one for one in evidence if one.kind in need.kinds and one.added >= work.case.entered]
    if len(fresh) >= need.at_least:
        return ""
    kinds = " or ".join(need.kinds)
    return f"{need.at_least - len(fresh)} more of {kinds} is needed, added since the case came into {work.case.state}"


def _last_mover(work: Work) -> str:
    steps = (one for one in reversed(work.writing.actions(work.case.number)) if one.kind in work.playbook.transitions)
    return next((one.actor for one in steps), "")


def _not_clean(verdict: Verdict) -> str:
    if verdict.missing_times:
        text = f"{len(verdict.run)} results in a row are within the limit, {verdict.missing_times} more are needed"
    else:
        text = f"they span {verdict.hours:.1f} h, {verdict.missing_hours:.1f} h more are needed"
    if verdict.beyond is not None:
        text += f"; {verdict.beyond.value:g} at {verdict.beyond.time:%Y-%m-%d %H:%M} UTC was beyond it"
    return f"not measured clean yet: {text}"


def told(verdict: Verdict | None) -> dict[str, Any]:
    """A verdict as the chain keeps it."""
    if verdict is None:
        return {}
    return {
        "clean": verdict.clean,
        "hours": verdict.hours,
        "results": [
            {"time": iso(one.time), "value": one.value, "censoring": one.censoring, "flag": int(one.flag)}
            for one in verdict.run
        ],
        "beyond": None if verdict.beyond is None else {"time": iso(verdict.beyond.time), "value": verdict.beyond.value},
    }
