"""A standard in a case for which some of its limits are others: an oyster's copper under GB 18421."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard


def in_case(standard: Standard, case: str) -> Standard:
    """The standard with the limits that its pack gives for ``case`` (``exceptions``) in place of the usual ones.

    >>> from clearbay import packs
    >>> oyster = in_case(packs.standard("cn.gb18421"), "oyster")
    >>> next(item.limits["3"] for item in oyster.items if item.property == "Cu_tissue")
    100.0
    """
    cases: Any = standard.parameters.get("exceptions", {})
    if case not in cases:
        known = ", ".join(cases) or "it has none"
        raise BadInput(f"{standard.id} has no exception for {case}", where=standard.file, mend=f"known: {known}")
    replaced: Mapping[str, Mapping[str, float]] = cases[case]
    items = tuple(
        replace(item, limits={**item.limits, **{k: float(v) for k, v in replaced.get(item.property, {}).items()}})
        for item in standard.items
    )
    return replace(standard, items=items)
