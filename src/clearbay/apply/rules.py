"""What a rule set offers: the periods and depths over which it can be assessed, the properties it judges."""

from __future__ import annotations

from dataclasses import replace

from clearbay import packs
from clearbay.apply.names import unknown
from clearbay.apply.periods import Granularity
from clearbay.mine.limits import judged_items
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

DEPTHS = ("mean", "surface", "middle", "bottom")
"""``mean``: the depths of one occasion are averaged first; media without depths have nothing else."""


def standard_of(name: str, *, where: str = "standard") -> Standard:
    """The rule set called ``name``; UnknownName with the closest ids where no pack has it.

    The name of a family (``hk.aqhi``) stands for all its dated versions: an index takes for each hour the one then in
    force, any other rule set is the newest.
    """
    known = packs.standards()
    if name in known:
        return known[name]
    if not any(one.family == name for one in known.values()):
        raise unknown("rule set", name, known, where=where, listing="/api/standards")
    dated = packs.versions(name)
    newest = dated[-1]
    return replace(newest, id=name, in_force_from=dated[0].in_force_from) if newest.kind == "index" else newest


def versions(standard: Standard) -> tuple[Standard, ...]:
    """The dated versions that a rule set of ``standard_of`` stands for, oldest first; mostly itself alone."""
    return (standard,) if standard.id in packs.standards() else packs.versions(standard.id)


def granularities(standard: Standard) -> tuple[Granularity, ...]:
    """Periods over which it can be assessed; the first is the usual one."""
    match standard.kind:
        case "class":
            return ("year", "season", "month")
        case "attainment":
            return ("year",)
        case "index":
            return ("year", "month", "day", "hour")


def depths(standard: Standard) -> tuple[str, ...]:
    """Depths at which it can be assessed; objectives fix their own, so there is no choice with them."""
    return DEPTHS if standard.kind == "class" and "sea" in standard.media else DEPTHS[:1]


def judged(standard: Standard) -> tuple[str, ...]:
    """Codes of the properties that it judges, in its own order."""
    items = [item.property for item in judged_items(standard)] if standard.kind == "class" else []
    objectives = [objective.property for objective in standard.objectives]
    pollutants = standard.parameters.get("pollutants", ()) if standard.kind == "index" else ()
    named = pollutants if isinstance(pollutants, list | tuple) else ()
    return tuple(dict.fromkeys([*items, *objectives, *map(str, named)]))


def check_granularity(standard: Standard, granularity: str | None, *, where: str = "granularity") -> Granularity:
    """``granularity``, or the usual one where none is given; BadInput where the rule set does not offer it."""
    offered = granularities(standard)
    if granularity is None:
        return offered[0]
    for one in offered:
        if one == granularity:
            return one
    raise BadInput(
        f"{standard.code} is not assessed by {granularity}", where=where, mend=f"use one of {', '.join(offered)}"
    )


def check_depth(standard: Standard, depth: str | None, *, where: str = "depth") -> str:
    """``depth``, or the usual one where none is given; BadInput where the rule set does not offer it."""
    offered = depths(standard)
    if depth is None:
        return offered[0]
    if depth not in offered:
        raise BadInput(
            f"{standard.code} is not assessed at depth '{depth}'", where=where, mend=f"use one of {', '.join(offered)}"
        )
    return depth


def check_property(standard: Standard, code: str | None, *, where: str = "property") -> str | None:
    """``code`` where the rule set judges it; UnknownName where nobody measures it, BadInput where this one does not."""
    if code is None:
        return None
    if standard.kind == "index":
        raise BadInput(f"{standard.code} is one index of all its pollutants", where=where, mend="leave property out")
    offered = judged(standard)
    if code in offered:
        return code
    if code not in packs.properties():
        raise unknown("property", code, packs.properties(), where=where, listing="/api/meta")
    raise BadInput(f"{standard.code} does not judge {code}", where=where, mend=f"it judges {', '.join(offered)}")
