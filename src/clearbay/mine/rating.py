"""The rating of a river, a basin, a city or a sea area by the shares of its classes, and its main pollutants.

环办[2011]22号 for surface water, HJ 442.10-2020 for the sea: both count sections (or points) by class and compare
shares in per cent with the rules of a pack, best grade first, since HJ 442's alternatives overlap. With few sections
环办[2011]22号 averages each item over them instead and judges the means by the worst item (``by_item_means``).

What keeps an area from a better grade is told by ``main_pollutants``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import mean_ends
from clearbay.mine.frames import Frame, frame_of, need, settled, usable
from clearbay.mine.limits import rounding_places
from clearbay.mine.rounding import round_gbt8170
from clearbay.mine.single_factor import class_name, samples_classes
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule
from clearbay.model.standard import Standard


@dataclass(frozen=True, slots=True)
class Condition:
    """A share of classes, in per cent, compared with numbers: all of those given must hold."""

    of: tuple[str, ...]
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None

    def holds(self, share: Any) -> Any:
        """The comparison of a number, or of a column expression."""
        kept: Any = None
        for key in ("ge", "gt", "le", "lt"):
            bound = getattr(self, key)
            if bound is not None:
                one = {"ge": share >= bound, "gt": share > bound, "le": share <= bound, "lt": share < bound}[key]
                kept = one if kept is None else kept & one
        return kept


@dataclass(frozen=True, slots=True)
class RatingRule:
    """What a rule of kind ``rating`` says: grades best first, each with the alternatives under which it holds."""

    id: str
    classes: tuple[str, ...]
    grades: tuple[tuple[str, tuple[tuple[Condition, ...], ...]], ...]
    class_grades: Mapping[str, str]
    min_sections: int


def rating_rule(rule: Rule) -> RatingRule:
    """The rating in a rule's parameters; BadInput for a rule of another kind."""
    if rule.kind != "rating":
        raise BadInput(f"{rule.id} is no rating ({rule.kind})", mend="use cn.2011-22 or cn.hj442-2020")
    given: Mapping[str, Any] = rule.parameters
    grades = tuple(
        (
            str(one["grade"]),
            tuple(tuple(Condition(**{**c, "of": tuple(c["of"])}) for c in group) for group in one["any"]),
        )
        for one in given["rules"]
    )
    return RatingRule(
        id=rule.id,
        classes=tuple(given["classes"]),
        grades=grades,
        class_grades=given.get("class_grades", {}),
        min_sections=int(given.get("min_sections", 1)),
    )


def share_of(counts: Mapping[str, int], classes: Sequence[str]) -> float:
    """Per cent of the sections counted that have one of the classes."""
    return 100.0 * sum(counts.get(name, 0) for name in classes) / sum(counts.values())


def rate(counts: Mapping[str, int], rule: Rule) -> str:
    """The grade of an area from how many of its sections (or points) have each class; empty where there are none.

    >>> from clearbay import packs
    >>> rate({"II": 6, "III": 3, "V+": 1}, packs.rule("cn.2011-22"))
    'excellent'
    """
    known = rating_rule(rule)
    stray = [name for name in counts if name not in known.classes]
    if stray:
        raise BadInput(f"{rule.id} knows no class {', '.join(stray)}", mend="one of " + ", ".join(known.classes))
    if not sum(counts.values()):
        return ""
    for grade, alternatives in known.grades:
        if any(all(one.holds(share_of(counts, one.of)) for one in group) for group in alternatives):
            return grade
    raise BadInput(f"{rule.id} has no grade for {dict(counts)}", where=rule.file, mend="correct the pack")


def rated(verdicts: object, rule: Rule, *, by: Sequence[str]) -> Frame:
    """One row a group of ``verdicts`` (``by`` and ``class``): ``by``, n, n0 … (sections of each class), few, rating.

    Rows without a class are not counted. ``few`` marks groups with fewer sections than shares ask for: their rating
    here is null, ``by_item_means`` gives it.
    """
    known = rating_rule(rule)
    frame = frame_of(verdicts)
    need(frame, [*by, "class"], "the table of classes")
    classes = frame.filter(nw.col("class").is_in(list(known.classes)))
    marks = {f"n{i}": nw.when(nw.col("class") == name).then(1).otherwise(0) for i, name in enumerate(known.classes)}
    counted = classes.with_columns(**marks).group_by(*by).agg(*[nw.col(name).sum() for name in marks], n=nw.len())
    counted = counted.with_columns(nw.col("n").cast(nw.Int64), *[nw.col(name).cast(nw.Int64) for name in marks])
    place = nw.lit(len(known.grades))
    for position, (_, alternatives) in reversed(list(enumerate(known.grades))):
        holds = nw.any_horizontal(*[_group(known, group) for group in alternatives], ignore_nulls=False)
        place = nw.when(holds).then(nw.lit(position)).otherwise(place)
    few = nw.col("n") < known.min_sections
    graded = counted.with_columns(_place=place, few=few)
    name = class_name("_place", [grade for grade, _ in known.grades])
    return graded.select(*by, "n", *marks, "few", nw.when(~nw.col("few")).then(name).alias("rating"))


def _group(known: RatingRule, conditions: Sequence[Condition]) -> nw.Expr:
    parts = []
    for one in conditions:
        count = nw.sum_horizontal(*[f"n{known.classes.index(name)}" for name in one.of])
        parts.append(one.holds(count * 100.0 / nw.col("n")))
    return nw.all_horizontal(*parts, ignore_nulls=False)


def section_means(data: object, standard: Standard, *, keys: Sequence[str]) -> Frame:
    """Readings averaged to one value a key and property, rounded as the standard asks: what a section is judged by.

    Columns: ``keys``, property, value, censoring. ``data`` has value and censoring; ``<L`` counts as L/2. Where every
    value lay below its detection limit the mean does too: it is written as ``<`` twice itself.
    """
    frame = usable(frame_of(data)).with_columns(
        **mean_ends(), _found=nw.when(nw.col("censoring") == "<").then(0).otherwise(1)
    )
    means = frame.group_by(*keys, "property").agg(nw.col("_at").mean(), nw.col("_found").max())
    means = means.with_columns(_at=_by_places(rounding_places(standard)))
    found = nw.col("_found") == 1
    return means.select(
        *keys,
        "property",
        nw.when(found).then(nw.col("_at")).otherwise(nw.col("_at") * 2.0).alias("value"),
        nw.when(found).then(nw.lit("")).otherwise(nw.lit("<")).alias("censoring"),
    )


def by_item_means(
    means: object, standard: Standard, rule: Rule, *, by: Sequence[str], water_type: str | None = None
) -> Frame:
    """The rating of groups with few sections: each item's mean over the sections, the worst item, its word.

    ``means`` has ``by``, property, value and censoring, one row a section and property (``section_means``). Columns:
    ``by``, class, determinants, rating. ``water_type`` is ``lake`` where the sections are points of lakes.
    """
    known = rating_rule(rule)
    judged = samples_classes(settled(section_means(means, standard, keys=by)), standard, keys=by, water_type=water_type)
    word = nw.lit(None, dtype=nw.String)
    for name, grade in known.class_grades.items():
        word = nw.when(nw.col("class") == name).then(nw.lit(grade)).otherwise(word)
    return judged.select(*by, "class", "determinants", word.alias("rating"))


def _by_places(places: Mapping[str, int]) -> nw.Expr:
    """``_at`` rounded property by property."""
    value: nw.Expr = nw.col("_at")
    for decimals in sorted(set(places.values())):
        codes = [code for code, count in places.items() if count == decimals]
        here = nw.col("property").is_in(codes)
        value = nw.when(here).then(round_gbt8170(nw.col("_at"), decimals)).otherwise(value)
    return value
