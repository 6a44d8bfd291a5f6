"""A case as the API tells it: as everywhere, with what a page needs beside it to draw itself in any language."""

from __future__ import annotations

from clearbay import packs
from clearbay.apply.cases import Casework, casejson, openers
from clearbay.mine.remeasure import Result, Verdict
from clearbay.model.case import Actor, Case
from clearbay.model.playbook import Remeasure
from clearbay.model.text import Text
from clearbay.store.cases import iso


def name(code: str) -> Text | None:
    """The name of a jurisdiction in four languages; None for one that no register here names."""
    found = packs.jurisdictions().get(code)
    return None if found is None else found.name


def where(one: Case) -> dict[str, object]:
    """Who holds it, by name."""
    return {"jurisdiction_name": name(one.jurisdiction)}


def whole(work: Casework, who: Actor, id: str) -> dict[str, object]:
    """A case with everything that belongs to it, the steps that lead on, how it goes, and how clean the water is."""
    dossier = work.dossier(who, id)
    told = casejson.dossier(dossier.seen_by(who), now=work.clock()) | where(dossier.case)
    told["title_text"] = openers.titles(work, [dossier.case]).get(dossier.case.number)
    for part in told["parties"]:
        part["jurisdiction_name"] = name(part["jurisdiction"])
    rule = dossier.playbook.remeasure
    verdict = work.judged(dossier.case, rule, work.clock()) if dossier.case.status == "open" else None
    return told | {
        "moves": [casejson.move(one) for one in work.moves(who, id)],
        "how": casejson.playbook(dossier.playbook) | {"file": ""},
        "measured": None if rule is None or verdict is None else _measured(dossier.case, rule, verdict),
    }


def _measured(case: Case, rule: Remeasure, verdict: Verdict) -> dict[str, object]:
    return {
        "clean": verdict.clean,
        "times": rule.times,
        "over_hours": rule.over_hours,
        "hours": verdict.hours,
        "run": [_result(one) for one in verdict.run],
        "beyond": None if verdict.beyond is None else _result(verdict.beyond),
        "since": iso(case.entered),
    }


def _result(one: Result) -> dict[str, object]:
    return {"time": iso(one.time), "value": one.value, "censoring": one.censoring}
