"""The grade that a case's fields give it, and what follows for its severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clearbay.apply.cases.work import Work
from clearbay.model.playbook import Criterion, Grade, Playbook


def computed(playbook: Playbook, fields: Mapping[str, str]) -> Grade | None:
    """The first grade (most severe first) of which a criterion holds; None where none does."""
    return next((one for one in playbook.grades if any(holds(each, fields) for each in one.any_of)), None)


def holds(criterion: Criterion, fields: Mapping[str, str]) -> bool:
    """Whether a criterion holds; an empty field fulfils none."""
    text = fields.get(criterion.field, "")
    if not text:
        return False
    return float(text) >= criterion.ge if criterion.ge is not None else text in criterion.one_of


def regrade(work: Work) -> None:
    """Give a case the grade of its fields; nothing where they give none."""
    found = computed(work.playbook, work.case.fields)
    if found is not None and found.id != work.case.grade:
        put(work, found)


def put(work: Work, grade: Grade) -> None:
    """Give a case a grade and its severity; a case that gets more severe is marked so."""
    worse = work.now if grade.severity < work.case.severity and work.case.version > 0 else work.case.worse
    work.case = replace(work.case, grade=grade.id, severity=grade.severity, worse=worse)
