"""Observed properties: what is measured, in which unit, under which names."""

from __future__ import annotations

from dataclasses import dataclass

from clearbay.model.text import Text

OWN_PROPERTY = "x."
"""Begins the code of a property that only one home knows: kept and served like any other, judged by no rule set."""


@dataclass(frozen=True, slots=True)
class Property:
    """An observed property.

    ``code`` is clearbay's own word (``NH3N``); ``hj`` the code of HJ 525 (water) or HJ 524 (air), empty where
    none is sourced; ``cf`` the CF standard name; ``unit`` a UCUM unit in which every stored value stands;
    ``unit_label`` how people print it. ``decimals`` is the usual number of decimals, for display only.
    """

    code: str
    name: Text
    unit: str
    unit_label: str
    hj: str = ""
    hj_confidence: str = ""
    cf: str = ""
    group: str = ""
    decimals: int = 2
