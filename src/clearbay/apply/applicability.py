"""Which rule sets can judge a station, and what is missing for those that cannot, or not wholly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clearbay import mine, packs
from clearbay.apply import index, rules
from clearbay.apply.catalogue import Entry
from clearbay.model.standard import Standard

Why = Literal[
    "complete", "partial", "published", "other_medium", "nothing_measured", "no_zone", "no_objective", "other_time"
]


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a rule set can judge a station.

    ``missing`` are the properties that it judges and the station does not measure. A rule set of another place is
    applicable all the same: that the same water is judged under several laws is the point; ``why`` says ``partial``
    where the verdict rests on some of the items only, ``published`` where an index is not computed but the authority's
    own, ``other_time`` where nothing was measured while an index was in force.
    """

    standard: Standard
    applicable: bool
    missing: tuple[str, ...]
    why: Why


def fits(entry: Entry) -> tuple[Fit, ...]:
    """Every rule set, as it fits the station."""
    return tuple(fit(entry, standard) for standard in packs.standards().values())


def fit(entry: Entry, standard: Standard) -> Fit:
    """How one rule set fits the station."""
    measured = {one.property for one in entry.judged}
    needed = wanted(entry, standard)
    missing = tuple(code for code in needed if code not in measured)
    if entry.station.medium not in standard.media:
        return Fit(standard, False, (), "other_medium")
    if standard.kind == "attainment" and not entry.station.zone:
        return Fit(standard, False, missing, "no_zone")
    if standard.kind == "attainment" and not needed:
        return Fit(standard, False, missing, "no_objective")
    if standard.kind == "index" and measured:
        if not index.measured(standard, entry):
            return Fit(standard, False, missing, "other_time")
        if missing and index.PUBLISHED in measured:
            return Fit(standard, True, missing, "published")
    if len(missing) == len(needed):
        return Fit(standard, False, missing, "nothing_measured")
    return Fit(standard, True, missing, "partial" if missing else "complete")


def wanted(entry: Entry, standard: Standard) -> tuple[str, ...]:
    """Properties that the rule set judges here: of objectives those of the zone, of items those of the water type."""
    if standard.kind == "attainment":
        zone = entry.station.zone
        applying = [one.property for one in standard.objectives if mine.zone_limit(one, zone) is not None]
        return tuple(dict.fromkeys(applying))
    kind = water_type(entry)
    other = {item.property for item in standard.items if item.water_types and kind not in item.water_types}
    return tuple(code for code in rules.judged(standard) if code not in other)


def water_type(entry: Entry) -> str:
    """``river`` or ``lake``: what the station says, else its medium."""
    return entry.station.water_type or ("lake" if entry.station.medium == "lake" else "river")
