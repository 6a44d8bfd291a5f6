"""What speaks for and against an outlet beside time and place: what its water is made of, its size, its records.

Every clue is a weight: the logarithm of how much likelier the finding is if this outlet did it than if an average one
of those upstream did. The scatters are engineering judgement, wide on purpose, as nobody has published such a study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clearbay.mine.network import Site

Floats = NDArray[np.float64]
Kind = Literal["place", "fingerprint", "permit", "records", "history"]

ABSENT = float(np.log(0.1))
"""Weight of a pollutant that the outlet is not known to have."""
RATIO_SPREAD = 0.9
"""Scatter (logarithm) of the ratio of two pollutants in a release about that of the outlet's usual raw water."""
WRONG = 0.1
"""Share of releases whose make-up has nothing to do with what is known of the outlet."""
WIDE = 2.5
"""Scatter of such ratios."""
DAYS, DAYS_SPREAD = 0.3, 1.8
"""A release as a part of what the works has in its raw water in a day: median and scatter of the logarithm."""
SHOWN, QUIET = 8.0, 0.5
"""How much likelier a release is where the records show one at the time, and where they show none."""


@dataclass(frozen=True)
class Other:
    """Another property at the uppermost section at the time: its dose (0: no pulse), and the least that would show."""

    dose: float
    least: float


@dataclass(frozen=True)
class Clue:
    """One finding about one outlet: its weight, and the numbers that it is told with."""

    kind: Kind
    weight: float
    facts: Mapping[str, object] = field(default_factory=dict)


def clues_of(
    sites: Sequence[Site],
    *,
    code: str,
    dose: float,
    others: Mapping[str, Other],
    released: Mapping[int, tuple[Floats, Floats]],
) -> list[list[Clue]]:
    """The clues of each outlet, their weights relative to the average of all.

    ``dose`` is what passed the section of property ``code``; ``released`` the hours of the release (values,
    probabilities) of each outlet that has records, by its number.
    """
    raw: list[dict[Kind, tuple[float, dict[str, object]]]] = []
    for number, site in enumerate(sites):
        entry: dict[Kind, tuple[float, dict[str, object]]] = {}
        if site.fingerprint and code:
            entry["fingerprint"] = _made_of(site, code, dose, others)
        size = _size(site, code, dose)
        if size is not None:
            entry["permit"] = size
        records = _records(site, *released[number]) if number in released else None
        if records is not None:
            entry["records"] = records
        entry["history"] = (float(np.log(1.0 + 0.5 * min(site.findings, 6))), {"findings": site.findings})
        raw.append(entry)
    found: list[list[Clue]] = [[] for _ in sites]
    kinds: tuple[Kind, ...] = ("fingerprint", "permit", "records", "history")
    for kind in kinds:
        known = [entry[kind][0] for entry in raw if kind in entry]
        if not known:
            continue
        # An outlet of which nothing is known is as likely as the average one.
        average = float(np.log(np.mean(np.exp(known))))
        for clues, entry in zip(found, raw, strict=True):
            if kind in entry:
                clues.append(Clue(kind, entry[kind][0] - average, entry[kind][1]))
    return found


def _made_of(site: Site, code: str, dose: float, others: Mapping[str, Other]) -> tuple[float, dict[str, object]]:
    """The mixture of pollutants against the outlet's usual raw water."""
    usual = site.fingerprint
    seen = sorted(key for key, other in others.items() if other.dose > 0)
    facts: dict[str, object] = {"has": sorted(usual), "seen": [code, *seen]}
    if code not in usual:
        return ABSENT + sum(0.5 * ABSENT for key in seen if key not in usual), facts
    weight = 0.0
    for key, other in others.items():
        if key not in usual:
            weight += 0.5 * ABSENT if other.dose > 0 else 0.0
            continue
        expected = dose * usual[key] / usual[code]
        if other.dose > 0:
            off = float(np.log(other.dose / expected))
            weight += _ratio(off) - _ratio(0.0)
        elif expected > other.least > 0:
            # It should have shown: as if it were just below what shows.
            weight += _ratio(float(np.log(other.least / expected))) - _ratio(0.0)
    return max(weight, 3.0 * ABSENT), facts


def _ratio(off: float) -> float:
    near = (1.0 - WRONG) / RATIO_SPREAD * np.exp(-0.5 * (off / RATIO_SPREAD) ** 2)
    far = WRONG / WIDE * np.exp(-0.5 * (off / WIDE) ** 2)
    return float(np.log(near + far))


def _size(site: Site, code: str, dose: float) -> tuple[float, dict[str, object]] | None:
    """The mass against what the works has in its raw water in a day: a small works cannot release a large mass."""
    flow, usual = site.permit.flow_m3_day, site.fingerprint.get(code)
    if usual is None or not np.isfinite(flow) or flow <= 0 or not (np.isfinite(dose) and dose > 0):
        return None
    days = dose / (flow * usual)
    weight = -0.5 * (float(np.log(days / DAYS)) / DAYS_SPREAD) ** 2
    facts: dict[str, object] = {"days": days, "flow_m3_day": flow, "limit": site.permit.limits.get(code)}
    return max(weight, 3.0 * ABSENT), facts


def _records(site: Site, hours: Floats, weight: Floats) -> tuple[float, dict[str, object]] | None:
    """What the outlet's own records show at the hours at which it must have released."""
    if site.windows is None:
        return None
    inside = np.zeros(len(hours), dtype=bool)
    for start, end in site.windows:
        inside |= (hours >= start) & (hours <= end)
    share = float(weight[inside].sum() / weight.sum()) if weight.sum() > 0 else 0.0
    value = float(np.log(QUIET + (SHOWN - QUIET) * share))
    return value, {"windows": len(site.windows), "share": share}
