"""A leader's figures, counted the slow way: case by case from timelines and clocks. What the fast ones are held to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from statistics import median
from typing import Any

from clearbay.apply.cases import Casework, access
from clearbay.apply.cases.dossier import Dossier
from clearbay.apply.cases.leader import Span
from clearbay.model.case import Actor
from clearbay.model.errors import BadInput
from clearbay.model.territory import covers


def figures(casework: Casework, actor: Actor, span: Span) -> Mapping[str, Any]:
    """Total, agencies and months as ``leader.figures`` tells them, without names."""
    with casework.cases.read() as reading:
        ids = [one.id for one in reading.select()]
    seen: list[Dossier] = []
    for id in ids:
        try:
            seen.append(casework.dossier(actor, id))
        except BadInput:
            continue
    wanted = [one for one in seen if one.case.status != "merged" and _within(one, span)]
    assert all(access.sees(actor, one.case, one.parties) for one in wanted)
    real = [one for one in wanted if not one.case.generated]
    counted = real or wanted
    agencies: dict[tuple[str, bool], list[Dossier]] = defaultdict(list)
    months: dict[str, list[Dossier]] = defaultdict(list)
    for one in wanted:
        agencies[one.case.jurisdiction, one.case.generated].append(one)
    for one in counted:
        months[f"{one.case.opened + timedelta(hours=8):%Y-%m}"].append(one)
    now = casework.clock()
    return {
        "total": count(counted, now),
        "agencies": {key: count(part, now) for key, part in agencies.items()},
        "months": {key: count(part, now) for key, part in months.items()},
    }


def _within(one: Dossier, span: Span) -> bool:
    day = (one.case.opened + timedelta(hours=8)).date()
    return (
        (span.first is None or day >= span.first)
        and (span.last is None or day <= span.last)
        and (not span.jurisdiction or covers(span.jurisdiction, one.case.jurisdiction))
        and span.playbook in ("", one.case.playbook)
    )


def count(part: Sequence[Dossier], now: Any) -> dict[str, Any]:
    """The figures of some cases."""
    way: dict[str, list[float]] = defaultdict(list)
    reached = dict.fromkeys(("judged", "handled", "closed"), 0)
    met = late = 0
    for one in part:
        stages = [(action.time, one.playbook.states[action.after].stage) for action in one.actions]
        first = {
            "found": one.case.opened,
            "judged": next((time for time, stage in stages if stage != "found"), None),
            "handled": next((time for time, stage in stages if stage == "handled"), None),
            "closed": next((time for time, stage in stages if stage == "closed"), None),
        }
        for name in reached:
            reached[name] += first[name] is not None
        for name, begin, end in (("judge", "found", "judged"), ("handle", "judged", "handled"),
                                 ("close", "handled", "closed")):  # fmt: skip
            start, stop = first[begin], first[end]
            if start is not None and stop is not None:
                way[name].append((stop - start) / timedelta(hours=1))
        met += sum(clock.outcome == "met" for clock in one.clocks)
        late += sum(clock.outcome == "late" for clock in one.clocks)
    cases = [one.case for one in part]
    reopened = sum(one.reopened > 0 for one in cases)
    return {
        "found": len(cases),
        **reached,
        "refused": sum(one.status != "open" and one.stage == "refused" for one in cases),
        "open": sum(one.status == "open" for one in cases),
        "late": sum(one.status == "open" and one.due is not None and one.due < now for one in cases),
        "median_hours": {
            name: round(median(way[name]), 4) if way[name] else None for name in ("judge", "handle", "close")
        },
        "on_time": {"met": met, "late": late, "share": met / (met + late) if met + late else None},
        "reopened": {"count": reopened, "share": reopened / reached["closed"] if reached["closed"] else None},
    }
