"""Indices that a pack writes as a formula (weighted logarithms, a product, a sum of ratios to limits) and their bands.

One number from several properties of one sample, or of the means of a period: ``trophic``, ``organic`` and the
eutrophication index are of this kind. Values stand in their property's unit and are brought into the formula's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from clearbay import packs
from clearbay.mine.censoring import mean_ends
from clearbay.mine.frames import Frame, frame_of, need, usable
from clearbay.mine.limits import SLACK
from clearbay.mine.single_factor import class_name
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule
from clearbay.model.standard import Standard


@dataclass(frozen=True, slots=True)
class Term:
    """One property of a formula: its numbers, and the factor that brings a stored value into the formula's unit."""

    property: str
    factor: float
    intercept: float = 0.0
    slope: float = 0.0
    weight: float = 0.0
    sign: float = 1.0
    base: float = 1.0


@dataclass(frozen=True, slots=True)
class Formula:
    """An index as its pack says; ``scale`` multiplies logarithms, ``multiplier`` a product. Grades are best first."""

    id: str
    form: str
    terms: tuple[Term, ...]
    scale: float
    multiplier: float
    bands: tuple[tuple[str, str, float], ...]
    last: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Property codes that it is made of."""
        return tuple(term.property for term in self.terms)


def formula_of(rule: Rule, base: Standard | None = None) -> Formula:
    """The formula in a rule's parameters; ``base`` is the standard whose limits a sum of ratios divides by.

    BadInput for a rule of another kind, and where ``base`` is needed and lacks a limit.
    """
    if rule.kind != "formula":
        raise BadInput(f"{rule.id} is no formula ({rule.kind})", mend="use cn.tli, cn.eutrophication …")
    given: Mapping[str, Any] = rule.parameters
    terms = []
    for one in given["terms"]:
        code = str(one["property"])
        factor, _ = packs.unit_factor(packs.properties()[code].unit, str(one["unit"]), code)
        numbers = {name: float(one[name]) for name in ("intercept", "slope", "weight", "sign") if name in one}
        if given["form"] == "ratio_sum":
            numbers["base"] = _limit(base, code, str(given["base_class"]), rule)
        terms.append(Term(code, factor, **numbers))
    bands, last = bands_of(rule)
    return Formula(
        id=rule.id,
        form=str(given["form"]),
        terms=tuple(terms),
        scale=float(given.get("scale", 1.0)),
        multiplier=float(given.get("numerator", 1.0)) / float(given.get("denominator", 1.0)),
        bands=bands,
        last=last,
    )


def bands_of(rule: Rule) -> tuple[tuple[tuple[str, str, float], ...], str]:
    """(grade, ``le`` or ``lt``, upper end) of every band but the last, and the last one's grade."""
    given: Any = rule.parameters.get("bands")
    if not isinstance(given, list):
        raise BadInput(f"{rule.id} has no bands", where=rule.file, mend="give bands: [{grade: …, le: …}, …]")
    closed = [(str(band["grade"]), key, float(band[key])) for band in given for key in ("le", "lt") if key in band]
    return tuple(closed), str(given[-1]["grade"])


def _limit(base: Standard | None, code: str, name: str, rule: Rule) -> float:
    items = {item.property: item.limits for item in base.items} if base else {}
    limit = items.get(code, {}).get(name)
    if not isinstance(limit, float):
        raise BadInput(f"{rule.id} needs the limit of {code} in class {name}", mend=f"give a version of {rule.judges}")
    return limit


def evaluate(values: Mapping[str, float], formula: Formula) -> float:
    """The index of one set of values in their properties' units; NaN where it cannot be computed.

    Weighted logarithms are weighted anew over the items at hand (a value of zero has no logarithm and counts as
    missing); the other forms need all of theirs.
    """
    there = {code: value for code, value in values.items() if not math.isnan(value)}
    if formula.form == "weighted_logs":
        used = [term for term in formula.terms if there.get(term.property, 0.0) > 0]
        weights = math.fsum(term.weight for term in used)
        parts = [term.weight * (term.intercept + term.slope * _log(there, term)) for term in used]
        return formula.scale * math.fsum(parts) / weights if used else math.nan
    if any(code not in there for code in formula.inputs):
        return math.nan
    if formula.form == "product":
        return math.prod(there[term.property] * term.factor for term in formula.terms) * formula.multiplier
    return math.fsum(term.sign * there[term.property] / term.base for term in formula.terms)


def _log(values: Mapping[str, float], term: Term) -> float:
    return math.log(values[term.property] * term.factor)


def grade_at(index: float, formula: Formula) -> str:
    """The grade whose band the index falls into; empty for NaN."""
    if math.isnan(index):
        return ""
    for name, op, top in formula.bands:
        slack = max(abs(top), 1.0) * SLACK
        if index <= top + slack if op == "le" else index < top - slack:
            return name
    return formula.last


def evaluated(data: object, formula: Formula, *, keys: Sequence[str]) -> Frame:
    """One row a key (a sample, a station's period): ``keys``, index, grade, missing; null where it has no index.

    ``data`` has ``keys``, property, value and censoring; a property given twice counts as its mean, ``<L`` as L/2.
    ``missing`` names the inputs that are not there, joined by ``;``.
    """
    frame = usable(frame_of(data))
    need(frame, [*keys, "property", "value", "censoring"], "the table")
    rows = frame.filter(nw.col("property").is_in(list(formula.inputs))).with_columns(**mean_ends())
    means = rows.group_by(*keys, "property").agg(nw.col("_at").mean())
    spread = {
        f"_v{i}": nw.when(nw.col("property") == code).then(nw.col("_at")) for i, code in enumerate(formula.inputs)
    }
    wide = means.with_columns(**spread).group_by(*keys).agg(*[nw.col(name).max() for name in spread])
    if formula.form == "weighted_logs":
        wide = wide.with_columns(**{name: nw.when(nw.col(name) > 0).then(nw.col(name)) for name in spread})
    lacking = [nw.when(nw.col(f"_v{i}").is_null()).then(nw.lit(code)) for i, code in enumerate(formula.inputs)]
    judged = wide.with_columns(index=_column(formula), missing=nw.concat_str(lacking, separator=";", ignore_nulls=True))
    name = class_name("_place", [*(band[0] for band in formula.bands), formula.last])
    placed = judged.with_columns(_place=_place(formula))
    return placed.select(*keys, "index", nw.when(~nw.col("index").is_null()).then(name).alias("grade"), "missing")


def _column(formula: Formula) -> nw.Expr:
    columns = [(nw.col(f"_v{i}"), term) for i, term in enumerate(formula.terms)]
    if formula.form == "weighted_logs":
        parts = [(column * term.factor).log() * term.slope + term.intercept for column, term in columns]
        weighted = [nw.when(~c.is_null()).then(part * t.weight) for (c, t), part in zip(columns, parts, strict=True)]
        weights = [nw.when(~c.is_null()).then(nw.lit(t.weight)) for c, t in columns]
        total = nw.sum_horizontal(*weights)
        return nw.when(total > 0).then(nw.sum_horizontal(*weighted) * formula.scale / total)
    result: nw.Expr | None = None
    for column, term in columns:
        part = column * term.factor if formula.form == "product" else column * (term.sign / term.base)
        result = part if result is None else result * part if formula.form == "product" else result + part
    if result is None:
        raise BadInput(f"{formula.id} has no terms")
    return result * formula.multiplier if formula.form == "product" else result


def _place(formula: Formula) -> nw.Expr:
    place: nw.Expr = nw.lit(len(formula.bands))
    for position, (_, op, top) in reversed(list(enumerate(formula.bands))):
        slack = max(abs(top), 1.0) * SLACK
        index = nw.col("index")
        place = nw.when(index <= top + slack if op == "le" else index < top - slack).then(position).otherwise(place)
    return place
