"""The trophic level index of lakes and reservoirs, TLI(Σ), and its five grades (two sources).

Each of chlorophyll-a (mg/m3), total phosphorus, total nitrogen, CODMn (mg/L) and transparency (m) has a level
10 (a + b ln value); the index is their mean, weighted by squared correlations with chlorophyll-a. Where an item is
missing the others are weighted anew, and ``missing`` says so. Annual figures are those of the year's means: of a point
in time first, then over the points of a lake (环办[2011]22号).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearbay.mine.formula import Formula, evaluate, evaluated, formula_of, grade_at
from clearbay.mine.frames import Frame
from clearbay.model.rule import Rule


@dataclass(frozen=True, slots=True)
class TrophicIndex:
    """The index with its arithmetic: the level and the weight (as used) of each item, what is missing, the grade."""

    index: float
    grade: str
    levels: Mapping[str, float]
    weights: Mapping[str, float]
    missing: tuple[str, ...]


def trophic_index(values: Mapping[str, float], rule: Rule) -> TrophicIndex:
    """The index from values in their properties' units: chla ug/L, TP, TN and CODMn mg/L, secchi m.

    >>> from clearbay import packs
    >>> round(trophic_index({"chla": 10.0}, packs.rule("cn.tli")).index, 2)
    50.01
    """
    formula = formula_of(rule)
    levels = {term.property: _level(values, formula, term.property) for term in formula.terms}
    there = {code: level for code, level in levels.items() if not math.isnan(level)}
    total = math.fsum(term.weight for term in formula.terms if term.property in there)
    weights = {term.property: term.weight / total for term in formula.terms if term.property in there}
    index = evaluate(values, formula)
    missing = tuple(code for code in levels if code not in there)
    return TrophicIndex(index, grade_at(index, formula), there, weights, missing)


def _level(values: Mapping[str, float], formula: Formula, code: str) -> float:
    """The level of one item alone."""
    return evaluate({code: values[code]}, formula) if code in values else math.nan


def trophic_indices(data: object, rule: Rule, *, keys: Sequence[str] = ("station", "time")) -> Frame:
    """One row a key of a table of readings: ``keys``, index, grade, missing; see ``formula.evaluated``."""
    return evaluated(data, formula_of(rule), keys=keys)
