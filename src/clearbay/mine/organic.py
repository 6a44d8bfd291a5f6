"""The organic pollution index of coastal waters, A = COD/CODs + DIN/DINs + DIP/DIPs - DO/DOs.

COD is by alkaline permanganate; the limits are those of the base class (class 1) of GB 3097. The formula and ``A > 4``
as serious pollution stand on one source, the other bands are unverified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clearbay.mine.formula import evaluate, evaluated, formula_of, grade_at
from clearbay.mine.frames import Frame
from clearbay.model.rule import Rule
from clearbay.model.standard import Standard


def organic_pollution_index(values: Mapping[str, float], rule: Rule, base: Standard) -> tuple[float, str]:
    """(index, grade) from CODMn_alk, DIN, DIP and DO in mg/L; (NaN, empty) where one is missing.

    >>> from clearbay import packs
    >>> values = {"CODMn_alk": 2.0, "DIN": 0.2, "DIP": 0.015, "DO": 6.0}
    >>> organic_pollution_index(values, packs.rule("cn.organic-pollution"), packs.standard("cn.gb3097"))
    (2.0, 'light')
    """
    formula = formula_of(rule, base)
    index = evaluate(values, formula)
    return index, grade_at(index, formula)


def organic_pollution_indices(
    data: object, rule: Rule, base: Standard, *, keys: Sequence[str] = ("station", "depth", "time")
) -> Frame:
    """One row a key of a table of readings: ``keys``, index, grade, missing; see ``formula.evaluated``."""
    return evaluated(data, formula_of(rule, base), keys=keys)
